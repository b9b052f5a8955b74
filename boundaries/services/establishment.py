"""Judging a unit, or every township at once, by the standard for towns or sub-districts.

Nothing is written here: reading the register, choosing the standard (STD-00) and evaluating it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from boundaries.models import DivisionType, Level, PriorityCounty
from boundaries.rules import indicators as rules
from boundaries.rules.distance import Distance, ScreeningClass, distance, screening_class
from boundaries.rules.evaluation import Evaluation, evaluate
from boundaries.rules.finding import Finding
from boundaries.rules.report import criterion_document, evaluation_document
from boundaries.rules.ruleset import RuleSet, Target
from boundaries.rules.verdicts import CriterionResult, Verdict
from boundaries.services.indicator_values import values_for, values_for_many
from boundaries.services.places import Place, county_of, place_of, places_on, under
from boundaries.services.rule_sets import Chosen, choose
from gis.errors import InvalidInputError

# Which units may be turned into what: a town or township becomes a sub-district, a township a town.
ELIGIBLE: dict[str, frozenset[str]] = {
    Target.TOWN: frozenset({DivisionType.TOWNSHIP, DivisionType.ETHNIC_TOWNSHIP}),
    Target.SUBDISTRICT: frozenset({DivisionType.TOWNSHIP, DivisionType.ETHNIC_TOWNSHIP, DivisionType.TOWN}),
}
_CLASS_ORDER = {ScreeningClass.QUALIFIES: 0, ScreeningClass.NEAR: 1, ScreeningClass.NO_DATA: 3}


@dataclass(frozen=True, slots=True)
class Check:
    """One unit (or, without a place, a table of figures) judged by one standard. `values` are all figures it was given."""

    place: Place | None
    target: str
    on: date
    chosen: Chosen
    evaluation: Evaluation
    values: Mapping[str, rules.IndicatorValue]

    @property
    def advisory(self) -> bool:
        return self.evaluation.advisory

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.evaluation.findings


@dataclass(frozen=True, slots=True)
class Screened:
    """One township in the list of candidates."""

    rank: int
    place: Place
    county: Place | None
    priority: bool
    klass: ScreeningClass
    evaluation: Evaluation
    distance: Distance

    @property
    def score(self) -> float:
        """How much of the standard is reached, 0 to 100: met criteria whole, unmet ones by how near they come, missing ones not."""
        near = self.distance
        asked = near.met + near.unmet + near.missing
        reached = near.met + max(0.0, near.unmet - float(near.shortfall))
        return round(100 * reached / asked, 1) if asked else 0.0

    @property
    def unmet(self) -> list[CriterionResult]:
        return [one for one in self.evaluation.criteria if one.verdict is Verdict.NOT_MET]

    @property
    def missing(self) -> list[CriterionResult]:
        return [one for one in self.evaluation.criteria if one.verdict is Verdict.MISSING]


@dataclass(frozen=True, slots=True)
class Screening:
    target: str
    on: date
    chosen: Chosen
    units: tuple[Screened, ...]


def parse_target(text: str) -> Target:
    try:
        return Target(text)
    except ValueError:
        raise InvalidInputError(
            "bad_target", _("申请事项只能是 town（设镇）或 subdistrict（设街道），收到的是“%(text)s”。") % {"text": text[:40]}
        ) from None


def check(
    target: str,
    on: date,
    *,
    division: int | None = None,
    values: Mapping[str, rules.IndicatorValue] | None = None,
    rule_set: str | None = None,
    chosen: Chosen | None = None,
) -> Check:
    """Judges `division` by what the register knows of it on `on`; `values` go before the register's own, or stand alone.

    `rule_set` names another standard than the one STD-00 chooses, `chosen` brings it along. Raises `DomainError` when there is
    no such unit on that day, when it is not of the level the standard is for, or when no standard can be chosen.
    """
    wanted = parse_target(target)
    if chosen is None:
        chosen = choose(wanted, on, rule_set)
    place = None
    known: dict[str, rules.IndicatorValue] = {}
    if division is not None:
        place = place_of(division, on)
        _ensure_township(place)
        known = values_for(division, on)
    known |= dict(values or {})
    return Check(place, wanted, on, chosen, judge(chosen, known, on), known)


def judge(chosen: Chosen, values: Mapping[str, rules.IndicatorValue], on: date) -> Evaluation:
    """`evaluate`, with what choosing the standard already found out (STD-00) in place of what the set alone can tell."""
    evaluation = evaluate(chosen.rules, values, on=on)
    own = tuple(finding for finding in evaluation.findings if finding.rule != "STD-00")
    return replace(evaluation, advisory=chosen.advisory, findings=(*chosen.findings, *own))


def _ensure_township(place: Place) -> None:
    if place.level != Level.TOWNSHIP:
        raise InvalidInputError(
            "not_a_township",
            _("%(name)s是%(level)s单位；设镇、设街道只对乡级单位校核。") % {"name": place.name, "level": Level(place.level).label},
        )


def eligibility(check: Check) -> str:
    """A sentence when the unit is already what the application asks for, or is of a type that is not turned into it; else empty."""
    place = check.place
    if place is None or place.type in ELIGIBLE[check.target]:
        return ""
    if place.type == check.target:
        return _("%(name)s已经是%(type)s，下面的结果仅供对照。") % {"name": place.name, "type": DivisionType(place.type).label}
    return _("%(name)s的建制类型是%(type)s，通常不作这项变更，下面的结果仅供对照。") % {
        "name": place.name,
        "type": DivisionType(place.type).label,
    }


def priority_counties(day: date) -> set[int]:
    """Ids of the key counties (重点帮扶县) on `day`."""
    listed = PriorityCounty.objects.filter(recorded__upper_inf=True, valid__contains=day)
    return set(listed.values_list("division_id", flat=True))


def screen(
    target: str, on: date, *, root: int | None = None, rule_set: str | None = None, chosen: Chosen | None = None
) -> Screening:
    """Every township that could become `target`, nearest first, those in key counties before all others.

    `root` limits the list to what lies under a division. Judgements nobody has given yet do not hold a unit back here: the list
    says where to look, the check says what is still open. Four queries, whatever the size of the register.
    """
    wanted = parse_target(target)
    if chosen is None:
        chosen = choose(wanted, on, rule_set)
    places = places_on(on)
    reach = under(root, places) if root is not None else None
    candidates = [
        place
        for place in places.values()
        if place.level == Level.TOWNSHIP and place.type in ELIGIBLE[wanted] and (reach is None or place.id in reach)
    ]
    values = values_for_many([place.id for place in candidates], on, places)
    priority = _priority_reach(priority_counties(on), places)
    judged = [_screened(place, places, priority, judge(chosen, values[place.id], on)) for place in candidates]
    judged.sort(key=_order)
    return Screening(wanted, on, chosen, tuple(replace(one, rank=rank) for rank, one in enumerate(judged, start=1)))


def _priority_reach(listed: set[int], places: Mapping[int, Place]) -> set[int]:
    return set().union(*(under(one, places) for one in listed)) if listed else set()


def _screened(place: Place, places: Mapping[int, Place], priority: set[int], evaluation: Evaluation) -> Screened:
    above = county_of(place.id, places)
    near = distance(evaluation)
    return Screened(
        rank=0,
        place=place,
        county=places.get(above) if above is not None else None,
        priority=place.id in priority,
        klass=screening_class(evaluation, near),
        evaluation=evaluation,
        distance=near,
    )


def _order(one: Screened) -> tuple[Any, ...]:
    return not one.priority, _CLASS_ORDER.get(one.klass, 2), one.distance.sort_key, one.place.code, one.place.id


# --- documents ----------------------------------------------------------------------------------------------------------------


def check_document(check: Check, code: str | None = None) -> dict[str, Any]:
    """The check as the command prints it and an application freezes it.

    `criteria` holds the conditions that are asked; those of a tier that does not apply stand under `not_applicable`.
    """
    place = check.place
    document = evaluation_document(check.evaluation, division=code or (place.code if place else None) or None, target=check.target)
    rule_set = document["rule_set"]
    rule_set |= {"state": check.chosen.row.state, "sha256": check.chosen.row.sha256, "edition": check.chosen.row.pk}
    asked = [one for one in document["criteria"] if one["code"] != "other_tier"]
    aside = [one for one in document["criteria"] if one["code"] == "other_tier"]
    document |= {"criteria": asked, "not_applicable": aside}
    if place is not None:
        document |= {"division_id": place.id, "name": place.name, "type": place.type, "demo": place.demo}
    return document


def screening_document(screening: Screening) -> dict[str, Any]:
    rule_set = screening.chosen.rules
    return {
        "target": screening.target,
        "on": screening.on.isoformat(),
        "rule_set": {"id": rule_set.id, "status": rule_set.status.value, "title": rule_set.title},
        "advisory": screening.chosen.advisory,
        "count": len(screening.units),
        "results": [_screened_document(one) for one in screening.units],
        "findings": [finding.as_dict() for finding in screening.chosen.findings],
    }


def _screened_document(one: Screened) -> dict[str, Any]:
    return {
        "rank": one.rank,
        "division": one.place.id,
        "code": one.place.code,
        "name": one.place.name,
        "type": one.place.type,
        "parent": one.county.name if one.county else None,
        "county": one.county.id if one.county else None,
        "priority": one.priority,
        "class": one.klass.value,
        "overall": one.evaluation.overall.value,
        "quantitative": one.evaluation.quantitative.value,
        "unmet": [_short(result, one.evaluation.rule_set) for result in one.unmet],
        "missing": [_short(result, one.evaluation.rule_set) for result in one.missing],
        "score": one.score,
    }


def _short(result: CriterionResult, rule_set: RuleSet) -> dict[str, Any]:
    evidence = result.evidence
    value = evidence.value if evidence else None
    indicator = rule_set.indicator(result.criterion.indicator)
    document = {"id": result.criterion.id, "indicator": indicator.id, "name": indicator.name, "text": result.criterion.text}
    if result.verdict is Verdict.NOT_MET:
        full = criterion_document(result)
        document |= {"value": full["value"], "unit": full["unit"], "threshold": full["threshold"], "margin": full["margin"]}
    elif value is None and result.reason_zh:
        document["reason"] = result.reason_zh
    return document


def counts(units: Iterable[Screened]) -> dict[str, int]:
    """How many units there are in each class, every class named."""
    result = {klass.value: 0 for klass in ScreeningClass}
    for one in units:
        result[one.klass.value] += 1
    return result
