"""CHG-DL-01 … CHG-DL-05 and the counting of periods, with the dates of T5."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.deadlines import (
    CODE_PUBLICATION,
    COMPLETION,
    COMPLETION_EXTENDED,
    AfterApproval,
    Clock,
    DutyState,
    Extension,
    Period,
    check_after_approval,
    check_closing,
    check_undated,
    due,
    duties,
    last_day,
)
from boundaries.rules.finding import Severity
from boundaries.rules.working_days import shipped_calendar

FIFTEEN_DAYS = Period(days=15)
BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        (date(2025, 7, 16), FIFTEEN_DAYS, date(2025, 7, 31)),  # filing; notice of government and civil affairs
        (date(2025, 7, 30), FIFTEEN_DAYS, date(2025, 8, 14)),  # notice of what another department filed
        (date(2025, 7, 16), CODE_PUBLICATION, date(2025, 8, 16)),
        (date(2025, 7, 16), COMPLETION, date(2026, 7, 16)),
        (date(2025, 7, 16), COMPLETION_EXTENDED, date(2027, 1, 16)),
        (date(2025, 8, 31), CODE_PUBLICATION, date(2025, 9, 30)),
        (date(2024, 2, 29), COMPLETION, date(2025, 2, 28)),
        (date(2024, 2, 29), COMPLETION_EXTENDED, date(2025, 8, 29)),
        (date(2025, 9, 16), FIFTEEN_DAYS, date(2025, 10, 1)),
    ],
)
def test_t5_periods(start, period, end):
    assert last_day(start, period) == end


def counted_by_walking(start: date, period: Period) -> date:
    """The law read aloud: leave out the first day, count day by day; of months stop on the same number or the month's end."""
    day, counted = start, 0
    while period.days:
        day += timedelta(days=1)
        counted += 1
        if counted == period.days:
            return day
    passed = 0
    while True:
        day += timedelta(days=1)
        passed += day.day == 1
        if passed == period.months and (day.day == start.day or (day + timedelta(days=1)).day == 1):
            return day


PERIODS = st.one_of(st.builds(Period, months=st.integers(1, 30)), st.builds(Period, days=st.integers(1, 400)))


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), PERIODS)
def test_counting_agrees_with_walking(start, period):
    assert last_day(start, period) == counted_by_walking(start, period)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(1, 30))
def test_a_later_start_never_ends_earlier(start, months):
    assert last_day(start, Period(months=months)) <= last_day(start + timedelta(days=1), Period(months=months))


@pytest.mark.parametrize("wrong", [{}, {"months": 1, "days": 1}, {"days": -1}, {"months": -1, "days": 2}])
def test_a_period_is_of_months_or_of_days(wrong):
    with pytest.raises(ValueError, match="period"):
        Period(**wrong)


def test_t5_a_last_day_off_stays_and_is_told_early_unless_shifting_is_set():
    """D=2025-09-16: 15 days end on the national holiday; shifted, on the first working day after it."""
    start, work = date(2025, 9, 16), shipped_calendar()
    kept = due(start, FIFTEEN_DAYS, work)
    assert (kept.counted, kept.day_off, kept.on, kept.act_by) == (date(2025, 10, 1), True, date(2025, 10, 1), date(2025, 9, 30))
    assert "2025-09-30" in kept.note[0] and "2025-09-30" in kept.note[1]
    moved = due(start, FIFTEEN_DAYS, work, shift=True)
    assert moved.on == date(2025, 10, 9) and "2025-10-09" in moved.note[0]


def test_a_last_day_of_a_year_without_notice_is_kept_and_said_to_be_unknown():
    end = due(date(2026, 10, 2), COMPLETION, shipped_calendar(), shift=True)
    assert (end.counted, end.day_off, end.on, end.act_by) == (date(2027, 10, 2), None, date(2027, 10, 2), None)
    assert "未知" in end.note[0] and "not known" in end.note[1]


def test_an_ordinary_last_day_needs_no_note():
    assert due(date(2025, 7, 16), CODE_PUBLICATION, shipped_calendar(), shift=True).on == date(2025, 8, 18)
    assert due(date(2025, 7, 17), FIFTEEN_DAYS, shipped_calendar()).note == ("", "")


