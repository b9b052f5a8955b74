"""What an observation changes of the division it is about: nothing, a correction, or a new state from the day on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from boundaries.services.register.holdings import HeldRecord, Timeline
from boundaries.services.register.observations import Observation

# new      a record of the observation alone
# correct  the record was wrong from its first day on: it is closed and said anew for the same days
# split    the record held until the day; from then on it says otherwise
# extend   the record already held on the day: its beginning moves back
Deed = Literal["none", "new", "correct", "split", "extend"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an observation says, ready to be compared; what it leaves out stays as held.

    parent  None where the list names none that is known
    shape   SHA-256 of the WKB, None where nothing is said of the geometry
    seat    likewise None
    legal   False: the list is statistical and the unit holds a legal code; only its geometry and seat are taken
    """

    seen: Observation
    parent: int | None
    shape: str | None
    seat: tuple[float, float] | None
    grade: str
    legal: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    deed: Deed
    record: HeldRecord | None = None
    lower: date | None = None
    upper: date | None = None


SameShape = Callable[[HeldRecord, Wanted], bool]


def change_of(records: Timeline, wanted: Wanted, day: date, until: date | None, same_shape: SameShape) -> Change:
    """How the records of a division follow from what was seen of it on `day`. `until`: the code's own end, if it has one."""
    record = records.on(day)
    if record is not None:
        if not _differs(record, wanted, same_shape):
            return Change("none", record)
        return Change("correct" if record.lower == day else "split", record, day, record.upper)
    following = records.after(day)
    if following is None:
        return Change("new", None, day, until)
    if _says_all_of(following, wanted, same_shape):
        return Change("extend", following, day, following.upper)
    return Change("new", None, day, following.lower)


def _differs(record: HeldRecord, wanted: Wanted, same_shape: SameShape) -> bool:
    seen = wanted.seen
    if wanted.legal and (record.name, record.proper_name, record.generic_name, record.type) != (
        seen.name,
        seen.proper_name,
        seen.generic_name,
        seen.type,
    ):
        return True
    if wanted.legal and wanted.parent is not None and wanted.parent != record.parent:
        return True
    if wanted.shape is not None and not (same_shape(record, wanted) and record.grade == wanted.grade):
        return True
    return wanted.seat is not None and (wanted.seat != record.seat or record.seat_grade != wanted.grade)


def _says_all_of(record: HeldRecord, wanted: Wanted, same_shape: SameShape) -> bool:
    """Whether everything a later record says was seen on the earlier day too: only then may its beginning move back."""
    unseen = (record.shape is not None and wanted.shape is None) or (record.seat is not None and wanted.seat is None)
    return not unseen and not _differs(record, wanted, same_shape)
