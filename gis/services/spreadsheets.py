"""Tables that people take away to a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | date | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# Also the full-width forms, which East Asian programs take for the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Blanks and marks that a program may drop from the start of a cell before it looks at it.
_DROPPED = " \u00a0\u3000\u200b\u200e\u200f\ufeff\x00\x0b\x0c"
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


def harmless(cell: Cell) -> Cell:
    """A spreadsheet takes text that begins like a formula for one; an apostrophe before it keeps it text (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell.lstrip(_DROPPED).startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def as_written(text: str) -> str:
    """Text as it was before `harmless`: the apostrophe it put before what looks like a formula is taken off again."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte-order mark, which Chinese Excel needs to read it rightly.

    All text is quoted, so that none of it becomes a cell of its own where a program takes semicolons or tabs for separators.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([harmless(heading) for heading in headings])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def as_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet, its heading frozen. Text stays text: codes keep their digits, formulas are none."""
    return as_book([(title, headings, rows)])


def as_book(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """Several sheets, each (title, headings, rows)."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, headings, rows in sheets:
        _fill(book.create_sheet(_title(title)), headings, rows)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet.append([text_cell(heading) for heading in headings])
    widths = [_width(heading) for heading in headings]
    for row in rows:
        sheet.append([text_cell(cell) for cell in row])
        widths = [max(old, _width(str(cell or ""))) for old, cell in zip(widths, row, strict=True)]
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="center")
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(width + 2, 60)
    sheet.freeze_panes = "A2"


def text_cell(cell: Cell) -> Cell:
    """What may stand in a cell: no formula, no character that XML forbids."""
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", cell)) if isinstance(cell, str) else cell


def _title(title: str) -> str:
    """A sheet's name as programs allow it: 31 characters, no apostrophe at its ends, none of []:*?/\\."""
    return _NOT_IN_TITLES.sub(" ", ILLEGAL_CHARACTERS_RE.sub("", title)).strip("'")[:31] or "1"


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
