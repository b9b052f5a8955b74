"""边界隐患: the register as list and map, one hazard with its way, the criteria and their change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries import hazard_register, policies
from boundaries.boundary_lines import CORNERS_ON_MAP, LineOnDay, features, line_on, lines_seen_by, lines_worked_on_by
from boundaries.hazard_register import HazardRow
from boundaries.inspection_plan import plan_rows
from boundaries.inspection_words import HAZARD_CHIPS, LEVEL_CHIPS
from boundaries.models import BoundaryHazard, BoundaryLine, HazardCriteria, HazardState, JointInspection
from boundaries.rules.hazard_criteria import Criteria
from boundaries.rules.hazard_states import Action, edges_from
from boundaries.services import hazards
from boundaries.views.form_reading import Posted
from boundaries.views.map_page import map_config
from boundaries.views.parameters import person
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import DomainError, InvalidInputError, NotFoundError
from gis.services import spreadsheets
from gis.views.forms import attempt
from gis.webmap.shell import leaflet_shell

PER_PAGE = 50


@login_required
@require_safe
def hazard_list(request: HttpRequest) -> HttpResponse:
    """?state= (open: all not closed) &kind= &level= &line=NUMBER &view=table|map &page="""
    ensure(policies.may_view_register(request.user))
    criteria = hazard_register.criteria_in_force()
    view = "map" if request.GET.get("view") == "map" else "table"
    seen = lines_seen_by(request.user)
    records = list(seen if view == "map" else seen.defer("geometry"))
    everything, rows = _rows(request, criteria, records)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    states = Counter(row.hazard.state for row in everything)
    context: dict[str, Any] = {
        "view": view,
        "page": page,
        "rows": [_told(row) for row in page],
        "total": len(rows),
        "any": bool(everything),
        "lines": [(record.line_id, record.name) for record in records],
        "kinds": [(word.key, pick(word.zh, word.en)) for word in criteria.kinds.values()],
        "levels": [(level.key, pick(level.zh, level.en)) for level in criteria.levels.values()],
        "states": [(state.value, state.label, HAZARD_CHIPS[state], states[state]) for state in HazardState],
        "state": request.GET.get("state", ""),
        "kind": request.GET.get("kind", ""),
        "level": request.GET.get("level", ""),
        "line": request.GET.get("line", ""),
        "all_states": len(everything),
        "criteria": criteria,
        "criteria_title": pick(criteria.title, criteria.title_en),
        "criteria_status": pick(criteria.status, criteria.status_en),
        "may_register": lines_worked_on_by(request.user).exists(),
    }
    if view == "map":
        context |= _map(
            "hazards", [record for record in records if not context["line"] or str(record.line_id) == context["line"]], rows
        )
        context["level_legend"] = [(level.rank, pick(level.zh, level.en)) for level in criteria.levels.values()]
    return render(request, "boundaries/hazards.html", context)


@login_required
@require_safe
def hazard_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, the risk of the lines term by term, the criteria they were judged by."""
    ensure(policies.may_view_register(request.user))
    today = timezone.localdate()
    criteria = hazard_register.criteria_in_force()
    records = list(lines_seen_by(request.user).defer("geometry"))
    _everything, rows = _rows(request, criteria, records)
    plan = plan_rows(records, today)
    risks = hazard_register.risks_of(plan, today, criteria)
    content = hazard_register.as_xlsx(rows, [(one.code, one.name, risks[one.line]) for one in plan], criteria)
    response = HttpResponse(content, content_type=spreadsheets.XLSX)
    response["Content-Disposition"] = f'attachment; filename="hazards-{today.isoformat()}.xlsx"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def hazard_new(request: HttpRequest) -> HttpResponse:
    """?line=NUMBER [&inspection=NUMBER] [&lon=&lat=]; without a line, the lines to choose from."""
    ensure(policies.may_view_register(request.user))
    number = request.GET.get("line", "") or request.POST.get("line", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        records = lines_worked_on_by(request.user).defer("geometry")
        return render(request, "boundaries/hazard_line.html", {"records": records})
    line = get_object_or_404(BoundaryLine, pk=int(number))
    ensure(policies.may_register_hazard(request.user, line))
    if request.method != "POST":
        return _form(request, line)
    with attempt() as tried:
        made = hazards.register(person(request), line, inspection=_inspection(request, line), **_fields(Posted(request.POST)))
    if tried.refused is not None:
        return _form(request, line, refused=tried.refused, status=tried.refused.status)
    messages.success(request, _("隐患已登记。"))
    return redirect("hazard", made.pk)


@login_required
@require_safe
def hazard_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


@login_required
@require_http_methods(["GET", "POST"])
def hazard_edit(request: HttpRequest, pk: int) -> HttpResponse:
    hazard = _visible(request, pk)
    ensure(policies.may_register_hazard(request.user, hazard.line_id))
    if request.method != "POST":
        return _form(request, hazard.line, hazard)
    with attempt() as tried:
        posted = Posted(request.POST)
        hazards.update(person(request), hazard, posted.number("version"), **_fields(posted))
    if tried.refused is not None:
        return _form(request, hazard.line, hazard, refused=tried.refused, status=tried.refused.status)
    messages.success(request, _("已保存。"))
    return redirect("hazard", pk)


@login_required
@require_POST
def hazard_do(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """what: entry (a measure, meeting or document), finish (a measure is done), step."""
    hazard = _visible(request, pk)
    if what not in _DEEDS:
        raise NotFoundError("unknown_step", _("没有这一步。"))
    with attempt() as tried:
        _DEEDS[what](person(request), hazard, Posted(request.POST), request)
    if tried.refused is not None:
        key = f"step-{request.POST.get('action', '')}" if what == "step" else what
        return _show(request, hazard, refused=tried.refused, what=key, status=tried.refused.status)
    messages.success(request, _("已办理。"))
    return redirect("hazard", pk)


@login_required
@require_http_methods(["GET", "POST"])
def hazard_criteria(request: HttpRequest) -> HttpResponse:
    """The criteria in force with their matrix; who answers for the register may put another text in their place."""
    ensure(policies.may_view_register(request.user))
    refused, status = None, 200
    if request.method == "POST":
        try:
            hazards.set_criteria(person(request), request.POST.get("text", ""), request.POST.get("note", ""))
        except InvalidInputError as error:
            refused, status = error, error.status
        else:
            messages.success(request, _("评定办法已采用。"))
            return redirect("hazard-criteria")
    criteria = hazard_register.criteria_in_force()
    context = {
        "criteria": criteria,
        "title": pick(criteria.title, criteria.title_en),
        "status": pick(criteria.status, criteria.status_en),
        "matrix": _matrix(criteria),
        "consequences": [_word(word) for word in criteria.consequences.values()],
        "kinds": [_word(word) for word in criteria.kinds.values()],
        "levels": [
            (level, pick(level.zh, level.en), LEVEL_CHIPS[min(level.rank, 3)], criteria.bounds.get(level.key, 0))
            for level in criteria.levels.values()
        ],
        "terms": criteria.line,
        "text": request.POST.get("text") or hazard_register.text_in_force(),
        "may_edit": policies.may_edit_hazard_criteria(request.user),
        "refused": refused,
        "adopted": HazardCriteria.objects.select_related("made_by")[:20],
    }
    return render(request, "boundaries/hazard_criteria.html", context, status=status)


# --- parts ----------------------------------------------------------------------------------------------------------------------


def _visible(request: HttpRequest, pk: int) -> BoundaryHazard:
    hazard = get_object_or_404(BoundaryHazard.objects.select_related("line", "marker", "inspection", "created_by"), pk=pk)
    ensure(policies.may_view_line(request.user, hazard.line_id))
    return hazard


def _rows(request: HttpRequest, criteria: Criteria, records: list[Any]) -> tuple[list[HazardRow], list[HazardRow]]:
    """(all of the person's lines, those that fit the filters)."""
    state, kind, level, line = (request.GET.get(name, "").strip()[:40] for name in ("state", "kind", "level", "line"))
    if state and state not in HazardState.values:
        raise InvalidInputError("bad_state", _("没有“%(text)s”这一类。") % {"text": state})
    names = {record.line_id: record.name for record in records}
    everything = hazard_register.rows_of(hazard_register.seen_by(request.user), names, criteria)
    found = [
        row
        for row in everything
        if (row.hazard.state == state if state else row.hazard.state != HazardState.CLOSED)
        and (not kind or row.hazard.kind == kind)
        and (not level or (row.level is not None and row.level.key == level))
        and (not line or str(row.hazard.line_id) == line)
    ]
    found.sort(
        key=lambda row: (
            -(row.level.rank if row.level else 99),
            row.hazard.due_on is None,
            row.hazard.due_on or row.hazard.found_on,
        )
    )
    return everything, found


def _told(row: HazardRow) -> dict[str, Any]:
    today = timezone.localdate()
    due = row.hazard.due_on
    return {
        "row": row,
        "hazard": row.hazard,
        "level_chip": LEVEL_CHIPS[min(row.level.rank, 3)] if row.level else "undetermined",
        "state_chip": HAZARD_CHIPS[row.hazard.state],
        "overdue": due is not None and due < today and row.hazard.state != HazardState.CLOSED,
    }


def _map(identifier: str, records: list[Any], rows: list[HazardRow], pick_label: dict[str, str] | None = None) -> dict[str, Any]:
    shell = leaflet_shell(identifier, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    drawn = features(records, timezone.localdate(), markers=bool(pick_label), most=CORNERS_ON_MAP)
    for one in drawn["features"]:
        is_line = one["properties"]["what"] == "line"
        one["properties"] |= {
            "style": "plain" if is_line else "stake",
            "words": one["properties"]["name" if is_line else "number"],
        }
    drawn["features"] += [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.hazard.place.x, row.hazard.place.y]},
            "properties": {
                "style": f"level-{min(row.level.rank, 3)}" if row.level else "",
                "words": f"{row.hazard.title}（{row.kind}，{row.level_words}）",
                "mark": row.level_words[:1],
                "url": reverse("hazard", args=[row.hazard.pk]),
            },
        }
        for row in rows
        if row.hazard.place is not None
    ]
    config: dict[str, Any] = {"map": shell.variable, "features": drawn, "label": _("边界隐患图")}
    if pick_label:
        config["pick"] = pick_label
    divisions = map_config(timezone.localdate(), shell.variable)
    unplaced = [row for row in rows if row.hazard.place is None]
    return {"shell": shell, "config": config, "divisions": divisions, "not_placed": unplaced}


