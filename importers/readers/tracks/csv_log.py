"""Logs as CSV: a position per row, under column names in Chinese or English; the table itself is read by `tables`.

Whether times are UTC or Beijing time is taken from the name of their column where it says so, and else is not known.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from itertools import chain, islice
from typing import Final

from gis.errors import InvalidInputError
from importers.readers import numbers
from importers.readers.source import Source
from importers.readers.tables.csv_rows import layout_of
from importers.readers.tables.headers import MAX_NAME
from importers.readers.tables.kinds import role_of
from importers.readers.tables.model import Row
from importers.readers.tables.opening import opened_table
from importers.readers.tracks.building import NAN, Builder
from importers.readers.tracks.model import TrackFile, Waypoint

FORMAT: Final = "CSV"
BEIJING: Final = timezone(timedelta(hours=8))
_ROLES: Final[Mapping[str, frozenset[str]]] = {
    "time": frozenset({
        "time", "timestamp", "datetime", "utc", "utctime", "gpstime", "localtime",
        "时间", "日期时间", "定位时间", "采集时间", "记录时间", "北京时间",
        "时刻", "gps时间", "时间戳",
    }),
    "date": frozenset({"date", "日期", "utcdate", "gpsdate"}),
    "elevation": frozenset({"elevation", "ele", "alt", "altitude", "height", "高程", "海拔", "海拔高度", "高度", "h"}),
    "accuracy": frozenset({"accuracy", "hacc", "水平精度", "精度", "定位精度"}),
    "hdop": frozenset({"hdop"}),
    "vdop": frozenset({"vdop"}),
    "pdop": frozenset({"pdop"}),
    "satellites": frozenset({"satellites", "sats", "sat", "卫星数", "卫星"}),
    "speed": frozenset({"speed", "速度", "航速"}),
    "heading": frozenset({"heading", "course", "bearing", "方向", "航向", "方位角", "方向角"}),
    "name": frozenset({"name", "名称", "点名", "标题"}),
    "description": frozenset({"description", "desc", "备注", "说明", "描述"}),
    "symbol": frozenset({"symbol", "sym", "图标"}),
    "segment": frozenset({"segment", "seg", "轨迹段", "段", "段号", "track", "轨迹", "trackid"}),
    "tag": frozenset({"tag", "类型", "type"}),
    "number": frozenset({"index", "no", "id", "序号", "编号", "#"}),
}  # fmt: skip
_UNIT: Final = re.compile(r"[（(\[【](.*?)[）)\]】]")
_MARKS: Final = re.compile(r"[\s_\-.]|[（(\[【].*?[）)\]】]")
_ZONES: Final = re.compile(r"utc|gmt|bjt|北京|世界|\+0?8(:?00)?")
_SPEEDS: Final = (
    (re.compile(r"km/?h|kph|公里|千米|kmh", re.IGNORECASE), 1 / 3.6),
    (re.compile(r"knot|kn\b|节", re.IGNORECASE), 1852 / 3600),
    (re.compile(r"m/?s|米", re.IGNORECASE), 1.0),
)
_NUMBERS: Final = ("accuracy", "hdop", "vdop", "pdop", "satellites", "heading")
_CLOCK_ONLY: Final = re.compile(r"\d{1,2}[:时]\d{1,2}([:分]\d{1,2}(\.\d+)?秒?)?", re.ASCII)
_PREVIEW: Final = 200


@dataclass
class _Columns:
    """Position of each role's column, from 0, and what names of columns say of time and speed."""

    at: dict[str, int] = field(default_factory=dict)
    known: int = 0
    zone: timezone | None = None
    speed: float | None = None

    @property
    def usable(self) -> bool:
        return "longitude" in self.at and "latitude" in self.at

    def cell(self, row: Row, role: str) -> str:
        at = self.at.get(role)
        return row.cells[at] if at is not None else ""


def recognises(source: Source) -> bool:
    """Longitude, latitude and a time; or columns of which every one belongs to a log. Lists of names and codes are tables."""
    try:
        layout = layout_of(source, strict=False)
    except (csv.Error, InvalidInputError):
        return False
    columns = _columns(layout.header or [])
    timed = "time" in columns.at or "date" in columns.at
    return columns.usable and (timed or columns.known == len(layout.header or ()))


def read(source: Source, builder: Builder) -> TrackFile:
    with opened_table(source.content, source.name, findings=builder.findings) as table:
        columns = _columns(table.names)
        if "speed" in columns.at and columns.speed is None:
            name = table.names[columns.at.pop("speed")]
            builder.findings.add("unit_unknown", {"field": name}, field=name)
        first = list(islice(table.rows, _PREVIEW))
        named = sum(bool(columns.cell(row, "name")) for row in first) > len(first) / 2
        reader = _Log(builder, columns, waypoints=named)
        for row in chain(first, table.rows):
            reader.row(row)
        if reader.without_date:
            builder.findings.add("time_without_date")
        return builder.finish(FORMAT, encoding=table.encoding)


