"""What a change does to the code of a unit: CODE-03 … CODE-07, after 《行政区划代码管理办法》 §5 and §6.

The Measures are in force since 1 September 2025. What was approved before is shown as information only: the practice of that time
was not seen in a text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from boundaries.rules.acts import ActKind
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.in_force import CODES

BASIS_5 = "行政区划代码管理办法（民政部令第79号）第五条"
BASIS_6 = "行政区划代码管理办法（民政部令第79号）第六条"
BASIS_SEQUENCE = f"{BASIS_6}；顺序编制、废码不用依新华社报道（二手）"


class CodeFate(StrEnum):
    """What becomes of the code of one unit."""

    ASSIGNED = "assigned"
    CLOSED = "closed"
    KEPT = "kept"
    REPLACED = "replaced"


# What an act does to codes: of the unit itself, or of the units it ends and begins. A type change, a merger and a division each
# close and assign; a unit that lives on through them keeps its code.
FATES: Mapping[ActKind, frozenset[CodeFate]] = {
    ActKind.ESTABLISH: frozenset({CodeFate.ASSIGNED}),
    ActKind.ABOLISH: frozenset({CodeFate.CLOSED}),
    ActKind.CHANGE_TYPE: frozenset({CodeFate.CLOSED, CodeFate.ASSIGNED}),
    ActKind.MERGE: frozenset({CodeFate.CLOSED, CodeFate.ASSIGNED, CodeFate.KEPT}),
    ActKind.SPLIT: frozenset({CodeFate.CLOSED, CodeFate.ASSIGNED, CodeFate.KEPT}),
    ActKind.RENAME: frozenset({CodeFate.KEPT}),
    ActKind.MOVE_SEAT: frozenset({CodeFate.KEPT}),
    ActKind.CHANGE_BOUNDARY: frozenset({CodeFate.KEPT}),
    ActKind.TRANSFER_VILLAGES: frozenset({CodeFate.KEPT}),
    ActKind.CHANGE_AFFILIATION: frozenset({CodeFate.REPLACED}),
    ActKind.RECODE: frozenset({CodeFate.REPLACED}),
}


class Determiner(StrEnum):
    """Who determined a code."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


DETERMINER_NAMES: Mapping[Determiner, tuple[str, str]] = {
    Determiner.MINISTRY: ("民政部", "the Ministry of Civil Affairs"),
    Determiner.PROVINCE: ("省民政厅", "the provincial department of civil affairs"),
    Determiner.CITY: ("市民政局", "the city's civil affairs"),
    Determiner.COUNTY: ("县民政局", "the county's civil affairs"),
}


@dataclass(frozen=True, slots=True)
class CodeChange:
    """The legal code of one unit before and after a decision.

    level         3 county … as in the register; codes have six digits down to the county, nine for townships
    effective_on  first day of the new state, on which the old code is no longer valid
    old_ends      end of the old code's validity, exclusive; None = still open
    expected      the code the allocator proposes, empty where it has none (counties, a full segment)
    """

    level: int
    fate: CodeFate
    approved_on: date
    effective_on: date
    old_code: str = ""
    old_ends: date | None = None
    new_code: str = ""
    determiner: Determiner | None = None
    expected: str = ""


def check_code_change(change: CodeChange, ever_used: Collection[str]) -> list[Finding]:
    """CODE-03 … CODE-07. ever_used: every code ever held by any unit, the new code's own row left out."""
    found = [
        *check_assignment(change, ever_used),
        *check_closing(change),
        *check_kept(change),
        *check_replaced(change),
        *check_determiner(change),
    ]
    if CODES.applies_on(change.approved_on):
        return found
    return [
        replace(
            one,
            severity=Severity.INFO,
            message_zh=f"{one.message_zh}（该办法自2025年9月1日起施行，此前批准的仅提示。）",
            message_en=f"{one.message_en} (The Measures apply from 1 September 2025; earlier approvals are only told.)",
        )
        for one in found
    ]


