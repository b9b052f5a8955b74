"""An evaluation as one JSON-ready document: what the commands print and what a submitted application freezes as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from boundaries.rules.choice import STATUS_EN, STATUS_ZH
from boundaries.rules.indicators import BASIS_ZH
from boundaries.rules.ruleset import Comparison, Condition, RuleSet, Status, Threshold
from boundaries.rules.units import find_unit
from boundaries.rules.verdicts import CriterionResult, Evaluation, Evidence, GroupResult

Json = dict[str, Any]

OVERALL_ZH = {"qualifies": "符合", "does_not": "不符合", "undetermined": "尚不能确定"}
VERDICT_ZH = {
    "met": "达到",
    "not_met": "未达到",
    "missing": "缺少数据",
    "needs_person": "须人工认定",
    "not_applicable": "不适用",
}


def number(value: Fraction) -> int | float:
    """For JSON: whole numbers as integers, others as the nearest double."""
    return int(value) if value.denominator == 1 else float(value)


def shown_number(value: Fraction) -> str:
    """For people: at most four decimals, no exponent, no trailing zeros."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def evaluation_document(evaluation: Evaluation, *, division: str | None = None, target: str | None = None) -> Json:
    """Keys: division, target, on, rule_set, overall, quantitative, advisory, statement, criteria, tiers, findings, claims.

    Numbers are in the base unit of their indicator (``unit``); ``given`` repeats the value as it was filed.
    """
    rule_set = evaluation.rule_set
    return {
        "division": division,
        "target": target or ",".join(sorted(rule_set.targets)),
        "on": evaluation.on.isoformat(),
        "rule_set": rule_set_document(rule_set),
        "overall": evaluation.overall.value,
        "quantitative": evaluation.quantitative.value,
        "advisory": evaluation.advisory,
        "statement": statement_zh(evaluation),
        "statement_en": statement_en(evaluation),
        "criteria": [criterion_document(result) for result in evaluation.criteria],
        "tiers": list(_tiers(evaluation.root)),
        "findings": [finding.as_dict() for finding in evaluation.findings],
        "claims": [{"relaxation": claim.relaxation, "document": claim.document} for claim in evaluation.claims],
    }


def rule_set_document(rule_set: RuleSet) -> Json:
    return {
        "id": rule_set.id,
        "status": rule_set.status.value,
        "title": rule_set.title,
        "title_en": rule_set.title_en,
        "issuer": rule_set.issuer,
        "document_number": rule_set.document_number,
        "issued_on": rule_set.issued_on,
        "valid_from": rule_set.valid_from.isoformat() if rule_set.valid_from else None,
        "valid_to": rule_set.valid_to.isoformat() if rule_set.valid_to else None,
        "partial": rule_set.partial,
        "sources": [f"{source.issuer}：{source.title}（{source.seen_at}）" for source in rule_set.sources],
    }


def criterion_document(result: CriterionResult) -> Json:
    criterion, evidence = result.criterion, result.evidence
    single = result.thresholds[0] if len(result.thresholds) == 1 else None
    return {
        "id": criterion.id,
        "rule": criterion.rule,
        "text": criterion.text,
        "text_en": criterion.text_en,
        "indicator": criterion.indicator,
        "comparison": criterion.comparison.value,
        "value": _value(evidence),
        "unit": criterion.unit,
        "year": evidence.year if evidence else None,
        "source": evidence.source if evidence else None,
        "basis": evidence.basis.value if evidence else None,
        "given": {"value": evidence.given_value, "unit": evidence.given_unit} if evidence else None,
        "computed": evidence.computed if evidence else None,
        "confirmed_by": evidence.confirmed_by if evidence else None,
        "threshold": _threshold(single) if single else None,
        "thresholds": [_threshold_document(one) for one in result.thresholds],
        "verdict": result.verdict.value,
        "margin": number(result.margin) if result.margin is not None else None,
        "margin_relative": float(result.margin_relative) if result.margin_relative is not None else None,
        "code": result.code,
        "reason": result.reason_zh,
        "reason_en": result.reason_en,
        "note": criterion.note,
        "note_en": criterion.note_en,
        "clause": criterion.clause,
    }


