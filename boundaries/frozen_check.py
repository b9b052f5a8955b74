"""A frozen check (boundaries.services.application_checks) read back and told in words, for pages and for the Word paper.

Nothing is judged again: verdicts, thresholds and margins are those that were frozen, and the standard is the text frozen with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from boundaries import wording
from boundaries.rules.indicators import Basis
from boundaries.rules.ruleset import Comparison, Condition, Criterion, RuleSet, Threshold
from boundaries.rules.toml_loader import parse_rule_set
from boundaries.rules.verdicts import CriterionResult, Evidence, Verdict

Json = dict[str, Any]

# Reasons that say no more than the verdict's own word does.
_SAID_BY_THE_VERDICT = frozenset({"no_value", "needs_person", "other_tier"})


@dataclass(frozen=True, slots=True)
class CriterionWords:
    """One criterion as a line of a table, in the reader's language."""

    text: str
    value: str
    year: int | None
    source: str
    threshold: str
    margin: str
    verdict: str
    verdict_words: str
    reason: str


def criteria_in_words(frozen: Json) -> list[CriterionWords]:
    """The criteria that applied, in the order of the standard."""
    rule_set = parse_rule_set(frozen["rule_set"]["toml"], frozen["rule_set"]["identifier"])
    known = {criterion.id: criterion for criterion in rule_set.criteria()}
    results = [_result(row, known[row["id"]]) for row in frozen["establishment"]["criteria"]]
    return [_in_words(one, rule_set) for one in results if one.verdict is not Verdict.NOT_APPLICABLE]


def _in_words(result: CriterionResult, rule_set: RuleSet) -> CriterionWords:
    criterion, evidence = result.criterion, result.evidence
    return CriterionWords(
        text=wording.said(criterion),
        value=wording.value_words(evidence.value if evidence else None, rule_set.indicator(criterion.indicator)),
        year=evidence.year if evidence else None,
        source=evidence.source if evidence else "",
        threshold=wording.threshold_words(criterion, result.thresholds, rule_set),
        margin=wording.margin_words(result, rule_set),
        verdict=result.verdict.value,
        verdict_words=str(wording.VERDICTS[result.verdict.value]),
        reason="" if result.code in _SAID_BY_THE_VERDICT else wording.pick(result.reason_zh, result.reason_en),
    )


def _result(row: Json, criterion: Criterion) -> CriterionResult:
    return CriterionResult(
        criterion=criterion,
        verdict=Verdict(row["verdict"]),
        evidence=_evidence(row),
        thresholds=tuple(_threshold(one) for one in row["thresholds"]),
        margin=None if row["margin"] is None else _exact(row["margin"]),
        code=row["code"],
        reason_zh=row["reason"],
        reason_en=row["reason_en"],
    )


def _evidence(row: Json) -> Evidence | None:
    if row["given"] is None:
        return None
    return Evidence(_value(row["value"]), row["unit"], row["year"], row["source"] or "", Basis(row["basis"]))


def _threshold(row: Json) -> Threshold:
    value, upper = row["value"], None
    if isinstance(value, list):
        value, upper = value
    bound = value if isinstance(value, str) else _exact(value)
    return Threshold(bound, _exact(upper) if upper is not None else None, tuple(_condition(one) for one in row["when"]))


def _condition(row: Json) -> Condition:
    upper = row["upper"]
    return Condition(
        row["indicator"], Comparison(row["comparison"]), _value(row["value"]), None if upper is None else _exact(upper)
    )


def _value(value: float | str | None) -> Fraction | str | None:
    return _exact(value) if isinstance(value, int | float) else value


def _exact(number: float) -> Fraction:
    """The decimal that was printed into the frozen check, not its binary neighbour."""
    return Fraction(str(number))
