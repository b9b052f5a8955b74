"""FIT (Garmin and others), through fitdecode. Records without a position (indoors, no fix yet) are counted, not placed."""

from __future__ import annotations

import struct
from typing import Any, Final

import fitdecode
from fitdecode.processors import FIT_DATETIME_MIN, FIT_UTC_REFERENCE, DataProcessorBase

from importers.readers.source import Source
from importers.readers.tracks.building import NAN, Builder
from importers.readers.tracks.model import TrackFile, Waypoint

FORMAT: Final = "FIT"
MAGIC: Final = b".FIT"
_DEGREES: Final = 180 / 2**31  # of a semicircle
# What fitdecode lets out when bytes are not what their definition says.
_BROKEN: Final = (
    fitdecode.FitError, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, AssertionError,
    ZeroDivisionError, UnicodeDecodeError,
)  # fmt: skip
_STOPS: Final = frozenset({"stop", "stop_all", "stop_disable", "stop_disable_all"})


def read(source: Source, builder: Builder) -> TrackFile:
    builder.unit = "record"
    reader = _Fit(builder)
    with source.open() as handle:
        try:
            with fitdecode.FitReader(
                handle, processor=DataProcessorBase(), check_crc=fitdecode.CrcCheck.READONLY,
                error_handling=fitdecode.ErrorHandling.IGNORE,
            ) as frames:  # fmt: skip
                for frame in frames:
                    reader.frame(frame)
        except fitdecode.FitEOFError:
            builder.findings.add("truncated", {"record": reader.records})
        except _BROKEN as error:
            builder.findings.add("broken", {"record": reader.records}, reason=str(error))
    if reader.since_start:
        builder.findings.add("time_since_start")
    return builder.finish(FORMAT)


class _Fit:
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._pause = True
        self.records = 0
        self.since_start = False

    def frame(self, frame: Any) -> None:
        if isinstance(frame, fitdecode.FitHeader):
            if frame.crc_matched is False:
                self._builder.findings.add("header_damaged", {"record": self.records})
            self._builder.track()  # several files may follow each other in one
            self._pause = True
        elif isinstance(frame, fitdecode.FitCRC):
            if not frame.matched:
                self._builder.findings.add("checksum", {"record": self.records})
        elif isinstance(frame, fitdecode.FitDataMessage):
            self.records += 1
            if frame.name == "record":
                self._record(frame)
            elif frame.name == "event" and _of(frame, "event") == "timer" and _of(frame, "event_type") in _STOPS:
                self._pause = True
            elif frame.name == "course_point":
                self._course_point(frame)
            elif frame.name == "file_id":
                maker = (_of(frame, "manufacturer"), _of(frame, "garmin_product") or _of(frame, "product"))
                self._builder.creator = " ".join(str(part) for part in maker if part is not None)[:200]

    def _record(self, frame: Any) -> None:
        position = _position(frame)
        if position is None:
            self._builder.no_position()
            return
        if self._pause:
            self._builder.segment()
            self._pause = False
        elevation = _number(frame, "enhanced_altitude", "altitude")
        extras = {
            "accuracy": _number(frame, "gps_accuracy"),
            "speed": _number(frame, "enhanced_speed", "speed"),
            "heading": _number(frame, "heading"),
        }
        told = {name: value for name, value in extras.items() if value == value}
        self._builder.point(*position, self._time(frame), elevation, self.records, extras=told)

    def _course_point(self, frame: Any) -> None:
        position = _position(frame)
        if position is None:
            self._builder.no_position()
            return
        name, kind = (str(value) if (value := _of(frame, key)) is not None else "" for key in ("name", "type"))
        self._builder.waypoint(
            Waypoint(*position, name=name.strip("\x00")[:200], symbol=kind[:40], time=self._time(frame), place=self.records)
        )

    def _time(self, frame: Any) -> float:
        seconds = _number(frame, "timestamp")
        if seconds < FIT_DATETIME_MIN:
            self.since_start = True
            return NAN
        return seconds + FIT_UTC_REFERENCE


def _of(frame: Any, name: str) -> Any:
    return frame.get_value(name, fallback=None)


def _number(frame: Any, *names: str) -> float:
    """The first of the fields that holds one number."""
    for name in names:
        value = _of(frame, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return NAN


def _position(frame: Any) -> tuple[float, float] | None:
    lon, lat = _number(frame, "position_long"), _number(frame, "position_lat")
    return None if lon != lon or lat != lat else (lon * _DEGREES, lat * _DEGREES)
