"""Tables of indicator values: ``indicator,value,unit,year,source[,division code][,basis]`` as CSV or XLSX.

First a preview with what is wrong row by row, then the whole table or nothing of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import IndicatorValue, Source, SourceKind
from boundaries.rules import indicators as rules
from boundaries.services.indicator_entries import Entry, Problem, Ready, basis_of, find_indicator, judge_entry, year_of
from boundaries.services.indicators import Saved, refuse, save, with_geometry
from boundaries.services.places import Place, codes_by_text, places_on
from boundaries.services.tables import Row, read_table
from gis.accounts.models import User
from gis.errors import InvalidInputError

# Headings as offices write them; compared without blanks, in lower case.
COLUMNS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "指标", "指标名称", "指标代码"),
    "value": ("value", "数值", "值", "取值"),
    "unit": ("unit", "单位", "计量单位"),
    "year": ("year", "年份", "年度"),
    "source": ("source", "来源", "出处", "来源文件", "数据来源"),
    "division": ("division", "divisioncode", "division_code", "code", "区划代码", "代码", "行政区划代码"),
    "basis": ("basis", "口径", "人口口径"),
}
REQUIRED = ("indicator", "value", "unit", "year", "source")
NAMES = {
    "indicator": "指标",
    "value": "数值",
    "unit": "单位",
    "year": "年份",
    "source": "来源",
    "division": "区划代码",
    "basis": "口径",
}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the table with what would become of it: ``new``, ``corrects``, ``same`` or ``refused``."""

    number: int
    place: Place | None
    division_code: str
    indicator: str
    value: str
    unit: str
    year: str
    document: str
    basis: str
    outcome: str
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Preview:
    name: str
    sha256: str
    rows: list[PreviewRow] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.warning]

    def count(self, outcome: str) -> int:
        return sum(1 for row in self.rows if row.outcome == outcome)


def columns_of(heading: Row, required: Sequence[str] = REQUIRED) -> dict[str, int]:
    """Field → column. Raises `InvalidInputError` naming the columns that are missing."""
    found: dict[str, int] = {}
    for index, cell in enumerate(heading.cells):
        wanted = "".join(cell.lower().split())
        for name, spellings in COLUMNS.items():
            if wanted in spellings:
                found.setdefault(name, index)
    missing = [name for name in required if name not in found]
    if missing:
        words = "、".join(f"{name}（{NAMES[name]}）" for name in missing)
        raise InvalidInputError(
            "columns_missing",
            _("表头缺少列：%(missing)s。第一行应为 indicator,value,unit,year,source。") % {"missing": words},
            missing=missing,
        )
    return found


def read_entries(data: bytes, name: str) -> tuple[list[Entry], list[Problem], list[str]]:
    """The rows as entries (division 0), the formula cells among them, and the division code of each row ("" when there is none)."""
    rows = read_table(data, name)
    columns = columns_of(rows[0])
    entries: list[Entry] = []
    problems: list[Problem] = []
    codes: list[str] = []
    for row in rows[1:]:
        cells = {key: row.cells[index].strip() if index < len(row.cells) else "" for key, index in columns.items()}
        if not cells["value"] and not cells["source"]:
            continue  # a line of the blank table that nobody filled in
        entries.append(
            Entry(
                0,
                cells["indicator"],
                cells["value"],
                cells["unit"],
                cells["year"],
                cells["source"],
                cells.get("basis", ""),
                row.number,
            )
        )
        codes.append(cells.get("division", ""))
        for key, index in columns.items():
            if index in row.formulas:
                problems.append(
                    Problem(row.number, key, "formula_cell", f"“{NAMES[key]}”是公式，请粘贴为数值再导入。",
                            f"“{key}” is a formula; paste it as a value first.")
                )  # fmt: skip
    if not entries:
        raise InvalidInputError("empty_file", _("文件 %(name)s 没有填写数据的行。") % {"name": name[:100]})
    return entries, problems, codes


def values_in_file(data: bytes, name: str) -> dict[str, rules.IndicatorValue]:
    """The table as values to judge at once, without keeping them; a division column is ignored. Raises when any row is wrong.

    Figures that the register would compute may be given here: the caller asks "what if".
    """
    entries, problems, _codes = read_entries(data, name)
    values: dict[str, rules.IndicatorValue] = {}
    for entry in entries:
        indicator = find_indicator(entry.indicator)
        if indicator is None:
            problems += judge_entry(entry, has_geometry=False)[1]
            continue
        if indicator.id in values:
            problems.append(_duplicate(entry.row, indicator))
            continue
        _ready, found = judge_entry(entry, has_geometry=False)
        problems += [problem for problem in found if not problem.warning and problem.code != "computed_not_typed"]
        values[indicator.id] = rules.IndicatorValue(
            value=entry.value,
            unit=entry.unit,
            year=year_of(entry),
            source=entry.document,
            basis=basis_of(entry, []),
        )
    if problems:
        refuse_rows(problems)
    return values


