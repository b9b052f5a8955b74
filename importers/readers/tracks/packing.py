"""The walked segments of a track file as one file without pickles, so that a process which read it can hand it to one that has
not. Of planned routes only name and number of points are kept: they are no evidence that somebody went.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from importers.readers.tracks.model import Segment, TrackFile, Waypoint, frozen

_COLUMNS = ("lon", "lat", "time", "elevation")


@dataclass(frozen=True)
class PackedTrack:
    """A track of the file: its name, its kind (track, line, route), and how many segments and points it has."""

    name: str
    kind: str
    segments: int
    points: int


@dataclass(frozen=True, eq=False)
class Packed:
    """`segments` are those of all `tracks` that are no routes, in their order."""

    format: str
    segments: tuple[Segment, ...]
    findings: list[dict[str, Any]]
    tracks: tuple[PackedTrack, ...] = ()
    waypoints: tuple[Waypoint, ...] = ()

    @property
    def walked(self) -> tuple[PackedTrack, ...]:
        return tuple(track for track in self.tracks if track.kind != "route")

    def by_track(self) -> Iterator[tuple[PackedTrack, tuple[Segment, ...]]]:
        """Those walked, with their segments."""
        at = 0
        for track in self.walked:
            yield track, self.segments[at : at + track.segments]
            at += track.segments


def save(file: TrackFile, path: Path) -> None:
    segments = list(file.segments())
    told = {
        "format": file.format,
        "findings": [finding.as_dict() for finding in file.findings],
        "tracks": [(one.name, one.kind, len(one.segments), one.points) for one in file.tracks],
        "waypoints": [astuple(one) for one in file.waypoints],
    }

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
    return Packed(
        str(told["format"]),
        segments,
        list(told["findings"]),
        tuple(PackedTrack(*one) for one in told["tracks"]),
        tuple(Waypoint(*one) for one in told["waypoints"]),
    )
