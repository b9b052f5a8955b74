"""How near a unit is to the standard: the order of the screening list and the classes of the screening map."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from boundaries.rules.criteria import is_judgement
from boundaries.rules.indicators import Indicator
from boundaries.rules.ruleset import GroupKind
from boundaries.rules.verdicts import Applies, CriterionResult, Evaluation, GroupResult, Overall, Verdict

# Our choice, not the law's: one criterion short, by at most a fifth of its threshold, is worth an officer's look.
NEAR_UNMET = 1
NEAR_SHORTFALL = Fraction(1, 5)


class ScreeningClass(StrEnum):
    QUALIFIES = "qualifies"
    NEAR = "near"
    DOES_NOT = "does_not"
    UNDETERMINED = "undetermined"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Distance:
    """Along the best way through the standard (the nearest tier, the nearest alternative).

    unmet: criteria not met. shortfall: the sum of their relative shortfalls (yes/no criteria add none).
    missing: criteria without a usable value. needs_person: judgements nobody has given yet. met: criteria met.
    evaluable: False when the text says nothing for the case (STD-T08-C); such a unit goes to the end of the list.
    """

    unmet: int
    shortfall: Fraction
    missing: int
    needs_person: int
    met: int
    evaluable: bool = True

    @property
    def sort_key(self) -> tuple[bool, int, int, Fraction, int]:
        """Nearest first. What is unknown counts like what is unmet, so an empty record never leads the list."""
        return not self.evaluable, self.unmet + self.missing, self.unmet, self.shortfall, self.needs_person

    def plus(self, other: Distance) -> Distance:
        return Distance(
            self.unmet + other.unmet,
            self.shortfall + other.shortfall if other.shortfall else self.shortfall,
            self.missing + other.missing,
            self.needs_person + other.needs_person,
            self.met + other.met,
            self.evaluable and other.evaluable,
        )


_NOTHING = Distance(0, Fraction(0), 0, 0, 0)
_UNKNOWN = Distance(0, Fraction(0), 1, 0, 0)
_SILENT = Distance(0, Fraction(0), 0, 0, 0, evaluable=False)


def distance(evaluation: Evaluation) -> Distance:
    """How near the unit is. Not knowing which tier applies counts as one thing unknown, beside the nearest of them."""
    return _of_group(evaluation.root)


def _of_group(result: GroupResult) -> Distance:
    if result.group.not_evaluable:
        return _SILENT
    children = [_of_child(child) for child in result.children if not _excluded(child)]
    if result.group.kind is GroupKind.ALL:
        total = _NOTHING
        for child in children:
            total = total.plus(child)
        return total
    nearest = min(children, key=lambda one: one.sort_key, default=_SILENT)
    if result.group.kind is not GroupKind.TIERS:
        return nearest
    applying = [_of_child(child) for child in result.children if _applies_surely(child)]
    return min(applying, key=lambda one: one.sort_key) if applying else nearest.plus(_UNKNOWN)


def _applies_surely(child: CriterionResult | GroupResult) -> bool:
    return isinstance(child, GroupResult) and child.applies is Applies.YES


def _excluded(child: CriterionResult | GroupResult) -> bool:
    if isinstance(child, GroupResult):
        return child.applies is Applies.NO
    return child.verdict is Verdict.NOT_APPLICABLE


def _of_child(child: CriterionResult | GroupResult) -> Distance:
    if isinstance(child, GroupResult):
        return _of_group(child)
    if child.verdict is Verdict.NOT_MET:
        relative = child.margin_relative
        return Distance(1, -relative if relative is not None and relative < 0 else Fraction(0), 0, 0, 0)
    if child.verdict is Verdict.MISSING:
        return _UNKNOWN
    if child.verdict is Verdict.NEEDS_PERSON:
        return Distance(0, Fraction(0), 0, 1, 0)
    return Distance(0, Fraction(0), 0, 0, 1)


def screening_class(evaluation: Evaluation, near: Distance | None = None) -> ScreeningClass:
    """The colour on the map. NO_DATA when not one measurable criterion has a usable value.

    Judgements are left out (``quantitative``): a list of candidates is what an officer then looks at in person. ``near`` is
    the distance, if it is known already.
    """
    results = [one for one in evaluation.criteria if not is_judgement(one.criterion, _indicator(evaluation, one))]
    if all(one.evidence is None or one.evidence.value is None for one in results):
        return ScreeningClass.NO_DATA
    if evaluation.quantitative is Overall.QUALIFIES:
        return ScreeningClass.QUALIFIES
    if near is None:
        near = distance(evaluation)
    if evaluation.quantitative is Overall.DOES_NOT:
        is_near = near.unmet <= NEAR_UNMET and near.missing == 0 and near.shortfall <= NEAR_SHORTFALL
        return ScreeningClass.NEAR if is_near else ScreeningClass.DOES_NOT
    return ScreeningClass.UNDETERMINED


def _indicator(evaluation: Evaluation, result: CriterionResult) -> Indicator:
    return evaluation.rule_set.indicator(result.criterion.indicator)