def _word(word: Any) -> dict[str, str]:
    return {"key": word.key, "title": pick(word.zh, word.en), "criterion": pick(word.criterion, word.criterion_en)}


def _matrix(criteria: Criteria, hazard: BoundaryHazard | None = None) -> list[dict[str, Any]]:
    """Rows by likelihood, the gravest on top; the cell of `hazard` is marked."""
    rows = []
    for word in reversed(list(criteria.likelihoods.values())):
        cells = []
        for other in criteria.consequences:
            level = criteria.levels[criteria.matrix[word.key][other]]
            here = hazard is not None and (hazard.likelihood, hazard.consequence) == (word.key, other)
            cells.append({"rank": min(level.rank, 3), "words": pick(level.zh, level.en), "here": here})
        rows.append(_word(word) | {"cells": cells})
    return rows


def _show(
    request: HttpRequest, hazard: BoundaryHazard, *, refused: DomainError | None = None, what: str = "", status: int = 200
) -> HttpResponse:
    hazard.refresh_from_db()
    criteria = hazard_register.criteria_in_force()
    line = line_on(hazard.line_id)
    [row] = hazard_register.rows_of([hazard], {line.id: line.name}, criteria)
    handles = policies.may_handle_hazard(request.user, hazard.line_id)
    reopens = policies.may_reopen_hazard(request.user, hazard.line_id)
    context: dict[str, Any] = {
        "hazard": hazard,
        "line": line,
        "told": _told(row),
        "row": row,
        "matrix": _matrix(criteria, hazard),
        "consequences": [_word(word) for word in criteria.consequences.values()],
        "criteria_status": pick(criteria.status, criteria.status_en),
        "marker": next((one.number for one in line.markers if one.id == hazard.marker_id), ""),
        "entries": hazard.entries.select_related("made_by", "file"),
        "steps": [step for step in edges_from(hazard.state) if (reopens if step.by_reviewer else handles)],
        "handles": handles and hazard.state != HazardState.CLOSED,
        "may_edit": policies.may_register_hazard(request.user, hazard.line_id) and hazard.state != HazardState.CLOSED,
        "kinds": [(kind.value, kind.label) for kind in hazards.ENTRIES],
        "today": timezone.localdate(),
        "refused": refused,
        "what": what,
        "typed": request.POST if refused else {},
        **_map("hazard", [line.record], [row]),
    }
    return render(request, "boundaries/hazard.html", context, status=status)


