"""The repair of narrow faults: what it promises, on drawn cases and on any."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage import check
from gis.coverage.defects import Kind, counts, defects, is_sliver
from gis.coverage.repair import MENDABLE, Ground, Refused, Stays, TooManyPlaces, repair
from gis.crs import area_m2
from tests.gis.coverage.test_check import METRE_LAT, METRE_LON, SOUTH, STEP, WEST, cell, grid, moved
from tests.shared import read_features, requires_shared


def ground(units: dict[str, shapely.Geometry], **more) -> Ground:
    return Ground(tuple(units), np.array(list(units.values()), dtype=object), **more)


def two(gap_m: float) -> dict[str, shapely.Geometry]:
    """West and east of a border; `gap_m` metres of nobody's ground between them, below nought of both. A frame closes it."""
    east = shapely.box(WEST + STEP + gap_m * METRE_LON, SOUTH, WEST + 2 * STEP, SOUTH + STEP)
    frame = shapely.box(WEST - STEP, SOUTH - STEP, WEST + 3 * STEP, SOUTH + 2 * STEP)
    return {"w": cell(0, 0), "e": east, "f": shapely.difference(frame, shapely.box(WEST, SOUTH, WEST + 2 * STEP, SOUTH + STEP))}


def kinds_of(units: dict[str, shapely.Geometry], **more) -> list[Kind]:
    return [one.kind for one in defects(check(list(units), np.array(list(units.values()), dtype=object), **more))]


class TestKinds:
    def test_a_strip_is_a_sliver_and_a_broad_strip_a_gap(self):
        assert kinds_of(two(20)) == [Kind.SLIVER]
        assert kinds_of(two(-20)) == [Kind.SLIVER]
        assert kinds_of(two(900)) == [Kind.GAP]
        assert kinds_of(two(-900)) == [Kind.OVERLAP]

    def test_small_but_compact_is_no_sliver(self):
        corner = shapely.box(WEST, SOUTH, WEST + 30 * METRE_LON, SOUTH + 30 * METRE_LAT)
        ids, units = grid(2, 1)
        units[0] = shapely.difference(units[0], shapely.transform(corner, lambda xy: xy + np.array([STEP - 30 * METRE_LON, 0.01])))
        (one,) = defects(check(ids, units))
        assert one.kind is Kind.GAP and one.units[0] == "00" and not is_sliver(one.width_m, one.length_m, 200)

    def test_a_hole_in_one_unit_wide_or_narrow(self):
        ring = shapely.difference(cell(0, 0), shapely.box(WEST + 0.01, SOUTH + 0.01, WEST + 0.02, SOUTH + 0.02))
        assert kinds_of({"a": ring}) == [Kind.HOLE]
        slit = shapely.difference(cell(0, 0), shapely.box(WEST + 0.01, SOUTH + 0.01, WEST + 0.02, SOUTH + 0.01 + 5 * METRE_LAT))
        assert kinds_of({"a": slit}) == [Kind.HOLE]

    def test_one_ground_listed_twice_is_a_duplicate_and_not_a_large_overlap(self):
        (one,) = defects(check(["a", "b"], np.array([cell(0, 0), moved(cell(0, 0), 3)])))
        assert one.kind is Kind.DUPLICATE and one.units == ("a", "b") and one.share > 0.99
        assert kinds_of({"a": cell(0, 0), "b": moved(cell(0, 0), 1000)}) == [Kind.OVERLAP]

    def test_outside_the_parent(self):
        out = moved(cell(0, 0), -60)
        found = defects(check(["a"], np.array([out]), {"a": "p"}, {"p": cell(0, 0)}))
        # The sliver is what it leaves of its parent on the other side.
        assert {(one.kind, one.units, one.parent) for one in found} == {(Kind.OUTSIDE, ("a",), "p"), (Kind.SLIVER, ("a",), "p")}

    def test_each_place_of_an_overlap_is_one(self):
        west = WEST + STEP - 20 * METRE_LON
        teeth = [shapely.box(west, SOUTH + at, WEST + STEP, SOUTH + at + 0.002) for at in (0.01, 0.03)]
        teeth = shapely.union_all([cell(1, 0), *teeth])
        found = defects(check(["w", "e"], np.array([cell(0, 0), teeth])))
        assert [one.units for one in found] == [("w", "e")] * 2
        assert counts(found)["sliver"] + counts(found)["overlap"] == 2


