"""The same walk given twice: the same bytes, or the same positions in another format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.clues import Found
from boundaries.matching.track import Track
from gis.crs import metres_per_degree

Floats = npt.NDArray[np.float64]

# The coarsest format (IGC) rounds to 1/60,000 of a degree, 1 m and less. Two devices carried together differ by more than this.
SAME_M: Final = 1.5
SHARE: Final = 0.95
_LEAST: Final = 5
_SAMPLE: Final = 2_000
_KEPT: Final = 64
_SAME_S: Final = 0.005


def duplicates(tracks: Sequence[Track]) -> list[Found]:
    found: list[Found] = []
    for one, other in combinations(tracks, 2):
        if one.digest and one.digest == other.digest:
            found.append(("same_bytes", {"track": one.name, "other": other.name}))
        elif _same_points(one, other):
            found.append(("same_points", {"track": one.name, "other": other.name}))
    return found


@dataclass(frozen=True)
class Sample:
    """So much of a track that it is known again without its file: how many usable positions it has, and some of them, taken evenly.

    `places` (n, 2) are longitude and latitude as the file has them, n ≤ 64.
    """

    count: int
    places: Floats

    @classmethod
    def of(cls, track: Track) -> Sample:
        places = _places(track)[:, :2]
        rows = np.linspace(0, max(0, len(places) - 1), min(len(places), _KEPT)).astype(np.int64)
        return cls(len(places), places[rows])

    def same_walk(self, other: Sample) -> bool:
        """Whether both are one walk, saved twice. A copy with positions left out is told only when both files are read."""
        return self.count == other.count >= _LEAST and len(self.places) == len(other.places) and _agree(self.places, other.places)


def _same_points(one: Track, other: Track) -> bool:
    """Asked of a sample of the track with fewer positions: by number, or by the second where both have times."""
    a, b = sorted((_places(one), _places(other)), key=len)
    if len(a) < _LEAST or not _same_box(a, b):
        return False
    rows = np.unique(np.linspace(0, len(a) - 1, min(len(a), _SAMPLE)).astype(np.int64))
    if len(a) == len(b) and _agree(a[rows], b[rows]):
        return True
    rows = rows[np.isfinite(a[rows, 2])]
    order = np.argsort(b[:, 2], kind="stable")  # without a time last
    at = np.minimum(np.searchsorted(b[order, 2], a[rows, 2] - _SAME_S), len(b) - 1)
    common = np.abs(b[order[at], 2] - a[rows, 2]) <= _SAME_S
    if common.sum() < max(_LEAST, SHARE * len(rows)):
        return False
    return _agree(a[rows[common]], b[order[at[common]]])


def _places(track: Track) -> Floats:
    """Longitude, latitude and time (n, 3) of the usable positions in the order of the file."""
    return np.column_stack((track.lon, track.lat, track.time))[track.usable]


def _same_box(a: Floats, b: Floats) -> bool:
    """A quick look: one lies within the other's bounds, give or take a hundred metres."""
    margin = 1e-3
    low_a, high_a, low_b, high_b = a[:, :2].min(0), a[:, :2].max(0), b[:, :2].min(0), b[:, :2].max(0)
    return bool(np.all(np.maximum(low_a, low_b) - margin <= np.minimum(high_a, high_b)))


def _agree(a: Floats, b: Floats) -> bool:
    scale = metres_per_degree(a[:, 1])
    apart = np.hypot(*((a[:, :2] - b[:, :2]) * scale).T)
    return bool(np.mean(apart <= SAME_M) >= SHARE)
