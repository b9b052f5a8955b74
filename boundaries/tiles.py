"""Vector tiles of the divisions: one SQL statement a tile.

Layers: the areas of each level shown (`province` … `village`, see boundaries.map_levels), `border` (each boundary line once,
`level` its rank), `seat` (where the seat of government is) and `label` (a point inside the area to write the name at). A feature's
id is its division's. Attributes of areas: name, level, type, code, grade, parent, tint; of points: name, level, type, `alone` where
no area is known, of labels also `seated` where there is a seat to write the name beside; of borders: level, grade.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

from boundaries.map_levels import EXTENT, LEVELS, MAX_ZOOM, areas_at, band, grid_zoom, names_at
from boundaries.models import Level
from boundaries.services.map_shapes import period_start

_EDITION = re.compile(r"[0-9a-f]{12}-(start|\d{4}-\d{2}-\d{2})")
BEFORE_ALL = date(1900, 1, 1)
# What the shapes were last made from, as text; a part of the statement for a tile, so that both are of one moment.
_REVISIONS = """(
    SELECT coalesce(jsonb_agg(jsonb_build_array(level, revision, remade_at, breakpoints) ORDER BY level), '[]')::text
    FROM boundaries_maprevision)"""
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
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_REVISIONS}")
        return _edition(cursor.fetchone()[0], day)


def _edition(revisions: str, day: date) -> Edition:
    """`revisions` as `_REVISIONS` gives them."""
    # The moment of remaking is in them: a database made anew counts from one again, and the cache of tiles may outlive it.
    days = sorted({date.fromisoformat(point) for row in json.loads(revisions) for point in row[3]})
    return Edition(hashlib.sha256(revisions.encode()).hexdigest()[:12], period_start(days, day))


def edition_for(text: str, day: date) -> str:
    """`text` if it is written like the edition of the period that `day` begins, as addresses of our own maps are; else empty.

    Days before everything known are written as `BEFORE_ALL`.
    """
    match = _EDITION.fullmatch(text)
    return text if match and (match[1] == day.isoformat() or (match[1] == "start" and day == BEFORE_ALL)) else ""


def is_address(zoom: int, x: int, y: int) -> bool:
    return 0 <= zoom <= MAX_ZOOM and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom


def tile(day: date, zoom: int, x: int, y: int, chosen: Level | None = None) -> tuple[Edition, bytes]:
    """The tile as Mapbox Vector Tile 2.1 and the edition it is of; empty where nothing lies.

    `chosen` is the finest level whatever the zoom.
    """
    about, parameters = question(day, zoom, x, y, chosen)
    with connection.cursor() as cursor:
        cursor.execute(*_ready(cursor, statement(*about), parameters))
        body, revisions = cursor.fetchone()
        return _edition(revisions, day), bytes(body)


# The connections' own prepared statements: planning costs more than most near tiles.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_TYPES = {"z": "int", "x": "int", "y": "int", "day": "date", "band": "smallint", "finest": "smallint"}


def _ready(cursor: Any, text: str, parameters: dict[str, Any]) -> tuple[str, Any]:
    """What to execute: `text` as prepared on this connection, or itself behind a pool that shares connections.

    Django knows such a pool by ``DISABLE_SERVER_SIDE_CURSORS``.
    """
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return text, parameters
    name = f"tile_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    known = _prepared.setdefault(connection.connection, set())
    if name not in known:
        places = {parameter: f"${number}" for number, parameter in enumerate(_TYPES, start=1)}
        cursor.execute(f"PREPARE {name} ({', '.join(_TYPES.values())}) AS {text % places}")
        known.add(name)
    return f"EXECUTE {name} ({', '.join(['%s'] * len(_TYPES))})", [parameters[parameter] for parameter in _TYPES]


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
        "finest": int(max(areas, default=Level.PROVINCE)),
    }
    return (tuple(areas), tuple(names), zoom == grid_zoom(band(zoom))), parameters


@lru_cache
def statement(areas: tuple[Level, ...], names: tuple[Level, ...], on_grid: bool) -> str:
    """The statement for a tile with the areas of some levels and the seats and names of others: the tile and `_REVISIONS`.

    `on_grid`: the band's areas lie on this zoom's grid already. Those wholly within the tile then need no cutting and no mending,
    which is most of the work of a far zoom; they are only moved.

    Values are parameters but for numbers of levels, names of layers and the constants above, all from the table of levels.
    """
    geometry = _MOVED if on_grid else _CUT
    layers = [_AREAS % {"layer": LEVELS[level].layer, "level": int(level), "geometry": geometry} for level in areas]
    layers.append(_BORDERS)
    if names:
        layers += [_SEATS, _LABELS]
    points = " UNION ALL ".join(_POINTS % {"level": int(level)} for level in names)
    return _TILE % {"points": f", point AS MATERIALIZED ({points})" if names else "", "layers": " || ".join(layers)}


# The box once for looking up (with the buffer's width around) and once for cutting; MATERIALIZED, so that each is worked out once.
_TILE = f"""
WITH square AS MATERIALIZED (
    SELECT ST_TileEnvelope(%%(z)s, %%(x)s, %%(y)s) AS box,
           ST_TileEnvelope(%%(z)s, %%(x)s, %%(y)s, margin => {BUFFER / EXTENT}) AS reach
), tile AS MATERIALIZED (
    SELECT box, reach, -ST_XMin(box) AS east, -ST_YMax(box) AS north, {EXTENT} / (ST_XMax(box) - ST_XMin(box)) AS scale FROM square
)%(points)s
SELECT %(layers)s, {_REVISIONS}
"""
_CUT = f"ST_AsMVTGeom(geometry, tile.box, {EXTENT}, {BUFFER})"
_MOVED = f"""
CASE WHEN geometry @ tile.reach
     THEN ST_SnapToGrid(ST_TransScale(geometry, tile.east, tile.north, tile.scale, -tile.scale), 1)
     ELSE {_CUT} END