@given(st.dates(date(2019, 1, 1), date(2026, 6, 30)), PERIODS, st.booleans())
def test_a_shifted_end_is_the_first_working_day_and_the_early_one_the_last_before(start, period, shift):
    work = shipped_calendar()
    end = due(start, period, work, shift=shift)
    assert end.on == end.counted or (shift and end.day_off)
    if shift and end.day_off and end.on != end.counted:
        assert work.is_working_day(end.on) is True
        between = ((end.counted + timedelta(days=day)) for day in range((end.on - end.counted).days))
        assert not any(work.is_working_day(day) for day in between)
    if end.act_by is not None:
        assert end.act_by <= end.counted and work.is_working_day(end.act_by) is True
        assert end.act_by == end.counted or end.day_off is not False
    assert (end.day_off is None) == (work.is_working_day(end.counted) is None)
    assert bool(end.note[0]) == (end.day_off is not False)


@given(st.dates(date(2019, 1, 1), date(2028, 1, 1)), st.booleans(), st.integers(0, 90), st.integers(0, 800), st.integers(0, 800))
def test_an_open_duty_only_grows_more_urgent(start, shift, warn_days, early, late):
    early, late = sorted((early, late))
    order = [DutyState.OPEN, DutyState.SOON, DutyState.OVERDUE]

    def urgency(passed: int) -> int:
        clock = Clock(start + timedelta(days=passed), shipped_calendar(), shift=shift, warn_days=warn_days)
        return order.index(clock.state(clock.due(start, COMPLETION), None))

    assert urgency(early) <= urgency(late)


DAYS = st.one_of(st.none(), st.dates(date(2025, 7, 16), date(2026, 12, 31)))
CASES = st.builds(
    AfterApproval,
    approved_on=st.just(date(2025, 7, 16)),
    completed_on=DAYS,
    reported_on=DAYS,
    code_changes=st.booleans(),
    code_published_on=DAYS,
    announced_on=DAYS,
    standard_map=st.booleans(),
    survey_records=st.booleans(),
    evaluation=st.booleans(),
)


@given(CASES, st.dates(date(2025, 7, 16), date(2027, 1, 31)))
def test_closing_asks_for_something_exactly_while_a_duty_is_not_done_in_time(case, today):
    clock = Clock(today, shipped_calendar())
    asked = [one for one in check_closing(case, clock) if one.severity is not INFO]
    assert bool(asked) == any(one.state is not DutyState.DONE for one in duties(case, clock))


CASE = AfterApproval(approved_on=date(2025, 7, 16), announced_on=date(2025, 7, 20))


def found(today: date, shift: bool = False, **changes):
    clock = Clock(today, shipped_calendar(), shift=shift)
    return [(one.rule, one.severity, one.code) for one in check_after_approval(replace(CASE, **changes), clock)]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 1, 1), []),
        (date(2026, 6, 15), []),
        (date(2026, 6, 16), [("CHG-DL-01", INFO, "completion_soon")]),
        (date(2026, 7, 16), [("CHG-DL-01", INFO, "completion_soon")]),
        (date(2026, 7, 17), [("CHG-DL-01", WARN, "completion_overdue")]),
    ],
)
def test_chg_dl_01_open_completion_warns_early_and_daily_once_overdue(today, expected):
    assert found(today) == expected


def test_chg_dl_01_says_by_how_many_days():
    message = check_after_approval(CASE, Clock(date(2026, 8, 1), shipped_calendar()))[0]
    assert "2026-07-16" in message.message_zh and "16日" in message.message_zh and "16 days" in message.message_en


DONE = {"reported_on": date(2026, 7, 16), "standard_map": True, "survey_records": True, "evaluation": True}


@pytest.mark.parametrize(("day", "late"), [(date(2026, 7, 16), False), (date(2026, 7, 17), True)])
def test_chg_dl_01_completion_after_twelve_months_blocks(day, late):
    expected = [("CHG-DL-01", BLOCK, "completion_late")] if late else []
    assert found(date(2026, 9, 1), completed_on=day, **DONE) == expected


def test_chg_dl_01_an_extension_gives_eighteen_months_and_needs_its_document():
    granted = Extension(date(2026, 7, 1), "豫政文〔2026〕1号")
    late = date(2027, 1, 17)
    assert found(late, completed_on=date(2027, 1, 16), extension=granted, **DONE) == []
    assert found(late, completed_on=late, extension=granted, **DONE) == [("CHG-DL-01", BLOCK, "completion_late")]
    assert found(late, completed_on=date(2027, 1, 16), extension=replace(granted, document=" "), **DONE) == [
        ("CHG-DL-01", WARN, "extension_without_document"),
        ("CHG-DL-01", BLOCK, "completion_late"),
    ]
    afterwards = replace(granted, approved_on=date(2026, 7, 17))
    assert found(date(2026, 8, 1), extension=afterwards) == [("CHG-DL-01", WARN, "extension_after_the_end")]


