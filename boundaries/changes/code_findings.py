"""CODE-01 … CODE-08 on the codes a plan retires, assigns and asks for."""

from __future__ import annotations

from collections.abc import Iterator

from boundaries.changes.register import TOWNSHIP, Key
from boundaries.changes.subjects import subjects
from boundaries.changes.view import View
from boundaries.rules.acts import ActKind
from boundaries.rules.change_case import Case, Paper
from boundaries.rules.code_allocation import check_proposal, propose
from boundaries.rules.code_changes import CodeChange, CodeFate, Determiner, check_code_change
from boundaries.rules.codes import MCA, check_code
from boundaries.rules.finding import Finding


def code_findings(view: View, case: Case, paper: Paper) -> Iterator[Finding]:
    used = view.register.codes_used
    for change, kind, parent in _changes(view, case, paper):
        yield from check_code_change(change, used)
        if change.new_code:
            yield from check_code(change.new_code, change.level, kind, MCA, parent)
    for county, kind in _sequences(view):
        yield from check_proposal(propose(county, kind, used))


def _changes(view: View, case: Case, paper: Paper) -> Iterator[tuple[CodeChange, str, str | None]]:
    """(change, type of the unit, its parent's code) for each unit whose legal code begins, ends or should."""
    plan = view.plan
    day = plan.day
    approved = paper.approved_on or day
    retired = {one.unit: one.code.code for one in plan.codes_retired if one.code.authority == MCA}
    assigned = {one.unit: one for one in plan.codes_assigned}
    needed = {one.unit: one for one in plan.codes_needed}
    for key, code in retired.items():
        if view.after(key) is None and (state := view.before(key)) is not None:
            yield CodeChange(state.level, CodeFate.CLOSED, approved, day, code, day), state.type, None
    for key in (*assigned, *needed):
        state = view.after(key)
        if state is None or state.level > TOWNSHIP:
            continue
        given = assigned.get(key)
        old = "" if isinstance(key, str) else retired.get(key) or _held(view, key)
        change = CodeChange(
            level=state.level,
            fate=CodeFate.ASSIGNED if isinstance(key, str) else CodeFate.REPLACED if _is_replaced(view, key) else CodeFate.KEPT,
            approved_on=approved,
            effective_on=day,
            old_code=old,
            old_ends=day if given is not None and old else None,
            new_code=given.code if given is not None else "",
            determiner=_determiner(case, state.level) if given is not None else _asked_of(state.level),
            expected=given.expected if given is not None else "",
        )
        yield change, state.type, _code_of(view, state.parent)


def _determiner(case: Case, level: int) -> Determiner | None:
    return case.code_determiner if level == TOWNSHIP else case.county_code_determiner


def _asked_of(level: int) -> Determiner:
    """A code that is still asked for is nobody's mistake: CODE-07 speaks of codes that are given."""
    return Determiner.PROVINCE if level == TOWNSHIP else Determiner.MINISTRY


def _held(view: View, key: Key) -> str:
    unit = view.register.units.get(key) if isinstance(key, int) else None
    if unit is None:
        return ""
    return next((code.code for code in unit.codes_on(view.plan.day) if code.authority == MCA), "")


def _code_of(view: View, key: Key | None) -> str | None:
    """The legal code of a unit after the plan, None where it has none."""
    if key is None:
        return None
    given = next((one.code for one in view.plan.codes_assigned if one.unit == key), None)
    return given or _held(view, key) or None


def _is_replaced(view: View, key: Key) -> bool:
    """Whether something in the decision calls for another code: its own act, another county above, or that county's new code."""
    if any(one.key == key and one.kind in (ActKind.RECODE, ActKind.CHANGE_AFFILIATION) for one in subjects(view)):
        return True
    before, after = view.before(key), view.after(key)
    if before is None or after is None or before.parent != after.parent:
        return True
    coded = {one.unit for one in view.plan.codes_assigned} | {one.unit for one in view.plan.codes_needed}
    return after.parent in coded


def _sequences(view: View) -> list[tuple[str, str]]:
    """(county's code, type) in which the plan proposes codes, each once."""
    wanted = [one.unit for one in view.plan.codes_assigned if one.proposed]
    wanted += [one.unit for one in view.plan.codes_needed if one.level == TOWNSHIP]
    found = []
    for key in wanted:
        state = view.after(key)
        county = _code_of(view, state.parent) if state is not None else None
        if state is not None and county is not None and len(county) == 6:
            found.append((county, state.type))
    return list(dict.fromkeys(found))
