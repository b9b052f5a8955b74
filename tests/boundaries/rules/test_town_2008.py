"""STD-T08-A, STD-T08-B, STD-T08-C, STD-T08-D: the trial standard of Henan of 2008, with the test vectors T7."""

from __future__ import annotations

from fractions import Fraction

import pytest

from boundaries.rules.report import evaluation_document
from tests.boundaries.rules.worked import TIER_A, TIER_B, TOWN_2008, codes, judge, verdicts


def not_met(evaluation):
    return {identifier for identifier, verdict in verdicts(evaluation).items() if verdict == "not_met"}


def tiers(evaluation):
    return {tier["id"]: tier for tier in evaluation_document(evaluation)["tiers"]}


def test_std_t08_a_t7_all_of_tier_a_met_qualifies_for_reference():
    evaluation = judge(TIER_A)
    assert evaluation.overall == "qualifies"
    assert evaluation.advisory
    assert tiers(evaluation)["T08-A"]["overall"] == "qualifies"
    assert tiers(evaluation)["T08-B"]["applies"] == "no"
    assert verdicts(evaluation)["T08-B.population"] == "not_applicable"


def test_std_t08_a_t7_one_person_short_at_the_seat_fails_one_criterion():
    evaluation = judge(TIER_A | {"seat_population": "7999"})
    assert evaluation.overall == "does_not"
    assert not_met(evaluation) == {"T08-A.seat_population"}
    failed = next(one for one in evaluation.criteria if one.verdict == "not_met")
    assert failed.margin == -1
    assert failed.margin_relative == Fraction(-1, 8000)


def test_std_t08_a_t7_exactly_four_million_is_enough():
    """“以上” includes the number: the usual drafting rule, as T7 takes it."""
    evaluation = judge(TIER_A | {"general_budget_revenue": "4000000"})
    assert evaluation.overall == "qualifies"
    assert next(one for one in evaluation.criteria if one.criterion.id == "T08-A.revenue").margin == 0


@pytest.mark.parametrize(
    ("indicator", "just_enough", "too_little"),
    [
        ("population", "35000", "34999"),
        ("seat_population", "8000", "7999"),
        ("general_budget_revenue", "4000000", "3999999.99"),
        ("seat_built_up_area", "3", "2.999"),
        ("road_hardening_rate", "100", "99.9"),
        ("sign_setting_rate", "90", "89.9"),
        ("water_supply_rate", "90", "89.9"),
        ("green_area_per_capita", "3", "2.9"),
        ("waste_site", "yes", "no"),
    ],
)
def test_std_t08_a_each_threshold(indicator, just_enough, too_little):
    assert judge(TIER_A | {indicator: just_enough}).overall == "qualifies"
    evaluation = judge(TIER_A | {indicator: too_little})
    assert evaluation.overall == "does_not"
    assert {next(c.indicator for c in TOWN_2008.criteria() if c.id == one) for one in not_met(evaluation)} == {indicator}


@pytest.mark.parametrize(
    ("terrain", "indicator", "just_enough", "too_little"),
    [
        ("plain", "population", "30000", "29999"),
        ("mountain", "population", "25000", "24999"),
        ("plain", "seat_population", "6000", "5999"),
        ("mountain", "seat_population", "5000", "4999"),
        ("plain", "general_budget_revenue", "3000000", "2999999"),
        ("plain", "seat_built_up_area", "2.5", "2.49"),
        ("mountain", "seat_built_up_area", "2", "1.99"),
        ("plain", "road_hardening_rate", "100", "99"),
        ("plain", "sign_setting_rate", "80", "79.99"),
        ("plain", "water_supply_rate", "80", "79.99"),
        ("plain", "green_area_per_capita", "3", "2.99"),
        ("plain", "waste_site", "yes", "no"),
    ],
)
def test_std_t08_b_each_threshold(terrain, indicator, just_enough, too_little):
    generous = TIER_B | {"population": "30000", "seat_population": "6000", "seat_built_up_area": "2.5", "terrain": terrain}
    assert judge(generous | {indicator: just_enough}).overall == "qualifies"
    assert judge(generous | {indicator: too_little}).overall == "does_not"


def test_std_t08_b_t7_mountain_at_the_lower_figures_passes():
    evaluation = judge(TIER_B)
    assert evaluation.overall == "qualifies"
    assert tiers(evaluation)["T08-B"]["overall"] == "qualifies"


def test_std_t08_b_t7_the_same_on_the_plain_fails_population_seat_and_area():
    evaluation = judge(TIER_B | {"terrain": "plain"})
    assert evaluation.overall == "does_not"
    assert not_met(evaluation) == {"T08-B.population", "T08-B.seat_population", "T08-B.built_up"}


