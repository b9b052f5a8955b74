"""The shapes of a judgement: what ``boundaries.rules.evaluation`` gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from boundaries.rules.finding import Finding
from boundaries.rules.indicators import Basis
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
    """The value in the base unit of its indicator and as it was given.

    value is None when what was given cannot be used (the reason stands in the result and in the findings).
    """

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
    code and reason_zh/en: why it is missing, not applicable, relaxed or left to a person; empty otherwise.
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
    """overall: what this group alone says. A tier that does not apply says ``undetermined``; see ``applies``."""

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
