"""What GDAL reads: Shapefile, GeoPackage, GeoJSON, TopoJSON, FlatGeobuf, GML, DXF, file geodatabase, MapInfo, dBase tables.

The module of a family makes its files ready and gathers what is declared. fiona opens first, with the one driver that the content
allows, and says what layers and reference system there are. The rows are then read by pyogrio, which hands over whole columns of
WKB where fiona makes a dictionary of each vertex.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import fiona
import numpy as np
import numpy.typing as npt
import pyogrio
import pyogrio.raw
import shapely
from django.utils.translation import gettext_lazy as _
from fiona._err import CPLE_BaseError as FionaCplError
from fiona.errors import FionaError
from pyogrio._err import CPLE_BaseError as PyogrioCplError

from gis.kept_shapes import KeptShapes
from importers.readers import drawing, gdal, geojson, geopackage, gml, mapinfo, shapefile, sniff, text
from importers.readers.errors import not_a_format, refuse
from importers.readers.prepared import Prepared
from importers.readers.table import Encoding, Note, Opened, Table

MAX_ROWS = 500_000
MAX_LAYERS = 200
# Bytes pass through ISO 8859-1 unchanged, so that the right encoding can be decided from them afterwards.
_BYTES = "ISO-8859-1"
_AT_ONCE = 10_000  # rows
_PARSED = 2_000


def _as_it_is(data: Opened, folder: Path) -> Prepared:
    return Prepared(data.main, (data.format,))


_FAMILIES: Final[dict[str, Callable[[Opened, Path], Prepared]]] = {
    sniff.SHAPEFILE: shapefile.source,
    sniff.DBF: shapefile.source,
    sniff.GEOJSON: geojson.source,
    sniff.TOPOJSON: geojson.source,
    sniff.GEOPACKAGE: geopackage.source,
    sniff.GML: gml.source,
    sniff.DXF: drawing.source,
    sniff.MAPINFO: mapinfo.source,
    sniff.FLATGEOBUF: _as_it_is,
    sniff.FILEGDB: _as_it_is,
}
FORMATS: Final = frozenset(_FAMILIES)
_WITH_LAYERS: Final = frozenset({sniff.GEOPACKAGE, sniff.FILEGDB, sniff.GML, sniff.TOPOJSON, sniff.FLATGEOBUF})
# Whose drivers find the row of a number without reading those before it.
_FROM_THE_MIDDLE: Final = frozenset({sniff.SHAPEFILE, sniff.GEOPACKAGE, sniff.FLATGEOBUF})
# RuntimeError is the base of pyogrio's own errors.
_UNREADABLE: Final = (FionaError, FionaCplError, PyogrioCplError, RuntimeError, ValueError, TypeError, OverflowError, OSError)


@contextmanager
def ready(data: Opened) -> Iterator[Prepared]:
    """The data set made ready for GDAL, while the context lasts. Raises `InvalidInputError`."""
    with TemporaryDirectory(prefix="yudi-read-") as folder:
        yield _FAMILIES[data.format](data, Path(folder))


def read(data: Opened, *, layer: str = "", encoding: str = "", known: Collection[str] = (), keep: bool = False) -> Table:
    """All rows of a layer. `layer` is needed where a file has several; `known` are names that help to decide the encoding. With
    `keep` the shapes are in `Table.kept`, and never all in memory where the format lets rows be read from the middle.

    Raises `InvalidInputError`.
    """
    with ready(data) as source:
        return read_layer(data, source, layer=layer, encoding=encoding, known=known, keep=keep)


def layers(data: Opened, source: Prepared) -> list[str]:
    """Names of the layers; [""] where the format has but one. Raises `InvalidInputError`."""
    if data.format not in _WITH_LAYERS:
        return [""]
    _identify(data, source, None)
    try:
        return [str(name) for name in fiona.listlayers(str(source.path), **source.options)][:MAX_LAYERS]
    except (*_UNREADABLE, SystemError, UnboundLocalError) as error:
        raise not_a_format("unreadable_file", data.name) from error


def read_layer(
    data: Opened, source: Prepared, *, layer: str = "", encoding: str = "", known: Collection[str] = (), keep: bool = False
) -> Table:
    """As `read`, of a data set that is ready."""
    chosen = _layer(data, source, layer) if data.format in _WITH_LAYERS else None
    driver, wkt = _identify(data, source, chosen)
    rows = _Rows(data, source, chosen, in_pieces=keep and data.format in _FROM_THE_MIDDLE)
    fields, cells, count = rows.fields, rows.cells, rows.count
    if count > MAX_ROWS:
        raise refuse("too_many_rows", _("“%(name)s”超过 %(limit)s 行的上限。"), name=data.name, limit=MAX_ROWS)
    notes = [*data.notes, *source.notes]
    found = source.encoding
    if source.bytewise:
        found, fields, cells, more = _decoded(source, fields, cells, encoding, known)
        notes += more
    elif found.conflict:
        notes.append(Note("encoding_conflict", values={"declared": found.conflict, "actual": found.name}))
    shapes = _Shapes(count, keep) if rows.has_shapes else None
    if shapes is not None:
        for start, wkb in rows.shapes():
            shapes.add(start, wkb)
    crs = source.crs or (wkt if source.crs_how != "link" else "")
    return Table(
        driver=driver,
        columns={name: _as_text(cell) for name, cell in zip(_unique(fields), cells, strict=True)},
        count=count,
        encoding=found,
        geometry=None if shapes is None else shapes.geometry,
        unreadable={} if shapes is None else shapes.unreadable,
        crs=crs if shapes is not None else "",
        crs_how=source.crs_how if shapes is not None and crs else "",
        notes=notes,
        layer=chosen or "",
        dimensions="" if shapes is None else shapes.dimensions,
        kept=None if shapes is None else shapes.kept,
    )


class _Rows:
    """What pyogrio hands over of a layer: names of fields, columns of cells, and the shapes' bytes piece by piece.

    `in_pieces`: the shapes are read anew for each piece, and never all at once. Raises `InvalidInputError`.
    """

    def __init__(self, data: Opened, source: Prepared, layer: str | None, *, in_pieces: bool) -> None:
        self._data, self._source, self._layer = data, source, layer
        meta, ids, wkb, self.cells = self._read(read_geometry=not in_pieces, return_fids=in_pieces, max_features=MAX_ROWS + 1)
        self.fields = [str(name) for name in meta["fields"]]
        self.count = len(self.cells[0]) if self.cells else len(ids) if ids is not None else 0 if wkb is None else len(wkb)
        self._ids, self._wkb = ids, wkb
        self.has_shapes = meta["geometry_type"] is not None if in_pieces else wkb is not None

    def shapes(self) -> Iterator[tuple[int, npt.NDArray[np.object_]]]:
        """The number of the first row of each piece, and the piece; whoever takes it may empty it."""
        if self._wkb is not None:
            yield 0, self._wkb
            return
        for start in range(0, self.count, _AT_ONCE):
            wanted = self._ids[start : start + _AT_ONCE]
            _meta, ids, wkb, _cells = self._read(columns=[], skip_features=start, max_features=len(wanted), return_fids=True)
            if not np.array_equal(ids, wanted):
                # A Shapefile counts rows that were deleted when it skips some, and leaves them out when it reads.
                _meta, ids, wkb, _cells = self._read(columns=[], fids=wanted, return_fids=True)
            if wkb is None or not np.array_equal(ids, wanted):
                raise not_a_format("unreadable_file", self._data.name)
            yield start, wkb

    def _read(self, **how: Any) -> tuple[dict[str, Any], Any, Any, list[Any]]:
        source = self._source
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found: tuple[dict[str, Any], Any, Any, list[Any]] = pyogrio.raw.read(
                    str(source.path),
                    layer=self._layer,
                    encoding=_BYTES if source.bytewise and not source.recoded else None,
                    **how,
                    **source.options,
                )
                return found
        except UnicodeDecodeError as error:
            raise refuse(
                "bad_encoding", _("“%(name)s”的文字不是 UTF-8 编码，GeoJSON 和 GeoPackage 必须用 UTF-8。"), name=self._data.name
            ) from error
        except _UNREADABLE as error:
            raise not_a_format("unreadable_file", self._data.name) from error


def _layer(data: Opened, source: Prepared, wanted: str) -> str:
    there = layers(data, source)
    if wanted:
        if wanted not in there:
            raise refuse("unknown_layer", _("没有图层“%(layer)s”，只有：%(layers)s。"), layer=wanted, layers="、".join(there[:20]))
        return wanted
    if len(there) != 1:
        raise refuse("several_layers", _("这里有多个图层：%(layers)s。请用 --layer 指定一个。"), layers="、".join(there[:20]))
    return there[0]


def _identify(data: Opened, source: Prepared, layer: str | None) -> tuple[str, str]:
    """Opens with the drivers the content allows and no other; which it was, and the reference system the file states, or ""."""
    options: dict[str, Any] = {"enabled_drivers": list(source.drivers), **source.options}
    if layer is not None:
        options["layer"] = layer
    if source.bytewise:
        options["encoding"] = _BYTES
    try:
        with fiona.open(str(source.path), **options) as opened:
            if opened.driver not in source.drivers:
                raise not_a_format("unsupported_format", data.name)
            return str(opened.driver), str(opened.crs_wkt or "")
    except (SystemError, UnicodeDecodeError, UnboundLocalError):
        # fiona 1.10 trips over messages of GDAL that quote text in GBK, and over a .prj that is none; the file may be good.
        return _identify_otherwise(data, source, layer)
    except _UNREADABLE as error:
        raise not_a_format("unreadable_file", data.name) from error


def _identify_otherwise(data: Opened, source: Prepared, layer: str | None) -> tuple[str, str]:
    """The same from pyogrio, whose GDAL has no other drivers either."""
    encoding = _BYTES if source.bytewise and not source.recoded else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = pyogrio.read_info(str(source.path), layer=layer, encoding=encoding, **source.options)
    except (*_UNREADABLE, SystemError, UnboundLocalError) as error:
        raise not_a_format("unreadable_file", data.name) from error
    if told["driver"] not in source.drivers:
        raise not_a_format("unsupported_format", data.name)
    return str(told["driver"]), str(told["crs"] or "")


class _Shapes:
    """Plane geometries in memory or (`keep`) in a file, what dimensions they had beside (Z, M, ZM), and for those whose bytes are
    none (an open ring, for example) what GEOS says of them.
    """

    def __init__(self, count: int, keep: bool) -> None:
        self.geometry = None if keep else np.empty(count, dtype=object)
        self.kept = KeptShapes() if keep else None
        self.unreadable: dict[int, str] = {}
        self._heights = self._measures = False

    def add(self, start: int, wkb: npt.NDArray[np.object_]) -> None:
        """The bytes are let go of as they are parsed, so that a large file is not held twice."""
        for at in range(0, len(wkb), _PARSED):
            self._add(start + at, wkb[at : at + _PARSED])
            wkb[at : at + _PARSED] = None

    def _add(self, start: int, wkb: npt.NDArray[np.object_]) -> None:
        found = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
        given = np.array([item is not None for item in wkb], dtype=bool)
        lost = np.flatnonzero(given & shapely.is_missing(found)).tolist()
        for index in lost:
            try:
                shapely.from_wkb(wkb[index])
            except shapely.errors.GEOSException as error:
                self.unreadable[start + index] = str(error)
        higher, measured = shapely.has_z(found), shapely.has_m(found)
        self._heights, self._measures = self._heights or bool(higher.any()), self._measures or bool(measured.any())
        plain = not lost
        if (higher | measured).any():
            found[higher | measured] = shapely.force_2d(found[higher | measured])
            plain = False
        if self.geometry is not None:
            self.geometry[start : start + len(wkb)] = found
        elif self.kept is not None and plain:
            self.kept.add_wkb(wkb.tolist())
        elif self.kept is not None:
            self.kept.add(found)

    @property
    def dimensions(self) -> str:
        return "Z" * self._heights + "M" * self._measures


def _decoded(
    source: Prepared, fields: list[str], cells: list[Any], asked: str, known: Collection[str]
) -> tuple[Encoding, list[str], list[Any], list[Note]]:
    """Names and cells as text, in the encoding that their bytes and what is declared agree on best."""
    names = [_raw(name) for name in fields]
    textual = [index for index, cell in enumerate(cells) if cell.dtype == object]
    raw = {index: [None if item is None else _raw(str(item)) for item in cells[index]] for index in textual}
    samples = [*names, *(item for column in raw.values() for item in column if item)]
    found = text.settle(samples, source.claims, known, asked)
    notes = [Note("encoding_conflict", values={"declared": found.conflict, "actual": found.name})] if found.conflict else []
    decoded_names = [text.decode(name, found.name)[0].strip("\x00") for name in names]
    for index in textual:
        column = []
        for row, item in enumerate(raw[index]):
            words, cut = text.decode(item, found.name) if item else ("", False)
            if cut:
                notes.append(Note("truncated_character", row + 1, decoded_names[index], {"text": words}))
            column.append(drawing.unescaped(words) if source.recoded else words)
        cells[index] = np.array(column, dtype=object)
    return found, decoded_names, cells, notes


def _raw(words: str) -> bytes:
    """The bytes that came as ISO 8859-1."""
    try:
        return words.encode(_BYTES)
    except UnicodeEncodeError:
        return words.encode("utf-8", "replace")


def _unique(names: list[str]) -> list[str]:
    """Names of columns, a repeated one with its position so that none is lost."""
    seen: set[str] = set()
    unique = []
    for position, name in enumerate(names, start=1):
        own = name if name not in seen else f"{name}#{position}"
        seen.add(own)
        unique.append(own)
    return unique


def _as_text(cell: npt.NDArray[Any]) -> list[str]:
    """Cells as a person would write them: whole numbers without a fraction, "" for nothing."""
    if cell.dtype == object:
        return ["" if item is None else item if isinstance(item, str) else str(item) for item in cell]
    if np.issubdtype(cell.dtype, np.floating):
        return [
            "" if item != item else str(int(item)) if abs(item) < 2**53 and item == int(item) else repr(item)
            for item in cell.tolist()
        ]
    return [str(item) for item in cell.tolist()]


assert set(gdal.DRIVERS) >= _FAMILIES.keys() - {sniff.DBF}  # noqa: S101  what is read here is what GDAL is held to
