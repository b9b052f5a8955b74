"""From a path a person gave to the data sets there: a file, a folder, or a zip with one or several of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.utils.translation import gettext_lazy as _

from importers.readers import archives, sniff
from importers.readers.archives import Entry
from importers.readers.errors import not_a_format, refuse
from importers.readers.table import Opened

MAX_BYTES = 1024 * 1024 * 1024
MAX_FOLDER_ENTRIES = 2_000
# What a list of divisions may come as.
LISTS: Final = frozenset({sniff.GEOJSON, sniff.GEOPACKAGE, sniff.SHAPEFILE, sniff.CSV})

_NEEDED = (".shx", ".dbf")
# Main file and the parts beside it that its driver reads.
_FAMILIES: Final = (
    (".shp", (".shx", ".dbf", ".prj", ".cpg")),
    (".tab", (".dat", ".map", ".id", ".ind")),
    (".mif", (".mid",)),
    (".dbf", (".cpg",)),
)
_SINGLE: Final = (
    ".geojson", ".json", ".topojson", ".gpkg", ".csv", ".tsv", ".kml", ".gml", ".dxf", ".fgb", ".gdb", ".gpx", ".tcx", ".fit",
    ".nmea", ".igc", ".xlsx",
)  # fmt: skip


@contextmanager
def opened(given: str | Path, layer: str = "") -> Iterator[Opened]:
    """The one list of divisions at `given`, while the context lasts (what comes out of a zip goes away with it).

    `layer` picks one of several data sets in a zip or a folder by its name. Raises `InvalidInputError`.
    """
    path = _checked(given)
    with TemporaryDirectory(prefix="yudi-import-") as folder:
        if path.is_dir():
            found = [one for one in _gathered(_listed(path), Path(folder)) if one.main.suffix.lower() == ".shp"]
            if not found:
                raise refuse("folder_without_shapefile", _("文件夹“%(name)s”里没有 Shapefile（.shp）。"), name=path.name)
            chosen = _one_of(found, layer)
            yield finished(chosen, path.name)
            return
        kind = sniff.sniff(path)
        if kind == sniff.ZIP:
            wanted = {".shp", ".geojson", ".json", ".gpkg", ".csv"}
            entries = archives.unpack(path, Path(folder))
            sets = [one for one in _gathered(entries, Path(folder)) if one.main.suffix.lower() in wanted]
            if not sets:
                raise refuse(
                    "archive_without_data",
                    _("压缩包“%(name)s”里没有可导入的数据（嵌套的压缩包不会解开）。"),
                    name=path.name,
                )
            chosen = _one_of(sets, layer)
            yield finished(chosen, f"{path.name}/{chosen.stem}", digest([path]), LISTS)
        elif kind in LISTS:
            yield finished(_Found(path, _beside(path), path.stem), path.name)
        else:
            raise not_a_format("unsupported_format" if path.stat().st_size else "empty_file", path.name)


@contextmanager
def everything(given: str | Path) -> Iterator[list[Opened]]:
    """All data sets at `given` of any kind, archives inside archives too. Raises `InvalidInputError`.

    A data set that cannot be used is left for its reader to refuse, so that one bad file hides no other.
    """
    path = _checked(given)
    with TemporaryDirectory(prefix="yudi-import-") as folder:
        kind = sniff.sniff(path)
        if kind == sniff.ZIP:
            sets = _gathered(archives.unpack(path, Path(folder), depth=archives.MAX_DEPTH), Path(folder))
            if not sets:
                raise refuse(
                    "archive_without_data", _("压缩包“%(name)s”里没有可导入的数据（嵌套的压缩包不会解开）。"), name=path.name
                )
            yield [_described(one, f"{path.name}/{one.stem}") for one in sets]
        elif path.is_dir() and kind is None:
            sets = _gathered(_listed(path), Path(folder))
            if not sets:
                raise refuse("folder_without_data", _("文件夹“%(name)s”里没有能识别的数据文件。"), name=path.name)
            yield [_described(one, one.main.name) for one in sets]
        else:
            yield [_described(_Found(path, _beside(path), path.stem), path.name)]


def _checked(given: str | Path) -> Path:
    path = Path(given)
    try:
        exists = path.exists()
    except (OSError, ValueError):  # a name the file system cannot hold
        exists = False
    if not exists:
        raise refuse("file_not_found", _("找不到文件“%(name)s”。"), name=str(given)[:200])
    if path.is_dir():
        return path
    if not path.is_file():
        raise not_a_format("unsupported_format", path.name)
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise not_a_format("unreadable_file", path.name) from error
    if size > MAX_BYTES:
        raise refuse("file_too_large", _("“%(name)s”超过 %(mb)s MB 的上限。"), name=path.name, mb=MAX_BYTES // 1024**2)
    return path


# --- what belongs together --------------------------------------------------------------------------------------------


class _Found:
    """The files of one data set: the main one, those beside it, and its name."""

    def __init__(self, main: Path, sides: Sequence[Path], stem: str) -> None:
        self.main, self.sides, self.stem = main, sides, stem


def _gathered(entries: Iterable[Entry], folder: Path) -> list[_Found]:
    """Entries grouped into data sets. What was unpacked into `folder` gets a folder and a stem of its own, so that a driver finds
    the parts beside the main file and nothing else.
    """
    groups: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        groups[entry.stem].setdefault(entry.suffix, entry)
    found: list[_Found] = []
    for stem, kinds in sorted(groups.items()):
        name = Path(stem).name
        left = dict(kinds)
        for suffix, sides in _FAMILIES:
            if suffix in left and not (suffix == ".dbf" and ".shp" in kinds):
                taken = [left.pop(one) for one in (suffix, *sides) if one in left]
                found.append(_placed(taken, name, folder, len(found)))
        found += [_placed([left[one]], name, folder, len(found) + at) for at, one in enumerate(_SINGLE) if one in left]
    if not found:
        # A text beside data is usually a note; alone it may be the data.
        texts = [kinds[".txt"] for _stem, kinds in sorted(groups.items()) if ".txt" in kinds]
        found = [_placed([entry], Path(entry.stem).name, folder, at) for at, entry in enumerate(texts) if sniff.sniff(entry.path)]
    return found


def _placed(parts: list[Entry], name: str, folder: Path, number: int) -> _Found:
    if folder not in parts[0].path.parents:
        return _Found(parts[0].path, [entry.path for entry in parts[1:]], name)
    own = folder / f"set{number}"
    own.mkdir(exist_ok=True)
    moved = [entry.path.rename(own / f"data{entry.suffix}") for entry in parts]
    return _Found(moved[0], moved[1:], name)


def _listed(folder: Path) -> list[Entry]:
    """The files directly in a folder (and geodatabases, which are folders); links are passed over."""
    found = []
    try:
        for path in sorted(folder.iterdir())[:MAX_FOLDER_ENTRIES]:
            suffix = path.suffix.lower()
            if not path.is_symlink() and (path.is_dir() if suffix == ".gdb" else path.is_file()):
                found.append(Entry(path.name, path.stem, suffix, path))
    except OSError as error:
        raise refuse("folder_unreadable", _("文件夹“%(name)s”没有权限读取。"), name=folder.name) from error
    return found


def _beside(main: Path) -> list[Path]:
    """The parts beside a main file, whatever the case of their extensions."""
    sides = dict(_FAMILIES).get(main.suffix.lower(), ())
    if not sides and sniff.sniff(main) == sniff.SHAPEFILE:
        sides = _FAMILIES[0][1]
    if not sides:
        return []
    there = {path.suffix.lower(): path for path in sorted(main.parent.iterdir()) if path.stem == main.stem and path.is_file()}
    return [there[suffix] for suffix in sides if suffix in there and there[suffix] != main]


def _one_of(found: list[_Found], layer: str) -> _Found:
    chosen = [one for one in found if one.stem == layer] or found if layer else found
    if len(chosen) > 1:
        raise refuse(
            "several_layers",
            _("这里有多个图层：%(layers)s。请用 --layer 指定一个。"),
            layers="、".join(sorted(one.stem for one in chosen)[:20]),
        )
    return chosen[0]


# --- what it is -------------------------------------------------------------------------------------------------------


def finished(found: _Found, name: str, sha256: str = "", formats: Collection[str] = LISTS) -> Opened:
    """A data set of one of `formats`, complete. Raises `InvalidInputError`."""
    data = _described(found, name, sha256)
    if data.format not in formats:
        raise not_a_format("unreadable_file" if found.main.suffix.lower() == ".shp" else "unsupported_format", name)
    complete(data)
    return data


def complete(data: Opened) -> None:
    """A Shapefile without .dbf has no codes, without .shx no order. Raises `InvalidInputError`: shapefile_incomplete."""
    if data.format != sniff.SHAPEFILE:
        return
    there = {part.suffix.lower() for part in data.parts}
    if missing := [suffix for suffix in _NEEDED if suffix not in there]:
        raise refuse(
            "shapefile_incomplete", _("Shapefile“%(name)s”缺少 %(missing)s 文件。"), name=data.name, missing="、".join(missing)
        )


def _described(found: _Found, name: str, sha256: str = "") -> Opened:
    parts = (found.main, *found.sides)
    return Opened(sniff.sniff(found.main) or "", found.main, parts, name, sha256 or digest(parts), stem=found.stem)


def digest(parts: Sequence[Path]) -> str:
    """SHA-256 of a file; of a Shapefile, the digest of its parts' digests, so that a copy under another name is the same."""
    digests = []
    for path in parts:
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            with file.open("rb") as handle:
                digests.append((file.suffix.lower(), hashlib.file_digest(handle, "sha256")))
    if len(digests) == 1:
        return digests[0][1].hexdigest()
    together = hashlib.sha256()
    for suffix, digest in digests:
        together.update(suffix.encode() + digest.digest())
    return together.hexdigest()
