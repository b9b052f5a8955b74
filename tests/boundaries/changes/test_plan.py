"""What follows from each kind of act, on the demo county; pure, no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import shapely

from boundaries.changes import ChangeError, Plan, Register, make_plan
from boundaries.changes.acts import (
    Abolish,
    Act,
    ChangeAffiliation,
    ChangeBoundary,
    ChangeType,
    Decision,
    Establish,
    Extent,
    ExtentKind,
    Merge,
    MoveSeat,
    NewUnit,
    Part,
    Recode,
    Rename,
    Split,
    TransferVillages,
)
from boundaries.changes.register import Key, State
from gis.crs import area_m2
from tests.boundaries.changes.county import TODAY, children_of, key_of, register, state_of

UNSTATED = Extent(ExtentKind.UNSTATED)


def plan(*acts: Act, held: Register | None = None, day: date = TODAY, **codes: str) -> Plan:
    return make_plan(held or register(), Decision(day, acts, {int(key[1:]): code for key, code in codes.items()}))


def opened(plan: Plan) -> dict[Key, State]:
    return {one.unit: one.state for one in plan.opened}


def lines(plan: Plan) -> dict[tuple[int, Key], tuple[float | None, float | None]]:
    return {(edge.predecessor, edge.successor): (edge.area_share, edge.population_share) for edge in plan.lineage}


def same_ground(one: State, other: State) -> bool:
    return shapely.equals(one.geometry, other.geometry)


def sound(plan: Plan) -> bool:
    """Every level concerned is a valid coverage after the change, and none is worse than before."""
    return all(one.after is not None and one.after.valid and not one.worse for one in plan.topology) and not plan.obstacles


def town(name: str = "麦垄镇", ref: str = "new", **more: object) -> NewUnit:
    return NewUnit(ref, name, "town", **more)  # type: ignore[arg-type]


# --- each kind of act ---------------------------------------------------------------------------------------------------


def test_a_type_change_makes_another_unit_with_the_same_ground_and_the_next_code() -> None:
    """CODE-03, CODE-04: the township's codes end, the town has the next number of the towns, never one used before."""
    old = key_of("麦垄乡")
    made = plan(ChangeType(old, town()))
    assert same_ground(opened(made)["new"], state_of(old))
    assert opened(made)["new"].seat == state_of(old).seat
    assert lines(made) == {(old, "new"): (1.0, 1.0)}
    assert {(one.unit, one.code.authority) for one in made.codes_retired} == {(old, "mca"), (old, "nbs")}
    [code] = made.codes_assigned
    assert (code.unit, code.code, code.proposed) == ("new", "417021106", True)  # 105 was a statistical code
    assert {key for key, state in opened(made).items() if state.parent == "new"} == set(children_of(old))
    assert sound(made)


def test_a_rename_keeps_unit_code_and_ground() -> None:
    """CODE-05."""
    key = key_of("麦垄乡")
    made = plan(Rename(key, "麦香乡"))
    assert [(one.unit, one.changed) for one in made.opened] == [(key, ("name",))]
    assert (opened(made)[key].proper_name, opened(made)[key].generic_name) == ("麦香", "乡")
    assert not made.lineage and not made.codes_retired and not made.codes_assigned and not made.topology


def test_villages_take_their_ground_and_people_along() -> None:
    source, target = key_of("麦垄乡"), key_of("沙屿乡")
    villages = children_of(source)[:3]
    made = plan(TransferVillages(tuple(villages), target, source))
    moved = sum(float(area_m2(state_of(one).geometry)[0]) for one in villages)
    share, people = lines(made)[source, target]
    assert share == pytest.approx(moved / float(area_m2(state_of(source).geometry)[0]))
    assert people == pytest.approx(3 / len(children_of(source)))
    total = shapely.union_all([opened(made)[source].geometry, opened(made)[target].geometry])
    assert shapely.equals(total, shapely.union_all([state_of(source).geometry, state_of(target).geometry]))
    assert not made.codes_retired  # CODE-05
    assert sound(made)


