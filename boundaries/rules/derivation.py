"""Indicators that follow from others: shares, density, differences. Computed, with the evidence of both figures."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from fractions import Fraction

from boundaries.rules.indicators import CATALOGUE, Basis, IndicatorValue
from boundaries.rules.readings import read


@dataclass(frozen=True, slots=True)
class Formula:
    """``result`` = ``compute(first, second)``; ``timeless`` names the part whose year need not agree (an area)."""

    result: str
    first: str
    second: str
    words: str
    compute: Callable[[Fraction, Fraction], Fraction | None]
    timeless: str = ""


def _ratio(first: Fraction, second: Fraction) -> Fraction | None:
    return first / second if second else None


def _percent(first: Fraction, second: Fraction) -> Fraction | None:
    return 100 * first / second if second else None


FORMULAS = (
    Formula("county_density", "county_population", "county_area", "÷", _ratio, timeless="county_area"),
    Formula("population_density", "population", "area", "÷", _ratio, timeless="area"),
    Formula("built_up_share", "built_up_area", "area", "÷", _percent, timeless="area"),
    Formula("seat_nonagricultural_share", "seat_nonagricultural_population", "population", "÷", _percent),
    Formula("net_new_subdistricts", "new_subdistricts", "abolished_units", "−", lambda first, second: first - second),
)


def with_derived(values: Mapping[str, IndicatorValue], wanted: Container[str] | None = None) -> dict[str, IndicatorValue]:
    """``values`` plus every figure of FORMULAS (or those ``wanted``) that is absent and whose two parts are usable.

    Parts of different years, or counting different people (常住/户籍), are not combined.
    """
    result = dict(values)
    for formula in FORMULAS:
        if formula.result not in values and (wanted is None or formula.result in wanted):
            derived = _derive(formula, values)
            if derived is not None:
                result[formula.result] = derived
    return result


def _derive(formula: Formula, values: Mapping[str, IndicatorValue]) -> IndicatorValue | None:
    first = read(CATALOGUE[formula.first], values.get(formula.first))
    second = read(CATALOGUE[formula.second], values.get(formula.second))
    if not isinstance(first.value, Fraction) or not isinstance(second.value, Fraction):
        return None
    if first.given is None or second.given is None or first.given.year is None:
        return None
    if not formula.timeless and first.given.year != second.given.year:
        return None
    if first.indicator.population and second.indicator.population and first.basis is not second.basis:
        return None
    number = formula.compute(first.value, second.value)
    if number is None:
        return None
    sources = dict.fromkeys(source for source in (first.given.source, second.given.source) if source)
    return IndicatorValue(
        value=number,
        unit=CATALOGUE[formula.result].unit,
        year=first.given.year,
        source="；".join(sources),
        basis=first.basis if first.indicator.population else Basis.UNSTATED,
        definition=f"{first.indicator.name}{formula.words}{second.indicator.name}",
        computed=True,
    )
