"""The criteria of a rule-set file: flat tables ``[[group]]`` and ``[[criterion]]`` that name their parent with ``in``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from boundaries.rules.indicators import Indicator
from boundaries.rules.ruleset import Criterion, Group, GroupKind, Node
from boundaries.rules.toml_criterion import ID, RULE, read_conditions, read_criterion
from boundaries.rules.toml_table import Table

MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Draft:
    """A node before it is hung into the tree."""

    node: Node
    parent: str
    line: int
    table: Table


def covered_criteria(root: Group, identifier: str) -> list[Criterion]:
    """The criterion of that identifier, or all criteria of the group of that identifier."""
    if root.id == identifier:
        return list(root.criteria())
    covered: list[Criterion] = []
    for child in root.children:
        if isinstance(child, Group):
            covered += covered_criteria(child, identifier)
        elif child.id == identifier:
            covered.append(child)
    return covered


def build_tree(table: Table, catalogue: Mapping[str, Indicator], sources: set[str]) -> Group | None:
    """The root group, or None when there is none; problems are collected in the table."""
    groups = [_group(one, catalogue) for one in table.tables("group", required=True)]
    criteria = [_criterion(one, catalogue, sources) for one in table.tables("criterion", required=True)]
    drafts = [*groups, *criteria]
    _check_ids(drafts)
    roots = [draft for draft in groups if not draft.parent]
    if len(roots) != 1:
        place = roots[1].table if len(roots) > 1 else table
        place.problem(
            "", "one_root", "须有且只有一个不写“in”的group作为总条件。", "Exactly one group must be without “in”: the root."
        )
        return None
    group_ids = {draft.node.id for draft in groups}
    for draft in drafts:
        if draft.parent and draft.parent not in group_ids:
            draft.table.problem(
                "in", "group_unknown", f"没有编号为“{draft.parent}”的group。", f"There is no group “{draft.parent}”."
            )
    children: dict[str, list[_Draft]] = {}
    for draft in sorted(drafts, key=lambda one: one.line):
        children.setdefault(draft.parent, []).append(draft)
    hung: set[str] = set()
    root = _hang(roots[0], children, hung, 1, "")
    for draft in groups:
        if draft.node.id not in hung and draft.parent in group_ids:
            draft.table.problem("in", "cycle", f"“{draft.node.id}”与上级互相包含。", f"“{draft.node.id}” is contained in itself.")
    return root


def _hang(draft: _Draft, children: Mapping[str, list[_Draft]], hung: set[str], depth: int, rule: str) -> Group:
    group = draft.node
    assert isinstance(group, Group)  # noqa: S101  (only groups have children)
    hung.add(group.id)
    rule = group.rule or rule
    own = children.get(group.id, [])
    if not own and not group.not_evaluable:
        draft.table.problem("", "group_empty", f"“{group.id}”下没有条件。", f"The group “{group.id}” contains nothing.")
    if depth > MAX_DEPTH:
        draft.table.problem("", "too_deep", f"分组超过{MAX_DEPTH}层。", f"Groups are nested more than {MAX_DEPTH} deep.")
        own = []
    nodes: list[Node] = []
    for child in own:
        if group.kind is GroupKind.TIERS and not (isinstance(child.node, Group) and child.node.when):
            child.table.problem(
                "", "tier_without_condition", "tiers之下只能是写明“when”的group。", "Under tiers there are only groups with “when”."
            )
        if child.node.id in hung:
            continue
        if isinstance(child.node, Group):
            nodes.append(_hang(child, children, hung, depth + 1, rule))
        else:
            nodes.append(replace(child.node, rule=child.node.rule or rule or child.node.id))
    return replace(group, children=tuple(nodes), rule=rule)


def _check_ids(drafts: list[_Draft]) -> None:
    seen: set[str] = set()
    for draft in drafts:
        if draft.node.id and draft.node.id in seen:
            draft.table.problem("id", "id_duplicate", f"编号“{draft.node.id}”重复。", f"The id “{draft.node.id}” is used twice.")
        seen.add(draft.node.id)


def _group(table: Table, catalogue: Mapping[str, Indicator]) -> _Draft:
    title = table.text("title", required=True)
    group = Group(
        id=table.text("id", required=True, pattern=ID),
        kind=table.choice("kind", GroupKind, default=GroupKind.ALL) or GroupKind.ALL,
        title=title,
        title_en=table.text("title_en") or title,
        rule=table.text("rule", pattern=RULE),
        when=read_conditions(table, "when", catalogue),
        not_evaluable=table.flag("not_evaluable"),
        note=table.text("note"),
        note_en=table.text("note_en"),
    )
    return _draft(table, group)


def _draft(table: Table, node: Node) -> _Draft:
    parent = table.text("in", pattern=ID)
    table.finish()
    return _Draft(node, parent, table.problems.line(table.path), table)


def _criterion(table: Table, catalogue: Mapping[str, Indicator], sources: set[str]) -> _Draft:
    if "in" not in table:
        table.problem("", "key_missing", "缺少必填项“in”（所属的group）。", "The key “in” (its group) is missing.")
    return _draft(table, read_criterion(table, catalogue, sources))
