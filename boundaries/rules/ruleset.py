"""A standard for establishing a town or a sub-district, as plain frozen data.

A rule set is a tree. Leaves are criteria, each with its own words in Chinese and English; inner nodes are groups:
``all`` (every part), ``any`` (one part is enough) and ``tiers`` (the parts whose conditions hold; when the text lets two
tiers claim the same case, both are evaluated and both are shown). Numbers are exact fractions in the base unit of their
indicator. Where a text was not seen, nothing is put in its place: the set is marked ``partial``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from boundaries.rules.indicators import CATALOGUE, Basis, Indicator


class Target(StrEnum):
    """What is to be established."""

    TOWN = "town"
    SUBDISTRICT = "subdistrict"


class Status(StrEnum):
    """How far the text can be relied on. Only OFFICIAL carries a verdict (STD-00); the others are advisory."""

    OFFICIAL = "official"
    TRIAL = "trial"
    SUPERSEDED_UNCONFIRMED = "superseded_unconfirmed"
    TEMPLATE = "template"
    UNKNOWN = "unknown"


class Comparison(StrEnum):
    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    BETWEEN = "between"
    IS = "is"
    EXISTS = "exists"
    NEEDS_PERSON = "needs_person"
    RANK = "rank"


NUMERIC_COMPARISONS = frozenset(
    {Comparison.AT_LEAST, Comparison.MORE_THAN, Comparison.AT_MOST, Comparison.LESS_THAN, Comparison.BETWEEN}
)


class GroupKind(StrEnum):
    ALL = "all"
    ANY = "any"
    TIERS = "tiers"


class Strength(StrEnum):
    """REQUIRED: without it the case fails. IN_PRINCIPLE (原则上): a failure asks a person for the reason."""

    REQUIRED = "required"
    IN_PRINCIPLE = "in_principle"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the words of the rule set come from: the issuing body and where the copy was seen."""

    id: str
    issuer: str
    title: str
    seen_at: str
    grade: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison on one indicator that decides whether a tier, a group, a criterion or a threshold applies."""

    indicator: str
    comparison: Comparison
    value: Fraction | str | None = None
    upper: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """The number (or choice) to reach; ``upper`` only for ``between``; ``when`` empty means it applies always."""

    value: Fraction | str
    upper: Fraction | None = None
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class RankTest:
    """STD-GEN-02. The value must stand in the first ``top_percent`` of ``peers`` in each of ``years`` years in a row."""

    peers: str
    years: int
    top_percent: Fraction


@dataclass(frozen=True, slots=True)
class Criterion:
    """One sentence of the standard. Exactly one threshold applies once the conditions of all of them are known."""

    id: str
    rule: str
    text: str
    text_en: str
    indicator: str
    comparison: Comparison
    unit: str = ""
    thresholds: tuple[Threshold, ...] = ()
    basis: Basis = Basis.UNSTATED
    strength: Strength = Strength.REQUIRED
    when: tuple[Condition, ...] = ()
    rank: RankTest | None = None
    note: str = ""
    note_en: str = ""
    source: str = ""
    clause: str = ""

    @property
    def scalable(self) -> bool:
        """A relaxation factor (0.8 of the standard) means something only where more is better."""
        return self.comparison in (Comparison.AT_LEAST, Comparison.MORE_THAN)


@dataclass(frozen=True, slots=True)
class Group:
    """``when`` on a group under ``tiers`` is the condition of the tier; elsewhere it says when the group applies at all.

    ``not_evaluable``: the text is silent for this case (STD-T08-C); if the tier applies, a person must decide.
    """

    id: str
    kind: GroupKind
    title: str
    title_en: str
    children: tuple[Node, ...] = ()
    rule: str = ""
    when: tuple[Condition, ...] = ()
    not_evaluable: bool = False
    note: str = ""
    note_en: str = ""

    def criteria(self) -> Iterator[Criterion]:
        for child in self.children:
            if isinstance(child, Criterion):
                yield child
            else:
                yield from child.criteria()


Node = Criterion | Group


class Effect(StrEnum):
    """FACTOR multiplies thresholds, EXEMPT drops the criteria, MANUAL leaves the criteria to a person."""

    FACTOR = "factor"
    EXEMPT = "exempt"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """STD-GEN-03. An easing the standard grants to named cases; it counts only when claimed with a document."""

    id: str
    text: str
    text_en: str
    effect: Effect
    applies_to: tuple[str, ...]
    factor: Fraction | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A standard with its pedigree.

    issued_on: ISO date as far as it is known ("2008-07", "1984"), because copies often give only the month.
    valid_from, valid_to: both days inclusive; None = not known, treated as open.
    region: GB/T 2260 prefix of the territory ("41" = Henan), empty = the whole country.
    partial: paragraphs of the text were not seen; such a set can never say "qualifies".
    """

    id: str
    title: str
    title_en: str
    targets: frozenset[Target]
    issuer: str
    status: Status
    root: Group
    document_number: str | None = None
    issued_on: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    partial: bool = False
    region: str = ""
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()
    missing_parts: tuple[str, ...] = ()
    missing_parts_en: tuple[str, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    declared_indicators: tuple[Indicator, ...] = ()

    def indicator(self, identifier: str) -> Indicator:
        """The indicator as this set understands it: its own declaration first, then the catalogue. KeyError if neither."""
        for indicator in self.declared_indicators:
            if indicator.id == identifier:
                return indicator
        return CATALOGUE[identifier]

    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the text."""
        return tuple(self.root.criteria())

    def in_force(self, on: date) -> bool:
        """True when ``on`` lies in the validity; an unknown end counts as open."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)
