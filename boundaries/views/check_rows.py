"""A judgement laid out for reading: its tiers and groups as sections, its criteria as rows, and what is still lacking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries import wording
from boundaries.rules.derivation import with_derived
from boundaries.rules.evaluation import indicators_used
from boundaries.rules.indicators import Indicator, IndicatorError, normalise
from boundaries.rules.ruleset import GroupKind, RuleSet
from boundaries.rules.verdicts import Applies, CriterionResult, GroupResult, Verdict
from boundaries.services.establishment import Check
from boundaries.services.places import Place

# What to enter for a figure that is computed: (indicator, whether it is the county's).
_ENTER_INSTEAD = {
    "county_density": ("population", True),
    "county_area": ("area", True),
    "population_density": ("population", False),
    "built_up_share": ("built_up_area", False),
    "seat_nonagricultural_share": ("seat_nonagricultural_population", False),
    "net_new_subdistricts": ("new_subdistricts", False),
}

# Reasons that say no more than the verdict's own word does.
_SAID_BY_THE_CHIP = frozenset({"no_value", "needs_person", "other_tier"})


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion as a line of the table, every part in words."""

    result: CriterionResult
    text: str
    clause: str
    note: str
    value: str
    given: str
    year: int | None
    source: str
    basis: str
    computed: bool
    confirmed_by: str
    threshold: str
    verdict: str
    verdict_words: str
    margin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """The criteria of one group; `chip` and `words` tell what the group alone says, empty where that makes no sense."""

    title: str
    is_tier: bool
    applies: str
    note: str
    chip: str
    words: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A figure that decides which tier or which threshold applies (人口密度, 地形), with its evidence."""

    name: str
    value: str
    year: int | None
    source: str
    computed: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """An indicator without a usable value, and where to enter it. `reason` is empty when there simply is no value."""

    indicator: Indicator
    name: str
    reason: str
    url: str
    enter: str
    needs_person: bool


def sections(check: Check) -> list[Section]:
    """Groups with criteria of their own (and silent tiers) in the order of the text; tiers that do not apply come last."""
    found = list(_sections(check.evaluation.root, check.evaluation.rule_set, False))
    return [one for one in found if one.applies != "no"] + [one for one in found if one.applies == "no"]


def _sections(result: GroupResult, rule_set: RuleSet, is_tier: bool) -> Iterator[Section]:
    rows = tuple(_row(child, rule_set) for child in result.children if isinstance(child, CriterionResult))
    group = result.group
    if rows or group.not_evaluable:
        judged = result.applies is Applies.YES and is_tier
        yield Section(
            title=wording.said(group, "title"),
            is_tier=is_tier,
            applies=result.applies.value,
            note=wording.said(group, "note"),
            chip=wording.CHIPS[result.overall.value] if judged else "",
            words=str(wording.OVERALL[result.overall.value]) if judged else "",
            rows=rows,
        )
    for child in result.children:
        if isinstance(child, GroupResult):
            yield from _sections(child, rule_set, group.kind is GroupKind.TIERS)


def _row(result: CriterionResult, rule_set: RuleSet) -> Row:
    criterion, evidence = result.criterion, result.evidence
    indicator = rule_set.indicator(criterion.indicator)
    value = evidence.value if evidence else None
    given = ""
    if evidence is not None and value is None:
        given = f"{evidence.given_value} {evidence.given_unit}".strip()
    thresholds = result.thresholds or criterion.thresholds
    return Row(
        result=result,
        text=wording.said(criterion),
        clause=criterion.clause,
        note=wording.said(criterion, "note"),
        value=wording.value_words(value, indicator),
        given=given,
        year=evidence.year if evidence else None,
        source=evidence.source if evidence else "",
        basis=str(wording.BASES[evidence.basis]) if evidence and indicator.population and value is not None else "",
        computed=bool(evidence and evidence.computed),
        confirmed_by=evidence.confirmed_by if evidence else "",
        threshold=wording.threshold_words(criterion, thresholds, rule_set),
        verdict=result.verdict.value,
        verdict_words=str(wording.VERDICTS[result.verdict.value]),
        margin=wording.margin_words(result, rule_set),
        reason="" if result.code in _SAID_BY_THE_CHIP else wording.pick(result.reason_zh, result.reason_en),
    )


def grounds(check: Check) -> list[Ground]:
    """The known conditions of tiers and thresholds that are not criteria themselves."""
    rule_set, known = check.evaluation.rule_set, with_derived(check.values)
    criteria = {one.indicator for one in rule_set.criteria()}
    found = []
    for identifier in indicators_used(rule_set):
        given = known.get(identifier)
        if identifier in criteria or given is None:
            continue
        indicator = rule_set.indicator(identifier)
        try:
            value = wording.value_words(normalise(indicator, given.value, given.unit), indicator)
        except IndicatorError:
            continue
        found.append(Ground(wording.indicator_name(indicator), value, given.year, given.source or "", given.computed))
    return found


def lacking(check: Check, county: Place | None) -> list[Lacking]:
    """What stands between the unit and a verdict: missing values, judgements nobody has given, conditions that are not known."""
    rule_set = check.evaluation.rule_set
    known = with_derived(check.values)
    asked = [
        one.criterion.indicator
        for one in check.evaluation.criteria
        if one.verdict in (Verdict.MISSING, Verdict.NEEDS_PERSON) and one.code != "condition_unknown"
    ]
    conditions = [
        one for one in indicators_used(rule_set) if one not in known and not any(c.indicator == one for c in rule_set.criteria())
    ]
    needed = _conditions_in_play(check, conditions)
    return [_lacking(rule_set.indicator(one), check, county) for one in dict.fromkeys([*needed, *asked])]


def _conditions_in_play(check: Check, conditions: list[str]) -> list[str]:
    """Of the unknown conditions, those that still decide something: a tier, a group, or which figure applies."""
    open_now: set[str] = set()
    for result in check.evaluation.criteria:
        if result.code == "condition_unknown" or len(result.thresholds) > 1:
            open_now |= {one.indicator for threshold in result.thresholds for one in threshold.when}
        if result.verdict is not Verdict.NOT_APPLICABLE:
            open_now |= {one.indicator for one in result.criterion.when}
    open_now |= set(_unknown_groups(check.evaluation.root))
    return [one for one in conditions if one in open_now]


def _unknown_groups(result: GroupResult) -> Iterator[str]:
    for child in result.children:
        if isinstance(child, GroupResult):
            if child.applies is Applies.UNKNOWN:
                yield from (condition.indicator for condition in child.group.when)
            yield from _unknown_groups(child)


def _lacking(indicator: Indicator, check: Check, county: Place | None) -> Lacking:
    place = check.place
    enter, of_county = _ENTER_INSTEAD.get(indicator.id, (indicator.id, False))
    target = county if of_county else place
    url = enter_name = ""
    if target is not None:
        url = reverse("indicators", args=[target.id]) + f"?indicator={enter}#entry"
        enter_name = _("补录所在县的人口、面积") if of_county else _("补录")
    result = next(
        (
            one
            for one in check.evaluation.criteria
            if one.criterion.indicator == indicator.id and one.verdict in (Verdict.MISSING, Verdict.NEEDS_PERSON)
        ),
        None,
    )
    return Lacking(
        indicator=indicator,
        name=wording.indicator_name(indicator),
        reason=_reason(result),
        url=url,
        enter=enter_name,
        needs_person=result is not None and result.verdict is Verdict.NEEDS_PERSON,
    )


def _reason(result: CriterionResult | None) -> str:
    if result is None:
        return _("决定适用哪一档或哪个数值")
    return "" if result.code in _SAID_BY_THE_CHIP else wording.pick(result.reason_zh, result.reason_en)
