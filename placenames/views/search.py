"""Finding names: one page and one JSON address for everybody. Without a duty only what is published is found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from boundaries.views.map_page import map_config
from gis.errors import InvalidInputError, NotFoundError
from gis.services.throttle import limited
from gis.webmap.shell import leaflet_shell
from placenames import policies
from placenames.found_names import Answer, find
from placenames.rules.search_keys import clean_query
from placenames.search import LONGEST, MOST, Filters
from placenames.services import search_index
from placenames.views.name_filters import choices, filters_of

_PAGE = 30
_SUGGESTED = 10


def _searches() -> int:
    return settings.SEARCHES_PER_MINUTE


@require_GET
@limited("search", _searches, when=lambda request: bool(request.GET))
def names_page(request: HttpRequest) -> HttpResponse:
    """/names/?q= and the filters of `name_filters`. Without q what some filters select is listed (heritage, window, near)."""
    text = _text(request)
    answer, problem, filters = None, "", None
    try:
        filters = filters_of(request)
        answer = find(text, filters, _PAGE) if text or filters.lists else None
    except (InvalidInputError, NotFoundError) as error:
        problem = str(error.message)
    staff = policies.may_view_names(request.user)
    context: dict[str, Any] = {
        "text": text,
        "answer": answer,
        "problem": problem,
        "staff": staff,
        "may_enter": policies.may_begin_naming_cases(request.user),
        "longest": LONGEST,
        "behind": search_index.is_stale(),
        "examples": ("郑州", "huaiyang", "zk", "陈州"),
        **choices(request.GET),
        **(_map(answer, filters, staff) if staff or settings.BASEMAP_URL else {}),
    }
    return render(request, "placenames/names.html", context)


def _map(answer: Answer | None, filters: Filters | None, staff: bool) -> dict[str, Any]:
    """The map beside the list: where the names lie, on the base map where there is one, and for staff on the divisions."""
    shell = leaflet_shell("names", basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    names = answer.names if answer else []
    window = filters.window if filters else None
    told = {
        "map": shell.variable,
        "label": _("查到的地名"),
        "points": [
            {"at": one.hit.at, "name": one.name, "number": number} for number, one in enumerate(names, 1) if one.hit.at is not None
        ],
        "window": [window.west, window.south, window.east, window.north] if window else None,
    }
    divisions = map_config(timezone.localdate(), shell.variable) if staff else {}
    return {"shell": shell, "names_map": told, "divisions": divisions}


@require_GET
@limited("search", _searches)
def names_api(request: HttpRequest) -> HttpResponse:
    """/api/names/search?q=&limit= and the filters of `name_filters`: as ``search_names`` prints it, each result with `why` in
    words and `class_name` besides.
    """
    text = _text(request)
    filters = filters_of(request)
    if not text and not filters.lists:
        raise InvalidInputError("bad_query", _("请输入 1 至 %(limit)s 个字。") % {"limit": LONGEST})
    answer = find(text, filters, _limit(request))
    told = answer.as_dict()
    for one, result in zip(answer.names, told["results"], strict=True):
        result |= {"why": one.why, "class_name": one.class_name}
    return JsonResponse(told)


def _text(request: HttpRequest) -> str:
    return clean_query(request.GET.get("q", ""))


def _limit(request: HttpRequest) -> int:
    text = request.GET.get("limit", "").strip()
    if not text:
        return _SUGGESTED
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise InvalidInputError("bad_limit", _("数目不对。"))
    return int(text)