def _value(evidence: Evidence | None) -> int | float | str | None:
    if evidence is None or evidence.value is None:
        return None
    return number(evidence.value) if isinstance(evidence.value, Fraction) else evidence.value


def _threshold(threshold: Threshold) -> int | float | str | list[int | float]:
    if isinstance(threshold.value, str):
        return threshold.value
    if threshold.upper is not None:
        return [number(threshold.value), number(threshold.upper)]
    return number(threshold.value)


def _threshold_document(threshold: Threshold) -> Json:
    return {"value": _threshold(threshold), "when": [_condition(one) for one in threshold.when]}


def _condition(condition: Condition) -> Json:
    value = condition.value
    return {
        "indicator": condition.indicator,
        "comparison": condition.comparison.value,
        "value": number(value) if isinstance(value, Fraction) else value,
        "upper": number(condition.upper) if condition.upper is not None else None,
    }


def _tiers(result: GroupResult) -> Iterator[Json]:
    for child in result.children:
        if isinstance(child, GroupResult):
            if result.group.kind == "tiers":
                yield {
                    "id": child.group.id,
                    "rule": child.group.rule,
                    "title": child.group.title,
                    "title_en": child.group.title_en,
                    "applies": child.applies.value,
                    "overall": child.overall.value if child.applies.value != "no" else None,
                }
            yield from _tiers(child)


def statement_zh(evaluation: Evaluation) -> str:
    """One sentence for the head of a page: the verdict, and that it is for reference when no official set carries it."""
    words = OVERALL_ZH[evaluation.overall.value]
    rule_set = evaluation.rule_set
    if evaluation.advisory and rule_set.status is Status.OFFICIAL:
        return f"所用标准在该日不作正式依据，仅供参考。按“{rule_set.title}”测算：{words}。"
    if evaluation.advisory:
        return f"未载入正式标准，仅供参考。按“{rule_set.title}”（{STATUS_ZH[rule_set.status]}）测算：{words}。"
    return f"按“{rule_set.title}”评价：{words}。"


def statement_en(evaluation: Evaluation) -> str:
    words = {"qualifies": "qualifies", "does_not": "does not qualify", "undetermined": "cannot be determined yet"}
    verdict = words[evaluation.overall.value]
    rule_set = evaluation.rule_set
    if evaluation.advisory and rule_set.status is Status.OFFICIAL:
        return f"The standard carries no verdict on this day; for reference only. By “{rule_set.title_en}”: {verdict}."
    if evaluation.advisory:
        status = STATUS_EN[rule_set.status]
        return f"No official standard is loaded; for reference only. By “{rule_set.title_en}” ({status}): {verdict}."
    return f"By “{rule_set.title_en}”: {verdict}."


def threshold_words(result: CriterionResult) -> str:
    """The threshold as a person reads it in a table: “≥ 35000 人”, “≥ 30000 或 25000 人”, “3–5 平方公里”."""
    comparison = result.criterion.comparison
    signs = {Comparison.AT_LEAST: "≥", Comparison.MORE_THAN: "＞", Comparison.AT_MOST: "≤", Comparison.LESS_THAN: "＜"}
    numbers = []
    for threshold in result.thresholds:
        if isinstance(threshold.value, str):
            numbers.append(threshold.value)
        elif threshold.upper is not None:
            numbers.append(f"{shown_number(threshold.value)}–{shown_number(threshold.upper)}")
        else:
            numbers.append(shown_number(threshold.value))
    if not numbers:
        return ""
    return " ".join(part for part in (signs.get(comparison, ""), " 或 ".join(numbers), unit_words(result)) if part)


def unit_words(result: CriterionResult) -> str:
    unit = find_unit(result.criterion.unit) if result.criterion.unit else None
    return unit.zh if unit else ""


def basis_words(evidence: Evidence | None) -> str:
    return BASIS_ZH[evidence.basis] if evidence else ""
