"""Finding names: one page and one JSON address for everybody. Without a duty only what is published is found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from boundaries.services.places import find_by_code
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from gis.errors import InvalidInputError
from gis.services.throttle import limited
from placenames import policies
from placenames.found_names import Answer, areas_under, find
from placenames.models import SearchAccess
from placenames.search import LONGEST, MOST, Filters
from placenames.services import search_index

_PAGE = 30
_SUGGESTED = 10
# Beginnings of classes (GB/T 18521) people choose among.
_CHOICES = {
    "division": ("212", "213", "214", "215"),
    "committee": ("216",),
    "settlement": ("22",),
    "facility": ("23", "24"),
    "natural": ("1",),
}
LABELS = {
    "division": gettext_lazy("行政区域"),
    "committee": gettext_lazy("村民委员会、居民委员会"),
    "settlement": gettext_lazy("居民点"),
    "facility": gettext_lazy("道路与设施"),
    "natural": gettext_lazy("自然地理实体"),
}


def _searches() -> int:
    return settings.SEARCHES_PER_MINUTE


@require_GET
@limited("search", _searches, when=lambda request: bool(request.GET.get("q")))
def names_page(request: HttpRequest) -> HttpResponse:
    """/names/?q=&within=&year=&group="""
    text = _text(request)
    answer, problem = None, ""
    try:
        answer = _answer(request, text, _PAGE) if text else None
    except InvalidInputError as error:
        problem = str(error.message)
    context: dict[str, Any] = {
        "text": text,
        "answer": answer,
        "problem": problem,
        "staff": policies.may_view_names(request.user),
        "longest": LONGEST,
        "groups": [(key, label, key == request.GET.get("group")) for key, label in LABELS.items()],
        "year": request.GET.get("year", "")[:6],
        "within": request.GET.get("within", "")[:12],
        "filtered": any(request.GET.get(one) for one in ("year", "within", "group")),
        "behind": search_index.is_stale(),
        "examples": ("郑州", "huaiyang", "zk", "陈州"),
    }
    return render(request, "placenames/names.html", context)


@require_GET
@limited("search", _searches)
def names_api(request: HttpRequest) -> HttpResponse:
    """/api/names/search?q=&limit=&within=&year=&group=: as ``search_names`` prints it, each result with `why` in words besides."""
    text = _text(request)
    if not text:
        raise InvalidInputError("bad_query", _("请输入 1 至 %(limit)s 个字。") % {"limit": LONGEST})
    limit = _number(request, "limit", _SUGGESTED, 1, MOST)
    answer = _answer(request, text, limit or _SUGGESTED)
    told = answer.as_dict()
    for one, result in zip(answer.names, told["results"], strict=True):
        result |= {"why": one.why, "class_name": one.class_name}
    return JsonResponse(told)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


def _answer(request: HttpRequest, text: str, limit: int) -> Answer:
    today = timezone.localdate()
    within = request.GET.get("within", "").strip()
    areas = areas_under(find_by_code(within, today).place.id, today) if within else None
    access, own = _of_person(request)
    classes = _CHOICES.get(request.GET.get("group", ""), ())
    return find(text, Filters(access, areas, own, _number(request, "year", None, -3000, 9998), classes), limit)


def _of_person(request: HttpRequest) -> tuple[int, frozenset[int]]:
    """What the person may find, and the area that comes first: that of their duties, none for the whole register."""
    user = request.user
    if not policies.may_view_names(user):
        return SearchAccess.PUBLIC, frozenset()
    held = areas_held(user, Duty)
    if None in held:
        return SearchAccess.OFFICE, frozenset()
    today = timezone.localdate()
    return SearchAccess.OFFICE, frozenset().union(*(areas_under(area, today) for area in held if area is not None))


def _number(request: HttpRequest, name: str, default: int | None, least: int, most: int) -> int | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    digits = text.removeprefix("-")
    if not (
        digits.isascii() and digits.isdigit() and len(digits) < 6 and least <= int(text) <= most and (name != "year" or int(text))
    ):
        words = _("年份应为整数，公元前用负数，没有 0 年。") if name == "year" else _("数目不对。")
        raise InvalidInputError(f"bad_{name}", words)
    return int(text)