def check_assignment(change: CodeChange, ever_used: Collection[str]) -> Iterator[Finding]:
    """CODE-03: a new unit has a new code, never one used before, the next of its sequence."""
    if change.fate not in (CodeFate.ASSIGNED, CodeFate.REPLACED):
        return
    code = change.new_code
    if not code:
        if change.fate is CodeFate.ASSIGNED:
            yield _block("CODE-03", "code_not_assigned", "设立的区划没有新的行政区划代码。", "The new unit has no code.", "code")
        return
    if code in ever_used and code != change.old_code:
        yield Finding("CODE-03", Severity.BLOCK, BASIS_SEQUENCE, "code_used_before",
                      f"代码{code}曾经使用，废码不用。", f"Code {code} was used before and is not given again.", code)  # fmt: skip
    elif change.expected and code != change.expected:
        yield Finding("CODE-03", Severity.WARN, BASIS_SEQUENCE, "not_next_in_sequence",
                      f"代码{code}不是顺序编制的下一个代码（{change.expected}），请核对确定代码的文件。",
                      f"Code {code} is not the next of its sequence ({change.expected}); check the document that gave it.",
                      code)  # fmt: skip


def check_closing(change: CodeChange) -> Iterator[Finding]:
    """CODE-04: the code of an abolished unit ends on the day the change takes effect and stays in the history."""
    if change.fate is CodeFate.CLOSED:
        yield from _ended("CODE-04", change)


def check_kept(change: CodeChange) -> Iterator[Finding]:
    """CODE-05: a renaming, a move of the seat and a boundary change leave the code as it is."""
    if change.fate is CodeFate.KEPT and change.new_code and change.new_code != change.old_code:
        yield _block("CODE-05", "code_changed",
                     f"更名、驻地迁移、界线变更不改变代码，不应由{change.old_code}改为{change.new_code}。",
                     f"Renaming, seat and boundary leave the code {change.old_code}; {change.new_code} is wrong.",
                     change.old_code)  # fmt: skip
    elif change.fate is CodeFate.KEPT and change.old_ends is not None:
        yield _block("CODE-05", "code_closed", f"代码{change.old_code}应继续有效，不应废止。",
                     f"Code {change.old_code} stays valid and is not closed.", change.old_code)  # fmt: skip


def check_replaced(change: CodeChange) -> Iterator[Finding]:
    """CODE-06: a change of subordination (隶属, 代管) closes the old code and assigns another."""
    if change.fate is not CodeFate.REPLACED:
        return
    yield from _ended("CODE-06", change)
    if not change.new_code:
        yield _block("CODE-06", "code_not_assigned", "隶属或代管关系变更后没有新的代码。",
                     "After the change of subordination there is no new code.", "code")  # fmt: skip
    elif change.new_code == change.old_code:
        yield _block("CODE-06", "code_not_replaced", f"隶属或代管关系变更，代码{change.old_code}应废止并赋予新代码。",
                     f"With the subordination the code changes; {change.old_code} is retired.", change.old_code)  # fmt: skip


def _ended(rule: str, change: CodeChange) -> Iterator[Finding]:
    if not change.old_code:
        yield _block(rule, "old_code_unknown", "没有原代码的记录。", "The old code is not on record.", "code")
    elif change.old_ends is None:
        yield _block(rule, "code_not_closed", f"原代码{change.old_code}没有废止日期。",
                     f"Code {change.old_code} has no end.", change.old_code)  # fmt: skip
    elif change.old_ends != change.effective_on:
        yield _block(rule, "code_ends_on_another_day",
                     f"原代码{change.old_code}止于{change.old_ends}，与变更生效日{change.effective_on}不一致。",
                     f"Code {change.old_code} ends on {change.old_ends}, the change takes effect on {change.effective_on}.",
                     change.old_code)  # fmt: skip


def check_determiner(change: CodeChange) -> Iterator[Finding]:
    """CODE-07: codes down to the county are determined by the ministry, of townships by the province's department."""
    if change.fate not in (CodeFate.ASSIGNED, CodeFate.REPLACED) or change.level > 4:
        return
    right = Determiner.PROVINCE if change.level == 4 else Determiner.MINISTRY
    if change.determiner is right:
        return
    zh, en = DETERMINER_NAMES[right]
    stated = f"所录为{DETERMINER_NAMES[change.determiner][0]}" if change.determiner else "没有写明由谁确定"
    stated_en = f"recorded is {DETERMINER_NAMES[change.determiner][1]}" if change.determiner else "nobody is recorded"
    yield Finding("CODE-07", Severity.BLOCK, BASIS_5, "wrong_determiner",
                  f"代码由{zh}确定，{stated}。", f"The code is determined by {en}; {stated_en}.", "determiner")  # fmt: skip


def _block(rule: str, code: str, zh: str, en: str, subject: str) -> Finding:
    return Finding(rule, Severity.BLOCK, BASIS_6, code, zh, en, subject)
