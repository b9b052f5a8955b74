"""Makes the map anew only where the register has changed: the units that changed, those whose bounds meet theirs, and their days.

What has changed is found by comparing the records of a noted division with what the closest band of the map shows of it, so it
does not matter how often or by whom it was noted. What lies below a changed unit has other lines only along the part of its
outline that moved.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection

from boundaries.map_levels import bands_of
from boundaries.models.vocabulary import Level
from boundaries.services import map_rows
from boundaries.services.map_layers import blocks_under, box_of_block, hex_of, tolerance
from boundaries.services.map_rows import Rows, Values
from boundaries.services.map_sweep import Band, Swept, rank_changes, sweep
from boundaries.services.map_world import (
    ALWAYS,
    Day,
    Span,
    Upper,
    World,
    metres,
    read_above,
    read_world,
    records_in,
    records_of,
)
from gis.coverage.neighbours import pairs_ever, tint_beside

Floats = npt.NDArray[np.float64]
# Positions in the values of map_rows that decide how lines and neighbouring areas come out: grade, parent, geometry.
_GRADE, _PARENT, _GEOMETRY = 7, 8, 9


@dataclass
class _Changes:
    """What changed at one level: `divisions` show otherwise, on days within `span`; `boxes` are of areas that came or went.

    `outlines` and `moved` (units without an area) are what the lines of lower levels depend on.
    """

    divisions: set[int] = field(default_factory=set)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    outlines: list[shapely.Geometry] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)
    span: Span | None = None

    def reach(self, span: Span) -> None:
        self.span = span if self.span is None else self.span.hull(span)


def mend_levels(noted: Mapping[int, Span], *, below: int) -> dict[int, tuple[int, int]]:
    """Mends the levels above `below` for the divisions noted (and the days on which anything of theirs was written).

    Returns for each level from the first that may have changed: how many rows of shapes and of lines went or came.
    """
    levels = _levels(noted)
    if not levels:
        return {}
    result: dict[int, tuple[int, int]] = {}
    upper: list[_Changes] = []
    for level in range(min(levels), min(below, max(Level) + 1)):
        changes = _own_changes(level, {one: noted[one] for one in levels.get(level, ())})
        result[level] = _mend(level, changes, upper)
        upper.append(changes)
    return result


def _levels(noted: Collection[int]) -> dict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for division, level in _rows(
        """
        SELECT division_id, level FROM boundaries_divisionrecord WHERE division_id = ANY(%s)
        UNION SELECT division_id, level FROM boundaries_mapshape WHERE division_id = ANY(%s)
        """,
        [list(noted), list(noted)],
    ):
        found[level].add(division)
    return found


# --- what has changed -----------------------------------------------------------------------------------------------------


def _own_changes(level: int, noted: Mapping[int, Span]) -> _Changes:
    changes = _Changes()
    if not noted:
        return changes
    band = max(bands_of(Level(level)))
    world = read_world(level, records_of(level, noted))
    wanted = _by_division(map_rows.shape_rows(world, _as_recorded(world, band), world.of_division, bands=[band]))
    stored = _by_division(map_rows.stored_shapes(level, noted, band))
    for division, written in noted.items():
        if division not in wanted and division not in stored:
            changes.moved.add(division)  # nothing is drawn of it, but lines below it may rank otherwise
            changes.reach(written)
            continue
        _compare(level, division, stored.get(division, []), wanted.get(division, []), changes)
    return changes


def _as_recorded(world: World, band: Band) -> Swept:
    """Areas as the closest band shows them: every vertex, whatever lies beside."""
    swept = Swept()
    for division, indices in world.of_division.items():
        tale = swept.areas.setdefault(division, {}).setdefault(band, [])
        for index in indices:
            span = world.records[index].span
            if world.areal[index]:
                tale.append((span.since, hex_of(world.polygons[index : index + 1])[0]))
                if span.until is not None:
                    tale.append((span.until, None))
    return swept


def _by_division(rows: Rows) -> dict[int, Rows]:
    found: defaultdict[int, Rows] = defaultdict(list)
    for values, span in rows:
        found[values[0]].append((values, span))
    return found


def _compare(level: int, division: int, stored: Rows, wanted: Rows, changes: _Changes) -> None:
    days = {day for _values, span in (*stored, *wanted) for day in (span.since, span.until) if day is not None}
    edges: list[Day] = [None, *sorted(days)]
    for since, until in zip(edges, [*edges[1:], None], strict=True):
        old, new = map_rows.value_on(stored, since), map_rows.value_on(wanted, since)
        if old == new:
            continue
        span = Span(since, until)
        changes.divisions.add(division)
        changes.reach(span)
        if _drawn_alike(old, new):
            continue
        before, after = _upper(level, old, span), _upper(level, new, span)
        changes.boxes += [_box(one.polygon) for one in (before, after) if one is not None and one.polygon is not None]
        outlines = rank_changes(before, after)
        changes.outlines += outlines
        if not outlines:
            changes.moved.add(division)


def _drawn_alike(old: Values | None, new: Values | None) -> bool:
    """Whether only words differ."""
    return old is not None and new is not None and all(old[place] == new[place] for place in (_GRADE, _PARENT, _GEOMETRY))


def _upper(level: int, values: Values | None, span: Span) -> Upper | None:
    if values is None:
        return None
    geometry = shapely.from_wkb(values[_GEOMETRY])
    areal = shapely.get_dimensions(geometry) == 2
    return Upper(values[0], values[_PARENT], level, span, geometry if areal else None)


def _box(polygon: shapely.Geometry) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(polygon).tolist()
    return west - 1.0, south - 1.0, east + 1.0, north + 1.0


# --- making it anew -------------------------------------------------------------------------------------------------------


def _mend(level: int, changes: _Changes, upper: Collection[_Changes]) -> tuple[int, int]:
    span = changes.span
    boxes = list(changes.boxes)
    for above in upper:
        found = _beside(level, above)
        if found and above.span is not None:
            boxes += found
            span = above.span if span is None else span.hull(above.span)
    if span is None:
        return 0, 0
    seeds = np.array(boxes, dtype=float).reshape(-1, 4)
    near = records_in(level, seeds, span)
    blocks = blocks_under(level, np.vstack((seeds, _array(near.values())))) if len(seeds) else set()
    touched = changes.divisions | _divisions(near)
    scope = set(near) | records_of(level, touched)
    scope |= set(records_in(level, _array(box_of_block(level, block) for block in blocks), span))
    bounds = _bounds_of(scope)
    world = read_world(level, scope | set(records_in(level, bounds, span)))
    in_scope = np.array([record.id in scope for record in world.records], dtype=bool)
    above_world = read_above(level, {record.parent for record in world.records if record.parent is not None})
    swept = sweep(world, above_world, span, in_scope, blocks)
    tints, repainted = _tints(level, touched, changes.divisions)
    rows = map_rows.shape_rows(world, swept, [one for one in touched if one in world.of_division], span)
    shapes = map_rows.mend_shapes(level, touched, rows, span, tints)
    shapes += _repaint(level, {one: tints[one] for one in repainted})
    borders = map_rows.mend_borders(level, blocks, map_rows.border_rows(level, swept), span) if blocks else 0
    return shapes, borders


def _beside(level: int, above: _Changes) -> list[tuple[float, float, float, float]]:
    """Boxes of the units of a level whose lines may rank otherwise, because something above changed."""
    if above.span is None:
        return []
    found: list[tuple[float, float, float, float]] = []
    if above.outlines:
        reach = 2 * max(tolerance(band) for band in bands_of(Level(level))) + 1.0
        wide = np.array([shapely.bounds(outline) for outline in above.outlines]) + np.array((-reach, -reach, reach, reach))
        own = list(records_in(level, wide, above.span).values())
        tree = shapely.STRtree(shapely.box(*_array(own).T))
        near = np.unique(tree.query(np.array(above.outlines, dtype=object), predicate="dwithin", distance=reach)[1])
        found += [own[index] for index in near.tolist()]
    if above.moved:
        found += [tuple(box) for box in _bounds_of(_under(level, above.moved, above.span)).tolist()]
    return found


def _under(level: int, divisions: Collection[int], span: Span) -> set[int]:
    """Records of a level that lay under any of the divisions at some time within `span`."""
    rows = _rows(
        """
        WITH RECURSIVE below (id) AS (
            SELECT unnest(%s::bigint[])
            UNION
            SELECT r.division_id FROM boundaries_divisionrecord r JOIN below ON r.parent_id = below.id
            WHERE upper_inf(r.recorded) AND r.valid && %s::daterange
        )
        SELECT r.id FROM boundaries_divisionrecord r JOIN below ON r.division_id = below.id
        WHERE upper_inf(r.recorded) AND r.level = %s AND r.valid && %s::daterange AND r.geometry IS NOT NULL
        """,
        [list(divisions), str(span), level, str(span)],
    )
    return {row[0] for row in rows}


def _divisions(records: Collection[int]) -> set[int]:
    return {row[0] for row in _rows("SELECT division_id FROM boundaries_divisionrecord WHERE id = ANY(%s)", [list(records)])}


def _bounds_of(records: Collection[int]) -> Floats:
    """Bounds of the polygons of records, EPSG:3857, a metre wider; those without one are left out. (n, 4)"""
    rows = _rows(
        "SELECT ST_XMin(geometry), ST_YMin(geometry), ST_XMax(geometry), ST_YMax(geometry) FROM boundaries_divisionrecord"
        " WHERE id = ANY(%s) AND geometry IS NOT NULL",
        [list(records)],
    )
    return metres(_array(rows))


def _array(boxes: Iterable[Any]) -> Floats:
    return np.array(list(boxes), dtype=float).reshape(-1, 4)


# --- tints ----------------------------------------------------------------------------------------------------------------


def _tints(level: int, touched: Collection[int], changed: Collection[int]) -> tuple[dict[int, int], set[int]]:
    """Tints of the units touched as a remaking of everything would give them, and whose tint is another than the map has.

    A unit's tint depends on its neighbours with a lower number; where it changes, those with a higher number are looked at again.
    """
    beside = _Neighbours(level)
    beside.load({*touched, *changed})
    waiting = sorted(beside.known)
    tints: dict[int, int] = {}
    repainted: set[int] = set()
    done: set[int] = set()
    while waiting:
        division = heapq.heappop(waiting)
        if division in done:
            continue
        done.add(division)
        if division not in beside.known:
            beside.load({division})
        lower = {one: tints.get(one, beside.tints.get(one, 0)) for one in beside.of[division] if one < division}
        tints[division] = tint_beside(lower, lower)
        if beside.tints.get(division) not in (None, tints[division]):
            repainted.add(division)
        if beside.tints.get(division) != tints[division]:
            for one in beside.of[division]:
                if one > division and one not in done:
                    heapq.heappush(waiting, one)
    return tints, repainted


class _Neighbours:
    """Who ever had an edge in common with whom, read as it is needed; `tints` are those the map has now."""

    def __init__(self, level: int) -> None:
        self._level = level
        self.known: set[int] = set()
        self.of: defaultdict[int, set[int]] = defaultdict(set)
        self.tints: dict[int, int] = {}

    def load(self, divisions: Collection[int]) -> None:
        self.known |= set(divisions)
        near = records_in(self._level, _bounds_of(records_of(self._level, divisions)), ALWAYS)
        world = read_world(self._level, near)
        days = np.array(
            [((one.span.since or date.min).toordinal(), (one.span.until or date.max).toordinal()) for one in world.records],
            dtype=np.intp,
        ).reshape(-1, 2)
        owner = np.array([record.division for record in world.records], dtype=np.intp)
        for one, other in pairs_ever(world.polygons, owner, days[:, 0], days[:, 1]).tolist():
            self.of[one].add(other)
            self.of[other].add(one)
        rows = _rows(
            "SELECT DISTINCT division_id, tint FROM boundaries_mapshape WHERE level = %s AND division_id = ANY(%s)",
            [self._level, [*world.of_division, *divisions]],
        )
        self.tints |= dict(rows)


def _repaint(level: int, tints: Mapping[int, int]) -> int:
    count = 0
    with connection.cursor() as cursor:
        for division, tint in tints.items():
            cursor.execute(
                "UPDATE boundaries_mapshape SET tint = %s WHERE level = %s AND division_id = %s AND tint <> %s",
                [tint, level, division, tint],
            )
            count += cursor.rowcount
    return count


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
