"""Tracks for joint inspections: read by the confined process, handed over as plain arrays."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from boundaries.track_reading import ReadSegment, ReadTrack
from gis.files import services as files
from gis.files.models import StoredFile
from importers import sandbox

# A day's walk is a few megabytes; the reader's own bound is two million points.
LIMITS: Final = sandbox.Limits(seconds=120)


def read(file: StoredFile) -> ReadTrack:
    """What was walked in `file`. Raises `InvalidInputError` as the readers do, and where the process was stopped."""
    with TemporaryDirectory(prefix="yudi-track-") as folder:
        path = Path(folder) / f"track{Path(file.name).suffix[:10]}"
        with files.open_file(file) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        packed = sandbox.read_track(path, file.name, LIMITS)
    segments = tuple(ReadSegment(one.lon, one.lat, one.time, one.local) for one in packed.segments)
    return ReadTrack(packed.format, segments, packed.findings)
