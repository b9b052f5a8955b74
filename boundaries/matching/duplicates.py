"""The same walk given twice: the same bytes, or the same positions in another format."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.clues import Found
from boundaries.matching.track import Track, steps_m

Floats = npt.NDArray[np.float64]

# The coarsest format (IGC) rounds to 1/60,000 of a degree, 1 m and less. Two devices carried together differ by more than this.
SAME_M: Final = 1.5
SHARE: Final = 0.95
_LEAST: Final = 5


def duplicates(tracks: Sequence[Track]) -> list[Found]:
    found: list[Found] = []
    for one, other in combinations(tracks, 2):
        if one.digest and one.digest == other.digest:
            found.append(("same_bytes", {"track": one.name, "other": other.name}))
        elif _same_points(one, other):
            found.append(("same_points", {"track": one.name, "other": other.name}))
    return found


def _same_points(one: Track, other: Track) -> bool:
    a, b = _places(one), _places(other)
    if min(len(a), len(b)) < _LEAST or not _same_box(a, b):
        return False
    if len(a) == len(b) and _agree(a[:, :2], b[:, :2]):
        return True
    seconds_a, at_a = np.unique(np.round(a[np.isfinite(a[:, 2]), 2]), return_index=True)
    seconds_b, at_b = np.unique(np.round(b[np.isfinite(b[:, 2]), 2]), return_index=True)
    _both, in_a, in_b = np.intersect1d(seconds_a, seconds_b, assume_unique=True, return_indices=True)
    if len(in_a) < max(_LEAST, SHARE * min(len(seconds_a), len(seconds_b))):
        return False
    timed_a, timed_b = a[np.isfinite(a[:, 2])], b[np.isfinite(b[:, 2])]
    return _agree(timed_a[at_a[in_a], :2], timed_b[at_b[in_b], :2])


def _places(track: Track) -> Floats:
    """Longitude, latitude and time (n, 3) of the usable positions in the order of the file."""
    return np.column_stack((track.lon, track.lat, track.time))[track.usable]


def _same_box(a: Floats, b: Floats) -> bool:
    """A quick look: one lies within the other's bounds, give or take a hundred metres."""
    margin = 1e-3
    low_a, high_a, low_b, high_b = a[:, :2].min(0), a[:, :2].max(0), b[:, :2].min(0), b[:, :2].max(0)
    return bool(np.all(np.maximum(low_a, low_b) - margin <= np.minimum(high_a, high_b)))


def _agree(a: Floats, b: Floats) -> bool:
    together = np.stack((a, b), axis=1).reshape(-1, 2)
    apart = steps_m(together[:, 0], together[:, 1])[::2]
    return bool(np.mean(apart <= SAME_M) >= SHARE)
