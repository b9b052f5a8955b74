"""Rules on boundary lines and markers, and the worked cases T6 of the domain sheet."""

from __future__ import annotations

import pytest

from boundaries.rules.directions import DIRECTIONS, azimuth, direction
from boundaries.rules.finding import Severity, blocks
from boundaries.rules.line_duties import LineWork, Use, check_line_work, check_use
from boundaries.rules.line_geometry import Comparison, check_edge, check_tri_point
from boundaries.rules.marker_acts import Move, Repair, check_move, check_repair
from boundaries.rules.marker_codes import check_marker_codes, check_order
from boundaries.rules.markers import Registration, check_custody, check_position, check_registration
from boundaries.rules.registry import rules
from gis.crs import check_extent
from gis.crs.angles import degrees, in_dms

PROVINCE, COUNTY = 1, 3
SIDES = ("甲县", "乙县")


def codes(findings):
    return [finding.code for finding in findings]


def test_every_rule_has_the_weight_of_the_sheet():
    block, warn, info = Severity.BLOCK, Severity.WARN, Severity.INFO
    expected = {
        "BND-STK-01": block, "BND-STK-02": block, "BND-STK-03": warn, "BND-STK-04": info, "BND-STK-05": warn, "BND-STK-06": warn,
        "BND-STK-07": warn, "BND-LIN-01": block, "BND-LIN-02": warn, "BND-LIN-03": block, "BND-USE-01": block, "BND-GEO-01": warn,
    }  # fmt: skip
    assert {identifier: rules()[identifier].severity for identifier in expected} == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["4142001Q"], []),
        (["4142001A"], ["partner_missing"]),
        (["4142001A", "4142001B"], []),
        (["4142007C"], ["partner_missing"]),
        (["4142007C", "4142007D", "4142007E"], []),
        (["4142000Q"], ["serial_zero"]),
        (["414200Q"], ["bad_form"]),
        (["4142001F"], ["bad_type"]),
        (["1253165"], ["type_missing"]),
    ],
)
def test_bnd_stk_03_numbers_of_provincial_lines(numbers, expected):
    assert codes(check_marker_codes(numbers, PROVINCE)) == expected


def test_bnd_stk_03_says_which_partner_is_missing():
    [finding] = check_marker_codes(["4142001A"], PROVINCE)
    assert "missing 4142001B" in finding.message_en and finding.severity is Severity.WARN
    assert "4142007D、4142007E" in check_marker_codes(["4142007C"], PROVINCE)[0].message_zh
    assert codes(check_marker_codes(["4142001Q"], PROVINCE, {"4142001Q": "double"})) == ["kind_differs"]


def test_bnd_stk_03_below_the_province_the_office_sets_its_own_pattern_or_none():
    assert check_marker_codes(["平许3号"], COUNTY) == []
    assert codes(check_marker_codes(["平许3号"], COUNTY, patterns={COUNTY: r"\d{3}"})) == ["own_pattern"]
    assert check_marker_codes(["003"], COUNTY, patterns={COUNTY: r"\d{3}"}) == []


def test_bnd_stk_04_serials_rise_along_the_line():
    east = [("4142001Q", 114.0, 34.0, 0.0), ("4142002Q", 114.1, 34.0, 9000.0), ("4142003Q", 114.2, 34.0, 18000.0)]
    assert check_order(east) == []
    assert codes(check_order([east[0], ("4142003Q", *east[1][1:]), ("4142002Q", *east[2][1:])])) == ["not_in_sequence"]
    backwards = [("002", 113.0, 35.0, 100.0), ("001", 114.0, 34.0, 0.0)]
    assert codes(check_order(backwards)) == ["against_custom"]


def test_bnd_stk_01_a_move_without_joint_survey_or_signature():
    lawful = Move(SIDES, application=True, agreed=SIDES, surveyed=SIDES, archived=True, filed=True)
    assert check_move(lawful) == []
    found = check_move(Move(SIDES, application=True, agreed=["甲县"], surveyed=["甲县"], archived=True, filed=True))
    assert codes(found) == ["not_agreed", "no_joint_survey"] and blocks(found)
    assert len(check_move(Move(SIDES))) == 5


