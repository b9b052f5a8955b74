"""Rules on signs, each by its identifier (SIGN-01 … SIGN-06), on the vectors of T3; wanted places; the visiting order."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.rules.finding import Severity
from placenames.rules.kinds import Kind
from placenames.rules.signs import checks, types, visiting
from placenames.rules.signs.checks import Plate
from placenames.rules.signs.directions import Axis, axis_of, axis_of_road, direction_of
from placenames.rules.signs.texts import Named, make
from placenames.rules.signs.wanted import END, crossings, road_positions, standing
from placenames.rules.spelling import spell

TYPES = types.shipped().types


def codes(found):
    return [(one.rule, one.code) for one in found]


def named(name, kind, **more):
    return Named(name, spell(name, kind).spelling, **more)


# --- types as data ----------------------------------------------------------------------------------------------------


def test_what_was_not_seen_is_not_known():
    compound, street, township = TYPES["compound"], TYPES["street"], TYPES["township"]
    assert (compound.width_mm, compound.height_mm, compound.border_max_mm) == (1000, 600, 25)
    assert street.width_mm is None and street.missing == ("size",) and street.by_direction
    assert set(township.missing) == {"size", "ground", "parts"} and not township.known


def test_an_offices_table_says_what_is_wrong_by_its_place_and_replaces_by_key():
    with pytest.raises(types.BadTable) as bad:
        types.read('[table]\nid="x"\ntitle="x"\nstatus="好"\n[[type]]\nkey="street"\nname="街牌"\nwidth_mm=-1\nnames=["树"]\nfoo=1')
    told = str(bad.value)
    assert all(words in told for words in ("[table].status", "foo", "width_mm", "没有“树”")), told
    demo = types.read((types.FOLDER / "demo.toml").read_text("utf-8")).over(types.shipped())
    assert demo.types["street"].size_known and demo.types["compound"] == TYPES["compound"]
    assert demo.wanted == types.shipped().wanted, "a file without [wanted] keeps the spacing of before"


# --- T3: texts ---------------------------------------------------------------------------------------------------------


def test_t3_texts_are_made_from_name_and_spelling():
    compound = make(TYPES["compound"], named("龙湖花园", Kind.COMPOUND))
    assert (compound.of("chinese"), compound.of("roman")) == ("龙湖花园", "LÓNGHÚ HUĀYUÁN")
    building = make(TYPES["building"], named("建设路", Kind.ROAD, number="12"))
    assert [one.text for one in building.texts] == ["建设路", "JIÀNSHÈ LÙ", "12"]
    rows = [part.height * TYPES["compound"].height_mm for part in TYPES["compound"].parts]
    assert rows == pytest.approx([360, 240])


def test_a_spelling_nobody_settled_is_no_text():
    made = make(TYPES["compound"], named("重阳花园", Kind.COMPOUND, settled=False))
    assert made.of("roman") == "" and made.missing[0][0] == "spelling_open"


@pytest.mark.parametrize(
    ("plate", "code"),
    [
        (Plate("建设路", "JIÀNSHÈ LÙ"), None),
        (Plate("建设路", "Jiànshè Lù"), None),
        (Plate("建设路", "JIANSHE ROAD"), "english_word"),
        (Plate("建設路", "JIÀNSHÈ LÙ"), "not_standard_characters"),
        (Plate("建设路", "Jianshelu"), "not_split"),
        (Plate("建设路", "JIANSHE LU"), "tones_missing"),
        (Plate("建设路", "JIÀNGUÓ LÙ"), "roman_differs"),
        (Plate("建设街", "JIÀNSHÈ LÙ"), "chinese_differs"),
    ],
)
def test_sign_01_the_text_is_the_standard_name_and_its_spelling(plate, code):
    found = checks.check_text(plate, named("建设路", Kind.ROAD), Kind.ROAD)
    assert {one.rule for one in found} <= {"SIGN-01"}
    assert (code is None and not found) or code in [one.code for one in found], codes(found)


def test_sign_01_the_record_says_another_name_and_an_unknown_name_is_not_checked():
    found = checks.check_text(Plate("建设路", "JIÀNSHÈ LÙ"), named("建设东路", Kind.ROAD), Kind.ROAD)
    assert ("SIGN-01", "chinese_differs") in codes(found) and found[0].severity is Severity.BLOCK
    assert [one.severity for one in checks.check_text(Plate("建设路"), None)] == [Severity.INFO]
    follows = checks.check_text(
        Plate("象河乡人民政府", "XIÀNGHÉ XIĀNG"), named("象河乡", Kind.DIVISION), Kind.DIVISION, ["人民政府"]
    )
    assert not follows


def test_sign_02_the_colour_follows_the_streets_azimuth():
    street = TYPES["street"]
    for azimuth, ground in ((92.0, "blue"), (3.0, "green"), (270.0, "blue"), (181.0, "green")):
        axis = axis_of(azimuth)
        assert checks.colour_wanted(street, axis) == ground
        assert not checks.check_colour(Plate(ground=ground), street, axis, azimuth)
        other = "green" if ground == "blue" else "blue"
        found = checks.check_colour(Plate(ground=other), street, axis, azimuth)
        assert codes(found) == [("SIGN-02", "ground_differs")] and found[0].severity is Severity.WARN
    assert axis_of(45.0) is axis_of(135.0) is axis_of(225.0) is Axis.OPEN
    assert codes(checks.check_colour(Plate(ground="blue"), street, Axis.OPEN, 45.0)) == [("SIGN-02", "direction_open")]
    assert codes(checks.check_colour(Plate(ground="blue"), street, Axis.OPEN, None)) == [("SIGN-02", "direction_unknown")]
    assert not checks.check_colour(Plate(ground="green"), TYPES["compound"], Axis.EAST_WEST, 90.0), "only streets have two colours"


@given(st.floats(0, 359.9), st.floats(33.0, 36.0))
@settings(max_examples=25)
def test_sign_02_the_azimuth_is_geodesic_and_has_no_sense(azimuth, latitude):
    from gis.crs import forward

    start = np.array([[113.5, latitude]])
    line = shapely.LineString([start[0], forward(start, np.array([azimuth]), np.array([900.0]))[0]])
    found = direction_of(line)
    apart = abs(found.azimuth - azimuth % 180)
    assert min(apart, 180 - apart) < 1e-3 and found.agreement > 0.999999
    back = direction_of(line.reverse())
    apart = abs(back.azimuth - found.azimuth)
    assert min(apart, 180 - apart) < 1e-2


def test_sign_02_a_ring_has_no_direction():
    ring = shapely.Point(113.5, 34.0).buffer(0.01).exterior
    assert axis_of_road(direction_of(ring)) is Axis.OPEN and axis_of_road(None) is Axis.OPEN


def test_sign_03_layout_of_the_types_the_standard_is_known_for():
    right = Plate(width_mm=900, height_mm=500, border_mm=25, digit_height_mm=350)
    assert not checks.check_layout(right, TYPES["building"])
    wrong = checks.check_layout(Plate(width_mm=800, height_mm=500, border_mm=30, digit_height_mm=300), TYPES["building"])
    assert codes(wrong) == [("SIGN-03", "size_differs"), ("SIGN-03", "border_wide"), ("SIGN-03", "digits_small")]
    assert codes(checks.check_layout(Plate(), TYPES["compound"])) == [("SIGN-03", "size_not_measured")]


def test_sign_04_other_types_are_not_checked_until_an_office_loads_their_sizes():
    assert codes(checks.check_layout(Plate(width_mm=1, height_mm=1), TYPES["street"])) == [("SIGN-04", "size_not_known")]
    demo = types.read((types.FOLDER / "demo.toml").read_text("utf-8")).types["street"]
    found = checks.check_layout(Plate(width_mm=1000, height_mm=400), demo)
    assert codes(found) == [("SIGN-04", "size_differs")] and found[0].severity is Severity.INFO


def test_sign_05_signs_of_a_renamed_place_are_stale():
    found = checks.check_renamed(Plate("象河乡人民政府"), "象河乡", "象河镇")
    assert codes(found) == [("SIGN-05", "renamed")] and "象河镇" in found[0].message_zh
    assert not checks.check_renamed(Plate("象河镇人民政府"), "象河乡", "象河镇")


def test_sign_06_a_report_of_damage_names_the_laws_range():
    found = checks.damage("牌面被涂改")
    assert (found.rule, found.severity) == ("SIGN-06", Severity.INFO) and "1000" in found.message_zh and "5000" in found.message_zh


# --- wanted places -----------------------------------------------------------------------------------------------------


def test_roads_want_signs_at_both_ends_and_at_junctions_apart():
    m = 1 / 92_000  # about a metre of longitude at 34°
    main = shapely.LineString([(113.5, 34.0), (113.5 + 1000 * m, 34.0)])
    cross = [shapely.LineString([(113.5 + at * m, 33.995), (113.5 + at * m, 34.005)]) for at in (300, 340, 700, 980)]
    short = shapely.LineString([(113.5 + 500 * m, 34.000005), (113.5 + 500 * m, 34.004)])  # stops half a metre short of the road
    found = road_positions([main, *cross, short], ends=True, junctions=True, least_spacing_m=150)
    mine = found.road == 0
    assert list(found.kind[mine]) == [END, 1, 1, 1, END]
    assert found.along[mine] == pytest.approx([0, 300, 500, 700, 1000], abs=6)
    assert list(found.other[mine]) == [-1, 1, 5, 3, -1], "the one 40 m on and the one beside the end give way"
    only_ends = road_positions([main], ends=True, junctions=False, least_spacing_m=150)
    assert len(only_ends) == 2 and len(road_positions([], ends=True, junctions=True, least_spacing_m=150)) == 0


def test_a_sign_stands_for_the_nearest_place_of_its_name_and_for_one_only():
    places = np.array([[113.5, 34.0], [113.5003, 34.0], [113.6, 34.0]])
    signs = np.array([[113.50005, 34.0], [113.5003, 34.0001], [113.6, 34.00001]])
    found = standing(places, ["A", "A", "B"], signs, ["A", "A", "C"], near_m=60)
    assert list(found) == [0, 1, -1]


def test_roads_cross_the_edges_of_divisions():
    road = shapely.LineString([(113.0, 34.5), (115.0, 34.5)])
    found = crossings([road], [shapely.box(113.5, 34, 114.5, 35)])
    assert sorted(place for _road, _outline, place in found) == [(113.5, 34.5), (114.5, 34.5)]


@given(st.lists(st.tuples(st.floats(113, 114), st.floats(34, 35)), min_size=3, max_size=40, unique=True))
@settings(max_examples=25)
def test_the_visiting_order_takes_every_place_once_and_is_no_longer_than_the_curves(places):
    array = np.array(places)
    tour = visiting.order(array)
    assert sorted(tour) == list(range(len(array)))
    flat = visiting.Plane.about(shapely.points(array)).to(array)
    curve = [int(one) for one in np.argsort(visiting._hilbert(flat), kind="stable")]
    assert visiting.length_m(array, tour) <= visiting.length_m(array, curve) + 1e-6
