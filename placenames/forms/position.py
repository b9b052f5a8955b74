"""A position as people type or draw it: a point, a line or an area, one “经度 纬度” per row."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _

from boundaries.forms import place_text
from gis.crs import CGCS2000, check_geometries
from gis.crs.angles import degrees
from gis.errors import InvalidInputError

POINT, LINE, AREA = "point", "line", "area"
SHAPES: Final = (POINT, LINE, AREA)
_LONGEST: Final = 2_000_000


def read_position(text: str, shape: str = "") -> GEOSGeometry | None:
    """`text` as a geometry in EPSG:4490; None where there is none. shape: one of `SHAPES`, else one row is a point, more a line.

    An area is closed by itself. Nothing is repaired: an outline that crosses itself is refused with the place where it does.
    GeoJSON and WKT are read too. Raises `InvalidInputError` that names `coordinates`.
    """
    rows = [row for row in re.split(r"[;；\r\n]+", text) if row.strip()]
    if not rows:
        return None
    written = re.match(r"\s*(\{|(MULTI)?(LINESTRING|POLYGON)\b)", text, re.IGNORECASE) is not None
    try:
        if shape == AREA:
            return _area(text, rows, written)
        if written or shape == LINE or (len(rows) > 1 and shape != POINT):
            if not written and len(rows) < 2:
                raise InvalidInputError("bad_location", _("线至少要两行坐标。"))
            return place_text.line(text.strip() if written else "\n".join(rows))
        if len(rows) > 1:
            raise InvalidInputError("bad_location", _("点只要一行坐标；多行请选“线”或“面”。"))
        cells = [cell for cell in re.split(r"[,，\s]+", rows[0].strip()) if cell]
        return place_text.place(cells[0], cells[1] if len(cells) > 1 else "")[0]
    except InvalidInputError as error:
        words = str(error.message)
        raise InvalidInputError("bad_location", words, {"coordinates": [words]}) from error


def _area(text: str, rows: list[str], written: bool) -> GEOSGeometry:
    if len(text) > _LONGEST:
        raise InvalidInputError("bad_location", _("图形太长，请用导入。"))
    shape = _written_area(text.strip()) if written else _ring(rows)
    if not shape.is_valid:
        told = re.search(r"\[(-?[\d.]+) (-?[\d.]+)\]", shapely.is_valid_reason(shape))
        where = f"（{float(told[1]):.6f} {float(told[2]):.6f}）" if told else ""
        raise InvalidInputError("bad_location", _("面的边线自己相交%(where)s，请改后再存。") % {"where": where})
    for finding in check_geometries(np.array([shape], dtype=object)):
        if finding.severity == "error":
            raise InvalidInputError("bad_location", finding.message_zh)
    return GEOSGeometry(memoryview(shapely.force_2d(shape).wkb), srid=CGCS2000)


def _ring(rows: list[str]) -> shapely.Polygon:
    corners = []
    for row in rows:
        cells = [cell for cell in re.split(r"[,，\s]+", row.strip()) if cell]
        lon, lat = (degrees(cell) for cell in cells[:2]) if len(cells) > 1 else (None, None)
        if lon is None or lat is None:
            raise InvalidInputError("bad_location", _("看不懂坐标“%(row)s”。") % {"row": row.strip()[:40]})
        corners.append((lon, lat))
    if len(set(corners)) < 3:
        raise InvalidInputError("bad_location", _("面至少要三个不同的点。"))
    return shapely.Polygon(corners)


def _written_area(text: str) -> Any:
    try:
        if text.startswith("{"):
            told = json.loads(text)
            shape = shapely.from_geojson(json.dumps(told["geometry"] if told.get("type") == "Feature" else told))
        else:
            shape = shapely.from_wkt(text)
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        raise InvalidInputError("bad_location", _("看不懂这段图形。请贴 GeoJSON、WKT，或每行一个“经度 纬度”。")) from error
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise InvalidInputError("bad_location", _("须是面。"))
    return shape


def position_as_text(location: GEOSGeometry | None) -> str:
    """What `read_position` reads with `shape_of`; empty for what has several parts or holes."""
    if location is None:
        return ""
    told = json.loads(location.geojson)
    corners: Any = told["coordinates"]
    if told["type"] == "Point":
        corners = [corners]
    elif told["type"] == "MultiLineString" and len(corners) == 1:
        corners = corners[0]
    elif told["type"] == "Polygon" and len(corners) == 1:
        corners = corners[0][:-1]
    elif told["type"] != "LineString":
        return ""
    return "\n".join(f"{x:.6f} {y:.6f}" for x, y, *_rest in corners)


def shape_of(location: GEOSGeometry | None) -> str:
    """One of `SHAPES`; a point where nothing is known yet."""
    if location is None or location.dims == 0:
        return POINT
    return LINE if location.dims == 1 else AREA
