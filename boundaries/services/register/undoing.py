"""Taking back what one load wrote: its rows are closed in recording time, and the rows it had closed are said again.

One writer writes at a time and each has a moment of recording of its own (`writing.lock`), so the moment alone tells which rows a
load wrote and which it closed. Nothing is deleted: what was known in between stays readable by `known_at`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model
from django.db.models.fields.related import ForeignKey

from boundaries.models import (
    Decision,
    DecisionAct,
    DecisionState,
    Division,
    DivisionCode,
    DivisionRecord,
    Source,
)
from boundaries.services import map_updates
from boundaries.services.register import writing
from gis.errors import ConflictError

_RECORDS, _CODES = "boundaries_divisionrecord", "boundaries_divisioncode"
# What belongs to a division itself. What is derived from it has no constraint in the database (`db_constraint`).
_OWN = (DivisionRecord, DivisionCode)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that rests on the load. `kind`: record, code, children, or the label of a model (``boundaries.indicatorvalue``)."""

    kind: str
    division: int
    name: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Undone:
    """How many rows are no longer held and how many hold again."""

    closed_records: int
    restored_records: int
    closed_codes: int
    restored_codes: int


def moment_of(source: Source | int) -> datetime | None:
    """When a load with this source was recorded; None where it wrote nothing."""
    key = source if isinstance(source, int) else source.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(lower(recorded)) FROM (SELECT recorded FROM {_RECORDS} WHERE source_id = %s"
            f" UNION ALL SELECT recorded FROM {_CODES} WHERE source_id = %s) AS rows",
            [key, key],
        )
        found: datetime | None = cursor.fetchone()[0]
        return found


def rows_closed_by(source: Source) -> dict[int, str]:
    """Division to the numbers of the rows that the load closed for it, as text: what the load rests on."""
    moment = moment_of(source)
    rows = _rows(
        f"SELECT division_id, string_agg(what, ',' ORDER BY what) FROM ("
        f"SELECT division_id, 'r' || id AS what FROM {_RECORDS} WHERE upper(recorded) = %s"
        f" UNION ALL SELECT division_id, 'c' || id FROM {_CODES} WHERE upper(recorded) = %s) AS rows GROUP BY division_id",
        [moment, moment],
    )
    return dict(rows)


def obstacles(source: Source | int) -> list[Obstacle]:
    """What stands in the way of undoing, in the order of the register; empty where nothing does."""
    moment = moment_of(source)
    if moment is None:
        return []
    found = [*_closed_since(moment), *_taken_since(moment)]
    # The numbers go to and fro as arrays: just after a load the planner knows nothing of its rows, and joins them one by one.
    touched = [row[0] for row in _rows(f"SELECT DISTINCT division_id FROM {_RECORDS} WHERE lower(recorded) = %s", [moment])]
    gone = _would_be_gone(moment, touched)
    found += _children(moment, touched)
    found += _references(gone)
    found += _in_drafts(gone)
    return found


@transaction.atomic
def undo(source: Source) -> Undone:
    """Raises `ConflictError` (batch_is_relied_on) with the obstacles. The caller writes the audit entry."""
    now = writing.lock()
    moment = moment_of(source)
    if moment is None:
        return Undone(0, 0, 0, 0)
    if found := obstacles(source):
        raise ConflictError("batch_is_relied_on", "", obstacles=found)
    closed_records, closed_codes = _close(_RECORDS, moment, now), _close(_CODES, moment, now)
    restored = _say_again(_RECORDS, moment, now), _say_again(_CODES, moment, now)
    map_updates.follow()
    return Undone(closed_records, restored[0], closed_codes, restored[1])


def _close(table: str, moment: datetime, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET recorded = tstzrange(lower(recorded), %s) WHERE lower(recorded) = %s AND upper_inf(recorded)",
            [now, moment],
        )
        return int(cursor.rowcount)


def _say_again(table: str, moment: datetime, now: datetime) -> int:
    """The rows that were closed at `moment`, by their own sources."""
    model: type[Model] = DivisionRecord if table == _RECORDS else DivisionCode
    columns = ", ".join(str(field.column) for field in model._meta.concrete_fields if field.column not in {"id", "recorded"})
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (recorded, {columns}) SELECT tstzrange(%s, NULL), {columns} FROM {table}"
            " WHERE upper(recorded) = %s",
            [now, moment],
        )
        return int(cursor.rowcount)


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _closed_since(moment: datetime) -> Iterator[Obstacle]:
    """Rows of the load that somebody has changed since: by a later list, a decision, a correction."""
    for table, kind in ((_RECORDS, "record"), (_CODES, "code")):
        rows = _rows(
            f"SELECT division_id, count(*) FROM {table} WHERE lower(recorded) = %s AND NOT upper_inf(recorded)"
            " GROUP BY division_id ORDER BY division_id LIMIT %s",
            [moment, _MOST],
        )
        names = _names([row[0] for row in rows])
        yield from (Obstacle(kind, division, names.get(division, ""), count) for division, count in rows)


