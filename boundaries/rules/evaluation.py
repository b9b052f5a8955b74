"""Whether a unit meets a standard, criterion by criterion, with the evidence.

Rules STD-00, STD-T08-A/B/C, STD-S17-A…D, STD-84 and STD-GEN-01…04. The thresholds are all in the rule sets; here is
only how they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from boundaries.rules import outcomes
from boundaries.rules.choice import advisory_findings
from boundaries.rules.criteria import Judged, applies, is_judgement, judge, not_applicable
from boundaries.rules.derivation import with_derived
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.indicators import IndicatorValue
from boundaries.rules.outcomes import Outcomes
from boundaries.rules.readings import Reading, findings_of, read_all
from boundaries.rules.ruleset import (
    Comparison,
    Criterion,
    Group,
    GroupKind,
    Node,
    Relaxation,
    RuleSet,
    Strength,
)
from boundaries.rules.verdicts import (
    Applies,
    Claim,
    CriterionResult,
    Evaluation,
    Evidence,
    GroupResult,
    Overall,
    Verdict,
)

__all__ = [
    "Applies",
    "Claim",
    "CriterionResult",
    "Evaluation",
    "Evidence",
    "GroupResult",
    "Overall",
    "Verdict",
    "evaluate",
    "indicators_used",
]

_COMBINE = {GroupKind.ALL: outcomes.all_of, GroupKind.ANY: outcomes.any_of, GroupKind.TIERS: outcomes.tiers_of}


def evaluate(
    rule_set: RuleSet,
    indicators: Mapping[str, IndicatorValue],
    *,
    on: date,
    claims: Sequence[Claim] = (),
) -> Evaluation:
    """Judge ``indicators`` (identifier → value) by ``rule_set`` as on ``on``.

    Identifiers the set does not use are ignored; indicators that follow from others (density, shares) are computed when
    they are absent. ``claims`` are relaxations asked for, each with its document (STD-GEN-03).
    """
    identifiers = indicators_used(rule_set)
    used = [rule_set.indicator(identifier) for identifier in identifiers]
    readings = read_all(used, with_derived(indicators, identifiers))
    granted, claim_findings = _granted(rule_set, claims)
    walk = _Walk(readings, granted)
    root, full, measurable = walk.group(rule_set.root, Applies.YES)
    advisory = advisory_findings(rule_set, on)
    findings = [
        *advisory,
        *(finding for reading in readings.values() for finding in findings_of(reading, on)),
        *claim_findings,
        *_result_findings(root),
    ]
    if rule_set.partial:
        full, measurable = (_never_met(one) for one in (full, measurable))
    return Evaluation(
        rule_set=rule_set,
        on=on,
        overall=outcomes.overall(full),
        quantitative=outcomes.overall(measurable),
        advisory=bool(advisory),
        root=root,
        criteria=tuple(_leaves(root)),
        findings=tuple(findings),
        claims=tuple(claims),
    )


def indicators_used(rule_set: RuleSet) -> tuple[str, ...]:
    """Identifiers of all indicators the criteria and conditions of ``rule_set`` ask for, in the order of the text."""

    def of(node: Node) -> Iterator[str]:
        yield from (condition.indicator for condition in node.when)
        if isinstance(node, Criterion):
            yield from (condition.indicator for threshold in node.thresholds for condition in threshold.when)
            yield node.indicator
        else:
            for child in node.children:
                yield from of(child)

    return tuple(dict.fromkeys(of(rule_set.root)))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through the tree once; every step gives the result, its outcomes, and its outcomes without judgements."""

    readings: Mapping[str, Reading]
    granted: Mapping[str, Relaxation]

    def group(self, group: Group, state: Applies) -> tuple[GroupResult, Outcomes, Outcomes]:
        results: list[CriterionResult | GroupResult] = []
        full: list[Outcomes] = []
        measurable: list[Outcomes] = []
        for child in group.children:
            result, child_full, child_measurable = self._child(child)
            results.append(result)
            full.append(child_full)
            measurable.append(child_measurable)
        combine = _COMBINE[group.kind]
        combined = outcomes.SILENT if group.not_evaluable else combine(full)
        combined_measurable = outcomes.SILENT if group.not_evaluable else combine(measurable)
        return GroupResult(group, state, outcomes.overall(combined), tuple(results)), combined, combined_measurable

    def _child(self, child: Node) -> tuple[CriterionResult | GroupResult, Outcomes, Outcomes]:
        if isinstance(child, Criterion):
            judged = judge(child, self.readings, self.granted.get(child.id))
            person = is_judgement(child, self.readings[child.indicator].indicator)
            return judged.result, judged.outcomes, outcomes.NOT_APPLICABLE if person else judged.outcomes
        state = applies(child.when, self.readings)
        if state is Applies.NO:
            return self._outside(child), outcomes.NOT_APPLICABLE, outcomes.NOT_APPLICABLE
        result, full, measurable = self.group(child, state)
        if state is Applies.UNKNOWN:
            full, measurable = full | outcomes.NOT_APPLICABLE, measurable | outcomes.NOT_APPLICABLE
        return result, full, measurable

    def _outside(self, group: Group) -> GroupResult:
        """A tier or group that does not apply: its criteria are shown, none of them is judged."""
        children: list[CriterionResult | GroupResult] = []
        for child in group.children:
            if isinstance(child, Group):
                children.append(self._outside(child))
            else:
                judged: Judged = not_applicable(
                    child, self.readings, "other_tier", "适用其他档次，本条不考核。", "Another tier applies."
                )
                children.append(judged.result)
        return GroupResult(group, Applies.NO, Overall.UNDETERMINED, tuple(children))


