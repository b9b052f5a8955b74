"""Taking back what one load wrote in the register of lines: its rows are closed and those it had closed are said again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from boundaries.boundary_lines import side_ids
from boundaries.models import BoundaryLineRecord, LineSegment, MarkerRecord, MarkerReference, MarkerSide, Source
from boundaries.services import boundary_lines, boundary_markers, clocked_rows
from boundaries.services.line_measures import remeasure_line, remeasure_marker
from boundaries.services.register import wait_for_writers
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError


def obstacles(source: Source | int) -> list[str]:
    """What rests on the load, in sentences; empty where nothing does."""
    found = []
    for rows in _by_thing(source):
        row = rows[0]
        name = row.line.code if isinstance(row, BoundaryLineRecord) else row.number
        if not any(one.recorded.upper is None for one in rows):
            is_line = isinstance(row, BoundaryLineRecord)
            words = _("界线 %(name)s 的记录后来又有改动") if is_line else _("界桩 %(name)s 的记录后来又有改动")
            found.append(words % {"name": name})
        elif _was_closed(row) is None:
            relied = (
                boundary_lines.relied_on_by(row.line)
                if isinstance(row, BoundaryLineRecord)
                else boundary_markers.relied_on_by(row.marker)
            )
            found += [f"{name}：{one}" for one in relied]
    return list(dict.fromkeys(found))


def _by_thing(source: Source | int) -> list[list[Any]]:
    """The load's rows of each line and marker, in the order written; undoing a later load says some of them again."""
    things: dict[tuple[str, int], list[Any]] = {}
    for row in BoundaryLineRecord.objects.filter(source=source).select_related("line").order_by("recorded"):
        things.setdefault(("line", row.line_id), []).append(row)
    for marker in MarkerRecord.objects.filter(source=source).select_related("marker").order_by("recorded"):
        things.setdefault(("marker", marker.marker_id), []).append(marker)
    return list(things.values())


@transaction.atomic
def undo(actor: User | None, source: Source, action: str) -> dict[str, int]:
    """Raises `ConflictError` (batch_is_relied_on) with the obstacles. Rows closed and rows that hold again are counted."""
    moment = wait_for_writers()
    if found := obstacles(source):
        raise ConflictError("batch_is_relied_on", _("后来的登记以这一批为依据，不能撤销。"), obstacles=found)
    closed = restored = 0
    first_line = None
    for rows in _by_thing(source):
        before = _was_closed(rows[0])
        row = next(one for one in rows if one.recorded.upper is None)
        clocked_rows.close(row, moment)
        closed += 1
        if before is not None:
            _say_again(before, moment)
            restored += 1
        if isinstance(row, BoundaryLineRecord):
            first_line = first_line or row.line_id
            remeasure_line(row.line_id)
        else:
            remeasure_marker(row.marker_id)
    area = next(iter(side_ids(first_line)), None) if first_line is not None else None
    counts = {"closed": closed, "restored": restored}
    audit.record(actor=actor, action=action, target=source, area=area, after=counts)
    return counts


def _was_closed(row: BoundaryLineRecord | MarkerRecord) -> Any:
    """The row that was closed at the very moment this one was recorded."""
    thing = {"line": row.line_id} if isinstance(row, BoundaryLineRecord) else {"marker": row.marker_id}
    return type(row)._base_manager.filter(**thing, recorded__endswith=row.recorded.lower).first()


def _say_again(row: Any, moment: Any) -> None:
    again = clocked_rows.copy_of(row, {}, row.valid, moment, row.source, row.begins)
    clocked_rows.save(again)
    parts: tuple[Any, ...] = (LineSegment,) if isinstance(row, BoundaryLineRecord) else (MarkerSide, MarkerReference)
    for model in parts:
        held = list(model.objects.filter(record=row.pk))
        for one in held:
            one.pk, one.record = None, again
        model.objects.bulk_create(held)
