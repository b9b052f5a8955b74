"""Goes through the days of a level and tells what is drawn when: areas of units, and boundary lines by square.

On each day only the units near to what changes are made; everything else goes on. The same sweep over a few units, with what lies
around them, gives the same rows as one over the whole level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.map_levels import bands_of
from boundaries.models.vocabulary import Level
from boundaries.services.map_layers import Above, Piece, UnitsOnDay, multiline, tolerance
from boundaries.services.map_world import ALWAYS, Day, Span, Upper, World

Integers = npt.NDArray[np.intp]
Band = tuple[int, int]
# A row of boundary lines: band, rank, grade, the square, and the block it lies in.
Row = tuple[Band, int, str, tuple[int, int], int]


@dataclass
class Swept:
    """`areas`: for each division and band what its area was, from which day on (None: nothing). `lines`: rows with their days."""

    areas: dict[int, dict[Band, list[tuple[Day, str | None]]]] = field(default_factory=dict)
    lines: list[tuple[Row, str, Span]] = field(default_factory=list)


def sweep(
    world: World,
    above: Collection[Upper],
    span: Span = ALWAYS,
    scope: npt.NDArray[np.bool_] | None = None,
    blocks: Collection[int] | None = None,
) -> Swept:
    """Areas and lines of the records in `scope` (n,) during `span`; lines in these blocks only. Without them, of the whole
    level.
    """
    making = _Sweep(world, above, span, scope, blocks)
    making.run()
    return making.result


class _Sweep:
    def __init__(
        self,
        world: World,
        above: Collection[Upper],
        span: Span,
        scope: npt.NDArray[np.bool_] | None,
        blocks: Collection[int] | None,
    ) -> None:
        self.world, self.span, self.blocks = world, span, None if blocks is None else set(blocks)
        self.scope = np.ones(len(world.records), dtype=bool) if scope is None else scope
        self.present = np.zeros(len(world.records), dtype=bool)
        self.places = np.flatnonzero(world.areal)
        self.tree = shapely.STRtree(shapely.box(*world.bounds[self.places].T))
        self.above = _AboveOverTime(above)
        self.result = Swept()
        self._lines: dict[int, list[tuple[Row, bytes]]] = {}
        self._squares: dict[Row, dict[int, list[bytes]]] = {}
        self._open: dict[Row, tuple[str, Day]] = {}
        self._reach = 2 * max(tolerance(band) for band in bands_of(Level(world.level))) + 1.0

    def run(self) -> None:
        begins: defaultdict[date, list[int]] = defaultdict(list)
        ends: defaultdict[date, list[int]] = defaultdict(list)
        records = self.world.records
        for index in self.places.tolist():
            own = records[index].span
            if own.holds(self.span.since):
                self.present[index] = True
            elif own.since is not None and (self.span.since is None or own.since > self.span.since):
                begins[own.since].append(index)
            if own.until is not None and (self.span.since is None or own.until > self.span.since):
                ends[own.until].append(index)
        self.above.begin(self.span.since)
        self._make(self.span.since, np.flatnonzero(self.present & self.scope), [])
        for day in sorted({*begins, *ends, *self.above.days}):
            if self.span.until is not None and day >= self.span.until:
                break
            if self.span.since is not None and day <= self.span.since:
                continue
            self._turn_to(day, ends.get(day, []), begins.get(day, []))
        for row, (text, since) in self._open.items():
            self.result.lines.append((row, text, Span(since, self.span.until)))

    def _turn_to(self, day: date, leaving: list[int], entering: list[int]) -> None:
        self.present[leaving] = False
        self.present[entering] = True
        changed = self._changed(leaving, entering)
        boxes = shapely.box(*self.world.bounds[changed].T) if changed else np.empty(0, dtype=object)
        affected = self._meeting(boxes)
        outlines = self.above.turn_to(day)
        if outlines:
            near = self.tree.query(np.array(outlines, dtype=object), predicate="dwithin", distance=self._reach)[1]
            affected = np.union1d(affected, self._meeting(shapely.box(*self.world.bounds[self.places[near]].T)))
        if self.above.moved:
            # Something above without a polygon: whatever lies under it.
            under = [
                index
                for index in np.flatnonzero(self.present).tolist()
                if self.above.moved.intersection(self.above.now.line_of(self.world.records[index].parent))
            ]
            affected = np.union1d(affected, self._meeting(shapely.box(*self.world.bounds[under].T)))
        affected = affected.astype(np.intp)
        gone = {self.world.records[index].division for index in leaving} - {
            self.world.records[index].division for index in entering
        }
        self._make(day, affected[self.scope[affected]], sorted(gone))

    def _changed(self, leaving: list[int], entering: list[int]) -> list[int]:
        """Of records that end and begin on a day those that draw something else than before."""
        records, polygons = self.world.records, self.world.polygons
        before = {records[index].division: index for index in leaving}
        changed = set(leaving) | set(entering)
        for index in entering:
            old = before.get(records[index].division)
            if (
                old is not None
                and (records[old].parent, records[old].grade) == (records[index].parent, records[index].grade)
                and shapely.equals_exact(polygons[old], polygons[index])
            ):
                changed -= {old, index}
        return sorted(changed)

    def _meeting(self, boxes: npt.NDArray[np.object_]) -> Integers:
        """Records present whose bounds meet any of the boxes."""
        found = (
            np.unique(self.places[self.tree.query(boxes, predicate="intersects")[1]]) if len(boxes) else np.empty(0, dtype=np.intp)
        )
        return np.asarray(found[self.present[found]], dtype=np.intp)

    # --- one day ------------------------------------------------------------------------------------------------

    def _make(self, day: Day, asked: Integers, gone: list[int]) -> None:
        dirty: set[Row] = set()
        for division in gone:
            for tale in self.result.areas.get(division, {}).values():
                if tale[-1][1] is not None:
                    tale.append((day, None))
            self._put_lines(division, [], dirty)
        if len(asked):
            self._make_asked(day, asked, dirty)
        for row in dirty:
            self._write(row, day)

    def _make_asked(self, day: Day, asked: Integers, dirty: set[Row]) -> None:
        world = self.world
        around = self._meeting(shapely.box(*world.bounds[asked].T))
        units = UnitsOnDay(
            Level(world.level),
            world.polygons[around],
            [world.records[index].parent for index in around.tolist()],
            [world.records[index].grade for index in around.tolist()],
            np.searchsorted(around, asked),
            self.above.now,
        )
        divisions = [world.records[index].division for index in asked.tolist()]
        named = [world.records[index].division for index in around.tolist()]
        lines: dict[int, list[tuple[Row, bytes]]] = {division: [] for division in divisions}
        for band, areas, pieces in units.bands():
            for division, area in zip(divisions, areas, strict=True):
                tale = self.result.areas.setdefault(division, {}).setdefault(band, [])
                if not tale or tale[-1][1] != area:
                    tale.append((day, area))
            for position, piece in pieces:
                if self.blocks is None or piece.block in self.blocks:
                    lines[named[position]].append((_row(piece), piece.line))
        for division, found in lines.items():
            self._put_lines(division, found, dirty)

    def _put_lines(self, division: int, lines: list[tuple[Row, bytes]], dirty: set[Row]) -> None:
        before = self._lines.get(division, [])
        if before == lines:
            return
        for row, _line in before:
            if self._squares[row].pop(division, None) is not None:
                dirty.add(row)
        for row, line in lines:
            self._squares.setdefault(row, {}).setdefault(division, []).append(line)
            dirty.add(row)
        self._lines[division] = lines

    def _write(self, row: Row, day: Day) -> None:
        lines = [line for several in self._squares[row].values() for line in several]
        text = multiline(lines) if lines else None
        held = self._open.get(row)
        if held is not None and held[0] == text:
            return
        if held is not None:
            del self._open[row]
            if held[1] != day:
                self.result.lines.append((row, held[0], Span(held[1], day)))
        if text is not None:
            self._open[row] = (text, day)


def _row(piece: Piece) -> Row:
    return piece.band, piece.rank, piece.grade, piece.place, piece.block


class _AboveOverTime:
    """What lies above, day by day; tells whose lines may rank otherwise after a day."""

    def __init__(self, records: Collection[Upper]) -> None:
        self._records = list(records)
        self.now = Above({}, {}, {})
        self.moved: set[int] = set()
        self._begins: defaultdict[date, list[Upper]] = defaultdict(list)
        self._ends: defaultdict[date, list[Upper]] = defaultdict(list)
        for one in self._records:
            if one.span.since is not None:
                self._begins[one.span.since].append(one)
            if one.span.until is not None:
                self._ends[one.span.until].append(one)

    @property
    def days(self) -> set[date]:
        return {*self._begins, *self._ends}

    def begin(self, day: Day) -> None:
        held = [one for one in self._records if one.span.holds(day)]
        self._parent = {one.division: one.parent for one in held}
        self._level = {one.division: one.level for one in held}
        self._polygon = {one.division: one.polygon for one in held if one.polygon is not None}
        self.now = Above(self._parent, self._level, self._polygon)

    def turn_to(self, day: date) -> list[shapely.Geometry]:
        """Outlines, or parts of them, along which lines may rank otherwise from `day` on; `moved`: units without one."""
        before = {one.division: one for one in self._ends.get(day, ())}
        after = {one.division: one for one in self._begins.get(day, ())}
        outlines: list[shapely.Geometry] = []
        self.moved = set()
        for division in before.keys() | after.keys():
            old, new = before.get(division), after.get(division)
            found = rank_changes(old, new)
            outlines += found
            if not found and not _same(old, new):
                self.moved.add(division)
            if new is None:
                for held in (self._parent, self._level, self._polygon):
                    held.pop(division, None)
            else:
                self._parent[division], self._level[division] = new.parent, new.level
                if new.polygon is None:
                    self._polygon.pop(division, None)
                else:
                    self._polygon[division] = new.polygon
        return outlines


def _same(old: Upper | None, new: Upper | None) -> bool:
    return (
        old is not None
        and new is not None
        and (old.parent, old.level) == (new.parent, new.level)
        and (old.polygon is None) == (new.polygon is None)
        and (old.polygon is None or bool(shapely.equals_exact(old.polygon, new.polygon)))
    )


def rank_changes(old: Upper | None, new: Upper | None) -> list[shapely.Geometry]:
    """Lines near which the lines of lower levels may rank otherwise once `new` holds instead of `old`; none where neither has a
    polygon.
    """
    if _same(old, new):
        return []
    outlines = [shapely.boundary(one.polygon) for one in (old, new) if one is not None and one.polygon is not None]
    if (
        old is not None and new is not None and len(outlines) == 2 and (old.parent, old.level) == (new.parent, new.level)
    ):  # only the part that moved
        one, other = outlines
        parts = [shapely.difference(one, other), shapely.difference(other, one)]
        return [part for part in parts if not shapely.is_empty(part)]
    return outlines


def days_of(tale: list[tuple[Day, str | None]], until: Day) -> Iterator[tuple[Span, str]]:
    """What `Swept.areas` tells, as spans; the last ends with `until`."""
    ends = [*(day for day, _text in tale[1:]), until]
    for (since, text), end in zip(tale, ends, strict=False):
        if text is not None:
            yield Span(since, end), text
