"""What a track file holds: tracks of segments of points, and waypoints. Frozen; arrays cannot be written to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import length_m
from importers.readers.encoding_words import encoding_as_dict
from importers.readers.findings import Finding
from importers.readers.table import Encoding

Floats = npt.NDArray[np.float64]
Kind = Literal["track", "line", "route"]
TimeBasis = Literal["", "utc", "local", "mixed"]

# What only some formats have; each is a column of a segment where at least one point has it.
EXTRAS: Final = ("accuracy", "hdop", "vdop", "pdop", "satellites", "speed", "heading")


@dataclass(frozen=True, eq=False)
class Segment:
    """Points in the order of the file, arrays (n,); a break between segments is a break in the recording.

    lon, lat    degrees as the file gives them, also when they cannot be (see `usable`); in the system of the file, which for GPS
                formats is WGS 84
    time        seconds since 1970-01-01 UTC; NaN without a time. Where `local` is set the clock had no zone: the seconds are those
                of the clock's face read as if it were UTC, and nobody knows how far that is off.
    elevation   m as in the file, NaN without
    extras      further columns, NaN where a point has none: accuracy (m, horizontal), hdop, vdop, pdop, satellites (count),
                speed (m/s), heading (degrees from north)
    place       line of each point in a text file, record in a binary one (from 1)
    """

    lon: Floats
    lat: Floats
    time: Floats
    elevation: Floats
    local: npt.NDArray[np.bool_]
    place: npt.NDArray[np.int64]
    extras: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lon)

    @property
    def accuracy(self) -> Floats | None:
        return self.extras.get("accuracy")

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Where the position can be one: within the degrees there are, and not the 0, 0 of a receiver without a fix."""
        inside = (np.abs(self.lon) <= 180) & (np.abs(self.lat) <= 90)
        return inside & ((self.lon != 0) | (self.lat != 0))

    def length_m(self) -> float:
        """Geodesic, along the usable points."""
        usable = self.usable
        if np.count_nonzero(usable) < 2:
            return 0.0
        line = shapely.linestrings(np.column_stack([self.lon[usable], self.lat[usable]]))
        return float(length_m(np.array([line], dtype=object))[0])


@dataclass(frozen=True)
class Track:
    """`kind`: track (recorded), line (drawn or without its recording), route (planned; never evidence that somebody went)."""

    name: str
    kind: Kind
    segments: tuple[Segment, ...]
    description: str = ""

    @property
    def points(self) -> int:
        return sum(map(len, self.segments))


@dataclass(frozen=True)
class Waypoint:
    """A marked place. `time` in seconds since 1970 UTC or NaN, `local` as in `Segment`; `place` is its line or record."""

    lon: float
    lat: float
    name: str = ""
    description: str = ""
    symbol: str = ""
    time: float = math.nan
    local: bool = False
    elevation: float = math.nan
    place: int = 0


@dataclass(frozen=True)
class TrackFile:
    """`without_position` counts points that the file has and that say no position; they are in no segment."""

    name: str
    format: str
    tracks: tuple[Track, ...]
    waypoints: tuple[Waypoint, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    without_position: int = 0
    encoding: Encoding | None = None
    creator: str = ""

    def segments(self, *, routes: bool = False) -> Iterator[Segment]:
        """Of what was walked or drawn; planned routes only when asked for."""
        return (segment for track in self.tracks for segment in track.segments if routes or track.kind != "route")

    @property
    def points(self) -> int:
        return sum(map(len, self.segments()))

    @property
    def time_basis(self) -> TimeBasis:
        """utc, local (the clock had no zone), mixed, or "" when no point has a time."""
        seen = {bool(flag) for segment in self.segments() for flag in np.unique(segment.local[np.isfinite(segment.time)])}
        seen |= {waypoint.local for waypoint in self.waypoints if math.isfinite(waypoint.time)}
        if not seen:
            return ""
        return "mixed" if len(seen) > 1 else "local" if seen.pop() else "utc"

    def span(self) -> tuple[float, float]:
        """First and last time of a point, seconds; NaN without times."""
        times = [segment.time[np.isfinite(segment.time)] for segment in self.segments()]
        together = np.concatenate(times) if times else np.empty(0)
        return (float(together.min()), float(together.max())) if len(together) else (math.nan, math.nan)

    def as_inspection(self) -> dict[str, Any]:
        """Plain data: kind, driver, encoding with its evidence (None for FIT), tracks (one entry for the file), problems.

        Points and segments are those of tracks and lines; planned routes are counted apart. Times end in Z, or carry no zone where
        the clock had none.
        """
        start, end = self.span()
        walked = list(self.segments())
        routes = [track for track in self.tracks if track.kind == "route"]
        entry = {
            "name": self.name,
            "format": self.format,
            "segments": len(walked),
            "points": self.points,
            "waypoints": len(self.waypoints),
            "start": as_text(start, local=self.time_basis != "utc"),
            "end": as_text(end, local=self.time_basis != "utc"),
            "length_m": round(sum(segment.length_m() for segment in walked), 2),
            "routes": len(routes),
            "route_points": sum(route.points for route in routes),
            "without_position": self.without_position,
            "time_basis": self.time_basis,
        }
        return {
            "kind": "track",
            "driver": self.format,
            "encoding": encoding_as_dict(self.encoding) if self.encoding else None,
            "tracks": [entry],
            "problems": [finding.as_dict() for finding in self.findings],
            "problem_counts": dict(self.counts),
        }


def as_text(seconds: float, *, local: bool) -> str | None:
    """ISO 8601 of seconds since 1970; None for NaN and for what no calendar has."""
    if not math.isfinite(seconds):
        return None
    try:
        moment = datetime.fromtimestamp(round(seconds, 3), UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + ("" if local else "Z")


def frozen(values: Iterable[float] | npt.NDArray[Any], kind: type = np.float64) -> npt.NDArray[Any]:
    """An array that nobody writes to."""
    array: npt.NDArray[Any] = np.asarray(values, dtype=kind)
    array.setflags(write=False)
    return array
