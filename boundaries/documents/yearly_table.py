"""县以下行政区划变更情况: the yearly table in the layout of the ministry's list, .xlsx.

Columns as in the published lists: 序号, 变更前 (代码, 名称), 变更原因, 变更后 (代码, 名称), 批准文号. Cells that repeat within one
approval are merged, as there; never across approvals, where the published list of 2017 went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties

from gis.services.spreadsheets import saved, text_cell

_THIN = Side(style="thin")
_EDGES = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
_WIDTHS = (7, 14, 22, 18, 14, 22, 34)
FIRST_ROW = 4


@dataclass(frozen=True)
class Row:
    """One change; empty on the left for a unit set up out of nothing named, on the right for one abolished into nothing named."""

    from_code: str
    from_name: str
    reason: str
    to_code: str
    to_name: str
    document: str


def yearly_table(title: str, rows: Sequence[Row]) -> bytes:
    """The workbook's bytes; `title` stands in the first row and as the sheet's name."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "县以下行政区划变更情况"
    sheet.append([text_cell(title)])
    sheet.append(["序号", "变更前", "", "变更原因", "变更后", "", "批准文号"])
    sheet.append(["", "区划代码", "名称", "", "区划代码", "名称", ""])
    for number, row in enumerate(rows, 1):
        cells = (number, row.from_code, row.from_name, row.reason, row.to_code, row.to_name, row.document)
        sheet.append([text_cell(cell) or None for cell in cells])
    for area in ("A1:G1", "A2:A3", "B2:C2", "D2:D3", "E2:F2", "G2:G3"):
        sheet.merge_cells(area)
    if not rows:
        sheet.append(["", "", "", "本年度没有县以下行政区划变更"])
    _merge_runs(sheet, rows)
    for line in sheet.iter_rows(min_row=2, max_col=7):
        for cell in line:
            cell.border, cell.alignment = _EDGES, _CENTRED
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), _CENTRED
    for line in sheet.iter_rows(min_row=2, max_row=3, max_col=7):
        for cell in line:
            cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.print_title_rows = "2:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return saved(book)


def _merge_runs(sheet: object, rows: Sequence[Row]) -> None:
    """Left half, reason, right half and approval, each where consecutive rows of one approval repeat it."""
    keys: tuple[tuple[str, Callable[[Row], tuple[str, ...]]], ...] = (
        ("BC", lambda row: (row.from_code, row.from_name)),
        ("D", lambda row: (row.reason,)),
        ("EF", lambda row: (row.to_code, row.to_name)),
        ("G", lambda row: (row.document,)),
    )
    for columns, key in keys:
        start = 0
        for end in range(1, len(rows) + 1):
            if end < len(rows) and rows[end].document == rows[start].document and key(rows[end]) == key(rows[start]):
                continue
            if end - start > 1 and rows[start].document and any(key(rows[start])):
                for column in columns:
                    sheet.merge_cells(f"{column}{FIRST_ROW + start}:{column}{FIRST_ROW + end - 1}")  # type: ignore[attr-defined]
            start = end