class TestWhoTakesWhat:
    def test_a_strip_goes_to_the_longest_neighbour(self):
        units = two(20)
        done = repair(ground(units), 30)
        assert done.gone == [0] and done.after == [] and not done.refused
        (taker,) = [unit for unit, change in done.changes.items() if change.gained]
        assert taker in {"w", "e"}
        change = done.changes[taker]
        (area,) = change.gained.values()
        assert area == pytest.approx(done.before[0].area_m2, rel=1e-6) and 18 < change.moved_m < 21
        assert change.area_after_m2 - change.area_before_m2 == pytest.approx(area, rel=1e-6)
        assert shapely.coverage_is_valid(ground(units).with_polygons(done.polygons).polygons)

    def test_an_overlap_leaves_one_of_the_two(self):
        done = repair(ground(two(-20)), 30)
        (loser,) = [unit for unit, change in done.changes.items() if change.lost]
        (keeper,) = done.changes[loser].lost
        assert {loser, keeper} == {"w", "e"} and done.after == []
        assert done.moved_area_m2 == pytest.approx(done.before[0].area_m2, rel=1e-6)

    def test_wider_than_the_distance_is_left_and_said(self):
        done = repair(ground(two(20)), 10)
        assert (done.gone, done.stays, done.polygons) == ([], {0: Stays.WIDER}, {})

    def test_what_was_not_chosen_is_left_and_a_duplicate_always(self):
        done = repair(ground({"a": cell(0, 0), "b": moved(cell(0, 0), 3)}), 100, MENDABLE)
        assert done.stays == {0: Stays.NEEDS_PERSON} and not done.polygons
        assert repair(ground(two(20)), 30, [Kind.OVERLAP]).stays == {0: Stays.NOT_CHOSEN}

    @pytest.mark.parametrize("metres", [20, -20])
    @pytest.mark.parametrize("standing", ["w", "e"])
    def test_the_register_stands(self, metres, standing):
        units = two(metres)
        done = repair(ground(units, fixed=frozenset({standing, "f"})), 30)
        assert set(done.polygons) == {"w", "e"} - {standing} and done.after == []
        line = shapely.box(*units[standing].bounds)
        (mended,) = done.polygons.values()
        assert shapely.touches(mended, line) and shapely.length(shapely.intersection(mended, line)) == pytest.approx(STEP)

    def test_nobody_of_the_file_beside_it(self):
        done = repair(ground(two(20), fixed=frozenset("wef")), 30)
        assert done.stays == {0: Stays.NOBODY_TO_TAKE} and not done.polygons

    def test_a_strip_that_is_open_at_both_ends(self):
        units = two(20)
        del units["f"]
        done = repair(ground(units), 30)
        assert done.before[0].open and done.gone == [0] and done.after == []

    def test_beyond_the_parent_is_cut_and_goes_to_whom_it_belongs(self):
        """Two counties, one township each; the western township reaches 20 m into the other county, whose own stops there."""
        reach = 20 * METRE_LON
        west = shapely.box(WEST, SOUTH, WEST + STEP + reach, SOUTH + STEP)
        east = shapely.box(WEST + STEP + reach, SOUTH, WEST + 2 * STEP, SOUTH + STEP)
        given = ground({"w": west, "e": east}, parent_of={"w": "W", "e": "E"}, parents={"W": cell(0, 0), "E": cell(1, 0)})
        assert repair(given, 30).stays == {0: Stays.NOT_CHOSEN}
        done = repair(given, 30, [Kind.OUTSIDE])
        assert done.after == [] and not done.refused
        assert set(done.changes["w"].lost) == {"e"} and set(done.changes["e"].gained) == {"w"}

    def test_a_gap_goes_to_a_unit_of_the_parent_it_lies_in(self):
        """The strip lies in E's county; its western neighbour has the longer edge and another county."""
        units = two(20)
        del units["f"]
        given = ground(units, parent_of={"w": "W", "e": "E"}, parents={"W": cell(0, 0), "E": cell(1, 0)})
        done = repair(given, 30)
        assert set(done.polygons) >= {"e"} and done.changes["e"].gained and done.after == []