def test_acts_see_what_earlier_acts_did_and_shares_go_through() -> None:
    """The decision of 2021 on 宝丰县, in the demo county: villages to a town, the town abolished, a sub-district set up."""
    giver, town_key = key_of("麦垄乡"), key_of("云垛镇")
    villages = tuple(children_of(giver)[:3])
    made = plan(
        TransferVillages(villages, town_key),
        Abolish(town_key),
        Establish(NewUnit("street", "父城街道", "subdistrict"), (Part(town_key),)),
    )
    shares = lines(made)
    assert set(shares) == {(giver, "street"), (town_key, "street")}
    assert shares[town_key, "street"] == (1.0, 1.0)
    assert 0 < (shares[giver, "street"][0] or 0) < 1
    assert {key for key, state in opened(made).items() if state.parent == "street"} == {*villages, *children_of(town_key)}
    assert [one.code for one in made.codes_assigned] == ["417021003"]
    assert sound(made)


def test_a_merger_into_one_of_them_and_into_a_new_one() -> None:
    one, other = key_of("麦垄乡"), key_of("沙屿乡")
    into = plan(Merge((one, other), one))
    assert lines(into) == {(other, one): (1.0, 1.0)} and not into.codes_assigned and sound(into)
    new = plan(Merge((one, other), town("合垄镇")))
    assert lines(new) == {(one, "new"): (1.0, 1.0), (other, "new"): (1.0, 1.0)}
    assert [(one.unit, one.code) for one in new.codes_assigned] == [("new", "417021106")] and sound(new)


def test_a_split_by_villages_leaves_the_rest() -> None:
    key = key_of("麦垄乡")
    villages = tuple(children_of(key)[:4])
    made = plan(Split(key, town("新麦镇"), Extent(ExtentKind.VILLAGES, villages)))
    assert {unit for unit, state in opened(made).items() if state.parent == "new"} == set(villages)
    assert state_of(key).geometry.area == pytest.approx(opened(made)[key].geometry.area + opened(made)["new"].geometry.area)
    assert not any(one.unit == key for one in made.codes_retired)
    assert sound(made)


@pytest.mark.parametrize("kind", [ExtentKind.LINE, ExtentKind.AREA])
def test_a_drawn_line_keeps_the_map_a_coverage(kind: ExtentKind) -> None:
    """Both parts and all neighbours share every corner: GEOS takes the outcome for an exact coverage."""
    key = children_of(key_of("麦垄乡"))[0]
    ground = state_of(key).geometry
    west, _, east, north = ground.bounds
    middle = ground.centroid
    if kind is ExtentKind.LINE:
        line = shapely.LineString([(west - 0.01, middle.y - 0.001), (middle.x, middle.y), (east + 0.01, middle.y + 0.0013)])
        extent = Extent(kind, None, line, shapely.Point(middle.x, middle.y + 0.002))
    else:
        extent = Extent(kind, None, shapely.box(west - 1, middle.y, east + 1, north + 1))
    made = plan(Split(key, NewUnit("new", "新分村", "village_committee"), extent))
    assert sound(made)
    assert all(one.after is not None and one.after.exact for one in made.topology)
    nodes = {one.unit for one in made.opened if one.node_only}
    assert nodes
    for one in nodes:
        before, after = state_of(int(one)).geometry, opened(made)[one].geometry
        assert shapely.hausdorff_distance(before, after) < 1e-9
        # An edge is a geodesic; with a corner on its straight course between, its area differs by a square metre.
        assert area_m2(after)[0] == pytest.approx(area_m2(before)[0], rel=1e-6)
    [(share, _people)] = lines(made).values()
    assert share == pytest.approx(area_m2(opened(made)["new"].geometry)[0] / area_m2(ground)[0])


def test_a_boundary_change_moves_a_drawn_piece() -> None:
    one, other = _touching_villages()
    ground = state_of(one).geometry
    shared = shapely.intersection(ground, state_of(other).geometry)
    area = shapely.buffer(shared.centroid, 0.002)
    made = plan(ChangeBoundary(one, other, Extent(ExtentKind.AREA, None, area)))
    assert set(lines(made)) == {(one, other)} and sound(made)
    assert all(report.after is not None and report.after.exact for report in made.topology)


def _touching_villages() -> tuple[int, int]:
    villages = children_of(key_of("麦垄乡"))
    for one in villages:
        for other in villages:
            if one != other and shapely.length(shapely.intersection(state_of(one).geometry, state_of(other).geometry)) > 0.01:
                return one, other
    raise AssertionError


def test_another_county_takes_a_township_with_its_ground_and_codes_it_anew() -> None:
    """CODE-06: the old code is closed, a new one of the new county assigned; the counties' ground follows."""
    key, county, neighbour = key_of("沙屿乡"), key_of("舆和县"), key_of("邻和县")
    made = plan(ChangeAffiliation(key, neighbour))
    assert opened(made)[key].parent == neighbour
    assert set(lines(made)) == {(county, neighbour)}
    piece = state_of(key).geometry
    assert shapely.equals(opened(made)[county].geometry, shapely.difference(state_of(county).geometry, piece))
    assert [(one.unit, one.code) for one in made.codes_assigned] == [(key, "417022200")]
    assert [(one.unit, one.code.code) for one in made.codes_retired] == [(key, "417021208")]
    assert sound(made)


