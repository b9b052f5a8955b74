"""From a table of text to observations for the register: codes, names, levels and parents checked row by row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from boundaries.models import Authority, DivisionType
from boundaries.rules import codes, names
from boundaries.services.register import Observation
from importers.fields import Fields
from importers.levels import label, level_named
from importers.problems import Problem, short
from importers.readers import Table


@dataclass
class Observations:
    """Usable rows: `rows` (from 0, positions in the table) aligned with `observations`."""

    rows: list[int] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    prefixes_removed: int = 0
    offices_renamed: int = 0


# Names of parents by code; asked once for all codes that are not in the file itself.
ParentNames = Callable[[set[str]], Mapping[str, str]]


def observe(
    table: Table,
    fields: Fields,
    level: int | None,
    authority: str,
    parent_names: ParentNames,
    skipped: Collection[int] = frozenset(),
) -> Observations:
    """Reads every row but those `skipped` (positions from 0); a row with an error is left out and told. `level` None: each row's
    own level column, else its digits.
    """
    found = Observations()
    first_row: dict[str, int] = {}
    cells = [table.columns[column] if column else None for column in (fields.code, fields.name, fields.parent, fields.level)]
    parents: dict[str, str] = {}  # one text for each, however many rows name it
    drafts: list[Observation] = []
    for row in range(table.count):
        if row in skipped:
            continue
        code, name, parent, own_level = (column[row] if column is not None else "" for column in cells)
        draft = _draft(row, code, name, parent, own_level, fields, level, found.problems, parents)
        if draft is None:
            continue
        if draft.code in first_row:
            values = {"value": draft.code, "first": first_row[draft.code] + 1}
            found.problems.append(Problem("duplicate_code", row + 1, fields.code, values))
            continue
        first_row[draft.code] = row
        found.rows.append(row)
        drafts.append(draft)
    known = {parent: "" for parent in parents}
    known |= {draft.code: draft.name for draft in drafts if draft.code in known}
    known |= parent_names({code for code in parents if code not in first_row})
    found.observations = drafts
    words: dict[str, Callable[[str], tuple[str, str]]] = {}
    for index, row in enumerate(found.rows):
        drafts[index] = seen = _named(drafts[index], known.get(drafts[index].parent or "", ""), authority, found)
        for rule, what in codes.flaws(seen.code, seen.level, seen.type, authority, seen.parent):
            own = words.get(what) or words.setdefault(what, partial(codes.sentences, what))
            found.problems.append(Problem(what, row + 1, fields.code, rule=rule, own=own, about=seen.code))
    return found


def _draft(
    row: int,
    code: str,
    name: str,
    parent: str,
    own_level: str,
    fields: Fields,
    level: int | None,
    problems: list[Problem],
    parents: dict[str, str],
) -> Observation | None:
    """A row's code, level, raw name and parent; None when one of them makes it unusable."""
    number = row + 1
    before = len(problems)
    if level is None:
        level = level_named(own_level) if own_level else None
        if own_level and level is None:
            problems.append(Problem("level_unknown", number, fields.level or "", {"value": short(own_level)}))
            return None
    canonical = _code(number, code, level, fields.code, problems)
    clean = names.clean(name)
    for fault in names.faults(clean):
        values: dict[str, Any] = {"value": short(clean), "length": len(clean), "limit": names.LONGEST}
        problems.append(Problem(f"name_{fault}", number, fields.name, values))
    if canonical is None or len(problems) > before:
        return None
    level = level or codes.level_of(canonical)
    above = _parent(number, parent, canonical, level, fields, problems)
    return Observation(canonical, clean, clean, "", level, "unknown", None if above is None else parents.setdefault(above, above))


def _code(number: int, text: str, level: int | None, column: str, problems: list[Problem]) -> str | None:
    try:
        return codes.canonical(text, level or codes.level_of(codes.digits(text)))
    except codes.CodeError as error:
        values: dict[str, Any] = {"value": short(text)}
        if error.reason == "level" and error.level is not None and level is not None:
            values |= {
                "actual": label(error.level),
                "expected": label(level),
                "actual_number": error.level,
                "expected_number": level,
            }
            problems.append(Problem("code_level_mismatch", number, column, values))
        else:
            problems.append(Problem(f"code_{error.reason}", number, column, values))
        return None


def _parent(number: int, text: str, code: str, level: int, fields: Fields, problems: list[Problem]) -> str | None:
    """The parent the file names, else the one the digits name. A county under the province (419001) hangs under the province."""
    own = codes.parent_of(code, level)
    if own is None or not text or not fields.parent:
        return own
    try:
        digits = codes.digits(text)
    except codes.CodeError:
        problems.append(Problem("parent_bad", number, fields.parent, {"value": short(text)}))
        return own
    above = codes.level_of(digits)
    named = codes.canonical(digits, above)
    if named == code and own == code[:2] + "0000":
        return own  # 济源 is listed as its own prefecture
    if named == code or above >= level:
        problems.append(Problem("parent_bad", number, fields.parent, {"value": short(text)}))
        return own
    # 省直辖县级行政区划 only groups units that hang under the province itself.
    return own if above == 2 and codes.is_grouping(named) else named


def _named(draft: Observation, parent_name: str, authority: str, found: Observations) -> Observation:
    """The row with its name in standard form, taken apart, and with the type that name and code together say."""
    plain = names.without_prefix(draft.name, draft.level, parent_name)
    standard = names.standard_form(plain, draft.level)
    found.prefixes_removed += plain != draft.name
    found.offices_renamed += standard != plain
    parts = names.split(standard, draft.level)
    kind = _type(draft.code, draft.level, parts.type, authority)
    return Observation(draft.code, standard, parts.proper, parts.generic, draft.level, kind, draft.parent)


def _type(code: str, level: int, by_name: str, authority: str) -> str:
    """Development zones, grouping rows and bodies without a generic term are statistical units in a statistical list."""
    if authority == Authority.NBS:
        if level == 3 and codes.is_development_zone(code):
            return DivisionType.STATISTICAL
        if level <= 3 and codes.is_grouping(code):
            return DivisionType.STATISTICAL
        if by_name == DivisionType.UNKNOWN:
            return codes.kind_of_village(code) if level == 5 else DivisionType.STATISTICAL
    return by_name
