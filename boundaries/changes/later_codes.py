"""Codes that come after a decision: determined and published up to a month later (行政区划管理条例第十七条).

What the plan of the decision left open, judged by the same rules on codes as the plan itself. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from boundaries.changes.findings import named
from boundaries.changes.register import TOWNSHIP
from boundaries.rules.code_allocation import propose
from boundaries.rules.code_changes import CodeChange, CodeFate, Determiner, check_code_change
from boundaries.rules.codes import MCA, check_code
from boundaries.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class LaterCode:
    """A unit whose legal code a decision leaves to be determined, as it was on the day of effect.

    new       the decision made the unit; else it had `old_code`, which ends that day (`old_ends` None: still open)
    code      what was determined since, empty while it is awaited
    parent    legal code of the unit above, None while that is not known either
    """

    division: int
    name: str
    type: str
    level: int
    new: bool
    old_code: str
    old_ends: date | None
    code: str
    above: int | None
    parent: str | None

    @property
    def awaited(self) -> bool:
        return not self.code


def proposals(units: Iterable[LaterCode], used: Collection[str]) -> dict[int, str]:
    """The next codes in sequence (CODE-03) for awaited townships whose county's code is known, by division; none twice."""
    taken = set(used)
    found: dict[int, str] = {}
    for one in sorted(units, key=lambda unit: (unit.old_code or "~", unit.division)):
        if one.level != TOWNSHIP or one.parent is None or len(one.parent) != 6:
            continue
        code = propose(one.parent, one.type, taken).code
        if code:
            taken.add(code)
            found[one.division] = code
    return found


def check_later(
    units: Iterable[LaterCode],
    approved_on: date,
    effective_on: date,
    *,
    determiner: Determiner | None = None,
    used: Collection[str] = (),
    expected: Mapping[int, str] | None = None,
) -> list[Finding]:
    """CODE-01 … CODE-08 on these units as they stand. used: every code ever held, a unit's own left out.

    A code that is still awaited is nobody's mistake, so CODE-07 is asked of codes that are there, and only where it is known who
    determined them.
    """
    found: list[Finding] = []
    for one in units:
        change = CodeChange(
            level=one.level,
            fate=CodeFate.ASSIGNED if one.new else CodeFate.REPLACED,
            approved_on=approved_on,
            effective_on=effective_on,
            old_code=one.old_code,
            old_ends=one.old_ends,
            new_code=one.code,
            determiner=determiner,
            expected=(expected or {}).get(one.division, ""),
        )
        said = check_code_change(change, used)
        if determiner is None:
            said = [finding for finding in said if finding.rule != "CODE-07"]
        if one.code:
            said += check_code(one.code, one.level, one.type, MCA, one.parent)
        found += named(one.name, one.division, said)
    return found


def coded(one: LaterCode, code: str, day: date) -> LaterCode:
    """The unit as it will stand with `code` from `day` on."""
    return replace(one, code=code, old_ends=day if one.old_code else None)
