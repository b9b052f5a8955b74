"""Periods counted as 民法典 §201–203 says, and what falls due after an approval: CHG-DL-01 … CHG-DL-05.

The day a period begins on is not counted; a period of months ends on the corresponding day, else on the last day of the month. That
a last day off moves to the next working day (§203) is written for civil law; for these administrative periods it is a setting, off
by default, and the last working day *before* the end is shown instead.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.in_force import DIVISIONS
from boundaries.rules.working_days import WorkCalendar

BASIS_15 = "行政区划管理条例第十五条"
BASIS_17 = "行政区划管理条例第十七条"
BASIS_18 = "行政区划管理条例第十八条；地名管理条例第十四条"
BASIS_HENAN_144 = "豫民文〔2020〕144号（据泌阳县2025年公函转引）"


@dataclass(frozen=True, slots=True)
class Period:
    """A period of months or of calendar days, never both."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if min(self.months, self.days) < 0 or bool(self.months) == bool(self.days):
            raise ValueError("a period has a positive number of months or of days")


COMPLETION = Period(months=12)
# Counted from the approval as one period, not from the end of the first twelve months.
COMPLETION_EXTENDED = Period(months=18)
CODE_PUBLICATION = Period(months=1)


def last_day(start: date, period: Period) -> date:
    """The last day of a period that begins on `start` (§201, §202)."""
    if period.days:
        return start + timedelta(days=period.days)
    month = start.month - 1 + period.months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period.

    counted   last day as §201–202 count it
    day_off   whether that is a day off; None where no notice for the year is loaded
    on        the day that counts: `counted`, or the next working day where shifting is on and the days are known
    act_by    last working day on or before `counted`, for those who plan ahead; None where not known
    missing   the year whose notice on days off would be needed to know
    """

    counted: date
    day_off: bool | None
    on: date
    act_by: date | None
    missing: int | None = None

    @property
    def note(self) -> tuple[str, str]:
        """What a reader should know of the last day, in Chinese and English; empty when it is an ordinary working day."""
        if self.day_off is None:
            return (
                f"{self.missing or self.counted.year}年放假安排未载入，末日是否为休假日未知。",
                f"The days off around {self.counted} are not known.",
            )
        if not self.day_off:
            return "", ""
        if self.on != self.counted:
            return (
                f"末日{self.counted}为休假日，顺延至{self.on}。",
                f"The last day, {self.counted}, is a day off; it moves to {self.on}.",
            )
        if self.act_by is None:
            return f"末日{self.counted}为休假日，宜提前办结。", f"The last day, {self.counted}, is a day off; finish before it."
        return (
            f"末日{self.counted}为休假日，宜在{self.act_by}前（含当日）办结。",
            f"The last day, {self.counted}, is a day off; finish by {self.act_by}.",
        )


def due(start: date, period: Period, work: WorkCalendar, *, shift: bool = False) -> Due:
    """When a period that begins on `start` ends. `shift`: move a last day off to the next working day (§203)."""
    counted = last_day(start, period)
    working = work.is_working_day(counted)
    moved = work.next_working_day(counted) if shift and working is False else None
    by = work.previous_working_day(counted)
    return Due(counted, None if working is None else not working, moved or counted, by, work.missing_year(counted))


class DutyState(StrEnum):
    DONE = "done"
    LATE = "late"
    OPEN = "open"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Clock:
    """How days are judged: the day the question is asked on, the calendar, and the office's settings."""

    today: date
    work: WorkCalendar
    shift: bool = False
    warn_days: int = 30

    def due(self, start: date, period: Period) -> Due:
        return due(start, period, self.work, shift=self.shift)

    def state(self, end: Due, done_on: date | None) -> DutyState:
        if done_on is not None:
            return DutyState.DONE if done_on <= end.on else DutyState.LATE
        if self.today > end.on:
            return DutyState.OVERDUE
        planned = min(end.act_by or end.counted, end.on)
        return DutyState.SOON if self.today >= planned - timedelta(days=self.warn_days) else DutyState.OPEN


@dataclass(frozen=True, slots=True)
class Extension:
    """The six months more the approving body may grant once (§15)."""

    approved_on: date
    document: str


