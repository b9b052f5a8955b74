"""The walked segments of a track file as one file without pickles, so that a process which read it can hand it to one that has
not. Planned routes are left out: they are no evidence that somebody went.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from importers.readers.tracks.model import Segment, TrackFile, frozen

_COLUMNS = ("lon", "lat", "time", "elevation")


@dataclass(frozen=True, eq=False)
class Packed:
    format: str
    segments: tuple[Segment, ...]
    findings: list[dict[str, Any]]


def save(file: TrackFile, path: Path) -> None:
    segments = list(file.segments())
    told = {"format": file.format, "findings": [finding.as_dict() for finding in file.findings]}

    def joined(parts: list[Any], kind: type) -> Any:
        return np.concatenate(parts).astype(kind) if parts else np.empty(0, kind)

    arrays = {name: joined([getattr(one, name) for one in segments], np.float64) for name in _COLUMNS}
    with path.open("wb") as sink:
        np.savez(
            sink,
            told=np.frombuffer(json.dumps(told).encode("utf-8", "surrogatepass"), dtype=np.uint8),
            counts=np.array([len(one) for one in segments], dtype=np.int64),
            local=joined([one.local for one in segments], np.bool_),
            place=joined([one.place for one in segments], np.int64),
            **arrays,
        )


def load(path: Path) -> Packed:
    """Raises `ValueError` or `KeyError` for what is no such file."""
    with np.load(path, allow_pickle=False) as saved:
        told = json.loads(saved["told"].tobytes().decode("utf-8", "replace"))
        count = len(saved["counts"])
        ends = np.cumsum(saved["counts"])[:-1]
        columns = {name: np.split(saved[name], ends) for name in (*_COLUMNS, "local", "place")}
    segments = tuple(
        Segment(
            lon=frozen(columns["lon"][index]),
            lat=frozen(columns["lat"][index]),
            time=frozen(columns["time"][index]),
            elevation=frozen(columns["elevation"][index]),
            local=frozen(columns["local"][index], np.bool_),
            place=frozen(columns["place"][index], np.int64),
        )
        for index in range(count)
    )
    return Packed(str(told["format"]), segments, list(told["findings"]))
