"""Makes what the map draws from the records: shapes, boundary lines and the days on which they change.

Derived data, replaced whole level by level inside one transaction, so it is not audited; the records it comes from are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from boundaries.map_levels import bands_of
from boundaries.models import Level, MapRevision
from boundaries.services.map_layers import Above, LevelOnDay, on_grid
from gis.coverage.edges import NOBODY, Edges, colour
from gis.crs import WEB_MERCATOR, interior_point, project_to_mercator

Geometries = npt.NDArray[np.object_]

_LOCK = 0x9D01  # one remaking at a time; any number that nothing else of ours locks
_SHAPE_COLUMNS = (
    "record_id, division_id, level, min_zoom, max_zoom, valid, name, type, code, grade, parent_id, tint, "
    "geometry, label_point, seat"
)
_BORDER_COLUMNS = "level, rank, min_zoom, max_zoom, valid, grade, geometry"


@dataclass
class Rebuilt:
    """What a remaking made; counts of rows."""

    shapes: dict[int, int] = field(default_factory=dict)
    borders: dict[int, int] = field(default_factory=dict)


def rebuild_levels(levels: Iterable[int] | Literal["all"] = "all") -> Rebuilt:
    """Makes the map shapes of `levels` anew from the records held today, and those of every level below.

    The levels below are made too because a boundary line is drawn once, at the highest level it bounds. Call it inside the
    transaction that changed records, or after it.
    """
    wanted = [int(level) for level in (Level if levels == "all" else levels)]
    made = Rebuilt()
    if not wanted:
        return made
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for level in range(min(wanted), max(Level) + 1):
            units = _read(level)
            cursor.execute("DELETE FROM boundaries_mapshape WHERE level = %s", [level])
            cursor.execute("DELETE FROM boundaries_mapborder WHERE level = %s", [level])
            days = _Breakpoints(level)
            shapes, borders = _Spans(), _Spans()
            _make(units, days, shapes, borders)
            made.shapes[level] = _copy(cursor, "boundaries_mapshape", _SHAPE_COLUMNS, shapes.rows())
            made.borders[level] = _copy(cursor, "boundaries_mapborder", _BORDER_COLUMNS, borders.rows())
            MapRevision.objects.get_or_create(level=level)
            MapRevision.objects.filter(level=level).update(
                revision=F("revision") + 1, breakpoints=days.days, remade_at=timezone.now()
            )
        cursor.execute("ANALYZE boundaries_mapshape, boundaries_mapborder")
    return made


# --- reading ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Units:
    """Records of one level with something to draw; arrays (n,). Geometry is EPSG:3857, None where there is none."""

    level: Level
    rows: list[dict[str, Any]]
    polygons: Geometries
    labels: Geometries
    seats: Geometries

    def on(self, day: date | None) -> list[int]:
        """Positions of the records in force on `day` (None: before every breakpoint)."""
        return [index for index, row in enumerate(self.rows) if _holds(row["since"], row["until"], day)]


def _holds(since: date | None, until: date | None, day: date | None) -> bool:
    if day is None:
        return since is None
    return (since is None or since <= day) and (until is None or day < until)


def _read(level: int) -> _Units:
    rows = _select(
        """
        SELECT id, division_id, parent_id, name, type, grade, lower(valid) AS since, upper(valid) AS until,
               ST_AsBinary(geometry) AS geometry, ST_AsBinary(seat) AS seat
        FROM boundaries_divisionrecord
        WHERE upper_inf(recorded) AND level = %s AND (geometry IS NOT NULL OR seat IS NOT NULL)
        ORDER BY division_id, id
        """,
        [level],
    )
    polygons, seats = _geometries(rows, "geometry"), _geometries(rows, "seat")
    labels = interior_point(polygons)
    seat_only = shapely.is_missing(labels)
    labels[seat_only] = seats[seat_only]
    return _Units(Level(level), rows, project_to_mercator(polygons), project_to_mercator(labels), project_to_mercator(seats))


def _geometries(rows: list[dict[str, Any]], column: str) -> Geometries:
    """The column of well-known binary as geometries (n,); taken out of the rows."""
    wkb = np.empty(len(rows), dtype=object)
    wkb[:] = [row.pop(column) for row in rows]
    return np.asarray(shapely.from_wkb(wkb), dtype=object)


def _select(statement: str, parameters: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class _Breakpoints:
    """The days on which a level's map may change: its own records and codes, and the records above it, which rank its lines."""

    def __init__(self, level: int) -> None:
        self._codes: dict[int, list[tuple[date | None, date | None, str]]] = defaultdict(list)
        for row in _select(
            """
            SELECT c.division_id, c.code, lower(c.valid) AS since, upper(c.valid) AS until
            FROM boundaries_divisioncode c
            WHERE upper_inf(c.recorded) AND c.division_id IN (
                SELECT division_id FROM boundaries_divisionrecord
                WHERE upper_inf(recorded) AND level = %s AND (geometry IS NOT NULL OR seat IS NOT NULL))
            ORDER BY c.authority, c.code
            """,
            [level],
        ):
            self._codes[row["division_id"]].append((row["since"], row["until"], row["code"]))
        self._above = _select(
            """
            SELECT division_id, parent_id, level, lower(valid) AS since, upper(valid) AS until, ST_AsBinary(geometry) AS geometry
            FROM boundaries_divisionrecord WHERE upper_inf(recorded) AND level < %s
            """,
            [level],
        )
        self._polygons_above = project_to_mercator(_geometries(self._above, "geometry"))
        own = _select(
            """
            SELECT lower(valid) AS since, upper(valid) AS until FROM boundaries_divisionrecord
            WHERE upper_inf(recorded) AND level = %s AND (geometry IS NOT NULL OR seat IS NOT NULL)
            """,
            [level],
        )
        bounds = [(row["since"], row["until"]) for row in (*own, *self._above)]
        bounds += [(since, until) for codes in self._codes.values() for since, until, _code in codes]
        self.days: list[date] = sorted({day for pair in bounds for day in pair if day is not None}) if own else []

    def periods(self) -> Iterator[tuple[date | None, date | None]]:
        edges = [None, *self.days, None]
        yield from pairwise(edges)

    def code(self, division: int, day: date | None) -> str:
        """The legal code where there is one, else the statistical one (authorities come sorted)."""
        return next((code for since, until, code in self._codes.get(division, ()) if _holds(since, until, day)), "")

    def above(self, day: date | None) -> Above:
        held = [index for index, row in enumerate(self._above) if _holds(row["since"], row["until"], day)]
        rows = [self._above[index] for index in held]
        return Above(
            tuple(held),
            {row["division_id"]: row["parent_id"] for row in rows},
            {row["division_id"]: row["level"] for row in rows},
            {
                self._above[index]["division_id"]: self._polygons_above[index]
                for index in held
                if self._polygons_above[index] is not None
            },
        )


