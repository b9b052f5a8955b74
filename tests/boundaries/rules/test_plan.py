"""CHG-PLAN-01, CHG-PLAN-03, CHG-AUTH-03, CHG-ETH-01, CHG-ETH-02, CHG-TXT-01: the plan and its wording."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from boundaries.rules.finding import Severity
from boundaries.rules.plan import Plan, check_plan

PLAN = Plan(
    name="象河镇",
    unit_type="town",
    affiliation="泌阳县",
    boundary="原象河乡行政区域",
    seat="原象河乡政府驻地",
    author="泌阳县人民政府",
    unit_government="象河乡人民政府",
    superior_government="泌阳县人民政府",
    territory_unchanged=True,
    former_type="township",
    parent_type="county",
)


def found(**changes):
    return [(one.rule, one.severity, one.code) for one in check_plan(replace(PLAN, **changes))]


def test_chg_plan_a_complete_plan_has_no_finding():
    assert found() == []


@pytest.mark.parametrize("part", ["name", "affiliation", "boundary", "seat"])
def test_chg_plan_01_each_part_is_stated(part):
    assert found(**{part: "  "}) == [("CHG-PLAN-01", Severity.BLOCK, "plan_incomplete")]


def test_chg_plan_01_type_is_stated_and_only_an_establishment_is_asked():
    assert ("CHG-PLAN-01", Severity.BLOCK, "plan_incomplete") in found(unit_type="")
    assert found(establishes=False, name="", seat="") == []


@pytest.mark.parametrize(
    ("author", "unchanged", "fine"),
    [
        ("泌阳县人民政府", False, True),
        ("象河乡人民政府", True, True),
        ("象河乡人民政府", False, False),
        ("驻马店市人民政府", True, False),
        ("", True, False),
    ],
)
def test_chg_plan_03_who_plans(author, unchanged, fine):
    expected = [] if fine else [("CHG-PLAN-03", Severity.WARN, "plan_author")]
    assert found(author=author, territory_unchanged=unchanged) == expected


@pytest.mark.parametrize(
    ("parent", "warned"), [("county", True), ("autonomous_county", True), ("county_city", False), ("district", False)]
)
def test_chg_auth_03_a_sub_district_in_a_county(parent, warned):
    findings = found(unit_type="subdistrict", parent_type=parent)
    assert (("CHG-AUTH-03", Severity.WARN, "subdistrict_in_county") in findings) is warned


def test_chg_eth_01_an_ethnic_township_must_not_become_an_ethnic_town():
    """T4: 艾庄回族乡 → 艾庄回族镇 warns; the new name 艾庄镇 still asks for the consultation."""
    named = found(former_type="ethnic_township", name="艾庄回族镇", ethnic_consulted=True)
    assert named == [("CHG-ETH-01", Severity.WARN, "ethnic_town_name")]
    assert found(former_type="ethnic_township", name="艾庄回族镇", ethnic_consulted=True, ethnic_document="国函") == []
    assert found(former_type="ethnic_township", name="艾庄镇") == [("CHG-ETH-01", Severity.WARN, "ethnic_consultation")]
    assert found(former_type="township", name="回族镇") == []


@pytest.mark.parametrize(("share", "warned"), [(Decimal("30"), False), (Decimal("29.9"), True), (None, True)])
def test_chg_eth_02_minorities_in_a_new_ethnic_township(share, warned):
    findings = found(unit_type="ethnic_township", minority_share=share)
    assert (("CHG-ETH-02", Severity.WARN, "minority_share") in findings) is warned
    assert found(unit_type="ethnic_township", minority_share=share, ethnic_document="省政府说明") == []


@pytest.mark.parametrize(
    ("unit_type", "text", "noted"),
    [
        ("town", "同意撤销象河乡设立象河镇,实行镇管村体制,所辖行政区域和政府驻地不变", False),
        ("town", "同意撤销象河乡设立象河镇", True),
        ("subdistrict", "设立卢店街道,实行城市管理体制", False),
        ("subdistrict", "设立卢店街道,实行镇管村体制", True),
        ("town", "", False),
    ],
)
def test_chg_txt_01_fixed_wording(unit_type, text, noted):
    findings = found(unit_type=unit_type, decision_text=text, parent_type="district")
    assert (("CHG-TXT-01", Severity.INFO, "wording") in findings) is noted
