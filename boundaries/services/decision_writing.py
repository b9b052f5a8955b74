"""Writes a plan into the register, row by row as it says: nothing is decided here.

A record that ends is closed in recording time and said again until the day, by its own source; what begins cites the decision.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from boundaries.changes import Plan
from boundaries.changes.lineage import Edge
from boundaries.changes.plan import Opened
from boundaries.changes.register import Key
from boundaries.models import Begins, DecisionAct, Division, DivisionCode, DivisionRecord, Lineage, LineageKind, Source
from boundaries.rules.acts import ActKind
from gis.crs import CGCS2000

_KINDS: Mapping[str, LineageKind] = {
    ActKind.ESTABLISH: LineageKind.ESTABLISHED_FROM,
    ActKind.ABOLISH: LineageKind.MERGED_INTO,
    ActKind.MERGE: LineageKind.MERGED_INTO,
    ActKind.SPLIT: LineageKind.SPLIT_FROM,
    ActKind.CHANGE_TYPE: LineageKind.TYPE_CHANGED,
    ActKind.TRANSFER_VILLAGES: LineageKind.TERRITORY_MOVED,
    ActKind.CHANGE_BOUNDARY: LineageKind.TERRITORY_MOVED,
    ActKind.CHANGE_AFFILIATION: LineageKind.TERRITORY_MOVED,
}


def save_plan(plan: Plan, acts: Sequence[DecisionAct], source: Source, moment: datetime) -> dict[str, int]:
    """Must run inside the transaction that holds the register's lock. Returns the ids of the new divisions by their refs."""
    made = dict(zip(plan.made, (one.pk for one in Division.objects.bulk_create(Division() for _ in plan.made)), strict=True))

    def id_of(key: Key) -> int:
        return key if isinstance(key, int) else made[key]

    end_rows(DivisionRecord, [one.state.record for one in plan.closed if one.state.record is not None], plan.day, moment)
    end_rows(DivisionCode, [one.code.row for one in plan.codes_retired if one.code.row is not None], plan.day, moment)
    span, recorded = DateRange(plan.day, None), DateTimeTZRange(moment, None)
    DivisionRecord.objects.bulk_create(
        (_record(one, id_of(one.unit), made, span, recorded, source) for one in plan.opened), batch_size=200
    )
    DivisionCode.objects.bulk_create(
        DivisionCode(
            division_id=id_of(one.unit), authority=one.authority, code=one.code, valid=span, recorded=recorded, source=source
        )
        for one in plan.codes_assigned
    )
    Lineage.objects.bulk_create(_edge(one, id_of(one.successor), acts, plan.day, recorded, source) for one in plan.lineage)
    _name_what_was_made(plan, acts, made)
    return made


def end_rows(model: type[DivisionRecord] | type[DivisionCode], ids: Collection[int], day: date, moment: datetime) -> None:
    """What these rows said holds until `day` only. A row that began on the day itself is followed by nothing."""
    if not ids:
        return
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.name not in ("id", "valid", "recorded")]
    rest = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET recorded = tstzrange(lower(recorded), %s) WHERE id = ANY(%s)", [moment, list(ids)])
        cursor.execute(
            f"INSERT INTO {table} (valid, recorded, {rest})"
            f" SELECT daterange(lower(valid), %s), tstzrange(%s, NULL), {rest} FROM {table}"
            " WHERE id = ANY(%s) AND (lower_inf(valid) OR lower(valid) < %s)",
            [day, moment, list(ids), day],
        )


def _record(
    opened: Opened, division: int, made: Mapping[str, int], span: DateRange, recorded: DateTimeTZRange, source: Source
) -> DivisionRecord:
    state = opened.state
    return DivisionRecord(
        division_id=division,
        valid=span,
        recorded=recorded,
        begins=Begins.DECIDED,
        name=state.name,
        proper_name=state.proper_name,
        generic_name=state.generic_name,
        level=state.level,
        type=state.type,
        parent_id=made[state.parent] if isinstance(state.parent, str) else state.parent,
        geometry=_geos(state.geometry),  # type: ignore[misc]  # a multipolygon, by construction
        grade=state.grade,
        seat=_geos(state.seat),
        seat_grade=state.seat_grade,
        source=source,
    )


def _geos(geometry: shapely.Geometry | None) -> GEOSGeometry | None:
    return None if geometry is None else GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=CGCS2000)


def _edge(edge: Edge, successor: int, acts: Sequence[DecisionAct], day: date, recorded: DateTimeTZRange, source: Source) -> Lineage:
    act = acts[edge.act]
    return Lineage(
        predecessor_id=edge.predecessor,
        successor_id=successor,
        on=day,
        kind=_KINDS[act.kind],
        area_share=edge.area_share,
        population_share=edge.population_share,
        recorded=recorded,
        act=act,
        source=source,
    )


def _name_what_was_made(plan: Plan, acts: Sequence[DecisionAct], made: Mapping[str, int]) -> None:
    by_act: dict[int, dict[str, int]] = {}
    for one in plan.opened:
        if isinstance(one.unit, str):
            by_act.setdefault(one.act, {})[one.unit] = made[one.unit]
    for position, refs in by_act.items():
        acts[position].made = refs
        acts[position].save(update_fields=["made"])