def test_a_county_that_becomes_a_district_codes_every_township_anew() -> None:
    """孟津县 → 孟津区 in the demo county: CODE-04, CODE-06. Nobody but the ministry knows a county's code."""
    county = key_of("舆和县")
    district = NewUnit("district", "舆和区", "district", code="417002")
    made = plan(ChangeType(county, district))
    coded = {one.unit: one.code for one in made.codes_assigned}
    townships = children_of(county)
    assert set(coded) == {"district", *townships}
    assert all(code.startswith("417002") for code in coded.values()) and len(set(coded.values())) == len(coded)
    unknown = plan(ChangeType(county, replace(district, code="")))
    assert not unknown.codes_assigned
    assert {one.reason for one in unknown.codes_needed} == {"new_unit", "county_pending"}
    assert {one.unit for one in unknown.codes_retired} == {county}  # the townships keep theirs until the district has one


def test_codes_given_by_the_document_are_taken() -> None:
    county, key = key_of("舆和县"), key_of("麦垄乡")
    made = plan(ChangeType(county, NewUnit("district", "舆和区", "district", code="417002")), **{f"u{key}": "417002333"})
    assert ("417002333", False) in {(one.code, one.proposed) for one in made.codes_assigned}


def test_a_recoding_touches_nothing_else() -> None:
    key = key_of("麦垄乡")
    made = plan(Recode(key, "417021299"))
    assert not made.opened and not made.lineage
    assert [(one.unit, one.code) for one in made.codes_assigned] == [(key, "417021299")]


def test_a_seat_moves() -> None:
    key = key_of("麦垄乡")
    point = shapely.point_on_surface(state_of(key).geometry)
    assert opened(plan(MoveSeat(key, point, "surveyed")))[key].seat_grade == "surveyed"
    [unknown] = plan(MoveSeat(key, None, place="某村")).opened
    assert (unknown.state.seat, unknown.state.seat_grade) == (None, "")
    outside = plan(MoveSeat(key, shapely.Point(100, 30)))
    assert [one.code for one in outside.notices] == ["seat_outside"]


# --- without geometry ---------------------------------------------------------------------------------------------------


def bare() -> Register:
    """The county as most real ones are: names and codes, no polygon."""
    units = {
        key: replace(unit, states=tuple(replace(state, geometry=None, grade="") for state in unit.states), people=None)
        for key, unit in register().units.items()
        if not any(state.level == 5 for state in unit.states)
    }
    return Register(units, register().codes_used, register().legal_codes_used)


def test_without_geometry_a_part_has_no_share_and_a_whole_has_one() -> None:
    """小潭乡 → 潭龙街道 + 槐花苑街道: two parts nobody has described."""
    key, other = key_of("麦垄乡"), key_of("沙屿乡")
    first, second = NewUnit("a", "潭龙街道", "subdistrict"), NewUnit("b", "槐苑街道", "subdistrict")
    made = plan(
        Establish(first, (Part(key, UNSTATED),)),
        Establish(second, (Part(key, UNSTATED), Part(other))),
        Abolish(key),
        Abolish(other),
        held=bare(),
    )
    assert lines(made) == {(key, "a"): (None, None), (key, "b"): (None, None), (other, "b"): (1.0, 1.0)}
    assert opened(made)["a"].geometry is None
    assert [one.code for one in made.codes_assigned] == ["417021003", "417021004"]


def test_ground_that_is_not_known_makes_a_known_shape_indicative() -> None:
    """A township without polygon moves between counties that have one: their shapes are kept and no longer relied on."""
    county, neighbour, key = key_of("舆和县"), key_of("邻和县"), key_of("沙屿乡")
    units = dict(bare().units)
    for one in (county, neighbour):
        whole = register().units[one]
        units[one] = replace(whole, states=tuple(replace(state, grade="agreed") for state in whole.states))
    made = plan(ChangeAffiliation(key, neighbour), held=Register(units))
    assert opened(made)[county].grade == opened(made)[neighbour].grade == "indicative"
    assert same_ground(opened(made)[county], state_of(county))
    assert lines(made) == {(county, neighbour): (None, None)}