def test_bnd_stk_02_a_repair_with_one_side_only():
    assert check_repair(Repair(SIDES, custodian="甲县", by="甲县", present=["乙县"])) == []
    found = check_repair(Repair(SIDES, custodian="甲县", by="甲县"))
    assert codes(found) == ["alone"] and blocks(found)
    assert codes(check_repair(Repair(SIDES, custodian="乙县", by="甲县", present=["乙县"]))) == ["not_by_custodian"]
    assert codes(check_repair(Repair(SIDES, by="甲县", present=["乙县"]))) == ["custodian_unknown"]


def test_bnd_stk_05_is_not_judged_without_a_tolerance():
    assert codes(check_position("001", 12.0, 10.0)) == ["perhaps_moved"]
    assert check_position("001", 9.0, 10.0) == [] and check_position("001", None, 10.0) == []
    [finding] = check_position("001", 500.0, None)
    assert finding.code == "tolerance_not_set" and finding.severity is Severity.INFO


def test_bnd_stk_06_registration():
    three = [(10.0, 5.0), (120.0, 8.0), (240.0, 12.5)]
    assert check_registration(Registration("001", "single", three, ["甲村", "乙村"], 2)) == []
    assert codes(check_registration(Registration("001", "triple", three, ["甲村", "乙村"], 3))) == ["few_locations"]
    assert codes(check_registration(Registration("001", "single", [(360.0, 5.0), *three[:2]], ["甲", "乙"], 2))) == [
        "few_references"
    ]


def test_bnd_stk_07_custody():
    assert codes(check_custody(Registration("001", "single"))) == ["no_custodian"]
    assert check_custody(Registration("001", "single", has_custodian=True)) == []


def test_bnd_lin_01_after_a_change_is_approved():
    assert check_line_work("甲乙线", LineWork(True, True, True, True)) == []
    found = check_line_work("甲乙线", LineWork(surveyed=True, agreement=False))
    assert codes(found) == ["no_markers", "no_agreement", "not_filed"] and blocks(found)


def test_bnd_lin_02_the_line_is_the_edge_of_both():
    assert check_edge("甲乙线", Comparison("甲县", 4.9), 5.0) == []
    [finding] = check_edge("甲乙线", Comparison("甲县", 7.04, (114.0, 34.0)), 5.0)
    assert finding.severity is Severity.WARN and "7.0米" in finding.message_zh and "5米" in finding.message_zh
    assert codes(check_edge("甲乙线", Comparison("乙县", None), 5.0)) == ["not_checked"]


def test_bnd_lin_03_a_tri_point_is_one_point():
    assert check_tri_point("4142007", {"a": 0.0, "b": 0.01, "c": 0.0}) == []
    found = check_tri_point("4142007", {"a": 0.0, "b": 3.2, "c": None})
    assert codes(found) == ["tri_point_differs", "not_checked"] and blocks(found)
    assert codes(check_tri_point("4142007", {"a": 0.0, "b": 0.0})) == ["lines_missing"]


def test_bnd_use_01_land_used_across_a_line():
    assert check_use(Use(SIDES, SIDES, filed=True)) == []
    found = check_use(Use(SIDES, ["甲县"]))
    assert codes(found) == ["not_agreed", "not_filed"] and blocks(found)


def test_bnd_geo_01_coordinates_of_henan():
    assert check_extent((113.38, 34.29, 113.38, 34.29)) == []
    [finding] = check_extent((34.29, 113.38, 34.29, 113.38))
    assert finding.code == "swapped_axes" and finding.rule == "BND-GEO-01"


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (11 + 14 / 60, "北"),
        (11 + 16 / 60, "北偏东北"),
        (348 + 46 / 60, "北"),
        (348 + 44 / 60, "北偏西北"),
        (90, "东"),
        (101 + 16 / 60, "东偏东南"),
        (191 + 14 / 60, "南"),
        (-1, "北"),
        (720, "北"),
    ],
)
def test_the_sixteen_directions(at, word):
    assert direction(at) == word


def test_directions_there_and_back():
    assert [direction(azimuth(word)) for word in DIRECTIONS] == list(DIRECTIONS)
    assert azimuth("东南偏南") == azimuth("南偏东南") and azimuth("上") is None


def test_degrees_minutes_and_seconds():
    assert degrees("114°18′14.55″") == pytest.approx(114.304042, abs=5e-7)
    assert in_dms(114.304042) == "114°18′14.55″" and in_dms(33.9999999) == "34°00′00.00″" and in_dms(-0.5, 0) == "-0°30′00″"
