"""KML (and the KML inside a KMZ), read here: the GDAL in fiona's wheel leaves out ExtendedData, where the attributes are (0031).

Nothing is followed: a NetworkLink, a style or an overlay is an address, and addresses are only counted. gx:Track is left to the
readers of tracks, which are told that there are some.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as Safe
import numpy as np
import shapely
from defusedxml import DefusedXmlException
from django.utils.translation import gettext_lazy as _

from importers.readers import xmltext
from importers.readers.errors import not_a_format, refuse
from importers.readers.table import Encoding, Note, Opened, Table
from importers.readers.vector import MAX_ROWS

MAX_DEPTH: Final = 100
MAX_COLUMNS: Final = 200
_MAX_TEXT: Final = 10_000
_COMMA: Final = re.compile(r"\s*,\s*")
_COLLECTIONS: Final = frozenset({"MultiGeometry", "MultiPolygon", "MultiLineString", "MultiPoint"})
_SHAPES: Final = frozenset({"Point", "LineString", "LinearRing", "Polygon", *_COLLECTIONS})
_FOLDERS: Final = frozenset({"Folder", "Document"})
_CONTAINERS: Final = _FOLDERS | {"kml"}


@dataclass(frozen=True)
class Read:
    """The placemarks with a shape as a table, and how many tracks (gx:Track) there are beside them."""

    table: Table
    tracks: int


class _BadShapeError(ValueError):
    pass


@dataclass
class _Gathering:
    rows: list[dict[str, str]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    unreadable: dict[int, str] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    tracks: int = 0
    links: int = 0
    has_heights: bool = False


def read(data: Opened) -> Read:
    """Rows are placemarks; columns name, description, folder and whatever ExtendedData has.

    Raises `InvalidInputError`: unreadable_file, xml_doctype, undecodable_text, too_many_rows, too_deep.
    """
    with TemporaryDirectory(prefix="yudi-read-") as folder:
        path, encoding = xmltext.in_utf_8(data.main, Path(folder), data.name)
        found = _Gathering()
        try:
            for element, trail in _elements(path, data.name):
                _take(element, trail, found, data.name)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise not_a_format("unreadable_file", data.name) from error
    return Read(_table(data, encoding, found), found.tracks)


def _elements(path: Path, name: str) -> Iterator[tuple[Element, list[str]]]:
    """Each placemark and link with the names of the folders above it; what was read is let go of."""
    above: list[Element] = []
    folders: list[tuple[int, str]] = []
    with path.open("rb") as handle:
        for event, element in Safe.iterparse(handle, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                above.append(element)
                if len(above) > MAX_DEPTH:
                    raise refuse("too_deep", _("“%(name)s”的内容嵌套超过 %(limit)s 层，不予读取。"), name=name, limit=MAX_DEPTH)
                continue
            above.pop()
            tag = _tag(element)
            if tag == "name" and above and _tag(above[-1]) in _FOLDERS:
                folders = [*((depth, words) for depth, words in folders if depth < len(above)), (len(above), _words(element))]
            elif tag in _FOLDERS:
                folders = [(depth, words) for depth, words in folders if depth <= len(above)]
            if tag in {"Placemark", "NetworkLink"}:
                # The document's own name is the name of the whole and says nothing of a row.
                yield element, [words for depth, words in folders if depth > 2]
            if above and _tag(above[-1]) in _CONTAINERS:
                above[-1].clear()


def _take(element: Element, trail: list[str], found: _Gathering, name: str) -> None:
    if _tag(element) == "NetworkLink":
        found.links += 1
        return
    if len(found.rows) >= MAX_ROWS:
        raise refuse("too_many_rows", _("“%(name)s”超过 %(limit)s 行的上限。"), name=name, limit=MAX_ROWS)
    tracks = sum(_tag(one) == "Track" for one in element.iter())
    found.tracks += tracks
    shape = next((child for child in element if _tag(child) in _SHAPES), None)
    if tracks and shape is None:
        return
    row = _attributes(element)
    if trail:
        row["folder"] = "/".join(trail)
    try:
        found.shapes.append(_shape(shape, found) if shape is not None else None)
    except (_BadShapeError, shapely.errors.GEOSException) as error:
        found.unreadable[len(found.rows)] = str(error)
        found.shapes.append(None)
    found.rows.append(row)
    for column in row:
        if len(found.columns) < MAX_COLUMNS:
            found.columns.setdefault(column)


def _table(data: Opened, encoding: Encoding, found: _Gathering) -> Table:
    shapes = np.empty(len(found.rows), dtype=object)
    shapes[:] = found.shapes
    notes = [*data.notes]
    if encoding.conflict:
        notes.append(Note("encoding_conflict", values={"declared": encoding.conflict, "actual": encoding.name}))
    if found.links:
        notes.append(Note("network_link_not_followed", values={"count": str(found.links)}))
    return Table(
        driver="KML",
        columns={name: [row.get(name, "") for row in found.rows] for name in found.columns},
        count=len(found.rows),
        encoding=encoding,
        geometry=shapes,
        unreadable=found.unreadable,
        crs="EPSG:4326",
        crs_how="kml",
        notes=notes,
        dimensions="Z" if found.has_heights else "",
    )


def _attributes(placemark: Element) -> dict[str, str]:
    row: dict[str, str] = {}
    for child in placemark:
        tag = _tag(child)
        if tag in {"name", "description"}:
            row[tag] = _words(child)
        elif tag == "ExtendedData":
            for one in child.iter():
                key = one.get("name")
                if key and _tag(one) == "Data":
                    value = next((part for part in one if _tag(part) == "value"), None)
                    row[key[:200]] = _words(value) if value is not None else ""
                elif key and _tag(one) == "SimpleData":
                    row[key[:200]] = _words(one)
    return row


def _shape(element: Element, found: _Gathering, depth: int = 0) -> Any:
    tag = _tag(element)
    if tag in _COLLECTIONS:
        if depth > 8:
            raise _BadShapeError("nested too deep")
        parts = [_shape(child, found, depth + 1) for child in element if _tag(child) in _SHAPES]
        return _together([part for part in parts if part is not None])
    if tag == "Polygon":
        shells = _rings(element, "outerBoundaryIs", found)
        return shapely.Polygon(shells[0], _rings(element, "innerBoundaryIs", found)) if shells else shapely.Polygon()
    places = _coordinates(element, found)
    if tag == "Point":
        return shapely.Point(places[0]) if len(places) else shapely.Point()
    if len(places) == 1:
        raise _BadShapeError("a line of one point")
    return shapely.LineString(places)


def _rings(polygon: Element, boundary: str, found: _Gathering) -> list[Any]:
    rings = [_coordinates(ring, found) for side in polygon if _tag(side) == boundary for ring in side if _tag(ring) == "LinearRing"]
    return [ring for ring in rings if len(ring)]


def _coordinates(element: Element, found: _Gathering) -> Any:
    """Longitude and latitude, (n, 2); heights are dropped but noted."""
    text = next((child.text or "" for child in element if _tag(child) == "coordinates"), "")
    places = []
    for token in _COMMA.sub(",", text).split():
        numbers = token.split(",")
        try:
            place = (float(numbers[0]), float(numbers[1]))
        except (ValueError, IndexError) as error:
            raise _BadShapeError(f"“{token[:40]}”") from error
        if not all(map(math.isfinite, place)):
            raise _BadShapeError(f"“{token[:40]}”")
        found.has_heights |= len(numbers) > 2
        places.append(place)
    return np.array(places).reshape(-1, 2)


def _together(parts: list[Any]) -> Any:
    kinds = {part.geom_type for part in parts}
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    if kinds == {"Point"}:
        return shapely.MultiPoint(parts)
    return shapely.GeometryCollection(parts)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _words(element: Element) -> str:
    return (element.text or "").strip()[:_MAX_TEXT]
