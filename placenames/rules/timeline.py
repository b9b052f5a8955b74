"""Forms of a name laid out on one scale of years. Pure.

Years are half-open [since, until), before the common era negative and without a year 0; None: that end is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Ticks a reader can take in at a glance.
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 2000)
_MOST_TICKS = 7


@dataclass(frozen=True)
class Bar:
    """`left` and `width` in percent of the scale; `open_start`, `open_end`: that end is not known and drawn fading."""

    left: float
    width: float
    open_start: bool
    open_end: bool


@dataclass(frozen=True)
class Scale:
    first: int
    last: int
    ticks: tuple[tuple[int, float], ...]


def scale(spans: Sequence[tuple[int | None, int | None]], this_year: int) -> Scale | None:
    """From a little before the first year told to this one; None where no year is told."""
    told = [year for span in spans for year in span if year is not None]
    if not told:
        return None
    first, last = min(told), max([*told, this_year])
    room = max((last - first) // 20, 2)
    first -= room
    step = next((one for one in _STEPS if (last - first) / one <= _MOST_TICKS), 5000)
    years = range(-(-first // step) * step, last + 1, step)
    return Scale(first, last, tuple((year or 1, _percent(year, first, last)) for year in years))


def bar(span: tuple[int | None, int | None], on: Scale) -> Bar:
    since = on.first if span[0] is None else span[0]
    until = on.last if span[1] is None else span[1]
    left, right = _percent(since, on.first, on.last), _percent(max(until, since), on.first, on.last)
    return Bar(min(left, 99.0), max(right - left, 1.0), span[0] is None, span[1] is None)


def _percent(year: int, first: int, last: int) -> float:
    return round(min(max(100.0 * (year - first) / max(last - first, 1), 0.0), 100.0), 2)
