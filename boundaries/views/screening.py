"""Where to look: every township by how near it is to the standard, as a page, a table to take away, and a layer of the map."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import openpyxl
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from boundaries import policies, wording
from boundaries.rules.ruleset import RuleSet
from boundaries.services import rule_sets
from boundaries.services.places import Place, places_on, under
from boundaries.services.rule_sets import Chosen
from boundaries.services.screening_cache import screened_by
from boundaries.views.parameters import day_of, root_of, target_of
from gis.accounts.access import ensure
from gis.errors import ConflictError, InvalidInputError
from gis.services.spreadsheets import text_cell

PER_PAGE = 50
Json = dict[str, Any]


@login_required
@require_GET
def screening_page(request: HttpRequest) -> HttpResponse:
    """?target= &on= &division= (or under=CODE) &class= &q="""
    ensure(policies.may_check_establishment(request.user))
    day, target = day_of(request), target_of(request)
    context: Json = {
        "day": day,
        "today": timezone.localdate(),
        "target": target,
        "targets": wording.TARGETS.items(),
        "asked": request.GET.get("rule_set", ""),
        "klass": request.GET.get("class", ""),
        "q": request.GET.get("q", "").strip(),
    }
    try:
        chosen, document, rows, root = _screened(request, target, day)
    except ConflictError as error:
        return render(request, "boundaries/screening.html", context | {"refused": error}, status=409)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "chosen": chosen,
        "rule_set_title": wording.said(chosen.rules, "title"),
        "status_words": wording.status_words(chosen.rules.status),
        "advice": [
            wording.pick(one["message"], one["message_en"]) for one in document["findings"] if one["code"] != "no_official_rule_set"
        ],
        "page": page,
        "rows": [_row(one, chosen.rules) for one in page],
        "classes": _class_counts(rows if not context["klass"] else _filtered(request, document, day, ignore_class=True)[0]),
        "counties": _counties(document),
        "root": root,
        "total": document["count"],
        "any_priority": any(one["priority"] for one in document["results"]),
    }
    template = (
        "boundaries/parts/screening_results.html" if request.headers.get("HX-Target") == "results" else "boundaries/screening.html"
    )
    return render(request, template, context)


def _screened(request: HttpRequest, target: str, day: date) -> tuple[Chosen, Json, list[Json], Place | None]:
    chosen = rule_sets.choose(target, day, request.GET.get("rule_set") or None)
    document = screened_by(chosen, target, day)
    rows, root = _filtered(request, document, day)
    return chosen, document, rows, root


def _filtered(request: HttpRequest, document: Json, day: date, *, ignore_class: bool = False) -> tuple[list[Json], Place | None]:
    rows: list[Json] = document["results"]
    root = None
    if (wanted := root_of(request, day)) is not None:
        places = places_on(day)
        root = places.get(wanted)
        reach = under(wanted, places)
        rows = [one for one in rows if one["division"] in reach]
    klass = request.GET.get("class", "")
    if klass and klass not in wording.CLASSES:
        raise InvalidInputError("bad_class", _("没有“%(text)s”这一类。") % {"text": klass[:40]})
    if klass and not ignore_class:
        rows = [one for one in rows if one["class"] == klass]
    if text := request.GET.get("q", "").strip():
        rows = [one for one in rows if text in one["name"] or one["code"].startswith(text)]
    return rows, root


def _class_counts(rows: list[Json]) -> list[Json]:
    return [
        {"key": key, "words": words, "chip": wording.CHIPS[key], "count": sum(1 for one in rows if one["class"] == key)}
        for key, words in wording.CLASSES.items()
    ]


def _counties(document: Json) -> list[tuple[int, str]]:
    found = {one["county"]: one["parent"] for one in document["results"] if one["county"] is not None}
    return sorted(found.items(), key=lambda pair: pair[1])


def _row(one: Json, rule_set: RuleSet) -> Json:
    return one | {
        "chip": wording.CHIPS[one["class"]],
        "words": wording.CLASSES[one["class"]],
        "unmet_words": [_unmet(part, rule_set) for part in one["unmet"]],
        "missing_words": list(
            dict.fromkeys(wording.indicator_name(rule_set.indicator(part["indicator"])) for part in one["missing"])
        ),
    }


def _unmet(part: Json, rule_set: RuleSet) -> str:
    """“政府驻地聚居人口差 60 人”; only the name where there is no distance."""
    indicator = rule_set.indicator(part["indicator"])
    name, margin = wording.indicator_name(indicator), part["margin"]
    if margin is None or margin >= 0:
        return name
    return _("%(name)s差 %(amount)s") % {
        "name": name,
        "amount": wording.distance_words(abs(Fraction(margin).limit_denominator(10**6)), indicator.unit),
    }


@login_required
@require_GET
def screening_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, ?format=csv or xlsx."""
    ensure(policies.may_check_establishment(request.user))
    day, target = day_of(request), target_of(request)
    chosen, _document, rows, _root = _screened(request, target, day)
    kind = request.GET.get("format", "xlsx")
    writers: dict[str, Callable[[list[list[Any]]], HttpResponse]] = {"csv": _csv, "xlsx": _xlsx}
    if kind not in writers:
        raise InvalidInputError("bad_format", _("只能导出 CSV 或 XLSX。"))
    response = writers[kind](_table(rows, chosen, target, day))
    response["Content-Disposition"] = f'attachment; filename="screening-{target}-{day.isoformat()}.{kind}"'
    return response