@dataclass(frozen=True, slots=True)
class AfterApproval:
    """What is recorded of a decision after its approval. None or False = not recorded.

    code_changes: a code is opened or retired by the decision. extension: granted by the approving body, with its document.
    """

    approved_on: date
    completed_on: date | None = None
    reported_on: date | None = None
    extension: Extension | None = None
    code_changes: bool = False
    code_published_on: date | None = None
    announced_on: date | None = None
    standard_map: bool = False
    survey_records: bool = False
    evaluation: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the page of what is due. `due` is None where the law sets no period.

    subject  completion, code_publication, report, announcement, standard_map, survey_records or evaluation
    done_on  None also for what is recorded without its day
    """

    rule: str
    subject: str
    basis: str
    zh: str
    en: str
    due: Due | None
    done_on: date | None
    state: DutyState


def duties(case: AfterApproval, clock: Clock) -> list[Duty]:
    """What is to be done after the approval, in the order of the rules; nothing for approvals before the Regulations."""
    if not DIVISIONS.applies_on(case.approved_on):
        return []
    completion = clock.due(case.approved_on, _completion_period(case))
    found = [
        Duty("CHG-DL-01", "completion", BASIS_15, "完成变更", "complete the change", completion, case.completed_on,
             clock.state(completion, case.completed_on)),
        Duty("CHG-DL-03", "report", BASIS_15, "向审批机关报告完成情况", "report completion to the approving body", None,
             case.reported_on, _undated(case.reported_on)),
        Duty("CHG-DL-04", "announcement", BASIS_18, "向社会公告", "announce the change", None, case.announced_on,
             _undated(case.announced_on)),
    ]  # fmt: skip
    if case.code_changes:
        end = clock.due(case.approved_on, CODE_PUBLICATION)
        found.insert(1, Duty("CHG-DL-02", "code_publication", BASIS_17, "确定并公布行政区划代码", "publish the code", end,
                             case.code_published_on, clock.state(end, case.code_published_on)))  # fmt: skip
    if case.completed_on is not None:
        found += [
            Duty("CHG-DL-05", key, BASIS_HENAN_144, zh, en, None, None, DutyState.DONE if recorded else DutyState.OPEN)
            for key, recorded, zh, en in _of_henan(case)
        ]
    return found


def _of_henan(case: AfterApproval) -> tuple[tuple[str, bool, str, str], ...]:
    """(subject, whether it is recorded, what it is called) of Henan's three follow-ups."""
    return (
        ("standard_map", case.standard_map, "行政区划标准样图", "standard map"),
        ("survey_records", case.survey_records, "勘界资料", "survey records of the boundary"),
        ("evaluation", case.evaluation, "变更效果评估", "evaluation of the change"),
    )


def _undated(done_on: date | None) -> DutyState:
    return DutyState.DONE if done_on else DutyState.OPEN


def _completion_period(case: AfterApproval) -> Period:
    granted = case.extension is not None and case.extension.document.strip()
    return COMPLETION_EXTENDED if granted else COMPLETION


def check_after_approval(case: AfterApproval, clock: Clock) -> list[Finding]:
    """CHG-DL-01 … CHG-DL-05; nothing for approvals before the Regulations were in force."""
    if not DIVISIONS.applies_on(case.approved_on):
        return []
    return [
        *check_completion(case, clock),
        *check_code_publication(case, clock),
        *check_completion_report(case),
        *check_announcement(case),
        *check_follow_up(case),
    ]


def check_closing(case: AfterApproval, clock: Clock) -> list[Finding]:
    """What stands in the way of closing the case: what the rules find, and what is not done yet though its period still runs."""
    if not DIVISIONS.applies_on(case.approved_on):
        return []
    found = check_after_approval(case, clock)
    if case.code_changes and case.code_published_on is None and not any(one.code == "code_publication_overdue" for one in found):
        found.insert(0, Finding("CHG-DL-02", Severity.WARN, BASIS_17, "code_not_published", "没有公布行政区划代码的记录。",
                                "No publication of the code is on record.", "code_publication"))  # fmt: skip
    if case.completed_on is None:
        found.insert(0, Finding("CHG-DL-01", Severity.BLOCK, BASIS_15, "not_completed", "没有完成变更的记录，不能结案。",
                                "The completion of the change is not on record.", "completion"))  # fmt: skip
    return found


def check_undated() -> list[Finding]:
    """CHG-DL-01 of a decision whose day of approval is not on record: no period can be counted."""
    return [
        Finding("CHG-DL-01", Severity.WARN, BASIS_15, "approval_day_unknown", "没有批准日期，各项期限无法计算。",
                "The day of approval is not on record; no period can be counted.", "approved_on")
    ]  # fmt: skip


