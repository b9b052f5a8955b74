"""Indicator values as the rules read them: the latest year not after a day, with unit, year and document, and the computed ones.

Computed, never typed where the register itself knows better: areas come from the geometry, the county's population from the
county's own figure or, failing that, from the complete sum over its townships. Density and shares follow from these in
`boundaries.rules.derivation`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from boundaries.computed_indicators import values_of
from boundaries.models import Division, Grade, IndicatorValue, Level
from boundaries.rules import indicators as rules
from boundaries.rules.derivation import with_derived
from boundaries.rules.indicators import CATALOGUE, Basis, Kind
from boundaries.services.places import Place, county_of, places_around

Values = dict[str, rules.IndicatorValue]

# A county's people, as counties publish them: the first that is there for the latest year.
_COUNTY_POPULATION = ("population", "county_population", "resident_population")
_COVERED_WITHIN = 0.01
_GRADE_WORDS = {Grade.AGREED: "勘定界线", Grade.SURVEYED: "实测界线", Grade.INDICATIVE: "示意界线", Grade.INVENTED: "虚构界线"}


def values_for(division: Division | int, on: date) -> Values:
    """What is known of `division` on `on`, by indicator, computed ones included. A handful of queries."""
    wanted = division if isinstance(division, int) else division.pk
    values = values_for_many([wanted], on, places_around(wanted, on))
    return with_derived(values[wanted])


def values_for_many(divisions: Collection[int], on: date, places: Mapping[int, Place]) -> dict[int, Values]:
    """The same for many divisions at once, in one query; `places` must hold them, what lies above them and their neighbours.

    Figures that follow from others (density, shares) are left to `evaluate`, which derives them itself.
    """
    county = {division: county_of(division, places) for division in divisions}
    counties = {one for one in county.values() if one is not None}
    townships = _townships_of(counties, places)
    stored = _stored({*divisions, *counties, *(one for several in townships.values() for one in several)}, on)
    of_county = {one: _county_figures(one, townships[one], places, stored, on) for one in counties}
    elsewhere = values_of(divisions, on)
    result: dict[int, Values] = {}
    for division in divisions:
        values = stored.get(division, {}) | elsewhere.get(division, {})
        place = places.get(division)
        if place is not None and (area := _area(place, on)) is not None:
            values["area"] = area
        people = values.get("population")
        if people is not None and people.basis is Basis.RESIDENT:
            values.setdefault("resident_population", people)
        above = county[division]
        if above is not None and above != division:
            values |= of_county[above]
        elif above is not None:
            values |= {name: value for name, value in of_county[above].items() if name == "county_area"}
        result[division] = values
    return result


def _townships_of(counties: Collection[int], places: Mapping[int, Place]) -> dict[int, list[int]]:
    result: dict[int, list[int]] = {county: [] for county in counties}
    for place in places.values():
        if place.level == Level.TOWNSHIP and place.parent in result:
            result[place.parent].append(place.id)
    return result


def _stored(divisions: Collection[int], on: date) -> dict[int, Values]:
    rows = (
        IndicatorValue.objects.filter(recorded__upper_inf=True, division__in=divisions, year__lte=on.year)
        .order_by("division_id", "indicator", "-year")
        .distinct("division_id", "indicator")
        .values_list(
            "division_id",
            "indicator",
            "year",
            "number",
            "text",
            "unit",
            "basis",
            "document",
            "source__recorded_by__display_name",
            "source__recorded_by__username",
        )
    )
    result: dict[int, Values] = {}
    for division, indicator, year, number, text, unit, basis, document, shown, username in rows:
        known = CATALOGUE.get(indicator)
        result.setdefault(division, {})[indicator] = rules.IndicatorValue(
            value=text if number is None else number,
            unit=unit,
            year=year,
            source=document,
            basis=_basis(basis),
            confirmed_by=(shown or username or "") if known is not None and known.kind is Kind.JUDGEMENT else "",
        )
    return result


def _basis(text: str) -> Basis:
    try:
        return rules.parse_basis(text)
    except rules.IndicatorError:
        return Basis.UNSTATED


def _area(place: Place, on: date) -> rules.IndicatorValue | None:
    """Whole square metres: the ellipsoid is known better than any boundary is."""
    if place.area_m2 is None:
        return None
    return rules.IndicatorValue(
        value=Fraction(round(place.area_m2), 1_000_000),
        unit="km²",
        year=on.year,
        source=f"{place.name}{_GRADE_WORDS.get(Grade(place.grade), '界线')}，CGCS2000椭球面面积",
        definition="由界线计算",
        computed=True,
    )


def _county_figures(
    county: int, townships: list[int], places: Mapping[int, Place], stored: Mapping[int, Values], on: date
) -> Values:
    """`county_population` and `county_area`, as far as they are known; their sources say how they came about."""
    figures: Values = {}
    own = stored.get(county, {})
    people = _county_population(places[county], own) or _sum_of_townships(places[county], townships, places, stored)
    if people is not None:
        figures["county_population"] = people
    area = _area(places[county], on)
    if area is None and "area" in own:
        area = replace(own["area"], source=f"{places[county].name}面积：{own['area'].source}")
    if area is not None:
        figures["county_area"] = area
    return figures


def _county_population(county: Place, own: Values) -> rules.IndicatorValue | None:
    known = [own[name] for name in _COUNTY_POPULATION if name in own]
    if not known:
        return None
    latest = max(known, key=lambda value: value.year or 0)
    return replace(latest, source=f"{county.name}人口：{latest.source}", computed=True)


def _sum_of_townships(
    county: Place, townships: list[int], places: Mapping[int, Place], stored: Mapping[int, Values]
) -> rules.IndicatorValue | None:
    """Only when the townships cover the county and each has its population for one and the same year, counted in the same way."""
    if not _cover(county, [places[township] for township in townships]):
        return None
    parts = [stored.get(township, {}).get("population") for township in townships]
    known = [part for part in parts if part is not None]
    if not known or len(known) != len(parts):
        return None
    if len({part.year for part in known}) > 1 or len({part.basis for part in known}) > 1:
        return None
    persons = list(_persons(known))
    if len(persons) != len(known):
        return None
    documents = list(dict.fromkeys(part.source or "" for part in known))
    cited = documents[0] if len(documents) == 1 else f"{documents[0]}等{len(documents)}份文件"
    return rules.IndicatorValue(
        value=sum(persons, Fraction(0)),
        unit="persons",
        year=known[0].year,
        source=f"{county.name}{len(known)}个乡级单位总人口之和（{cited}）",
        basis=known[0].basis,
        computed=True,
    )


def _cover(county: Place, townships: list[Place]) -> bool:
    """Whether the register holds the whole county: a sum over a part of its townships would be a density of nothing."""
    areas = [place.area_m2 for place in townships]
    if not county.area_m2 or not areas or any(area is None for area in areas):
        return False
    return abs(sum(area for area in areas if area is not None) / county.area_m2 - 1) < _COVERED_WITHIN


def _persons(values: Iterable[rules.IndicatorValue]) -> Iterable[Fraction]:
    for value in values:
        try:
            number = rules.normalise(CATALOGUE["population"], value.value, value.unit)
        except rules.IndicatorError:
            continue
        if isinstance(number, Fraction):
            yield number
