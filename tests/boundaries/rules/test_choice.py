"""STD-00: only one official set in force on the day carries a verdict; everything else is for reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from boundaries.rules.choice import choose_rule_set
from boundaries.rules.evaluation import evaluate
from boundaries.rules.finding import Severity
from boundaries.rules.report import statement_en, statement_zh
from boundaries.rules.ruleset import Status, Target
from boundaries.rules.shipped import shipped_rule_sets
from tests.boundaries.rules.worked import DAY, TIER_A, TOWN_1984, TOWN_2008, values

OFFICIAL = replace(TOWN_2008, id="HN-TOWN-2020", status=Status.OFFICIAL, valid_from=date(2020, 1, 1))


def test_std_00_shipped_sets_are_all_for_reference():
    for target, expected, also in (
        ("town", "HN-TOWN-2008-TRIAL", []),
        ("subdistrict", "HN-SUBDISTRICT-2017-TRIAL", ["partial_rule_set"]),
    ):
        choice = choose_rule_set(shipped_rule_sets(), Target(target), DAY)
        assert choice.rule_set is not None and choice.rule_set.id == expected
        assert choice.advisory
        assert {(one.rule, one.severity) for one in choice.findings} == {("STD-00", Severity.BLOCK)}
        assert [one.code for one in choice.findings] == ["no_official_rule_set", *also]
        assert "未载入正式标准" in choice.findings[0].message_zh


def test_std_00_one_official_set_carries_the_verdict():
    choice = choose_rule_set([TOWN_2008, OFFICIAL, TOWN_1984], Target.TOWN, DAY)
    assert (choice.rule_set, choice.advisory, choice.findings) == (OFFICIAL, False, ())
    evaluation = evaluate(OFFICIAL, values(TIER_A), on=DAY)
    assert not evaluation.advisory
    assert "仅供参考" not in statement_zh(evaluation)
    assert "reference" not in statement_en(evaluation)


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2026, 1, 1)])
def test_std_00_official_but_not_in_force_on_the_day(day):
    ended = replace(OFFICIAL, valid_to=date(2025, 12, 31))
    choice = choose_rule_set([ended, TOWN_2008], Target.TOWN, day)
    assert choice.rule_set == TOWN_2008 and choice.advisory
    evaluation = evaluate(ended, values(TIER_A), on=day)
    assert evaluation.advisory
    assert [one.code for one in evaluation.findings if one.rule == "STD-00"] == ["not_in_force"]


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2025, 12, 31)])
def test_std_00_both_ends_of_the_validity_belong_to_it(day):
    assert not choose_rule_set([replace(OFFICIAL, valid_to=date(2025, 12, 31))], Target.TOWN, day).advisory


def test_std_00_two_official_sets_at_once_are_an_error():
    other = replace(OFFICIAL, id="HN-TOWN-2021")
    choice = choose_rule_set([OFFICIAL, other], Target.TOWN, DAY)
    assert choice.rule_set is None
    assert choice.findings[0].code == "two_official_rule_sets"
    assert choice.findings[0].severity is Severity.BLOCK


def test_std_00_the_provinces_own_set_goes_before_a_national_one():
    national = replace(OFFICIAL, id="CN-TOWN", region="")
    assert choose_rule_set([national, OFFICIAL], Target.TOWN, DAY).rule_set == OFFICIAL
    assert choose_rule_set([national], Target.TOWN, DAY).rule_set == national


def test_std_00_an_official_text_that_is_incomplete_carries_no_verdict():
    partial = replace(OFFICIAL, partial=True, missing_parts=("第三条",))
    choice = choose_rule_set([partial], Target.TOWN, DAY)
    assert choice.rule_set == partial and choice.advisory
    evaluation = evaluate(partial, values(TIER_A), on=DAY)
    assert (evaluation.overall, evaluation.quantitative) == ("undetermined", "undetermined")
    assert [one.code for one in evaluation.findings if one.rule == "STD-00"] == ["partial_rule_set"]


def test_std_00_another_provinces_set_is_not_used():
    elsewhere = replace(OFFICIAL, id="SD-TOWN", region="37")
    choice = choose_rule_set([elsewhere], Target.TOWN, DAY)
    assert choice.rule_set is None
    assert [one.code for one in choice.findings] == ["no_rule_set"]


def test_std_00_another_target_is_not_used():
    assert choose_rule_set([OFFICIAL], Target.SUBDISTRICT, DAY).rule_set is None


def test_std_00_advisory_overall_is_computed_and_said_to_be_for_reference():
    evaluation = evaluate(TOWN_2008, values(TIER_A), on=DAY)
    assert evaluation.overall == "qualifies"
    assert statement_zh(evaluation).startswith("未载入正式标准，仅供参考")
    assert any(one.rule == "STD-00" and one.severity is Severity.BLOCK for one in evaluation.findings)
