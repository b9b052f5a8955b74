"""The filters of a search out of an address: ``group within period year heritage window near order``. Refused in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.services.places import find_by_code
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from gis.errors import InvalidInputError
from placenames import policies
from placenames.filter_words import ANY, heritage_of, near_of, window_of, year_of
from placenames.found_names import areas_under
from placenames.models import HeritageKind, SearchAccess
from placenames.periods import BY_KEY, PERIODS
from placenames.rules.search_keys import clean_query
from placenames.search import EXACT, NO_GENERIC, Filters, search

# Beginnings of classes (GB/T 18521) people choose among.
GROUPS: Final = {
    "division": (gettext_lazy("行政区域"), ("212", "213", "214", "215")),
    "committee": (gettext_lazy("村民委员会、居民委员会"), ("216",)),
    "settlement": (gettext_lazy("居民点"), ("22",)),
    "facility": (gettext_lazy("道路与设施"), ("23", "24")),
    "natural": (gettext_lazy("自然地理实体"), ("1",)),
}
KEYS: Final = ("group", "within", "period", "year", "heritage", "window", "near", "order")
_CHARACTERS: Final = {"within": 20, "year": 6, "window": 80, "near": 40}


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: Any
    chosen: bool


def filters_of(request: HttpRequest) -> Filters:
    """Raises `InvalidInputError` that says which one is wrong."""
    asked = request.GET
    today = timezone.localdate()
    within = clean_query(asked.get("within", ""))[: _CHARACTERS["within"]]
    filters = replace(
        _for(request),
        areas=areas_under(_division_of(within, today), today) if within else None,
        year=year_of(asked.get("year", "")),
        classes=_one_of(asked, "group", {key: classes for key, (_label, classes) in GROUPS.items()}) or (),
        years=_one_of(asked, "period", {key: one.years for key, one in BY_KEY.items()}),
        heritage=heritage_of(asked.get("heritage", "")),
        window=window_of(asked.get("window", "")),
        near=near_of(asked.get("near", ""), first=asked.get("order") == "near"),
    )
    if asked.get("order", "") not in ("", "best", "near"):
        raise InvalidInputError("bad_order", _("排序只有“最相符”和“最近”两种。"))
    if filters.near is None and asked.get("order") == "near":
        raise InvalidInputError("near_missing", _("按远近排列，要先给出所在位置。"))
    return filters


def _division_of(text: str, today: date) -> int:
    """A division by its code or its name, where only one is called so."""
    if text.isascii() and text.isdigit():
        return find_by_code(text, today).place.id
    hits, _total = search(text, Filters(classes=GROUPS["division"][1]), 5)
    best = [one for one in hits if one.division is not None and one.how in (EXACT, NO_GENERIC) and one.how == hits[0].how]
    if not best:
        raise InvalidInputError("unknown_area", _("没有找到行政区“%(name)s”。") % {"name": text})
    if len(best) > 1 and best[0].score - best[1].score < 1:
        raise InvalidInputError("area_not_clear", _("叫“%(name)s”的行政区不止一个，请写代码。") % {"name": text})
    return best[0].division or 0


def _for(request: HttpRequest) -> Filters:
    """What the person may find, and the area that comes first: that of their duties, none for the whole register."""
    user = request.user
    if not policies.may_view_names(user):
        return Filters()
    held = areas_held(user, Duty)
    if None in held:
        return Filters(SearchAccess.OFFICE)
    today = timezone.localdate()
    own = frozenset[int]().union(*(areas_under(area, today) for area in held if area is not None))
    return Filters(SearchAccess.OFFICE, own=own)


def _one_of(asked: QueryDict, name: str, known: dict[str, Any]) -> Any:
    key = asked.get(name, "")
    if key and key not in known:
        raise InvalidInputError(f"bad_{name}", _("没有这个选项：%(key)s") % {"key": key[:30]})
    return known.get(key)


def choices(asked: QueryDict) -> dict[str, Any]:
    """What the form shows: the lists with what is chosen, the other fields as they were given."""

    def listed(name: str, rows: list[tuple[str, Any]]) -> list[Choice]:
        return [Choice(key, label, key == asked.get(name, "")) for key, label in rows]

    return {
        "groups": listed("group", [(key, label) for key, (label, _classes) in GROUPS.items()]),
        "periods": listed("period", [(one.key, one.label) for one in PERIODS]),
        "listings": listed("heritage", [(ANY, _("任一名录")), *HeritageKind.choices]),
        "fields": {name: asked.get(name, "")[:most] for name, most in _CHARACTERS.items()},
        "by_distance": asked.get("order") == "near",
        "filtered": any(asked.get(one) for one in KEYS if one not in ("near", "order")),
    }
