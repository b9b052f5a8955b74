"""Intervals of chainage in metres, and the text PostgreSQL reads and writes for a nummultirange of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.errors import MatchError

Interval = tuple[float, float]
Floats = npt.NDArray[np.float64]

_RANGE: Final = re.compile(r"\[(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)\)")
_MULTIRANGE: Final = re.compile(r"\{(?:" + _RANGE.pattern + r"(?:," + _RANGE.pattern + r")*)?\}")


def union(intervals: Iterable[Interval], join_m: float = 0.0) -> tuple[Interval, ...]:
    """Sorted and disjoint; what overlaps, touches or lies nearer than `join_m` is one."""
    array = np.asarray(list(intervals), dtype=np.float64).reshape(-1, 2)
    if not len(array):
        return ()
    array = array[np.argsort(array[:, 0], kind="stable")]
    reach = np.maximum.accumulate(array[:, 1])
    new = np.append(True, array[1:, 0] > reach[:-1] + join_m)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(array)) - 1
    return tuple(zip(array[first, 0].tolist(), reach[last].tolist(), strict=True))


def rest(intervals: Sequence[Interval], length_m: float) -> tuple[Interval, ...]:
    """What of 0 … length_m is in none of the sorted, disjoint intervals."""
    found, at = [], 0.0
    for low, high in intervals:
        if low > at:
            found.append((at, low))
        at = max(at, high)
    if at < length_m:
        found.append((at, length_m))
    return tuple(found)


def total(intervals: Iterable[Interval]) -> float:
    return float(sum(high - low for low, high in intervals))


def as_multirange(intervals: Iterable[Interval]) -> str:
    """As a nummultirange in centimetres, half open: ``{[0,1250.5),[1300,1400.25)}``. What rounds to nothing is left out."""
    rounded = union((round(low, 2), round(high, 2)) for low, high in intervals)
    return "{" + ",".join(f"[{low:.10g},{high:.10g})" for low, high in rounded if high > low) + "}"


def from_multirange(text: str) -> tuple[Interval, ...]:
    """The intervals of what `as_multirange` or PostgreSQL wrote. Raises `MatchError`: multirange_unreadable."""
    plain = text.replace(" ", "")
    if not _MULTIRANGE.fullmatch(plain):
        raise MatchError("multirange_unreadable", "里程区间无法识别。", "The ranges of chainage cannot be read.")
    return tuple((float(low), float(high)) for low, high in _RANGE.findall(plain))
