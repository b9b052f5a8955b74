"""Tracks for joint inspections: read by the confined process, handed over as plain arrays."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from boundaries.track_reading import ReadSegment, ReadTrack, ReadWaypoint
from gis.files import services as files
from gis.files.models import StoredFile
from importers import sandbox
from importers.readers.tracks import archive
from importers.readers.tracks.packing import Packed

# A day's walk is a few megabytes; the reader's own bound is two million points.
LIMITS: Final = sandbox.Limits(seconds=120)
_KEPT_BYTES: Final = 4 * 1024**2


def read(file: StoredFile) -> ReadTrack:
    """What was walked in `file`. Raises `InvalidInputError` as the readers do, and where the process was stopped."""
    return walked(packed(file))


def walked(file: Packed) -> ReadTrack:
    segments = tuple(
        ReadSegment(one.lon, one.lat, one.time, one.local, number)
        for number, (_track, parts) in enumerate(file.by_track())
        for one in parts
    )
    names = tuple(track.name for track in file.walked) if file.format == archive.FORMAT else ()
    places = tuple(ReadWaypoint(one.lon, one.lat, one.name, one.time, one.local) for one in file.waypoints)
    return ReadTrack(file.format, segments, file.findings, names, places)


def packed(file: StoredFile) -> Packed:
    """Everything of a track file that is asked for later. Raises as `read`."""
    # Looked at, tried and brought in within minutes; the child's start costs more than the reading.
    return _recent(file.pk) if file.size <= _KEPT_BYTES else _read(file)


@lru_cache(maxsize=4)
def _recent(file: int) -> Packed:
    return _read(StoredFile.objects.get(pk=file))


def _read(file: StoredFile) -> Packed:
    with TemporaryDirectory(prefix="yudi-track-") as folder:
        path = Path(folder) / f"track{Path(file.name).suffix[:10]}"
        with files.open_file(file) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        return sandbox.read_track(path, file.name, LIMITS)
