"""TCX (Garmin Training Center): activities and courses of laps of tracks; course points are waypoints."""

from __future__ import annotations

from typing import Final

from importers.readers.safe_xml import Handler, parse
from importers.readers.source import Source
from importers.readers.tracks.building import NAN, Builder
from importers.readers.tracks.model import TrackFile, Waypoint

FORMAT: Final = "TCX"
_KEPT: Final = frozenset({"Time", "LatitudeDegrees", "LongitudeDegrees", "AltitudeMeters", "Speed", "Name", "Notes", "PointType"})


def read(source: Source, builder: Builder) -> TrackFile:
    found = parse(source, _Tcx(builder), builder.findings)
    return builder.finish(FORMAT, encoding=found)


class _Tcx(Handler):
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._stack: list[str] = []
        self._point = ""
        self._line = 0
        self._said: dict[str, str] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> bool:
        self._stack.append(name)
        if name in {"Activity", "Course"} and not self._point:
            self._builder.track(name=attributes.get("Sport", "")[:80])
        elif name == "Track" and not self._point:
            self._builder.segment()
        elif name in {"Trackpoint", "CoursePoint"} and not self._point:
            self._point, self._said, self._line = name, {}, self.line
        return name in _KEPT or (name == "Id" and len(self._stack) >= 2 and self._stack[-2] == "Activity")

    def closed(self, name: str, text: str) -> None:
        self._stack.pop()
        if self._point and name in _KEPT:
            self._said.setdefault(name, text)
        elif name == self._point:
            self._take()
            self._point = ""
        elif text.strip() and self._stack and self._stack[-1] in {"Activity", "Course"} and name in {"Name", "Notes"}:
            words = self._builder.text(text, {"line": self.line})
            self._builder.named(**({"name": words} if name == "Name" else {"description": words}))

    def _take(self) -> None:
        builder, said = self._builder, self._said
        walked = self._point == "Trackpoint"
        where = {"line": self._line, **(builder.place if walked else {"waypoint": len(builder.waypoints) + 1})}
        position = builder.position(said.get("LongitudeDegrees"), said.get("LatitudeDegrees"), where)
        time, local = builder.time(said.get("Time", ""), where)
        elevation = builder.value("AltitudeMeters", said["AltitudeMeters"], where) if "AltitudeMeters" in said else NAN
        if position is None:
            builder.no_position()
        elif walked:
            speed = builder.value("Speed", said["Speed"], where) if "Speed" in said else NAN
            extras = {"speed": speed} if speed == speed else None
            builder.point(*position, time, elevation, self._line, local=local, extras=extras)
        else:
            name, notes, kind = (builder.text(said.get(key, ""), where) for key in ("Name", "Notes", "PointType"))
            builder.waypoint(
                Waypoint(
                    *position,
                    name=name,
                    description=notes,
                    symbol=kind,
                    time=time,
                    local=local,
                    elevation=elevation,
                    place=self._line,
                )
            )
