"""A plain table as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def inert(text: str) -> str:
    """A name that begins like a formula stays text when the table is opened in a spreadsheet."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def sheet(title: str, rows: Iterable[Sequence[Any]], widths: Sequence[float], *, frozen_rows: int) -> bytes:
    """One sheet; `widths` of its columns in characters, `frozen_rows` stay in sight. Texts of people come `inert`."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(title)
    for index, width in enumerate(widths):
        page.column_dimensions[get_column_letter(index + 1)].width = width
    page.freeze_panes = f"A{frozen_rows + 1}"
    for row in rows:
        page.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
