"""A line's inspections: its cycle, its round, those under way and past, what happened along it, its risk term by term."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries import hazard_register, policies
from boundaries.boundary_lines import line_on, thirds_of
from boundaries.inspection_plan import inspections_of, moved_of, plan_rows
from boundaries.inspection_words import HAZARD_CHIPS, LEVEL_CHIPS, STANDING_CHIPS, STANDINGS, STATE_CHIPS, STATES
from boundaries.models import BoundaryLine, LineOccurrence, OccurrenceKind
from boundaries.rules.inspection_cycle import check_cycle, check_occurrence, round_of
from boundaries.services import inspection_plans, inspections
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import DomainError, NotFoundError
from gis.views.forms import attempt


@login_required
@require_safe
def line_inspections(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


@login_required
@require_POST
def line_inspections_do(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """what: plan (a new inspection), round (year and lead), past (made before this system), occurrence."""
    line = _visible(request, pk)
    try:
        deed, done = _DEEDS[what]
    except KeyError as error:
        raise NotFoundError("unknown_step", _("没有这一步。")) from error
    with attempt() as tried:
        leads_to = deed(person(request), line, Posted(request.POST), request)
    if tried.refused is not None:
        return _show(request, line, refused=tried.refused, what=what, status=tried.refused.status)
    messages.success(request, str(done()))
    return leads_to or redirect("line-inspections", pk)


@login_required
@require_POST
def occurrence_do(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """what: open the extra inspection it proposes, or decline it with a reason."""
    occurrence = get_object_or_404(LineOccurrence.objects.select_related("line"), pk=pk)
    line = _visible(request, occurrence.line_id)
    posted = Posted(request.POST)
    try:
        if what == "open":
            made = inspection_plans.open_extra(
                person(request),
                occurrence,
                year=timezone.localdate().year,
                lead=posted.number("lead"),
                third=posted.optional_number("third"),
            )
            messages.success(request, _("已安排特定地段联检。"))
            return redirect("inspection", made.pk)
        if what != "decline":
            raise NotFoundError("unknown_step", _("没有这一步。"))
        inspection_plans.decline(person(request), occurrence, posted.text("because"))
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return _show(request, line, refused=error, what=f"occurrence-{pk}", status=error.status)
    messages.success(request, _("已记下不安排的理由。"))
    return redirect("line-inspections", line.pk)


def _visible(request: HttpRequest, pk: int) -> BoundaryLine:
    line = get_object_or_404(BoundaryLine, pk=pk)
    ensure(policies.may_view_line(request.user, line))
    return line


def _show(
    request: HttpRequest, line: BoundaryLine, *, refused: DomainError | None = None, what: str = "", status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    there = line_on(line, today)
    [row] = plan_rows([there.record], today)
    cycle = inspections_of(line.pk)
    rounds = list(line.rounds.order_by("-number"))
    names = {side.id: side.name for side in there.sides}
    occurrences = list(line.occurrences.select_related("inspection", "declined_by", "made_by"))
    for one in occurrences:
        one.waiting = bool(  # type: ignore[attr-defined]
            check_occurrence(one.inspection_id is not None or one.declined_at is not None, "", "")
        )
    risk = hazard_register.risks_of([row], today)[line.pk]
    hazards = hazard_register.rows_of(
        line.hazards.select_related("line").prefetch_related("sides").exclude(state="closed"), {line.pk: there.name}
    )
    last_lead = inspection_plans.last_lead(line, round_of(row.due or today.year) or 1)
    context: dict[str, Any] = {
        "line": line,
        "there": there,
        "row": row,
        "chip": STANDING_CHIPS[row.standing],
        "words": STANDINGS[row.standing],
        "findings": [pick(one.message_zh, one.message_en) for one in check_cycle(cycle, today)],
        "rounds": [
            {
                "round": one,
                "lead": names.get(one.lead_id, ""),
                "partner": names.get(one.partner_id, ""),
                "moved": moved_of(one) if one.moved else None,
            }
            for one in rounds
        ],
        "inspections": [
            (one, STATES[one.state], STATE_CHIPS[one.state], names.get(one.lead_id, ""), bool((one.frozen or {}).get("past")))
            for one in line.inspections.defer("content").order_by("-year", "-id")
        ],
        "occurrences": occurrences,
        "occurrence_kinds": OccurrenceKind.choices,
        "sides": there.sides,
        "thirds": [(one.id, one.name) for one in thirds_of(there)],
        "suggested": inspection_plans.suggested_lead([side.id for side in there.sides], last_lead),
        "suggested_year": row.planned.year if row.planned else (row.due or today.year),
        "may_plan": policies.may_edit_line(request.user, line),
        "may_tell": policies.may_work_on_line(request.user, line),
        "risk": risk,
        "risk_chip": LEVEL_CHIPS[min(risk.level.rank, len(LEVEL_CHIPS) - 1)] if risk.level else "undetermined",
        "risk_words": pick(risk.level.zh, risk.level.en) if risk.level else _("未知"),
        "terms": [(pick(one.zh, one.en), one.count, one.points, one.total) for one in risk.terms],
        "unknown": [pick(*one) for one in risk.unknown],
        "criteria": hazard_register.criteria_in_force(),
        "hazards": [(one, HAZARD_CHIPS[one.hazard.state]) for one in hazards],
        "today": today,
        "refused": refused,
        "what": what,
        "typed": request.POST,
    }
    return render(request, "boundaries/line_inspections.html", context, status=status)


def _plan(actor: User, line: BoundaryLine, posted: Posted, request: HttpRequest) -> HttpResponse:
    year = posted.number("year")
    number = round_of(year)
    made = inspections.plan(
        actor,
        line,
        year=year,
        lead=posted.number("lead"),
        round=None if number is None else line.rounds.filter(number=number).first(),
        starts_on=posted.day("starts_on"),
        ends_on=posted.day("ends_on"),
        third=posted.optional_number("third"),
    )
    return redirect("inspection", made.pk)


def _round(actor: User, line: BoundaryLine, posted: Posted, request: HttpRequest) -> None:
    done = inspection_plans.arrange_round(
        actor,
        line,
        year=posted.number("year"),
        lead=posted.optional_number("lead"),
        basis=posted.text("basis"),
        agreed=posted.numbers("agreed"),
        consent=posted.text("consent"),
    )
    for finding in done.findings:
        messages.warning(request, f"{finding.rule} {pick(finding.message_zh, finding.message_en)}")


def _past(actor: User, line: BoundaryLine, posted: Posted, request: HttpRequest) -> None:
    inspection_plans.record_past(
        actor,
        line,
        year=posted.number("year"),
        lead=posted.number("lead"),
        filed_with=posted.text("filed_with"),
        filed_on=posted.day("filed_on"),
        basis=posted.text("basis"),
    )


def _occurrence(actor: User, line: BoundaryLine, posted: Posted, request: HttpRequest) -> None:
    inspection_plans.register_occurrence(
        actor,
        line,
        kind=posted.text("kind"),
        occurred_on=posted.required_day("occurred_on"),
        details=posted.text("details"),
        from_m=posted.metres("from_m"),
        to_m=posted.metres("to_m"),
    )


_Deed = Callable[[User, BoundaryLine, Posted, HttpRequest], HttpResponse | None]
_DEEDS: dict[str, tuple[_Deed, Callable[[], str]]] = {
    "plan": (_plan, lambda: _("已列入计划。")),
    "round": (_round, lambda: _("轮次安排已保存。")),
    "past": (_past, lambda: _("以往联检已补录。")),
    "occurrence": (_occurrence, lambda: _("已登记，等待安排特定地段联检。")),
}
