"""Lines and walks in metres on a plane about 113.5° E, 34° N, so that answers are known before anything is matched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from boundaries.matching import Line, Marker, Match, Settings, Track, match

Floats = npt.NDArray[np.float64]

# Transverse Mercator about the scene: lengths within 20 km of its middle are true to a part in a million.
PLANE = pyproj.Proj("+proj=tmerc +lat_0=34 +lon_0=113.5 +ellps=GRS80")
START = 1_760_000_000.0  # a morning of October 2025
STRAIGHT = [(0.0, 0.0), (5_000.0, 0.0)]
BENDS = [(0.0, 0.0), (2_000.0, 900.0), (3_000.0, -700.0), (5_000.0, 200.0), (6_000.0, 2_000.0)]


def degrees(places: npt.ArrayLike) -> Floats:
    """(n, 2) metres to longitude and latitude."""
    array = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    return np.column_stack(PLANE(array[:, 0], array[:, 1], inverse=True))


def line(*parts: npt.ArrayLike) -> Line:
    lines = [shapely.linestrings(degrees(part)) for part in parts]
    return Line.of(lines[0] if len(lines) == 1 else shapely.multilinestrings(lines))


def way(corners: npt.ArrayLike, spacing: float = 5.0) -> Floats:
    """Places every `spacing` metres along straight ways between corners, the corners among them."""
    corners = np.asarray(corners, dtype=np.float64)
    found = [corners[:1]]
    for a, b in pairwise(corners):
        count = max(1, math.ceil(float(np.hypot(*(b - a))) / spacing))
        found.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    return np.vstack(found)


def walk(
    places: npt.ArrayLike,
    noise: float = 0.0,
    seed: int = 1,
    seconds: float = 5.0,
    name: str = "a",
    start: float = START,
    **more: Any,
) -> Track:
    """A track through places (n, 2) in metres, with independent noise of that standard deviation on each axis."""
    array = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    array = array + np.random.default_rng(seed).normal(0.0, noise, array.shape) if noise else array
    lon, lat = degrees(array).T
    return Track.of(name, lon, lat, start + seconds * np.arange(len(array)), **more)


def untimed(track: Track) -> Track:
    return Track.of(track.name, track.lon, track.lat, segment=track.segment)


def picked(track: Track, rows: Any, name: str | None = None) -> Track:
    """Some of the positions of a track, in that order."""
    return Track.of(name or track.name, track.lon[rows], track.lat[rows], track.time[rows], segment=track.segment[rows])


def reversed_(track: Track) -> Track:
    """Walked the other way at the same hours."""
    return Track.of(track.name, track.lon[::-1], track.lat[::-1], track.time, segment=track.segment.max() - track.segment[::-1])


def matched(on: Line, *tracks: Track, markers: Sequence[Marker] = (), **settings: float) -> Match:
    return match(on, tracks, markers, Settings(**settings))


def near(intervals: Sequence[tuple[float, float]], wanted: Sequence[tuple[float, float]], within: float) -> bool:
    """Whether there are as many intervals as wanted, with ends that differ by no more than that."""
    return len(intervals) == len(wanted) and all(
        abs(a - c) <= within and abs(b - d) <= within for (a, b), (c, d) in zip(intervals, wanted, strict=True)
    )


def codes(found: Match) -> set[str]:
    return {suspicion.code for suspicion in found.suspicions}


def marker(number: str, x: float, y: float) -> Marker:
    lon, lat = degrees([(x, y)])[0]
    return Marker(number, float(lon), float(lat))
