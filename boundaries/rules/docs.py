"""docs/rules.md, made from the register, the rule sets, the states and the catalogue: it cannot say what the code does not do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from boundaries.rules.application_states import EDGES, Edge
from boundaries.rules.choice import STATUS_EN, STATUS_ZH
from boundaries.rules.decision_states import EDGES as DECISION_EDGES
from boundaries.rules.decision_states import Edge as DecisionEdge
from boundaries.rules.indicators import BASIS_ZH, CATALOGUE, Basis, Indicator
from boundaries.rules.registry import REGISTER
from boundaries.rules.report import shown_number
from boundaries.rules.rule import Rule
from boundaries.rules.ruleset import Comparison, Condition, Criterion, Group, RuleSet, Strength, Threshold
from boundaries.rules.shipped import shipped_rule_sets
from boundaries.rules.stages import STAGES, Stage
from boundaries.rules.units import find_unit

_HEAD = """\
# 规则 Rules

本页由规则表生成，不要手工修改。This page is made from the rule tables; do not edit it by hand.

程度 weight：`block` 不满足则不能进行该步；`warn` 须说明理由；`info` 仅提示。依据只有二手来源的，程度不高于 `warn`。
`block` stops the step, `warn` asks for a reason, `info` only tells. A second-hand basis never weighs more than `warn`.

区划变更的规则在预览时都核对、都显示；“环节”写明在哪一步须有答复（送审、实施、结案）。
What the rules on changes say is shown from the first preview on; the step tells when an answer is due.

