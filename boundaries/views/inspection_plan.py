"""联检计划: where every line stands in its five years, as table, calendar and map; the plan table taken away and brought in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from boundaries import policies
from boundaries.boundary_lines import CORNERS_ON_MAP, features, lines_of_areas, lines_seen_by
from boundaries.inspection_plan import PlanRow, by_standing, plan_rows, progress
from boundaries.inspection_words import STANDING_CHIPS, STANDINGS, STATES
from boundaries.models import InspectionState, Level
from boundaries.querysets import lines_of, subtree_ids
from boundaries.rules import inspection_cycle as cycle
from boundaries.rules.inspection_cycle import Standing
from boundaries.services import inspection_tables
from boundaries.views.map_page import map_config
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError, NotFoundError
from gis.services import spreadsheets
from gis.views.forms import attempt
from gis.webmap.shell import leaflet_shell

PER_PAGE = 50
VIEWS = ("table", "calendar", "map")


@login_required
@require_safe
def plan_page(request: HttpRequest) -> HttpResponse:
    """?view=table|calendar|map &year= &area=NUMBER &standing= &q= &page="""
    return _show(request)


@login_required
@require_safe
def plan_export(request: HttpRequest, form: str) -> HttpResponse:
    """The list as it is filtered, in the columns that can be brought in again."""
    ensure(policies.may_view_register(request.user))
    if form not in ("xlsx", "csv"):
        raise NotFoundError("unknown_form", _("只能导出 XLSX 或 CSV。"))
    year = _year(request)
    rows = _filtered(request, _rows(request, year))
    content = inspection_tables.plan_table(rows, form)
    response = HttpResponse(content, content_type=spreadsheets.XLSX if form == "xlsx" else spreadsheets.CSV)
    response["Content-Disposition"] = f'attachment; filename="inspection-plan-{year}.{form}"'
    return response


@login_required
@require_POST
def plan_import(request: HttpRequest) -> HttpResponse:
    """Brings a plan table (line, year, lead): all of it, or nothing with every wrong row named."""
    ensure(policies.may_register_lines(request.user))
    upload = request.FILES.get("file")
    with attempt() as tried:
        if upload is None:
            raise InvalidInputError("file_missing", _("请选择计划表文件。"))
        done = inspection_tables.load_plan(person(request), upload)
    if tried.refused is not None:
        return _show(request, refused=tried.refused, status=tried.refused.status)
    messages.success(
        request,
        ngettext("已载入 %(count)d 条界线的安排。", "已载入 %(count)d 条界线的安排。", done.count) % {"count": done.count},
    )
    for sentence in done.warnings[:20]:
        messages.warning(request, sentence)
    return redirect("inspection-plan")


def _show(request: HttpRequest, *, refused: DomainError | None = None, status: int = 200) -> HttpResponse:
    ensure(policies.may_view_register(request.user))
    today = timezone.localdate()
    year = _year(request)
    everything = _rows(request, year)
    of_area = _filtered(request, everything, but=("standing",))
    rows = _filtered(request, everything)
    view = request.GET.get("view", "table")
    view = view if view in VIEWS else "table"
    standings = by_standing(of_area)
    number = cycle.round_of(year)
    context: dict[str, Any] = {
        "view": view,
        "year": year,
        "today": today,
        "years": range(*_span(year, today.year)),
        "round": (number, *cycle.years_of_round(number)) if number else None,
        "any": bool(everything),
        "total": len(rows),
        "rows": rows,
        "areas": _areas(everything, today),
        "area": request.GET.get("area", ""),
        "q": request.GET.get("q", "")[:60],
        "standing": request.GET.get("standing", ""),
        "standings": [(one.value, STANDINGS[one], STANDING_CHIPS[one], standings[one]) for one in Standing],
        "all_standings": len(of_area),
        "progress": _progress(of_area, year),
        "filtered": any(request.GET.get(name) for name in ("area", "standing", "q")),
        "may_import": policies.may_register_lines(request.user),
        "refused": refused,
    }
    if view == "table":
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "shown": [_told(row, year) for row in page]}
    elif view == "calendar":
        context |= _calendar(rows, year)
    else:
        context |= _map(rows)
    return render(request, "boundaries/inspection_plan.html", context, status=status)


def _rows(request: HttpRequest, year: int) -> list[PlanRow]:
    records = lines_seen_by(request.user)
    if request.GET.get("view") != "map":
        records = records.defer("geometry")  # a long line's is as large as all the rest of the page
    return plan_rows(records, timezone.localdate(), year)


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and 1990 <= int(text[:5]) <= 2200 else timezone.localdate().year


def _span(year: int, this: int) -> tuple[int, int]:
    return min(year, this - 5), max(year, this + 5) + 1


def _filtered(request: HttpRequest, rows: list[PlanRow], but: tuple[str, ...] = ()) -> list[PlanRow]:
    area, standing, text = ("" if name in but else request.GET.get(name, "").strip()[:60] for name in ("area", "standing", "q"))
    if standing and standing not in set(Standing):
        raise InvalidInputError("bad_state", _("没有“%(text)s”这一类。") % {"text": standing})
    if area and (not area.isascii() or not area.isdigit() or len(area) > 18):
        raise InvalidInputError("bad_division", _("“%(text)s”不是区划编号。") % {"text": area})
    lines: set[int] | None = None
    if area:
        lines = set(lines_of_areas(subtree_ids(int(area), timezone.localdate())).values_list("line", flat=True))
    return [
        row
        for row in rows
        if (not standing or row.standing == standing)
        and (lines is None or row.line in lines)
        and (not text or text in row.name or row.code.startswith(text) or any(text in name for _side, name in row.sides))
    ]


def _areas(rows: list[PlanRow], today: Any) -> list[tuple[str, str]]:
    """Counties and what is above them, of the sides of the lines; the higher levels first."""
    units = {unit[0]: unit for line in lines_of({side for row in rows for side, _n in row.sides}, today).values() for unit in line}
    found = sorted((unit for unit in units.values() if unit[2] <= Level.COUNTY), key=lambda unit: (unit[2], unit[0]))
    return [(str(unit[0]), unit[1]) for unit in found]


def _told(row: PlanRow, year: int) -> dict[str, Any]:
    return {
        "row": row,
        "chip": STANDING_CHIPS[row.standing],
        "words": STANDINGS[row.standing],
        "inspections": [(one, STATES[one.state]) for one in (*row.under_way, *row.of_year) if one.state != "cancelled"][:3]
        if not row.under_way
        else [(one, STATES[one.state]) for one in row.under_way],
        "year": year,
    }


def _progress(rows: list[PlanRow], year: int) -> dict[str, Any]:
    found = progress(rows, year)
    due = [row for row in rows if row.due == year]
    done = sum(any(one.state == InspectionState.FILED and one.kind == "full" for one in row.of_year) for row in rows)
    states = [(key, STATES[key], count) for key, count in found.states]
    return {
        "states": states,
        "total": found.total,
        "kilometres": found.kilometres,
        "covered": found.covered,
        "percent": None if found.share is None else round(found.share * 100),
        "due": len(due),
        "filed": done,
    }


def _calendar(rows: list[PlanRow], year: int) -> dict[str, Any]:
    """The round's five years with the lines due in each, and the months of `year` with the inspections arranged in them."""
    first, last = cycle.years_of_round(cycle.round_of(year) or 1)
    years = [
        {
            "year": one,
            "rows": [(row, STANDING_CHIPS[row.standing], STANDINGS[row.standing]) for row in rows if row.due == one],
            "kilometres": sum(row.kilometres or 0 for row in rows if row.due == one),
            "current": one == year,
        }
        for one in range(first, last + 1)
    ]
    arranged = [(row, one) for row in rows for one in row.of_year if one.state != InspectionState.CANCELLED]
    months = []
    for month in range(1, 13):
        there = [
            (row, one, STATES[one.state])
            for row, one in arranged
            if one.starts_on is not None and (one.starts_on.year, one.starts_on.month) <= (year, month) <= _end(one)
        ]
        months.append({"month": month, "inspections": there})
    undated = [(row, one, STATES[one.state]) for row, one in arranged if one.starts_on is None]
    outside = [row for row in rows if row.due is not None and not first <= row.due <= last]
    unknown = [row for row in rows if row.due is None]
    return {"round_years": years, "months": months, "undated": undated, "outside": outside, "unknown": unknown}


def _end(one: Any) -> tuple[int, int]:
    day = one.ends_on or one.starts_on
    return day.year, day.month


def _map(rows: list[PlanRow]) -> dict[str, Any]:
    shell = leaflet_shell("plan", basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    drawn = features([row.record for row in rows], timezone.localdate(), markers=False, most=CORNERS_ON_MAP)
    standing = {row.line: row for row in rows}
    for one in drawn["features"]:
        row = standing[one["properties"]["line"]]
        one["properties"] |= {
            "style": row.standing.value,
            "words": f"{row.name}（{row.code}） {STANDINGS[row.standing]}" + (f" {row.due}" if row.due else ""),
            "url": reverse("line-inspections", args=[row.line]),
        }
    return {
        "shell": shell,
        "config": {"map": shell.variable, "features": drawn, "label": _("界线联检计划图")},
        "divisions": map_config(timezone.localdate(), shell.variable),
        "not_drawn": [row for row in rows if row.record.geometry is None],
        "legend": [(one.value, STANDINGS[one]) for one in Standing],
    }
