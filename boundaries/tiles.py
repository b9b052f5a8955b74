"""Vector tiles of the divisions: one SQL statement a tile.

Layers: the areas of each level shown (`province` … `village`, see boundaries.map_levels), `border` (each boundary line once,
`level` its rank), `seat` (where the seat of government is) and `label` (a point inside the area to write the name at). A feature's
id is its division's. Attributes of areas: name, level, type, code, grade, parent, tint; of points: name, level, type, `alone` where
no area is known, of labels also `seated` where there is a seat to write the name beside; of borders: level, grade.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from boundaries.map_levels import EXTENT, LEVELS, MAX_ZOOM, areas_at, band, grid_zoom, names_at
from boundaries.models import Level, MapRevision
from boundaries.services.map_shapes import period_start

_EDITION = re.compile(r"[0-9a-f]{12}-(start|\d{4}-\d{2}-\d{2})")
BEFORE_ALL = date(1900, 1, 1)
# Of the tile's 4096: half a border's width beyond the edge, so that a line is not cut where two tiles meet.
BUFFER = 128


@dataclass(frozen=True)
class Edition:
    """Which map a day shows: the remaking of the shapes, and the first day of the period in which nothing on it changes."""

    revision: str
    period: date | None

    def __str__(self) -> str:
        return f"{self.revision}-{self.period or 'start'}"


def edition_of(day: date) -> Edition:
    rows = list(MapRevision.objects.order_by("level"))
    # The moment belongs to it: a database made anew counts from one again, and the cache of tiles may outlive it.
    made = "|".join(f"{row.level}:{row.revision}:{row.remade_at.timestamp()}" for row in rows)
    days = sorted({point for row in rows for point in row.breakpoints})
    return Edition(hashlib.sha256(made.encode()).hexdigest()[:12], period_start(days, day))


def edition_for(text: str, day: date) -> str:
    """`text` if it is written like the edition of the period that `day` begins, as addresses of our own maps are; else empty.

    Days before everything known are written as `BEFORE_ALL`.
    """
    match = _EDITION.fullmatch(text)
    return text if match and (match[1] == day.isoformat() or (match[1] == "start" and day == BEFORE_ALL)) else ""


def is_address(zoom: int, x: int, y: int) -> bool:
    return 0 <= zoom <= MAX_ZOOM and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom


def tile(day: date, zoom: int, x: int, y: int, chosen: Level | None = None) -> bytes:
    """The tile as Mapbox Vector Tile 2.1; empty where nothing lies. `chosen` is the finest level whatever the zoom."""
    levels, parameters = question(day, zoom, x, y, chosen)
    with connection.cursor() as cursor:
        cursor.execute(statement(*levels), parameters)
        return bytes(cursor.fetchone()[0])


def question(
    day: date, zoom: int, x: int, y: int, chosen: Level | None = None
) -> tuple[tuple[tuple[Level, ...], tuple[Level, ...], bool], dict[str, Any]]:
    """What `statement` wants to know of a tile, and the parameters to run it with."""
    areas, names = areas_at(zoom, chosen), names_at(zoom, chosen)
    parameters: dict[str, Any] = {
        "z": zoom,
        "x": x,
        "y": y,
        "day": day,
        "band": band(zoom)[0],
        "names": [int(level) for level in names],
        "finest": max(areas, default=Level.PROVINCE),
    }
    return (tuple(areas), tuple(sorted({*areas, *names})), zoom == grid_zoom(band(zoom))), parameters


@lru_cache
def statement(areas: tuple[Level, ...], levels: tuple[Level, ...], on_grid: bool) -> str:
    """The statement for a tile with the areas of some levels and the points of all `levels`.

    `on_grid`: the band's areas lie on this zoom's grid already. Those wholly within the tile then need no cutting and no mending,
    which is most of the work of a far zoom; they are only moved.

    Values are parameters but for numbers of levels, names of layers and the constants above, all from the table of levels.
    """
    here = " UNION ALL ".join(_HERE % {"level": int(level)} for level in levels)
    geometry = _MOVED if on_grid else _CUT
    layers = [_AREAS % {"layer": LEVELS[level].layer, "level": int(level), "geometry": geometry} for level in areas]
    return _TILE % {"here": here or _NOWHERE, "layers": " || ".join([*layers, _BORDERS, _SEATS, _LABELS])}


# The box once for looking up (with the buffer's width around) and once for cutting; MATERIALIZED, so that each is worked out once.
_TILE = f"""
WITH tile AS MATERIALIZED (
    SELECT ST_TileEnvelope(%%(z)s, %%(x)s, %%(y)s) AS box,
           ST_TileEnvelope(%%(z)s, %%(x)s, %%(y)s, margin => {BUFFER / EXTENT}) AS reach,
           {EXTENT} / (ST_XMax(ST_TileEnvelope(%%(z)s, %%(x)s, %%(y)s)) - ST_XMin(ST_TileEnvelope(%%(z)s, %%(x)s, %%(y)s))) AS scale
), here AS MATERIALIZED (%(here)s)
SELECT %(layers)s
"""
# One level at a time and in the column's own type, so that the index is entered by level, band and place.
_HERE = """
SELECT shape.* FROM boundaries_mapshape shape, tile
WHERE level = %(level)s::smallint AND min_zoom = %%(band)s::smallint AND geometry && tile.reach AND valid @> %%(day)s::date
"""
_NOWHERE = "SELECT * FROM boundaries_mapshape WHERE false"
_CUT = f"ST_AsMVTGeom(geometry, tile.box, {EXTENT}, {BUFFER})"
_MOVED = f"""
CASE WHEN geometry @ tile.reach
     THEN ST_SnapToGrid(ST_TransScale(geometry, -ST_XMin(tile.box), -ST_YMax(tile.box), tile.scale, -tile.scale), 1)
     ELSE {_CUT} END