class TestRefusals:
    def test_a_slit_whose_only_taker_stands_at_its_end(self):
        """20 m wide, 500 m long, between two units of the register: to fill it from its end would move an edge 500 m."""
        slit = shapely.box(WEST + 0.02, SOUTH + STEP, WEST + 0.02 + 20 * METRE_LON, SOUTH + STEP + 500 * METRE_LAT)
        north = shapely.difference(shapely.box(WEST, SOUTH + STEP, WEST + STEP, SOUTH + 2 * STEP), slit)
        done = repair(ground({"s": cell(0, 0), "n": north}, fixed=frozenset("n")), 30)
        assert done.stays == {0: Stays.TOO_FAR} and not done.polygons

    def test_a_unit_that_would_fall_apart_keeps_its_polygon(self):
        """A waist of 10 m that a neighbour of the register covers: cut, the unit would be in two pieces."""
        waist = shapely.box(WEST + 0.02, SOUTH + 0.02, WEST + 0.03, SOUTH + 0.02 + 10 * METRE_LAT)
        left = shapely.box(WEST, SOUTH, WEST + 0.02, SOUTH + STEP)
        right = shapely.box(WEST + 0.03, SOUTH, WEST + STEP, SOUTH + STEP)
        hourglass = shapely.union_all([left, waist, right])
        other = shapely.box(WEST + 0.02, SOUTH, WEST + 0.03, SOUTH + 0.02 + 10 * METRE_LAT)
        done = repair(ground({"h": hourglass, "o": other}, fixed=frozenset("o")), 30)
        assert done.refused == {"h": Refused.FALLS_APART}
        assert done.stays == {0: Stays.REFUSED} and not done.polygons and len(done.after) == 1

    @pytest.mark.parametrize("distance", [0, 0.1, 201, float("nan")])
    def test_a_distance_that_cannot_be(self, distance):
        with pytest.raises(ValueError, match="distance"):
            repair(ground(two(20)), distance)

    def test_a_duplicate_cannot_be_asked_for(self):
        with pytest.raises(ValueError, match="kind"):
            repair(ground(two(20)), 5, [Kind.DUPLICATE])


# --- any coverage --------------------------------------------------------------------------------------------------------

SHIFTS = st.lists(st.tuples(st.floats(-12, 12), st.floats(-12, 12)), min_size=9, max_size=9)


def shaken(shifts: list[tuple[float, float]]) -> Ground:
    """A grid of nine whose cells were each drawn anew, some metres aside."""
    ids, units = grid(3, 3)
    units = shapely.segmentize(units, 0.005)  # long edges east to west are geodesics, a vertex on their chord changes the area
    return Ground(tuple(ids), np.array([moved(unit, *shift) for unit, shift in zip(units, shifts, strict=True)]))


@settings(max_examples=10, deadline=None)
@given(SHIFTS, st.sampled_from([5.0, 15.0, 40.0]))
def test_what_a_repair_promises(shifts, distance):
    given_ground = shaken(shifts)
    before = given_ground.polygons.copy()
    done = repair(given_ground, distance, MENDABLE)
    assert all(one is other for one, other in zip(before, given_ground.polygons, strict=True))  # nothing is changed in place
    after = given_ground.with_polygons(done.polygons)
    assert shapely.is_valid(after.polygons).all()
    for unit, change in done.changes.items():
        old, new = before[given_ground.ids.index(unit)], done.polygons[unit]
        assert change.moved_m <= distance * (1 + 1e-6)
        plane = [shapely.transform(one, lambda xy: xy / np.array([METRE_LON, METRE_LAT])) for one in (old, new)]
        assert shapely.hausdorff_distance(shapely.boundary(plane[0]), shapely.boundary(plane[1])) <= distance * 1.01
        told = sum(change.gained.values()) - sum(change.lost.values())
        assert change.area_after_m2 - change.area_before_m2 == pytest.approx(told, abs=20)  # vertices on chords: below 1 ppm
    # Ground as a whole: what was nobody's and was filled came in addition, nothing else did; nothing was covered and is not now.
    covered = shapely.union_all(before), shapely.union_all(after.polygons)
    filled = sum(change.gained.get(None, 0.0) for change in done.changes.values())
    assert float(area_m2(covered[1])[0] - area_m2(covered[0])[0]) == pytest.approx(filled, abs=40)
    assert float(area_m2(shapely.difference(covered[0], covered[1]))[0]) < 40
    # What is said to be gone is gone, nothing new has come, and what stays has its reason.
    assert sorted([*done.gone, *done.stays]) == list(range(len(done.before)))
    assert len(done.after) <= len(done.before) - len(done.gone)
    if set(done.stays.values()) <= {Stays.WIDER}:
        assert all(one.width_m > distance * 0.9 for one in done.after)
    again = repair(after, distance, MENDABLE)
    if not done.refused:
        assert again.polygons == {} and again.gone == []


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1)), min_size=9, max_size=9))
def test_a_coverage_without_fault_comes_back_as_it_was(shifts):
    given_ground = shaken(shifts)
    done = repair(given_ground, 10, MENDABLE)
    assert done.before == [] and done.polygons == {} and done.changes == {} and done.moved_area_m2 == 0


