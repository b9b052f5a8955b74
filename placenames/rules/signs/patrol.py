"""What a patrol's finding does to the register: taken at once, or kept beside what others said until a person decides. Pure.

The distances and periods are office practice; no source names any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

# What a patrol can say of a sign; planning and taking away are the office's.
FINDABLE: Final = ("standing", "damaged", "missing")
# Two minutes are what clocks differ; a telephone without a connection is some weeks on the way, not half a year.
CLOCK_AHEAD: Final = timedelta(minutes=2)
CLOCK_BEHIND: Final = timedelta(days=180)
# Whoever looks at a sign stands within sight of it, and telephones between houses are some tens of metres off.
FAR_M: Final = 100.0
# A fix worse than this says less of where a sign stands than a map does.
COARSE_M: Final = 30.0


@dataclass(frozen=True, slots=True)
class Written:
    """A state that came onto the record: when, by whom (None: nobody's own), and whether somebody had looked at the sign."""

    state: str
    at: datetime
    by: int | None
    looked: bool


def is_taken(found: str, by: int, seen: datetime, now: str, since: Iterable[Written]) -> bool:
    """Whether a finding goes onto the record by itself.

    found, by    the state found, and who found it
    seen         up to when the telephone knew the record
    now          the state on record
    since        the states written since the beginning of the record, in order

    Not where another person wrote something else after `seen`: neither knew of the other, and the later message is not the later
    look. Nor where the office planned the sign or took it away, which a look does not undo.
    """
    if found == now:
        return True
    if now not in FINDABLE:
        return False
    known, others = "", False
    for one in since:
        if one.at <= seen:
            known = one.state
        elif one.by != by and one.state != found and (one.looked or one.state != known):
            others = True
    return not others


def clock_doubt(found_at: datetime | None, sent_at: datetime) -> int | None:
    """Days by which the device's clock cannot be right; None where it may be."""
    if found_at is None:
        return None
    early = sent_at - found_at
    if -CLOCK_AHEAD <= early <= CLOCK_BEHIND:
        return None
    return round(abs(early.total_seconds()) / 86_400)


def day_of(found_at: datetime | None, found_on: date | None, sent_at: datetime, sent_on: date, before: date | None) -> date:
    """The day the sign counts as looked at: by the device's clock where it may be right, else when it came; never back."""
    day = sent_on if found_at is None or found_on is None or clock_doubt(found_at, sent_at) is not None else found_on
    return min(max(day, before or day), sent_on)


def is_far(distance_m: float | None, accuracy_m: float | None) -> bool:
    """Whether the person hardly stood at the sign: farther than `FAR_M` and than twice what the fix may be off."""
    return distance_m is not None and distance_m > max(FAR_M, 2 * (accuracy_m or 0.0))
