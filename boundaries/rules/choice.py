"""STD-00: which rule set carries the verdict on a day.

行政区划管理条例 §11: the standards for towns and sub-districts are approved by the provincial government. Only such an
official set, in force on the day, lets anyone say that a township passes; every other text is for reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.ruleset import RuleSet, Status, Target

BASIS_STD_00 = "行政区划管理条例第十一条"

STATUS_ZH = {
    Status.OFFICIAL: "正式",
    Status.TRIAL: "试行",
    Status.SUPERSEDED_UNCONFIRMED: "可能已被取代，未经确认",
    Status.TEMPLATE: "样板",
    Status.UNKNOWN: "状态不明",
}
STATUS_EN = {
    Status.OFFICIAL: "official",
    Status.TRIAL: "trial",
    Status.SUPERSEDED_UNCONFIRMED: "probably superseded, unconfirmed",
    Status.TEMPLATE: "template",
    Status.UNKNOWN: "status unknown",
}

# Among texts that are all for reference, the one likeliest to be in use comes first; a template of another place last.
_ADVISORY_ORDER = (Status.OFFICIAL, Status.TRIAL, Status.SUPERSEDED_UNCONFIRMED, Status.UNKNOWN, Status.TEMPLATE)


@dataclass(frozen=True, slots=True)
class RuleSetChoice:
    """rule_set: the official one in force, else the best advisory one, else None (also when two official ones collide)."""

    rule_set: RuleSet | None
    advisory: bool
    candidates: tuple[RuleSet, ...]
    findings: tuple[Finding, ...]


def choose_rule_set(rule_sets: Iterable[RuleSet], target: Target, on: date, *, region: str = "41") -> RuleSetChoice:
    """Exactly one official set for ``target`` and ``region`` in force on ``on``; otherwise advisory (STD-00).

    A set of the region itself goes before one of the whole country, a later one before an earlier one.
    """
    fitting = [one for one in rule_sets if target in one.targets and region.startswith(one.region)]
    official = [one for one in fitting if one.status is Status.OFFICIAL and one.in_force(on)]
    local = [one for one in official if one.region] or official
    if len(local) == 1:
        findings = tuple(advisory_findings(local[0], on))
        return RuleSetChoice(local[0], bool(findings), tuple(local), findings)
    if len(local) > 1:
        names = "、".join(one.id for one in local)
        finding = _std_00(
            "two_official_rule_sets",
            f"{on.isoformat()}有{len(local)}个正式标准同时有效（{names}），须先更正有效期。",
            f"{len(local)} official standards are in force on {on.isoformat()} ({names}); correct their validity first.",
        )
        return RuleSetChoice(None, True, tuple(local), (finding,))
    in_force = [one for one in fitting if one.status is not Status.OFFICIAL and one.in_force(on)]
    candidates = tuple(sorted(in_force, key=_preference))
    if not candidates:
        finding = _std_00("no_rule_set", "未载入正式标准，也没有可供参考的标准。", "No standard at all is loaded for this case.")
        return RuleSetChoice(None, True, (), (finding,))
    return RuleSetChoice(candidates[0], True, candidates, tuple(advisory_findings(candidates[0], on)))


def _preference(rule_set: RuleSet) -> tuple[int, int, int, str]:
    issued = "".join(character for character in (rule_set.issued_on or "") if character.isdigit()).ljust(8, "0")
    return (0 if rule_set.region else 1, _ADVISORY_ORDER.index(rule_set.status), -int(issued or 0), rule_set.id)


def advisory_findings(rule_set: RuleSet, on: date) -> list[Finding]:
    """STD-00 on one set: empty when it is official, whole, and in force on ``on``; otherwise why it is for reference only."""
    findings = []
    if rule_set.status is not Status.OFFICIAL:
        findings.append(
            _std_00(
                "no_official_rule_set",
                f"未载入正式标准。无正式标准，仅供参考：所用“{rule_set.title}”的状态为{STATUS_ZH[rule_set.status]}。",
                f"No official standard is loaded; for reference only. “{rule_set.title_en}” is {STATUS_EN[rule_set.status]}.",
                rule_set.id,
            )
        )
    elif not rule_set.in_force(on):
        findings.append(
            _std_00(
                "not_in_force",
                f"“{rule_set.title}”在{on.isoformat()}不在有效期内，仅供参考。",
                f"“{rule_set.title_en}” is not in force on {on.isoformat()}; for reference only.",
                rule_set.id,
            )
        )
    if rule_set.partial:
        parts_zh = "、".join(rule_set.missing_parts) or "部分条款"
        parts_en = ", ".join(rule_set.missing_parts_en) or "some paragraphs"
        findings.append(
            _std_00(
                "partial_rule_set",
                f"所用标准不完整（未见：{parts_zh}），不能据此认定符合标准。",
                f"The text is incomplete (not seen: {parts_en}); no case can be found to qualify by it.",
                rule_set.id,
            )
        )
    return findings


def _std_00(code: str, message_zh: str, message_en: str, subject: str = "") -> Finding:
    return Finding("STD-00", Severity.BLOCK, BASIS_STD_00, code, message_zh, message_en, subject)