def _taken_since(moment: datetime) -> Iterator[Obstacle]:
    """A code that the load took from a unit, and that somebody has given to another since. (Another code for the same unit would
    have closed a row of the load, or stands on days that the load did not free.)
    """
    rows = _rows(
        f"SELECT other.division_id, count(*) FROM {_CODES} was, {_CODES} other"
        " WHERE other.authority = was.authority AND other.code = was.code AND other.valid && was.valid"
        " AND upper(was.recorded) = %s AND upper_inf(other.recorded) AND lower(other.recorded) <> %s"
        " GROUP BY other.division_id ORDER BY other.division_id LIMIT %s",
        [moment, moment, _MOST],
    )
    names = _names([row[0] for row in rows])
    yield from (Obstacle("code", division, names.get(division, ""), count) for division, count in rows)


def _would_be_gone(moment: datetime, touched: list[int]) -> list[int]:
    """Divisions that would hold no record at all."""
    rows = _rows(
        f"SELECT DISTINCT division_id FROM {_RECORDS} WHERE division_id = ANY(%s)"
        " AND ((upper_inf(recorded) AND lower(recorded) <> %s) OR upper(recorded) = %s)",
        [touched, moment, moment],
    )
    return sorted(set(touched) - {row[0] for row in rows})


def _children(moment: datetime, touched: list[int]) -> Iterator[Obstacle]:
    """Units that hang under one of the load's on days on which there would be no such unit any more."""
    rows = _rows(
        f"SELECT DISTINCT parent_id FROM {_RECORDS} WHERE parent_id = ANY(%s) AND upper_inf(recorded) AND lower(recorded) <> %s",
        [touched, moment],
    )
    parents = [row[0] for row in rows]
    if not parents:
        return
    rows = _rows(
        f"""
        WITH held AS (
            SELECT division_id, range_agg(valid) AS days FROM {_RECORDS}
            WHERE division_id = ANY(%s) AND upper_inf(recorded) GROUP BY division_id),
        after AS (
            SELECT division_id, range_agg(valid) AS days FROM {_RECORDS}
            WHERE division_id = ANY(%s) AND ((upper_inf(recorded) AND lower(recorded) <> %s) OR upper(recorded) = %s)
            GROUP BY division_id),
        lost AS (
            SELECT division_id, held.days - coalesce(after.days, '{{}}'::datemultirange) AS days
            FROM held LEFT JOIN after USING (division_id))
        SELECT lost.division_id, count(DISTINCT child.division_id)
        FROM lost JOIN {_RECORDS} child ON child.parent_id = lost.division_id
        WHERE upper_inf(child.recorded) AND lower(child.recorded) <> %s AND child.valid && lost.days
        GROUP BY lost.division_id ORDER BY lost.division_id LIMIT %s
        """,
        [parents, parents, moment, moment, moment, _MOST],
    )
    names = _names([row[0] for row in rows])
    yield from (Obstacle("children", division, names.get(division, ""), count) for division, count in rows)


def _references(gone: list[int]) -> Iterator[Obstacle]:
    """Whatever else points at a division that would be gone, in any room: indicators, applications, lineage, duties, decisions …"""
    if not gone:
        return
    for field in _pointing():
        model = field.model
        own = {one.name for one in model._meta.get_fields()}
        condition = " AND upper_inf(recorded)" if "recorded" in own else " AND ended IS NULL" if "ended" in own else ""
        rows = _rows(
            f"SELECT {field.column}, count(*) FROM {model._meta.db_table} WHERE {field.column} = ANY(%s){condition}"
            f" GROUP BY {field.column} ORDER BY {field.column} LIMIT %s",
            [gone, _MOST],
        )
        names = _names([row[0] for row in rows])
        yield from (Obstacle(model._meta.label_lower, division, names.get(division, ""), count) for division, count in rows)


def _pointing() -> Iterator[Field[Any, Any]]:
    for relation in Division._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if (
            relation.auto_created
            and isinstance(field, ForeignKey)
            and getattr(field, "db_constraint", True)
            and field.model not in _OWN
        ):
            yield field


def _in_drafts(gone: list[int]) -> Iterator[Obstacle]:
    """Drafts of decisions name divisions inside the data of their acts."""
    if not gone:
        return
    wanted = set(gone)
    over = [DecisionState.ENACTED, DecisionState.WITHDRAWN]
    found: dict[int, set[int]] = {}
    for decision, data in DecisionAct.objects.exclude(decision__state__in=over).values_list("decision_id", "data"):
        for division in wanted & set(_numbers(data)):
            found.setdefault(division, set()).add(decision)
    names = _names(sorted(found))
    label = Decision._meta.label_lower
    yield from (Obstacle(label, division, names.get(division, ""), len(found[division])) for division in sorted(found))


def _numbers(data: Any) -> Iterator[int]:
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for one in data:
            yield from _numbers(one)
    elif isinstance(data, int) and not isinstance(data, bool):
        yield data


def _names(divisions: list[int]) -> dict[int, str]:
    rows = _rows(
        f"SELECT DISTINCT ON (division_id) division_id, name FROM {_RECORDS} WHERE division_id = ANY(%s)"
        " ORDER BY division_id, upper(recorded) DESC NULLS FIRST, lower(valid) DESC",
        [divisions],
    )
    return dict(rows)
