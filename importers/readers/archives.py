"""Zip files (and KMZ, which is one), unpacked with a bound on everything that can be made large, never by the names they carry."""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_lazy as _

from importers.readers.errors import refuse

MAX_ENTRIES = 1_000
MAX_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 100
MAX_DEPTH = 2
RATIO_FREE_BYTES = 10 * 1024 * 1024  # below this size a high ratio is harmless
WANTED = frozenset({
    ".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".topojson", ".gpkg", ".csv", ".tsv", ".txt", ".kml", ".gml",
    ".dxf", ".fgb", ".tab", ".dat", ".map", ".id", ".ind", ".mif", ".mid", ".gpx", ".tcx", ".fit", ".nmea", ".nma", ".igc", ".log",
    ".xlsx",
})  # fmt: skip
NESTED = frozenset({".zip", ".kmz"})
_GDB_ENTRY = re.compile(r"(?:a[0-9a-f]{8}\.[a-z0-9_.]{1,40}|gdb|timestamps)", re.IGNORECASE)
_CHUNK = 1024 * 1024
# What zipfile lets through of its own and of the decompressors' errors when an archive is damaged.
_DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError,
    OSError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One useful entry: its name for people, folder and stem for telling data sets apart, and where it was written."""

    name: str
    stem: str
    suffix: str
    path: Path


@dataclass
class _Budget:
    """What all archives inside each other may still use together."""

    entries: int = MAX_ENTRIES
    bytes: int = MAX_BYTES
    number: Iterator[int] = field(default_factory=lambda: iter(range(10 * MAX_ENTRIES)))


def unpack(archive: Path, target: Path, *, depth: int = 0) -> list[Entry]:
    """Writes the entries that may be part of a data set into `target`, under names of our own.

    `depth` is how many archives inside archives are opened. A file geodatabase becomes one entry, the folder.
    Raises `InvalidInputError`: bad_archive, archive_unsafe_name, archive_link, archive_encrypted, archive_too_many,
    archive_too_large.
    """
    return _unpack(archive, archive.name, target, min(depth, MAX_DEPTH), _Budget(), prefix="")


def _unpack(archive: Path, label: str, target: Path, depth: int, budget: _Budget, prefix: str) -> list[Entry]:
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
            _check(infos, budget)
            found: list[Entry] = []
            geodatabases: dict[str, Path] = {}
            for info, name in ((info, _name(info)) for info in infos if not info.is_dir()):
                pure = PurePosixPath(name.replace("\\", "/"))
                suffix = pure.suffix.lower()
                if name.startswith("__MACOSX/"):
                    continue
                if pure.parent.suffix.lower() == ".gdb":
                    _geodatabase(opened, info, pure, target, geodatabases, found, budget, prefix)
                elif suffix in WANTED or suffix in NESTED:
                    path = target / f"{next(budget.number)}{suffix}"
                    if suffix in NESTED and not depth:
                        continue
                    _write(opened, info, name, path, budget)
                    if suffix in NESTED:
                        found += _unpack(path, pure.name, target, depth - 1, budget, f"{prefix}{pure}/")
                        path.unlink()
                    else:
                        found.append(Entry(pure.name, f"{prefix}{pure.with_suffix('')}", suffix, path))
            return found
    except _DAMAGED as error:
        raise refuse("bad_archive", _("压缩包“%(name)s”损坏或不是 zip 文件。"), name=label) from error


def names_of(archive: Path) -> list[str]:
    """The names in an archive, for telling what it is; [] for a damaged one."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return [_name(info) for info in opened.infolist()[:MAX_ENTRIES]]
    except _DAMAGED:
        return []


def _geodatabase(
    opened: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    pure: PurePosixPath,
    target: Path,
    folders: dict[str, Path],
    found: list[Entry],
    budget: _Budget,
    prefix: str,
) -> None:
    """A file geodatabase is a folder whose files find each other by name; only names of that kind are taken."""
    if not _GDB_ENTRY.fullmatch(pure.name):
        return
    key = str(pure.parent)
    if key not in folders:
        folders[key] = target / f"{next(budget.number)}.gdb"
        folders[key].mkdir()
        found.append(Entry(pure.parent.name, f"{prefix}{pure.parent.with_suffix('')}", ".gdb", folders[key]))
    _write(opened, info, str(pure), folders[key] / pure.name.lower(), budget)


def _check(infos: list[zipfile.ZipInfo], budget: _Budget) -> None:
    budget.entries -= len(infos)
    if budget.entries < 0:
        raise refuse(
            "archive_too_many",
            _("压缩包里有 %(count)s 个文件，超过 %(limit)s 个的上限。"),
            count=MAX_ENTRIES - budget.entries,
            limit=MAX_ENTRIES,
        )
    for info in infos:
        name = _name(info)
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":") or "\x00" in name:
            raise refuse("archive_unsafe_name", _("压缩包里有指向包外的路径“%(name)s”，不予解压。"), name=name[:80])
        if stat.S_ISLNK(info.external_attr >> 16):
            raise refuse("archive_link", _("压缩包里有符号链接“%(name)s”，不予解压。"), name=name[:80])
        if info.flag_bits & 0x1:
            raise refuse("archive_encrypted", _("压缩包加了密码，请先解开再导入。"))
        if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise refuse("archive_too_large", _("压缩包里的“%(name)s”解压后异常巨大，不予解压。"), name=name[:80])
    if sum(info.file_size for info in infos) > budget.bytes:
        raise refuse("archive_too_large", _("压缩包解压后超过 %(mb)s MB 的上限。"), mb=MAX_BYTES // 1024**2)


def _name(info: zipfile.ZipInfo) -> str:
    """Without the UTF-8 flag Windows writes names in the local code page, which zipfile reads as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, path: Path, budget: _Budget) -> None:
    written = 0
    with opened.open(info) as source, path.open("xb") as sink:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > info.file_size:  # the directory of the archive lied
                raise refuse("archive_too_large", _("压缩包里的“%(name)s”解压后异常巨大，不予解压。"), name=name[:80])
            sink.write(chunk)
    budget.bytes -= written
