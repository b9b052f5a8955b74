"""Which of the stretches near a position is the one walked? The one the walk before and after it leads along.

A river that doubles back is near twice. Nearest alone would jump between its arms; here every position takes one of its
candidates (or none), so that the sum of squared distances (in units of the noise) along the way and of a price for every jump is
least. Going on along the line costs nothing: two candidates are linked when the stretches about them meet, that is, when the line
between stays within the tolerance of the two positions. Dynamic programming gives the best choice; where every position has one
candidate that is linked with the next there is nothing to choose, and nothing is computed.

Along the way: a position weighs as many metres as it stands for, not one. The errors of a receiver last for half a minute, so
ten positions within ten metres are one witness; counted each, a device that writes every second would jump where one that writes
every ten does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.nearest import Candidates

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# What a jump to another stretch costs: as much as a position twice as far off as the tolerance of 50 m at a noise of 15 m costs
# more than one on the line. Two jumps (there and back) are dearer than any four positions thrown over by noise.
JUMP: Final = 40.0
# As many positions in a row may be left out as thrown over, each for the price of the farthest candidate.
MOST_SKIPPED: Final = 3
# A position that stands for so many metres of the way weighs 1, and one that stands for less than the second no less than that.
UNIT_M: Final = 10.0
LEAST_M: Final = 0.1


@dataclass(frozen=True, eq=False)
class Choice:
    """Rows of the candidates chosen, in the order of the walk (k,), and whether each is linked with the one before (k,)."""

    rows: Integers
    linked: Flags


def choose(found: Candidates, nodes: int, broken: Flags, way: Floats, noise_m: float, tolerance_m: float) -> Choice:
    """`found.point` counts the positions of the walk, each 0 … nodes-1 with at least one candidate; `broken` (nodes,) where no way
    leads there from the one before; `way` (nodes,) the metres to each from the one before, looked at where it is not broken.
    """
    if not nodes:
        return Choice(np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))
    begin = np.searchsorted(found.point, np.arange(nodes + 1))
    single = np.diff(begin) == 1
    rows = np.where(single, begin[:-1], -1)
    plain = np.zeros(nodes, dtype=bool)  # goes on from the one before, and neither has another candidate
    plain[1:] = single[1:] & single[:-1] & ~broken[1:]
    at = np.flatnonzero(plain)
    plain[at] = linked(found, begin[at - 1], begin[at])
    open_ = np.flatnonzero(~plain & ~broken)
    if len(open_):
        free = _near_to(open_, nodes)
        rows[free] = -1
        weight = _weights(way, broken)
        cost = (found.d / noise_m) ** 2 * weight[found.point]
        solver = _Solver(found, begin, cost, (tolerance_m / noise_m) ** 2 * weight, ~free)
        for first, last in _stretches(free, broken):
            rows[first : last + 1] = solver.best(first, last)
    else:
        free = np.zeros(nodes, dtype=bool)
    for node in np.flatnonzero((rows < 0) & ~free):  # alone between two breaks: the nearest, for its distance is to be told
        rows[node] = begin[node] + int(np.argmin(found.d[begin[node] : begin[node + 1]]))
    taken = np.flatnonzero(rows >= 0)
    chosen = rows[taken]
    breaks = np.cumsum(broken)
    goes_on = np.zeros(len(taken), dtype=bool)
    goes_on[1:] = (breaks[taken[1:]] == breaks[taken[:-1]]) & linked(found, chosen[:-1], chosen[1:])
    return Choice(chosen, goes_on)


def _weights(way: Floats, broken: Flags) -> Floats:
    """Half the way from the position before and half of that to the next, in units."""
    half = np.where(broken, 0.0, way) / 2
    return np.maximum(half + np.append(half[1:], 0.0), LEAST_M) / UNIT_M


def linked(found: Candidates, before: Integers, after: Integers) -> Flags:
    """Whether the stretches of rows `before` and `after` (n,) meet."""
    same = found.part[before] == found.part[after]
    meet = np.maximum(found.low[before], found.low[after]) <= np.minimum(found.high[before], found.high[after])
    return np.asarray(same & meet, dtype=bool)


def _near_to(open_: Integers, nodes: int) -> Flags:
    """Nodes that may be left out: those within `MOST_SKIPPED` of a way that is not plain.

    Any other node lies in a plain stretch with both neighbours taken, and to take it costs no more than to leave it out.
    """
    free = np.zeros(nodes, dtype=bool)
    for away in range(-MOST_SKIPPED, MOST_SKIPPED):
        free[np.clip(open_ + away, 0, nodes - 1)] = True
    return free


def _stretches(free: Flags, broken: Flags) -> list[tuple[int, int]]:
    """First and last node of each unbroken stretch of free ones, with the node that holds it on either side."""
    begin = np.flatnonzero(free & (broken | ~np.append(False, free[:-1])))
    end = np.flatnonzero(free & np.append(broken[1:] | ~free[1:], True))
    first = np.where(broken[begin], begin, begin - 1)
    last = np.where(np.append(broken, True)[end + 1], end, end + 1)
    return list(zip(first.tolist(), last.tolist(), strict=True))


class _Solver:
    """Dynamic programming over a stretch of positions, in plain Python: only what is ambiguous comes here."""

    def __init__(self, found: Candidates, begin: Integers, cost: Floats, skip: Floats, held: Flags) -> None:
        self._low, self._high, self._part = found.low, found.high, found.part
        self._begin, self._cost, self._skip, self._held = begin, cost, skip, held

    def best(self, first: int, last: int) -> list[int]:
        """Of each node first … last the row chosen, -1 for one left out."""
        start = int(self._begin[first])
        bounds = self._begin[first : last + 2].tolist()
        stop = bounds[-1]
        low, high = self._low[start:stop].tolist(), self._high[start:stop].tolist()
        part, cost = self._part[start:stop].tolist(), self._cost[start:stop].tolist()
        held = self._held[first : last + 1].tolist()
        total: list[float] = []
        came: list[int] = []
        skip = self._skip[first : last + 1].tolist()
        for node in range(len(bounds) - 1):
            earliest = max(0, node - 1 - MOST_SKIPPED)
            for row in range(bounds[node] - start, bounds[node + 1] - start):
                price = 0.0
                best, origin = (sum(skip[:node]), -1) if node <= MOST_SKIPPED and not any(held[:node]) else (np.inf, -1)
                for before in range(node - 1, earliest - 1, -1):
                    for other in range(bounds[before] - start, bounds[before + 1] - start):
                        value = total[other] + price
                        if not (low[other] <= high[row] and low[row] <= high[other] and part[other] == part[row]):
                            value += JUMP
                        if value < best:
                            best, origin = value, other
                    if held[before]:
                        break
                    price += skip[before]
                total.append(best + cost[row])
                came.append(origin)
        return _followed_back(bounds, start, total, came, held, skip)


def _followed_back(
    bounds: list[int], start: int, total: list[float], came: list[int], held: list[bool], skip: list[float]
) -> list[int]:
    count = len(bounds) - 1
    best, at, price = np.inf, -1, 0.0
    for node in range(count - 1, max(-1, count - 2 - MOST_SKIPPED), -1):
        for row in range(bounds[node] - start, bounds[node + 1] - start):
            if total[row] + price < best:
                best, at = total[row] + price, row
        if held[node]:
            break
        price += skip[node]
    result = [-1] * count
    node = count - 1
    while at >= 0:
        while bounds[node] - start > at:
            node -= 1
        result[node] = start + at
        at = came[at]
    return result
