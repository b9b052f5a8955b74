"""The plan of lines: rounds with lead and partner, years moved by agreement, occurrences, inspections made before this system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.boundary_lines import line_on
from boundaries.inspection_plan import inspections_of
from boundaries.models import (
    BoundaryLine,
    InspectionEvent,
    InspectionKind,
    InspectionState,
    JointInspection,
    Level,
    LineOccurrence,
    LineRound,
    OccurrenceKind,
)
from boundaries.rules.finding import Finding, blocks
from boundaries.rules.inspection_cycle import Moved, check_moved, check_round, due_year, round_of
from boundaries.services import inspections
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError


@dataclass(frozen=True)
class Arranged:
    """`findings` warn; what blocks is refused."""

    round: LineRound
    findings: tuple[Finding, ...]


@transaction.atomic
def arrange_round(
    actor: User | None,
    line: BoundaryLine,
    *,
    year: int,
    lead: int | None = None,
    basis: str = "",
    agreed: Sequence[int] = (),
    consent: str = "",
) -> Arranged:
    """Puts a line into the round its `year` belongs to; the same round again changes it.

    lead: a side of the line; without one the side that did not lead last (BND-CYC-03). agreed: sides that agreed in writing to
    another year than the cycle's, with the higher body's `consent` (BND-CYC-04): what blocks there is refused (``rules_block``).
    """
    ensure(actor is None or policies.may_edit_line(actor, line))
    inspections.ensure_year(year)
    number = round_of(year)
    if number is None:
        message = _("2003年以前没有全国统一的联检轮次。")
        raise InvalidInputError("year_before_rounds", message, fields={"year": [message]})
    found = line_on(line, timezone.localdate())
    sides = [side.id for side in found.sides]
    last = last_lead(line, number)
    lead = lead or suggested_lead(sides, last)
    if lead not in sides:
        raise InvalidInputError("lead_not_a_side", _("牵头方应是界线两侧之一。"), fields={"lead": [_("不是界线的一方")]})
    moved = {"agreed": [side for side in sides if side in set(agreed)], "consent": " ".join(consent.split())[:200]}
    cycle = due_year(inspections_of(line.pk))
    provincial = found.record.level == Level.PROVINCE
    findings = check_moved(provincial, cycle, year, Moved(len(moved["agreed"]), len(sides), str(moved["consent"])))
    findings += check_round(number, year, str(lead), None if last is None else str(last))
    if blocks(findings):
        message = inspections.sentences(findings)
        raise ConflictError("rules_block", message, findings=[one.as_dict() for one in findings])
    row = LineRound.objects.select_for_update().filter(line=line, number=number).first()
    if row is not None and row.inspections.filter(state=InspectionState.FILED).exists():
        raise ConflictError("round_done", _("这一轮的联检已经备案，不能再改。"))
    before = None if row is None else _round_facts(row)
    row = row or LineRound(line=line, number=number)
    row.year, row.lead_id, row.partner_id = year, lead, next(side for side in sides if side != lead)
    row.basis, row.moved = " ".join(basis.split())[:200], moved if year != cycle else {}
    row.save()
    after = _round_facts(row)
    if before != after:
        audit.record(actor=actor, action="line.round", target=line, area=lead, before=before, after=after)
    return Arranged(row, tuple(findings))


def last_lead(line: BoundaryLine | int, before: int) -> int | None:
    """Who led the line's last full inspection or round before the round `before`."""
    key = line if isinstance(line, int) else line.pk
    planned = LineRound.objects.filter(line=key, number__lt=before).order_by("-number").values_list("number", "lead").first()
    done = (
        JointInspection.objects.filter(line=key, kind=InspectionKind.FULL, state=InspectionState.FILED)
        .order_by("-year")
        .values_list("year", "lead")
    )
    led = [(round_of(year) or 0, lead) for year, lead in done if (round_of(year) or 0) < before]
    return max([*led, *([planned] if planned else [])], default=(0, None))[1]


def suggested_lead(sides: Sequence[int], last: int | None) -> int:
    """The other side than last time; the first where nobody led yet."""
    return next((side for side in sides if last is not None and side != last), sides[0])


