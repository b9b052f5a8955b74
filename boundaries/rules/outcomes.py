"""The arithmetic of verdicts that are not all known.

A node of a rule set stands for the *set* of outcomes it may still have once every open value is filled in. A value that
is missing, or that only a person can give, is {MET, NOT_MET}. Groups combine such sets element by element, so the root
holds every outcome that is still possible: the case qualifies when MET alone is left, fails when NOT_MET alone is left,
and is undetermined otherwise. That is three-valued logic with two more outcomes the law needs: OPEN (a person must
decide although every value is known) and SILENT (the text says nothing for this case).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import product

from boundaries.rules.verdicts import Overall


class Outcome(Enum):
    MET = "met"
    NOT_MET = "not met"
    OPEN = "open"
    SILENT = "silent"
    NOT_APPLICABLE = "not applicable"


Outcomes = frozenset[Outcome]

MET: Outcomes = frozenset({Outcome.MET})
NOT_MET: Outcomes = frozenset({Outcome.NOT_MET})
OPEN: Outcomes = frozenset({Outcome.OPEN})
SILENT: Outcomes = frozenset({Outcome.SILENT})
NOT_APPLICABLE: Outcomes = frozenset({Outcome.NOT_APPLICABLE})
EITHER: Outcomes = MET | NOT_MET

# A silent text silences everything: nothing can be concluded from a standard that does not speak of the case.
_ALL_ORDER = (Outcome.SILENT, Outcome.NOT_MET, Outcome.OPEN, Outcome.MET, Outcome.NOT_APPLICABLE)
_ANY_ORDER = (Outcome.SILENT, Outcome.MET, Outcome.OPEN, Outcome.NOT_MET, Outcome.NOT_APPLICABLE)


def _dominant(order: tuple[Outcome, ...]) -> Callable[[Outcome, Outcome], Outcome]:
    return lambda one, other: min(one, other, key=order.index)


def _agree(one: Outcome, other: Outcome) -> Outcome:
    """Two tiers claim the case: their common answer, or a person when they differ."""
    if Outcome.NOT_APPLICABLE in (one, other):
        return other if one is Outcome.NOT_APPLICABLE else one
    if Outcome.SILENT in (one, other):
        return Outcome.SILENT
    return one if one is other else Outcome.OPEN


def _fold(parts: Iterable[Outcomes], combine: Callable[[Outcome, Outcome], Outcome]) -> Outcomes:
    result = NOT_APPLICABLE
    for part in parts:
        result = frozenset(combine(one, other) for one, other in product(result, part))
    return result


def all_of(parts: Iterable[Outcomes]) -> Outcomes:
    """Every part is required; parts that do not apply ask nothing."""
    return _fold(parts, _dominant(_ALL_ORDER))


def any_of(parts: Iterable[Outcomes]) -> Outcomes:
    """One part is enough; parts that do not apply offer nothing."""
    return _fold(parts, _dominant(_ANY_ORDER))


def tiers_of(parts: Iterable[Outcomes]) -> Outcomes:
    """The tiers that apply must agree; when none applies the text is silent."""
    agreed = _fold(parts, _agree)
    return frozenset(Outcome.SILENT if one is Outcome.NOT_APPLICABLE else one for one in agreed)


def overall(outcomes: Outcomes) -> Overall:
    if outcomes == MET:
        return Overall.QUALIFIES
    if outcomes == NOT_MET:
        return Overall.DOES_NOT
    return Overall.UNDETERMINED
