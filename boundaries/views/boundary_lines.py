"""The register of lines: its list, what is taken away of it, a line's page with its map, archive and course."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import shapely
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.gis.geos import Polygon
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries import boundary_lines, line_courses, line_tables, policies
from boundaries.boundary_lines import LineOnDay
from boundaries.line_checks import findings_of
from boundaries.models import BoundaryLine, BoundaryLineRecord, DivisionRecord, Level, LineFileKind, LineRound
from boundaries.querysets import subtree_ids
from boundaries.services import boundary_lines as services
from boundaries.services import line_archive
from boundaries.services.correction_entry import Evidence
from boundaries.services.line_entry import make
from boundaries.views.parameters import day_of, person, root_of
from gis.accounts.access import ensure
from gis.crs import CGCS2000
from gis.errors import DomainError, InvalidInputError
from gis.services import spreadsheets
from gis.webmap.shell import leaflet_shell

SORTS = {"code": "line__code", "name": "name", "level": "level", "length": "length_m", "agreed": "agreed_on"}
FORMS = {"xlsx": spreadsheets.XLSX, "geojson": "application/geo+json", "gpx": "application/gpx+xml"}
# The sides' outlines are only there to tell where one is; the line itself is never thinned.
_THINNED = 0.0005
_MOST_ON_MAP = 400


@login_required
@require_safe
def line_list(request: HttpRequest) -> HttpResponse:
    """?q= &level= &disputed=1 &under=CODE &sort= : the lines within the person's areas."""
    ensure(policies.may_view_register(request.user))
    day, refused = timezone.localdate(), None
    try:
        rows = _filtered(request)
    except DomainError as error:
        rows, refused = BoundaryLineRecord.objects.none(), error
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    names = boundary_lines.names_of([side for one in page for side in (one.side_a_id, one.side_b_id)], day)
    query = request.GET.copy()
    query.pop("page", None)
    without_sort = query.copy()
    without_sort.pop("sort", None)
    context = {
        "page_obj": page,
        "rows": [(one, names.get(one.side_a_id, ""), names.get(one.side_b_id, "")) for one in page],
        "given": request.GET,
        "query": query.urlencode(),
        "without_sort": without_sort.urlencode(),
        "sort": _sort(request),
        "levels": [(str(level.value), level.label) for level in Level if level != Level.VILLAGE],
        "narrowed": any(request.GET.get(name) for name in ("q", "level", "disputed", "under")),
        "may_register": policies.may_register_lines(request.user),
        "refused": refused,
    }
    return render(request, "boundaries/line_list.html", context, status=refused.status if refused else 200)


@login_required
@require_safe
def line_export(request: HttpRequest, form: str) -> HttpResponse:
    """The rows of the list, or with ?line=ID one line: lines and markers as two sheets, GeoJSON, or GPX for handhelds."""
    if form not in FORMS:
        raise Http404
    ensure(policies.may_view_register(request.user))
    rows = list(_filtered(request))
    day = timezone.localdate()
    if form == "xlsx":
        lines = boundary_lines.lines_on([one.line for one in rows], day)
        content = spreadsheets.as_book(
            [
                (_("界线"), line_tables.LINE_HEADINGS, line_tables.line_rows(rows, day)),
                (_("界桩"), line_tables.MARKER_HEADINGS, line_tables.marker_rows(lines)),
            ]
        )
    else:
        content = line_tables.as_geojson(rows, day) if form == "geojson" else line_tables.as_gpx(rows, day)
    name = (rows[0].name if len(rows) == 1 else _("界线")) + f"_{day.isoformat()}.{form}"
    response = HttpResponse(content, content_type=FORMS[form])
    response["Content-Disposition"] = f"attachment; filename=\"lines.{form}\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_safe