def refuse_rows(problems: Sequence[Problem]) -> None:
    """Raises with the first problem in words, its row, and all of them for programs."""
    first = problems[0]
    try:
        refuse(problems)
    except InvalidInputError as error:
        raise InvalidInputError(
            error.code,
            _("第 %(row)d 行：%(message)s") % {"row": first.row, "message": first.message},
            **error.details,
        ) from None


def preview(data: bytes, name: str, actor: User | None, division: int | None = None, on: date | None = None) -> Preview:
    """What importing the table would do, row by row; nothing is written. `division` is taken where a row names no code."""
    entries, problems, codes = read_entries(data, name)
    return preview_entries(entries, problems, codes, name, hashlib.sha256(data).hexdigest(), actor, division, on)


def preview_entries(
    entries: Sequence[Entry],
    problems: Sequence[Problem],
    codes: Sequence[str],
    name: str,
    sha256: str,
    actor: User | None,
    division: int | None = None,
    on: date | None = None,
) -> Preview:
    """As `preview`, of rows that were read already: entries (division 0) with the division code of each."""
    day = on or timezone.localdate()
    by_code = codes_by_text({code for code in codes if code}, day)
    places = places_on(day)
    located = [by_code[code][0] if code in by_code else (division if not code else None) for code in codes]
    known = {one for one in located if one is not None}
    permitted = {one for one in known if actor is None or policies.may_edit_indicators(actor, one)}
    drawn = with_geometry(list(known))
    result = Preview(name, sha256)
    formulas: dict[int, list[Problem]] = {}
    for problem in problems:
        formulas.setdefault(problem.row, []).append(problem)
    held = _held(known)
    seen: set[tuple[int, str, int]] = set()
    for entry, code, at in zip(entries, codes, located, strict=True):
        found = list(formulas.get(entry.row, []))
        found += _place_problems(entry, code, at, at in permitted)
        ready, more = judge_entry(
            Entry(at or 0, entry.indicator, entry.value, entry.unit, entry.year, entry.document, entry.basis, entry.row),
            has_geometry=at in drawn,
        )
        found += more
        if ready is not None and at is not None:
            key = (at, ready.indicator.id, ready.year)
            if key in seen:
                found.append(_duplicate(entry.row, ready.indicator))
            seen.add(key)
        outcome = "refused" if ready is None or any(not one.warning for one in found) else _outcome(ready, held)
        if ready is not None and outcome != "refused":
            result.ready.append(ready)
        result.problems += found
        result.rows.append(_row(entry, code, places.get(at) if at is not None else None, outcome, found))
    return result


def _row(entry: Entry, code: str, place: Place | None, outcome: str, found: Sequence[Problem]) -> PreviewRow:
    return PreviewRow(
        entry.row,
        place,
        code,
        entry.indicator,
        entry.value,
        entry.unit,
        entry.year,
        entry.document,
        entry.basis,
        outcome,
        tuple(found),
    )


def _place_problems(entry: Entry, code: str, at: int | None, permitted: bool) -> list[Problem]:
    if at is None and not code:
        return [Problem(entry.row, "division", "division_missing", "没有区划代码，也没有指定区划。", "There is no division code.")]
    if at is None:
        shown = code[:40]
        return [
            Problem(
                entry.row,
                "division",
                "unknown_code",
                f"没有代码为“{shown}”的区划。",
                f"There is no division with the code “{shown}”.",
            )
        ]
    if not permitted:
        return [
            Problem(
                entry.row, "division", "forbidden", "您的职责或管辖地域不包括这个区划。", "Your duties do not cover this division."
            )
        ]
    return []


def _duplicate(row: int, indicator: rules.Indicator) -> Problem:
    return Problem(
        row, "indicator", "duplicate_row", f"“{indicator.name}”同一年份在文件中出现两次。",
        f"“{indicator.name_en}” is given twice for the same year.",
    )  # fmt: skip


Held = Mapping[tuple[int, str, int], IndicatorValue]


def _held(divisions: set[int]) -> Held:
    rows = IndicatorValue.objects.filter(recorded__upper_inf=True, division__in=divisions)
    return {(row.division_id, row.indicator, row.year): row for row in rows}


def _outcome(ready: Ready, held: Held) -> str:
    before = held.get((ready.division, ready.indicator.id, ready.year))
    if before is None:
        return "new"
    same = (before.number, before.text, before.unit, before.basis, before.document) == (
        ready.number,
        ready.text,
        ready.unit,
        ready.basis,
        ready.document,
    )
    return "same" if same else "corrects"


def commit(plan: Preview, actor: User | None, reason: str = "") -> Saved:
    """Saves a preview without errors, whole, in one transaction; the file itself becomes the source of every value."""
    if plan.errors:
        refuse_rows(plan.errors)
    return commit_ready(plan, actor, reason)[0]


def commit_ready(plan: Preview, actor: User | None, reason: str = "") -> tuple[Saved, Source]:
    """Saves the rows of a preview that are right, for somebody who has seen which are not."""
    with transaction.atomic():
        source = Source.objects.create(
            kind=SourceKind.ENTRY, title=f"指标表导入：{plan.name}"[:300], sha256=plan.sha256, recorded_by=actor
        )
        return save(plan.ready, source, actor, reason), source
