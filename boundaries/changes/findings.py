"""What the rules on changes and codes say of a decision, asked with what its plan shows.

Pure: a plan, the register it was made from, what people state (`Case`) and the document (`Paper`). Codes are in `code_findings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import shapely

from boundaries.changes.acts import Decision, MoveSeat, Rename
from boundaries.changes.code_findings import code_findings
from boundaries.changes.plan import Plan
from boundaries.changes.register import PROVINCE, TOWNSHIP, Key, Register, State
from boundaries.changes.subjects import Subject, governed, subjects
from boundaries.changes.view import View
from boundaries.rules import plan as plan_rules
from boundaries.rules.acts import STATUTORY, ActKind, StatutoryChange
from boundaries.rules.authorities import Approval, Body, Touch, body_of, check_approval
from boundaries.rules.change_case import Case, Paper, Seat
from boundaries.rules.change_names import check_rename
from boundaries.rules.consultation import check_consultation
from boundaries.rules.document_numbers import check_document_number
from boundaries.rules.dossier import Attachment, check_dossier
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.in_force import DIVISIONS
from boundaries.rules.seats import check_seat_move
from boundaries.rules.territory import TerritoryBalance, check_joint_plan, check_territory
from gis.crs import area_m2

# Marked on a map by whoever files it: it shows every unit the change touches (CHG-DOC-03).
COVERS_ALL = "covers_all"
# m² for each unit concerned: what rounding in the last digit of a vertex can make. Our choice; no text gives a tolerance.
_TOLERANCE_M2 = 10.0


def findings_on(plan: Plan, register: Register, decision: Decision, case: Case, paper: Paper) -> tuple[Finding, ...]:
    """All findings, in the order of the register of rules' chapters, each said once."""
    view = View(plan, register, decision)
    changed = subjects(view)
    found: list[Finding] = []
    if paper.approved_on is not None and not DIVISIONS.applies_on(paper.approved_on):
        found.append(
            Finding("CHG-AUTH-01", Severity.INFO, DIVISIONS.title, "before_the_regulations",
                    f"{paper.approved_on}批准，《行政区划管理条例》自2019年1月1日起施行，不按该条例核对。",
                    f"Approved on {paper.approved_on}, before the Regulations applied; it is not held against them.", "approved_on")
        )  # fmt: skip
    elif governed(changed):
        found += _of_the_change(view, changed, case, paper)
    found += code_findings(view, case, paper)
    return tuple({(one.rule, one.code, one.subject, one.message_zh): one for one in found}.values())


# --- the rules ----------------------------------------------------------------------------------------------------------


def _of_the_change(view: View, changed: tuple[Subject, ...], case: Case, paper: Paper) -> Iterator[Finding]:
    body = case.approver_body or body_of(paper.approver)
    yield from _approvals(view, changed, case, paper, body)
    yield from check_dossier(_attachments(view, paper), view.names_concerned())
    for key, state in view.made():
        if state.level <= TOWNSHIP:
            yield from named(state.name, key, _of_a_new_unit(view, key, state, case, paper))
    yield from _territory(view, case)
    yield from _joint_plan(view, changed, case)
    yield from _renamings(view)
    yield from _seats(view, case)
    ethnic = any(state.type in ("ethnic_township", "autonomous_county") for state in _touched(view, changed))
    yield from check_consultation(
        case.opinions,
        needed=case.departments | ({"ethnic"} if ethnic else set()),
        autonomous=any(state.type.startswith("autonomous") for state in _touched(view, changed)),
        autonomous_record=case.autonomous_record,
    )
    if paper.document_number:
        yield from check_document_number(paper.document_number, body)


def _approvals(view: View, changed: tuple[Subject, ...], case: Case, paper: Paper, body: Body | None) -> Iterator[Finding]:
    touches = case.touches
    if any(one.state.level == PROVINCE and "geometry" in one.changed and not one.node_only for one in view.plan.opened):
        touches |= {Touch.PROVINCIAL_LINE}
    for one in changed:
        stated = case.established_by.get(str(one.key), "")
        known = paper.establishers.get(one.key, "") if isinstance(one.key, int) else ""
        approval = Approval(
            unit_type=one.type,
            kind=one.kind,
            approved_on=paper.approved_on,
            approver=body,
            approver_name=paper.approver,
            mandate=case.mandate,
            filed=bool(case.filed),
            established_by=stated or known,
            moves_county=one.moves_county,
            scope=case.scope,
            scope_reason=case.scope_reason,
            touches=touches,
        )
        found = check_approval(approval)
        outpost = [finding for finding in found if finding.rule == "CHG-AUTH-02"]
        yield from (finding for finding in found if finding.rule != "CHG-AUTH-02")
        yield from named(view.name(one.key), one.key, outpost)


def _attachments(view: View, paper: Paper) -> list[Attachment]:
    """What a map shows cannot be read from the file: whoever files it says whether all units of the change are on it."""
    every = frozenset(view.names_concerned())
    return [replace(one, covers=one.covers | every) if COVERS_ALL in one.parts else one for one in paper.attachments]


