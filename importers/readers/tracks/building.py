"""Grows tracks while a file is streamed: columns of numbers, never a tree of the file, with a bound on how much there may be."""

from __future__ import annotations

import math
from array import array
from typing import Final

import numpy as np
from django.utils.translation import gettext as _

from importers.readers import numbers
from importers.readers.errors import refuse
from importers.readers.findings import Findings, Where
from importers.readers.tables.wording import TABLES
from importers.readers.tracks.checks import check_segment, check_times, check_waypoints
from importers.readers.tracks.model import Floats, Kind, Segment, Track, TrackFile, Waypoint, as_text, frozen
from importers.readers.tracks.wording import TRACKS

NAN: Final = math.nan
MAX_WAYPOINTS: Final = 100_000
MAX_SEGMENTS: Final = 100_000
MAX_TEXT: Final = 20_000


class Columns:
    """The points of one segment while they come; a column that no point has takes no room."""

    __slots__ = ("elevation", "extras", "lat", "local", "lon", "place", "time")

    def __init__(self) -> None:
        self.lon, self.lat, self.time, self.elevation = array("d"), array("d"), array("d"), array("d")
        self.local = bytearray()
        self.place = array("q")
        self.extras: dict[str, array[float]] = {}

    def __len__(self) -> int:
        return len(self.lon)

    def frozen(self) -> Segment:
        count = len(self.lon)
        return Segment(
            lon=_view(self.lon),
            lat=_view(self.lat),
            time=_view(self.time),
            elevation=_view(self.elevation),
            local=frozen(np.frombuffer(bytes(self.local), dtype=np.bool_), np.bool_),
            place=frozen(np.frombuffer(self.place, dtype=np.int64) if count else [], np.int64),
            extras={name: _view(_padded(column, count)) for name, column in self.extras.items()},
        )


