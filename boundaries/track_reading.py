"""The door by which files of tracks are read. The readers are in the room of imports, which this room may not know: it registers
itself when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.files.models import StoredFile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ReadSegment:
    """Points without a break, arrays (n,): degrees as the file gives them, seconds since 1970 (NaN without a time), and whether
    the clock had no zone (`local`). `track` is the position, from 0, of the track it belongs to among those walked in the file.
    """

    lon: Floats
    lat: Floats
    time: Floats
    local: npt.NDArray[np.bool_]
    track: int = 0

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True)
class ReadWaypoint:
    """A place that somebody marked: degrees as the file gives them, seconds since 1970 or NaN, `local` as with segments."""

    lon: float
    lat: float
    name: str
    time: float
    local: bool = False


@dataclass(frozen=True, eq=False)
class ReadTrack:
    """What was walked. `findings` are those of the reader: severity, code, where, message, message_en. `files` are the names of the
    files of a zip, one for each track; of any other file there are none.
    """

    format: str
    segments: tuple[ReadSegment, ...]
    findings: list[dict[str, Any]] = field(default_factory=list)
    files: tuple[str, ...] = ()
    waypoints: tuple[ReadWaypoint, ...] = ()


Reader = Callable[[StoredFile], ReadTrack]

_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """`reader(file)` gives what is in it, or raises `DomainError` with what people are told."""
    if _readers and _readers != [reader]:
        raise RuntimeError("a reader of tracks is registered twice")
    _readers[:] = [reader]


def read_track(file: StoredFile) -> ReadTrack:
    """Raises `DomainError` where the file holds nothing that can be used."""
    if not _readers:
        raise RuntimeError("no app registered a reader of tracks (boundaries.track_reading.register_reader)")
    return _readers[0](file)
