"""Coordinates and lines as people type or paste them: degrees in any writing, GeoJSON, WKT, or a list of pairs."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.utils.translation import gettext as _

from gis.crs import CGCS2000, CrsError, check_geometries, resolve_crs, to_cgcs2000
from gis.crs.angles import degrees
from gis.errors import InvalidInputError

_LONGEST = 2_000_000


def place(x: str, y: str, system: str = "EPSG:4490") -> tuple[Point, float | None]:
    """A position in EPSG:4490 from two numbers in `system`, and what the conversion is good for in metres (None: nobody says).

    x is longitude or easting, y latitude or northing. Raises `InvalidInputError` for what is no number, for swapped or impossible
    coordinates, and for systems whose parameters are not public (a position good to a hundred metres is none).
    """
    try:
        known = resolve_crs(system)
    except CrsError as error:
        raise InvalidInputError("bad_system", _("没有这一坐标系。"), {"system": [_("没有这一坐标系。")]}) from error
    numbers = [degrees(text) if known.kind != "projected" else _number(text) for text in (x, y)]
    if None in numbers:
        raise InvalidInputError(
            "bad_coordinates", _("坐标不是数，也不是度分秒。"), {"x": [_("请写成 114.304042 或 114°18′14.55″")]}
        )
    if known.ballpark:
        raise InvalidInputError(
            "system_without_parameters",
            _("%(name)s 到 2000 坐标系的转换参数没有公开，不能换算；坐标只按登记表原样保存。") % {"name": known.name_zh},
            {"system": [_("不能换算")]},
        )
    moved, worth = to_cgcs2000(np.array([shapely.Point(numbers)], dtype=object), known)
    for finding in check_geometries(moved):
        if finding.severity == "error":
            raise InvalidInputError("bad_coordinates", finding.message_zh, {"x": [finding.message_zh]})
    return Point(moved[0].x, moved[0].y, srid=CGCS2000), worth.accuracy_m


def line(text: str) -> GEOSGeometry:
    """A line in EPSG:4490. Raises `InvalidInputError` (bad_line_text)."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise _wrong(_("图形太长，请用导入。"))
    try:
        shape = _shape(text)
    except (ValueError, TypeError, KeyError, IndexError, shapely.errors.ShapelyError) as error:
        raise _wrong(_("看不懂这段图形。请贴 GeoJSON、WKT，或每行一个“经度 纬度”。")) from error
    lines = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]
    if not lines or len(lines) != len(shapely.get_parts(shape)):
        raise _wrong(_("须是线。"))
    for finding in check_geometries(np.array([shape], dtype=object)):
        if finding.severity == "error":
            raise _wrong(finding.message_zh)
    return GEOSGeometry(memoryview(shapely.force_2d(shapely.MultiLineString(lines)).wkb), srid=CGCS2000)


def _shape(text: str) -> Any:
    if text.startswith("{"):
        return _of_geojson(json.loads(text))
    if re.match(r"(MULTI)?LINESTRING", text, re.IGNORECASE):
        return shapely.from_wkt(text)
    pairs = []
    for row in text.splitlines():
        cells = [cell for cell in re.split(r"[,，;；\t]|\s{1,}(?=[\d+\-NSEW北南东西])", row.strip()) if cell.strip()]
        if cells:
            lon, lat = (degrees(cell.strip()) for cell in cells[:2])
            if lon is None or lat is None:
                raise ValueError(row)
            pairs.append((lon, lat))
    return shapely.LineString(pairs)


def _of_geojson(read: Any) -> Any:
    if read.get("type") == "FeatureCollection":
        shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in read["features"] if one.get("geometry")]
        return shapely.MultiLineString([part for shape in shapes for part in shapely.get_parts(shape)])
    return shapely.from_geojson(json.dumps(read["geometry"] if read.get("type") == "Feature" else read))


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(" ", "").replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _wrong(sentence: str) -> InvalidInputError:
    return InvalidInputError("bad_line_text", sentence, {"geometry": [sentence]})
