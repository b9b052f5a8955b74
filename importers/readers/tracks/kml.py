"""KML and KMZ: gx:Track and gx:MultiTrack, LineStrings, Points as waypoints, and runs of time-stamped Points as tracks.

Nothing that a document refers to (network links, overlays, icons, styles) is ever fetched.
"""

from __future__ import annotations

import re
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from importers.readers import archives
from importers.readers.errors import not_a_format
from importers.readers.findings import Where
from importers.readers.safe_xml import Handler, parse
from importers.readers.source import Source
from importers.readers.tracks.building import MAX_WAYPOINTS, NAN, Builder
from importers.readers.tracks.model import TrackFile, Waypoint

KML: Final = "KML"
KMZ: Final = "KMZ"
_CONTAINERS: Final = frozenset({"Document", "Folder", "kml"})
_AREAS: Final = frozenset({"Polygon", "LinearRing", "Model"})
_COMMA: Final = re.compile(r"\s*,\s*")
_NUMBERED: Final = re.compile(r"(.*?)[-_ ]?(\d{1,9})")
_ARRAYS: Final = {"speed": "speed", "accuracy": "accuracy", "bearing": "heading", "heading": "heading"}
_LONGEST_TUPLE: Final = 1000
_SHORTEST_RUN: Final = 3


def read(source: Source, builder: Builder) -> TrackFile:
    return _read(source, builder, KML)


def read_archive(source: Source, builder: Builder) -> TrackFile:
    """The document of a KMZ: doc.kml, or the first there is. Raises `InvalidInputError` also for what is wrong with the archive."""
    with TemporaryDirectory(prefix="yudi-kmz-") as folder:
        archive = source.content if isinstance(source.content, Path) else Path(folder) / "archive.kmz"
        if isinstance(source.content, bytes):
            archive.write_bytes(source.content)
        (target := Path(folder) / "out").mkdir()
        documents = [entry for entry in archives.unpack(archive, target) if entry.suffix == ".kml"]
        if not documents:
            raise not_a_format("unreadable_file", source.name)
        main = next((entry for entry in documents if entry.name.lower() == "doc.kml"), documents[0])
        if len(documents) > 1:
            builder.findings.add("other_documents", count=len(documents) - 1, name=main.name)
        return _read(Source(source.name, main.path), builder, KMZ)


def _read(source: Source, builder: Builder, format: str) -> TrackFile:
    handler = _Kml(builder)
    found = parse(source, handler, builder.findings)
    handler.finish()
    return builder.finish(format, encoding=found)


class _Run:
    """Points of one container that may be a track written as placemarks: timed, nameless or numbered one after the other."""

    def __init__(self) -> None:
        self.points: list[Waypoint] = []
        self.stem = ""
        self._number: int | None = None

    def takes(self, waypoint: Waypoint) -> bool:
        found = _NUMBERED.fullmatch(waypoint.name)
        stem, number = (found[1], int(found[2])) if found else (waypoint.name, None)
        if waypoint.time != waypoint.time or (waypoint.name and number is None):
            return False
        if self.points and (stem != self.stem or (number is not None and number != (self._number or 0) + 1)):
            return False
        self.points.append(waypoint)
        self.stem, self._number = stem, number
        return True


