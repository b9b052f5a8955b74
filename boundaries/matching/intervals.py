"""Intervals of chainage in metres. They are kept as `ChainageSpansField`, where PostgreSQL unites those of all tracks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Interval = tuple[float, float]
Floats = npt.NDArray[np.float64]


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
