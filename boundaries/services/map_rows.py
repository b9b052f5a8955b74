"""Rows of the map: made from what was drawn on which days, and written so that only what differs is touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection

from boundaries.map_levels import bands_of
from boundaries.models.vocabulary import Level
from boundaries.services.map_sweep import Band, Swept, days_of
from boundaries.services.map_world import ALWAYS, Day, Span, World

Values = tuple[Any, ...]
Rows = list[tuple[Values, Span]]

_SHAPE_VALUES = "division_id, level, min_zoom, max_zoom, name, type, code, grade, parent_id, geometry, label_point, seat"
_BORDER_VALUES = "level, rank, min_zoom, max_zoom, grade, block, geometry"
_GEOMETRY = ("geometry", "label_point", "seat")


def shape_rows(world: World, swept: Swept, divisions: Iterable[int], span: Span = ALWAYS, bands: Collection[Band] = ()) -> Rows:
    """What is to be in the table for these divisions during `span`; values as `_SHAPE_VALUES`."""
    rows: Rows = []
    for division in divisions:
        words = list(_words(world, division, span))
        areas = swept.areas.get(division, {})
        for band in bands or bands_of(Level(world.level)):
            tale = list(days_of(areas.get(band, []), span.until))
            made: Rows = []
            for days, (name, kind, code, grade, parent, label, seat, areal) in words:
                head = (division, world.level, *band, name, kind, code, grade, parent)
                if not areal:
                    made.append(((*head, label, label, seat), days))
                    continue
                for drawn, area in tale:
                    both = days.meet(drawn)
                    if both:
                        made.append(((*head, area, label, seat), both))
            rows += _joined(made)
    return rows


def _words(world: World, division: int, span: Span) -> Iterator[tuple[Span, Values]]:
    """What is said of a division beside its area, by days."""
    for index in world.of_division.get(division, ()):
        record = world.records[index]
        held = record.span.meet(span)
        if held is None:
            continue
        cuts = {day for code, _text in world.codes.get(division, ()) for day in (code.since, code.until) if day is not None}
        inside = sorted(day for day in cuts if held.holds(day) and day != held.since)
        for since, until in zip([held.since, *inside], [*inside, held.until], strict=True):
            yield (
                Span(since, until),
                (
                    record.name, record.type, world.code(division, since), record.grade, record.parent, world.labels[index],
                    world.seats[index], bool(world.areal[index]),
                ),
            )  # fmt: skip


def border_rows(level: int, swept: Swept) -> Rows:
    return [((level, rank, *band, grade, block, text), span) for (band, rank, grade, _place, block), text, span in swept.lines]


def _joined(rows: Rows) -> Rows:
    """Rows in the order of their days; equal ones that follow one another as one."""
    result: Rows = []
    for values, span in rows:
        if result and result[-1][0] == values and result[-1][1].until == span.since:
            result[-1] = (values, Span(result[-1][1].since, span.until))
        else:
            result.append((values, span))
    return result


# --- into the database ----------------------------------------------------------------------------------------------------


def write_shapes(rows: Rows, tints: dict[int, int]) -> int:
    columns = f"{_SHAPE_VALUES}, valid, tint"
    return _copy("boundaries_mapshape", columns, ((*values, str(span), tints.get(values[0], 0)) for values, span in rows))


def write_borders(rows: Rows) -> int:
    return _copy("boundaries_mapborder", f"{_BORDER_VALUES}, valid", ((*values, str(span)) for values, span in rows))


def mend_shapes(level: int, divisions: Collection[int], rows: Rows, span: Span, tints: dict[int, int]) -> int:
    """Puts `rows` in the place of what is there for these divisions during `span`. Gives how many rows went or came."""
    stored = _stored("boundaries_mapshape", _SHAPE_VALUES, "level = %s AND division_id = ANY(%s)", [level, list(divisions)])
    gone, new = _difference(stored, rows, span)
    _delete("boundaries_mapshape", gone)
    return len(gone) + write_shapes(new, tints)


def mend_borders(level: int, blocks: Collection[int], rows: Rows, span: Span) -> int:
    stored = _stored("boundaries_mapborder", _BORDER_VALUES, "level = %s AND block = ANY(%s)", [level, list(blocks)])
    gone, new = _difference(stored, rows, span)
    _delete("boundaries_mapborder", gone)
    return len(gone) + write_borders(new)


def stored_shapes(level: int, divisions: Collection[int], band: Band) -> Rows:
    """What one band holds of these divisions, in the order of their days."""
    condition = "level = %s AND division_id = ANY(%s) AND min_zoom = %s"
    stored = _stored("boundaries_mapshape", _SHAPE_VALUES, condition, [level, list(divisions), band[0]])
    return [(values, span) for _row, values, span in stored]


def _stored(table: str, columns: str, condition: str, parameters: list[Any]) -> list[tuple[int, Values, Span]]:
    wanted = ", ".join(f"{column}::text" if column in _GEOMETRY else column for column in columns.split(", "))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, lower(valid), upper(valid), {wanted} FROM {table} WHERE {condition} ORDER BY lower(valid) NULLS FIRST",
            parameters,
        )
        return [(row[0], row[3:], Span(row[1], row[2])) for row in cursor.fetchall()]


def _difference(stored: list[tuple[int, Values, Span]], rows: Rows, span: Span) -> tuple[list[int], Rows]:
    """Ids of rows to go, and rows to come, so that `rows` hold during `span` and what was there holds outside of it."""
    wanted: defaultdict[Values, list[Span]] = defaultdict(list)
    for values, days in rows:
        wanted[values].append(days)
    for _row, values, days in stored:
        wanted[values] += [part for part in _outside(days, span) if part]
    target = {(values, days) for values, several in wanted.items() for days in _merged(several)}
    there = {(values, days): row for row, values, days in stored}
    gone = [row for key, row in there.items() if key not in target]
    return gone, [key for key in target if key not in there]


def _outside(days: Span, span: Span) -> Iterator[Span]:
    """The parts of `days` that do not lie in `span`."""
    if span.since is not None:
        before = days.meet(Span(None, span.since))
        if before:
            yield before
    if span.until is not None:
        after = days.meet(Span(span.until, None))
        if after:
            yield after


def _merged(spans: list[Span]) -> list[Span]:
    result: list[Span] = []
    for one in sorted(spans, key=lambda days: (days.since is not None, days.since)):
        if result and result[-1].until == one.since and one.since is not None:
            result[-1] = Span(result[-1].since, one.until)
        else:
            result.append(one)
    return result


def _delete(table: str, ids: list[int]) -> None:
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])


def _copy(table: str, columns: str, rows: Iterable[Values]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for values in rows:
            copy.write_row(values)
            count += 1
    return count


def value_on(rows: Rows, day: Day) -> Values | None:
    """The values of the row that holds on `day`."""
    return next((values for values, span in rows if span.holds(day)), None)
