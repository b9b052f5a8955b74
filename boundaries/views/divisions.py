"""区划: the list with its exports, a division's page and its panel beside the map."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from boundaries import biography, facts, policies
from boundaries.family import family_of
from boundaries.models import Authority, DivisionRecord, DivisionType, Level, SourceKind
from boundaries.views.parameters import day_of, person
from gis.accounts.access import ensure
from gis.services import spreadsheets

PER_PAGE = 50
# Units listed on the page of the one they lie in; the list of divisions has all.
INSIDE = 200
GEOJSON = "application/geo+json"


@login_required
@require_safe
def division_list(request: HttpRequest) -> HttpResponse:
    """?on= &level= &parent= &q= &type= &authority= &sort= &page="""
    ensure(policies.may_view_register(request.user))
    day, filters = day_of(request), _filters(request)
    page = Paginator(facts.listed(day, **filters), PER_PAGE).get_page(request.GET.get("page"))
    records = list(page)
    paths = facts.chains([record.division_id for record in records], day)
    parent = filters["parent"]
    context = {
        "day": day,
        "today": timezone.localdate(),
        "filters": filters,
        "page": page,
        "rows": [(record, paths[record.division_id]) for record in records],
        "levels": Level.choices,
        "types": DivisionType.choices,
        "authorities": Authority.choices,
        "parent": facts.facts_of(parent, day) if parent else None,
        "filtered": any(filters[name] for name in ("level", "parent", "text", "kind", "authority")),
        "columns": _columns(request, filters["sort"]),
        "query": _query(request, without=("page",)),
        "anything": DivisionRecord.objects.exists(),
        "demo": any(record.source.kind == SourceKind.DEMO for record in records),
    }
    return render(request, "boundaries/division_list.html", context)


def _filters(request: HttpRequest) -> dict[str, Any]:
    level, parent = request.GET.get("level", ""), request.GET.get("parent", "")
    kind, authority = request.GET.get("type", ""), request.GET.get("authority", "")
    return {
        "level": int(level) if level.isascii() and level.isdigit() and int(level) in Level.values else None,
        "parent": int(parent) if parent.isascii() and parent.isdigit() and len(parent) < 19 else None,
        "text": request.GET.get("q", "").replace("\x00", "").strip()[:60],
        "kind": kind if kind in DivisionType.values else "",
        "authority": authority if authority in Authority.values else "",
        "sort": request.GET.get("sort", "") if request.GET.get("sort", "") in facts.SORTS else "level",
    }


def _query(request: HttpRequest, without: tuple[str, ...] = (), **changed: str) -> str:
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return query.urlencode()


def _columns(request: HttpRequest, sort: str) -> list[dict[str, Any]]:
    """Headings that sort: a second click turns the order round."""
    titles = {"code": _("代码"), "name": _("名称"), "level": _("层级"), "type": _("建制类型"), "area": _("面积（平方公里）")}
    columns = []
    for name, title in titles.items():
        turned = f"-{name}" if sort == name else name
        order = "ascending" if sort == name else "descending" if sort == f"-{name}" else ""
        columns.append({"name": name, "title": title, "order": order, "query": _query(request, without=("page",), sort=turned)})
    return columns


@login_required
@require_safe
def division_page(request: HttpRequest, pk: int) -> HttpResponse:
    ensure(policies.may_view_register(request.user))
    context = _context(request, pk)
    inside = list(facts.children_of(pk, context["facts"].seen_on)[: INSIDE + 1])
    context |= {"family": family_of(pk), "inside": inside[:INSIDE], "more_inside": len(inside) > INSIDE}
    return render(request, "boundaries/division_detail.html", context)


@login_required
@require_safe
def division_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The same content as the page, for the side of the map."""
    ensure(policies.may_view_register(request.user))
    return render(request, "boundaries/division_panel.html", _context(request, pk))


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    day = day_of(request)
    known = facts.facts_of(pk, day)
    return {
        "facts": known,
        "record": known.record,
        "day": day,
        "today": timezone.localdate(),
        "life": biography.life_of(pk, person(request)),
        "may_draft": policies.may_draft_application(request.user, pk),
    }