def test_ground_that_goes_to_a_county_without_outline_is_no_gap() -> None:
    """CHG-PLAN-02: it goes to a named unit. That nothing is drawn there is not known, which is not the same as nobody's."""
    county, without = key_of("舆和县"), 90_001
    neighbour = register().units[key_of("邻和县")]
    states = tuple(replace(state, name="安和县", geometry=None, grade="") for state in neighbour.states)
    third = replace(neighbour, key=without, states=states, codes=())
    held = Register(register().units | {without: third}, register().codes_used, register().legal_codes_used)
    for township in children_of(county):
        made = plan(ChangeAffiliation(township, without), held=held)
        assert not made.obstacles, state_of(township).name
        assert opened(made)[township].parent == without
        assert [one.unit for one in made.notices if one.code == "outline_not_known"] == [township]


THIRD = 90_001


def with_a_township_of_a_county_without_outline(township: Key) -> Register:
    """The demo county's register, in which one township of 舆和县 has always been 安和县's (`THIRD`), and its ground with it."""
    county, neighbour, units = key_of("舆和县"), register().units[key_of("邻和县")], dict(register().units)
    states = tuple(replace(state, name="安和县", geometry=None, grade="") for state in neighbour.states)
    units[THIRD] = replace(neighbour, key=THIRD, states=states, codes=())
    units[township] = replace(units[township], states=tuple(replace(one, parent=THIRD) for one in units[township].states))
    less = shapely.multipolygons(shapely.get_parts(shapely.difference(state_of(county).geometry, state_of(township).geometry)))
    units[county] = replace(units[county], states=tuple(replace(one, geometry=less) for one in units[county].states))
    return Register(units, register().codes_used, register().legal_codes_used)


def test_ground_comes_back_whole_from_a_county_without_outline_that_was_given_some_in_the_same_decision() -> None:
    """CHG-PLAN-02: 安和县 holds 沙屿乡 and is given another township's ground that is known; both go on to a third of 舆和县."""
    county, gone = key_of("舆和县"), key_of("沙屿乡")
    held = with_a_township_of_a_county_without_outline(gone)
    less, lent = held.units[county].states[-1].geometry, state_of(gone).geometry
    first, last = [key for key in children_of(county) if state_of(key).geometry is not None and key != gone][:2]
    made = plan(Abolish(first, gone), Abolish(gone, last), held=held)
    assert not made.obstacles
    assert shapely.equals(opened(made)[last].geometry, shapely.union_all([state_of(one).geometry for one in (first, gone, last)]))
    assert shapely.equals(opened(made)[county].geometry, shapely.union(less, lent))
    assert lines(made)[THIRD, county] == (None, None), "what part of an unknown whole it is, nobody knows"


def test_another_countys_exclave_is_no_gap_among_the_townships_around_it() -> None:
    """CHG-PLAN-02: 舆阳街道 in the middle of 舆和县 is 安和县's; then 桕园镇 goes to 邻和县, which has no townships on record."""
    inner = key_of("舆阳街道")
    held = with_a_township_of_a_county_without_outline(inner)
    leaving = ChangeAffiliation(key_of("桕园镇"), key_of("邻和县"))
    assert sound(plan(leaving, held=held))
    whole = {key: unit for key, unit in held.units.items() if key != inner} | {key_of("舆和县"): register().units[key_of("舆和县")]}
    [towns] = [one for one in plan(leaving, held=replace(held, units=whole)).topology if one.level == 4]
    assert towns.after is not None and len(towns.after.gaps) == 1, "ground of the county that no township has is a gap"


# --- what cannot be -----------------------------------------------------------------------------------------------------


def refused(code: str, *acts: Act, act: int | None = None, **options: object) -> ChangeError:
    with pytest.raises(ChangeError) as caught:
        plan(*acts, **options)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en
    if act is not None:
        assert caught.value.act == act
    return caught.value