"""
# ST_AsMVT passes over features without a geometry; asking for it here would cut every polygon twice.
_AREAS = f"""
coalesce((
    SELECT ST_AsMVT(feature, '%(layer)s', {EXTENT}, 'geom', 'id') FROM (
        SELECT division_id AS id, name, level, type, code, grade, parent_id AS parent, tint,
               %(geometry)s AS geom
        FROM here, tile WHERE level = %(level)s AND GeometryType(geometry) <> 'POINT'
    ) feature HAVING count(*) > 0), '')
"""
_BORDERS = f"""
coalesce((
    SELECT ST_AsMVT(feature, 'border', {EXTENT}, 'geom') FROM (
        SELECT rank AS level, grade, ST_AsMVTGeom(geometry, tile.box, {EXTENT}, {BUFFER}) AS geom
        FROM boundaries_mapborder, tile
        WHERE min_zoom = %(band)s::smallint AND geometry && tile.reach AND rank <= %(finest)s AND valid @> %(day)s::date
    ) feature HAVING count(*) > 0), '')
"""
# Points have no buffer, so that a name belongs to one tile; the largest units come first, they win where names collide.
_SEATS = f"""
coalesce((
    SELECT ST_AsMVT(feature, 'seat', {EXTENT}, 'geom', 'id') FROM (
        SELECT division_id AS id, name, level, type, GeometryType(geometry) = 'POINT' AS alone,
               ST_AsMVTGeom(seat, tile.box, {EXTENT}, 0) AS geom
        FROM here, tile WHERE level = ANY(%(names)s) AND seat && tile.box
        ORDER BY level, ST_Area(geometry) DESC, division_id
    ) feature HAVING count(*) > 0), '')
"""
_LABELS = f"""
coalesce((
    SELECT ST_AsMVT(feature, 'label', {EXTENT}, 'geom', 'id') FROM (
        SELECT division_id AS id, name, level, type, GeometryType(geometry) = 'POINT' AS alone, seat IS NOT NULL AS seated,
               ST_AsMVTGeom(label_point, tile.box, {EXTENT}, 0) AS geom
        FROM here, tile WHERE level = ANY(%(names)s) AND label_point && tile.box
        ORDER BY level, ST_Area(geometry) DESC, division_id
    ) feature HAVING count(*) > 0), '')
"""
