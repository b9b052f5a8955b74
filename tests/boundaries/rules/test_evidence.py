"""STD-GEN-01 … STD-GEN-04: what a value must bring along, ranks, relaxations, computed figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from boundaries.rules.criteria import rank_among
from boundaries.rules.derivation import with_derived
from boundaries.rules.evaluation import Claim, evaluate
from boundaries.rules.finding import Severity
from boundaries.rules.indicators import Basis, IndicatorValue, Rank
from boundaries.rules.ruleset import (
    Comparison,
    Criterion,
    Effect,
    Group,
    GroupKind,
    RankTest,
    Relaxation,
    RuleSet,
    Status,
    Target,
    Threshold,
)
from tests.boundaries.rules.worked import DAY, TIER_A, TOWN_2008, codes, values, verdicts


def one_criterion(criterion, **kwargs):
    root = Group("root", GroupKind.ALL, "总", "root", (criterion,))
    return RuleSet("TEST", "测试", "test", frozenset({Target.TOWN}), "测试", Status.OFFICIAL, root, **kwargs)


def number(identifier, indicator, threshold, comparison=Comparison.AT_LEAST, **kwargs):
    return Criterion(identifier, "X", "条件", "criterion", indicator, comparison, "", (Threshold(Fraction(threshold)),), **kwargs)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": None}, "unit_missing"),
        ({"unit": " "}, "unit_missing"),
        ({"year": None}, "year_missing"),
        ({"source": None}, "source_missing"),
        ({"source": "  "}, "source_missing"),
        ({"unit": "户"}, "unit_mismatch"),
        ({"unit": "元"}, "unit_mismatch"),
        ({"value": "很多"}, "not_a_number"),
        ({"value": Decimal("-1")}, "out_of_range"),
        ({"value": Decimal("9e30")}, "out_of_range"),
        ({"value": Decimal("NaN")}, "not_a_number"),
        ({"value": ""}, "empty"),
        ({"year": 20225}, "year_out_of_range"),
    ],
)
def test_std_gen_01_without_evidence_a_value_counts_as_missing(change, code):
    given = values(TIER_A)
    given["population"] = replace(given["population"], **change)
    evaluation = evaluate(TOWN_2008, given, on=DAY)
    result = next(one for one in evaluation.criteria if one.criterion.id == "T08-A.population")
    assert (result.verdict, result.code) == ("missing", code)
    assert result.reason_zh and result.reason_en
    assert evaluation.overall == "undetermined"
    finding = next(one for one in evaluation.findings if one.code == code)
    assert (finding.rule, finding.severity, finding.subject) == ("STD-GEN-01", Severity.BLOCK, "population")


def test_std_gen_01_population_basis_unstated_is_noted():
    assert ("STD-GEN-01", "basis_unstated") in codes(evaluate(TOWN_2008, values(TIER_A), on=DAY))
    stated = evaluate(TOWN_2008, values(TIER_A, basis=Basis.RESIDENT), on=DAY)
    assert ("STD-GEN-01", "basis_unstated") not in codes(stated)
    assert stated.overall == "qualifies"


@pytest.mark.parametrize(
    ("basis", "verdict"),
    [(Basis.RESIDENT, "met"), (Basis.REGISTERED, "missing"), (Basis.UNSTATED, "missing")],
)
def test_std_gen_01_a_standard_that_names_the_basis_takes_no_other(basis, verdict):
    rules = one_criterion(number("c", "population", 100, basis=Basis.RESIDENT))
    evaluation = evaluate(rules, values({"population": "200"}, basis=basis), on=DAY)
    assert verdicts(evaluation) == {"c": verdict}


def test_std_gen_01_registered_people_are_not_residents():
    rules = one_criterion(number("c", "resident_population", 100))
    assert verdicts(evaluate(rules, values({"resident_population": "200"}), on=DAY)) == {"c": "met"}
    registered = evaluate(rules, values({"resident_population": "200"}, basis=Basis.REGISTERED), on=DAY)
    assert verdicts(registered) == {"c": "missing"}


def test_std_gen_01_a_value_from_after_the_day_is_noted():
    given = values(TIER_A)
    given["population"] = replace(given["population"], year=2026)
    assert ("STD-GEN-01", "year_after_day") in codes(evaluate(TOWN_2008, given, on=DAY))


@pytest.mark.parametrize(
    ("value", "unit"),
    [("3.6", "万人"), ("36,000", "人"), (36000, "persons"), (Fraction(36000), "person"), (" 36000 ", "口")],
)
def test_std_gen_01_units_are_converted_exactly(value, unit):
    given = values(TIER_A) | {"population": IndicatorValue(value, unit, 2024, "年鉴")}
    result = next(c for c in evaluate(TOWN_2008, given, on=DAY).criteria if c.criterion.id == "T08-A.population")
    assert result.evidence is not None and result.evidence.value == 36000
    assert result.margin == 1000


def test_std_gen_04_typed_sign_rate_is_noted_and_computed_is_not():
    assert ("STD-GEN-04", "typed_not_computed") in codes(evaluate(TOWN_2008, values(TIER_A), on=DAY))
    computed = evaluate(TOWN_2008, values(TIER_A, computed=True), on=DAY)
    assert not [one for one in computed.findings if one.rule == "STD-GEN-04"]


RANK = RankTest("设区市各乡", 2, Fraction(30))


def ranked(*ranks):
    criterion = Criterion("c", "X", "连续两年列前30%", "top 30 %", "general_budget_revenue", Comparison.RANK, rank=RANK)
    value = IndicatorValue(100, "万元", 2024, "财政决算", ranks=tuple(ranks))
    return evaluate(one_criterion(criterion), {"general_budget_revenue": value}, on=DAY)


def test_std_gen_02_rank_in_each_of_the_years():
    good = (Rank(2023, 3, 10, "设区市各乡"), Rank(2024, 2, 10, "设区市各乡"))
    assert verdicts(ranked(*good)) == {"c": "met"}
    assert verdicts(ranked(good[0], Rank(2024, 4, 10, "设区市各乡"))) == {"c": "not_met"}
    assert ranked(good[0], Rank(2024, 4, 10, "设区市各乡")).criteria[0].margin == -10


@pytest.mark.parametrize(
    "ranks",
    [
        (),
        (Rank(2024, 1, 10, "设区市各乡"),),
        (Rank(2023, 1, 10, "全县各乡"), Rank(2024, 1, 10, "设区市各乡")),
        (Rank(2022, 1, 10, "设区市各乡"), Rank(2024, 1, 10, "设区市各乡")),
        (Rank(2023, 11, 10, "设区市各乡"), Rank(2024, 1, 10, "设区市各乡")),
    ],
)
def test_std_gen_02_a_rank_not_shown_over_the_peers_and_years_is_missing(ranks):
    evaluation = ranked(*ranks)
    assert verdicts(evaluation) == {"c": "missing"}
    finding = next(one for one in evaluation.findings if one.rule == "STD-GEN-02")
    assert finding.severity is Severity.BLOCK


def test_std_gen_02_equals_share_the_better_place():
    peers = [Fraction(n) for n in (5, 7, 7, 9)]
    assert [rank_among(one, peers) for one in peers] == [4, 2, 2, 1]


def relaxed(effect, claims, population="90", factor=None):
    rules = one_criterion(
        number("c", "population", 100),
        relaxations=(Relaxation("remote", "边远地区", "remote area", effect, ("root",), factor),),
    )
    return evaluate(rules, values({"population": population}, basis=Basis.RESIDENT), on=DAY, claims=claims)


CLAIM = [Claim("remote", "县政府证明〔2025〕3号")]


def test_std_gen_03_factor_applies_only_with_its_document():
    factor = Fraction(4, 5)
    assert relaxed(Effect.FACTOR, [], factor=factor).overall == "does_not"
    without = relaxed(Effect.FACTOR, [Claim("remote", " ")], factor=factor)
    assert without.overall == "does_not"
    assert ("STD-GEN-03", "relaxation_without_document") in codes(without)
    granted = relaxed(Effect.FACTOR, CLAIM, factor=factor)
    assert granted.overall == "qualifies"
    assert granted.criteria[0].thresholds[0].value == 80
    assert granted.criteria[0].margin == 10
    assert relaxed(Effect.FACTOR, CLAIM, population="79", factor=factor).overall == "does_not"


def test_std_gen_03_exempt_manual_and_unknown():
    exempted = relaxed(Effect.EXEMPT, CLAIM)
    assert (exempted.overall, verdicts(exempted)) == ("qualifies", {"c": "not_applicable"})
    manual = relaxed(Effect.MANUAL, CLAIM)
    assert (manual.overall, verdicts(manual)) == ("undetermined", {"c": "needs_person"})
    unknown = relaxed(Effect.EXEMPT, [Claim("border", "x")])
    assert unknown.overall == "does_not"
    assert ("STD-GEN-03", "relaxation_unknown") in codes(unknown)


def test_derived_figures_carry_the_evidence_of_both_parts():
    given = {
        "built_up_area": IndicatorValue("300", "公顷", 2024, "国土调查"),
        "area": IndicatorValue("5", "km²", 2023, "界线"),
        "county_population": IndicatorValue("40", "万人", 2024, "年鉴", Basis.RESIDENT),
        "county_area": IndicatorValue("800", "平方公里", 2019, "界线"),
    }
    derived = with_derived(given)
    assert derived["built_up_share"].value == 60
    assert derived["built_up_share"].computed
    assert derived["built_up_share"].source == "国土调查；界线"
    assert (derived["county_density"].value, derived["county_density"].basis) == (500, Basis.RESIDENT)
    assert "seat_nonagricultural_share" not in derived


def test_derived_figures_do_not_mix_years_or_people():
    seat = IndicatorValue(100, "人", 2024, "年鉴", Basis.REGISTERED)
    for whole in (
        IndicatorValue(1000, "人", 2023, "年鉴", Basis.REGISTERED),
        IndicatorValue(1000, "人", 2024, "年鉴", Basis.RESIDENT),
        IndicatorValue(1000, "人", 2024, "", Basis.REGISTERED),
        IndicatorValue(0, "人", 2024, "年鉴", Basis.REGISTERED),
    ):
        given = {"seat_nonagricultural_population": seat, "population": whole}
        assert "seat_nonagricultural_share" not in with_derived(given)
    whole = IndicatorValue(1000, "人", 2024, "年鉴", Basis.REGISTERED)
    assert with_derived(given | {"population": whole})["seat_nonagricultural_share"].value == 10


def test_a_given_figure_is_not_replaced_by_a_derived_one():
    given = {
        "built_up_share": IndicatorValue("55", "%", 2024, "测绘报告"),
        "built_up_area": IndicatorValue("3", "km²", 2024, "国土调查"),
        "area": IndicatorValue("5", "km²", 2024, "界线"),
    }
    assert with_derived(given)["built_up_share"].source == "测绘报告"