"""
# One level at a time and numbers in the columns' own types, so that the index is entered by level, band and place.
# ST_AsMVT passes over features without a geometry; asking for it here would cut every polygon twice.
_AREAS = f"""
coalesce((
    SELECT ST_AsMVT(feature, '%(layer)s', {EXTENT}, 'geom', 'id') FROM (
        SELECT division_id AS id, name, level, type, code, grade, parent_id AS parent, tint, %(geometry)s AS geom
        FROM boundaries_mapshape, tile
        WHERE level = %(level)s::smallint AND min_zoom = %%(band)s::smallint AND geometry && tile.reach
              AND valid @> %%(day)s::date AND GeometryType(geometry) <> 'POINT'
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
_POINTS = """
SELECT division_id AS id, name, level, type, GeometryType(geometry) = 'POINT' AS alone, seat, label_point, ST_Area(geometry) AS area
FROM boundaries_mapshape, tile
WHERE level = %(level)s::smallint AND min_zoom = %%(band)s::smallint AND geometry && tile.box AND valid @> %%(day)s::date
"""
# Points have no buffer, so that a name belongs to one tile; the largest units come first, they win where names collide.
_SEATS = f"""
coalesce((
    SELECT ST_AsMVT(feature, 'seat', {EXTENT}, 'geom', 'id') FROM (
        SELECT id, name, level, type, alone, ST_AsMVTGeom(seat, tile.box, {EXTENT}, 0) AS geom
        FROM point, tile WHERE seat && tile.box ORDER BY level, area DESC, id
    ) feature HAVING count(*) > 0), '')
"""
_LABELS = f"""
coalesce((
    SELECT ST_AsMVT(feature, 'label', {EXTENT}, 'geom', 'id') FROM (
        SELECT id, name, level, type, alone, seat IS NOT NULL AS seated,
               ST_AsMVTGeom(label_point, tile.box, {EXTENT}, 0) AS geom
        FROM point, tile WHERE label_point && tile.box ORDER BY level, area DESC, id
    ) feature HAVING count(*) > 0), '')
"""
