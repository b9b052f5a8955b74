"""Stamps say that a step was finished, and from what. Written only after success and in one move, so that an interrupted step is
taken up again by the next call."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def digest(*parts: str | Path) -> str:
    """sha256 over texts and file contents, in the given order; a missing file counts as such and does not fail."""
    total = hashlib.sha256()
    for part in parts:
        content = _content(part) if isinstance(part, Path) else part.encode()
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b"\0missing"


def tree_digest(root: Path, files: Iterable[Path]) -> str:
    """sha256 over names (relative to `root`) and contents of files, whatever order they come in."""
    return digest(*(part for path in sorted(files) for part in (str(path.relative_to(root)), path)))


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Stamp:
    """One finished step, known by a value (usually a digest of what it was made from)."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / name

    def read(self) -> str | None:
        try:
            return self.path.read_text("utf-8")
        except FileNotFoundError:
            return None

    def matches(self, value: str) -> bool:
        return self.read() == value

    def write(self, value: str) -> None:
        write_atomically(self.path, value)

    def remove(self) -> None:
        """To be called before a step changes what the stamp vouches for."""
        self.path.unlink(missing_ok=True)
