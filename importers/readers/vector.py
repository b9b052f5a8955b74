"""GeoJSON, GeoPackage and Shapefile.

fiona opens first, with the one driver that the content allows, and says what layers, fields and reference system there are.
The rows are then read by pyogrio, which hands over whole columns of WKB where fiona makes a dictionary of each vertex.
"""

from __future__ import annotations

import logging
import re
import warnings
from pathlib import Path
from typing import Any

import fiona
import numpy as np
import numpy.typing as npt
import pyogrio.raw
import shapely
from django.utils.translation import gettext as _
from fiona.errors import FionaError
from pyogrio.errors import DataLayerError, DataSourceError

from importers.readers import sniff, text
from importers.readers.errors import not_a_format, refuse
from importers.readers.table import Encoding, Note, Opened, Table

# What GDAL has to say of a bad file is said by our own errors.
logging.getLogger("fiona").setLevel(logging.CRITICAL)

MAX_ROWS = 500_000
# Bytes pass through ISO 8859-1 unchanged, so that the right encoding can be decided from them afterwards.
_BYTES = "ISO-8859-1"
_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(\{|null)')
_EDGE_BYTES = 64 * 1024


def read(data: Opened, *, layer: str = "", encoding: str = "") -> Table:
    """All rows of a layer. `layer` is needed where a GeoPackage has several. Raises `InvalidInputError`."""
    bytewise = data.format == sniff.SHAPEFILE
    chosen = _layer(data, layer) if data.format == sniff.GEOPACKAGE else None
    crs = _identify(data, chosen, bytewise)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _ids, wkb, cells = pyogrio.raw.read(
                str(data.main), layer=chosen, encoding=_BYTES if bytewise else None, force_2d=True, max_features=MAX_ROWS + 1
            )
    except UnicodeDecodeError as error:
        raise refuse(
            "bad_encoding", _("“%(name)s”的文字不是 UTF-8 编码，GeoJSON 和 GeoPackage 必须用 UTF-8。"), name=data.name
        ) from error
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise not_a_format("unreadable_file", data.name) from error
    fields = [str(name) for name in meta["fields"]]
    count = len(cells[0]) if cells else len(wkb) if wkb is not None else 0
    if count > MAX_ROWS:
        raise refuse("too_many_rows", _("“%(name)s”超过 %(limit)s 行的上限。"), name=data.name, limit=MAX_ROWS)
    notes = list(data.notes)
    found = Encoding(text.UTF_8, "standard")
    if bytewise:
        found, fields, cells, more = _decoded(data, fields, cells, encoding)
        notes += more
    geometry, unreadable = _geometries(wkb) if wkb is not None else (None, {})
    return Table(
        driver=data.format,
        columns={name: _as_text(cell) for name, cell in zip(fields, cells, strict=True)},
        count=count,
        encoding=found,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_how=_crs_how(data, crs) if geometry is not None else "",
        notes=notes,
        layer=chosen or "",
    )


def _layer(data: Opened, wanted: str) -> str:
    try:
        layers = fiona.listlayers(str(data.main))
    except (FionaError, ValueError) as error:
        raise not_a_format("unreadable_file", data.name) from error
    if wanted:
        if wanted not in layers:
            raise refuse("unknown_layer", _("没有图层“%(layer)s”，只有：%(layers)s。"), layer=wanted, layers="、".join(layers[:20]))
        return wanted
    if len(layers) != 1:
        raise refuse("several_layers", _("这里有多个图层：%(layers)s。请用 --layer 指定一个。"), layers="、".join(layers[:20]))
    return str(layers[0])


def _identify(data: Opened, layer: str | None, bytewise: bool) -> str:
    """Opens with the driver the content allows and no other; the reference system the file states, or ""."""
    options: dict[str, Any] = {"enabled_drivers": [data.format]}
    if layer is not None:
        options["layer"] = layer
    if bytewise:
        options["encoding"] = _BYTES
    try:
        with fiona.open(str(data.main), **options) as source:
            if source.driver != data.format:
                raise not_a_format("unsupported_format", data.name)
            wkt = str(source.crs_wkt or "")
    except (FionaError, ValueError, UnicodeDecodeError) as error:
        raise not_a_format("unreadable_file", data.name) from error
    side = next((part for part in data.parts if part.suffix.lower() == ".prj"), None)
    return side.read_bytes()[:20_000].decode("utf-8", "replace") if side is not None else wkt


def _crs_how(data: Opened, crs: str) -> str:
    """GeoJSON without a `crs` member is WGS 84 by RFC 7946; GDAL says so without telling that nobody said it."""
    if not crs:
        return ""
    return "rfc7946" if data.format == sniff.GEOJSON and not _has_crs_member(data.main) else "file"


def _has_crs_member(path: Path) -> bool:
    with path.open("rb") as handle:
        head = handle.read(_EDGE_BYTES)
        handle.seek(max(0, path.stat().st_size - _EDGE_BYTES))
        return bool(_CRS_MEMBER.search(head) or _CRS_MEMBER.search(handle.read(_EDGE_BYTES)))


def _geometries(wkb: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], dict[int, str]]:
    """Geometries, and for those whose bytes are none (an open ring, for example) what GEOS says of them."""
    geometry = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    unreadable = {}
    given = np.array([item is not None for item in wkb], dtype=bool)
    for index in np.flatnonzero(given & shapely.is_missing(geometry)):
        try:
            shapely.from_wkb(wkb[index])
        except shapely.errors.GEOSException as error:
            unreadable[int(index)] = str(error)
    return geometry, unreadable


def _decoded(data: Opened, fields: list[str], cells: list[Any], asked: str) -> tuple[Encoding, list[str], list[Any], list[Note]]:
    """Names and cells of a .dbf as text, in the encoding that its bytes, .cpg and language driver agree on best."""
    names = [name.encode(_BYTES, "replace") for name in fields]
    textual = [index for index, cell in enumerate(cells) if cell.dtype == object]
    raw = {index: [None if item is None else str(item).encode(_BYTES, "replace") for item in cells[index]] for index in textual}
    samples = set(names) | {item for column in raw.values() for item in column if item}
    declared, how = _declared(data)
    found = text.decide(samples, declared, how, asked)
    notes = [Note("encoding_conflict", values={"declared": found.conflict, "actual": found.name})] if found.conflict else []
    decoded_names = [text.decode(name, found.name)[0] for name in names]
    for index in textual:
        column = []
        for row, item in enumerate(raw[index]):
            words, cut = text.decode(item, found.name) if item else ("", False)
            if cut:
                notes.append(Note("truncated_character", row + 1, decoded_names[index], {"text": words}))
            column.append(words)
        cells[index] = np.array(column, dtype=object)
    return found, decoded_names, cells, notes


def _declared(data: Opened) -> tuple[str, str]:
    for part in data.parts:
        if part.suffix.lower() == ".cpg" and (name := text.encoding_named(part.read_bytes()[:40].decode("ascii", "replace"))):
            return name, "cpg"
    table = next(part for part in data.parts if part.suffix.lower() == ".dbf")
    with table.open("rb") as handle:
        header = handle.read(32)
    name = text.LANGUAGE_DRIVERS.get(header[29]) if len(header) == 32 else None
    return (name, "ldid") if name else ("", "")


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
