"""Names on lists of heritage: the list, and one place with the criteria of its lists and what shows them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError
from gis.views.forms import attempt
from placenames import policies
from placenames.models import HeritageEvidence, HeritageKind, HeritageListing, Name, PlaceName, Secrecy
from placenames.naming_register import names_of_areas
from placenames.rules.heritage_criteria import NOT_SEEN, NOT_SEEN_EN, Asks, Standing
from placenames.services import heritage

PER_PAGE = 50
_CHIPS = {Standing.MET: "met", Standing.NOT_MET: "not_met", Standing.NOT_CHECKED: "undetermined"}


@login_required
@require_safe
def heritage_list(request: HttpRequest) -> HttpResponse:
    """?kind= &q= &page="""
    ensure(policies.may_view_names(request.user))
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:40]
    listings = HeritageListing.objects.filter(recorded__upper_inf=True).select_related("place", "source").order_by("kind", "pk")
    if kind in HeritageKind.values:
        listings = listings.filter(kind=kind)
    names = Name.objects.current().filter(place__in=listings.values("place"), secrecy=Secrecy.OPEN)
    if text:
        listings = listings.filter(place__in=names.filter(name__icontains=text).values("place"))
    page = Paginator(listings, PER_PAGE).get_page(request.GET.get("page"))
    shown = _names_of([row.place_id for row in page])
    context: dict[str, Any] = {
        "page_obj": page,
        "rows": [{"listing": row, **shown.get(row.place_id, {"name": "", "area": ""})} for row in page],
        "kinds": HeritageKind.choices,
        "kind": kind,
        "q": text,
    }
    return render(request, "placenames/heritage_list.html", context)


@login_required
@require_safe
def heritage_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _place(request, pk))


@login_required
@require_POST
def heritage_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Records a piece of evidence, or withdraws one (``withdraw`` in the form)."""
    place = _place(request, pk)
    posted = Posted(request.POST)
    with attempt() as tried:
        if posted.has("withdraw"):
            heritage.withdraw(person(request), get_object_or_404(HeritageEvidence, pk=posted.number("withdraw"), place=place))
            messages.success(request, _("依据已撤下。"))
        else:
            listing = get_object_or_404(HeritageListing, place=place, kind=posted.text("kind")[:24], recorded__upper_inf=True)
            said = {"yes": True, "no": False}.get(posted.text("holds"))
            heritage.show(
                person(request), listing, posted.text("criterion")[:20], source=posted.text("source"), note=posted.text("note"),
                year=_year(posted.text("year")), holds=said, upload=request.FILES.get("file"),
            )  # fmt: skip
            messages.success(request, _("依据已记下。"))
    if tried.refused is not None:
        return _show(request, place, refused=tried.refused)
    return redirect("heritage-place", pk)


def _year(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not text:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6):
        raise InvalidInputError("bad_year", _("年份应为整数，公元前用负数，没有 0 年。"), {"year": [_("不是年份")]})
    return int(text)


def _place(request: HttpRequest, pk: int) -> PlaceName:
    """A listed place whose name the person may see."""
    ensure(policies.may_view_names(request.user))
    place = get_object_or_404(PlaceName.objects.filter(listings__recorded__upper_inf=True).distinct(), pk=pk)
    secret = place.records.current().exclude(secrecy=Secrecy.OPEN).exists()
    ensure(not secret or policies.may_view_secret_names(request.user, heritage.area_of_place(place)))
    return place


def _names_of(places: list[int]) -> dict[int, dict[str, str]]:
    rows = list(Name.objects.current().filter(place__in=places).order_by("valid"))
    areas = names_of_areas([one.area_id for one in rows if one.area_id])
    return {one.place_id: {"name": one.name, "area": areas.get(one.area_id or 0, "")} for one in rows if one.place_id}


def _show(request: HttpRequest, place: PlaceName, refused: DomainError | None = None) -> HttpResponse:
    area = heritage.area_of_place(place)
    shown = _names_of([place.pk]).get(place.pk, {"name": "", "area": ""})
    listings = place.listings.filter(recorded__upper_inf=True).select_related("source").order_by("kind")
    context: dict[str, Any] = {
        "place": place,
        **shown,
        "listings": [{"listing": one, "rows": [_row(row) for row in heritage.rows_of(one)]} for one in listings],
        "not_seen": pick(NOT_SEEN, NOT_SEEN_EN),
        "may_show": policies.may_show_heritage(request.user, area),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return render(request, "placenames/heritage_place.html", context, status=refused.status if refused else 200)


def _since(year: int | None) -> str:
    if year is None:
        return ""
    return _("始于 %(year)d 年") % {"year": year} if year > 0 else _("始于公元前 %(year)d 年") % {"year": -year}


def _row(row: heritage.CriterionRow) -> dict[str, Any]:
    words = {Standing.MET: _("符合"), Standing.NOT_MET: _("不符合"), Standing.NOT_CHECKED: _("未核对")}
    criterion = row.criterion
    return {
        "key": criterion.key,
        "title": pick(criterion.zh, criterion.en[:1].upper() + criterion.en[1:]),
        "basis": criterion.basis,
        "chip": _CHIPS[row.standing],
        "words": words[row.standing],
        "evidence": row.evidence,
        "since": _since(row.evidence.year if row.evidence else None),
        "register": row.register,
        "asks_year": criterion.asks is Asks.YEAR,
        "asks_document": criterion.asks is Asks.DOCUMENT,
    }
