"""What the rules say of decisions on the demo county: each rule by its identifier, through the plan it is asked with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import shapely

from boundaries.changes import make_plan
from boundaries.changes.acts import (
    Abolish,
    Act,
    ChangeAffiliation,
    ChangeBoundary,
    ChangeType,
    Decision,
    Extent,
    ExtentKind,
    MoveSeat,
    NewUnit,
    Rename,
    TransferVillages,
)
from boundaries.changes.findings import COVERS_ALL, findings_on
from boundaries.rules.change_case import Case, CaseError, Paper, Seat, read_case
from boundaries.rules.code_changes import Determiner
from boundaries.rules.consultation import DEPARTMENTS, Opinion
from boundaries.rules.dossier import DOCUMENT_CLASSES, Attachment
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.registry import rules
from boundaries.rules.stages import STAGES, Stage, due_at, stages_of
from tests.boundaries.changes.county import TODAY, children_of, key_of, register, state_of

APPROVED = date(2026, 2, 1)
ALL_OPINIONS = tuple(Opinion(one.id, document=f"{one.zh}部门意见") for one in DEPARTMENTS)
DOSSIER = tuple(
    Attachment(one.id, one.zh, frozenset({part.id for part in one.parts} | ({COVERS_ALL} if one.id == "maps" else set())))
    for one in DOCUMENT_CLASSES.values()
    if one.required
)
CASE = Case(
    plan_author="舆和县人民政府",
    boundary="所辖行政区域不变",
    opinions=ALL_OPINIONS,
    code_determiner=Determiner.PROVINCE,
    code_document="豫民文〔2026〕9号",
)
PAPER = Paper(
    approver="河南省人民政府",
    approved_on=APPROVED,
    document_number="豫政文〔2026〕1号",
    text="同意撤销麦垄乡，设立麦垄镇，实行镇管村体制。",
    attachments=DOSSIER,
)
TOWN = NewUnit("town", "麦垄镇", "town")


def found(*acts: Act, case: Case = CASE, paper: Paper = PAPER, coded: bool = True) -> list[Finding]:
    decision = Decision(TODAY, acts, coded=coded)
    held = register()
    return list(findings_on(make_plan(held, decision), held, decision, case, paper))


def of(rule: str, findings: list[Finding]) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in findings if one.rule == rule]


def to_town(name: str = "麦垄乡", new: NewUnit = TOWN) -> ChangeType:
    return ChangeType(key_of(name), new)


def test_a_complete_case_leaves_nothing_to_answer() -> None:
    assert [one for one in found(to_town()) if one.severity is not Severity.INFO] == []


def test_every_rule_on_changes_and_codes_has_its_step_or_is_of_another_case() -> None:
    """CODE-10 and -11 are of place names, CODE-12 of the half-year list; of the lines, BND-LIN-01 is asked at the closing."""
    wanted = {one for one in rules() if one.startswith(("CHG-", "CODE-"))} - {"CODE-10", "CODE-11", "CODE-12"}
    assert set(STAGES) == wanted | {"BND-LIN-01"}


# --- who approves -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approver", "expected"),
    [
        ("河南省人民政府", []),
        ("国务院", [("wrong_approver", Severity.BLOCK)]),
        ("舆和县人民政府", [("wrong_approver", Severity.BLOCK)]),
        ("", [("approver_not_stated", Severity.BLOCK)]),
        ("演示民政机关（虚构）", [("approver_not_recognised", Severity.WARN)]),
        ("河南省民政厅", [("mandate_not_stated", Severity.WARN)]),
    ],
)
def test_chg_auth_01_a_town_is_approved_by_the_province(approver: str, expected: list[tuple[str, Severity]]) -> None:
    assert of("CHG-AUTH-01", found(to_town(), paper=replace(PAPER, approver=approver))) == expected


def test_chg_auth_01_the_mandate_of_a_department_settles_it() -> None:
    paper = replace(PAPER, approver="河南省民政厅", document_number="豫民行批〔2026〕1号")
    assert of("CHG-AUTH-01", found(to_town(), paper=paper, case=replace(CASE, mandate="经省人民政府同意"))) == []


def test_chg_auth_01_a_county_is_the_state_councils() -> None:
    act = Rename(key_of("舆和县"), "舆平县")
    assert of("CHG-AUTH-01", found(act)) == [("wrong_approver", Severity.BLOCK)]
    assert of("CHG-AUTH-01", found(act, paper=replace(PAPER, approver="国务院"))) == []


def test_an_approval_before_the_regulations_is_not_held_against_them() -> None:
    findings = found(to_town(), paper=Paper(approved_on=date(2017, 5, 1), approver="某县政府"))
    assert of("CHG-AUTH-01", findings) == [("before_the_regulations", Severity.INFO)]
    assert not [one for one in findings if one.severity is Severity.BLOCK]


def test_chg_auth_02_an_outpost_is_changed_by_who_approved_it() -> None:
    street = key_of("舆阳街道")
    act = Rename(street, "舆南街道")
    assert of("CHG-AUTH-02", found(act)) == [("establisher_unknown", Severity.WARN)]
    by_city = replace(CASE, established_by={str(street): "演示市人民政府"})
    assert of("CHG-AUTH-02", found(act, case=by_city)) == [("wrong_approver", Severity.BLOCK)]
    assert of("CHG-AUTH-02", found(act, case=by_city, paper=replace(PAPER, approver="演示市人民政府"))) == []
    assert of("CHG-AUTH-02", found(act, paper=replace(PAPER, establishers={street: "河南省人民政府"}))) == []


def test_chg_auth_03_a_street_in_a_county_needs_a_reason() -> None:
    new = NewUnit("street", "云垛街道", "subdistrict")
    findings = found(ChangeType(key_of("云垛镇"), new), paper=replace(PAPER, text="设立云垛街道，实行城市管理体制。"))
    assert of("CHG-AUTH-03", findings) == [("subdistrict_in_county", Severity.WARN)]
    assert of("CHG-AUTH-02", findings) == []  # a new one has no history of approval


def boundary_move(*, whole_county: bool = False) -> Act:
    if whole_county:
        return ChangeAffiliation(key_of("沙屿乡"), key_of("邻和县"))
    giver = key_of("麦垄乡")
    return TransferVillages(tuple(children_of(giver)[:2]), key_of("沙屿乡"), giver)


def test_chg_auth_04_what_is_reserved_is_told() -> None:
    case = read_case({"touches": ["lake", "resources"]})
    assert of("CHG-AUTH-04", found(boundary_move(), case=case)) == [("reserved_to_state_council", Severity.WARN)] * 2
    assert of("CHG-AUTH-04", found(to_town(), case=case)) == []


def test_chg_bnd_05_a_town_that_changes_county_moves_the_counties_boundary() -> None:
    act = boundary_move(whole_county=True)
    codes = {"code_determiner": "province"}
    assert of("CHG-BND-05", found(act, case=read_case(codes))) == [("scope_not_chosen", Severity.WARN)]
    chosen = read_case(codes | {"scope": "partial"})
    assert of("CHG-BND-05", found(act, case=chosen)) == [("scope_without_reason", Severity.WARN)]
    reasoned = read_case(codes | {"scope": "partial", "scope_reason": "仅一乡"})
    assert of("CHG-BND-05", found(act, case=reasoned)) == []
    assert of("CHG-AUTH-01", found(act, case=reasoned)) == [("not_filed", Severity.WARN)]
    assert of("CHG-AUTH-01", found(act, case=replace(reasoned, filed="豫政文〔2026〕2号"))) == []
    major = read_case(codes | {"scope": "major", "scope_reason": "涉及半数乡镇"})
    assert of("CHG-AUTH-01", found(act, case=major)) == [("wrong_approver", Severity.BLOCK)]
    assert of("CHG-BND-05", found(boundary_move())) == []


# --- dossier and plan ---------------------------------------------------------------------------------------------------


def test_chg_doc_01_02_03_the_dossier() -> None:
    findings = found(to_town(), paper=replace(PAPER, attachments=()))
    assert len(of("CHG-DOC-01", findings)) == 6
    assert len(of("CHG-DOC-03", findings)) == 2
    half = tuple(
        replace(one, parts=frozenset({"necessity"}) if one.document_class == "expert_report" else one.parts - {COVERS_ALL})
        for one in DOSSIER
    )
    findings = found(to_town(), paper=replace(PAPER, attachments=half))
    assert [code for code, _ in of("CHG-DOC-02", findings)] == ["expert_part_missing"] * 3
    incomplete = [one for one in findings if one.rule == "CHG-DOC-03"]
    assert [one.code for one in incomplete] == ["map_incomplete"] * 2
    assert "麦垄乡" in incomplete[0].message_zh and "麦垄镇" in incomplete[0].message_zh


def test_chg_plan_01_a_new_unit_is_described() -> None:
    away = Extent(ExtentKind.UNSTATED)
    from boundaries.changes.acts import Split

    act = Split(key_of("麦垄乡"), NewUnit("new", "麦香乡", "township"), away)
    subjects = {one.subject for one in found(act, case=replace(CASE, boundary="")) if one.rule == "CHG-PLAN-01"}
    assert subjects == {"new:boundary", "new:seat"}
    told = replace(CASE, seats={"new": Seat(new="某村")})
    assert of("CHG-PLAN-01", found(act, case=told)) == []


def test_chg_plan_02_where_the_ground_goes() -> None:
    giver, taker = key_of("麦垄乡"), key_of("沙屿乡")
    assert of("CHG-PLAN-02", found(Abolish(giver, taker))) == []
    villages = children_of(giver)
    split = TransferVillages(tuple(villages[:3]), taker, giver), Abolish(giver, key_of("苇泊乡"))
    assert of("CHG-PLAN-02", found(*split)) == []
    line = ChangeBoundary(giver, taker, Extent(ExtentKind.UNSTATED))
    vague = found(line, Abolish(giver, key_of("苇泊乡")))
    assert ("territory_not_checked", Severity.WARN) in of("CHG-PLAN-02", vague)


def test_chg_plan_03_who_planned() -> None:
    assert of("CHG-PLAN-03", found(to_town(), case=replace(CASE, plan_author="麦垄乡人民政府"))) == []
    assert of("CHG-PLAN-03", found(to_town(), case=replace(CASE, plan_author=""))) == [("plan_author", Severity.WARN)]
    giver = key_of("麦垄乡")
    two = (to_town(), TransferVillages(tuple(children_of(key_of("沙屿乡"))[:1]), "town"))
    own = replace(CASE, plan_author="麦垄乡人民政府")
    assert of("CHG-PLAN-03", found(*two, case=own)) == [("plan_author", Severity.WARN)], giver


def test_chg_plan_04_the_parties_plan_jointly() -> None:
    findings = [one for one in found(boundary_move()) if one.rule == "CHG-PLAN-04"]
    assert [(one.code, one.severity) for one in findings] == [("not_planned_jointly", Severity.WARN)]
    assert "麦垄乡人民政府" in findings[0].message_zh and "沙屿乡人民政府" in findings[0].message_zh
    both = replace(CASE, signed_by=("麦垄乡人民政府", "沙屿乡人民政府"))
    assert of("CHG-PLAN-04", found(boundary_move(), case=both)) == []
    assert of("CHG-PLAN-04", found(boundary_move(), case=replace(CASE, failure_record="协商纪要"))) == []
    assert of("CHG-PLAN-04", found(to_town())) == []


def test_chg_name_01_a_renaming_leaves_the_generic_term() -> None:
    assert of("CHG-NAME-01", found(Rename(key_of("麦垄乡"), "麦香乡"))) == []
    ethnic = found(Rename(key_of("榆坞回族乡"), "榆坞乡"))
    assert of("CHG-NAME-01", ethnic)[0][0] in {"generic_changes", "generic_differs"}


def test_chg_seat_01_a_seat_that_stays_in_its_village_does_not_move() -> None:
    key = key_of("麦垄乡")
    seat = state_of(key).seat
    [village] = [one for one in children_of(key) if shapely.covers(state_of(one).geometry, seat)]
    same = MoveSeat(key, shapely.point_on_surface(state_of(village).geometry))
    assert of("CHG-SEAT-01", found(same)) == [("not_a_seat_move", Severity.INFO)]
    other = next(one for one in children_of(key) if one != village)
    assert of("CHG-SEAT-01", found(MoveSeat(key, shapely.point_on_surface(state_of(other).geometry)))) == []
    assert of("CHG-SEAT-01", found(MoveSeat(key))) == [("seat_unit_unknown", Severity.INFO)]
    stated = replace(CASE, seats={str(key): Seat("甲村", "乙村")})
    assert of("CHG-SEAT-01", found(MoveSeat(key), case=stated)) == []


def test_chg_cons_01_departments_are_asked() -> None:
    assert len(of("CHG-CONS-01", found(to_town(), case=replace(CASE, opinions=())))) == 5
    ethnic = ChangeType(key_of("榆坞回族乡"), NewUnit("town", "榆坞镇", "town"))
    none = found(ethnic, case=replace(CASE, opinions=()))
    assert len(of("CHG-CONS-01", none)) == 6  # and the department of ethnic affairs
    answered = replace(CASE, opinions=(Opinion("finance", not_needed="不涉及财政体制"),))
    assert len(of("CHG-CONS-01", found(to_town(), case=answered))) == 4


def test_chg_eth_01_an_ethnic_township_does_not_become_an_ethnic_town() -> None:
    act = ChangeType(key_of("榆坞回族乡"), NewUnit("town", "榆坞回族镇", "town"))
    assert ("ethnic_town_name", Severity.WARN) in of("CHG-ETH-01", found(act))
    assert of("CHG-ETH-01", found(act, case=replace(CASE, ethnic_document="国民发〔2026〕1号"))) == []
    unasked = found(act, case=replace(CASE, ethnic_document="国民发〔2026〕1号", opinions=()))
    assert of("CHG-ETH-01", unasked) == [("ethnic_consultation", Severity.WARN)]


def test_chg_eth_02_a_new_ethnic_township_has_thirty_per_cent() -> None:
    act = ChangeType(key_of("麦垄乡"), NewUnit("new", "麦垄回族乡", "ethnic_township"))
    assert of("CHG-ETH-02", found(act)) == [("minority_share", Severity.WARN)]
    assert of("CHG-ETH-02", found(act, case=replace(CASE, minority_share=Decimal(30)))) == []


def test_chg_txt_01_and_chg_no_01_the_paper() -> None:
    assert of("CHG-TXT-01", found(to_town(), paper=replace(PAPER, text="同意设立麦垄镇。"))) == [("wording", Severity.INFO)]
    assert of("CHG-TXT-01", found(to_town())) == []
    department = replace(PAPER, approver="河南省民政厅", document_number="第1号")
    assert of("CHG-NO-01", found(to_town(), paper=department)) == [("unusual_number", Severity.INFO)]
    good = replace(department, document_number="豫民行批〔2026〕31号")
    assert of("CHG-NO-01", found(to_town(), paper=good)) == []


# --- codes --------------------------------------------------------------------------------------------------------------


def test_code_02_03_07_a_given_code_is_the_next_of_its_segment_and_somebody_determined_it() -> None:
    def given(code: str, case: Case = CASE) -> list[Finding]:
        return found(to_town(new=replace(TOWN, code=code)), case=case)

    assert [one for one in given("417021106") if one.rule.startswith("CODE")] == []
    assert of("CODE-03", given("417021109")) == [("not_next_in_sequence", Severity.WARN)]
    assert of("CODE-02", given("417021299")) == [("township_segment_mismatch", Severity.WARN)]
    assert of("CODE-08", given("417021401")) == [("looks_statistical", Severity.WARN)]
    nobody = replace(CASE, code_determiner=None)
    assert of("CODE-07", given("417021106", nobody)) == [("wrong_determiner", Severity.BLOCK)]
    assert of("CODE-07", given("417021106", replace(CASE, code_determiner=Determiner.CITY))) == [
        ("wrong_determiner", Severity.BLOCK)
    ]


def test_code_03_a_code_nobody_determined_is_proposed_and_asked_for_at_the_closing() -> None:
    findings = found(to_town(), case=replace(CASE, code_determiner=None), coded=False)
    assert of("CODE-03", findings) == [("code_not_assigned", Severity.BLOCK)]
    assert of("CODE-07", findings) == []
    assert due_at(Stage.ENACT, findings) == []
    assert [one.code for one in due_at(Stage.CLOSE, findings)] == ["code_not_assigned"]
    held = register()
    made = make_plan(held, Decision(TODAY, (to_town(),), coded=False))
    assert not made.codes_assigned
    [needed] = made.codes_needed
    assert (needed.unit, needed.proposed, needed.reason) == ("town", "417021106", "new_unit")


def test_code_04_05_06_what_the_plan_does_with_codes_is_what_the_rules_want() -> None:
    for act in (Rename(key_of("麦垄乡"), "麦香乡"), boundary_move(), MoveSeat(key_of("麦垄乡"))):
        assert [one for one in found(act) if one.rule in ("CODE-04", "CODE-05", "CODE-06")] == []
    moved = found(boundary_move(whole_county=True))
    assert [one for one in moved if one.rule in ("CODE-04", "CODE-05", "CODE-06")] == []


def test_code_05_a_renaming_gives_no_other_code() -> None:
    key = key_of("麦垄乡")
    decision = Decision(TODAY, (Rename(key, "麦香乡"),), {key: "417021211"})
    held = register()
    findings = list(findings_on(make_plan(held, decision), held, decision, CASE, PAPER))
    assert of("CODE-05", findings) == [("code_changed", Severity.BLOCK)]


def test_code_07_a_county_and_its_townships_have_their_codes_from_two_bodies() -> None:
    county = key_of("舆和县")
    act = ChangeType(county, NewUnit("district", "舆和区", "district", code="417003"))
    ministry = replace(CASE, county_code_determiner=Determiner.MINISTRY)
    assert of("CODE-07", found(act, case=ministry, paper=replace(PAPER, approver="国务院"))) == []
    assert of("CODE-07", found(act, case=CASE)) == [("wrong_determiner", Severity.BLOCK)]


def test_codes_before_the_measures_are_only_told() -> None:
    old = replace(PAPER, approved_on=date(2025, 8, 31))
    findings = found(to_town(new=replace(TOWN, code="417021106")), case=replace(CASE, code_determiner=None), paper=old)
    assert of("CODE-07", findings) == [("wrong_determiner", Severity.INFO)]
    new = replace(PAPER, approved_on=date(2025, 9, 1))
    findings = found(to_town(new=replace(TOWN, code="417021106")), case=replace(CASE, code_determiner=None), paper=new)
    assert of("CODE-07", findings) == [("wrong_determiner", Severity.BLOCK)]


# --- stating a case -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], "case"),
        ({"unknown": 1}, "unknown"),
        ({"reasons": 5}, "reasons"),
        ({"reasons": "x" * 20_001}, "reasons"),
        ({"plan_author": "a\x00b"}, "plan_author"),
        ({"scope": "huge"}, "scope"),
        ({"touches": ["moon"]}, "touches"),
        ({"touches": "lake"}, "touches"),
        ({"opinions": [{"department": "police"}]}, "opinions"),
        ({"seats": {"1": "村"}}, "seats"),
        ({"minority_share": "NaN"}, "minority_share"),
        ({"minority_share": 101}, "minority_share"),
        ({"minority_share": True}, "minority_share"),
        ({"facts": {"weather": "晴"}}, "facts"),
        ({"code_determiner": "me"}, "code_determiner"),
        ({"signed_by": ["x"] * 201}, "signed_by"),
    ],
)
def test_a_statement_that_cannot_be_read_is_named(data: object, field: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(data)
    assert caught.value.field == field


def test_villages_and_mere_codes_are_not_ruled_by_the_regulations() -> None:
    village = children_of(key_of("麦垄乡"))[0]
    assert found(Rename(village, "新名村"), case=Case(), paper=Paper()) == []


def test_findings_of_one_unit_name_it() -> None:
    findings = found(
        to_town(), to_town("沙屿乡", NewUnit("other", "沙屿镇", "town")), case=Case(code_determiner=Determiner.PROVINCE)
    )
    authors = [one for one in findings if one.rule == "CHG-PLAN-03"]
    assert {one.subject for one in authors} == {"town:plan_author", "other:plan_author"}
    assert all(stages_of(one) == {Stage.SUBMIT} for one in authors)