def _table(rows: list[Json], chosen: Chosen, target: str, day: date) -> list[list[Any]]:
    """Heading lines say by which standard and for which day, so that the table can be filed."""
    title = wording.said(chosen.rules, "title")
    note = _("未载入正式标准，仅供参考") if chosen.advisory else ""
    head: list[list[Any]] = [
        [_("设立标准筛查"), str(wording.TARGETS[target]), day.isoformat(), title, wording.status_words(chosen.rules.status), note],
        [_("序号"), _("重点帮扶县"), _("县（市、区）"), _("乡镇"), _("代码"), _("结论"), _("接近程度"), _("未达到"), _("缺少数据")],
    ]
    body = [
        [
            one["rank"],
            _("是") if one["priority"] else "",
            one["parent"] or "",
            one["name"],
            one["code"],
            str(row["words"]),
            one["score"],
            "；".join(row["unmet_words"]),
            "；".join(row["missing_words"]),
        ]
        for one in rows
        for row in [_row(one, chosen.rules)]
    ]
    # A rule set's title comes from a file as well as the names do.
    return [[text_cell(cell) for cell in row] for row in head + body]


def _csv(table: list[list[Any]]) -> HttpResponse:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(table)
    return HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")


def _xlsx(table: list[list[Any]]) -> HttpResponse:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_("筛查"))
    for index, width in enumerate((6, 10, 14, 16, 14, 16, 10, 48, 36)):
        sheet.column_dimensions["ABCDEFGHI"[index]].width = width
    sheet.freeze_panes = "A3"
    for row in table:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return HttpResponse(buffer.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@login_required
@require_GET
def screening_api(request: HttpRequest) -> JsonResponse:
    """The map's layer: the class of every township on a day."""
    ensure(policies.may_check_establishment(request.user))
    day, target = day_of(request), target_of(request)
    chosen, _document, rows, _root = _screened(request, target, day)
    return JsonResponse(
        {
            "on": day.isoformat(),
            "target": target,
            "rule_set": {
                "id": chosen.rules.id,
                "title": wording.said(chosen.rules, "title"),
                "status": chosen.rules.status.value,
                "status_words": wording.status_words(chosen.rules.status),
            },
            "advisory": chosen.advisory,
            "units": [{name: one[name] for name in ("division", "code", "name", "class", "priority", "score")} for one in rows],
        },
        json_dumps_params={"ensure_ascii": False},
    )
