"""A track as it came, and the walk that it tells of: positions that can be, in the order walked, with its breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.settings import Settings
from gis.crs import metres_per_degree

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A lone position is a leap of the receiver when both steps are so many times the step that leaves it out, and farther than ten
# times the noise and twice the tolerance: noise itself is no leap.
_LEAP: Final = 4.0


@dataclass(frozen=True, eq=False)
class Track:
    """One recording as its file gives it. Nothing here is altered by matching.

    lon, lat   (n,) degrees, WGS 84 or CGCS2000 (they agree to decimetres), in the order of the file
    time       (n,) seconds since 1970 UTC, NaN without
    segment    (n,) number of the recording's segment; a change is a break in the recording
    local      the clock had no zone: the seconds are those of its face
    digest     of the file's bytes, "" when not known
    missing    further positions that the file counts and does not give
    """

    name: str
    lon: Floats
    lat: Floats
    time: Floats
    segment: Integers
    local: bool = False
    digest: str = ""
    missing: int = 0

    @classmethod
    def of(cls, name: str, lon: npt.ArrayLike, lat: npt.ArrayLike, time: npt.ArrayLike | None = None, **more: object) -> Track:
        """Of plain sequences; without `segment` one segment, without `time` none."""
        east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        moments = np.full(len(east), np.nan) if time is None else np.asarray(time, dtype=np.float64)
        more.setdefault("segment", np.zeros(len(east), dtype=np.int64))
        return cls(name, east, north, moments, **more)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.lon)

    @property
    def usable(self) -> Flags:
        """Positions that can be: within the degrees there are, and not the 0, 0 of a receiver without a fix."""
        with np.errstate(invalid="ignore"):
            return (np.abs(self.lon) <= 180) & (np.abs(self.lat) < 90) & ((self.lon != 0) | (self.lat != 0))


@dataclass(frozen=True, eq=False)
class Walk:
    """The positions (n,) in the order walked. `step` is the way to each from the one before in m (0 for the first), `broken`
    where nothing says how the walker came from there.
    """

    lon: Floats
    lat: Floats
    time: Floats
    step: Floats
    broken: Flags
    plane: Plane
    leaps: int = 0
    farthest_leap_m: float = 0.0
    reordered: bool = False
    total: int = 0

    def __len__(self) -> int:
        return len(self.lon)


class Plane:
    """Metres between positions (n,), good to a part in 10,000 for steps up to 20 km: each with its own scale, worked out once."""

    __slots__ = ("_lat", "_lon", "_x", "_y")

    def __init__(self, lon: Floats, lat: Floats) -> None:
        self._lon, self._lat = lon, lat
        half = metres_per_degree(lat) / 2
        self._x, self._y = np.ascontiguousarray(half[:, 0]), np.ascontiguousarray(half[:, 1])

    def steps(self, apart: int = 1) -> Floats:
        """From each position to the one `apart` places on (n - apart,)."""
        return self._between(slice(None, -apart), slice(apart, None))

    def between(self, before: Integers, after: Integers) -> Floats:
        """From the positions of rows `before` to those of rows `after` (m,)."""
        return self._between(before, after)

    def _between(self, before: Integers | slice, after: Integers | slice) -> Floats:
        east = (self._lon[after] - self._lon[before]) * (self._x[after] + self._x[before])
        north = (self._lat[after] - self._lat[before]) * (self._y[after] + self._y[before])
        return np.hypot(east, north)

    def picked(self, rows: Integers | Flags | slice) -> Plane:
        part = Plane.__new__(Plane)
        part._lon, part._lat, part._x, part._y = self._lon[rows], self._lat[rows], self._x[rows], self._y[rows]
        return part


def walk_of(track: Track, settings: Settings) -> Walk:
    """Positions that cannot be are left out, and lone leaps; a segment whose times run back is put in order of time where that
    makes the shorter way. (Where a clock was set back in between, the order of the file is the shorter one and stays.)
    """
    good = np.flatnonzero(track.usable)
    order = _in_time(track, good)
    reordered = bool(np.any(order != good))
    plane = Plane(track.lon[order], track.lat[order])
    step = plane.steps()
    leap, farthest = _leaps(plane, step, settings)
    if leap.any():
        order, plane = order[~leap], plane.picked(~leap)
        step = plane.steps()
    segment = track.segment[order]
    broken = np.ones(len(order), dtype=bool)
    if len(order) > 1:
        # Between segments the recording was off: only what is as near as the tolerance goes on.
        longest = np.where(segment[1:] == segment[:-1], settings.max_gap_m, min(settings.tolerance_m, settings.max_gap_m))
        broken[1:] = step > longest
    return Walk(
        track.lon[order],
        track.lat[order],
        track.time[order],
        np.append(0.0, step)[: len(order)],
        broken,
        plane,
        int(leap.sum()),
        farthest,
        reordered,
        len(track) + track.missing,
    )


def _in_time(track: Track, good: Integers) -> Integers:
    time, segment = track.time[good], track.segment[good]
    with np.errstate(invalid="ignore"):
        back = np.flatnonzero((time[1:] < np.fmax.accumulate(time)[:-1]) & (segment[1:] == segment[:-1]))
    order = good.copy()
    for number in np.unique(segment[back]):
        rows = np.flatnonzero(segment == number)
        own = good[rows]
        moments = time[rows]
        known = np.isfinite(moments)
        filled = moments[known][np.maximum(np.cumsum(known) - 1, 0)]  # without a time: with the one before
        sorted_ = own[np.argsort(filled, kind="stable")]
        if _way(track, sorted_) < _way(track, own):
            order[rows] = sorted_
    return order


def _way(track: Track, rows: Integers) -> float:
    return float(Plane(track.lon[rows], track.lat[rows]).steps().sum())


def _leaps(plane: Plane, step: Floats, settings: Settings) -> tuple[Flags, float]:
    """Which positions are lone leaps, and how far the farthest is away."""
    found = np.zeros(len(step) + 1, dtype=bool)
    least = np.minimum(step[:-1], step[1:])
    far = np.flatnonzero(least > max(2 * settings.tolerance_m, 10 * settings.noise_m))
    if not len(far):
        return found, 0.0
    lone = far[least[far] > _LEAP * plane.between(far, far + 2)]
    found[lone + 1] = True
    several = found & np.append(False, found[:-1]) | found & np.append(found[1:], False)  # of two in a row neither is lone
    found &= ~several
    return found, float(least[np.flatnonzero(found) - 1].max(initial=0.0))
