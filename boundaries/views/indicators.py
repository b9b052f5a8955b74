"""The figures of one unit: what is known, entering and correcting one, taking one back, and the map's panel."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boundaries import policies, wording
from boundaries.models import IndicatorValue, Level
from boundaries.querysets import ancestor_ids
from boundaries.rules import indicators as rules
from boundaries.rules.indicators import CATALOGUE, Basis, Indicator
from boundaries.rules.units import UNITS, find_unit
from boundaries.services import indicators as services
from boundaries.services.establishment import ELIGIBLE, check
from boundaries.services.indicator_entries import Entry
from boundaries.services.indicator_values import values_for
from boundaries.services.places import Place, place_of, places_around
from boundaries.views.parameters import day_of, person
from gis.accounts.access import ensure
from gis.errors import ConflictError, DomainError, InvalidInputError

# What the map's panel shows of a unit, as far as it is known.
_PANEL = (
    "population",
    "area",
    "population_density",
    "county_density",
    "seat_population",
    "general_budget_revenue",
    "seat_built_up_area",
)


@dataclass(frozen=True, slots=True)
class Known:
    """A figure as it counts on the day."""

    indicator: Indicator
    name: str
    value: str
    year: int | None
    source: str
    basis: str
    computed: bool


@dataclass(frozen=True, slots=True)
class Past:
    """One row of the history, the present one included."""

    row: IndicatorValue
    name: str
    value: str
    basis: str
    by: str
    current: bool


@login_required
@require_http_methods(["GET", "POST"])
def indicators_page(request: HttpRequest, pk: int) -> HttpResponse:
    """?indicator= opens the form for one indicator; ?part=fields gives the form's fields alone (HTMX)."""
    ensure(policies.may_view_register(request.user))
    day = day_of(request)
    places = places_around(pk, day)
    place = places.get(pk) or place_of(pk, day)
    typed: dict[str, str] = {name: request.POST.get(name, "") for name in ("value", "unit", "year", "document", "basis", "reason")}
    indicator = CATALOGUE.get(request.POST.get("indicator") or request.GET.get("indicator") or "")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _enter(request, pk, typed)
        if not errors:
            return redirect(reverse("indicators", args=[pk]))
    elif indicator is not None:
        typed |= _suggested(pk, indicator)
    context = {
        "place": place,
        "above": [places[one] for one in reversed(ancestor_ids(pk, day)[1:]) if one in places],
        "day": day,
        "indicator": indicator,
        "form": _form(indicator, typed, errors) if indicator else None,
        "form_errors": errors.get("indicator", []) + errors.get("", []),
        "enterable": [(one.id, wording.indicator_name(one)) for one in CATALOGUE.values() if _enterable(one, place)],
        "may_edit": policies.may_edit_indicators(request.user, pk),
        "is_township": place.level == Level.TOWNSHIP,
    }
    if request.GET.get("part") == "fields":
        return render(request, "boundaries/parts/indicator_fields.html", context)
    context |= {"known": known(values_for(pk, day)), "history": _history(pk)}
    return render(request, "boundaries/indicators.html", context, status=422 if errors else 200)


def _enter(request: HttpRequest, division: int, typed: dict[str, str]) -> dict[str, list[str]]:
    """Saves; gives back what is wrong, by field."""
    entry = Entry(
        division,
        request.POST.get("indicator", ""),
        typed["value"],
        typed["unit"],
        typed["year"],
        typed["document"],
        typed["basis"],
    )
    try:
        row, warnings = services.enter(entry, person(request), typed["reason"])
    except (InvalidInputError, ConflictError) as error:
        return getattr(error, "fields", None) or {"": [str(error.message)]}
    messages.success(
        request,
        _("已保存：%(name)s %(year)d 年。") % {"name": wording.indicator_name(CATALOGUE[row.indicator]), "year": row.year},
    )
    for warning in warnings:
        messages.warning(request, warning.message)
    return {}


def _enterable(indicator: Indicator, place: Place) -> bool:
    """The form offers what may be typed: nothing computed, except the signs and, without a boundary, the area."""
    if indicator.id == "area":
        return place.area_m2 is None
    return not indicator.computed or indicator.id == "sign_setting_rate"


def _suggested(division: int, indicator: Indicator) -> dict[str, str]:
    """The form starts with the unit and the basis of the latest figure and with last year."""
    latest = (
        IndicatorValue.objects.filter(division=division, indicator=indicator.id, recorded__upper_inf=True).order_by("-year").first()
    )
    unit = latest.unit if latest and latest.unit else _usual_unit(indicator)
    return {"unit": unit, "year": str(timezone.localdate().year - 1), "basis": latest.basis if latest else ""}


def _usual_unit(indicator: Indicator) -> str:
    return "10k yuan" if indicator.unit == "yuan" else indicator.unit


