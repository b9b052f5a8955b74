"""Checks of a file before it is kept. Each is small and looks at one thing; a purpose lists those it wants."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext as _

from gis.errors import InvalidInputError
from gis.files import sniff


@dataclass(frozen=True)
class Candidate:
    """A file that somebody brings: its bytes (seekable), its cleaned name, its type as sniffed."""

    handle: IO[bytes]
    name: str
    media_type: str
    size: int

    @property
    def extension(self) -> str:
        return PurePath(self.name).suffix.lower().lstrip(".")


Validator = Callable[[Candidate], None]

# Extension → what its content may turn out to be.
EXPECTED: dict[str, frozenset[str]] = {
    "pdf": frozenset({sniff.PDF}),
    "png": frozenset({sniff.PNG}),
    "jpg": frozenset({sniff.JPEG}),
    "jpeg": frozenset({sniff.JPEG}),
    "tif": frozenset({sniff.TIFF}),
    "tiff": frozenset({sniff.TIFF}),
    "docx": frozenset({sniff.DOCX}),
    "xlsx": frozenset({sniff.XLSX}),
    "pptx": frozenset({sniff.PPTX}),
    "ofd": frozenset({sniff.OFD}),
    "doc": frozenset({sniff.OLD_OFFICE}),
    "xls": frozenset({sniff.OLD_OFFICE}),
    "wps": frozenset({sniff.OLD_OFFICE, sniff.DOCX}),
    "et": frozenset({sniff.OLD_OFFICE, sniff.XLSX}),
    "mp3": frozenset({sniff.MP3}),
    "wav": frozenset({sniff.WAV}),
    "zip": frozenset({sniff.ZIP}),
    "gpkg": frozenset({sniff.GEOPACKAGE}),
    "shp": frozenset({sniff.SHAPEFILE}),
    "geojson": frozenset({sniff.GEOJSON, sniff.JSON}),
    "json": frozenset({sniff.JSON, sniff.GEOJSON}),
    "kml": frozenset({sniff.KML}),
    "gpx": frozenset({sniff.GPX}),
    "csv": frozenset({sniff.TEXT}),
    "txt": frozenset({sniff.TEXT, sniff.JSON, sniff.XML}),
    "toml": frozenset({sniff.TEXT, sniff.JSON}),
}


def not_empty(candidate: Candidate) -> None:
    if candidate.size == 0:
        raise InvalidInputError("empty_file", _("文件“%(name)s”是空的。") % {"name": candidate.name})


@dataclass(frozen=True)
class ExtensionAllowed:
    """Only these extensions, given in lower case without the dot."""

    extensions: Collection[str]

    def __call__(self, candidate: Candidate) -> None:
        if candidate.extension not in self.extensions:
            raise InvalidInputError(
                "file_kind_not_accepted",
                _("这里不接受“%(name)s”这类文件，可以用：%(kinds)s。")
                % {"name": candidate.name, "kinds": _("、").join(f".{kind}" for kind in sorted(self.extensions))},
            )


def extension_tells_the_truth(candidate: Candidate) -> None:
    """A file whose name promises another content than it has is not taken: neither people nor programs would open it as meant."""
    expected = EXPECTED.get(candidate.extension)
    if expected is not None and candidate.media_type not in expected:
        raise InvalidInputError(
            "content_not_as_named",
            _("“%(name)s”的内容不是 .%(extension)s 文件，请检查文件是否选错或已损坏。")
            % {"name": candidate.name, "extension": candidate.extension},
        )


@dataclass(frozen=True)
class ArchiveSound:
    """A zip (or a document that is one inside) that unpacks without damage and within bounds, with no path leading out of it."""

    max_entries: int = 10_000
    max_unpacked: int = 2 * 1024**3
    max_ratio: int = 200

    def __call__(self, candidate: Candidate) -> None:
        if candidate.media_type not in {sniff.ZIP, sniff.DOCX, sniff.XLSX, sniff.PPTX, sniff.OFD}:
            return
        damaged = InvalidInputError("archive_damaged", _("“%(name)s”已损坏，打不开。") % {"name": candidate.name})
        try:
            with zipfile.ZipFile(candidate.handle) as archive:
                self._within_bounds(candidate, archive.infolist())
                if archive.testzip() is not None:
                    raise damaged
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise damaged from error
        finally:
            candidate.handle.seek(0)

    def _within_bounds(self, candidate: Candidate, entries: list[zipfile.ZipInfo]) -> None:
        unpacked = sum(entry.file_size for entry in entries)
        if (
            len(entries) > self.max_entries
            or unpacked > max(self.max_ratio * candidate.size, 1024**2)
            or unpacked > self.max_unpacked
        ):
            raise InvalidInputError("archive_too_large", _("“%(name)s”解压后过大，没有接收。") % {"name": candidate.name})
        for entry in entries:
            parts = PurePath(entry.filename.replace("\\", "/")).parts
            if ".." in parts or entry.filename.startswith(("/", "\\")):
                raise InvalidInputError(
                    "archive_path_escapes", _("“%(name)s”里有指向文件外部的路径，没有接收。") % {"name": candidate.name}
                )
            if entry.flag_bits & 0x1:
                raise InvalidInputError("archive_encrypted", _("“%(name)s”有密码，请去掉密码后再上传。") % {"name": candidate.name})


def no_macros(candidate: Candidate) -> None:
    """Documents with macros are not taken: they run programs on the machine of whoever opens them."""
    if candidate.media_type not in {sniff.DOCX, sniff.XLSX, sniff.PPTX}:
        return
    try:
        with zipfile.ZipFile(candidate.handle) as archive:
            has_macros = any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    finally:
        candidate.handle.seek(0)
    if has_macros:
        raise InvalidInputError(
            "document_has_macros", _("“%(name)s”带有宏，请另存为不含宏的文件后再上传。") % {"name": candidate.name}
        )


# Papers of an application: what offices write, scan and photograph.
OFFICE_PAPER = (
    not_empty,
    ExtensionAllowed(("pdf", "ofd", "doc", "docx", "wps", "xls", "xlsx", "et", "png", "jpg", "jpeg", "tif", "tiff", "zip")),
    extension_tells_the_truth,
    ArchiveSound(),
    no_macros,
)
