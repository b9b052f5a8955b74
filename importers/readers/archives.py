"""Zip files, unpacked with a bound on everything that can be made large, and never by the names they carry."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from importers.readers.errors import refuse

MAX_ENTRIES = 1_000
MAX_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 100
RATIO_FREE_BYTES = 10 * 1024 * 1024  # below this size a high ratio is harmless
WANTED = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".gpkg", ".csv", ".kml"}
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


def unpack(archive: Path, target: Path) -> list[Entry]:
    """Writes the entries that may be part of a data set into `target`, under names of our own.

    Raises `InvalidInputError`: bad_archive, archive_unsafe_name, archive_link, archive_encrypted, archive_too_many,
    archive_too_large.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
            _check(infos)
            return [
                _write(opened, info, name, target, number)
                for number, (info, name) in enumerate((info, _name(info)) for info in infos if not info.is_dir())
                if PurePosixPath(name).suffix.lower() in WANTED and not name.startswith("__MACOSX/")
            ]
    except _DAMAGED as error:
        raise refuse("bad_archive", _("压缩包“%(name)s”损坏或不是 zip 文件。"), name=archive.name) from error


def _check(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_ENTRIES:
        raise refuse(
            "archive_too_many", _("压缩包里有 %(count)s 个文件，超过 %(limit)s 个的上限。"), count=len(infos), limit=MAX_ENTRIES
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
    if sum(info.file_size for info in infos) > MAX_BYTES:
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


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, target: Path, number: int) -> Entry:
    pure = PurePosixPath(name.replace("\\", "/"))
    suffix = pure.suffix.lower()
    path = target / f"{number}{suffix}"
    written = 0
    with opened.open(info) as source, path.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > info.file_size:  # the directory of the archive lied
                raise refuse("archive_too_large", _("压缩包里的“%(name)s”解压后异常巨大，不予解压。"), name=name[:80])
            sink.write(chunk)
    return Entry(name=pure.name, stem=str(pure.with_suffix("")), suffix=suffix, path=path)
