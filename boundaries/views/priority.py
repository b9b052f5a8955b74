"""The list of key counties (重点帮扶县), with the document behind every entry."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boundaries import policies
from boundaries.models import Level, PriorityCounty
from boundaries.services import priority_counties as services
from boundaries.services.places import places_on
from boundaries.services.priority_counties import Listing
from boundaries.views.parameters import parse, person
from gis.accounts.access import ensure
from gis.errors import InvalidInputError
from gis.views.forms import attempt

FIELDS = ("division", "list_title", "document", "valid_from", "valid_to")


@login_required
@require_http_methods(["GET", "POST"])
def priority_page(request: HttpRequest) -> HttpResponse:
    """The list; POST adds a county to it."""
    ensure(policies.may_view_register(request.user))
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        with attempt() as tried:
            services.add(_listing(typed), person(request))
        if tried.refused is not None:
            errors = getattr(tried.refused, "fields", None) or {"": [str(tried.refused.message)]}
        else:
            messages.success(request, _("已列入名单。"))
            return redirect("priority-counties")
    today = timezone.localdate()
    places = places_on(today, lowest=Level.COUNTY)
    rows = [
        {
            "row": row,
            "place": places.get(row.division_id),
            "prefecture": _above(places, row.division_id),
            "active": row.valid.lower <= today and (row.valid.upper is None or today < row.valid.upper),
        }
        for row in services.listed()
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "counties": _counties(places),
        "typed": typed,
        "errors": errors,
        "may_edit": policies.may_edit_priority_counties(request.user),
        "today": today,
    }
    return render(request, "boundaries/priority_counties.html", context, status=422 if errors else 200)


def _listing(typed: dict[str, str]) -> Listing:
    number = typed["division"]
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise InvalidInputError("division_missing", _("请选择县（市、区）。"), {"division": [_("请选择县（市、区）。")]})
    if not typed["valid_from"]:
        raise InvalidInputError("bad_date", _("请填写列入日期。"), {"valid_from": [_("请填写列入日期。")]})
    return Listing(
        int(number),
        typed["list_title"],
        typed["document"],
        parse(typed["valid_from"]),
        parse(typed["valid_to"]) if typed["valid_to"] else None,
    )


def _counties(places: dict[int, Any]) -> list[tuple[int, str]]:
    rows = [
        (place.id, f"{_above(places, place.id)} {place.name}".strip()) for place in places.values() if place.level == Level.COUNTY
    ]
    return sorted(rows, key=lambda row: row[1])


def _above(places: dict[int, Any], division: int) -> str:
    place = places.get(division)
    parent = places.get(place.parent) if place is not None and place.parent is not None else None
    return parent.name if parent is not None and parent.level == Level.PREFECTURE else ""


@login_required
@require_POST
def priority_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PriorityCounty, pk=pk)
    mistake = request.POST.get("kind") == "mistake"
    with attempt() as tried:
        ends = None if mistake else parse(request.POST.get("ends", "").strip())
        services.remove(row, person(request), request.POST.get("reason", ""), ends)
    if tried.refused is not None:
        messages.error(request, str(tried.refused.message))
    else:
        messages.success(request, _("已删除。") if mistake else _("已写明移出日期。"))
    return redirect("priority-counties")