# --- taking the list away -------------------------------------------------------------------------------------------------


@login_required
@require_safe
def division_export(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """The list as it is filtered: csv, xlsx or geojson."""
    ensure(policies.may_view_register(request.user))
    day, filters = day_of(request), _filters(request)
    records = facts.listed(day, **filters)
    name = f"{_('区划')}-{day}.{form}"
    response: HttpResponse | StreamingHttpResponse
    if form == "csv":
        response = HttpResponse(spreadsheets.as_csv(_headings(), _table(records, day)), content_type=spreadsheets.CSV)
    elif form == "xlsx":
        response = HttpResponse(spreadsheets.as_xlsx(_("区划"), _headings(), _table(records, day)), content_type=spreadsheets.XLSX)
    elif form == "geojson":
        response = StreamingHttpResponse(_geojson(records, day), content_type=GEOJSON)
    else:
        raise Http404
    response["Content-Disposition"] = f"attachment; filename=\"divisions-{day}.{form}\"; filename*=UTF-8''{quote(name)}"
    return response


def _headings() -> list[str]:
    return [
        _("代码"), _("编码机构"), _("名称"), _("层级"), _("建制类型"), _("隶属"), _("面积（平方公里）"), _("范围等级"),
        _("驻地经度"), _("驻地纬度"), _("起始日期"), _("起始依据"), _("来源"), _("数据日期"), _("说明"),
    ]  # fmt: skip


def _table(records: QuerySet[DivisionRecord], day: date) -> Iterator[list[spreadsheets.Cell]]:
    rows = list(records)
    paths = facts.chains([record.division_id for record in rows], day)
    for record in rows:
        demo = record.source.kind == SourceKind.DEMO
        yield [
            record.code or "",  # type: ignore[attr-defined]  # annotated by with_code
            str(Authority(record.code_authority).label) if record.code_authority else "",  # type: ignore[attr-defined]
            record.name,
            str(record.get_level_display()),
            str(record.get_type_display()),
            " ".join(step.name for step in paths[record.division_id]),
            None if record.area_m2 is None else round(record.area_m2 / 1e6, 2),
            facts.grade_words(record.grade),
            round(record.seat.x, 6) if record.seat else None,
            round(record.seat.y, 6) if record.seat else None,
            record.valid.lower,
            str(record.get_begins_display()),
            record.source.title,
            day,
            str(_("演示数据")) if demo else str(_("内部使用")),
        ]


def _geojson(records: QuerySet[DivisionRecord], day: date) -> Iterator[str]:
    """One feature a line, streamed: a province with its vertices need not fit in memory."""
    head = {"type": "FeatureCollection", "name": f"divisions-{day}", "note": str(_("内部使用"))}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ',"features":[\n'
    first = True
    for record in records.annotate(json=AsGeoJSON("geometry", precision=7)).iterator(chunk_size=200):
        properties = {
            "id": record.division_id,
            "code": record.code,  # type: ignore[attr-defined]
            "authority": record.code_authority,  # type: ignore[attr-defined]
            "name": record.name,
            "level": record.level,
            "type": record.type,
            "parent": record.parent_id,
            "area_km2": None if record.area_m2 is None else round(record.area_m2 / 1e6, 4),
            "grade": record.grade,
            "seat": [record.seat.x, record.seat.y] if record.seat else None,
            "valid_from": record.valid.lower.isoformat() if record.valid.lower else None,
            "source": record.source.title,
            "demo": record.source.kind == SourceKind.DEMO,
            "on": day.isoformat(),
        }
        feature = f'{{"type":"Feature","id":{record.division_id},"properties":{json.dumps(properties, ensure_ascii=False)},'
        yield ("" if first else ",\n") + feature + f'"geometry":{record.json or "null"}}}'
        first = False
    yield "\n]}\n"
