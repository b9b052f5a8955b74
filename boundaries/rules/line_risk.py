"""A line's risk, term by term: open hazards, years an inspection is overdue, markers that are not whole.

The points are the criteria's (boundaries.rules.hazard_criteria); the total is their plain sum, so that a reader can check it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boundaries.rules.hazard_criteria import Criteria, RiskLevel


@dataclass(frozen=True, slots=True)
class Term:
    """`count` things of `points` each; `zh`, `en` say what. A term without points tells what could not be counted."""

    code: str
    zh: str
    en: str
    count: int
    points: float

    @property
    def total(self) -> float:
        return self.count * self.points


@dataclass(frozen=True, slots=True)
class LineRisk:
    """`level` None: nothing is known of the line, neither hazards nor inspections."""

    terms: tuple[Term, ...]
    unknown: tuple[tuple[str, str], ...]
    total: float
    level: RiskLevel | None


def assess(
    criteria: Criteria,
    hazards: Sequence[tuple[str, str]],
    *,
    years_overdue: int | None,
    conditions: Mapping[str, int],
    unseen_markers: int = 0,
) -> LineRisk:
    """`hazards` are (likelihood, consequence) of those not closed; `years_overdue` None when no inspection is on record;
    `conditions` counts markers by their last recorded condition; `unseen_markers` have none.
    """
    terms: list[Term] = []
    unknown: list[tuple[str, str]] = []
    levels = [criteria.level(*hazard) for hazard in hazards]
    for level in reversed(list(criteria.levels.values())):
        count = sum(one is level for one in levels)
        if count:
            terms.append(
                Term(f"hazard_{level.key}", f"未了结隐患，{level.zh}风险", f"open hazards of {level.en} risk", count, level.points)
            )
    if missing := sum(one is None for one in levels):
        unknown.append(
            (f"{missing}项隐患须按现行办法重新评定。", f"{missing} hazards must be assessed by the criteria now in force.")
        )
    if years_overdue is None:
        unknown.append(("没有联合检查记录，是否逾期未知。", "No joint inspection is on record; whether one is due is not known."))
    elif years_overdue > 0:
        terms.append(
            Term(
                "overdue",
                "联合检查逾期（年）",
                "years the joint inspection is overdue",
                years_overdue,
                criteria.line["overdue_year"],
            )
        )
    words = {"damaged": ("损坏", "damaged"), "lost": ("丢失", "lost"), "moved": ("移位", "moved"), "faint": ("不醒目", "faint")}
    for condition, (zh, en) in words.items():
        if conditions.get(condition):
            points = criteria.line[f"marker_{condition}"]
            terms.append(Term(f"marker_{condition}", f"界桩{zh}", f"markers {en}", conditions[condition], points))
    if unseen_markers:
        unknown.append(
            (
                f"{unseen_markers}个界桩没有检查记录，状况未知。",
                f"{unseen_markers} markers were never visited; their condition is not known.",
            )
        )
    total = sum(term.total for term in terms)
    nothing_known = not hazards and years_overdue is None and not sum(conditions.values())
    return LineRisk(tuple(terms), tuple(unknown), total, None if nothing_known else criteria.level_of_total(total))