CASES: list[tuple[str, Callable[[], tuple[Act, ...]]]] = [
    ("unknown_unit", lambda: (Rename(99999, "某乡"),)),
    ("unknown_reference", lambda: (Rename("nobody", "某乡"),)),
    ("not_in_force", lambda: (Rename(key_of("岚坡乡", date(2010, 1, 1)), "某乡"),)),
    (
        "already_abolished",
        lambda: (Merge((key_of("麦垄乡"), key_of("沙屿乡")), key_of("沙屿乡")), Rename(key_of("麦垄乡"), "某乡")),
    ),
    ("village_not_in_unit", lambda: (TransferVillages((children_of(key_of("麦垄乡"))[0],), key_of("云垛镇"), key_of("沙屿乡")),)),
    ("same_unit", lambda: (TransferVillages((children_of(key_of("麦垄乡"))[0],), key_of("麦垄乡")),)),
    ("levels_differ", lambda: (Abolish(key_of("麦垄乡"), key_of("邻和县")),)),
    ("name_taken", lambda: (Rename(key_of("麦垄乡"), "沙屿乡"),)),
    ("name_unchanged", lambda: (Rename(key_of("麦垄乡"), "麦垄乡"),)),
    ("name_contradicts_type", lambda: (Rename(key_of("麦垄乡"), "麦垄镇"),)),
    ("type_unchanged", lambda: (ChangeType(key_of("麦垄乡"), NewUnit("x", "麦香乡", "township")),)),
    ("children_left_over", lambda: (Abolish(key_of("麦垄乡")),)),
    ("unit_left_empty", lambda: (TransferVillages(tuple(children_of(key_of("麦垄乡"))), key_of("沙屿乡")),)),
    ("nothing_left", lambda: (Abolish(key_of("麦垄乡"), key_of("沙屿乡")), Establish(town(), (Part(key_of("麦垄乡")),)))),
    ("reference_used", lambda: (ChangeType(key_of("麦垄乡"), town()), ChangeType(key_of("沙屿乡"), town("沙屿镇")))),
    ("code_used", lambda: (Recode(key_of("麦垄乡"), "417021201"),)),
    ("bad_code", lambda: (Recode(key_of("麦垄乡"), "41702"),)),
    ("parent_unchanged", lambda: (ChangeAffiliation(key_of("麦垄乡"), key_of("舆和县")),)),
    ("parent_too_low", lambda: (ChangeAffiliation(key_of("麦垄乡"), key_of("沙屿乡")),)),
    ("merge_needs_two", lambda: (Merge((key_of("麦垄乡"),), key_of("麦垄乡")),)),
    ("no_acts", lambda: ()),
]


@pytest.mark.parametrize(("code", "acts"), CASES, ids=[code for code, _acts in CASES])
def test_what_cannot_be_is_refused_with_a_sentence(code: str, acts: Callable[[], tuple[Act, ...]]) -> None:
    refused(code, *acts())


def test_the_error_names_the_act() -> None:
    refused("name_taken", Rename(key_of("云垛镇"), "云朵镇"), Rename(key_of("麦垄乡"), "沙屿乡"), act=1)


def test_an_abolition_says_where_all_ground_goes() -> None:
    """CHG-PLAN-02."""
    key = key_of("麦垄乡")
    refused(
        "children_left_over", Split(key, town("新麦镇"), Extent(ExtentKind.VILLAGES, tuple(children_of(key)[:2]))), Abolish(key)
    )
    refused("territory_left_over", Abolish(key_of("麦垄乡")), held=bare())


def test_a_line_must_part_the_ground_and_leave_villages_whole() -> None:
    key = key_of("麦垄乡")
    ground = state_of(key).geometry
    west, south, east, _ = ground.bounds
    inside = shapely.point_on_surface(ground)

    def split(line: shapely.Geometry, point: shapely.Point) -> Split:
        return Split(key, town("新麦镇"), Extent(ExtentKind.LINE, None, line, point))

    across = shapely.LineString([(west - 1, inside.y + 0.0001), (east + 1, inside.y)])
    refused("line_cuts_villages", split(across, inside))
    refused("line_point_outside", split(across, shapely.Point(west - 1, south - 1)))
    refused("line_not_through", split(shapely.LineString([inside, (east + 1, inside.y)]), inside))
    refused("no_geometry", split(across, inside), held=bare())


def test_a_decision_does_not_reach_past_a_later_record() -> None:
    """docs/decisions/0020: the township was merged in 2011, so nothing can be made of it in 2005."""
    day = date(2005, 1, 1)
    error = refused("later_change", Rename(key_of("岚坡乡", day), "岚山乡"), day=day)
    assert error.details["later"] == "2011-06-01"


def test_the_plan_is_the_same_every_time() -> None:
    from boundaries.changes.document import plan_document

    acts = (Merge((key_of("麦垄乡"), key_of("沙屿乡")), town("合垄镇")),)
    first, second = (plan_document(plan(*acts), register()) for _ in range(2))
    assert first == second and len(first["fingerprint"]) == 64
