"""Which format is it, by the first bytes, and on to its reader."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from importers.readers import safe_xml, text_files
from importers.readers.errors import not_a_format, refuse
from importers.readers.source import Source
from importers.readers.tracks import archive, csv_log, fit, gpx, igc, kml, nmea, tcx
from importers.readers.tracks.archive import Member
from importers.readers.tracks.building import Builder
from importers.readers.tracks.model import TrackFile

MAX_POINTS: Final = 2_000_000
MAX_BYTES: Final = 512 * 1024 * 1024
_ROOTS: Final = {"gpx": gpx.FORMAT, "kml": kml.KML, "TrainingCenterDatabase": tcx.FORMAT}
_SENTENCE: Final = re.compile(r"^[^\n]*?\$[A-Z]{2}(RMC|GGA|GNS|GLL|ZDA|GSA|GSV|VTG|WPL),", re.MULTILINE)
_IGC: Final = re.compile(r"\s*A[A-Z0-9]{3}[^\n]*\r?\n(?:[^\n]*\n)*?[HB]")
_READERS: Final = {
    gpx.FORMAT: gpx.read,
    kml.KML: kml.read,
    kml.KMZ: kml.read_archive,
    tcx.FORMAT: tcx.read,
    fit.FORMAT: fit.read,
    nmea.FORMAT: nmea.read,
    igc.FORMAT: igc.read,
    csv_log.FORMAT: csv_log.read,
}


def read(content: Path | str | bytes, name: str = "", *, max_points: int = MAX_POINTS, now: float | None = None) -> TrackFile:
    """Everything in a track file. `content` is a path or the bytes; `now` (seconds since 1970) is what times are compared with.

    A zip of several track files is one file, in which each of them is a track. What is wrong within the file is a finding of the
    result. Raises `InvalidInputError` where there is nothing to give:
    unsupported_track, empty_file, file_too_large, unreadable_file, xml_doctype, xml_too_deep, too_many_points,
    too_many_waypoints, too_many_segments, and those of archives.
    """
    source = _source(content, name)
    format = recognise(source.content, source.name)
    if format is None:
        raise not_a_format("unsupported_track", source.name)
    if format == archive.FORMAT:
        return archive.combined(source.name, _members(source, max_points, now))
    return _READERS[format](source, Builder(source.name, max_points, time.time() if now is None else now))


def read_each(
    content: Path | str | bytes, name: str = "", *, max_points: int = MAX_POINTS, now: float | None = None
) -> list[Member]:
    """The same with each file of a zip by itself. A file that is no zip of tracks is the only one. Raises as `read`."""
    source = _source(content, name)
    if recognise(source.content, source.name) != archive.FORMAT:
        return [Member(source.name, read(source.content, source.name, max_points=max_points, now=now))]
    found = list(_members(source, max_points, now))
    if not found:
        raise not_a_format("unsupported_track", source.name)
    return found


def _members(source: Source, max_points: int, now: float | None) -> Iterator[Member]:
    def read_one(path: Path, name: str, left: int) -> TrackFile:
        if recognise(path, name) == archive.FORMAT:
            raise not_a_format("unsupported_track", name)
        return read(path, name, max_points=left, now=now)

    return archive.members(source, read_one, max_points)


def recognise(content: Path | str | bytes, name: str = "") -> str | None:
    """GPX, KML, KMZ, TCX, FIT, NMEA, IGC, CSV, or ZIP for several of them; None for what is no track. Only the head is read.

    A zip with one KML document is a KMZ, and so is one too damaged to say. Raises `InvalidInputError`: empty_file,
    file_too_large, xml_doctype.
    """
    source = _source(content, name)
    if not source.size:
        raise not_a_format("empty_file", source.name)
    if source.size > MAX_BYTES:
        raise refuse("file_too_large", _("“%(name)s”超过 %(mb)s MB 的上限。"), name=source.name, mb=MAX_BYTES // 1024**2)
    head = source.head()
    if head[8:12] == fit.MAGIC:
        return fit.FORMAT
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(source)
    root = safe_xml.root_of(source)
    if root:
        return _ROOTS.get(root)
    words = "".join(text_files.decoded([head], text_files.decide_text(lambda: [head]).name))
    if "\x00" in words:
        return None
    if _SENTENCE.search(words):
        return nmea.FORMAT
    if _IGC.match(words):
        return igc.FORMAT
    return csv_log.FORMAT if csv_log.recognises(source) else None


def _of_archive(source: Source) -> str | None:
    names = source.names()
    if names is None:
        return kml.KMZ
    if any(name.startswith("xl/") for name in names):
        return None
    if archive.is_one(source.name, names):
        return archive.FORMAT
    return kml.KMZ if any(name.lower().endswith(".kml") for name in names) else None


def _source(content: Path | str | bytes, name: str) -> Source:
    if isinstance(content, bytes):
        return Source(name or "track", content)
    path = Path(content)
    if not path.is_file():
        raise refuse("file_not_found", _("找不到文件“%(name)s”。"), name=str(content)[:200])
    return Source(name or path.name, path)