# --- making -------------------------------------------------------------------------------------------------------------


class _Spans:
    """Rows that hold during a span of days. The same values in the next period lengthen the span instead of making a row."""

    def __init__(self) -> None:
        self._open: dict[tuple[Any, ...], date | None] = {}
        self._closed: list[tuple[tuple[Any, ...], date | None, date | None]] = []

    def period(self, since: date | None, values: Iterable[tuple[Any, ...]]) -> None:
        now = set(values)
        for gone in self._open.keys() - now:
            self._closed.append((gone, self._open.pop(gone), since))
        for value in now - self._open.keys():
            self._open[value] = since

    def rows(self) -> Iterator[tuple[tuple[Any, ...], str]]:
        for value, since, until in self._closed:
            yield value, _daterange(since, until)
        for value, since in self._open.items():
            yield value, _daterange(since, None)


def _daterange(since: date | None, until: date | None) -> str:
    return f"[{since or ''},{until or ''})"


def _make(units: _Units, days: _Breakpoints, shapes: _Spans, borders: _Spans) -> None:
    if not units.rows:
        return
    bands = bands_of(units.level)
    labels, seats = _hex(units.labels), _hex(units.seats)
    periods = list(days.periods())
    held = {since: units.on(since) for since, _until in periods}
    tints = _tints(units, held.values())
    drawing = _Drawing(units, bands)
    for since, _until in periods:
        present = held[since]
        if present:
            drawing.turn_to(present, days.above(since))
        shapes.period(
            since,
            [
                (
                    row["id"], row["division_id"], int(units.level), *band, row["name"], row["type"],
                    days.code(row["division_id"], since), row["grade"], row["parent_id"], tints.get(row["division_id"], 0),
                    drawing.areas[band].get(index, labels[index]), labels[index], seats[index],
                )
                for band in bands
                for index, row in ((index, units.rows[index]) for index in present)
            ],
        )  # fmt: skip
        borders.period(since, drawing.lines if present else ())


