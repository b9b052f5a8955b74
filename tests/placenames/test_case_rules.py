"""The rules of naming cases without a database: the table of states, periods, answers, criteria of heritage."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.rules.deadlines import Clock, DutyState
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.overrides import Override, Refusal
from boundaries.rules.ways import PRACTICE_ZH
from boundaries.rules.working_days import WorkCalendar, parse_notices
from boundaries.services.holidays import HOLIDAY_FILE
from placenames.models import ApproverKind, CaseAct, CaseKind, CaseState, PaperClass
from placenames.rules import case_answers, heritage_criteria, naming_cases
from placenames.rules.case_kinds import (
    APPROVER_WORDS,
    ASKED_BEFORE,
    CASE_KINDS,
    FILED_WITH,
    Act,
    Approver,
    approver_of,
    choices_of,
    classes_of,
)
from placenames.rules.case_states import EDGES, EDITABLE, IN_FORCE, Action, Role, Stage, State, edge, edges_from
from placenames.rules.naming_kinds import DIVISIONS, NamedKind
from placenames.rules.naming_periods import Approved, duties

CLOCK = Clock(date(2025, 7, 20), WorkCalendar(()))


# --- the table of states ------------------------------------------------------------------------------------------------


def test_every_edge_names_its_clause_or_says_that_it_is_practice():
    for one in EDGES:
        assert "《地名管理条例》第" in one.basis_zh or one.basis_zh == PRACTICE_ZH
        assert one.title_en
        assert one.basis_en
    assert {one.action for one in EDGES if "第十三条" in one.basis_zh} == {Action.FILE, Action.CLOSE}


def test_an_action_leaves_a_state_once():
    steps = [(one.start, one.action) for one in EDGES]
    assert len(set(steps)) == len(steps)


def test_every_state_is_reached_and_only_three_are_left_for_good():
    reached, waiting = {State.DRAFT}, [State.DRAFT]
    while waiting:
        for one in edges_from(waiting.pop()):
            if one.end not in reached:
                reached.add(one.end)
                waiting.append(one.end)
    assert reached == set(State)
    assert {state for state in State if not edges_from(state)} == {State.REVOKED}


def test_officers_apply_and_reviewers_decide_and_nothing_is_approved_unanswered():
    assert {one.role for one in EDGES if one.action in (Action.PASS, Action.APPROVE, Action.REFUSE, Action.REVOKE)} == {
        Role.REVIEWER
    }
    assert {one.role for one in EDGES if one.action in (Action.SUBMIT, Action.FILE, Action.ANNOUNCE)} == {Role.OFFICER}
    approve = edge(State.REVIEWED, Action.APPROVE)
    assert approve is not None
    assert approve.stage is Stage.APPROVE
    assert all(edge(state, Action.APPROVE) is None for state in State if state is not State.REVIEWED)
    assert all(one.note_required for one in EDGES if one.action in (Action.RETURN, Action.REFUSE, Action.REVOKE, Action.AMEND))
    assert not set(EDITABLE) & set(IN_FORCE)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(list(Action)), max_size=14))
def test_no_walk_gets_to_an_approval_but_through_a_review(walk):
    state, reviewed = State.DRAFT, False
    for action in walk:
        step = edge(state, action)
        if step is None:
            continue
        reviewed = (reviewed and step.end not in EDITABLE) or step.action is Action.PASS
        state = step.end
        if state in IN_FORCE:
            assert reviewed


def test_models_and_rules_know_the_same_words():
    assert set(CaseState.values) == set(State)
    assert set(CaseAct.values) == set(Act)
    assert set(CaseKind.values) == set(CASE_KINDS)
    assert set(ApproverKind.values) == set(Approver) == set(APPROVER_WORDS) == set(FILED_WITH)
    assert PaperClass.OPINION in PaperClass.values


# --- kinds and who approves ---------------------------------------------------------------------------------------------


def test_names_of_divisions_and_committees_are_not_dealt_with_in_cases():
    assert not DIVISIONS & set(CASE_KINDS)
    assert not {NamedKind.VILLAGE, NamedKind.COMMUNITY} & set(CASE_KINDS)


def test_name_aut_01_offers_the_body_of_the_law_and_leaves_open_what_was_not_seen():
    assert choices_of(NamedKind.ROAD) == (Approver.GOVERNMENT,)
    assert choices_of(NamedKind.COMPOUND) == choices_of(NamedKind.BUILDING) == (Approver.HOUSING,)
    assert choices_of(NamedKind.FACILITY) == (Approver.DEPARTMENT,)
    assert Approver.AS_RULED in choices_of(NamedKind.NATURAL_VILLAGE)
    for kind in CASE_KINDS:
        (found,) = naming_cases.check_approver(kind, APPROVER_WORDS[approver_of(kind)]) or [None]
        assert found is None or (found.severity is Severity.INFO and found.code == "undetermined")
        assert classes_of(kind)


def test_name_aut_01_asks_for_the_opinion_that_comes_first():
    (missing,) = naming_cases.check_consulted(ASKED_BEFORE[Approver.HOUSING], present=False)
    assert (missing.rule, missing.severity) == ("NAME-AUT-01", Severity.BLOCK)
    assert "民政" in missing.message_zh
    assert naming_cases.check_consulted(ASKED_BEFORE[Approver.HOUSING], present=True) == []
    assert naming_cases.check_consulted("", present=False) == []


def test_name_ren_02_read_on_for_a_cancelling_warns_and_does_not_block():
    (told,) = naming_cases.check_protected_cancelled(["中国传统村落"], measures=False)
    assert (told.rule, told.severity) == ("NAME-REN-02", Severity.WARN)
    assert naming_cases.check_protected_cancelled(["中国传统村落"], measures=True) == []
    assert naming_cases.check_cancel_reason("")[0].rule == "NAME-REN-01"
    assert naming_cases.check_cancel_reason("地理实体消失") == []


# --- periods: T5 of the fact sheet --------------------------------------------------------------------------------------


def test_name_fil_01_and_name_not_01_end_on_the_fifteenth_day():
    filing, notice = duties(Approved(date(2025, 7, 16), by_other_department=False), CLOCK)
    assert (filing.rule, filing.due.on) == ("NAME-FIL-01", date(2025, 7, 31))
    assert (notice.rule, notice.due.on) == ("NAME-NOT-01", date(2025, 7, 31))
    late = duties(Approved(date(2025, 7, 16), False, filed_on=date(2025, 8, 1), announced_on=date(2025, 7, 31)), CLOCK)
    assert [one.state for one in late] == [DutyState.LATE, DutyState.DONE]


def test_name_not_01_of_another_department_is_counted_from_the_filing():
    _filing, notice = duties(Approved(date(2025, 7, 16), by_other_department=True), CLOCK)
    assert notice.due is None
    _filing, notice = duties(Approved(date(2025, 7, 16), True, filed_on=date(2025, 7, 30)), CLOCK)
    assert notice.due.on == date(2025, 8, 14)


def test_a_last_day_on_a_holiday_stays_unless_the_office_shifts():
    """D=2025-09-16: the fifteenth day is National Day; no shift by default, with the last working day before it told."""
    calendar = WorkCalendar(parse_notices(HOLIDAY_FILE.read_text("utf-8")))
    stays, _notice = duties(Approved(date(2025, 9, 16), False), Clock(date(2025, 9, 17), calendar))
    assert (stays.due.on, stays.due.act_by) == (date(2025, 10, 1), date(2025, 9, 30))
    moves, _notice = duties(Approved(date(2025, 9, 16), False), Clock(date(2025, 9, 17), calendar, shift=True))
    assert moves.due.on == date(2025, 10, 9)


# --- answers ------------------------------------------------------------------------------------------------------------


def _finding(rule: str, code: str, severity: Severity) -> Finding:
    return Finding(rule, severity, "依据", code, "某事。", "Something.", "某")


def test_a_block_gives_way_only_where_its_rule_says_so_and_to_a_document():
    fixed = _finding("NAME-PER-01", "on_list", Severity.BLOCK)
    assert case_answers.refusal(fixed, Override("NAME-PER-01", "文件", "理由")) is Refusal.NOT_ALLOWED
    open_ = _finding("NAME-CHR-01", "not_standard", Severity.BLOCK)
    assert case_answers.refusal(open_, Override("NAME-CHR-01", "", "理由")) is Refusal.NO_DOCUMENT
    assert case_answers.refusal(open_, Override("NAME-CHR-01", "用字决定1号", "理由")) is None
    warning = _finding("NAME-DUP-05", "duplicate", Severity.WARN)
    assert case_answers.refusal(warning, Override("NAME-DUP-05", "", " ")) is Refusal.NO_REASON
    assert case_answers.unsettled([fixed, open_, warning], [Override("NAME-DUP-05", "", "不在同一建成区")]) == [fixed, open_]


# --- criteria of heritage -----------------------------------------------------------------------------------------------


def test_heritage_criteria_are_those_that_were_seen_and_each_has_its_source():
    assert set(heritage_criteria.CRITERIA) == {"ancient_county", "ancient_town", "ancient_village"}
    for several in heritage_criteria.CRITERIA.values():
        assert all(one.basis and one.zh and one.en for one in several)
    assert heritage_criteria.judged("traditional_village", {}, 2026) == []


def test_a_thousand_years_are_counted_without_a_year_0():
    (age,) = [one for one in heritage_criteria.CRITERIA["ancient_village"] if one.key == "name_age"]
    judge, shown, standing = heritage_criteria.judge, heritage_criteria.Shown, heritage_criteria.Standing
    assert judge(age, shown(year=1026), 2026) is standing.MET
    assert judge(age, shown(year=1027), 2026) is standing.NOT_MET
    assert heritage_criteria.years_since(-1, 1) == 1
    assert judge(age, None, 2026) is standing.NOT_CHECKED


def test_what_nobody_has_shown_is_not_checked_and_never_failed():
    told = dict(heritage_criteria.judged("ancient_town", {"is_town": heritage_criteria.Shown(holds=False)}, 2026))
    by_key = {criterion.key: standing for criterion, standing in told.items()}
    assert by_key.pop("is_town") is heritage_criteria.Standing.NOT_MET
    assert set(by_key.values()) == {heritage_criteria.Standing.NOT_CHECKED}
