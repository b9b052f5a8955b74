"""Which division an observation is about: the rules of following a code through time.

Legal codes (MCA) are never used twice (废码不用), so a legal code stands for one unit whatever it is called, and so do the six
digits of GB/T 2260 that the statistical offices share down to the county. Statistical codes of townships, villages and
development zones are given anew without notice; there the name must agree, or nothing is concluded. See docs/decisions/0011.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from boundaries.models import Authority, Begins, DivisionType
from boundaries.rules import codes, names
from boundaries.services.register.holdings import HeldCode, HeldRecord, Holdings
from boundaries.services.register.observations import Observation, Refusal
from boundaries.services.register.renumbering import renumbered


@dataclass(frozen=True, slots=True)
class Identity:
    """The answer for one observation.

    division  an existing one, or None for a new one
    until     a new unit's last day known (the code belongs to another from then on)
    held      the row by which the division holds the code on the day
    extend    a row of a later day whose beginning is moved back to the day
    add       the division does not hold the code yet: it is added until `until`
    leaves    the code the division held until the day and gave up for this one
    """

    division: int | None
    until: date | None = None
    held: HeldCode | None = None
    extend: HeldCode | None = None
    add: bool = False
    leaves: HeldCode | None = None

    @property
    def touches_code(self) -> bool:
        return self.extend is not None or self.add


# What the register says nothing of: mostly a whole list, so one stands for all.
UNKNOWN: Final = Identity(None)


class Identifier:
    """Identifies the observations of one list. A division is found for one observation only."""

    def __init__(self, holdings: Holdings, day: date, authority: str, observations: Sequence[Observation] = ()) -> None:
        self.holdings = holdings
        self.day = day
        self.authority = authority
        self._renumbered = renumbered(holdings, day, authority, observations)
        self._taken: set[int] = set()

    def identify(self, index: int, seen: Observation) -> Identity | Refusal:
        found = self._identify(index, seen)
        if isinstance(found, Identity) and found.division is not None:
            if found.division in self._taken:
                return self._conflict(index, seen, found.division)
            self._taken.add(found.division)
        return found

    def _identify(self, index: int, seen: Observation) -> Identity | Refusal:
        if (left := self._renumbered.moved.get(index)) is not None:
            return Identity(left.division, add=True, leaves=left)
        if seen.code in self._renumbered.freed:
            return UNKNOWN
        held = self.holdings.code(self.authority, seen.code)
        if (now := held.on(self.day)) is not None:
            return self._holder(index, seen, now)
        if (later := held.after(self.day)) is not None:
            return self._later_holder(index, seen, later)
        if (ended := held.before(self.day)) is not None and permanent(self.authority, seen):
            return Refusal(
                index, "code_abolished", {"value": seen.code, "held": self._name(ended.division, ended.lower), "ended": ended.upper}
            )
        return self._twin(index, seen) or UNKNOWN

    def _holder(self, index: int, seen: Observation, held: HeldCode) -> Identity | Refusal:
        record = self.holdings.records_of(held.division).on(self.day)
        if record is not None and record.level != seen.level:
            return _other_level(index, seen, record)
        if record is not None and not permanent(self.authority, seen) and not names.same_name(record.name, seen.name, seen.level):
            return Refusal(index, "code_reused_or_renamed", {"value": seen.code, "held": record.name})
        return Identity(held.division, held=held)

    def _later_holder(self, index: int, seen: Observation, later: HeldCode) -> Identity | Refusal:
        records = self.holdings.records_of(later.division)
        record = records.on(later.lower) or records.after(later.lower)
        if record is not None and record.level != seen.level:
            return _other_level(index, seen, record)
        same = record is None or permanent(self.authority, seen) or names.same_name(record.name, seen.name, seen.level)
        if not same:
            return Identity(None, until=later.lower)
        return self._backwards(index, seen, later.division) or Identity(later.division, extend=later)

    def _twin(self, index: int, seen: Observation) -> Identity | Refusal | None:
        """The unit that holds the same six digits from the other authority (county level and above only)."""
        if seen.level > 3 or not codes.may_be_legal(seen.code, seen.level):
            return None
        other = Authority.MCA if self.authority == Authority.NBS else Authority.NBS
        held = self.holdings.code(other, seen.code)
        twin = held.on(self.day) or held.after(self.day)
        if twin is None:
            return None
        records = self.holdings.records_of(twin.division)
        record = records.on(self.day) or records.after(self.day)
        if record is None or record.type == DivisionType.STATISTICAL:
            return None
        if record.level != seen.level:
            return _other_level(index, seen, record)
        return self._backwards(index, seen, twin.division) or Identity(twin.division, until=twin.upper, add=True)

    def _backwards(self, index: int, seen: Observation, division: int) -> Refusal | None:
        """Whether the unit may have been there on the day: no other code of its own then, no beginning by decision since."""
        if self.holdings.codes_of(division, self.authority).on(self.day) is not None:
            return self._conflict(index, seen, division)
        records = self.holdings.records_of(division)
        first = records.after(self.day)
        if records.on(self.day) is None and first is not None and first.begins == Begins.DECIDED:
            return Refusal(index, "begins_by_decision", {"held": first.name, "begins": first.lower})
        return None

    def _conflict(self, index: int, seen: Observation, division: int) -> Refusal:
        own = self.holdings.codes_of(division, self.authority).on(self.day)
        name = self._name(division, self.day)
        return Refusal(index, "code_conflict", {"value": seen.code, "held": name, "other": own.code if own else seen.code})

    def _name(self, division: int, day: date) -> str:
        records = self.holdings.records_of(division)
        record = records.on(day) or records.after(day) or records.before(day)
        return record.name if record else f"#{division}"


def permanent(authority: str, seen: Observation) -> bool:
    """Whether the digits mean one unit for ever: legal codes, and legal digits that statistical lists use down to the county."""
    return authority == Authority.MCA or (seen.level <= 3 and codes.may_be_legal(seen.code, seen.level))


def _other_level(index: int, seen: Observation, record: HeldRecord) -> Refusal:
    return Refusal(index, "level_conflict", {"value": seen.code, "held": record.name, "held_level": record.level})
