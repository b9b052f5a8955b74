"""The periods after a name's approval, NAME-FIL-01 and NAME-NOT-01, counted as all periods of the office are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from boundaries.rules.deadlines import Clock, Due, Duty, DutyState, Period
from placenames.rules.naming_cases import BASIS_FILING, BASIS_NOTICE, DAYS, notice_start

FIFTEEN_DAYS: Final = Period(days=DAYS)


@dataclass(frozen=True, slots=True)
class Approved:
    """What is on record of a name after its approval. `by_other_department`: not by a government or 民政."""

    approved_on: date
    by_other_department: bool
    filed_on: date | None = None
    announced_on: date | None = None


def duties(case: Approved, clock: Clock) -> list[Duty]:
    """The filing, and the notice; a notice that waits for the filing has no last day yet."""
    filing = clock.due(case.approved_on, FIFTEEN_DAYS)
    start = notice_start(case.approved_on, case.filed_on, case.by_other_department)
    notice = clock.due(start, FIFTEEN_DAYS) if start is not None else None
    return [
        Duty("NAME-FIL-01", "filing", BASIS_FILING, "备案", "file the name", filing, case.filed_on,
             clock.state(filing, case.filed_on)),
        Duty("NAME-NOT-01", "notice", BASIS_NOTICE, "向社会公告", "announce the name", notice, case.announced_on,
             _state(clock, notice, case.announced_on)),
    ]  # fmt: skip


def _state(clock: Clock, notice: Due | None, done: date | None) -> DutyState:
    if notice is None:
        return DutyState.DONE if done else DutyState.OPEN
    return clock.state(notice, done)