@settings(max_examples=10, deadline=None)
@given(st.floats(1, 15), st.floats(1, 15), st.sampled_from(["w", "e", "f"]))
def test_the_register_is_never_touched(left, right, standing):
    units = two(left)
    units["e"] = moved(units["e"], 0, -right)
    done = repair(ground(units, fixed=frozenset({standing})), 40, MENDABLE)
    assert standing not in done.polygons


# --- real and hostile ----------------------------------------------------------------------------------------------------


@requires_shared
def test_a_shifted_county_keeps_its_wide_faults():
    properties, units = read_features("bad_files/geojson/overlap_and_gap_yuzhou_shifted.geojson")
    given_ground = Ground(tuple(p["code"] for p in properties), units)
    done = repair(given_ground, 200, MENDABLE)
    assert not done.refused and len(done.gone) == 5
    assert set(done.stays.values()) == {Stays.WIDER} and counts(done.after)["sliver"] == 0
    assert repair(given_ground.with_polygons(done.polygons), 200, MENDABLE).polygons == {}


@requires_shared
def test_the_province_is_left_alone():
    properties, units = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    done = repair(Ground(tuple(p["district_adcode"] for p in properties), units), 50, MENDABLE)
    assert done.polygons == {} and done.stays == {0: Stays.WIDER}  # the enclave of Hubei


def comb(teeth: int) -> np.ndarray:
    """Two units whose common border each has drawn as a saw of its own: gaps and overlaps by turns."""
    y = np.linspace(0, 1, 2 * teeth + 1)
    saw = np.where(np.arange(2 * teeth + 1) % 2, 4.0, -4.0)
    left = np.column_stack((WEST + 0.5 + saw * METRE_LON, SOUTH + y))
    right = np.column_stack((WEST + 0.5 - saw * METRE_LON, SOUTH + y))
    west = shapely.Polygon([*left, (WEST, SOUTH + 1), (WEST, SOUTH)])
    east = shapely.Polygon([*right, (WEST + 1, SOUTH + 1), (WEST + 1, SOUTH)])
    return np.array([west, east])


def test_many_slivers_are_mended_at_once():
    done = repair(Ground(("w", "e"), comb(1_000)), 10, MENDABLE)
    assert len(done.before) > 1_500 and len(done.gone) >= len(done.before) - 2 and not done.refused


def test_too_many_slivers_are_sent_back():
    with pytest.raises(TooManyPlaces):
        repair(Ground(("w", "e"), comb(10_500)), 10, MENDABLE)


@pytest.mark.filterwarnings("ignore:invalid value")  # making a polygon of what is not a number
def test_what_is_no_polygon_harms_nothing():
    """A bow-tie is read as valid and left, what has no ground is left out, and the strip beside them is mended all the same."""
    units = two(20)
    units["tie"] = shapely.Polygon([(112, 33), (112.1, 33.1), (112.1, 33), (112, 33.1)])
    units["nan"] = shapely.Polygon([(112, 32), (112.1, float("nan")), (112.1, 32.1)])
    units["line"] = shapely.LineString([(112, 31), (113, 31)])
    units["empty"], units["none"] = shapely.Polygon(), None
    done = repair(ground(units), 30, MENDABLE)
    assert done.after == [] and set(done.polygons) <= {"w", "e", "f"} and done.moved_area_m2 > 0


def test_three_units_over_one_another():
    """Where three lie over one another, two give way and the ground stays covered."""
    units = {"a": cell(0, 0), "b": moved(cell(1, 0), -15), "c": moved(cell(1, 1), -10, -12), "d": moved(cell(0, 1), 0, -9)}
    done = repair(ground(units), 40, MENDABLE)
    after = ground(units).with_polygons(done.polygons)
    assert done.after == [] and not done.refused
    lost = shapely.difference(shapely.union_all(ground(units).polygons), shapely.union_all(after.polygons))
    assert float(area_m2(lost)[0]) < 1
