"""What is recorded after an approval, through the services: CHG-DL-01 … CHG-DL-05 with the dates of T5, refusals, closing."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import DecisionFollowUp, DecisionOverride, Division, DivisionRecord
from boundaries.rules.deadlines import DutyState
from boundaries.services import after_approval, decision_codes, decision_review, decisions, follow_ups
from boundaries.services.after_approval import Owes
from boundaries.services.decisions import ActEntry
from boundaries.services.holidays import office_clock
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.decided import stated
from tests.boundaries.follow_ups.conftest import unit
from tests.factories import make_user

D = date(2025, 7, 16)
LATER = date(2026, 7, 1)


def ends(decision) -> dict[str, date | None]:
    return {one.rule: one.due.on if one.due else None for one in after_approval.standing(decision).duties(office_clock())}


def complete(decision, version=0, **changes):
    """Everything that closing asks for, done in time."""
    day = decision.approved_on
    fields = {
        "completed_on": day.replace(day=28),
        "reported_on": day.replace(day=28),
        "announced_on": day.replace(day=28),
        "standard_map_on": day.replace(day=28),
        "survey_records_on": day.replace(day=28),
        "evaluation_on": day.replace(day=28),
        "code_published_on": day.replace(day=28),
        "code_document": "豫民文〔2025〕9号",
    }
    return follow_ups.record(None, decision, version, **(fields | changes)).follow_up


@pytest.mark.parametrize(
    ("approved", "completion", "code", "extended"),
    [
        (date(2025, 7, 16), date(2026, 7, 16), date(2025, 8, 16), date(2027, 1, 16)),
        (date(2025, 8, 31), date(2026, 8, 31), date(2025, 9, 30), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2025, 2, 28), date(2024, 3, 29), date(2025, 8, 29)),
        (date(2025, 10, 1), date(2026, 10, 1), date(2025, 11, 1), date(2027, 4, 1)),  # ends on the national holiday: no shift
    ],
)
def test_t5_chg_dl_01_and_02_of_an_enacted_decision(enacted, today_is, approved, completion, code, extended):
    today_is(date(2027, 12, 1))
    decision = enacted(approved, coded=True)
    assert ends(decision) == {"CHG-DL-01": completion, "CHG-DL-02": code, "CHG-DL-03": None, "CHG-DL-04": None}
    follow_ups.record(None, decision, 0, extension_approved_on=approved, extension_document="豫政文〔2026〕7号")
    assert ends(decision)["CHG-DL-01"] == extended


def test_t5_chg_dl_01_the_setting_shifts_a_last_day_off(enacted, settings):
    decision = enacted(date(2025, 10, 1), coded=True)
    [end] = [one.due for one in after_approval.standing(decision).duties(office_clock()) if one.rule == "CHG-DL-01"]
    assert (end.day_off, end.on, end.act_by) == (True, date(2026, 10, 1), date(2026, 9, 30))
    settings.DEADLINE_SHIFT = True
    assert ends(decision)["CHG-DL-01"] == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("today", "warn_days", "state"),
    [
        (date(2026, 6, 15), 30, DutyState.OPEN),
        (date(2026, 6, 16), 30, DutyState.SOON),
        (date(2026, 5, 17), 60, DutyState.SOON),
        (date(2026, 7, 16), 30, DutyState.SOON),
        (date(2026, 7, 17), 30, DutyState.OVERDUE),
    ],
)
def test_chg_dl_01_states_follow_the_day_and_the_setting(enacted, today_is, settings, today, warn_days, state):
    decision = enacted(D, coded=True)
    today_is(today)
    settings.DEADLINE_WARN_DAYS = warn_days
    [duty] = [one for one in after_approval.standing(decision).duties(office_clock()) if one.rule == "CHG-DL-01"]
    assert duty.state is state


def test_a_record_is_versioned_and_in_the_trail(enacted):
    decision = enacted(D, coded=True)
    first = follow_ups.record(None, decision, 0, completed_on=date(2026, 1, 5)).follow_up
    assert (first.version, first.completed_on) == (1, date(2026, 1, 5))
    with pytest.raises(ConflictError) as caught:
        follow_ups.record(None, decision, 0, completed_on=date(2026, 1, 6))
    assert caught.value.code == "follow_up_changed"
    follow_ups.record(None, decision, 1, completed_on=None)  # a slip, taken back
    told = AuditEntry.objects.filter(action="decision.follow_up", target_id=str(decision.pk)).order_by("pk")
    assert [(one.before, one.after) for one in told] == [
        ({"completed_on": None}, {"completed_on": "2026-01-05"}),
        ({"completed_on": "2026-01-05"}, {"completed_on": None}),
    ]
    assert DecisionFollowUp.objects.get().completed_on is None


def test_saying_the_same_again_is_no_record(enacted):
    decision = enacted(D, coded=True)
    follow_ups.record(None, decision, 0, notes="已通知镇政府")
    follow_ups.record(None, decision, 1, notes=" 已通知镇政府 ")
    assert DecisionFollowUp.objects.get().version == 1
    assert AuditEntry.objects.filter(action="decision.follow_up").count() == 1


@pytest.mark.parametrize("field", follow_ups.DAYS)
def test_no_day_to_come_and_none_before_the_approval(enacted, today_is, field):
    decision = enacted(D, coded=True)
    today_is(LATER)
    more = {"extension_document": "文"} if field == "extension_approved_on" else {}
    for day, code in ((date(2026, 7, 2), "day_in_future"), (date(2025, 7, 15), "day_before_approval")):
        with pytest.raises(InvalidInputError) as caught:
            follow_ups.record(None, decision, 0, **{field: day}, **more)
        assert caught.value.code == code and list(caught.value.fields) == [field]
    for day in (D, LATER):
        assert getattr(follow_ups.record(None, decision, _version(decision), **{field: day}, **more).follow_up, field) == day


def _version(decision) -> int:
    row = DecisionFollowUp.objects.filter(decision=decision).first()
    return row.version if row else 0


@pytest.mark.parametrize(
    "fields", [{"extension_approved_on": LATER}, {"extension_document": "豫政文〔2026〕7号"}, {"report_document": "x" * 201}]
)
def test_what_cannot_be_kept_is_refused(enacted, today_is, fields):
    """CHG-DL-01: an extension is granted on a day and by a document."""
    decision = enacted(D, coded=True)
    today_is(LATER)
    with pytest.raises(InvalidInputError) as caught:
        follow_ups.record(None, decision, 0, **fields)
    assert caught.value.code in ("document_missing", "field_too_long")
    assert not DecisionFollowUp.objects.exists()


def test_what_is_doubtful_is_recorded_and_said(enacted, today_is):
    decision = enacted(D, coded=True)
    today_is(LATER)
    said = follow_ups.record(None, decision, 0, completed_on=date(2026, 2, 1), reported_on=date(2026, 1, 31))
    assert said.follow_up.reported_on == date(2026, 1, 31) and said.doubts == ("报告日期早于完成变更日期，请核对。",)
    assert follow_ups.record(None, decision, 1, reported_on=date(2026, 2, 1)).doubts == ()


def test_only_an_enacted_decision_is_followed_up(demo):
    draft = decisions.create_draft(None, Division.objects.get(pk=unit("舆和县", D)), (), **stated(D))
    with pytest.raises(ConflictError) as caught:
        follow_ups.record(None, draft, 0, completed_on=D)
    assert caught.value.code == "decision_not_enacted"


# --- closing ------------------------------------------------------------------------------------------------------------


def codes_of(refused) -> list[tuple[str, str]]:
    return [(one["rule"], one["code"]) for one in refused.value.details["findings"]]


def test_closing_asks_for_completion_report_and_codes(enacted, today_is):
    """CHG-DL-01, CHG-DL-03 and CODE-03 block: the code of a town approved under the Measures is awaited."""
    day = date(2025, 10, 9)
    decision = enacted(day)
    today_is(LATER)
    with pytest.raises(ConflictError) as caught:
        follow_ups.close(None, decision, 0, reason="请结案")
    assert codes_of(caught) == [("CHG-DL-01", "not_completed"), ("CODE-03", "code_not_assigned")]
    complete(decision, reported_on=None)
    with pytest.raises(ConflictError) as caught:
        follow_ups.close(None, decision, 1, reason="请结案")
    assert codes_of(caught) == [("CHG-DL-03", "completion_not_reported"), ("CODE-03", "code_not_assigned")]
    follow_ups.record(None, decision, 1, reported_on=LATER)
    decision_codes.record_codes(
        None, decision, 2, {unit("麦垄镇", day): "417021106"}, "province", "豫民文〔2025〕9号", date(2025, 11, 1)
    )
    closed = follow_ups.close(None, decision, 3)
    assert closed.closed_at is not None
    with pytest.raises(ConflictError) as caught:
        follow_ups.record(None, decision, closed.version, notes="补记")
    assert caught.value.code == "follow_up_closed"
    follow_ups.reopen(None, decision, closed.version, reason="补登公告")
    assert follow_ups.record(None, decision, closed.version + 1, notes="补记").follow_up.closed_at is None


def test_chg_dl_01_late_completion_needs_its_document_and_reason(enacted, today_is):
    decision = enacted(D, coded=True)
    today_is(date(2026, 8, 1))
    complete(decision, completed_on=date(2026, 7, 17), reported_on=date(2026, 7, 20), evaluation_on=date(2026, 7, 20))
    with pytest.raises(ConflictError) as caught:
        follow_ups.close(None, decision, 1, reason="晚了一天")
    assert codes_of(caught) == [("CHG-DL-01", "completion_late")]
    with pytest.raises(InvalidInputError) as refused:
        decision_review.answer_finding(None, decision, rule="CHG-DL-01", code="completion_late", reason="汛期")
    assert (refused.value.code, refused.value.details["cause"]) == ("override_refused", "no_document")
    answer = decision_review.answer_finding(
        None, decision, rule="CHG-DL-01", code="completion_late", document="关于逾期完成的书面说明", reason="汛期道路中断"
    )
    decision_review.withdraw_answer(None, answer)
    with pytest.raises(ConflictError):
        follow_ups.close(None, decision, 1)
    decision_review.answer_finding(
        None, decision, rule="CHG-DL-01", code="completion_late", document="关于逾期完成的书面说明", reason="汛期道路中断"
    )
    assert follow_ups.close(None, decision, 1).closed_at is not None
    assert DecisionOverride.objects.filter(decision=decision).count() == 2
    with pytest.raises(ConflictError) as caught:
        decision_review.answer_finding(None, decision, rule="CHG-DL-04", reason="已结案")
    assert caught.value.code == "follow_up_closed"


@pytest.mark.parametrize(("approved", "severity"), [(date(2025, 8, 31), "info"), (date(2025, 9, 1), "block")])
def test_t5_code_03_the_measures_apply_from_1_september_2025(enacted, approved, severity):
    standing = after_approval.standing(enacted(approved))
    [finding] = [one.finding for one in after_approval.closing_findings(standing, office_clock()) if one.finding.rule == "CODE-03"]
    assert finding.severity.value == severity


@pytest.mark.parametrize(
    ("absent", "rule"),
    [
        ("announced_on", "CHG-DL-04"),
        ("standard_map_on", "CHG-DL-05"),
        ("survey_records_on", "CHG-DL-05"),
        ("evaluation_on", "CHG-DL-05"),
        ("code_published_on", "CHG-DL-02"),
    ],
)
def test_what_only_warns_needs_a_reason_to_close(enacted, today_is, absent, rule):
    decision = enacted(D, coded=True)
    today_is(LATER)
    complete(decision, **{absent: None})
    with pytest.raises(InvalidInputError) as caught:
        follow_ups.close(None, decision, 1, reason="  ")
    assert caught.value.code == "reason_missing" and [one[0] for one in codes_of(caught)] == [rule]
    follow_ups.close(None, decision, 1, reason="经请示，可以结案")
    assert AuditEntry.objects.get(action="decision.close").reason == "经请示，可以结案"


def test_chg_dl_01_a_block_of_the_closing_step_without_waiver_is_not_answered(enacted, today_is):
    decision = enacted(D, coded=True)
    today_is(LATER)
    with pytest.raises(InvalidInputError) as refused:
        decision_review.answer_finding(None, decision, rule="CHG-DL-01", code="not_completed", document="文", reason="忙")
    assert refused.value.details["cause"] == "not_allowed"


# --- who owes what ---------------------------------------------------------------------------------------------------------


def test_who_owes_nothing(enacted):
    villages = unit("麦垄乡", D)
    village = DivisionRecord.objects.on(D).filter(parent=villages).order_by("division")[0]
    rename = ActEntry("rename", {"unit": village.division_id, "name": "新麦村"})
    of_village = enacted(date(2026, 1, 5), rename)
    assert after_approval.standing(of_village).owes is Owes.UNGOVERNED
    assert after_approval.standing(of_village).duties(office_clock()) == []
    early = enacted(date(2018, 12, 31), effective_on=date(2026, 1, 6))
    assert after_approval.standing(early).owes is Owes.EARLIER
    undated = enacted(date(2026, 1, 7), ActEntry("rename", {"unit": unit("沙屿乡", date(2026, 1, 7)), "name": "沙洲乡"}))
    type(undated).objects.filter(pk=undated.pk).update(approved_on=None)
    assert after_approval.standing(undated).owes is Owes.UNDATED
    with pytest.raises(InvalidInputError) as caught:
        follow_ups.close(None, undated, 0)
    assert codes_of(caught) == [("CHG-DL-01", "approval_day_unknown")]
    follow_ups.close(None, of_village, 0)


def test_what_came_from_lists_owes_once_somebody_follows_it_up(enacted):
    decision = enacted(D, coded=True)
    type(decision).objects.filter(pk=decision.pk).update(plan=decision.plan | {"imported": True})
    assert after_approval.standing(decision).owes is Owes.IMPORTED
    assert not after_approval.open_decisions().exists()
    follow_ups.record(None, decision, 0)
    assert after_approval.standing(decision).owes is Owes.YES
    assert [one.pk for one in after_approval.open_decisions()] == [decision.pk]


def test_who_may(enacted, today_is):
    """Officers of the area record, its reviewers close; nobody from elsewhere does either."""
    decision = enacted(D, coded=True)
    today_is(LATER)
    county, neighbour = (Division.objects.get(pk=unit(name, D)) for name in ("舆和县", "邻和县"))
    officer, reviewer = make_user("a", (Duty.DIVISION_OFFICER, county)), make_user("b", (Duty.REVIEWER, county))
    stranger = make_user("c", (Duty.DIVISION_OFFICER, neighbour), (Duty.REVIEWER, neighbour))
    for person in (reviewer, stranger):
        with pytest.raises(ForbiddenError):
            follow_ups.record(person, decision, 0, notes="某")
        with pytest.raises(ForbiddenError):
            decision_codes.record_codes(person, decision, 0, {1: "417021106"}, "province", "文")
    follow_ups.record(officer, decision, 0, notes="某")
    complete(decision, 1)
    for person in (officer, stranger):
        with pytest.raises(ForbiddenError):
            follow_ups.close(person, decision, 2)
    assert follow_ups.close(reviewer, decision, 2).closed_by == reviewer
    with pytest.raises(ForbiddenError):
        follow_ups.reopen(officer, decision, 3, reason="某")


def test_standings_take_the_same_queries_however_many(enacted, django_assert_max_num_queries):
    day = date(2026, 1, 7)
    for number in range(6):
        enacted(
            day, ActEntry("rename", {"unit": unit("沙屿乡" if not number else f"沙{number}乡", day), "name": f"沙{number + 1}乡"})
        )
    enacted(day)
    with django_assert_max_num_queries(8):
        assert len(after_approval.standings(after_approval.open_decisions())) == 7
