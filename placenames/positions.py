"""Where a position lies: the smallest division that covers it, and the townships it touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from boundaries.models import DivisionRecord, Level
from boundaries.querysets import subtree_ids
from gis.crs import CGCS2000
from placenames.models import PlaceNameRecord


def area_at(location: GEOSGeometry | None, day: date) -> int | None:
    """The lowest division of `day` whose outline covers all of `location` (EPSG:4490); None where none does.

    Where two of one level do (outlines that overlap), neither is taken and the level above is asked.
    """
    if location is None:
        return None
    rows = DivisionRecord.objects.on(day).filter(geometry__covers=location)
    by_level: dict[int, list[int]] = {}
    for level, division in rows.values_list("level", "division_id"):
        by_level.setdefault(level, []).append(division)
    return next((by_level[level][0] for level in sorted(by_level, reverse=True) if len(by_level[level]) == 1), None)


def areas_at(points: Mapping[int, tuple[float, float]], day: date) -> dict[int, int]:
    """As `area_at` for many points (key → longitude, latitude of CGCS2000), from the county downwards. One query."""
    if not points:
        return {}
    keys = list(points)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.key, r.level, min(r.division_id)
            FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) AS p (key, lon, lat)
            JOIN boundaries_divisionrecord r ON ST_Covers(r.geometry, ST_SetSRID(ST_MakePoint(p.lon, p.lat), %s))
            WHERE upper_inf(r.recorded) AND r.valid @> %s::date AND r.level >= %s
            GROUP BY p.key, r.level HAVING count(*) = 1 ORDER BY p.key, r.level
            """,
            [keys, [points[key][0] for key in keys], [points[key][1] for key in keys], CGCS2000, day, Level.COUNTY],
        )
        return {key: division for key, _level, division in cursor.fetchall()}


def townships_at(location: GEOSGeometry, within: int, day: date) -> list[int]:
    """The townships under `within` that share more than an edge with `location`; a point on an edge is in both."""
    rows = DivisionRecord.objects.on(day).filter(
        division__in=subtree_ids(within, day), level=Level.TOWNSHIP, geometry__intersects=location
    )
    found = list(rows.values_list("division_id", flat=True))
    if len(found) < 2 or location.dims == 0:
        return found
    inside = rows.exclude(geometry__touches=location).values_list("division_id", flat=True)
    return list(inside) or found


def keeper_area(record: PlaceNameRecord, day: date) -> int | None:
    """The division whose keepers keep a name: its area, else the one its position lies in (docs/decisions/0111)."""
    return record.area_id if record.area_id is not None else area_at(record.location, day)