class _Kml(Handler):
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._stack: list[str] = []
        self._run = _Run()
        self._placemark_line = 0
        self._said: dict[str, str] = {}  # name, description, styleUrl and when of the open placemark
        self._began = False  # whether the placemark has begun a track
        self._geometry = ""  # Point, LineString or Track that is open
        self._area = 0  # how deep in areas
        self._pending = ""  # of a coordinate list, the text that is not a whole tuple yet
        self._tuples = 0
        self._whens, self._flags = array("d"), bytearray()
        self._coords: list[array[float]] = []
        self._missing: list[int] = []
        self._lines = array("q")
        self._array_name = ""
        self._arrays: dict[str, array[float]] = {}
        self._points: list[tuple[float, float, float, int]] = []

    # --- elements

    def opened(self, name: str, attributes: dict[str, str]) -> bool:
        self._stack.append(name)
        if name == "Placemark":
            self._placemark_line, self._said, self._began, self._points = self.line, {}, False, []
        elif name in _AREAS:
            self._area += 1
        elif name in {"LineString", "Track", "Point"} and not self._area and not self._geometry:
            self._geometry = name
            self._begin()
        elif name == "NetworkLink":
            self._builder.findings.add("network_link", {"line": self.line})
        elif name in {"SimpleArrayData", "SimpleArrayField"}:
            self._array_name = _ARRAYS.get(attributes.get("name", "").lower(), "") if name == "SimpleArrayData" else ""
        if name == "coordinates":
            self._pending, self._tuples = "", 0
            return not self._area
        if name in {"coord", "angles", "value"}:
            return self._geometry == "Track"
        return name in {"name", "description", "styleUrl", "when", "begin"}

    def words(self, text: str) -> bool:
        if self._stack[-1] != "coordinates" or self._area:
            return False
        self._pending += text
        parts = _COMMA.sub(",", self._pending).split()
        if len(parts) > 1:
            for part in parts[:-1]:
                self._tuple(part)
            self._pending = parts[-1] + (" " if self._pending[-1].isspace() else "")
        elif len(self._pending) > _LONGEST_TUPLE and self._pending.strip():
            self._builder.findings.add("coordinate_unreadable", {"line": self.line}, value=self._pending)
            self._pending = ""
        elif len(self._pending) > _LONGEST_TUPLE:
            self._pending = " "
        return True

    def closed(self, name: str, text: str) -> None:
        self._stack.pop()
        if name == "coordinates":
            if self._pending.strip():
                self._tuple(_COMMA.sub(",", self._pending).strip())
            self._pending = ""
        elif name in _AREAS:
            self._area -= 1
            if name != "LinearRing" or not self._area:
                self._builder.findings.add("area_left_out", {"line": self.line})
        elif self._geometry == "Track" and name in {"when", "coord", "angles", "value", "Track"}:
            self._track_part(name, text)
        elif name == self._geometry:
            self._geometry = ""
        elif name == "Placemark":
            self._end_placemark()
        elif name in _CONTAINERS:
            self._flush()
        elif "Placemark" in self._stack and text.strip():
            key = "when" if name in {"when", "begin"} else name
            if self._stack[-1] == "Placemark" or (key == "when" and not {"LookAt", "Camera"} & set(self._stack)):
                self._said.setdefault(key, text)

    def finish(self) -> None:
        """What was open where a file breaks off is kept as far as it came."""
        if self._geometry == "Track":
            self._end_track()
        if "Placemark" in self._stack:
            self._end_placemark()
        self._flush()

    def _begin(self) -> None:
        if self._geometry == "Point":
            return
        if not self._began:
            self._flush()
            self._builder.track(self._said.get("name", "").strip(), kind="track" if self._geometry == "Track" else "line")
            self._began = True
        self._builder.segment()
        self._whens, self._flags, self._lines = array("d"), bytearray(), array("q")
        self._coords = [array("d"), array("d"), array("d")]
        self._arrays, self._missing = {}, []

    def _end_placemark(self) -> None:
        builder, where = self._builder, {"line": self._placemark_line}
        name, description, symbol = (builder.text(self._said.get(key, ""), where) for key in ("name", "description", "styleUrl"))
        if self._began:
            builder.named(name, description)
        if not self._points:
            return
        time, local = builder.time(_whole(self._said.get("when", "")), where)
        for lon, lat, elevation, line in self._points:
            self._keep(Waypoint(lon, lat, name, description, symbol, time, local, elevation, line))

    # --- points

    def _tuple(self, words: str) -> None:
        """“lon,lat” or “lon,lat,elevation” of a LineString or Point."""
        self._tuples += 1
        builder, parts = self._builder, words.split(",")
        walked = self._geometry == "LineString"
        where: Where = {"line": self.line, **(builder.place if walked else {"waypoint": len(builder.waypoints) + 1})}
        if not self._geometry:
            return
        if not walked and self._tuples > 1:
            if self._tuples == 2:
                builder.findings.add("extra_coordinates", where, value=words)
            return
        if len(parts) > 3 and "." in parts[0] and "." in parts[1]:  # else it may be two numbers with decimal commas
            builder.findings.add("extra_coordinates", where, value=words)
            parts = parts[:3]
        if len(parts) not in {2, 3}:
            builder.findings.add("coordinate_unreadable", where, value=words)
            builder.no_position()
            return
        position = builder.position(parts[0], parts[1], where)
        elevation = builder.value("altitude", parts[2], where) if len(parts) == 3 else NAN
        if position is None:
            builder.no_position()
        elif walked:
            builder.point(*position, NAN, elevation, self.line)
        else:
            self._points.append((*position, elevation, self.line))

    def _track_part(self, name: str, text: str) -> None:
        builder = self._builder
        where: Where = {"line": self.line, **builder.place}
        if name == "when":
            seconds, local = builder.time(text, where)
            self._whens.append(seconds)
            self._flags.append(local)
            builder.room_for(len(self._whens))
        elif name == "coord":
            parts = text.split()
            position = builder.position(parts[0], parts[1] if len(parts) > 1 else "", where) if parts else None
            if position is None:
                self._missing.append(len(self._lines))
            elevation = builder.value("altitude", parts[2], where) if len(parts) > 2 else NAN
            for column, value in zip(self._coords, (*(position or (NAN, NAN)), elevation), strict=True):
                column.append(value)
            self._lines.append(self.line)
            builder.room_for(len(self._lines))
        elif name == "angles":
            heading = text.split()[:1]
            self._arrays.setdefault("heading", array("d")).append(builder.value("angles", heading[0], where) if heading else NAN)
        elif name == "value" and self._array_name:
            self._arrays.setdefault(self._array_name, array("d")).append(builder.value(self._array_name, text, where))
        elif name == "Track":
            self._end_track()
            self._geometry = ""

    def _end_track(self) -> None:
        """Times and positions stand in two lists; the n-th time belongs to the n-th position."""
        builder, count = self._builder, len(self._lines)
        if len(self._whens) != count:
            builder.findings.add("time_missing", {"line": self.line}, points=count, times=len(self._whens))
        arrays = {name: column for name, column in self._arrays.items() if len(column) == count}
        missing = set(self._missing)
        lon, lat, elevation = self._coords
        for index in range(count):
            if index in missing:
                builder.no_position()
                continue
            time, local = (self._whens[index], bool(self._flags[index])) if index < len(self._whens) else (NAN, False)
            extras = {name: column[index] for name, column in arrays.items()}
            builder.point(lon[index], lat[index], time, elevation[index], self._lines[index], local=local, extras=extras)

    # --- runs of placemarks

    def _keep(self, waypoint: Waypoint) -> None:
        if len(self._run.points) >= MAX_WAYPOINTS or not self._run.takes(waypoint):
            self._flush()
            if not self._run.takes(waypoint):
                self._builder.waypoint(waypoint)

    def _flush(self) -> None:
        run, self._run = self._run, _Run()
        if len(run.points) < _SHORTEST_RUN:
            for waypoint in run.points:
                self._builder.waypoint(waypoint)
            return
        self._builder.track(run.stem)
        self._builder.segment()
        for point in run.points:
            self._builder.point(point.lon, point.lat, point.time, point.elevation, point.place, local=point.local)


def _whole(when: str) -> str:
    """KML may give only a year or a month, which is no moment, and a day, which is taken from its midnight."""
    words = when.strip()
    return "" if re.fullmatch(r"\d{4}(-\d\d)?", words) else words
