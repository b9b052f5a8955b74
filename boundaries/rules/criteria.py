"""One criterion against one value: the verdict, the threshold that applies, and how far off the value is."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from boundaries.rules import outcomes
from boundaries.rules.indicators import BASIS_ZH, Basis, Choice, Indicator, Kind, favourable
from boundaries.rules.outcomes import Outcomes
from boundaries.rules.readings import Reading
from boundaries.rules.ruleset import (
    NUMERIC_COMPARISONS,
    Comparison,
    Condition,
    Criterion,
    Effect,
    RankTest,
    Relaxation,
    Strength,
    Threshold,
)
from boundaries.rules.verdicts import Applies, CriterionResult, Verdict

_COMPARE = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.MORE_THAN: operator.gt,
    Comparison.AT_MOST: operator.le,
    Comparison.LESS_THAN: operator.lt,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """The result for people and the outcomes still possible for the logic."""

    result: CriterionResult
    outcomes: Outcomes


def holds(comparison: Comparison, value: Fraction | str, wanted: Fraction | str | None, upper: Fraction | None) -> bool:
    """The bare comparison; both bounds of ``between`` and the bound of ``>=`` belong to the range ("以上"含本数)."""
    if comparison is Comparison.IS:
        return value == wanted
    if comparison is Comparison.EXISTS:
        return value == "yes"
    if not isinstance(value, Fraction) or not isinstance(wanted, Fraction):
        raise TypeError(f"{comparison} compares numbers")
    if comparison is Comparison.BETWEEN:
        return upper is not None and wanted <= value <= upper
    return bool(_COMPARE[comparison](value, wanted))


def applies(conditions: tuple[Condition, ...], readings: Mapping[str, Reading]) -> Applies:
    """Whether all ``conditions`` hold; UNKNOWN while a value they ask for is missing and none is known to fail."""
    unknown = False
    for condition in conditions:
        value = readings[condition.indicator].value
        if value is None:
            unknown = True
        elif not holds(condition.comparison, value, condition.value, condition.upper):
            return Applies.NO
    return Applies.UNKNOWN if unknown else Applies.YES


def judge(criterion: Criterion, readings: Mapping[str, Reading], relaxation: Relaxation | None = None) -> Judged:
    """The verdict on ``criterion``; ``relaxation`` is one that was claimed with its document (STD-GEN-03)."""
    reading = readings[criterion.indicator]
    applicable = applies(criterion.when, readings)
    if applicable is Applies.NO:
        return not_applicable(criterion, readings, "condition_not_met", "本条件不适用于此情形。", "Not asked in this case.")
    if relaxation is not None and relaxation.effect is Effect.EXEMPT:
        exempted = not_applicable(
            criterion, readings, "exempted", f"按“{relaxation.text}”免予考核。", f"Exempted: {relaxation.text_en}"
        )
        return replace(exempted, outcomes=outcomes.MET)
    factor = relaxation.factor if relaxation is not None and relaxation.effect is Effect.FACTOR else None
    judged = _judged(criterion, reading, readings, factor)
    if relaxation is not None and relaxation.effect is Effect.MANUAL and judged.result.verdict is Verdict.NOT_MET:
        judged = _left_to_person(judged, relaxation)
    elif factor is not None and not judged.result.code:
        judged = replace(judged, result=_with_reason(judged.result, "relaxed", relaxation))
    if applicable is Applies.UNKNOWN:
        judged = replace(judged, outcomes=judged.outcomes | outcomes.NOT_APPLICABLE)
    if criterion.strength is Strength.IN_PRINCIPLE:
        softened = (outcomes.OPEN if one == outcomes.NOT_MET else one for one in (frozenset({o}) for o in judged.outcomes))
        judged = replace(judged, outcomes=frozenset().union(*softened))
    return judged


def not_applicable(criterion: Criterion, readings: Mapping[str, Reading], code: str, reason_zh: str, reason_en: str) -> Judged:
    evidence = readings[criterion.indicator].evidence
    result = CriterionResult(
        criterion, Verdict.NOT_APPLICABLE, evidence, criterion.thresholds, None, None, code, reason_zh, reason_en
    )
    return Judged(result, outcomes.NOT_APPLICABLE)


def is_judgement(criterion: Criterion, indicator: Indicator) -> bool:
    """True for conditions only a person can say, which the quantitative verdict leaves out."""
    return criterion.comparison is Comparison.NEEDS_PERSON or indicator.kind is Kind.JUDGEMENT


def _judged(criterion: Criterion, reading: Reading, readings: Mapping[str, Reading], factor: Fraction | None) -> Judged:
    unusable = _unusable(criterion, reading)
    if unusable is not None:
        thresholds, _complete = _applicable_thresholds(criterion, readings, factor)
        return replace(unusable, result=replace(unusable.result, thresholds=thresholds))
    assert reading.value is not None  # noqa: S101  (for the type checker: _unusable has just said so)
    if is_judgement(criterion, reading.indicator) or criterion.comparison is Comparison.EXISTS:
        return _decided(criterion, reading, favourable(reading.indicator, str(reading.value)) is True)
    if criterion.rank is not None:
        return _ranked(criterion, reading, criterion.rank)
    return _compared(criterion, reading, readings, factor)


def _unusable(criterion: Criterion, reading: Reading) -> Judged | None:
    """Why the value cannot be judged at all, or None when it can."""
    indicator = reading.indicator
    person = is_judgement(criterion, indicator)
    verdict = Verdict.NEEDS_PERSON if person else Verdict.MISSING
    if reading.errors:
        first = reading.errors[0]
        return _open(criterion, reading, verdict, first.code, first.message_zh, first.message_en)
    if reading.value is None:
        code, zh, en = (
            ("needs_person", f"“{indicator.name}”须由人认定并注明依据。", f"A person must judge “{indicator.name_en}”.")
            if person
            else ("no_value", f"没有“{indicator.name}”的数据。", f"There is no value for “{indicator.name_en}”.")
        )
        return _open(criterion, reading, verdict, code, zh, en)
    wanted = criterion.basis
    if wanted is not Basis.UNSTATED and reading.basis is not wanted:
        return _open(
            criterion,
            reading,
            Verdict.MISSING,
            "basis_mismatch",
            f"标准要求{BASIS_ZH[wanted]}口径，所给数据为{BASIS_ZH[reading.basis]}口径。",
            f"The standard counts {wanted.value} people; the value given is {reading.basis.value}.",
        )
    if indicator.basis is not Basis.UNSTATED and reading.basis is not indicator.basis:
        return _open(
            criterion,
            reading,
            Verdict.MISSING,
            "basis_mismatch",
            f"“{indicator.name}”应为{BASIS_ZH[indicator.basis]}口径，所给数据为{BASIS_ZH[reading.basis]}口径。",
            f"“{indicator.name_en}” counts {indicator.basis.value} people; the value given is {reading.basis.value}.",
        )
    return None


def _open(criterion: Criterion, reading: Reading, verdict: Verdict, code: str, zh: str, en: str) -> Judged:
    return Judged(CriterionResult(criterion, verdict, reading.evidence, (), None, None, code, zh, en), outcomes.EITHER)


def _decided(criterion: Criterion, reading: Reading, met: bool, **details: object) -> Judged:
    verdict = Verdict.MET if met else Verdict.NOT_MET
    result = CriterionResult(criterion, verdict, reading.evidence, criterion.thresholds)
    return Judged(replace(result, **details), outcomes.MET if met else outcomes.NOT_MET)  # type: ignore[arg-type]


def _applicable_thresholds(
    criterion: Criterion, readings: Mapping[str, Reading], factor: Fraction | None
) -> tuple[tuple[Threshold, ...], bool]:
    """The first threshold whose conditions hold and those before it that may hold; and whether one of them surely does."""
    possible: list[Threshold] = []
    certain = False
    for threshold in criterion.thresholds:
        state = applies(threshold.when, readings)
        if state is not Applies.NO:
            possible.append(threshold)
        if state is Applies.YES:
            certain = True
            break
    certain = certain or _covers_every_choice(possible, readings)
    if factor is not None:
        possible = [replace(one, value=one.value * factor) if isinstance(one.value, Fraction) else one for one in possible]
    return tuple(possible), certain


def _covers_every_choice(thresholds: list[Threshold], readings: Mapping[str, Reading]) -> bool:
    """Plain and mountain both listed: whichever the terrain turns out to be, one threshold applies."""
    named: dict[str, set[object]] = {}
    for threshold in thresholds:
        if len(threshold.when) == 1 and threshold.when[0].comparison is Comparison.IS:
            named.setdefault(threshold.when[0].indicator, set()).add(threshold.when[0].value)
    return any(_choice_ids(readings[identifier].indicator.choices) <= values for identifier, values in named.items())


def _choice_ids(choices: tuple[Choice, ...]) -> set[object]:
    return {choice.id for choice in choices}


def _compared(criterion: Criterion, reading: Reading, readings: Mapping[str, Reading], factor: Fraction | None) -> Judged:
    value = reading.value
    assert value is not None  # noqa: S101  (checked by the caller)
    thresholds, complete = _applicable_thresholds(criterion, readings, factor)
    answers = {holds(criterion.comparison, value, one.value, one.upper) for one in thresholds}
    margin, relative = _margin(criterion, value, thresholds)
    if len(answers) == 1 and complete:
        return _decided(criterion, reading, answers == {True}, thresholds=thresholds, margin=margin, margin_relative=relative)
    if not thresholds:
        return _open(criterion, reading, Verdict.MISSING, "no_threshold", "标准对此情形没有规定数值。",
                     "The standard gives no figure for this case.")  # fmt: skip
    open_conditions = dict.fromkeys(
        condition.indicator for one in thresholds for condition in one.when if readings[condition.indicator].value is None
    )
    names_zh = "、".join(readings[one].indicator.name for one in open_conditions)
    names_en = ", ".join(readings[one].indicator.name_en for one in open_conditions)
    judged = _open(
        criterion,
        reading,
        Verdict.MISSING,
        "condition_unknown",
        f"不知“{names_zh}”，无法确定适用哪个数值。",
        f"Without “{names_en}” it is not known which figure applies.",
    )
    return replace(judged, result=replace(judged.result, thresholds=thresholds))


def _margin(
    criterion: Criterion, value: Fraction | str, thresholds: tuple[Threshold, ...]
) -> tuple[Fraction | None, Fraction | None]:
    """The smallest distance beyond a bound over ``thresholds`` (negative = short), absolute and relative to the bound."""
    if criterion.comparison not in NUMERIC_COMPARISONS or not isinstance(value, Fraction):
        return None, None
    distances: list[tuple[Fraction, Fraction]] = []
    for threshold in thresholds:
        if not isinstance(threshold.value, Fraction):
            continue
        if criterion.comparison is not Comparison.AT_MOST and criterion.comparison is not Comparison.LESS_THAN:
            distances.append((value - threshold.value, threshold.value))
        else:
            distances.append((threshold.value - value, threshold.value))
        if threshold.upper is not None:
            distances.append((threshold.upper - value, threshold.upper))
    if not distances:
        return None, None
    margin, bound = min(distances)
    return margin, margin / abs(bound) if bound else None


def _ranked(criterion: Criterion, reading: Reading, test: RankTest) -> Judged:
    """STD-GEN-02: top ``top_percent`` of the stated peers in each of N consecutive years that end with the value's year."""
    given = reading.given
    assert given is not None and given.year is not None  # noqa: S101  (a value without a year is unusable)
    by_year = {rank.year: rank for rank in given.ranks if rank.peers == test.peers and 1 <= rank.rank <= rank.count}
    wanted = range(given.year - test.years + 1, given.year + 1)
    absent = [str(year) for year in wanted if year not in by_year]
    if absent:
        years = "、".join(absent)
        return _open(
            criterion,
            reading,
            Verdict.MISSING,
            "rank_missing",
            f"缺少{years}年在“{test.peers}”中的位次。",
            f"The rank among “{test.peers}” is missing for {', '.join(absent)}.",
        )
    worst = max(Fraction(100 * by_year[year].rank, by_year[year].count) for year in wanted)
    margin = test.top_percent - worst
    return _decided(
        criterion, reading, margin >= 0, margin=margin, margin_relative=margin / test.top_percent if test.top_percent else None
    )


def _left_to_person(judged: Judged, relaxation: Relaxation) -> Judged:
    result = _with_reason(replace(judged.result, verdict=Verdict.NEEDS_PERSON), "relaxation_needs_person", relaxation)
    return Judged(result, outcomes.EITHER)


def _with_reason(result: CriterionResult, code: str, relaxation: Relaxation | None) -> CriterionResult:
    if relaxation is None:
        return result
    return replace(result, code=code, reason_zh=f"适用放宽条款：{relaxation.text}", reason_en=f"Relaxed: {relaxation.text_en}")


def rank_among(value: Fraction, peers: list[Fraction]) -> int:
    """STD-GEN-02. Place of ``value`` among ``peers`` (which contain it), 1 = highest; equals share the better place."""
    return 1 + sum(1 for other in peers if other > value)
