"""A zip of track files, as people send what a handheld wrote in some days: each file is a track, the archive one file of tracks.

Unpacked with the bounds and the names of `archives` (also those that Windows writes in the local code page); archives in it are
opened two deep. What is no track file by its name is passed over; what is one and cannot be read costs itself and is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gis.errors import DomainError, InvalidInputError
from importers.readers import archives
from importers.readers.archives import Entry
from importers.readers.errors import FileRefusedError, not_a_format
from importers.readers.findings import Finding, Findings
from importers.readers.source import Source
from importers.readers.tracks.model import Kind, Segment, Track, TrackFile, Waypoint
from importers.readers.tracks.wording import TRACKS

FORMAT: Final = "ZIP"
# By the name; whether a text is a log of positions its content says, and where it is not that is no fault.
_TRACKS: Final = frozenset({".gpx", ".kml", ".tcx", ".fit", ".nmea", ".nma", ".igc"})
_TEXTS: Final = frozenset({".csv", ".txt", ".log"})
_KMZ: Final = ".kmz"


@dataclass(frozen=True)
class Member:
    """One file of the archive by its name there: what was in it, or why it could not be read."""

    name: str
    file: TrackFile | None = None
    refusal: InvalidInputError | None = None


def is_one(name: str, names: Iterable[str]) -> bool:
    """Whether a zip with entries of these names holds files of tracks, rather than being a KMZ: one document with its pictures."""
    lower = [one.lower().replace("\\", "/") for one in names if not one.startswith("__MACOSX/")]
    documents = [one for one in lower if one.endswith(".kml")]
    if name.lower().endswith(_KMZ) or "doc.kml" in documents:
        return False
    others = [one for one in lower if one.endswith((*(_TRACKS - {".kml"}), *_TEXTS, _KMZ, ".zip"))]
    return len(documents) > 1 or bool(others)


def members(source: Source, read: Callable[[Path, str, int], TrackFile], max_points: int) -> Iterator[Member]:
    """The track files of an archive in its order; `read(path, name, max_points)` reads one, and all together have `max_points`.

    Raises `InvalidInputError` for what is wrong with the archive, and too_many_points.
    """
    left = max_points
    with TemporaryDirectory(prefix="yudi-tracks-") as folder:
        path = source.content if isinstance(source.content, Path) else Path(folder) / "archive.zip"
        if isinstance(source.content, bytes):
            path.write_bytes(source.content)
        (target := Path(folder) / "out").mkdir()
        for entry, name in _chosen(archives.unpack(path, target, depth=archives.MAX_DEPTH)):
            try:
                file = read(entry.path, name, left)
            except DomainError as error:
                if error.code == "too_many_points":
                    raise
                if entry.suffix not in _TEXTS:
                    yield Member(name, refusal=error if isinstance(error, InvalidInputError) else None)
                continue
            left -= sum(track.points for track in file.tracks)
            yield Member(name, file)


def combined(name: str, found: Iterable[Member]) -> TrackFile:
    """The archive as one file, in which all that was walked in one of its files is one track of the file's name.

    Raises `InvalidInputError`: unsupported_track where there is no track file in it.
    """
    tracks: list[Track] = []
    waypoints: list[Waypoint] = []
    told: list[Finding] = []
    own = Findings(TRACKS)
    counts: Counter[str] = Counter()
    without_position = read = 0
    for member in found:
        read += 1
        if member.file is None:
            zh, en = _reason(member.refusal)
            own.add("archive_member_refused", {"file": member.name}, name=member.name, reason_zh=zh, reason_en=en)
            continue
        tracks += _as_one(member.name, member.file)
        waypoints += member.file.waypoints
        without_position += member.file.without_position
        told += [replace(one, where={"file": member.name, **one.where}) for one in member.file.findings]
        counts.update(member.file.counts)
    if not read:
        raise not_a_format("unsupported_track", name)
    counts.update(own.counts)
    findings = sorted([*own.told(), *told], key=lambda one: one.severity != "error")
    return TrackFile(name, FORMAT, tuple(tracks), tuple(waypoints), tuple(findings), dict(counts), without_position)


def _as_one(name: str, file: TrackFile) -> Iterator[Track]:
    """What was walked or drawn in a file as one track, planned routes apart: they are no evidence."""
    walked = [track for track in file.tracks if track.kind != "route"]
    segments: tuple[Segment, ...] = tuple(segment for track in walked for segment in track.segments)
    if segments:
        kind: Kind = "track" if any(track.kind == "track" for track in walked) else "line"
        yield Track(name, kind, segments)
    for track in file.tracks:
        if track.kind == "route":
            yield replace(track, name=f"{name} · {track.name}" if track.name else name)


def _chosen(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    """Track files with the names people know; of a KMZ in the archive its one document, under the KMZ's name."""
    for folder, group in groupby(entries, key=_kmz_of):
        inside = list(group)
        if folder:
            documents = [entry for entry in inside if entry.suffix == ".kml"]
            for entry in [one for one in documents if one.name.lower() == "doc.kml"][:1] or documents[:1]:
                yield entry, folder
            continue
        for entry in inside:
            if entry.suffix in _TRACKS | _TEXTS:
                yield entry, f"{entry.stem}{Path(entry.name).suffix}"


def _kmz_of(entry: Entry) -> str:
    """The KMZ that an entry stands in, as far as its name; "" for none."""
    parts = entry.stem.split("/")
    at = next((number for number, part in enumerate(parts[:-1]) if part.lower().endswith(_KMZ)), None)
    return "" if at is None else "/".join(parts[: at + 1])


def _reason(refusal: InvalidInputError | None) -> tuple[str, str]:
    if isinstance(refusal, FileRefusedError):
        return refusal.in_both()
    return str(refusal), str(refusal)
