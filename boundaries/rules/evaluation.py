"""Whether a unit meets a standard, criterion by criterion, with the evidence (rules STD-00, STD-T08, STD-S17, STD-84, STD-GEN)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from boundaries.rules.finding import Finding
from boundaries.rules.indicators import Basis, IndicatorValue
from boundaries.rules.ruleset import Criterion, Group, RuleSet, Threshold


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    MISSING = "missing"
    NEEDS_PERSON = "needs_person"
    NOT_APPLICABLE = "not_applicable"


class Overall(StrEnum):
    QUALIFIES = "qualifies"
    DOES_NOT = "does_not"
    UNDETERMINED = "undetermined"


class Applies(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The value used, in the base unit of its indicator, and as it was given. None of it is filled when nothing was given."""

    value: Fraction | str | None
    unit: str
    year: int | None
    source: str
    basis: Basis
    given_value: str = ""
    given_unit: str = ""
    computed: bool = False
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """thresholds: the one applied, or all that may apply while a condition (terrain …) is unknown.

    margin: how far beyond the strictest of them, in the indicator's unit; negative = short. relative = margin / threshold.
    reason_zh/en: why it is missing, not applicable or needs a person; empty otherwise. code: the machine name of it.
    """

    criterion: Criterion
    verdict: Verdict
    evidence: Evidence | None
    thresholds: tuple[Threshold, ...] = ()
    margin: Fraction | None = None
    margin_relative: Fraction | None = None
    code: str = ""
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """overall: what this group alone says; for a tier, whether or not it applies."""

    group: Group
    applies: Applies
    overall: Overall
    children: tuple[CriterionResult | GroupResult, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """STD-GEN-03. A relaxation claimed for this case, with the document that grants it."""

    relaxation: str
    document: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The verdict and all of its reasons.

    overall: with everything the text asks, also what only a person can say. quantitative: the measurable criteria alone.
    advisory: STD-00, no official set in force carries this verdict. findings: what the STD rules say about the evidence.
    """

    rule_set: RuleSet
    on: date
    overall: Overall
    quantitative: Overall
    advisory: bool
    root: GroupResult
    criteria: tuple[CriterionResult, ...]
    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...] = ()


def evaluate(
    rule_set: RuleSet,
    indicators: Mapping[str, IndicatorValue],
    *,
    on: date,
    claims: Sequence[Claim] = (),
) -> Evaluation:
    """Judge ``indicators`` by ``rule_set`` as on ``on``."""
    raise NotImplementedError
