"""What is due along boundary lines: inspections of the cycle, occurrences to answer, reviews, signatures and filings, hazards.

A line concerns both sides, so each side has its own duty of it; whoever looks after both sees both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries import due
from boundaries.boundary_lines import lines_of_areas, names_of
from boundaries.due import DueItem, State
from boundaries.inspection_plan import PlanRow, plan_rows
from boundaries.models import (
    BoundaryHazard,
    HazardEntry,
    HazardState,
    InspectionSignature,
    InspectionState,
    JointInspection,
    OccurrenceKind,
)
from boundaries.policies import sides_of_inspection
from boundaries.rules.deadlines import Clock
from boundaries.rules.inspection_cycle import BASIS, EVENT_BASIS, Standing
from boundaries.rules.inspection_record import SIGNED_BASIS
from gis.accounts.models import Duty

OFFICER, REVIEWER = frozenset({Duty.DIVISION_OFFICER}), frozenset({Duty.REVIEWER})
FIELD = frozenset({Duty.DIVISION_OFFICER, Duty.FIELD_INSPECTOR})
# SOON from 1 January of the due year, as BND-CYC-01 warns; the year before it only stands in the list.
_CYCLE = {Standing.OVERDUE: State.OVERDUE, Standing.DUE: State.SOON, Standing.SOON: State.OPEN}


def cycle_and_occurrences(clock: Clock) -> Iterator[DueItem]:
    """BND-CYC-01 and BND-CYC-02 of every line on record."""
    for row in plan_rows(lines_of_areas(None, clock.today).defer("geometry"), clock.today):
        yield from _cycle(row)
        yield from _occurrences(row)


def _cycle(row: PlanRow) -> Iterator[DueItem]:
    state = _CYCLE.get(row.standing)
    if state is None or row.due is None:
        return
    under_way = next((one for one in row.under_way if one.kind == "full"), None)
    if under_way is not None:
        note = _("已在办：%(state)s。") % {"state": under_way.get_state_display()}
    elif row.planned is not None:
        note = _("%(year)d 年，%(lead)s牵头。") % {"year": row.planned.year, "lead": row.planned.lead_name}
    else:
        note = _("还没有安排牵头方和年份。")
    for side, name in row.sides:
        yield DueItem(
            key=f"line-{row.line}-cycle-{side}",
            kind="inspection",
            area=side,
            duty=_("界线联合检查"),
            subject=row.name,
            about=_("%(side)s一方") % {"side": name},
            url=reverse("inspection", args=[under_way.pk]) if under_way else reverse("line-inspections", args=[row.line]),
            state=state,
            waits_for=OFFICER,
            on=date(row.due, 12, 31),
            rule="BND-CYC-01",
            basis=BASIS,
            note=note,
            demo=row.record.source.is_demo,
        )


def _occurrences(row: PlanRow) -> Iterator[DueItem]:
    for one in row.occurrences:
        for side, _name in row.sides:
            yield DueItem(
                key=f"occurrence-{one.pk}-{side}",
                kind="inspection",
                area=side,
                duty=_("安排特定地段联检，或说明不需要"),
                subject=row.name,
                about=f"{OccurrenceKind(one.kind).label} {one.occurred_on.isoformat()}",
                url=f"{reverse('line-inspections', args=[row.line])}#occurrences",
                state=State.NO_PERIOD,
                waits_for=OFFICER,
                rule="BND-CYC-02",
                basis=EVENT_BASIS,
                demo=row.record.source.is_demo,
            )


def steps(_clock: Clock) -> Iterator[DueItem]:
    """Inspections that wait: for the review and a side's signature, for the filing."""
    standing = Prefetch("signatures", InspectionSignature.objects.filter(revoked_at=None), to_attr="standing")
    rows = (
        JointInspection.objects.filter(state__in=(InspectionState.REVIEWING, InspectionState.SIGNED))
        .defer("frozen", "content")
        .select_related("line")
        .prefetch_related(standing)
    )
    for one in rows:
        signed = {signature.side_id for signature in one.standing}
        for side in sides_of_inspection(one):
            if one.state == InspectionState.REVIEWING and side in signed:
                continue
            reviewing = one.state == InspectionState.REVIEWING
            yield DueItem(
                key=f"inspection-{one.pk}-{one.state}-{side}",
                kind="inspection_step",
                area=side,
                duty=_("核对并签署联检结果") if reviewing else _("报批准机关备案并登记"),
                subject=f"{one.line.code} {one.year}",
                about="",
                url=reverse("inspection", args=[one.pk]),
                state=State.NO_PERIOD,
                waits_for=REVIEWER if reviewing else OFFICER,
                rule="BND-INS-02",
                basis=SIGNED_BASIS,
            )


def hazards(clock: Clock) -> Iterator[DueItem]:
    """Last days of hazards and of their measures; no text sets a period, so only those somebody set."""
    entries = Prefetch("entries", HazardEntry.objects.filter(due_on__isnull=False, done_on=None), to_attr="dated")
    rows = (
        BoundaryHazard.objects.exclude(state=HazardState.CLOSED)
        .prefetch_related("sides", entries)
        .select_related("line")
        .order_by("pk")
    )
    found = list(rows)
    names = names_of({side.pk for one in found for side in one.sides.all()}, clock.today)
    for one in found:
        dates = [(f"hazard-{one.pk}", one.due_on, _("处置边界隐患"))]
        dates += [(f"hazard-entry-{entry.pk}", entry.due_on, entry.text[:60]) for entry in one.dated]
        for key, on, duty in dates:
            if on is None:
                continue
            for side in one.sides.all():
                yield DueItem(
                    key=f"{key}-{side.pk}",
                    kind="hazard",
                    area=side.pk,
                    duty=duty,
                    subject=one.title,
                    about=f"{one.line.code} {names.get(side.pk, '')}",
                    url=reverse("hazard", args=[one.pk]),
                    state=_state(on, clock),
                    waits_for=OFFICER,
                    on=on,
                )


def _state(on: date, clock: Clock) -> State:
    left = (on - clock.today).days
    if left < 0:
        return State.OVERDUE
    return State.SOON if left <= clock.warn_days else State.OPEN


_CYCLE_REVISION = """
    SELECT (SELECT (count(*), max(id))::text FROM boundaries_boundarylinerecord),
           (SELECT (count(*), max(updated_at))::text FROM boundaries_jointinspection),
           (SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM boundaries_lineround t),
           (SELECT (count(*), max(id), count(inspection_id), count(declined_at))::text FROM boundaries_lineoccurrence),
           (SELECT (count(*), max(id))::text FROM boundaries_divisionrecord)
"""
_HAZARD_REVISION = """
    SELECT (SELECT (count(*), max(updated_at))::text FROM boundaries_boundaryhazard),
           (SELECT (count(*), max(id), count(done_on))::text FROM boundaries_hazardentry)
"""


def _asked(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return "|".join(str(part) for part in cursor.fetchone())


def register() -> None:
    due.register(
        due.Kind("inspection", gettext_lazy("界线联检"), cycle_and_occurrences, 50, revision=lambda: _asked(_CYCLE_REVISION))
    )
    due.register(due.Kind("inspection_step", gettext_lazy("联检办理"), steps, 52, dated=False))
    due.register(due.Kind("hazard", gettext_lazy("边界隐患"), hazards, 54, revision=lambda: _asked(_HAZARD_REVISION)))
