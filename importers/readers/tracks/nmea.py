"""NMEA 0183 as receivers print it: RMC, GGA, GNS and GLL give fixes, ZDA and RMC the date, GSA precision, WPL waypoints.

Sentences of one moment belong together. Most have a clock and no date: days are counted from midnight to midnight, and the
first date that is told, wherever it stands, places them all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import reduce
from operator import xor
from typing import Final

from importers.readers import text_files
from importers.readers.numbers import clock_of, day_of, number
from importers.readers.source import Source, say_encoding
from importers.readers.tracks.building import NAN, Builder, Columns
from importers.readers.tracks.model import TrackFile, Waypoint

FORMAT: Final = "NMEA"
_DAY: Final = 86_400.0
_KNOT: Final = 1852 / 3600


def read(source: Source, builder: Builder) -> TrackFile:
    found = text_files.decide_text(source.chunks)
    say_encoding(builder.findings, found)
    reader = _Nmea(builder)
    for line, words in source.lines(found.name):
        reader.line(line, words)
    reader.end()
    return builder.finish(FORMAT, encoding=found)


class _Nmea:
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._columns: Columns | None = None
        self._clock: float | None = None  # of the moment that is growing
        self._line = 0
        self._numbers: dict[str, float] = {}
        self._position: tuple[float, float] | None = None
        self._day: date | None = None  # told at this moment
        self._precision: dict[str, float] = {}  # of the last GSA, which has no clock
        self._days = 0  # midnights passed
        self._last_clock = 0.0
        self._base: float | None = None  # seconds of the day on which no midnight had passed
        self._waiting = 0  # points whose day is not known yet; the first ones

    def line(self, line: int, words: str) -> None:
        start = words.find("$")
        if start < 0:
            if words.strip() and not words.lstrip().startswith("!"):
                self._builder.findings.add("line_unknown", {"line": line}, value=words.strip())
            return
        body, star, told = words[start + 1 :].strip().partition("*")
        fields = body.split(",")
        kind = fields[0][-3:] if len(fields[0]) == 5 else ""
        handler = getattr(self, f"_{kind.lower()}", None) if kind in {"RMC", "GGA", "GNS", "GLL", "ZDA", "GSA", "WPL"} else None
        if handler is None:
            return
        if star and not _sums_up(body, told):
            self._builder.findings.add("sentence_damaged", {"line": line}, value=words)
            return
        try:
            handler(fields, line)
        except IndexError:
            self._builder.findings.add("sentence_damaged", {"line": line}, value=words)

    def end(self) -> None:
        self._emit()
        if self._waiting:
            self._builder.findings.add("time_without_date")
            if self._columns is not None:
                for index in range(self._waiting):
                    self._columns.time[index] = NAN

    # --- sentences

    def _rmc(self, fields: list[str], line: int) -> None:
        day = fields[9]
        if not self._moment(fields[1], line):
            return
        if len(day) == 6 and day.isascii() and day.isdigit():
            year = int(day[4:])
            self._day = day_of(int(day[:2]), int(day[2:4]), year + (1900 if year >= 80 else 2000)) or self._day
        if fields[2] == "A":
            self._place(fields[3:7], line)
        if (speed := number(fields[7])) is not None:
            self._numbers["speed"] = speed * _KNOT
        if (heading := number(fields[8])) is not None:
            self._numbers["heading"] = heading

    def _gga(self, fields: list[str], line: int) -> None:
        if not self._moment(fields[1], line):
            return
        if fields[6] not in {"", "0"}:
            self._place(fields[2:6], line)
        self._fields(satellites=fields[7], hdop=fields[8], elevation=fields[9])

    def _gns(self, fields: list[str], line: int) -> None:
        if not self._moment(fields[1], line):
            return
        if fields[6].strip("N"):
            self._place(fields[2:6], line)
        self._fields(satellites=fields[7], hdop=fields[8], elevation=fields[9])

    def _gll(self, fields: list[str], line: int) -> None:
        if self._moment(fields[5], line) and fields[6] == "A":
            self._place(fields[1:5], line)

    def _zda(self, fields: list[str], line: int) -> None:
        """Tells the day of its own clock, which may stand between two fixes."""
        day = day_of(*(int(part) if part.isascii() and part.isdigit() else 0 for part in fields[2:5])) if len(fields) > 4 else None
        clock = clock_of(fields[1])
        if day is None or clock is None:
            return
        if clock == self._clock:
            self._day = day
            return
        self._emit()
        if clock < self._last_clock - _DAY / 2:
            self._days += 1
        self._last_clock = clock
        self._anchor(day)

    def _gsa(self, fields: list[str], line: int) -> None:
        self._precision = {
            name: value
            for name, part in zip(("pdop", "hdop", "vdop"), fields[15:18], strict=False)
            if (value := number(part)) is not None
        }

    def _wpl(self, fields: list[str], line: int) -> None:
        position = self._read_position(fields[1:5], {"line": line, "waypoint": len(self._builder.waypoints) + 1})
        if position is not None:
            self._builder.waypoint(Waypoint(*position, name=fields[5].strip()[:200], place=line))

    # --- one moment

    def _moment(self, clock_text: str, line: int) -> bool:
        clock = clock_of(clock_text)
        if clock is None:
            if clock_text.strip():
                self._builder.findings.add("time_unreadable", {"line": line}, value=clock_text)
            else:
                self._builder.no_position()  # a receiver that has seen no satellite yet prints empty sentences
            return False
        if clock != self._clock:
            self._emit()
            self._clock, self._line = clock, line
        return True

    def _fields(self, **told: str) -> None:
        for name, part in told.items():
            if (value := number(part)) is not None:
                self._numbers[name] = value

    def _place(self, parts: list[str], line: int) -> None:
        if self._position is None:
            self._position = self._read_position(parts, {"line": line, **self._builder.place})

    def _read_position(self, parts: list[str], where: dict[str, int]) -> tuple[float, float] | None:
        """“4231.829,N,08807.303,W”: degrees and minutes in one."""
        lat, lon = _degrees(parts[0], parts[1], 2), _degrees(parts[2], parts[3], 3)
        if lat is None or lon is None:
            self._builder.findings.add("coordinate_unreadable", where, value=",".join(parts))
            return None
        return lon, lat

    def _emit(self) -> None:
        if self._clock is None:
            return
        if self._clock < self._last_clock - _DAY / 2:
            self._days += 1
        self._last_clock = self._clock
        if self._day is not None:
            self._anchor(self._day)
        if self._position is None:
            self._builder.no_position()
        else:
            if self._columns is None:
                self._columns = self._builder.segment()
            time = self._days * _DAY + self._clock
            if self._base is None:
                self._waiting += 1
            else:
                time += self._base
            elevation = self._numbers.pop("elevation", NAN)
            self._builder.point(*self._position, time, elevation, self._line, extras={**self._precision, **self._numbers})
        self._clock, self._position, self._day, self._numbers, self._precision = None, None, None, {}, {}

    def _anchor(self, day: date) -> None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        self._base = midnight - self._days * _DAY
        if self._waiting and self._columns is not None:
            for index in range(self._waiting):
                self._columns.time[index] += self._base
            self._waiting = 0


def _degrees(words: str, half: str, whole: int) -> float | None:
    minutes = number(words[whole:])
    if (
        len(words) <= whole
        or not words[:whole].isascii()
        or not words[:whole].isdigit()
        or minutes is None
        or not 0 <= minutes < 60
    ):
        return None
    if half not in ({"N", "S"} if whole == 2 else {"E", "W"}):
        return None
    value = int(words[:whole]) + minutes / 60
    return -value if half in {"S", "W"} else value


def _sums_up(body: str, told: str) -> bool:
    """The sum is the exclusive or of all characters, as two hexadecimal digits."""
    try:
        return reduce(xor, body.encode("latin-1", "replace"), 0) == int(told.strip()[:2], 16)
    except ValueError:
        return False
