"""Decisions of the past: each document a history rests on becomes an enacted decision, what it did its acts.

Nothing is planned or checked here, for the register already holds what the documents did. An act says as much as the sources do: of
ground that only partly went over, the extent is `unstated`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from boundaries.changes.document import told_document
from boundaries.models import Decision, DecisionAct, DecisionState, DivisionRecord, Level, Lineage
from boundaries.querysets import ancestor_ids
from boundaries.rules.acts import ActKind
from boundaries.services.register.histories import Recorded
from boundaries.services.register.lives import Edge, History, Life, LifeState

_UNSTATED = {"kind": "unstated"}
_LONGEST_NAME = 60


@dataclass(frozen=True)
class _Act:
    """`edges` are the lineages the act did; `made` the divisions it made, by ref."""

    kind: ActKind
    day: date
    data: Mapping[str, Any]
    touched: tuple[int, ...]
    made: Mapping[str, int]
    edges: tuple[tuple[int, int], ...] = ()


@transaction.atomic
def record_decisions(history: History, recorded: Recorded) -> int:
    """Adds the decisions and acts that are not there yet; the number of decisions added. Runs after `record_history`."""
    by_paper = _acts_by_paper(history, recorded)
    sources = {recorded.source_of[paper]: paper for paper in by_paper}
    held = {decision.source_id: decision for decision in Decision.objects.filter(source__in=sources).prefetch_related("acts")}
    added = 0
    for source, paper in sources.items():
        acts = by_paper[paper]
        decision = held.get(source)
        if decision is None:
            decision = _decision(history, paper, source, acts)
            added += 1
        _add_acts(decision, acts, source)
    return added


def _decision(history: History, paper: str, source: int, acts: Sequence[_Act]) -> Decision:
    of = history.papers[paper]
    day = min(act.day for act in acts)
    plan = told_document(day, source)
    return Decision.objects.create(
        area_id=_area(acts, day),
        document_number=of.number,
        title=of.title,
        approver=of.issuer,
        approved_on=of.dated,
        effective_on=day,
        text=str(of.details.get("text", "")),
        state=DecisionState.ENACTED,
        plan=plan,
        fingerprint=plan["fingerprint"],
        source_id=source,
        enacted_at=timezone.now(),
    )


def _add_acts(decision: Decision, acts: Sequence[_Act], source: int) -> None:
    known = {act.order: act for act in decision.acts.all()}
    said = {(act.kind, _frozen(act.data)) for act in known.values()}
    order = max(known, default=0)
    for act in acts:
        if (act.kind.value, _frozen(act.data)) in said:
            continue
        order += 1
        row = DecisionAct.objects.create(decision=decision, order=order, kind=act.kind, data=dict(act.data), made=dict(act.made))
        for predecessor, successor in act.edges:
            Lineage.objects.filter(
                recorded__upper_inf=True, source=source, act=None, predecessor=predecessor, successor=successor
            ).update(act=row)


def _frozen(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)


def _area(acts: Sequence[_Act], day: date) -> int:
    """The lowest division that holds all that the acts touch, on the day or before it."""
    lines = []
    for division in sorted({one for act in acts for one in act.touched}):
        record = DivisionRecord.objects.current().filter(division=division).order_by("-valid").first()
        if record is not None:
            ended = record.valid.upper is not None and record.valid.upper <= day
            lines.append(ancestor_ids(division, record.valid.upper - timedelta(days=1) if ended else max(record.valid.lower, day)))
    common = [one for one in lines[0] if all(one in line for line in lines)] if lines else []
    common = [one for one in common if one not in {touched for act in acts for touched in act.touched}] or common
    return common[0] if common else _province()


def _province() -> int:
    return int(DivisionRecord.objects.current().filter(level=Level.PROVINCE).values_list("division", flat=True)[0])


# --- what a document did ------------------------------------------------------------------------------------------------


def _acts_by_paper(history: History, recorded: Recorded) -> dict[str, list[_Act]]:
    documents = {key for key, paper in history.papers.items() if paper.kind == "document"}
    lives = {life.key: life for life in history.lives}
    ids = recorded.division_of
    found: defaultdict[str, list[_Act]] = defaultdict(list)
    edges: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in history.edges:
        if edge.paper in documents and {edge.predecessor, edge.successor} <= ids.keys():
            edges[edge.paper, edge.successor].append(edge)
    told = {(edge.paper, key) for edge in history.edges for key in (edge.predecessor, edge.successor)}
    for (paper, successor), into in edges.items():
        found[paper] += _edge_acts(lives[successor], into, lives, ids)
    for life in history.lives:
        if life.key not in ids or life.key in recorded.left_out:
            continue
        for act, paper in _own_acts(life, ids, recorded):
            if paper in documents:
                found[paper].append(act)
        first = life.states[0]
        if first.paper in documents and (first.paper, life.key) not in told and not _only_seen_ending(life):
            data = {"new": _new(life, first, ids)}
            found[first.paper].append(_Act(ActKind.ESTABLISH, first.since, data, (ids[life.key],), _made(life, ids)))
        if life.until is not None and life.ended_by in documents and (life.ended_by, life.key) not in told:
            found[life.ended_by].append(_Act(ActKind.ABOLISH, life.until, {"unit": ids[life.key]}, (ids[life.key],), {}))
    return dict(found)


def _only_seen_ending(life: Life) -> bool:
    """Known from the document that ended it: that document did not establish it."""
    return life.ended_by != "" and life.states[0].paper == life.ended_by


def _edge_acts(life: Life, into: Sequence[Edge], lives: Mapping[str, Life], ids: Mapping[str, int]) -> Iterable[_Act]:
    """One act where a unit came out of others; one for each piece of ground a lasting unit gained."""
    state = life.states[0]
    begun = [edge for edge in into if edge.on == life.since]
    pairs = tuple((ids[edge.predecessor], ids[edge.successor]) for edge in begun)
    touched = tuple(one for pair in pairs for one in pair)
    if begun and state.type in _TYPES:
        new, made = _new(life, state, ids), _made(life, ids)
        units = [pair[0] for pair in pairs]
        kinds = {edge.kind for edge in begun}
        if kinds == {"type_changed"} and len(begun) == 1:
            yield _Act(ActKind.CHANGE_TYPE, life.since, {"unit": units[0], "new": new}, touched, made, pairs)
        elif kinds == {"merged_into"}:
            yield _Act(ActKind.MERGE, life.since, {"units": units, "new": new}, touched, made, pairs)
        elif kinds == {"split_from"} and len(begun) == 1:
            data = {"unit": units[0], "new": new, "extent": _UNSTATED}
            yield _Act(ActKind.SPLIT, life.since, data, touched, made, pairs)
        else:
            parts = [
                {"unit": ids[edge.predecessor], "extent": {"kind": "whole"} if edge.share == 1 else _UNSTATED} for edge in begun
            ]
            yield _Act(ActKind.ESTABLISH, life.since, {"new": new, "parts": parts}, touched, made, pairs)
    for edge in into:
        if edge in begun:
            continue
        pair = (ids[edge.predecessor], ids[edge.successor])
        if edge.share == 1:
            yield _Act(ActKind.ABOLISH, edge.on, {"unit": pair[0], "into": pair[1]}, pair, {}, (pair,))
        else:
            data = {"from": pair[0], "to": pair[1], "extent": _UNSTATED}
            yield _Act(ActKind.CHANGE_BOUNDARY, edge.on, data, pair, {}, (pair,))


_TYPES = {
    "prefecture_city", "prefecture", "county", "autonomous_county", "county_city", "district", "subdistrict", "town", "township",
    "ethnic_township",
}  # fmt: skip


def _own_acts(life: Life, ids: Mapping[str, int], recorded: Recorded) -> Iterable[tuple[_Act, str]]:
    """What was done to a unit that went on: a new name, another parent, another code."""
    division = ids[life.key]
    for before, after in zip(life.states, life.states[1:], strict=False):
        codes = {code.since: code.code for code in life.codes}
        if before.name != after.name:
            yield _Act(ActKind.RENAME, after.since, {"unit": division, "name": after.name}, (division,), {}), after.paper
        if before.parent != after.parent and _moved(before, after, life, ids):
            parent = _id(after.parent, ids)
            data: dict[str, Any] = {"unit": division, "parent": parent}
            if after.since in codes:
                data["codes"] = {str(division): codes[after.since]}
            yield _Act(ActKind.CHANGE_AFFILIATION, after.since, data, (division, parent or division), {}), after.paper
    states = {state.since: state for state in life.states[1:]}
    for code in life.codes[1:]:
        if code.since not in states:
            data = {"unit": division, "code": code.code}
            yield _Act(ActKind.RECODE, code.since, data, (division,), {}), code.paper


def _moved(before: LifeState, after: LifeState, life: Life, ids: Mapping[str, int]) -> bool:
    """Townships that follow their county into another are no act of their own."""
    old, new = _id(before.parent, ids), _id(after.parent, ids)
    if old is None or new is None:
        return False
    if life.level < Level.TOWNSHIP:
        return True
    return not Lineage.objects.filter(
        recorded__upper_inf=True, predecessor=old, successor=new, on=after.since, area_share=1
    ).exists()


def _new(life: Life, state: LifeState, ids: Mapping[str, int]) -> dict[str, Any]:
    new: dict[str, Any] = {"ref": life.key[:40], "name": state.name[:_LONGEST_NAME], "type": state.type}
    if (parent := _id(state.parent, ids)) is not None:
        new["parent"] = parent
    if life.codes and life.codes[0].since == state.since:
        new["code"] = life.codes[0].code
    return new


def _made(life: Life, ids: Mapping[str, int]) -> dict[str, int]:
    return {life.key[:40]: ids[life.key]}


def _id(key: str | None, ids: Mapping[str, int]) -> int | None:
    if key is None:
        return None
    return int(key[1:]) if key.startswith("#") else ids.get(key)