class Builder:
    """What a reader tells as it goes: `track`, `segment`, `point`, `waypoint`; findings through `findings`.

    Raises `InvalidInputError`: too_many_points, too_many_waypoints, too_many_segments.
    """

    def __init__(self, name: str, max_points: int, now: float) -> None:
        self.name = name
        self.now = now  # seconds since 1970; times are compared with it
        self.findings = Findings({**TABLES, **TRACKS})  # a log may be a table as well
        self.without_position = 0
        self.creator = ""
        self.unit = "line"  # what `place` of a point counts: lines, or records of a binary file
        self.stated: list[tuple[str, float]] = []  # times that the file tells of itself, with what it calls them
        self.waypoints: list[Waypoint] = []
        self._max_points = max_points
        self._points = 0
        self._segments = 0
        self._tracks: list[tuple[str, str, Kind, list[Columns]]] = []
        self._current: Columns | None = None

    # --- structure

    def track(self, name: str = "", kind: Kind = "track", description: str = "") -> None:
        self._tracks.append((name, description, kind, []))
        self._current = None

    def named(self, name: str = "", description: str = "") -> None:
        """The name of the track that is growing, where a format tells it after or among the points."""
        old_name, old_description, kind, segments = self._tracks[-1]
        self._tracks[-1] = (name or old_name, description or old_description, kind, segments)

    def segment(self) -> Columns:
        """Begins a segment; a track without one is begun first."""
        if not self._tracks:
            self.track()
        self._segments += 1
        if self._segments > MAX_SEGMENTS:
            raise refuse("too_many_segments", _("“%(name)s”超过 %(limit)s 个轨迹段的上限。"), name=self.name, limit=MAX_SEGMENTS)
        self._current = Columns()
        self._tracks[-1][3].append(self._current)
        return self._current

    @property
    def place(self) -> dict[str, int]:
        """Where the next point will be: track, segment and point from 1."""
        segments = self._tracks[-1][3] if self._tracks else []
        return {"track": max(1, len(self._tracks)), "segment": max(1, len(segments)), "point": len(self._current or ()) + 1}

    # --- content

    def point(
        self, lon: float, lat: float, time: float, elevation: float, place: int, *, local: bool = False,
        extras: dict[str, float] | None = None,
    ) -> None:  # fmt: skip
        columns = self._current if self._current is not None else self.segment()
        self._points += 1
        if self._points > self._max_points:
            self.room_for(1)
        if extras:
            before = len(columns.lon)
            for name, value in extras.items():
                column = columns.extras.get(name)
                if column is None:
                    column = columns.extras[name] = array("d")
                _padded(column, before).append(value)
        columns.lon.append(lon)
        columns.lat.append(lat)
        columns.time.append(time)
        columns.elevation.append(elevation)
        columns.local.append(local)
        columns.place.append(place)

    def room_for(self, count: int) -> None:
        """Refuses what would be too many points together with those that are there."""
        if self._points + count > self._max_points:
            raise refuse(
                "too_many_points",
                _("“%(name)s”超过 %(limit)s 个轨迹点的上限，请分成几个文件。"),
                name=self.name,
                limit=self._max_points,
            )

    def no_position(self) -> None:
        self.without_position += 1

    def waypoint(self, waypoint: Waypoint) -> None:
        if len(self.waypoints) >= MAX_WAYPOINTS:
            raise refuse("too_many_waypoints", _("“%(name)s”超过 %(limit)s 个航点的上限。"), name=self.name, limit=MAX_WAYPOINTS)
        self.waypoints.append(waypoint)

    # --- values as text

    def position(self, lon: str | None, lat: str | None, where: Where) -> tuple[float, float] | None:
        """Longitude and latitude, or None after saying why there is none."""
        if not (lon or "").strip() and not (lat or "").strip():
            return None
        pair = []
        for text in (lon or "", lat or ""):
            value = numbers.number(text)
            if value is None and (value := numbers.with_comma(text)) is not None:
                self.findings.add("decimal_comma", where, value=f"{lon}, {lat}")
            if value is None:
                self.findings.add("coordinate_unreadable", where, value=f"{lon}, {lat}")
                return None
            pair.append(value)
        return pair[0], pair[1]

    def value(self, field: str, text: str, where: Where) -> float:
        """A number beside the position; NaN where there is none, after saying so if something else stands there."""
        read = numbers.number(text)
        if read is None and (read := numbers.with_comma(text)) is not None:
            self.findings.add("decimal_comma", where, value=text)
        if read is None and text.strip():
            self.findings.add("number_unreadable", where, field=field, value=text)
        return NAN if read is None else read

    def time(self, text: str, where: Where) -> tuple[float, bool]:
        """Seconds and whether they have no zone; NaN where there is none, after saying so if something else stands there."""
        if not text.strip():
            return NAN, False
        read = numbers.moment(text)
        if read is None:
            self.findings.add("time_unreadable", where, value=text)
            return NAN, False
        return read

    def text(self, words: str, where: Where) -> str:
        words = words.strip()
        if len(words) > MAX_TEXT:
            self.findings.add("too_long", where, limit=MAX_TEXT)
        return words[:MAX_TEXT]

    # --- the end

    def finish(self, format: str, **more: object) -> TrackFile:
        """The frozen file, its numbers looked at. A file with nothing in it is said to be so, and is no error of the reader."""
        tracks = tuple(
            Track(name, kind, tuple(columns.frozen() for columns in segments), description)
            for name, description, kind, segments in self._tracks
            if segments
        )
        for number, track in enumerate(tracks, start=1):
            for part, segment in enumerate(track.segments, start=1):
                check_segment(self.findings, segment, track.kind, {"track": number, "segment": part}, self.unit)
        check_waypoints(self.findings, self.waypoints, self.unit)
        check_times(self.findings, tracks, self.waypoints, self.stated, self.now, self.unit)
        self._say_local(tracks)
        if self.without_position:
            self.findings.add("without_position", count=self.without_position)
        if not self._points and not self.waypoints:
            self.findings.add("nothing_found")
        return TrackFile(
            name=self.name,
            format=format,
            tracks=tracks,
            waypoints=tuple(self.waypoints),
            findings=self.findings.told(),
            counts=dict(self.findings.counts),
            without_position=self.without_position,
            creator=self.creator,
            **more,  # type: ignore[arg-type]
        )

    def _say_local(self, tracks: tuple[Track, ...]) -> None:
        for track in tracks:
            for segment in track.segments:
                marked = np.flatnonzero(segment.local & np.isfinite(segment.time))
                if len(marked):
                    value = as_text(float(segment.time[marked[0]]), local=True)
                    self.findings.add("time_without_zone", {"line": int(segment.place[marked[0]])}, value=value)
                    return
        for waypoint in self.waypoints:
            if waypoint.local and math.isfinite(waypoint.time):
                value = as_text(waypoint.time, local=True)
                self.findings.add("time_without_zone", {"line": waypoint.place}, value=value)
                return


def _view(column: array[float]) -> Floats:
    """The array itself as numpy sees it, without a copy."""
    return frozen(np.frombuffer(column, dtype=np.float64) if len(column) else [])


def _padded(column: array[float], count: int) -> array[float]:
    if len(column) < count:
        column.extend(array("d", [NAN]) * (count - len(column)))
    return column