def test_std_t08_b_terrain_unknown_matters_only_between_the_two_figures():
    unknown = {key: value for key, value in TIER_B.items() if key != "terrain"}
    between = judge(unknown)
    assert between.overall == "undetermined"
    assert verdicts(between)["T08-B.population"] == "missing"
    assert next(one for one in between.criteria if one.criterion.id == "T08-B.population").code == "condition_unknown"
    enough = judge(unknown | {"population": "30000", "seat_population": "6000", "seat_built_up_area": "2.5"})
    assert enough.overall == "qualifies"
    too_few = judge(unknown | {"population": "24999"})
    assert too_few.overall == "does_not"
    assert verdicts(too_few)["T08-B.population"] == "not_met"


def test_std_t08_t7_density_350_is_claimed_by_both_tiers():
    evaluation = judge(TIER_A | {"county_density": "350"})
    assert tiers(evaluation)["T08-A"]["applies"] == tiers(evaluation)["T08-B"]["applies"] == "yes"
    assert evaluation.overall == "qualifies"
    assert ("STD-T08-A", "tiers_overlap") in codes(evaluation)
    assert {result.verdict for result in evaluation.criteria} == {"met"}


def test_std_t08_density_350_and_the_tiers_differ_is_for_a_person():
    evaluation = judge(TIER_A | {"county_density": "350", "population": "31000"})
    assert tiers(evaluation)["T08-A"]["overall"] == "does_not"
    assert tiers(evaluation)["T08-B"]["overall"] == "qualifies"
    assert evaluation.overall == "undetermined"


@pytest.mark.parametrize("density", ["349.9", "350.1"])
def test_std_t08_density_beside_350_is_one_tier(density):
    applying = [tier["id"] for tier in tiers(judge(TIER_A | {"county_density": density})).values() if tier["applies"] == "yes"]
    assert applying == ["T08-B" if density < "350" else "T08-A"]


@pytest.mark.parametrize("density", ["80", "99.99"])
def test_std_t08_c_t7_below_100_is_not_evaluable(density):
    for facilities in ("yes", "no"):
        evaluation = judge(TIER_A | {"county_density": density, "public_facilities": facilities})
        assert evaluation.overall == "undetermined"
        assert evaluation.quantitative == "undetermined"
        assert ("STD-T08-C", "not_evaluable") in codes(evaluation)


def test_std_t08_density_100_belongs_to_tier_b():
    assert tiers(judge(TIER_B | {"county_density": "100"}))["T08-B"]["applies"] == "yes"


def test_std_t08_without_density_nothing_is_concluded():
    given = {key: value for key, value in TIER_A.items() if key != "county_density"}
    assert judge(given).overall == "undetermined"
    assert judge(given | {"population": "100"}).overall == "undetermined", "a county below 100 is not judged at all"


@pytest.mark.parametrize("absent", ["public_facilities", "location_advantage"])
def test_std_t08_d_a_person_must_speak_before_it_qualifies(absent):
    evaluation = judge({key: value for key, value in TIER_A.items() if key != absent})
    assert verdicts(evaluation)[f"T08-other.{absent}"] == "needs_person"
    assert evaluation.overall == "undetermined"
    assert evaluation.quantitative == "qualifies"
    assert tiers(evaluation)["T08-A"]["overall"] == "qualifies"


def test_std_t08_d_a_person_says_no():
    evaluation = judge(TIER_A | {"public_facilities": "否"})
    assert evaluation.overall == "does_not"
    assert evaluation.quantitative == "qualifies"


def test_std_t08_d_an_unmet_figure_decides_without_the_person():
    given = {key: value for key, value in TIER_A.items() if key not in ("public_facilities", "location_advantage")}
    assert judge(given | {"population": "34999"}).overall == "does_not"


@pytest.mark.parametrize("named", ["工业主导型", "tourism", "城郊卫星型"])
def test_std_t08_d_naming_the_type_is_the_judgement(named):
    assert judge(TIER_A | {"location_advantage": named}).overall == "qualifies"


def test_std_t08_a_more_green_than_the_range_is_not_held_against_it():
    """The text says 3–5 m²; docs/decisions tells why only the lower bound is asked."""
    evaluation = judge(TIER_A | {"green_area_per_capita": "6"})
    assert verdicts(evaluation)["T08-A.green"] == "met"
    assert next(one for one in evaluation.criteria if one.criterion.id == "T08-A.green").criterion.note


def test_std_t08_the_document_has_the_keys_of_the_command():
    document = evaluation_document(judge(TIER_A), division="411726207", target="town")
    assert document["division"] == "411726207"
    assert document["on"] == "2025-07-16"
    assert document["rule_set"]["id"] == "HN-TOWN-2008-TRIAL"
    assert document["rule_set"]["status"] == "superseded_unconfirmed"
    row = next(one for one in document["criteria"] if one["id"] == "T08-A.population")
    assert (
        row
        | {
            "indicator": "population",
            "value": 36000,
            "unit": "persons",
            "year": 2024,
            "source": "2024年统计年鉴",
            "threshold": 35000,
            "verdict": "met",
            "margin": 1000,
        }
        == row
    )
    assert row["text"] == "总人口3.5万人以上"
    assert "未载入正式标准" in document["statement"]
