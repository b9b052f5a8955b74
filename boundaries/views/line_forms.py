"""Registering, changing, correcting and deriving lines; entering markers, acts on them and their photos."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries import boundary_lines, policies
from boundaries.boundary_lines import LineOnDay
from boundaries.forms.boundary_line import DeriveForm, GroundsForm, LineForm, MarkerActForm, MarkerForm
from boundaries.line_checks import marker_findings, tri_point_findings
from boundaries.models import BoundaryLine, BoundaryMarker, Source
from boundaries.services import boundary_lines as lines
from boundaries.services import boundary_markers as markers
from boundaries.services import line_archive, line_derivation, marker_acts
from boundaries.services.line_entry import make
from boundaries.views.boundary_lines import editable_line, map_config
from boundaries.views.map_page import map_config as divisions_map
from boundaries.views.parameters import day_of, person
from gis.accounts.access import ensure
from gis.errors import InvalidInputError, NotFoundError
from gis.views.forms import attempt, show_refusal
from gis.webmap.shell import leaflet_shell

MODES = ("change", "correct")
Deed = Callable[[Source], Any]


@login_required
@require_http_methods(["GET", "POST"])
def line_new(request: HttpRequest) -> HttpResponse:
    ensure(policies.may_register_lines(request.user))
    form = LineForm(request.POST or None, mode="register")

    def deed() -> Deed:
        values, data = form.values(), form.cleaned_data
        return lambda source: lines.register(person(request), data["code"], values, source=source, valid_from=data["on"])

    made = _made(request, form, deed)
    if made is not None:
        messages.success(request, _("界线 %(code)s 已登记。") % {"code": made.code})
        return redirect("boundary-line", made.pk)
    return _form(request, form, {"mode": "register", "line": None} | _drawing(None))


@login_required
@require_http_methods(["GET", "POST"])
def line_edit(request: HttpRequest, pk: int, mode: str) -> HttpResponse:
    """`change`: since a day, by a document; `correct`: what was recorded wrongly."""
    held = editable_line(request, pk)
    line = boundary_lines.line_on(held)
    form = LineForm(request.POST or None, mode=_mode(mode), line=line)

    def deed() -> Deed:
        values, data, actor = form.values(), form.cleaned_data, person(request)
        if mode == "change":
            return lambda source: lines.change(actor, held, values, on=data["on"], source=source)
        return lambda source: lines.correct(actor, held, values, reason=data["reason"], source=source, record=_looked_at(request))

    if _made(request, form, deed) is not None:
        messages.success(request, _("已记入。原来的记录仍可在历史中查到。"))
        return redirect("boundary-line", pk)
    return _form(request, form, {"mode": mode, "line": line, "record": line.record} | _drawing(line))


@login_required
@require_http_methods(["GET", "POST"])
def line_derive(request: HttpRequest) -> HttpResponse:
    """First shows what the shared edge of two divisions gives, then registers it."""
    ensure(policies.may_register_lines(request.user))
    given = request.POST or (request.GET if request.GET.get("side_a") else None)
    form, derived = DeriveForm(given), None
    if given is not None and form.is_valid():
        with attempt() as tried:
            derived = line_derivation.derive(*form.sides())
            if request.POST.get("confirm"):
                data = form.cleaned_data
                line = line_derivation.commit(person(request), derived, code=data["code"].strip(), name=data["name"].strip())
                messages.success(request, _("界线 %(code)s 已登记，图形取自两侧区划的共同边。") % {"code": line.code})
                return redirect("boundary-line", line.pk)
        if tried.refused is not None:
            show_refusal(form, tried.refused)
    return render(request, "boundaries/line_derive.html", {"form": form, "derived": derived}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def marker_new(request: HttpRequest, pk: int) -> HttpResponse:
    held = editable_line(request, pk)
    line = boundary_lines.line_on(held)
    form = MarkerForm(request.POST or None, mode="register", line=line)

    def deed() -> Deed:
        values, data = form.values(), form.cleaned_data
        on_lines = [held, *_other_lines(data["other_lines"])]
        return lambda source: markers.register(person(request), on_lines, values, source=source, valid_from=data["on"])

    made = _made(request, form, deed)
    if made is not None:
        messages.success(request, _("界桩已登记。"))
        return redirect("boundary-marker", made.pk)
    return _form(request, form, {"mode": "register", "line": line, "marker": None, "is_marker": True})


@login_required
@require_http_methods(["GET", "POST"])
def marker_edit(request: HttpRequest, pk: int, mode: str) -> HttpResponse:
    held = _editable_marker(request, pk)
    marker = boundary_lines.marker_on(held)
    form = MarkerForm(request.POST or None, mode=_mode(mode), marker=marker)

    def deed() -> Deed:
        values, data, actor = form.values(), form.cleaned_data, person(request)
        if mode == "change":
            return lambda source: markers.change(actor, held, values, on=data["on"], source=source)
        return lambda source: markers.correct(actor, held, values, reason=data["reason"], source=source, record=_looked_at(request))

    if _made(request, form, deed) is not None:
        messages.success(request, _("已记入。原来的记录仍可在历史中查到。"))
        return redirect("boundary-marker", pk)
    context = {"mode": mode, "line": _a_line_of(held), "marker": marker, "record": marker.record, "is_marker": True}
    return _form(request, form, context)


@login_required
@require_safe
def marker_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _show_marker(request, _seen_marker(request, pk), None)


@login_required
@require_POST
def marker_act(request: HttpRequest, pk: int) -> HttpResponse:
    """A move, repair … ; what the law forbids is refused with its rules, and what was typed stays."""
    held = _editable_marker(request, pk)
    form = MarkerActForm(request.POST, marker=boundary_lines.marker_on(held))
    actor = person(request)
    if form.is_valid():
        with attempt() as tried:
            act = form.act()
            make(actor, lambda source: marker_acts.carry_out(actor, held, act, source=source), form.evidence())
        if tried.refused is not None:
            show_refusal(form, tried.refused)
        else:
            messages.success(request, _("已登记。"))
            return redirect("boundary-marker", pk)
    return _show_marker(request, held, form)


@login_required
@require_POST
def marker_picture(request: HttpRequest, pk: int) -> HttpResponse:
    held = _editable_marker(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("请选择照片。"))
    else:
        try:
            line_archive.add_picture(person(request), held, upload, caption=request.POST.get("caption", ""))
            messages.success(request, _("照片已存入。"))
        except InvalidInputError as error:
            messages.error(request, str(error))
    return redirect(reverse("boundary-marker", args=[pk]) + "#pictures")


@login_required
@require_POST
def marker_picture_remove(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    line_archive.remove_picture(person(request), _editable_marker(request, pk), picture)
    return redirect(reverse("boundary-marker", args=[pk]) + "#pictures")


def _show_marker(request: HttpRequest, held: BoundaryMarker, form: MarkerActForm | None) -> HttpResponse:
    marker = boundary_lines.marker_on(held, day_of(request))
    line = _a_line_of(held)
    shell = leaflet_shell("line", max_zoom=18)
    may_edit = policies.may_edit_marker(request.user, held)
    features = reverse("boundary-line-features", args=[line.id]) if line else ""
    findings = [*marker_findings(marker), *(tri_point_findings(line) if line and marker.is_tri_point else [])]
    context = {
        "marker": marker,
        "record": marker.record,
        "line": line,
        "lines": BoundaryLine.objects.filter(markers=held).order_by("code"),
        "seen_lines": {one.pk for one in BoundaryLine.objects.filter(markers=held) if policies.may_view_line(request.user, one)},
        "findings": [one.as_dict() for one in findings],
        "pictures": held.pictures.filter(removed_at=None).select_related("file"),
        "acts": held.acts.select_related("source", "made_by"),
        "history": boundary_lines.history_of_marker(held),
        "form": form or (MarkerActForm(marker=marker) if may_edit else None),
        "refused": form is not None,
        "may_edit": may_edit,
        "shell": shell,
        "config": map_config(shell.variable, features) | {"marker": marker.id},
    }
    return render(request, "boundaries/marker_page.html", context, status=422 if form is not None and form.errors else 200)


def _made(request: HttpRequest, form: GroundsForm, deed: Callable[[], Deed]) -> Any:
    """What the deed made, or None: nothing was sent yet, or it was refused and the form says why."""
    if request.method != "POST" or not form.is_valid():
        return None
    with attempt() as tried:
        return make(person(request), deed(), form.evidence())
    if tried.refused is not None:
        show_refusal(form, tried.refused)
    return None


def _drawing(line: LineOnDay | None) -> dict[str, Any]:
    """The map that a line is drawn on: what is registered of it and the outlines of its sides to snap to."""
    shell = leaflet_shell("draw", basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    config = divisions_map(timezone.localdate(), shell.variable)
    config["words"] |= {"wbVertex": pgettext("workbench", "第 {number} 点，可拖动，Delete 键删除")}
    config["features"] = reverse("boundary-line-features", args=[line.id]) if line is not None else ""
    return {"shell": shell, "config": config}


def _form(request: HttpRequest, form: GroundsForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "boundaries/line_form.html", context | {"form": form}, status=422 if form.errors else 200)


def _mode(mode: str) -> str:
    if mode not in MODES:
        raise NotFoundError("unknown_step", _("没有这一步。"))
    return mode


def _looked_at(request: HttpRequest) -> int | None:
    text = request.POST.get("record", "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _other_lines(text: str) -> list[BoundaryLine]:
    codes = [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]
    try:
        return [boundary_lines.find_line(code) for code in codes]
    except NotFoundError as error:
        raise InvalidInputError("line_unknown", str(error), {"other_lines": [str(error)]}) from error


def _seen_marker(request: HttpRequest, pk: int) -> BoundaryMarker:
    held = _marker(pk)
    ensure(policies.may_view_marker(request.user, held))
    return held


def _editable_marker(request: HttpRequest, pk: int) -> BoundaryMarker:
    held = _marker(pk)
    ensure(policies.may_edit_marker(request.user, held))
    return held


def _marker(pk: int) -> BoundaryMarker:
    held = BoundaryMarker.objects.filter(pk=pk).first()
    if held is None:
        raise NotFoundError("marker_unknown", _("没有这个界桩。"))
    return held


def _a_line_of(held: BoundaryMarker) -> LineOnDay | None:
    line = BoundaryLine.objects.filter(markers=held).order_by("code").first()
    if line is None:
        return None
    try:
        return boundary_lines.line_on(line, timezone.localdate())
    except NotFoundError:
        return None
