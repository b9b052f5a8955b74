"""IGC, the log of gliders and drones: B records are fixes of one UTC day each, C records the declared task."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from importers.readers import text_files
from importers.readers.numbers import clock_of, day_of
from importers.readers.source import Source, say_encoding
from importers.readers.tracks.building import NAN, Builder
from importers.readers.tracks.model import TrackFile, Waypoint

FORMAT: Final = "IGC"
_FIX: Final = re.compile(r"B(\d{6})(\d\d)(\d{5})([NS])(\d{3})(\d{5})([EW])([AV])(-\d{4}|\d{5})(-\d{4}|\d{5})", re.ASCII)
_TASK: Final = re.compile(r"C(\d\d)(\d{5})([NS])(\d{3})(\d{5})([EW])(.*)", re.ASCII)
_DATE: Final = re.compile(r"H[FOP]DTE(?:DATE:)?\s*(\d\d)(\d\d)(\d\d)", re.ASCII)
_EXTENSION: Final = re.compile(r"(\d\d)(\d\d)([A-Z0-9]{3})", re.ASCII)
_DAY: Final = 86_400.0
_NAMES: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read(source: Source, builder: Builder) -> TrackFile:
    found = text_files.decide_text(source.chunks)
    say_encoding(builder.findings, found)
    reader = _Igc(builder)
    for line, words in source.lines(found.name):
        reader.line(line, words.strip("\ufeff \x00"))
    if reader.without_date:
        builder.findings.add("time_without_date")
    return builder.finish(FORMAT, encoding=found)


class _Igc:
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._midnight: float | None = None
        self._last = 0.0
        self._accuracy: slice | None = None
        self.without_date = False

    def line(self, line: int, words: str) -> None:
        kind = words[:1]
        if kind == "B":
            self._fix(line, words)
        elif kind == "H":
            if found := _DATE.match(words):
                self._date(line, *found.groups())
            elif words[1:5] in {"FFTY", "FRFW"} or words.startswith("HFGTY"):
                self._builder.creator = self._builder.creator or words.partition(":")[2].strip()[:200]
        elif kind == "I":
            for first, last, code in _EXTENSION.findall(words[3:]):
                if code == "FXA":
                    self._accuracy = slice(int(first) - 1, int(last))
        elif kind == "C":
            self._task(line, words)
        elif words and kind not in _NAMES:
            self._builder.findings.add("line_unknown", {"line": line}, value=words)

    def _date(self, line: int, day: str, month: str, year: str) -> None:
        found = day_of(int(day), int(month), int(year) + (1900 if int(year) >= 80 else 2000))
        if found is None:
            self._builder.findings.add("time_unreadable", {"line": line}, value=f"{day}{month}{year}")
            return
        self._midnight = datetime(found.year, found.month, found.day, tzinfo=UTC).timestamp()
        self._last = 0.0

    def _fix(self, line: int, words: str) -> None:
        found = _FIX.match(words)
        clock = clock_of(found[1]) if found else None
        if found is None or clock is None or int(found[3]) >= 60_000 or int(found[6]) >= 60_000:
            self._builder.findings.add("sentence_damaged", {"line": line}, value=words)
            self._builder.no_position()
            return
        if self._midnight is not None and clock < self._last - _DAY / 2:
            self._midnight += _DAY
        self._last = clock
        self.without_date |= self._midnight is None
        time = NAN if self._midnight is None else self._midnight + clock
        elevation = float(found[10]) if found[8] == "A" else NAN  # V: no height from the satellites
        accuracy = words[self._accuracy] if self._accuracy else ""
        extras = {"accuracy": float(accuracy)} if accuracy.isascii() and accuracy.isdigit() else None
        lat, lon = _degrees(found[2], found[3], found[4]), _degrees(found[5], found[6], found[7])
        self._builder.point(lon, lat, time, elevation, line, extras=extras)

    def _task(self, line: int, words: str) -> None:
        found = _TASK.fullmatch(words)
        if found is None:  # the declaration itself: dates and a title
            return
        lat, lon = _degrees(*found.groups()[:3]), _degrees(*found.groups()[3:6])
        if lon or lat:
            self._builder.waypoint(Waypoint(lon, lat, name=found[7].strip()[:200], place=line))


def _degrees(whole: str, thousandths: str, half: str) -> float:
    """Minutes with three digits after a point that is not written."""
    value = int(whole) + int(thousandths) / 60_000
    return -value if half in "SW" else value
