"""What is missing: wanted − standing, by township, on the map, as a list for a crew; planning the signs that are lacking."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from boundaries.models import DivisionRecord, Level
from boundaries.services.places import Place, find_by_code, place_of
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from gis.errors import DomainError, InvalidInputError
from gis.services import spreadsheets
from placenames import policies
from placenames.models import SignLedger
from placenames.services.signs import works
from placenames.signs import tables
from placenames.signs.gaps import TYPE, WORDS, Analysis, WantedSign, Why, analyse
from placenames.signs.names import codes_of
from placenames.signs.types_in_force import types_in_force
from placenames.views.signs.shared import map_of, pin, sent

_PAGE = 100
_MOST_PINS = 3000
# A pin for each reason, told by letter and shape.
_PINS = {
    Why.VILLAGE: ("level-0", "村"), Why.ROAD_END: ("level-1", "端"), Why.JUNCTION: ("level-1", "口"),
    Why.BOUNDARY: ("level-2", "界"), Why.COMPOUND: ("", "区"),
}  # fmt: skip


@login_required
@require_safe
def sign_gaps(request: HttpRequest) -> HttpResponse:
    """?under=CODE &township=ID &kind= &view=map"""
    ensure(policies.may_view_signs(request.user))
    day, refused, context = timezone.localdate(), None, {}
    try:
        place = root_of_person(request)
        if place is not None:
            context = _shown(request, place, analyse(place.id, day))
    except DomainError as error:
        place, refused = None, error
    context |= {
        "place": place,
        "refused": refused,
        "choices": _choices(request),
        "rules": types_in_force().wanted,
        "given": request.GET,
    }
    return render(request, "placenames/signs/gaps.html", context, status=refused.status if refused else 200)


def root_of_person(request: HttpRequest) -> Place | None:
    """The division asked for, else the person's own where it is a county or less."""
    day = timezone.localdate()
    if code := request.GET.get("under", "").strip():
        return find_by_code(code, day).place
    held = [area for area in areas_held(request.user, Duty) if area is not None]
    for area in held:
        try:
            place = place_of(area, day)
        except DomainError:
            continue
        if place.level >= Level.COUNTY:
            return place
    return None


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Counties, by code."""
    day = timezone.localdate()
    names = dict(DivisionRecord.objects.on(day).filter(level=Level.COUNTY).values_list("division", "name"))
    return sorted((code, names[division]) for division, code in codes_of(names, day).items())


def _shown(request: HttpRequest, place: Place, analysis: Analysis) -> dict[str, Any]:
    ordered, metres = analysis.in_order()
    ordered = _filtered(request, ordered)
    page = Paginator(list(enumerate(ordered, start=1)), _PAGE).get_page(request.GET.get("page"))
    ledgers = {one.area_id: one for one in SignLedger.objects.filter(recorded__upper_inf=True)}
    townships = [
        {"id": one, "name": analysis.names[one], "rate": rate, "ledger": ledgers.get(one) or ledgers.get(place.id)}
        for one, rate in analysis.townships.items()
    ]
    view = "map" if request.GET.get("view") == "map" else "table"
    context: dict[str, Any] = {
        "analysis": analysis,
        "total": analysis.total,
        "kinds": [(why.value, WORDS[why], rate) for why, rate in analysis.counts.items()],
        "townships": townships,
        "page": page,
        "page_obj": page,
        "rows": [
            (order, one, WORDS[one.why], analysis.names.get(one.township or 0, ""), _new(one), gap_key(one)) for order, one in page
        ],
        "gap_count": len(ordered),
        "way_km": metres / 1000,
        "view": view,
        "ledger": ledgers.get(place.id),
        "may_declare": policies.may_declare_sign_ledger(request.user, place.id),
        "may_plan": policies.may_edit_signs(request.user, place.id),
        "today": timezone.localdate(),
    }
    if view == "map":
        pins = [
            pin(one.place, *_PINS[one.why], f"{order} {one.name}（{WORDS[one.why]}{' ' + one.met if one.met else ''}）", _new(one))
            for order, one in enumerate(ordered[:_MOST_PINS], start=1)
            if one.place is not None
        ]
        way = [list(one.place) for one in ordered[:_MOST_PINS] if one.place is not None]
        if len(way) > 1:
            line = {"style": "later", "words": _("走访次序")}
            pins.insert(0, {"type": "Feature", "geometry": {"type": "LineString", "coordinates": way}, "properties": line})
        context |= map_of("gaps", pins, _("标志缺口图"))
        context["legend"] = [(*_PINS[why], WORDS[why]) for why in Why]
    return context


def _filtered(request: HttpRequest, gaps: list[WantedSign]) -> list[WantedSign]:
    kind, township = request.GET.get("kind", ""), request.GET.get("township", "")
    if kind in set(Why):
        gaps = [one for one in gaps if one.why.value == kind]
    if township.isascii() and township.isdigit():
        gaps = [one for one in gaps if one.township == int(township)]
    return gaps


def _new(one: WantedSign) -> str:
    """The form of a new sign, filled in."""
    query = QueryDict(mutable=True)
    query.update({"name": one.name, "named": f"{one.key[0]}:{one.key[1]}", "type": TYPE[one.why]})
    if one.place is not None:
        query.update({"lon": f"{one.place[0]:.8f}", "lat": f"{one.place[1]:.8f}"})
    return f"{reverse('sign-new')}?{query.urlencode()}"


@login_required
@require_safe
def gaps_export(request: HttpRequest, form: str) -> HttpResponse:
    """?under=CODE: the gaps in the order a crew visits them."""
    ensure(policies.may_view_signs(request.user))
    place = root_of_person(request)
    if form not in ("xlsx", "gpx") or place is None:
        raise Http404
    day = timezone.localdate()
    analysis = analyse(place.id, day)
    gaps = _filtered(request, analysis.in_order()[0])
    name = f"{place.name}{_('标志缺口')}_{day.isoformat()}.{form}"
    if form == "gpx":
        return sent(tables.gaps_as_gpx(gaps), "application/gpx+xml", "gaps.gpx", name)
    book = spreadsheets.as_book(
        [
            (_("标志缺口"), tables.GAP_HEADINGS, tables.gap_rows(gaps, analysis.names)),
            (
                _("设置率"),
                ("乡镇", "应设", "已设", "缺", "设置率（%）"),
                [[analysis.names[one], rate.wanted, rate.set, rate.gaps, rate.percent] for one, rate in analysis.townships.items()],
            ),
        ]
    )
    return sent(book, spreadsheets.XLSX, "gaps.xlsx", name)


@login_required
@require_POST
def gaps_plan(request: HttpRequest) -> HttpResponse:
    """Planned signs and work orders for the gaps of the address (at most as many as one page shows)."""
    given = Posted(request.POST)
    place = find_by_code(given.text("under"), timezone.localdate()).place
    ensure(policies.may_edit_signs(request.user, place.id))
    analysis = analyse(place.id, timezone.localdate())
    wanted = set(request.POST.getlist("gap"))
    gaps = [one for one in analysis.gaps if gap_key(one) in wanted]
    if not gaps:
        raise InvalidInputError("nothing_chosen", _("请先勾选要新设标志的位置。"))
    made = works.plan_gaps(person(request), gaps, reason=given.text("reason") or _("按标志缺口新设"), due_on=given.day("due_on"))
    count = len(made)
    words = ngettext("已拟设 %(count)d 个标志并开出任务单。", "已拟设 %(count)d 个标志并开出任务单。", count)
    messages.success(request, words % {"count": count})
    return redirect("sign-works")


def gap_key(one: WantedSign) -> str:
    place = f"{one.place[0]:.7f},{one.place[1]:.7f}" if one.place is not None else ""
    return f"{one.key[0]}:{one.key[1]}@{place}"


__all__ = ["gap_key", "gaps_export", "gaps_plan", "sign_gaps"]
