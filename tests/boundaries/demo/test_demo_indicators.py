"""The demo county's figures: judged by the trial standard of 2008 they give every kind of answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import boundaries
from boundaries.demo import DemoCounty, DemoIndicator, build_demo
from boundaries.rules.evaluation import Evaluation, Overall, Verdict, evaluate
from boundaries.rules.indicators import CATALOGUE, Basis, IndicatorValue, validate
from boundaries.rules.toml_loader import parse_rule_set
from gis.crs.geodesic import area_m2

STANDARD = Path(boundaries.__file__).parent / "standards" / "henan-town-2008-trial.toml"


@pytest.fixture(scope="module")
def demo() -> DemoCounty:
    return build_demo()


def as_value(figure: DemoIndicator) -> IndicatorValue:
    return IndicatorValue(
        figure.value, figure.unit, figure.year, figure.source, Basis(figure.basis) if figure.basis else Basis.UNSTATED
    )


def figures(demo: DemoCounty, key: str, year: int) -> dict[str, DemoIndicator]:
    return {figure.indicator: figure for figure in demo.indicators if figure.unit_key == key and figure.year == year}


def density(demo: DemoCounty, year: int) -> Decimal:
    people = figures(demo, demo.county_key, year)["population"].value
    assert isinstance(people, Decimal)
    return people / Decimal(float(area_m2(demo.unit(demo.county_key).records[0].geometry)[0]) / 1e6)


def judged(demo: DemoCounty, key: str) -> Evaluation:
    """By the figures of 2025, with the density the system computes from the county's people and area."""
    values = {indicator: as_value(figure) for indicator, figure in figures(demo, key, 2025).items()}
    values["county_density"] = IndicatorValue(density(demo, 2025), "persons/km²", 2025, "computed", computed=True)
    return evaluate(parse_rule_set(STANDARD.read_text("utf-8"), STANDARD.name), values, on=date(2026, 6, 1))


def criteria(evaluation: Evaluation, verdict: Verdict) -> set[str]:
    return {result.criterion.indicator for result in evaluation.criteria if result.verdict is verdict}


@pytest.mark.parametrize("key", ["qingruo", "chunping"])
def test_two_townships_qualify(demo: DemoCounty, key: str) -> None:
    assert judged(demo, key).overall is Overall.QUALIFIES


def test_the_township_in_the_hills_qualifies_only_by_the_figures_for_hills(demo: DemoCounty) -> None:
    """STD-T08-B: 25,000 people, 5,000 at the seat and 2 km² in the hills; the plain asks for more of each."""
    chunping = figures(demo, "chunping", 2025)
    assert chunping["terrain"].value == "mountain"
    assert chunping["population"].value < 30_000 and chunping["seat_population"].value < 6_000  # type: ignore[operator]


@pytest.mark.parametrize(("key", "missed"), [("weibo", "seat_population"), ("yuwu", "general_budget_revenue")])
def test_two_townships_miss_by_one_criterion(demo: DemoCounty, key: str, missed: str) -> None:
    evaluation = judged(demo, key)
    assert evaluation.overall is Overall.DOES_NOT
    assert criteria(evaluation, Verdict.NOT_MET) == {missed}
    assert not criteria(evaluation, Verdict.MISSING)


def test_one_township_misses_nearly_all(demo: DemoCounty) -> None:
    evaluation = judged(demo, "wangxiu")
    assert evaluation.overall is Overall.DOES_NOT
    assert len(criteria(evaluation, Verdict.NOT_MET)) >= 8


def test_one_township_lacks_one_value_and_another_all(demo: DemoCounty) -> None:
    evaluation = judged(demo, "mailong")
    assert evaluation.overall is Overall.UNDETERMINED
    assert criteria(evaluation, Verdict.MISSING) == {"green_area_per_capita"}
    assert not criteria(evaluation, Verdict.NOT_MET)
    assert not [figure for figure in demo.indicators if figure.unit_key.startswith("shayu")]
    assert judged(demo, "shayu").overall is Overall.UNDETERMINED


def test_the_density_crosses_the_edge_between_the_tiers(demo: DemoCounty) -> None:
    """STD-T08-A above 350 persons/km², STD-T08-B from 100 to 350."""
    assert 350 < density(demo, 2024) < 352
    assert 345 < density(demo, 2025) < 349


@pytest.mark.parametrize("year", [2024, 2025])
def test_townships_add_up_to_the_county_with_room_for_the_one_without_figures(demo: DemoCounty, year: int) -> None:
    townships = demo.level_on(4, date(year, 12, 31))
    given = [figures(demo, key, year)["population"].value for key in townships if key != "shayu"]
    rest = figures(demo, demo.county_key, year)["population"].value - sum(given)  # type: ignore[operator, arg-type]
    assert 15_000 < rest < 22_000


def test_villages_add_up_to_their_township(demo: DemoCounty) -> None:
    villages = demo.level_on(5, date(2025, 12, 31))
    for key in demo.level_on(4, date(2025, 12, 31)):
        own = [figures(demo, village, 2025) for village, record in villages.items() if record.parent_key == key]
        if key == "shayu":
            assert not any(own)
        else:
            assert sum(one["population"].value for one in own) == figures(demo, key, 2025)["population"].value  # type: ignore[misc]
            assert all(300 < one["population"].value < 16_000 for one in own)  # type: ignore[operator]


def test_every_figure_can_be_used_as_evidence_and_says_it_is_invented(demo: DemoCounty) -> None:
    """STD-GEN-01: unit, year, source and, for counts of people, the basis."""
    keys = {unit.key for unit in demo.units}
    seen = set()
    for figure in demo.indicators:
        assert figure.unit_key in keys
        assert (figure.unit_key, figure.indicator, figure.year) not in seen
        seen.add((figure.unit_key, figure.indicator, figure.year))
        assert validate(CATALOGUE[figure.indicator], as_value(figure)) == []
        assert figure.source.startswith("演示数据") and "虚构" in figure.source
        assert figure.basis == ("resident" if CATALOGUE[figure.indicator].population else "")