def _of_a_new_unit(view: View, key: str, state: State, case: Case, paper: Paper) -> Iterator[Finding]:
    former = view.former(key)
    whole = [edge for edge in view.plan.lineage if edge.successor == key]
    unchanged = len(whole) == 1 and whole[0].whole
    parent = view.after(state.parent)
    seat = case.seats.get(key, Seat()).new or ("见驻地坐标" if state.seat is not None else "")
    plan = plan_rules.Plan(
        establishes=True,
        name=state.name,
        unit_type=state.type,
        affiliation=parent.name if parent is not None else "",
        boundary=case.boundary or ("所辖行政区域不变" if unchanged else "见图" if state.geometry is not None else ""),
        seat=seat,
        author=case.plan_author,
        unit_government=f"{former[0].name}人民政府" if len(former) == 1 else "",
        superior_government=f"{parent.name}人民政府" if parent is not None else "",
        territory_unchanged=unchanged,
        former_type=former[0].type if len(former) == 1 else "",
        parent_type=parent.type if parent is not None else "",
        ethnic_consulted=any(one.department == "ethnic" and one.document for one in case.opinions),
        ethnic_document=case.ethnic_document,
        minority_share=case.minority_share,
        decision_text=paper.text if _has_fixed_wording(state, former) else "",
    )
    return iter(plan_rules.check_plan(plan))


def _has_fixed_wording(state: State, former: list[State]) -> bool:
    return state.type == "subdistrict" or any(one.type in ("township", "ethnic_township") for one in former)


def _territory(view: View, case: Case) -> Iterator[Finding]:
    """CHG-PLAN-02: each abolished unit's ground goes somewhere, and the ground before and after is the same.

    Where a unit goes over whole the acts themselves say so, and no boundary is needed to know it.
    """
    ended = [one for one in view.plan.closed if one.ends and one.state.level <= TOWNSHIP]
    for one in ended:
        to = [view.name(edge.successor) for edge in view.plan.lineage if edge.predecessor == one.unit]
        destination = "、".join(to) or case.territory
        yield from named(one.state.name, one.unit, check_territory(destination, TerritoryBalance(0.0, 0.0), _TOLERANCE_M2))
    whole = {edge.predecessor for edge in view.plan.lineage if edge.whole}
    for level in sorted({one.state.level for one in ended if one.unit not in whole}):
        balance, count = _balance(view, level)
        yield from check_territory("—", balance, _TOLERANCE_M2 * count)


def _balance(view: View, level: int) -> tuple[TerritoryBalance | None, int]:
    """The ground of all units of the level that the plan closes, against that of those it opens; None where some is not known."""
    old = [one.state.geometry for one in view.plan.closed if one.state.level == level]
    new = [one.state.geometry for one in view.plan.opened if one.state.level == level]
    vague = any(one.code == "extent_not_exact" for one in view.plan.notices)
    if not old or vague or any(geometry is None for geometry in (*old, *new)):
        return None, 0
    before, after = shapely.union_all(old), shapely.union_all(new)
    areas = area_m2(np.array([shapely.difference(before, after), shapely.difference(after, before), after, *new], dtype=object))
    uncovered, beyond, together, *each = np.nan_to_num(areas).tolist()
    return TerritoryBalance(uncovered, beyond, max(0.0, sum(each) - together)), len(new)


def _joint_plan(view: View, changed: tuple[Subject, ...], case: Case) -> Iterator[Finding]:
    wanted = (StatutoryChange.BOUNDARY, StatutoryChange.AFFILIATION)
    keys = [one.key for one in changed if STATUTORY[one.kind] in wanted and view.before(one.key) is not None]
    for one in changed:
        if one.kind is ActKind.CHANGE_AFFILIATION:
            keys += [parent for side in (view.before, view.after) if (state := side(one.key)) and (parent := state.parent)]
    parties = [government(state) for key in dict.fromkeys(keys) if (state := view.either(key)) and state.level <= TOWNSHIP]
    if len(parties) > 1:
        yield from check_joint_plan(parties, case.signed_by, case.failure_record)


def government(state: State) -> str:
    """What the government of a unit is called: an outpost has an office."""
    return f"{state.name}办事处" if state.type == "subdistrict" else f"{state.name}人民政府"


def _renamings(view: View) -> Iterator[Finding]:
    for act in view.decision.acts:
        before = view.before(act.unit) if isinstance(act, Rename) else None
        if isinstance(act, Rename) and before is not None:
            yield from named(before.name, act.unit, check_rename(before.name, act.name, before.level))


def _seats(view: View, case: Case) -> Iterator[Finding]:
    for act in view.decision.acts:
        if not isinstance(act, MoveSeat):
            continue
        before = view.before(act.unit)
        if before is None:
            continue
        stated = case.seats.get(str(act.unit), Seat())
        old = stated.old or _village_at(view, act.unit, before.seat)
        new = stated.new or _village_at(view, act.unit, act.seat) or act.place
        yield from named(before.name, act.unit, check_seat_move(old, new, before.level))


def _village_at(view: View, unit: Key, seat: shapely.Point | None) -> str:
    """The unit directly below in which a seat lies, empty where that is not known."""
    if seat is None:
        return ""
    for one in view.register.units.values():
        state = view.before(one.key)
        if state is not None and state.parent == unit and state.geometry is not None and shapely.covers(state.geometry, seat):
            return state.name
    return ""


def _touched(view: View, changed: tuple[Subject, ...]) -> list[State]:
    """Every unit that changes, and everything above it."""
    keys = {one.key for one in changed}
    for key in list(keys):
        state = view.either(key)
        while state is not None and state.parent is not None:
            keys.add(state.parent)
            state = view.either(state.parent)
    return [state for key in keys if (state := view.either(key)) is not None]


def named(name: str, key: Key, found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings on one unit of several say which."""
    for one in found:
        yield replace(
            one,
            message_zh=f"{name}：{one.message_zh}",
            message_en=f"{name}: {one.message_en}",
            subject=f"{key}:{one.subject}" if one.subject else str(key),
        )