def test_chg_dl_01_a_shifted_end_counts_where_the_office_shifts():
    """2025-10-01 + 12 months is a holiday; the 8th of October 2026 is the first working day."""
    case = {"approved_on": date(2025, 10, 1), "completed_on": date(2026, 10, 8), **DONE}
    assert found(date(2026, 11, 1), **case) == [("CHG-DL-01", BLOCK, "completion_late")]
    assert found(date(2026, 11, 1), shift=True, **case) == []


@pytest.mark.parametrize(
    ("today", "published", "expected"),
    [
        (date(2025, 7, 16), None, INFO),
        (date(2025, 8, 16), None, INFO),
        (date(2025, 8, 17), None, WARN),
        (date(2025, 9, 1), date(2025, 8, 16), None),
        (date(2025, 9, 1), date(2025, 8, 17), WARN),
    ],
)
def test_chg_dl_02_the_code_is_published_within_a_month(today, published, expected):
    findings = [one for one in found(today, code_changes=True, code_published_on=published) if one[0] == "CHG-DL-02"]
    assert [severity for _, severity, _ in findings] == ([expected] if expected else [])
    assert not [one for one in found(today, code_published_on=published) if one[0] == "CHG-DL-02"]


def test_chg_dl_03_a_completion_is_reported():
    told = {**DONE, "reported_on": None}
    assert found(date(2026, 6, 1), completed_on=date(2026, 5, 1), **told) == [("CHG-DL-03", BLOCK, "completion_not_reported")]
    assert found(date(2026, 6, 1)) == []


def test_chg_dl_04_the_change_is_announced():
    assert found(date(2025, 8, 1), announced_on=None) == [("CHG-DL-04", WARN, "not_announced")]


@pytest.mark.parametrize("absent", ["standard_map", "survey_records", "evaluation"])
def test_chg_dl_05_follow_up_in_henan(absent):
    records = {**DONE, absent: False}
    clock = Clock(date(2026, 6, 1), shipped_calendar())
    findings = check_after_approval(replace(CASE, completed_on=date(2026, 5, 1), **records), clock)
    assert [(one.rule, one.severity, one.subject) for one in findings] == [("CHG-DL-05", WARN, absent)]


def test_chg_dl_approvals_before_the_regulations_have_no_clock():
    """The Regulations are in force since 2019-01-01."""
    assert found(date(2026, 1, 1), approved_on=date(2018, 12, 31), announced_on=None) == []
    assert duties(replace(CASE, approved_on=date(2018, 12, 31)), Clock(date(2026, 1, 1), shipped_calendar())) == []
    assert found(date(2026, 1, 1), approved_on=date(2019, 1, 1)) == [("CHG-DL-01", WARN, "completion_overdue")]


def test_duties_are_the_lines_of_what_is_due():
    clock = Clock(date(2025, 8, 20), shipped_calendar())
    lines = duties(replace(CASE, code_changes=True), clock)
    assert [(one.rule, one.state) for one in lines] == [
        ("CHG-DL-01", DutyState.OPEN),
        ("CHG-DL-02", DutyState.OVERDUE),
        ("CHG-DL-03", DutyState.OPEN),
        ("CHG-DL-04", DutyState.DONE),
    ]
    assert lines[0].due is not None and lines[0].due.on == date(2026, 7, 16)
    assert all(one.basis and one.zh and one.en for one in lines)


def test_chg_dl_01_and_02_what_is_not_done_stands_in_the_way_of_closing():
    clock = Clock(date(2025, 8, 1), shipped_calendar())
    found = [(one.rule, one.severity, one.code) for one in check_closing(replace(CASE, code_changes=True), clock)]
    assert found == [
        ("CHG-DL-01", BLOCK, "not_completed"),
        ("CHG-DL-02", WARN, "code_not_published"),
        ("CHG-DL-02", INFO, "code_publication_soon"),
    ]
    assert check_closing(replace(CASE, approved_on=date(2018, 12, 31)), clock) == []
    assert [(one.rule, one.code) for one in check_undated()] == [("CHG-DL-01", "approval_day_unknown")]
