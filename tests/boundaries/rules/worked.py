"""The worked cases of the trial standard of 2008, as an office would hand them in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from boundaries.rules.evaluation import Evaluation, evaluate
from boundaries.rules.indicators import CATALOGUE, IndicatorValue
from boundaries.rules.ruleset import RuleSet
from boundaries.rules.shipped import shipped_rule_sets

DAY = date(2025, 7, 16)

# T7, first vector; the last three are named by the standard but not by the vector.
TIER_A = {
    "county_density": "500",
    "terrain": "plain",
    "population": "36000",
    "seat_population": "8200",
    "general_budget_revenue": "4100000",
    "seat_built_up_area": "3.1",
    "road_hardening_rate": "100",
    "sign_setting_rate": "92",
    "water_supply_rate": "91",
    "green_area_per_capita": "4",
    "waste_site": "yes",
    "public_facilities": "yes",
    "location_advantage": "yes",
}

# T7, third vector: a mountain township at exactly the lower figures.
TIER_B = TIER_A | {
    "county_density": "200",
    "terrain": "mountain",
    "population": "25000",
    "seat_population": "5000",
    "general_budget_revenue": "3000000",
    "seat_built_up_area": "2.0",
    "sign_setting_rate": "80",
    "water_supply_rate": "80",
}


def rule_set(identifier: str) -> RuleSet:
    return next(one for one in shipped_rule_sets() if one.id == identifier)


TOWN_2008 = rule_set("HN-TOWN-2008-TRIAL")
SUBDISTRICT_2017 = rule_set("HN-SUBDISTRICT-2017-TRIAL")
TOWN_1984 = rule_set("NATIONAL-TOWN-1984")


def values(given: dict[str, str], **kwargs: object) -> dict[str, IndicatorValue]:
    """Each value with the indicator's own unit, year 2024 and a source."""
    return {
        identifier: IndicatorValue(
            value=Decimal(text) if CATALOGUE[identifier].numeric else text,
            unit=CATALOGUE[identifier].unit,
            year=2024,
            source="2024年统计年鉴",
            **kwargs,  # type: ignore[arg-type]
        )
        for identifier, text in given.items()
    }


def judge(given: dict[str, str], rules: RuleSet = TOWN_2008) -> Evaluation:
    return evaluate(rules, values(given), on=DAY)


def verdicts(evaluation: Evaluation) -> dict[str, str]:
    return {result.criterion.id: result.verdict.value for result in evaluation.criteria}


def codes(evaluation: Evaluation) -> set[tuple[str, str]]:
    return {(finding.rule, finding.code) for finding in evaluation.findings}
