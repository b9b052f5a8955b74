"""The yearly lists of changes below the county (县以下行政区划变更情况) as tables: one row for a unit that went or came.

Columns: year, seq, from_code, from_name, reason, to_code, to_name, approval_doc. Merged cells of the lists are expected to be
resolved; a row may lack its left half (a unit set up, of which the list does not say out of what) or its right half (a unit
abolished).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from importers.readers.errors import refuse
from importers.readers.table import Table

COLUMNS: Final = ("year", "seq", "from_code", "from_name", "to_code", "to_name", "approval_doc")
_NUMBER = re.compile(r"[\u4e00-\u9fff]+[〔\[﹝（(]\d{4}[〕\]﹞）)]第?\d+号")


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """A row as it came. `place`: its number among the data rows of `file`, from 1, and its line; `documents`: the numbers of its
    approvals in the order written."""

    file: str
    place: tuple[int, int]
    year: int
    seq: str
    from_code: str
    from_name: str
    reason: str
    to_code: str
    to_name: str
    documents: tuple[str, ...]

    @property
    def document(self) -> str:
        """The approval proper: the department's, where a lower government's notice stands beside it."""
        return next((number for number in self.documents if number.startswith("豫民")), self.documents[0] if self.documents else "")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that says nothing usable: `reason` is year, code or nothing."""

    file: str
    place: tuple[int, int]
    reason: str
    text: str


def rows_of(table: Table, file: str) -> tuple[list[OfficialRow], list[BadRow]]:
    """Every row, and those that cannot be read. Raises `InvalidInputError` (missing_field)."""
    if missing := [name for name in COLUMNS if name not in table.columns]:
        raise refuse("missing_field", _("“%(name)s”缺少列：%(columns)s。"), name=file, columns="、".join(missing))
    reasons = table.columns.get("reason") or table.columns.get("official_reason") or [""] * table.count
    found: list[OfficialRow] = []
    bad: list[BadRow] = []
    for index in range(table.count):
        year, seq, from_code, from_name, to_code, to_name, cell = (table.columns[name][index].strip() for name in COLUMNS)
        place = (index + 1, table.lines[index] if table.lines else index + 2)
        fault = _fault(year, (from_code, from_name), (to_code, to_name))
        if fault:
            bad.append(BadRow(file, place, fault, " ".join(filter(None, (year, from_code, from_name, to_code, to_name)))))
            continue
        numbers = tuple(dict.fromkeys(_NUMBER.findall(cell))) or ((cell,) if cell else ())
        found.append(OfficialRow(file, place, int(year), seq, from_code, from_name, reasons[index], to_code, to_name, numbers))
    return found, bad


def _fault(year: str, *halves: tuple[str, str]) -> str:
    if not re.fullmatch(r"(19|20|21)\d\d", year):
        return "year"
    if not any(code for code, _name in halves):
        return "nothing"
    for code, name in halves:
        if bool(code) != bool(name) or (code and not re.fullmatch(r"[1-9]\d{8}", code)):
            return "code"
    return ""