def line_page(request: HttpRequest, pk: int) -> HttpResponse:
    """?on=DAY. What holds on the day; ?course=1 shows the course the geometry gives."""
    line = seen_line(request, pk)
    shell = leaflet_shell("line", max_zoom=18, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    held = BoundaryLine.objects.get(pk=pk)
    generated = line_courses.words(line)
    checked = line_courses.check(line, line.record.course) if line.record.course else None
    context = {
        "line": line,
        "record": line.record,
        "shell": shell,
        "config": map_config(shell.variable, reverse("boundary-line-features", args=[pk]) + f"?on={line.day.isoformat()}"),
        "findings": [one.as_dict() for one in findings_of(line)],
        "checked": checked,
        "differences": [{"message": one.message_zh, "message_en": one.message_en} for one in checked.differences]
        if checked
        else [],
        "generated": generated,
        "history": boundary_lines.history_of(held),
        "rounds": _rounds(held, line),
        "files": _by_kind(held),
        "removed": held.files.exclude(removed_at=None).select_related("file"),
        "kinds": LineFileKind.choices,
        "may_edit": policies.may_edit_line(request.user, pk),
        "today": timezone.localdate(),
        "length_differs": _length_differs(line),
    }
    return render(request, "boundaries/line_page.html", context)


@login_required
@require_safe
def line_features(request: HttpRequest, pk: int) -> JsonResponse:
    """GeoJSON of one line: itself, its markers, and its sides' outlines thinned."""
    line = seen_line(request, pk)
    found = boundary_lines.line_features(line)
    outlines = DivisionRecord.objects.on(line.day).filter(division__in=[side.id for side in line.sides], geometry__isnull=False)
    found["features"] = [
        {
            "type": "Feature",
            "geometry": shapely.simplify(boundary_lines.as_shapely(one.geometry), _THINNED).__geo_interface__,
            "properties": {"what": "side", "name": one.name},
        }
        for one in outlines
    ] + found["features"]
    return _json(found)


@login_required
@require_safe
def lines_on_map(request: HttpRequest) -> JsonResponse:
    """?bbox=west,south,east,north &on=DAY: what the main map draws of lines and markers."""
    ensure(policies.may_view_register(request.user))
    day = day_of(request)
    rows = boundary_lines.lines_seen_by(request.user, day).filter(geometry__bboverlaps=_box(request))
    found = boundary_lines.features(list(rows[:_MOST_ON_MAP]), day)
    for feature in found["features"]:
        told = feature["properties"]
        name, key = ("boundary-line", told["line"]) if told["what"] == "line" else ("boundary-marker", told["marker"])
        told["url"] = reverse(name, args=[key])
    return _json(found)


@login_required
@require_POST
def line_attach(request: HttpRequest, pk: int) -> HttpResponse:
    line = editable_line(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("请选择文件。"))
    else:
        try:
            line_archive.attach(person(request), line, upload, request.POST.get("kind", ""), request.POST.get("title", ""))
            messages.success(request, _("已存入界线档案。"))
        except InvalidInputError as error:
            messages.error(request, str(error))
    return redirect(reverse("boundary-line", args=[pk]) + "#archive")


@login_required
@require_POST
def line_detach(request: HttpRequest, pk: int, attached: int) -> HttpResponse:
    line = editable_line(request, pk)
    line_archive.detach(person(request), line, attached, restore=bool(request.POST.get("restore")))
    return redirect(reverse("boundary-line", args=[pk]) + "#archive")


@login_required
@require_POST
def line_course(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the course that geometry and markers give on record, as a correction."""
    held = editable_line(request, pk)
    line = boundary_lines.line_on(held)
    text = line_courses.words(line)
    if not text:
        messages.error(request, _("这条界线没有图形，不能生成走向说明。"))
        return redirect("boundary-line", pk)
    reason = _("按图形和界桩生成走向说明")
    make(
        person(request),
        lambda source: services.correct(
            person(request), held, {"course": text}, reason=reason, source=source, record=line.record.pk
        ),
        Evidence(_("由图形和界桩生成")),
    )
    messages.success(request, _("走向说明已记入。"))
    return redirect(reverse("boundary-line", args=[pk]) + "#course")


def seen_line(request: HttpRequest, pk: int) -> LineOnDay:
    ensure(policies.may_view_line(request.user, boundary_lines.find_line(pk)))
    return boundary_lines.line_on(pk, day_of(request))


def editable_line(request: HttpRequest, pk: int) -> BoundaryLine:
    line = boundary_lines.find_line(pk)
    ensure(policies.may_edit_line(request.user, line))
    return line


def map_config(variable: str, features: str) -> dict[str, Any]:
    return {
        "map": variable,
        "features": features,
        "words": {
            "failed": _("地图资料没有取到，请刷新页面。"),
            "line": _("界线"),
            "disputed": _("有争议的界线"),
            "marker": _("界桩"),
            "tri": _("三交点界桩"),
            "nothing": _("没有图形。"),
        },
    }


def _filtered(request: HttpRequest) -> QuerySet[BoundaryLineRecord]:
    day = timezone.localdate()
    rows = boundary_lines.lines_seen_by(request.user, day).annotate(marker_count=Count("line__marker_places", distinct=True))
    given = request.GET
    if text := given.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=text) | Q(line__code__icontains=text))
    if given.get("level", "") in {"1", "2", "3", "4"}:
        rows = rows.filter(level=int(given["level"]))
    if given.get("disputed"):
        rows = rows.filter(disputed=True)
    if (one := given.get("line", "")).isdecimal() and len(one) < 18:
        rows = rows.filter(line=int(one))
    if (root := root_of(request, day)) is not None:
        inside = subtree_ids(root, day)
        rows = rows.filter(Q(side_a__in=inside) | Q(side_b__in=inside))
    sort = _sort(request)
    column = SORTS[sort.lstrip("-")]
    return rows.order_by(f"-{column}" if sort.startswith("-") else column, "line__code")


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "code")
    return sort if sort.lstrip("-") in SORTS and sort.count("-") <= 1 else "code"


def _box(request: HttpRequest) -> Polygon:
    try:
        west, south, east, north = (float(text) for text in request.GET.get("bbox", "").split(","))
    except ValueError as error:
        raise InvalidInputError("bad_bbox", _("bbox 应为四个数：西、南、东、北。")) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInputError("bad_bbox", _("bbox 应为四个数：西、南、东、北。"))
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = CGCS2000
    return box


def _rounds(line: BoundaryLine, seen: LineOnDay) -> list[tuple[LineRound, str, str]]:
    rounds = list(LineRound.objects.filter(line=line).order_by("number"))
    names = boundary_lines.names_of([side for one in rounds for side in (one.lead_id, one.partner_id)], seen.day)
    return [(one, names.get(one.lead_id, ""), names.get(one.partner_id, "")) for one in rounds]


def _by_kind(line: BoundaryLine) -> list[tuple[str, str, list[Any]]]:
    held = list(line.files.filter(removed_at=None).select_related("file", "added_by"))
    return [(value, str(label), [one for one in held if one.kind == value]) for value, label in LineFileKind.choices]


def _length_differs(line: LineOnDay) -> float | None:
    """Metres the registered length is longer than the geometry, where both are known."""
    said = line.record.registered_length_m
    return None if said is None or line.length_m is None else said - line.length_m


def _json(found: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-cache"
    return response
