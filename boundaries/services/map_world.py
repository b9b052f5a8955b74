"""Reads what the map of one level is made from: records with something to draw, their codes, and what lies above them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection

from boundaries.services.map_layers import hex_of
from gis.crs import CGCS2000, interior_point, project_to_mercator

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Day = date | None


@dataclass(frozen=True)
class Span:
    """Days from `since` (None: from ever) to before `until` (None: for ever)."""

    since: Day = None
    until: Day = None

    def __bool__(self) -> bool:
        return self.since is None or self.until is None or self.since < self.until

    def holds(self, day: Day) -> bool:
        """Whether `day` lies in it; None is the time before every day."""
        if day is None:
            return self.since is None
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def meet(self, other: Span) -> Span | None:
        since = max((day for day in (self.since, other.since) if day is not None), default=None)
        until = min((day for day in (self.until, other.until) if day is not None), default=None)
        both = Span(since, until)
        return both if both else None

    def hull(self, other: Span) -> Span:
        since = None if self.since is None or other.since is None else min(self.since, other.since)
        until = None if self.until is None or other.until is None else max(self.until, other.until)
        return Span(since, until)

    def __str__(self) -> str:
        return f"[{self.since or ''},{self.until or ''})"


ALWAYS = Span()


@dataclass(frozen=True)
class Record:
    """What is drawn of a record, but for its geometry."""

    id: int
    division: int
    parent: int | None
    name: str
    type: str
    grade: str
    span: Span


@dataclass(frozen=True)
class World:
    """Records of one level with something to draw, in the order of their divisions; arrays (n,), EPSG:3857, None where unknown."""

    level: int
    records: list[Record]
    polygons: Geometries
    labels: list[str | None]
    seats: list[str | None]
    codes: dict[int, list[tuple[Span, str]]]

    @cached_property
    def areal(self) -> npt.NDArray[np.bool_]:
        return np.asarray(~shapely.is_missing(self.polygons))

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east, north, a metre wider than the polygons; NaN where there is none. (n, 4)"""
        return np.asarray(shapely.bounds(self.polygons) + np.array((-1.0, -1.0, 1.0, 1.0)))

    @cached_property
    def of_division(self) -> dict[int, list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for index, record in enumerate(self.records):
            found[record.division].append(index)
        return found

    def code(self, division: int, day: Day) -> str:
        """The legal code where there is one, else the statistical one (authorities come sorted)."""
        return next((code for span, code in self.codes.get(division, ()) if span.holds(day)), "")


_DRAWN = "upper_inf(r.recorded) AND r.level = %s AND (r.geometry IS NOT NULL OR r.seat IS NOT NULL)"


def read_world(level: int, records: Collection[int] | None = None) -> World:
    """The records of a level that are held today; of those with these ids only."""
    rows = _select(
        f"""
        SELECT r.id, r.division_id, r.parent_id, r.name, r.type, r.grade, lower(r.valid) AS since, upper(r.valid) AS until,
               ST_AsBinary(r.geometry) AS geometry, ST_AsBinary(r.seat) AS seat
        FROM boundaries_divisionrecord r
        WHERE {_DRAWN} {"" if records is None else "AND r.id = ANY(%s)"}
        ORDER BY r.division_id, lower(r.valid) NULLS FIRST
        """,
        [level] if records is None else [level, list(records)],
    )
    polygons, seats = geometries(row["geometry"] for row in rows), geometries(row["seat"] for row in rows)
    labels = interior_point(polygons)
    seat_only = shapely.is_missing(labels)
    labels[seat_only] = seats[seat_only]
    return World(
        level,
        [
            Record(
                row["id"],
                row["division_id"],
                row["parent_id"],
                row["name"],
                row["type"],
                row["grade"],
                Span(row["since"], row["until"]),
            )
            for row in rows
        ],
        project_to_mercator(polygons),
        hex_of(project_to_mercator(labels)),
        hex_of(project_to_mercator(seats)),
        _codes(level, None if records is None else {row["division_id"] for row in rows}),
    )


def _codes(level: int, divisions: Collection[int] | None) -> dict[int, list[tuple[Span, str]]]:
    where, parameters = ("c.division_id = ANY(%s)", list(divisions)) if divisions is not None else (
        f"c.division_id IN (SELECT r.division_id FROM boundaries_divisionrecord r WHERE {_DRAWN})", level
    )  # fmt: skip
    codes: defaultdict[int, list[tuple[Span, str]]] = defaultdict(list)
    for row in _select(
        f"""
        SELECT c.division_id, c.code, lower(c.valid) AS since, upper(c.valid) AS until
        FROM boundaries_divisioncode c WHERE upper_inf(c.recorded) AND {where} ORDER BY c.authority, c.code
        """,
        [parameters],
    ):
        codes[row["division_id"]].append((Span(row["since"], row["until"]), row["code"]))
    return codes


def records_of(level: int, divisions: Collection[int]) -> set[int]:
    """Ids of the records that a level draws of these divisions."""
    rows = _select(
        f"SELECT r.id FROM boundaries_divisionrecord r WHERE {_DRAWN} AND r.division_id = ANY(%s)", [level, list(divisions)]
    )
    return {row["id"] for row in rows}


def records_in(level: int, boxes: Floats, span: Span) -> dict[int, tuple[float, float, float, float]]:
    """Records of a level whose polygons' bounds meet any of the boxes (n, 4), EPSG:3857, at some time: their own bounds by id."""
    if not len(boxes):
        return {}
    degrees = _degrees(boxes)
    rows = _select(
        f"""
        SELECT DISTINCT r.id, ST_XMin(r.geometry) AS west, ST_YMin(r.geometry) AS south, ST_XMax(r.geometry) AS east,
               ST_YMax(r.geometry) AS north
        FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS box (west, south, east, north)
        JOIN boundaries_divisionrecord r ON r.geometry && ST_MakeEnvelope(box.west, box.south, box.east, box.north, {CGCS2000})
        WHERE upper_inf(r.recorded) AND r.level = %s AND r.valid && %s::daterange
        """,
        [*(degrees[:, side].tolist() for side in range(4)), level, str(span)],
    )
    own = metres(np.array([[row["west"], row["south"], row["east"], row["north"]] for row in rows]).reshape(-1, 4))
    return {row["id"]: tuple(box) for row, box in zip(rows, own.tolist(), strict=True)}


def _degrees(boxes: Floats) -> Floats:
    """Boxes of Web Mercator in degrees, a little wider."""
    radius = 6378137.0
    lon, lat = np.degrees(boxes[:, ::2] / radius), np.degrees(2 * np.arctan(np.exp(boxes[:, 1::2] / radius)) - np.pi / 2)
    return np.column_stack((lon[:, 0], lat[:, 0], lon[:, 1], lat[:, 1])) + np.array((-1.0, -1.0, 1.0, 1.0)) * 2e-5


def metres(boxes: Floats) -> Floats:
    """Boxes in degrees as boxes of Web Mercator, a metre wider: x and y are projected apart and keep their order."""
    corners = [project_to_mercator(shapely.points(boxes[:, side : side + 2])) for side in (0, 2)]
    low, high = (shapely.get_coordinates(points) for points in corners)
    return np.asarray(np.hstack((low - 1.0, high + 1.0)))


# --- what lies above ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Upper:
    """A record above the level, as far as boundary lines depend on it."""

    division: int
    parent: int | None
    level: int
    span: Span
    polygon: shapely.Geometry | None


def read_above(level: int, parents: Iterable[int] | None = None) -> list[Upper]:
    """Records of the levels above `level`; given `parents`, those of these divisions and of all that were ever above them."""
    if parents is None:
        return _upper("r.level < %s", [level])
    found: list[Upper] = []
    known: set[int] = set()
    asked = set(parents)
    while asked:
        known |= asked
        more = _upper("r.level < %s AND r.division_id = ANY(%s)", [level, list(asked)])
        found += more
        asked = {one.parent for one in more if one.parent is not None} - known
    return found


def _upper(condition: str, parameters: list[Any]) -> list[Upper]:
    rows = _select(
        f"""
        SELECT r.division_id, r.parent_id, r.level, lower(r.valid) AS since, upper(r.valid) AS until,
               ST_AsBinary(r.geometry) AS geometry
        FROM boundaries_divisionrecord r WHERE upper_inf(r.recorded) AND {condition} ORDER BY r.division_id
        """,
        parameters,
    )
    polygons = project_to_mercator(geometries(row["geometry"] for row in rows))
    return [
        Upper(row["division_id"], row["parent_id"], row["level"], Span(row["since"], row["until"]), polygon)
        for row, polygon in zip(rows, polygons, strict=True)
    ]


def breakpoints(level: int) -> list[date]:
    """The days on which a level's map may change: its own records and codes, and the records above it, which rank its lines."""
    rows = _select(
        f"""
        WITH own AS MATERIALIZED (SELECT r.division_id, r.valid FROM boundaries_divisionrecord r WHERE {_DRAWN}), span AS (
            SELECT valid FROM own
            UNION ALL
            SELECT c.valid FROM boundaries_divisioncode c
            WHERE upper_inf(c.recorded) AND c.division_id IN (SELECT division_id FROM own)
            UNION ALL
            SELECT r.valid FROM boundaries_divisionrecord r WHERE upper_inf(r.recorded) AND r.level < %s
        )
        SELECT day FROM (SELECT lower(valid) AS day FROM span UNION SELECT upper(valid) FROM span) days
        WHERE day IS NOT NULL AND EXISTS (SELECT FROM own) ORDER BY day
        """,
        [level, level],
    )
    return [row["day"] for row in rows]


def breakpoints_after(level: int, held: list[date], noted: Mapping[int, Span]) -> list[date]:
    """`breakpoints` once these divisions have changed, from what they were before; everything is read only where a day may be gone.

    `noted`: for each division the days that anything of it was written of.
    """
    rows = _select(
        """
        WITH own AS MATERIALIZED (
            SELECT r.division_id, r.valid, r.level, upper_inf(r.recorded) AS now,
                   upper_inf(r.recorded) AND r.level = %s AND (r.geometry IS NOT NULL OR r.seat IS NOT NULL) AS drawn
            FROM boundaries_divisionrecord r WHERE r.division_id = ANY(%s) AND r.level <= %s
        )
        SELECT lower(valid) AS since, upper(valid) AS until, drawn OR (now AND level < %s) AS counts FROM own
        UNION ALL
        SELECT lower(c.valid), upper(c.valid), upper_inf(c.recorded) AND EXISTS (
            SELECT FROM own WHERE own.division_id = c.division_id AND own.drawn)
        FROM boundaries_divisioncode c WHERE c.division_id = ANY(%s)
        """,
        [level, list(noted), level, level, list(noted)],
    )
    ever = {day for row in rows for day in (row["since"], row["until"])}
    ever |= {day for span in noted.values() for day in (span.since, span.until)}
    now = {day for row in rows if row["counts"] for day in (row["since"], row["until"]) if day is not None}
    if not held or (ever & set(held)) - now:
        return breakpoints(level)
    return sorted({*held, *now})


def geometries(column: Iterable[Any]) -> Geometries:
    """Well-known binary as geometries, (n,)."""
    values = list(column)
    wkb = np.empty(len(values), dtype=object)
    wkb[:] = values
    return np.asarray(shapely.from_wkb(wkb), dtype=object)


def _select(statement: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
