"""Names that everybody may see, as rows: for lists of related names, collections and open data. The latest record decides.

The same decision as `archive_subject.audience_of`, made in the database for many; a test holds both to each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction

from boundaries.models import SourceKind
from gis.crs import CGCS2000
from placenames.archive_subject import address
from placenames.rules.addresses import key_of
from placenames.rules.classes import name_of


@dataclass(frozen=True, slots=True)
class PublicName:
    """`location`: hex EWKB in EPSG:4490 or empty; `point` (longitude, latitude) to mark it by. `detail`: the record its census form
    belongs to. `source`: (title, kind) with the title left out where an officer wrote it freely.
    """

    kind: str
    number: int
    name: str
    spelling: str
    place_class: str
    code: str
    status: str
    since: date | None
    until: date | None
    begins: str
    area: int | None
    location: str
    point: tuple[float, float] | None
    detail: int | None
    source: str
    source_kind: str

    @property
    def key(self) -> str:
        return key_of(self.kind, self.number)

    @property
    def address(self) -> str:
        return address(self.key)

    @property
    def class_name(self) -> str:
        return name_of(self.place_class)

    @property
    def geometry(self) -> GEOSGeometry | None:
        return GEOSGeometry(self.location, srid=CGCS2000) if self.location else None


# Of a division only what is there today; of a place whatever is known last. Confidential: no name, whatever the record says.
_SQL = """
SELECT named.kind, number, name, spelling, place_class, code, status, since, until, begins, area, location::text,
       ST_X(mark), ST_Y(mark), detail, CASE WHEN s.kind = '{entry}' THEN '' ELSE s.title END, s.kind
FROM (
    SELECT 'P' AS kind, q.place_id AS number, q.name, q.spelling, q.place_class, q.code, q.status, lower(q.valid) AS since,
           upper(q.valid) AS until, q.begins, q.area_id AS area, q.location, ST_PointOnSurface(q.location) AS mark, q.id AS detail,
           q.source_id
    FROM (
        SELECT DISTINCT ON (r.place_id) r.* FROM placenames_placenamerecord r
        WHERE upper_inf(r.recorded) AND NOT r.names_division AND {places}
        ORDER BY r.place_id, (r.valid IS NOT NULL AND upper_inf(r.valid)) DESC, upper(r.valid) DESC NULLS LAST,
                 coalesce(upper(r.years), CASE WHEN r.years IS NULL THEN 0 ELSE 9999 END) DESC, r.id DESC
    ) q WHERE q.published AND q.secrecy = 'open'
    UNION ALL
    SELECT 'D', r.division_id, r.name, coalesce(d.spelling, ''),
           CASE r.type WHEN 'village_committee' THEN '21610' WHEN 'residents_committee' THEN '21620'
                WHEN 'statistical' THEN '' WHEN 'unknown' THEN ''
                ELSE CASE r.level WHEN 1 THEN '21200' WHEN 2 THEN '21300' WHEN 3 THEN '21400' WHEN 4 THEN '21500' ELSE '' END END,
           coalesce((SELECT c.code FROM boundaries_divisioncode c WHERE c.division_id = r.division_id AND upper_inf(c.recorded)
                     AND c.valid @> current_date ORDER BY c.authority LIMIT 1), ''),
           CASE WHEN r.type IN ('statistical', 'unknown') THEN 'in_use' ELSE 'standard' END,
           lower(r.valid), upper(r.valid), r.begins, r.parent_id, r.seat::geometry, r.seat::geometry, d.id, r.source_id
    FROM boundaries_divisionrecord r
    LEFT JOIN placenames_placename p ON p.division_id = r.division_id
    LEFT JOIN LATERAL (
        SELECT i.id, i.spelling, i.secrecy FROM placenames_placenamerecord i
        WHERE i.place_id = p.id AND upper_inf(i.recorded) AND i.valid && r.valid ORDER BY lower(i.valid) DESC NULLS LAST LIMIT 1
    ) d ON true
    WHERE upper_inf(r.recorded) AND r.valid @> current_date AND coalesce(d.secrecy, 'open') = 'open' AND {divisions}
) named JOIN boundaries_source s ON s.id = named.source_id
ORDER BY named.kind, number
"""


def public_names(places: Collection[int] = (), divisions: Collection[int] = ()) -> list[PublicName]:
    """Those of these places (of their own) and divisions that are public."""
    if not places and not divisions:
        return []
    sql = _sql("r.place_id = ANY(%(places)s)", "r.division_id = ANY(%(divisions)s)")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"places": list(places), "divisions": list(divisions)})
        return [_row(row) for row in cursor.fetchall()]


def public_names_in(areas: Collection[int] | None) -> Iterator[PublicName]:
    """All public names whose area (of a division: itself) is one of `areas`, None for everywhere. Streams: any number of them."""
    inside = "true" if areas is None else "r.area_id = ANY(%(areas)s)"
    itself = "true" if areas is None else "r.division_id = ANY(%(areas)s)"
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_sql(inside, itself), {"areas": list(areas or ())})
        while rows := cursor.fetchmany(2000):
            yield from (_row(row) for row in rows)


def _sql(places: str, divisions: str) -> str:
    return _SQL.format(entry=SourceKind.ENTRY.value, places=places, divisions=divisions)


def _row(row: tuple[Any, ...]) -> PublicName:
    kind, number, name, spelling, place_class, code, status, *times, area, location, lon, lat, detail, source, origin = row
    since, until, begins = times
    point = (lon, lat) if lon is not None else None
    named = (kind, number, name, spelling, place_class, code, status)
    return PublicName(*named, since, until, begins, area, location or "", point, detail, source, origin)