class _Log:
    def __init__(self, builder: Builder, columns: _Columns, *, waypoints: bool) -> None:
        self._builder = builder
        self._columns = columns
        self._waypoints = waypoints  # every row is a marked place, not a step of a way
        self._segment: str | None = None
        self.without_date = False

    def row(self, row: Row) -> None:
        builder, cell = self._builder, self._columns.cell
        tag = cell(row, "tag").upper()
        marked = self._waypoints or tag in {"W", "WPT", "C", "V", "航点", "兴趣点"}
        where: dict[str, int] = {"line": row.line, **({"waypoint": len(builder.waypoints) + 1} if marked else builder.place)}
        position = self._position(row, where)
        time, local = self._time(row, where)
        elevation = builder.value("elevation", cell(row, "elevation"), where)
        if position is None:
            builder.no_position()
            return
        name = cell(row, "name")
        if marked or name:
            title, words, symbol = (builder.text(part, where) for part in (name, cell(row, "description"), cell(row, "symbol")))
            builder.waypoint(Waypoint(*position, title, words, symbol, time, local, elevation, row.line))
        if not marked:
            self._begin(cell(row, "segment"))
            builder.point(*position, time, elevation, row.line, local=local, extras=self._extras(row, where))

    def _begin(self, segment: str) -> None:
        if segment != self._segment:
            self._segment = segment
            self._builder.segment()

    def _position(self, row: Row, where: dict[str, int]) -> tuple[float, float] | None:
        lon, lat = self._columns.cell(row, "longitude"), self._columns.cell(row, "latitude")
        if not lon and not lat:
            return None
        pair = numbers.degrees(lon), numbers.degrees(lat)
        if pair[0] is None or pair[1] is None:
            return self._builder.position(lon, lat, where)
        return pair[0], pair[1]

    def _time(self, row: Row, where: dict[str, int]) -> tuple[float, bool]:
        day, clock = self._columns.cell(row, "date"), self._columns.cell(row, "time")
        if not day and not clock:
            return NAN, False
        if (epoch := numbers.number(clock)) is not None and not day and epoch > 1e8:
            return (epoch / 1000 if epoch > 1e11 else epoch), False
        if not day and _CLOCK_ONLY.fullmatch(clock):
            self.without_date = True
            return NAN, False
        words = f"{_day(day)} {_clock(clock)}".strip() if day else clock
        read = numbers.moment(words, self._columns.zone)
        if read is None:
            self._builder.findings.add("time_unreadable", where, value=words)
            return NAN, False
        return read

    def _extras(self, row: Row, where: dict[str, int]) -> dict[str, float]:
        extras: dict[str, float] = {}
        for role in (*_NUMBERS, "speed"):
            if role in self._columns.at and (words := self._columns.cell(row, role)):
                value = self._builder.value(role, words, where)
                if value == value:
                    extras[role] = value * (self._columns.speed or 1) if role == "speed" else value
        return extras


def _columns(names: Sequence[str]) -> _Columns:
    found = _Columns()
    for position, name in enumerate(names):
        name = name[:MAX_NAME]
        role = role_of(name)
        plain = _MARKS.sub("", name.lower())
        if role not in {"longitude", "latitude"}:
            bare = _ZONES.sub("", plain)
            role = next((key for key, words in _ROLES.items() if plain in words or bare in words), "")
        if not role:
            continue
        found.known += 1
        if role in found.at:
            continue
        found.at[role] = position
        if role in {"time", "date"}:
            found.zone = _zone(name) or found.zone
        elif role == "speed":
            unit = _UNIT.search(name)
            found.speed = next((factor for pattern, factor in _SPEEDS if unit and pattern.search(unit[1])), None)
    return found


def _zone(name: str) -> timezone | None:
    plain = name.upper()
    if "北京" in plain or "BJT" in plain or "+8" in plain or "+08" in plain:
        return BEIJING
    return UTC if "UTC" in plain or "GMT" in plain or "世界时" in plain else None


def _day(words: str) -> str:
    """“240501” and “20240501” as loggers write days."""
    if words.isascii() and words.isdigit() and len(words) in {6, 8}:
        full = words if len(words) == 8 else f"20{words}"
        return f"{full[:4]}-{full[4:6]}-{full[6:]}"
    return words


def _clock(words: str) -> str:
    return f"{words[:2]}:{words[2:4]}:{words[4:]}" if numbers.clock_of(words) is not None else words
