"""CHG-NAME-01, CHG-SEAT-01, CHG-CONS-01, CHG-NO-01, CHG-PLAN-02, CHG-PLAN-04."""

from __future__ import annotations

import pytest

from boundaries.rules.authorities import Body
from boundaries.rules.change_names import check_rename
from boundaries.rules.consultation import DEPARTMENTS, Opinion, check_consultation
from boundaries.rules.document_numbers import check_document_number
from boundaries.rules.finding import Severity
from boundaries.rules.seats import check_seat_move
from boundaries.rules.territory import TerritoryBalance, check_joint_plan, check_territory

BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO


def brief(findings):
    return [(one.rule, one.severity, one.code) for one in findings]


@pytest.mark.parametrize(
    ("old", "new", "level", "expected"),
    [
        ("七里店街道", "颍昌街道", 4, None),
        ("七里店街道办事处", "颍昌街道", 4, None),
        ("象河乡", "泌河乡", 4, None),
        ("许昌县", "建安县", 3, None),
        ("象河乡", "象河镇", 4, (BLOCK, "generic_changes")),
        ("城关镇", "绿洲街道", 4, (BLOCK, "generic_changes")),
        ("许昌县", "建安区", 3, (BLOCK, "generic_changes")),
        ("艾庄回族乡", "艾庄乡", 4, (BLOCK, "generic_changes")),
        ("王范回族镇", "王范镇", 4, (WARN, "generic_differs")),
        ("管城回族区", "管城区", 3, (WARN, "generic_differs")),
        ("象河乡", "象河乡", 4, (WARN, "name_unchanged")),
        ("林山寨街道办事处", "林山寨街道", 4, (WARN, "name_unchanged")),
        ("象河乡", "高新技术开发区", 4, (WARN, "generic_unknown")),
    ],
)
def test_chg_name_01_only_the_specific_part_changes(old, new, level, expected):
    assert brief(check_rename(old, new, level)) == ([("CHG-NAME-01", *expected)] if expected else [])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("王庄村", "李庄村", None), ("王庄村", "王庄村", "not_a_seat_move"), ("", "李庄村", "seat_unit_unknown")],
)
def test_chg_seat_01_a_seat_moves_to_another_village(old, new, code):
    assert brief(check_seat_move(old, new)) == ([("CHG-SEAT-01", INFO, code)] if code else [])


ALWAYS = [one.id for one in DEPARTMENTS if one.always]


def test_chg_cons_01_the_five_departments():
    assert ALWAYS == ["staffing", "development", "finance", "natural_resources", "housing"]
    assert [one.subject for one in check_consultation([])] == ALWAYS
    assert {one.severity for one in check_consultation([])} == {WARN}


@pytest.mark.parametrize("absent", ALWAYS)
def test_chg_cons_01_an_opinion_or_a_reason(absent):
    opinions = [Opinion(one, document="函") for one in ALWAYS if one != absent]
    assert [one.subject for one in check_consultation(opinions)] == [absent]
    assert [one.subject for one in check_consultation([*opinions, Opinion(absent)])] == [absent]
    assert check_consultation([*opinions, Opinion(absent, not_needed="不涉及")]) == []


def test_chg_cons_01_others_where_the_case_touches_them_and_autonomous_areas_in_full():
    opinions = [Opinion(one, document="函") for one in ALWAYS]
    assert [one.subject for one in check_consultation(opinions, needed={"ethnic", "foreign"})] == ["ethnic", "foreign"]
    assert brief(check_consultation(opinions, autonomous=True)) == [("CHG-CONS-01", WARN, "autonomous_consultation_missing")]
    assert check_consultation(opinions, autonomous=True, autonomous_record="协商纪要") == []


@pytest.mark.parametrize("number", ["豫民行批〔2025〕31号", "豫民行批[2017]30号", " 豫民行批〔2020〕6号 "])
def test_chg_no_01_numbers_of_the_department(number):
    assert check_document_number(number, Body.PROVINCIAL_CIVIL_AFFAIRS) == []


@pytest.mark.parametrize("number", ["新政文[2018]5号", "豫民行批〔25〕31号", "豫民行批〔２０２５〕31号", "豫民行批〔2025〕31", ""])
def test_chg_no_01_others_are_told_only_of_the_department(number):
    assert brief(check_document_number(number, Body.PROVINCIAL_CIVIL_AFFAIRS)) == [("CHG-NO-01", INFO, "unusual_number")]
    assert check_document_number(number, Body.PROVINCE) == []


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (TerritoryBalance(0, 0), []),
        (TerritoryBalance(10, 10, 10), []),
        (TerritoryBalance(10.5, 0), ["territory_uncovered"]),
        (TerritoryBalance(0, 11), ["territory_beyond"]),
        (TerritoryBalance(0, 0, 11), ["territory_overlapping"]),
        (TerritoryBalance(1e6, 2e6, 3e6), ["territory_uncovered", "territory_beyond", "territory_overlapping"]),
    ],
)
def test_chg_plan_02_the_ground_before_and_after_is_the_same_within_tolerance(balance, expected):
    findings = check_territory("划归象河镇", balance, tolerance=10)
    assert brief(findings) == [("CHG-PLAN-02", BLOCK, code) for code in expected]


def test_chg_plan_02_the_plan_says_where_the_territory_goes():
    assert brief(check_territory(" ", TerritoryBalance(0, 0), 0)) == [("CHG-PLAN-02", BLOCK, "destination_not_stated")]
    assert brief(check_territory("划归象河镇", None, 0)) == [("CHG-PLAN-02", WARN, "territory_not_checked")]


def test_chg_plan_04_the_parties_plan_jointly_or_a_record_says_why_not():
    parties = ("安阳县人民政府", "殷都区人民政府")
    assert check_joint_plan(parties, parties) == []
    assert brief(check_joint_plan(parties, parties[:1])) == [("CHG-PLAN-04", WARN, "not_planned_jointly")]
    assert parties[1] in check_joint_plan(parties, parties[:1])[0].message_zh
    assert check_joint_plan(parties, (), failure_record="协商纪要") == []
