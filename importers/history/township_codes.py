"""Which code a township had when: what sources say of single days, carried over the days between, each code for one unit at a time.

The official rows say a code for the day of the change, the list for its own day; the two disagree for many units. Each is believed
for the day it speaks of: a row's code holds until the next day on which another is stated. Before the first statement of a county a
code is carried back, but only as far as no official row gives it to another unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from boundaries.services.register.lives import LifeCode


@dataclass(frozen=True, slots=True)
class Statement:
    """`how`: `to` and `list` hold from the day on; `from` and `former` were last true on the day."""

    day: date
    code: str
    how: str
    paper: str


@dataclass(eq=False)
class Era:
    """The time a unit spent in one county under one numbering; statements newest first. `since` None until it is known.

    `since` of an era that is being walked back is set when its beginning is found.
    """

    since: date | None
    statements: list[Statement]

    @property
    def first_code(self) -> str:
        return self.statements[-1].code if self.statements else ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code that `unit` does not get because `by` had it: `code_not_carried` back beyond `day`, or `code_claimed_twice` on it."""

    reason: str
    unit: str
    by: str
    code: str
    day: date


@dataclass(slots=True)
class _Claim:
    unit: str
    code: str
    since: date
    until: date | None
    stated: date
    rank: int
    paper: str


def settle(eras: Mapping[str, Sequence[Era]], ends: Mapping[str, date | None]) -> tuple[dict[str, list[LifeCode]], list[Refusal]]:
    """Codes of each unit, oldest first, and what could not be reconciled."""
    claims = [claim for unit, own in eras.items() for claim in _claims(unit, own, ends[unit])]
    told: list[Refusal] = []
    placed: defaultdict[str, list[_Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda each: (-each.rank, each.stated, each.unit)):
        others = [other for other in placed[claim.code] if _overlap(claim, other)]
        if others:
            ends_at = max((other.until or date.max) for other in others)
            if ends_at > claim.stated or (claim.until is not None and ends_at >= claim.until):
                told.append(Refusal("code_claimed_twice", claim.unit, others[0].unit, claim.code, claim.stated))
                continue
            told.append(Refusal("code_not_carried", claim.unit, others[0].unit, claim.code, ends_at))
            claim.since = ends_at
        placed[claim.code].append(claim)
    codes: dict[str, list[LifeCode]] = {unit: [] for unit in eras}
    for own in placed.values():
        for claim in own:
            codes[claim.unit].append(LifeCode(claim.code, claim.since, claim.until, claim.paper))
    for each in codes.values():
        each.sort(key=lambda code: code.since)
    return codes, told


def _claims(unit: str, eras: Sequence[Era], end: date | None) -> list[_Claim]:
    """Rank 3: stated from a day on; 2: an official row's code before its day; 1: the list's of a former county; 0: the list's."""
    found: list[_Claim] = []
    until = end
    for era in eras:
        assert era.since is not None  # noqa: S101  every walk ends by setting it
        forward = sorted((each for each in era.statements if each.how in ("to", "list")), key=lambda each: each.day)
        ends = [*(each.day for each in forward[1:]), until]
        own: list[_Claim] = []
        for each, stop in zip(forward, ends, strict=False):
            if own and own[-1].code == each.code:
                own[-1].until = stop
                continue
            own.append(_Claim(unit, each.code, each.day, stop, each.day, 3, each.paper))
        if own and own[0].since > era.since:
            first = own[0]
            only_listed = forward[0].how == "list"
            if only_listed:
                first.since, first.rank = era.since, 0
            else:
                first.since, first.rank = era.since, 2
        if not forward and era.statements:
            last = era.statements[0]
            own = [_Claim(unit, last.code, era.since, until, last.day, 2 if last.how == "from" else 1, last.paper)]
        found += own
        until = era.since
    return found


def _overlap(one: _Claim, other: _Claim) -> bool:
    return (one.until is None or other.since < one.until) and (other.until is None or one.since < other.until)
