"""GPX 1.0 and 1.1, with and without their namespace: tracks, routes, waypoints, and what devices add as extensions."""

from __future__ import annotations

from typing import Final

from importers.readers.safe_xml import Handler, parse
from importers.readers.source import Source
from importers.readers.tracks.building import NAN, Builder
from importers.readers.tracks.model import TrackFile, Waypoint

FORMAT: Final = "GPX"
_POINTS: Final = frozenset({"trkpt", "rtept", "wpt"})
# Elements of a point, also inside <extensions>, under the names of several makers; speed in m/s, course in degrees, hAcc in m.
_NUMBERS: Final = {
    "hdop": "hdop", "vdop": "vdop", "pdop": "pdop", "sat": "satellites", "speed": "speed", "course": "heading",
    "heading": "heading", "bearing": "heading", "hAcc": "accuracy", "accuracy": "accuracy", "hacc": "accuracy",
}  # fmt: skip
_TEXTS: Final = frozenset({"name", "desc", "cmt", "sym"})


def read(source: Source, builder: Builder) -> TrackFile:
    handler = _Gpx(builder)
    found = parse(source, handler, builder.findings)
    return builder.finish(FORMAT, encoding=found)


class _Gpx(Handler):
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._depth = 0
        self._point = ""  # which kind of point is open
        self._point_depth = 0
        self._owner = ""  # trk or rte that is open
        self._owner_depth = 0
        self._metadata = 0
        self._begin: tuple[str | None, str | None, int] = ("", "", 0)
        self._said: dict[str, str] = {}
        self._extended: dict[str, str] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> bool:
        self._depth += 1
        if name in _POINTS and not self._point:
            self._point, self._point_depth = name, self._depth
            self._begin = attributes.get("lon"), attributes.get("lat"), self.line
            self._said, self._extended = {}, {}
            return False
        if self._point:
            # Direct children are the format's own; deeper ones count only for the numbers that devices put into extensions.
            return self._depth == self._point_depth + 1 or name in _NUMBERS
        if name in {"trk", "rte"} and not self._owner:
            self._owner, self._owner_depth = name, self._depth
            self._builder.track(kind="track" if name == "trk" else "route")
            if name == "rte":
                self._builder.segment()
        elif name == "trkseg" and self._owner == "trk":
            self._builder.segment()
        elif name == "metadata" and self._depth == 2:
            self._metadata = self._depth
        elif self._depth == 1:
            self._builder.creator = attributes.get("creator", "")[:200]
        if self._owner:
            return self._depth == self._owner_depth + 1 and name in {"name", "desc"}
        return name == "time" and self._depth == (3 if self._metadata else 2)

    def closed(self, name: str, text: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if self._point:
            if depth == self._point_depth:
                self._take()
                self._point = ""
            elif depth == self._point_depth + 1:
                self._said[name] = text
            elif text:
                self._extended[name] = text
        elif depth == self._owner_depth and name == self._owner:
            self._owner = ""
        elif self._owner:
            if text.strip() and name in {"name", "desc"}:
                words = self._builder.text(text, {"line": self.line})
                self._builder.named(**({"name": words} if name == "name" else {"description": words}))
        elif depth == self._metadata:
            self._metadata = 0
        elif name == "time" and text.strip():
            seconds, local = self._builder.time(text, {"line": self.line})
            if not local and seconds == seconds:
                self._builder.stated.append(("metadata" if self._metadata else "gpx", seconds))

    def _take(self) -> None:
        lon, lat, line = self._begin
        builder = self._builder
        walked = self._point != "wpt"
        where = {"line": line, **(builder.place if walked else {"waypoint": len(builder.waypoints) + 1})}
        position = builder.position(lon, lat, where)
        time, local = builder.time(self._said.get("time", ""), where)
        elevation = builder.value("ele", self._said["ele"], where) if "ele" in self._said else NAN
        if position is None:
            builder.no_position()
        elif walked:
            extras = {}
            for said in (self._extended, self._said):
                for name in said.keys() & _NUMBERS.keys():
                    if (value := builder.value(name, said[name], where)) == value:
                        extras[_NUMBERS[name]] = value
            builder.point(*position, time, elevation, line, local=local, extras=extras)
        else:
            said = {name: builder.text(self._said.get(name, ""), where) for name in _TEXTS}
            builder.waypoint(
                Waypoint(
                    *position, name=said["name"], description=said["desc"] or said["cmt"], symbol=said["sym"],
                    time=time, local=local, elevation=elevation, place=line,
                )
            )  # fmt: skip