class _Drawing:
    """Areas and lines of one period after the other. A period with a new name or code only leaves them as they were."""

    def __init__(self, units: _Units, bands: list[tuple[int, int]]) -> None:
        self._units, self._bands = units, bands
        self._areal: list[int] = []
        self._above: tuple[int, ...] | None = None
        self._simplified: dict[tuple[int, int], Geometries] = {}
        self._day = self._on_day()
        self.areas: dict[tuple[int, int], dict[int, str | None]] = {band: {} for band in bands}
        self.lines: list[tuple[Any, ...]] = []

    def turn_to(self, present: list[int], above: Above) -> None:
        areal = [index for index in present if self._units.polygons[index] is not None]
        changed = areal != self._areal
        if changed:
            self._areal = areal
            self._day = self._on_day()
            self._simplified = self._day.simplified(self._bands)
            laid = {band: _hex(on_grid(self._simplified[band], band)) for band in self._bands}
            self.areas = {band: dict(zip(areal, texts, strict=True)) for band, texts in laid.items()}
        if changed or above.records != self._above:
            self._above = above.records
            self.lines = [line for band in self._bands for line in self._lines(band, above)] if areal else []

    def _on_day(self) -> LevelOnDay:
        rows = [self._units.rows[index] for index in self._areal]
        polygons = self._units.polygons[self._areal]
        return LevelOnDay(self._units.level, polygons, [row["parent_id"] for row in rows], [row["grade"] for row in rows])

    def _lines(self, band: tuple[int, int], above: Above) -> Iterator[tuple[Any, ...]]:
        found = self._day.lines(band, self._simplified[band], above)
        texts = _hex(np.array([lines.geometry for lines in found], dtype=object))
        for lines, text in zip(found, texts, strict=True):
            yield int(self._units.level), lines.rank, *band, lines.grade, text


def _tints(units: _Units, presences: Iterable[list[int]]) -> dict[int, int]:
    """One tint for each division through all its days, different from every neighbour it ever had."""
    divisions = sorted({row["division_id"] for row in units.rows})
    place = {division: index for index, division in enumerate(divisions)}
    first: list[npt.NDArray[np.intp]] = []
    second: list[npt.NDArray[np.intp]] = []
    seen: set[tuple[int, ...]] = set()
    for present in presences:
        areal = [index for index in present if units.polygons[index] is not None]
        if tuple(areal) in seen or not areal:
            continue
        seen.add(tuple(areal))
        edges = LevelOnDay(units.level, units.polygons[areal], (), ()).edges
        inner = edges.second != NOBODY
        where = np.array([place[units.rows[index]["division_id"]] for index in areal], dtype=np.intp)
        first.append(where[edges.first[inner]])
        second.append(where[edges.second[inner]])
    if not first:
        return {}
    one, other = np.concatenate(first), np.concatenate(second)
    differ = one != other
    return dict(
        zip(divisions, colour(Edges(np.empty((0, 2, 2)), one[differ], other[differ]), len(divisions)).tolist(), strict=True)
    )


def _hex(geometries: Geometries) -> list[str | None]:
    if not len(geometries):
        return []
    return list(shapely.to_wkb(shapely.set_srid(geometries, WEB_MERCATOR), hex=True, include_srid=True))


def _copy(cursor: Any, table: str, columns: str, rows: Iterable[tuple[tuple[Any, ...], str]]) -> int:
    """Values come without `valid`, which is the span and goes where the columns have it."""
    place = columns.split(", ").index("valid")
    count = 0
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for values, valid in rows:
            copy.write_row((*values[:place], valid, *values[place:]))
            count += 1
    return count


def period_start(breakpoints: list[date], day: date) -> date | None:
    """The first day of the period `day` lies in; None before every breakpoint. `breakpoints` ascending."""
    at = bisect_right(breakpoints, day)
    return breakpoints[at - 1] if at else None
