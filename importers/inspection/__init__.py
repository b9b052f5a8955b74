"""What is in this file? Everything that can be told of a file before anything is done with it; nothing here writes.

`inspect` looks in the process that calls it; `importers.sandbox` does so in one of its own that has no network and is killed
when it takes too much.
"""

from __future__ import annotations

from pathlib import Path

from gis.errors import DomainError
from importers.inspection.kinds import inspect_set, kind_of, refused
from importers.inspection.known import NOTHING, Known
from importers.inspection.model import Inspection, Part
from importers.readers import everything
from importers.readers.opening import digest

__all__ = ["NOTHING", "Inspection", "Known", "inspect"]


def inspect(given: str | Path, known: Known = NOTHING) -> Inspection:
    """The file, folder or archive at `given`. Raises nothing: what cannot be read is a problem with a code."""
    path = Path(given)
    parts: list[Part] = []
    try:
        with everything(path) as sets:
            parts += [inspect_set(data, known) for data in sets]
    except DomainError as error:
        parts.append(Part(kind_of(path), problems=[refused(error)]))
    size, sha256 = _identity(path)
    return Inspection(path.name, size, sha256, parts)


def _identity(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file; nothing for a folder, or what cannot be read."""
    try:
        return (path.stat().st_size, digest([path])) if path.is_file() else (0, "")
    except (OSError, ValueError):
        return 0, ""
