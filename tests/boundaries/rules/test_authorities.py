"""CHG-AUTH-01, CHG-AUTH-02, CHG-AUTH-04, CHG-BND-05: who approves what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from boundaries.rules.acts import STATUTORY, ActKind
from boundaries.rules.authorities import (
    COMPETENCES,
    Approval,
    Body,
    BoundaryScope,
    Touch,
    check_approval,
    competence,
)
from boundaries.rules.finding import Severity

BLOCK, WARN = Severity.BLOCK, Severity.WARN
MAJOR, PARTIAL = BoundaryScope.MAJOR, BoundaryScope.PARTIAL
DAY = date(2025, 7, 16)


@pytest.mark.parametrize(
    ("unit_type", "kind", "scope", "body", "article"),
    [
        ("province", ActKind.RENAME, None, Body.NATIONAL_CONGRESS, "第六条"),
        ("province", ActKind.CHANGE_BOUNDARY, None, Body.STATE_COUNCIL, "第七条第一项"),
        ("county", ActKind.ABOLISH, None, Body.STATE_COUNCIL, "第七条第二项"),
        ("district", ActKind.CHANGE_AFFILIATION, None, Body.STATE_COUNCIL, "第七条第二项"),
        ("prefecture_city", ActKind.MOVE_SEAT, None, Body.STATE_COUNCIL, "第七条第二项"),
        ("autonomous_county", ActKind.MOVE_SEAT, None, Body.STATE_COUNCIL, "第七条第二项"),
        ("autonomous_county", ActKind.CHANGE_BOUNDARY, PARTIAL, Body.STATE_COUNCIL, "第七条第三项"),
        ("county", ActKind.CHANGE_BOUNDARY, MAJOR, Body.STATE_COUNCIL, "第七条第三项"),
        ("county", ActKind.CHANGE_BOUNDARY, PARTIAL, Body.PROVINCE, "第八条"),
        ("district", ActKind.MOVE_SEAT, None, Body.PROVINCE, "第八条"),
        ("township", ActKind.CHANGE_TYPE, None, Body.PROVINCE, "第九条"),
        ("ethnic_township", ActKind.RENAME, None, Body.PROVINCE, "第九条"),
        ("town", ActKind.TRANSFER_VILLAGES, None, Body.PROVINCE, "第九条"),
        ("town", ActKind.MOVE_SEAT, None, Body.PROVINCE, "第九条"),
    ],
)
def test_chg_auth_01_the_table_follows_the_regulations(unit_type, kind, scope, body, article):
    found = competence(unit_type, kind, scope)
    assert found is not None and found.body is body and article in found.basis


@pytest.mark.parametrize(
    ("unit_type", "kind"),
    [
        ("county", ActKind.CHANGE_BOUNDARY),  # the scope is not chosen yet
        ("subdistrict", ActKind.ESTABLISH),
        ("village_committee", ActKind.RENAME),
        ("town", ActKind.RECODE),
    ],
)
def test_chg_auth_01_what_the_regulations_leave_open_is_left_open(unit_type, kind):
    assert competence(unit_type, kind) is None
    assert not [one for one in check_approval(Approval(unit_type, kind, DAY)) if one.rule == "CHG-AUTH-01"]


def test_chg_auth_01_no_two_rows_claim_one_case():
    types = {unit_type for row in COMPETENCES for unit_type in row.types}
    for unit_type in types:
        for kind in ActKind:
            for scope in BoundaryScope:
                claims = [
                    row
                    for row in COMPETENCES
                    if unit_type in row.types and STATUTORY[kind] in row.changes and row.scope in (None, scope)
                ]
                assert len(claims) <= 1


TOWN = Approval("township", ActKind.CHANGE_TYPE, DAY, approver=Body.PROVINCE)
COUNTY = Approval(
    "county", ActKind.CHANGE_BOUNDARY, DAY, approver=Body.PROVINCE, filed=True, scope=PARTIAL, scope_reason="仅三个村"
)
STREET = Approval(
    "subdistrict",
    ActKind.RENAME,
    DAY,
    approver=Body.LOWER_GOVERNMENT,
    approver_name="许昌市人民政府",
    established_by="许昌市人民政府",
)


def found(act: Approval, **changes):
    return [(one.rule, one.severity, one.code) for one in check_approval(replace(act, **changes))]


def test_chg_auth_01_the_right_approver_has_no_finding():
    assert found(TOWN) == found(COUNTY) == found(STREET) == []


@pytest.mark.parametrize("approver", [Body.LOWER_GOVERNMENT, Body.STATE_COUNCIL, Body.NATIONAL_CONGRESS])
def test_chg_auth_01_another_approver_blocks(approver):
    assert found(TOWN, approver=approver) == [("CHG-AUTH-01", BLOCK, "wrong_approver")]


def test_chg_auth_01_an_approver_not_stated_blocks():
    assert found(TOWN, approver=None) == [("CHG-AUTH-01", BLOCK, "approver_not_stated")]


def test_chg_auth_01_the_department_says_by_whose_consent_it_approves():
    """豫民行批〔2025〕31号: Henan's approvals of towns are issued by the department."""
    department = {"approver": Body.PROVINCIAL_CIVIL_AFFAIRS}
    assert found(TOWN, **department) == [("CHG-AUTH-01", WARN, "mandate_not_stated")]
    assert found(TOWN, mandate="经省人民政府同意", **department) == []
    assert found(Approval("county", ActKind.RENAME, DAY), mandate="经省人民政府同意", **department) == [
        ("CHG-AUTH-01", BLOCK, "wrong_approver")
    ]


