"""How near did anybody come to each marker, and when?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.settings import Settings
from boundaries.matching.track import Walk
from gis.crs import metres_per_degree

Floats = npt.NDArray[np.float64]

_BLOCK: Final = 256  # positions with one common box, so that most need not be looked at


@dataclass(frozen=True)
class Marker:
    """A boundary marker (界桩): number, longitude and latitude in CGCS2000 degrees."""

    number: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Visit:
    """`nearest_m` None without any position; `at` seconds since 1970 (NaN without a time), `local` as in `Track`."""

    number: str
    visited: bool
    nearest_m: float | None
    at: float = math.nan
    local: bool = False
    track: str = ""


def nearest_of(marker: Marker, walk: Walk, settings: Settings) -> tuple[float, float]:
    """(metres, seconds since 1970 or NaN) at which the walk came nearest to the marker: the way between two positions counts
    where it is not longer than the tolerance. Infinite for a walk without positions.
    """
    if not len(walk):
        return math.inf, math.nan
    scale = metres_per_degree([marker.lat])[0]
    begin = np.arange(0, len(walk), _BLOCK)
    reach = np.stack([pick.reduceat(axis, begin) for axis in (walk.lon, walk.lat) for pick in (np.minimum, np.maximum)], axis=1)
    away = np.maximum(np.maximum(reach[:, ::2] - (marker.lon, marker.lat), (marker.lon, marker.lat) - reach[:, 1::2]), 0.0)
    least = np.hypot(*(away * scale).T)
    best, at = math.inf, math.nan
    for block in np.argsort(least, kind="stable"):
        if least[block] - settings.tolerance_m > best:
            break
        found = _in_block(marker, walk, int(begin[block]), scale, settings)
        if found[0] < best:
            best, at = found
    return best, at


def _in_block(marker: Marker, walk: Walk, begin: int, scale: Floats, settings: Settings) -> tuple[float, float]:
    rows = slice(begin, begin + _BLOCK + 1)  # with the way to the first of the next block
    x, y = (walk.lon[rows] - marker.lon) * scale[0], (walk.lat[rows] - marker.lat) * scale[1]
    time = walk.time[rows]
    single = int(np.argmin(x**2 + y**2))
    best, at = float(np.hypot(x[single], y[single])), float(time[single])
    dx, dy = np.diff(x), np.diff(y)
    square = dx**2 + dy**2
    short = np.flatnonzero((square > 0) & (square <= settings.tolerance_m**2) & ~walk.broken[rows][1:])
    if len(short):
        share = np.clip(-(x[short] * dx[short] + y[short] * dy[short]) / square[short], 0.0, 1.0)
        away = np.hypot(x[short] + share * dx[short], y[short] + share * dy[short])
        row = int(np.argmin(away))
        if away[row] < best:
            best = float(away[row])
            at = float(time[short[row]] + share[row] * (time[short[row] + 1] - time[short[row]]))
    return best, at


def visits(markers: Sequence[Marker], walks: Sequence[tuple[str, bool, Walk]], settings: Settings) -> tuple[Visit, ...]:
    """Of each marker the nearest approach of all walks (name, whether its clock had no zone, the walk)."""
    found = []
    for marker in markers:
        best = Visit(marker.number, False, None)
        for name, local, walk in walks:
            metres, at = nearest_of(marker, walk, settings)
            if math.isfinite(metres) and (best.nearest_m is None or metres < best.nearest_m):
                best = Visit(marker.number, metres <= settings.marker_m, metres, at, local, name)
        found.append(best)
    return tuple(found)