`block` 只有在规则写明可凭文件放行时才能放行，须有文件和理由；`warn` 须有理由；均记入审计。
A `block` gives way only where its rule says so, to a document and a reason; a `warn` to a reason. Both go into the audit trail.
"""

_SIGNS = {
    Comparison.AT_LEAST: "≥",
    Comparison.MORE_THAN: "＞",
    Comparison.AT_MOST: "≤",
    Comparison.LESS_THAN: "＜",
    Comparison.IS: "＝",
}


def render_rules_markdown(rule_sets: Iterable[RuleSet] | None = None) -> str:
    """The whole page. ``rule_sets``: those to print, by default the ones that come with the program."""
    sets = shipped_rule_sets() if rule_sets is None else tuple(rule_sets)
    parts = [_HEAD, *_register(), *_states()]
    for rule_set in sets:
        parts += _rule_set(rule_set)
    parts += _catalogue(sets)
    return "\n".join(parts)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()


def _register() -> Iterator[str]:
    for chapter in REGISTER:
        yield f"## {chapter.title_zh} {chapter.title_en}\n"
        yield _table(
            ("编号 id", "程度 weight", "环节 step", "规则 rule", "依据 basis", "实现 carried out by"),
            (
                (
                    rule.id,
                    rule.severity.value,
                    "<br>".join(_STEPS[stage] for stage in Stage if stage in STAGES.get(rule.id, ())),
                    f"{rule.zh}{f'（{rule.note}）' if rule.note else ''}{_waivers_zh(rule)}<br>{rule.en}{_waivers_en(rule)}",
                    rule.basis,
                    f"`{rule.implemented_by}`" if rule.implemented_by else "",
                )
                for rule in chapter.rules
            ),
        )


def _waivers_zh(rule: Rule) -> str:
    return "".join(f"（`{waiver.code}`可凭{waiver.zh}放行，并说明理由）" for waiver in rule.waivers)


def _waivers_en(rule: Rule) -> str:
    return "".join(f" (`{waiver.code}` may be overridden by {waiver.en}, with a reason)" for waiver in rule.waivers)


_STEPS = {Stage.SUBMIT: "送审 review", Stage.ENACT: "实施 enact", Stage.CLOSE: "结案 close"}


def _states() -> Iterator[str]:
    yield "## 申请的办理过程 The way of an application\n"
    yield _edges(EDGES)
    yield "## 变更方案的办理过程 The way of a decision\n"
    yield _edges(DECISION_EDGES)


def _edges(edges: Iterable[Edge | DecisionEdge]) -> str:
    return _table(
        ("从 from", "办理 step", "到 to", "谁 who", "依据 basis"),
        (
            (
                edge.start.value,
                f"{edge.title_zh} {edge.title_en}",
                edge.end.value,
                edge.role.value,
                f"{edge.basis_zh}<br>{edge.basis_en}",
            )
            for edge in edges
        ),
    )


def _rule_set(rule_set: RuleSet) -> Iterator[str]:
    yield f"## {rule_set.title}\n"
    status = f"`{rule_set.status.value}` {STATUS_ZH[rule_set.status]} / {STATUS_EN[rule_set.status]}"
    facts = [
        f"标识 id：`{rule_set.id}`",
        f"状态 status：{status}" + ("；不完整 partial" if rule_set.partial else ""),
        f"发文机关 issuer：{rule_set.issuer}",
        f"日期 issued：{rule_set.issued_on or '未见 not seen'}",
        *(f"来源 source：{one.issuer}，{one.title}；见于{one.seen_at}（{one.grade}）" for one in rule_set.sources),
        *(f"未见 not seen：{part}" for part in rule_set.missing_parts),
        *rule_set.notes,
        *rule_set.notes_en,
    ]
    yield "\n".join(f"- {fact}" for fact in facts) + "\n"
    yield _table(
        ("编号 id", "条件 criterion", "指标 indicator", "数值 threshold", "适用 when"),
        _criterion_rows(rule_set, rule_set.root, ()),
    )
    if rule_set.relaxations:
        yield _table(
            ("放宽条款 relaxation", "内容 text", "效果 effect", "适用于 applies to"),
            (
                (
                    one.id,
                    f"{one.text}<br>{one.text_en}",
                    one.effect.value + (f" × {shown_number(one.factor)}" if one.factor else ""),
                    ", ".join(one.applies_to),
                )
                for one in rule_set.relaxations
            ),
        )


def _criterion_rows(rule_set: RuleSet, group: Group, when: tuple[Condition, ...]) -> Iterator[Sequence[str]]:
    if group.not_evaluable:
        yield (
            group.id,
            f"{group.title}：{group.note}<br>{group.title_en}: {group.note_en}",
            "",
            "不评价 not evaluated",
            _conditions(rule_set, when),
        )
    for child in group.children:
        conditions = (*when, *child.when)
        if isinstance(child, Group):
            yield from _criterion_rows(rule_set, child, conditions)
        else:
            note = "（原则上 in principle）" if child.strength is Strength.IN_PRINCIPLE else ""
            yield (
                child.id,
                f"{child.text}{note}<br>{child.text_en}",
                f"`{child.indicator}`",
                _thresholds(rule_set, child),
                _conditions(rule_set, conditions),
            )


def _thresholds(rule_set: RuleSet, criterion: Criterion) -> str:
    if criterion.comparison is Comparison.EXISTS:
        return "有 yes"
    if criterion.comparison is Comparison.NEEDS_PERSON:
        return "由人认定 a person judges"
    if criterion.rank is not None:
        return f"{criterion.rank.peers}前{shown_number(criterion.rank.top_percent)}%，连续{criterion.rank.years}年"
    unit = find_unit(criterion.unit)
    suffix = f" {unit.zh}" if unit else ""
    return "；".join(
        _bound(criterion.comparison, one) + suffix + (f"（{_conditions(rule_set, one.when)}）" if one.when else "")
        for one in criterion.thresholds
    )


def _bound(comparison: Comparison, threshold: Threshold | Condition) -> str:
    lower = shown_number(threshold.value) if isinstance(threshold.value, Fraction) else str(threshold.value or "")
    if threshold.upper is not None:
        return f"{lower}–{shown_number(threshold.upper)}"
    return f"{_SIGNS.get(comparison, '')} {lower}".strip()


def _conditions(rule_set: RuleSet, conditions: tuple[Condition, ...]) -> str:
    return "，".join(_condition(rule_set.indicator(one.indicator), one) for one in conditions)


def _condition(indicator: Indicator, condition: Condition) -> str:
    if condition.comparison is Comparison.EXISTS:
        return indicator.name
    named = {choice.id: choice.zh for choice in indicator.choices}
    if isinstance(condition.value, str):
        return f"{indicator.name}为{named.get(condition.value, condition.value)}"
    return f"{indicator.name} {_bound(condition.comparison, condition)}"


def _catalogue(rule_sets: Iterable[RuleSet]) -> Iterator[str]:
    yield "## 指标目录 Indicators\n"
    declared = {one.id: one for rule_set in rule_sets for one in rule_set.declared_indicators}
    yield _table(
        ("标识 id", "名称 name", "单位 unit", "口径 basis", "说明 definition"),
        (
            (
                f"`{one.id}`",
                f"{one.name}<br>{one.name_en}",
                one.unit or " / ".join(f"{choice.id} {choice.zh}" for choice in one.choices),
                BASIS_ZH[one.basis] if one.basis is not Basis.UNSTATED else ("须注明 to be stated" if one.population else ""),
                f"{one.definition}{'（由系统计算 computed）' if one.computed else ''}<br>{one.definition_en}",
            )
            for one in (CATALOGUE | declared).values()
        ),
    )
