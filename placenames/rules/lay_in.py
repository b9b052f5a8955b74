"""In what divisions something lay, period by period, out of who was above whom when. Pure.

Days are half-open [since, until); None is without end on that side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_FIRST, _LAST = date.min, date.max


@dataclass(frozen=True)
class Above:
    """From `since` to `until` a division was called `name` and lay in `parent`."""

    since: date | None
    until: date | None
    name: str
    level: int
    parent: int | None


@dataclass(frozen=True)
class Period:
    """`path` from the top: (division, name, level)."""

    since: date | None
    until: date | None
    path: tuple[tuple[int, str, int], ...]


def periods(
    starts: Iterable[tuple[int, date | None, date | None]], records: Mapping[int, Sequence[Above]], *, deepest: int = 8
) -> list[Period]:
    """`starts`: (division, since, until) that the thing lay in; `records` of every division that is met on the way up.

    Periods in which nothing changed are one. Time in which nothing is recorded is left out.
    """
    found: list[Period] = []
    for division, since, until in starts:
        found += _up(division, since or _FIRST, until or _LAST, records, deepest)
    found.sort(key=lambda one: one.since or _FIRST)
    joined: list[Period] = []
    for one in found:
        if joined and joined[-1].path == one.path and (joined[-1].until or _LAST) >= (one.since or _FIRST):
            joined[-1] = Period(joined[-1].since, one.until, one.path)
        else:
            joined.append(one)
    return joined


def _up(division: int, since: date, until: date, records: Mapping[int, Sequence[Above]], deepest: int) -> list[Period]:
    found = []
    for record in records.get(division, ()):
        low, high = max(since, record.since or _FIRST), min(until, record.until or _LAST)
        if low >= high:
            continue
        step = (division, record.name, record.level)
        above = _up(record.parent, low, high, records, deepest - 1) if record.parent is not None and deepest else []
        covered = low
        for one in sorted(above, key=lambda each: each.since or _FIRST):
            begin, end = one.since or _FIRST, one.until or _LAST
            if covered < begin:
                found.append(_period(covered, begin, (step,)))
            found.append(_period(begin, end, (*one.path, step)))
            covered = max(covered, end)
        if covered < high:
            found.append(_period(covered, high, (step,)))
    return found


def _period(since: date, until: date, path: tuple[tuple[int, str, int], ...]) -> Period:
    return Period(None if since == _FIRST else since, None if until == _LAST else until, path)