def test_chg_auth_01_what_the_province_approves_of_counties_is_filed():
    assert found(COUNTY, filed=False) == [("CHG-AUTH-01", WARN, "not_filed")]
    assert found(COUNTY, kind=ActKind.MOVE_SEAT, filed=False) == [("CHG-AUTH-01", WARN, "not_filed")]
    assert found(TOWN, filed=False) == []


def test_chg_auth_01_major_boundary_changes_are_the_state_councils():
    assert found(COUNTY, scope=MAJOR) == [("CHG-AUTH-01", BLOCK, "wrong_approver")]
    assert found(COUNTY, scope=MAJOR, approver=Body.STATE_COUNCIL) == []


def test_chg_auth_01_a_town_that_goes_to_another_county_moves_its_boundary():
    """水冶镇 from 安阳县 to 殷都区."""
    moved = replace(TOWN, kind=ActKind.CHANGE_AFFILIATION, moves_county=True)
    assert found(moved) == [("CHG-AUTH-01", WARN, "not_filed"), ("CHG-BND-05", WARN, "scope_not_chosen")]
    assert found(moved, filed=True, scope=PARTIAL, scope_reason="一镇") == []
    assert found(moved, scope=MAJOR, scope_reason="多镇") == [("CHG-AUTH-01", BLOCK, "wrong_approver")]


def test_chg_auth_01_approvals_before_the_regulations_are_not_held_against_them():
    assert found(TOWN, approver=None, approved_on=date(2018, 12, 31)) == []
    assert found(TOWN, approver=None, approved_on=date(2019, 1, 1)) != []


@pytest.mark.parametrize("kind", [ActKind.ABOLISH, ActKind.RENAME, ActKind.MOVE_SEAT, ActKind.TRANSFER_VILLAGES])
def test_chg_auth_02_a_street_is_changed_by_who_approved_it(kind):
    assert found(STREET, kind=kind) == []
    assert found(STREET, kind=kind, approver_name="建安区人民政府") == [("CHG-AUTH-02", BLOCK, "wrong_approver")]
    assert found(STREET, kind=kind, established_by="") == [("CHG-AUTH-02", WARN, "establisher_unknown")]


def test_chg_auth_02_says_nothing_of_a_new_street():
    assert found(STREET, kind=ActKind.ESTABLISH, established_by="", approver_name="") == []


@pytest.mark.parametrize("touch", list(Touch))
def test_chg_auth_04_what_is_touched_may_be_the_state_councils(touch):
    touched = frozenset({touch})
    assert found(COUNTY, touches=touched) == [("CHG-AUTH-04", WARN, "reserved_to_state_council")]
    assert found(COUNTY, touches=touched, approver=Body.STATE_COUNCIL, scope=MAJOR) == []
    assert found(TOWN, touches=touched, kind=ActKind.RENAME) == []


def test_chg_bnd_05_a_person_chooses_the_scope_with_a_reason():
    assert found(COUNTY, scope=None) == [("CHG-BND-05", WARN, "scope_not_chosen")]
    assert found(COUNTY, scope_reason=" ") == [("CHG-BND-05", WARN, "scope_without_reason")]
    assert not [one for one in found(TOWN, kind=ActKind.CHANGE_BOUNDARY) if one[0] == "CHG-BND-05"]