def _leaves(result: GroupResult) -> Iterator[CriterionResult]:
    for child in result.children:
        if isinstance(child, CriterionResult):
            yield child
        else:
            yield from _leaves(child)


def _never_met(possible: Outcomes) -> Outcomes:
    """A set whose paragraphs were not all seen can show that a case fails, never that it qualifies."""
    return frozenset(outcomes.Outcome.OPEN if one is outcomes.Outcome.MET else one for one in possible)


def _granted(rule_set: RuleSet, claims: Sequence[Claim]) -> tuple[dict[str, Relaxation], list[Finding]]:
    """STD-GEN-03: relaxations that count, by criterion; and what is wrong with the other claims."""
    basis = "放宽条款须附证明文件，系数随标准保存（本系统规则）"
    known = {relaxation.id: relaxation for relaxation in rule_set.relaxations}
    granted: dict[str, Relaxation] = {}
    findings: list[Finding] = []
    for claim in claims:
        relaxation = known.get(claim.relaxation)
        if relaxation is None:
            findings.append(
                Finding("STD-GEN-03", Severity.WARN, basis, "relaxation_unknown",
                        f"本标准没有放宽条款“{claim.relaxation}”。",
                        f"The standard has no relaxation “{claim.relaxation}”.", claim.relaxation)
            )  # fmt: skip
        elif not claim.document.strip():
            findings.append(
                Finding("STD-GEN-03", Severity.WARN, basis, "relaxation_without_document",
                        f"放宽条款“{relaxation.text}”没有附证明文件，未予适用。",
                        f"“{relaxation.text_en}” has no document and was not applied.", relaxation.id)
            )  # fmt: skip
        else:
            for criterion_id in _covered(rule_set.root, relaxation.applies_to):
                granted.setdefault(criterion_id, relaxation)
    return granted, findings


def _covered(group: Group, identifiers: tuple[str, ...]) -> Iterator[str]:
    for child in group.children:
        if isinstance(child, Criterion):
            if child.id in identifiers or group.id in identifiers:
                yield child.id
        else:
            inherited = (*identifiers, child.id) if group.id in identifiers else identifiers
            yield from _covered(child, inherited)


def _result_findings(root: GroupResult) -> Iterator[Finding]:
    """What the shape of the result tells: two tiers at once, a silent text, a failed “in principle”, a rank not shown."""
    for child in root.children:
        if isinstance(child, GroupResult):
            yield from _group_findings(root, child)
        else:
            yield from _criterion_findings(child)
    if root.group.kind is GroupKind.TIERS:
        yield from _tier_findings(root)


def _group_findings(parent: GroupResult, result: GroupResult) -> Iterator[Finding]:
    group = result.group
    if group.not_evaluable and result.applies is Applies.YES:
        yield Finding(
            group.rule or parent.group.rule,
            Severity.INFO,
            group.title,
            "not_evaluable",
            f"{group.title}：{group.note or '所见文本没有规定，须人工研究。'}",
            f"{group.title_en}: {group.note_en or 'the text seen says nothing; a person must decide.'}",
            group.id,
        )
    if result.applies is not Applies.NO:
        yield from _result_findings(result)


def _criterion_findings(result: CriterionResult) -> Iterator[Finding]:
    criterion = result.criterion
    if criterion.strength is Strength.IN_PRINCIPLE and result.verdict is Verdict.NOT_MET:
        yield Finding(
            criterion.rule,
            Severity.WARN,
            criterion.text,
            "in_principle_not_met",
            f"未达到“{criterion.text}”。标准用语为“原则上”，须说明理由。",
            f"Not met: {criterion.text_en}. The text says “in principle”; give the reason.",
            criterion.id,
        )
    if criterion.comparison is Comparison.RANK and result.code == "rank_missing":
        yield Finding(
            "STD-GEN-02", Severity.BLOCK, criterion.text, "rank_missing", result.reason_zh, result.reason_en, criterion.id
        )


def _tier_findings(result: GroupResult) -> Iterator[Finding]:
    tiers = [child for child in result.children if isinstance(child, GroupResult) and child.applies is Applies.YES]
    if len(tiers) < 2:
        return
    agree = len({tier.overall for tier in tiers}) == 1
    names_zh = "、".join(tier.group.title for tier in tiers)
    names_en = ", ".join(tier.group.title_en for tier in tiers)
    yield Finding(
        tiers[0].group.rule or result.group.rule,
        Severity.INFO if agree else Severity.WARN,
        "标准原文两档均包含此数值",
        "tiers_overlap",
        f"{names_zh}都包含此情形，已分别评价{'，结论一致。' if agree else '，结论不一致，须由人决定适用哪一档。'}",
        f"{names_en} all claim this case; each was evaluated"
        + (" and they agree." if agree else " and they differ: a person must say which applies."),
        result.group.id,
    )