def check_completion(case: AfterApproval, clock: Clock) -> list[Finding]:
    """CHG-DL-01: completed within 12 months, or within 18 where the approving body agreed.

    A completion after the end blocks the closing of the case; while it is open, being overdue warns each day.
    """
    return [*_extension_findings(case), *_period_findings("CHG-DL-01", case, clock)]


def _extension_findings(case: AfterApproval) -> Iterator[Finding]:
    if case.extension is None:
        return
    if not case.extension.document.strip():
        yield Finding("CHG-DL-01", Severity.WARN, BASIS_15, "extension_without_document",
                      "延长6个月没有审批机关的批准文件，仍按12个月计算。",
                      "The extension has no document of the approving body; twelve months count.", "extension")  # fmt: skip
    elif case.extension.approved_on > last_day(case.approved_on, COMPLETION):
        yield Finding("CHG-DL-01", Severity.WARN, BASIS_15, "extension_after_the_end",
                      f"延长是在12个月期满后（{case.extension.approved_on}）批准的，请说明情况。",
                      f"The extension was granted on {case.extension.approved_on}, after the twelve months had ended.",
                      "extension")  # fmt: skip


def check_code_publication(case: AfterApproval, clock: Clock) -> list[Finding]:
    """CHG-DL-02: a changed code is published within a month. That the month begins with the approval is our choice."""
    return list(_period_findings("CHG-DL-02", case, clock))


def _period_findings(rule: str, case: AfterApproval, clock: Clock) -> Iterator[Finding]:
    duty = next((one for one in duties(case, clock) if one.rule == rule), None)
    if duty is None or duty.due is None:
        return
    end, subject = duty.due, {"CHG-DL-01": "completion", "CHG-DL-02": "code_publication"}[rule]
    note_zh, note_en = end.note
    if duty.state is DutyState.LATE:
        yield Finding(rule, Severity.BLOCK if rule == "CHG-DL-01" else Severity.WARN, duty.basis, f"{subject}_late",
                      f"{duty.zh}的期限为{end.on}，实际为{duty.done_on}。{note_zh}",
                      f"The period to {duty.en} ended on {end.on}; it was done on {duty.done_on}. {note_en}".rstrip(),
                      subject)  # fmt: skip
    elif duty.state is DutyState.OVERDUE:
        days = (clock.today - end.on).days
        yield Finding(rule, Severity.WARN, duty.basis, f"{subject}_overdue",
                      f"{duty.zh}的期限为{end.on}，已逾期{days}日。{note_zh}",
                      f"The period to {duty.en} ended on {end.on}, {days} days ago. {note_en}".rstrip(), subject)  # fmt: skip
    elif duty.state is DutyState.SOON:
        yield Finding(rule, Severity.INFO, duty.basis, f"{subject}_soon",
                      f"{duty.zh}的期限为{end.on}，还有{(end.on - clock.today).days}日。{note_zh}",
                      f"The period to {duty.en} ends on {end.on}, in {(end.on - clock.today).days} days. {note_en}".rstrip(),
                      subject)  # fmt: skip


def check_completion_report(case: AfterApproval) -> list[Finding]:
    """CHG-DL-03: who completes a change reports it to the approving body at the same time."""
    if case.completed_on is None or case.reported_on is not None:
        return []
    return [
        Finding("CHG-DL-03", Severity.BLOCK, BASIS_15, "completion_not_reported",
                "变更已完成，没有向审批机关报告的记录。",
                "The change is completed and no report to the approving body is on record.", "report")
    ]  # fmt: skip


def check_announcement(case: AfterApproval) -> list[Finding]:
    """CHG-DL-04: the change is announced. The Regulations set no period; the 15 days of place names are another rule."""
    if case.announced_on is not None:
        return []
    return [
        Finding("CHG-DL-04", Severity.WARN, BASIS_18, "not_announced",
                "没有向社会公告的记录（条例未定期限；地名公告另有15日期限）。",
                "No public announcement is on record (no period is set; the 15 days for place names are separate).",
                "announcement")
    ]  # fmt: skip


def check_follow_up(case: AfterApproval) -> list[Finding]:
    """CHG-DL-05: Henan's three follow-ups of a completed change."""
    if case.completed_on is None:
        return []
    return [
        Finding("CHG-DL-05", Severity.WARN, BASIS_HENAN_144, "follow_up_missing",
                f"变更完成后没有{zh}的记录。", f"The {en} is not on record.", key)
        for key, recorded, zh, en in _of_henan(case)
        if not recorded
    ]  # fmt: skip