@transaction.atomic
def record_past(
    actor: User | None,
    line: BoundaryLine,
    *,
    year: int,
    lead: int,
    filed_with: str = "",
    filed_on: date | None = None,
    basis: str = "",
) -> JointInspection:
    """An inspection that was made and filed before this system, so that the cycle has a beginning. It has no record here."""
    ensure(actor is None or policies.may_edit_line(actor, line))
    inspections.ensure_year(year)
    if year > timezone.localdate().year:
        message = _("年份不能晚于今年。")
        raise InvalidInputError("year_to_come", message, fields={"year": [message]})
    sides = [side.id for side in line_on(line, timezone.localdate()).sides]
    if lead not in sides:
        raise InvalidInputError("lead_not_a_side", _("牵头方应是界线两侧之一。"), fields={"lead": [_("不是界线的一方")]})
    BoundaryLine.objects.select_for_update().get(pk=line.pk)
    if JointInspection.objects.filter(line=line, kind=InspectionKind.FULL, year=year, state=InspectionState.FILED).exists():
        raise ConflictError("inspection_there", _("%(year)d 年的联检已经在册。") % {"year": year})
    basis = " ".join(basis.split())[:300]
    held = JointInspection.objects.create(
        line=line,
        kind=InspectionKind.FULL,
        year=year,
        lead_id=lead,
        partner_id=next(side for side in sides if side != lead),
        state=InspectionState.FILED,
        frozen={"past": True, "basis": basis},
        filed_with=" ".join(filed_with.split())[:200],
        filed_on=filed_on,
        created_by=actor,
    )
    InspectionEvent.objects.create(inspection=held, action="past", to_state=InspectionState.FILED, note=basis, actor=actor)
    inspections.tell_trail(actor, "inspection.past", held, after={"year": year, "lead": lead, "basis": basis})
    return held


# --- occurrences (BND-CYC-02) ---------------------------------------------------------------------------------------------------


@transaction.atomic
def register_occurrence(
    actor: User,
    line: BoundaryLine,
    *,
    kind: str,
    occurred_on: date,
    details: str,
    from_m: float | None = None,
    to_m: float | None = None,
) -> LineOccurrence:
    """What happened along the line. It proposes an extra inspection until one is opened or declined."""
    ensure(policies.may_work_on_line(actor, line))
    wrong: dict[str, list[str]] = {}
    if kind not in OccurrenceKind.values:
        wrong["kind"] = [_("请选择起因")]
    if occurred_on > timezone.localdate():
        wrong["occurred_on"] = [_("晚于今天")]
    if not details.strip() or len(details) > inspections.LONGEST_TEXT:
        wrong["details"] = [_("必填")]
    if (from_m is None) != (to_m is None) or (from_m is not None and to_m is not None and not 0 <= from_m < to_m):
        wrong["to_m"] = [_("起止里程须一并填写，止大于起")]
    if wrong:
        raise InvalidInputError("bad_occurrence", _("有的栏目不能保存。"), fields=wrong)
    held = LineOccurrence.objects.create(
        line=line, kind=kind, occurred_on=occurred_on, details=details.strip(), from_m=from_m, to_m=to_m, made_by=actor
    )
    audit.record(
        actor=actor,
        action="line.occurrence",
        target=line,
        area=line_on(line).side_a.id,
        after={"kind": kind, "on": occurred_on.isoformat(), "details": held.details},
    )
    return held


@transaction.atomic
def open_extra(actor: User, occurrence: LineOccurrence, *, year: int, lead: int, third: int | None = None) -> JointInspection:
    """Opens the extra inspection an occurrence proposes; `third` where it touches a tri-point."""
    held = _waiting(occurrence)
    found = inspections.plan(
        actor,
        held.line,
        year=year,
        lead=lead,
        third=third,
        kind=InspectionKind.EXTRA,
        from_m=held.from_m,
        to_m=held.to_m,
        occurrence=held.kind,
        occurred_on=held.occurred_on,
        occasion=held.details,
    )
    held.inspection = found
    held.save(update_fields=["inspection"])
    return found


@transaction.atomic
def decline(actor: User, occurrence: LineOccurrence, because: str) -> LineOccurrence:
    held = _waiting(occurrence)
    ensure(policies.may_edit_line(actor, held.line_id))
    because = because.strip()
    if not because:
        raise InvalidInputError("note_required", _("请写明理由。"), fields={"because": [_("必填")]})
    held.declined_at, held.declined_by, held.declined_because = timezone.now(), actor, because[: inspections.LONGEST_TEXT]
    held.save()
    audit.record(actor=actor, action="line.occurrence_decline", target=held.line, area=line_on(held.line).side_a.id, reason=because)
    return held


def _waiting(occurrence: LineOccurrence) -> LineOccurrence:
    held = LineOccurrence.objects.select_for_update(of=("self",)).select_related("line").get(pk=occurrence.pk)
    if held.inspection_id is not None or held.declined_at is not None:
        raise ConflictError("occurrence_answered", _("这件事已经有了安排，请刷新页面。"))
    return held


def _round_facts(row: LineRound) -> dict[str, Any]:
    return {"number": row.number, "year": row.year, "lead": row.lead_id, "basis": row.basis, "moved": row.moved}
