"""In which order a crew goes to places: a short way through all of them, begun anywhere or at a given place.

Places in the order of the Hilbert curve make a tour no worse than a quarter above the shortest on average; turning stretches round
(2-opt) within a window takes off the rest that matters. Straight distances: what roads there are to drive on is not known here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from placenames.rules.signs.wanted import Floats, Plane

_WINDOW: Final = 60
_SWEEPS: Final = 6
# More places than this are no day's work, and the curve's order is good enough.
_IMPROVED_UP_TO: Final = 3000
_BITS: Final = 12


def order(places: Floats, start: tuple[float, float] | None = None) -> list[int]:
    """Indexes of `places` (n, 2) in EPSG:4490 as they are to be visited; from `start` where it is given."""
    if len(places) < 3:
        return list(range(len(places)))
    plane = Plane.about(shapely.points(places))
    flat = plane.to(np.asarray(places, dtype=np.float64))
    tour = np.argsort(_hilbert(flat), kind="stable")
    if start is not None:
        first = plane.to(np.asarray([start]))[0]
        ends = np.hypot(*(flat[tour[[0, -1]]] - first).T)
        tour = tour if ends[0] <= ends[1] else tour[::-1]
    if len(tour) <= _IMPROVED_UP_TO:
        tour = _improved(flat, tour)
    return [int(one) for one in tour]


def length_m(places: Floats, tour: list[int]) -> float:
    """Metres of the way in straight lines."""
    if len(tour) < 2:
        return 0.0
    flat = Plane.about(shapely.points(places)).to(np.asarray(places))[tour]
    return float(np.hypot(*np.diff(flat, axis=0).T).sum())


def _improved(flat: Floats, tour: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """2-opt on an open way: a stretch is turned round where both its joints become shorter together."""
    way = flat[tour].copy()
    count = len(tour)
    for _sweep in range(_SWEEPS):
        turned = False
        for i in range(count - 2):
            j = np.arange(i + 2, min(i + _WINDOW, count - 1))
            if not len(j):
                continue
            before = np.hypot(*(way[i] - way[i + 1])) + np.hypot(*(way[j] - way[j + 1]).T)
            after = np.hypot(*(way[i] - way[j]).T) + np.hypot(*(way[i + 1] - way[j + 1]).T)
            gain = before - after
            best = int(gain.argmax())
            if gain[best] > 1e-6:
                last = int(j[best])
                way[i + 1 : last + 1] = way[i + 1 : last + 1][::-1]
                tour[i + 1 : last + 1] = tour[i + 1 : last + 1][::-1]
                turned = True
        if not turned:
            break
    return tour


def _hilbert(flat: Floats) -> npt.NDArray[np.int64]:
    """Place of each point along a Hilbert curve over the square that holds all."""
    low, span = flat.min(axis=0), max(float(np.ptp(flat, axis=0).max()), 1e-9)
    side = 1 << _BITS
    x, y = np.minimum((flat - low) / span * side, side - 1).astype(np.int64).T
    found = np.zeros(len(flat), dtype=np.int64)
    step = side >> 1
    while step:
        right, upper = (x & step) > 0, (y & step) > 0
        found += step * step * ((3 * right) ^ upper)
        turn = ~upper
        flip = turn & right
        x, y = np.where(flip, step - 1 - x, x), np.where(flip, step - 1 - y, y)
        x, y = np.where(turn, y, x), np.where(turn, x, y)
        x, y = x & (step - 1), y & (step - 1)
        step >>= 1
    return found