def _form(
    request: HttpRequest,
    line: BoundaryLine,
    hazard: BoundaryHazard | None = None,
    *,
    refused: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    criteria = hazard_register.criteria_in_force()
    there = line_on(line)
    words = {"lon": "lon", "lat": "lat", "chainage": "chainage", "words": _("隐患地点")}
    context: dict[str, Any] = {
        "line": there,
        "hazard": hazard,
        "values": _values(request, hazard, there, refused),
        "kinds": [_word(word) for word in criteria.kinds.values()],
        "likelihoods": [_word(word) for word in criteria.likelihoods.values()],
        "consequences": [_word(word) for word in criteria.consequences.values()],
        "criteria_status": pick(criteria.status, criteria.status_en),
        "matrix": _matrix(criteria),
        "markers": [(str(one.id), one.number) for one in there.markers],
        "inspection": request.GET.get("inspection", "") or request.POST.get("inspection", ""),
        "today": timezone.localdate(),
        "refused": refused,
        **_map("hazardplace", [there.record], [], words),
    }
    return render(request, "boundaries/hazard_form.html", context, status=status)


def _values(request: HttpRequest, hazard: BoundaryHazard | None, there: LineOnDay, refused: DomainError | None) -> dict[str, Any]:
    if refused is not None:
        return request.POST.dict() | {"sides": request.POST.getlist("sides")}
    if hazard is None:
        return {
            "found_on": timezone.localdate().isoformat(),
            "sides": [str(side.id) for side in there.sides],
            "lon": request.GET.get("lon", ""),
            "lat": request.GET.get("lat", ""),
        }
    return {
        "kind": hazard.kind,
        "title": hazard.title,
        "details": hazard.details,
        "likelihood": hazard.likelihood,
        "consequence": hazard.consequence,
        "criteria_note": hazard.criteria_note,
        "found_on": hazard.found_on.isoformat(),
        "due_on": hazard.due_on.isoformat() if hazard.due_on else "",
        "marker": str(hazard.marker_id or ""),
        "lon": f"{hazard.place.x:.6f}" if hazard.place else "",
        "lat": f"{hazard.place.y:.6f}" if hazard.place else "",
        "chainage": "" if hazard.place or hazard.chainage_m is None else f"{hazard.chainage_m:.1f}",
        "sides": [str(pk) for pk in hazard.sides.values_list("pk", flat=True)],
    }


def _inspection(request: HttpRequest, line: BoundaryLine) -> JointInspection | None:
    number = request.POST.get("inspection", "")
    if not number.isascii() or not number.isdigit():
        return None
    return JointInspection.objects.filter(pk=int(number[:18]), line=line).first()


def _fields(posted: Posted) -> dict[str, Any]:
    lon, lat = posted.metres("lon"), posted.metres("lat")
    if (lon is None) != (lat is None):
        raise InvalidInputError("bad_place", _("经度和纬度须一并填写。"), fields={"lon": [_("经度和纬度须一并填写。")]})
    if lon is not None and lat is not None and not (70 <= lon <= 140 and 0 <= lat <= 60):
        words = _("经度、纬度不在中国范围内，请检查是否颠倒。")
        raise InvalidInputError("bad_place", words, fields={"lon": [words]})
    return {
        "kind": posted.text("kind"),
        "title": posted.text("title"),
        "details": posted.text("details"),
        "likelihood": posted.text("likelihood"),
        "consequence": posted.text("consequence"),
        "criteria_note": posted.text("criteria_note"),
        "found_on": posted.required_day("found_on"),
        "due_on": posted.day("due_on"),
        "place": None if lon is None or lat is None else (lon, lat),
        "chainage_m": posted.metres("chainage"),
        "marker": posted.optional_number("marker"),
        "sides": posted.numbers("sides"),
    }


def _entry(actor: User, hazard: BoundaryHazard, posted: Posted, request: HttpRequest) -> None:
    hazards.add_entry(
        actor,
        hazard,
        kind=posted.text("kind"),
        on=posted.day("on") or timezone.localdate(),
        text=posted.text("text"),
        responsible=posted.text("responsible"),
        due_on=posted.day("due_on"),
        upload=request.FILES.get("file"),
    )


def _finish(actor: User, hazard: BoundaryHazard, posted: Posted, request: HttpRequest) -> None:
    hazards.finish_entry(actor, hazard, posted.number("entry"), posted.day("done_on") or timezone.localdate())


def _step(actor: User, hazard: BoundaryHazard, posted: Posted, request: HttpRequest) -> None:
    action = posted.text("action")
    if action not in set(Action):
        raise NotFoundError("unknown_step", _("没有这一步。"))
    hazards.take_step(
        actor, hazard, posted.number("version"), Action(action), note=posted.text("note"), closed_on=posted.day("closed_on")
    )


_Deed = Callable[[User, BoundaryHazard, Posted, HttpRequest], None]
_DEEDS: dict[str, _Deed] = {"entry": _entry, "finish": _finish, "step": _step}