def _form(indicator: Indicator, typed: dict[str, str], errors: dict[str, list[str]]) -> dict[str, Any]:
    base = find_unit(indicator.unit) if indicator.unit else None
    units = [(unit.id, wording.pick(unit.zh, unit.en)) for unit in UNITS.values() if base and unit.dimension == base.dimension]
    return {
        "definition": wording.pick(indicator.definition, indicator.definition_en),
        "numeric": indicator.numeric,
        "judgement": indicator.kind is rules.Kind.JUDGEMENT,
        "choices": [(one.id, wording.pick(one.zh, one.en)) for one in indicator.choices],
        "units": units,
        "bases": [(one.value, words) for one, words in wording.BASES.items()]
        if indicator.population and indicator.basis is Basis.UNSTATED
        else [],
        "typed": typed,
        "errors": errors,
    }


def known(values: dict[str, rules.IndicatorValue]) -> list[Known]:
    """Every figure of `values` in words, in the order of the catalogue."""
    rows = []
    for indicator in CATALOGUE.values():
        given = values.get(indicator.id)
        if given is None:
            continue
        try:
            shown = wording.value_words(rules.normalise(indicator, given.value, given.unit), indicator)
        except rules.IndicatorError:
            shown = f"{given.value} {given.unit or ''}".strip()
        basis = str(wording.BASES[given.basis]) if indicator.population and given.basis is not Basis.UNSTATED else ""
        rows.append(
            Known(indicator, wording.indicator_name(indicator), shown, given.year, given.source or "", basis, given.computed)
        )
    return rows


def _history(division: int) -> list[Past]:
    rows = (
        IndicatorValue.objects.filter(division=division)
        .select_related("source__recorded_by")
        .order_by("indicator", "-year", "-recorded")
    )
    return [_past(row) for row in rows]


def _past(row: IndicatorValue) -> Past:
    indicator = CATALOGUE.get(row.indicator)
    if row.number is None:
        value = wording.choice_words(indicator, row.text) if indicator else row.text
    else:
        value = wording.quantity_as_given(Fraction(row.number), row.unit)
    try:
        basis = str(wording.BASES[rules.parse_basis(row.basis)]) if row.basis else ""
    except rules.IndicatorError:
        basis = row.basis
    return Past(
        row=row,
        name=wording.indicator_name(indicator) if indicator else row.indicator,
        value=value,
        basis=basis,
        by=str(row.source.recorded_by) if row.source.recorded_by else "",
        current=row.recorded.upper is None,
    )


@login_required
@require_POST
def indicator_withdraw(request: HttpRequest, pk: int, value: int) -> HttpResponse:
    row = get_object_or_404(IndicatorValue, pk=value, division=pk)
    try:
        services.withdraw(row, person(request), request.POST.get("reason", ""))
    except (InvalidInputError, ConflictError) as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("已撤销，历史中仍可查看。"))
    return redirect(reverse("indicators", args=[pk]) + "#history")


@login_required
@require_GET
def indicators_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The map's panel: the figures that matter most and the verdict of each target the unit could become."""
    ensure(policies.may_view_register(request.user))
    day = day_of(request)
    place = place_of(pk, day)
    values = values_for(pk, day)
    rows = {row.indicator.id: row for row in known(values)}
    context = {
        "place": place,
        "day": day,
        "rows": [
            rows[name] for name in _PANEL if name in rows and not (name == "county_density" and place.level != Level.TOWNSHIP)
        ],
        "checks": [_panel_check(pk, day, target) for target, types in ELIGIBLE.items() if place.type in types],
        "may_edit": policies.may_edit_indicators(request.user, pk),
        "may_draft": policies.may_draft_application(request.user, pk),
    }
    return render(request, "boundaries/indicators_panel.html", context)


def _panel_check(division: int, day: Any, target: str) -> dict[str, Any]:
    address = reverse("check", args=[division]) + f"?target={target}&on={day.isoformat()}"
    row: dict[str, Any] = {"target": str(target), "words": wording.TARGETS[target], "url": address}
    try:
        result = check(target, day, division=division)
    except DomainError as error:
        return row | {"refused": str(error.message)}
    evaluation = result.evaluation
    return row | {
        "chip": wording.CHIPS[evaluation.overall.value],
        "overall": wording.OVERALL[evaluation.overall.value],
        "quantitative": wording.OVERALL[evaluation.quantitative.value],
        "advisory": result.advisory,
        "unmet": sum(1 for one in evaluation.criteria if one.verdict == "not_met"),
        "missing": sum(1 for one in evaluation.criteria if one.verdict == "missing"),
        "person": sum(1 for one in evaluation.criteria if one.verdict == "needs_person"),
    }
