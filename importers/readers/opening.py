"""From a path a person gave to one data set: a file, a folder with a Shapefile, or a zip with one of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from importers.readers import archives, sniff
from importers.readers.errors import not_a_format, refuse
from importers.readers.table import Opened

MAX_BYTES = 1024 * 1024 * 1024
_NEEDED = (".shx", ".dbf")
_SIDES = (".shx", ".dbf", ".prj", ".cpg")


@contextmanager
def opened(given: str | Path, layer: str = "") -> Iterator[Opened]:
    """The one data set at `given`, while the context lasts (zip files are unpacked into a folder that goes away with it).

    `layer` picks one of several data sets in a zip or a folder by its name. Raises `InvalidInputError`.
    """
    path = Path(given)
    name = path.name
    if not path.exists():
        raise refuse("file_not_found", _("找不到文件“%(name)s”。"), name=str(given)[:200])
    with TemporaryDirectory(prefix="yudi-import-") as folder:
        if path.is_dir():
            yield _shapefile(_only_shapefile(path, layer), name)
            return
        if not path.is_file():
            raise not_a_format("unsupported_format", name)
        if path.stat().st_size > MAX_BYTES:
            raise refuse("file_too_large", _("“%(name)s”超过 %(mb)s MB 的上限。"), name=name, mb=MAX_BYTES // 1024**2)
        kind = sniff.sniff(path)
        if kind is None:
            raise not_a_format("unsupported_format" if path.stat().st_size else "empty_file", name)
        if kind == sniff.SHAPEFILE:
            yield _shapefile(path, name)
        elif kind == sniff.ZIP:
            yield _from_archive(path, Path(folder), layer)
        else:
            yield Opened(kind, path, (path,), name, _digest([path]))


def _from_archive(archive: Path, folder: Path, layer: str) -> Opened:
    sets: dict[str, dict[str, archives.Entry]] = defaultdict(dict)
    for entry in archives.unpack(archive, folder):
        sets[entry.stem][entry.suffix] = entry
    found = {stem: kinds for stem, kinds in sets.items() if kinds.keys() & {".shp", ".geojson", ".json", ".gpkg", ".csv"}}
    if layer:
        found = {stem: kinds for stem, kinds in found.items() if Path(stem).name == layer} or found
    if not found:
        raise refuse("archive_without_data", _("压缩包“%(name)s”里没有可导入的数据（嵌套的压缩包不会解开）。"), name=archive.name)
    if len(found) > 1:
        raise _several([Path(stem).name for stem in found])
    stem, kinds = next(iter(found.items()))
    label = f"{archive.name}/{Path(stem).name}"
    if ".shp" in kinds:
        # Our own stem for all parts, so that the driver finds the sides.
        for suffix, entry in kinds.items():
            entry.path.rename(folder / f"data{suffix}")
        return _shapefile(folder / "data.shp", label, _digest([archive]))
    main = next(entry.path for suffix, entry in kinds.items() if suffix in {".geojson", ".json", ".gpkg", ".csv"})
    kind = sniff.sniff(main)
    if kind in (None, sniff.ZIP, sniff.SHAPEFILE):
        raise not_a_format("unsupported_format", label)
    return Opened(str(kind), main, (main,), label, _digest([archive]))


def _only_shapefile(folder: Path, layer: str) -> Path:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".shp" and path.is_file())
    if layer:
        found = [path for path in found if path.stem == layer] or found
    if not found:
        raise refuse("folder_without_shapefile", _("文件夹“%(name)s”里没有 Shapefile（.shp）。"), name=folder.name)
    if len(found) > 1:
        raise _several([path.stem for path in found])
    return found[0]


def _several(names: list[str]) -> Exception:
    return refuse(
        "several_layers",
        _("这里有多个图层：%(layers)s。请用 --layer 指定一个。"),
        layers="、".join(sorted(names)[:20]),
    )


def _shapefile(main: Path, name: str, sha256: str = "") -> Opened:
    """The parts beside a .shp, whatever the case of their extensions. Without .dbf there are no codes, without .shx no order."""
    if sniff.sniff(main) != sniff.SHAPEFILE:
        raise not_a_format("unreadable_file", name)
    sides = {path.suffix.lower(): path for path in sorted(main.parent.iterdir()) if path.stem == main.stem and path != main}
    if missing := [suffix for suffix in _NEEDED if suffix not in sides]:
        raise refuse("shapefile_incomplete", _("Shapefile“%(name)s”缺少 %(missing)s 文件。"), name=name, missing="、".join(missing))
    parts = (main, *(sides[suffix] for suffix in _SIDES if suffix in sides))
    return Opened(sniff.SHAPEFILE, main, parts, name, sha256 or _digest(parts))


def _digest(parts: tuple[Path, ...] | list[Path]) -> str:
    """SHA-256 of a file; of a Shapefile, the digest of its parts' digests, so that a copy under another name is the same."""
    digests = []
    for path in parts:
        with path.open("rb") as handle:
            digests.append(hashlib.file_digest(handle, "sha256"))
    if len(digests) == 1:
        return digests[0].hexdigest()
    together = hashlib.sha256()
    for path, digest in zip(parts, digests, strict=True):
        together.update(path.suffix.lower().encode() + digest.digest())
    return together.hexdigest()
