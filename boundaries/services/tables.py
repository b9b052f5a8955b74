"""Rows of a CSV or XLSX table that somebody brings, read with bounds: as text, with line numbers, formulas refused.

Nothing here knows what the columns mean.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import openpyxl
from django.utils.translation import gettext as _

from gis.errors import InvalidInputError

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 60
MAX_SHEET_ROW = 1_048_576
MAX_CELL = 2_000

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 1 with the heading, as a spreadsheet shows it. `formulas`: the columns whose cell is a formula."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


def read_table(data: bytes, name: str) -> list[Row]:
    """All rows that are not blank, the heading first. Raises `InvalidInputError` in words when the file is no such table."""
    if not data.strip():
        raise InvalidInputError("empty_file", _("文件 %(name)s 是空的。") % {"name": name[:100]})
    if len(data) > MAX_BYTES:
        raise InvalidInputError("file_too_large", _("表格不超过 %(mb)d MB。") % {"mb": MAX_BYTES // 1024 // 1024})
    if data.startswith(_OLD_EXCEL):
        raise InvalidInputError("old_excel", _("这是旧版 Excel（.xls）文件，请另存为 .xlsx 或 CSV 再导入。"))
    rows = _xlsx(data, name) if data.startswith(_ZIP) else _csv(data, name)
    kept: list[Row] = []
    for row in rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        if len(kept) > MAX_ROWS:
            raise InvalidInputError("too_many_rows", _("表格超过 %(count)d 行，请分成几个文件。") % {"count": MAX_ROWS})
        if len(row.cells) > MAX_COLUMNS:
            raise InvalidInputError(
                "too_many_columns", _("第 %(row)d 行超过 %(count)d 列。") % {"row": row.number, "count": MAX_COLUMNS}
            )
        kept.append(row)
    if not kept:
        raise InvalidInputError("empty_file", _("文件 %(name)s 里没有内容。") % {"name": name[:100]})
    return kept


def _csv(data: bytes, name: str) -> Iterator[Row]:
    text = _decoded(data, name)
    heading = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=heading.count)
    if delimiter == "，":  # a full-width comma typed by hand: csv takes it as any other character
        text = text.replace("，", ",")
        delimiter = ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(cell.strip()[:MAX_CELL] for cell in cells))
    except csv.Error as error:
        raise InvalidInputError(
            "bad_csv", _("第 %(row)d 行不是完整的 CSV（引号没有闭合，或单元格过长）。") % {"row": reader.line_num}
        ) from error


def _decoded(data: bytes, name: str) -> str:
    """UTF-8 or GB18030, which is what Chinese Excel writes; anything with control characters is no table of text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(character) < 32 and character not in "\t\r\n" for character in text):
            return text
    raise InvalidInputError(
        "not_a_table",
        _("文件 %(name)s 不是 CSV 或 XLSX 表格（或编码不是 UTF-8、GB18030）。") % {"name": name[:100]},
    )


def _xlsx(data: bytes, name: str) -> Iterator[Row]:
    unreadable = InvalidInputError(
        "bad_xlsx", _("文件 %(name)s 不是可以读取的 XLSX 工作簿，请用 Excel 或 WPS 重新另存。") % {"name": name[:100]}
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise InvalidInputError("file_too_large", _("工作簿解开后过大，请只保留要导入的工作表。"))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except InvalidInputError:
        raise
    except Exception as error:  # openpyxl lets KeyError, ValueError, BadZipFile and XML errors through, whatever is in the file
        raise unreadable from error
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise unreadable
        sheet.reset_dimensions()  # the dimension written in a file may be a lie
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if number > MAX_SHEET_ROW:  # openpyxl would go on inventing blank rows up to whatever number the file names
                raise unreadable
            yield Row(
                number,
                tuple(_text(cell.value)[:MAX_CELL] for cell in cells),
                frozenset(index for index, cell in enumerate(cells) if cell.data_type == "f"),
            )
    except InvalidInputError:
        raise
    except Exception as error:  # the sheet itself is only read now
        raise unreadable from error
    finally:
        book.close()


def _text(value: object) -> str:
    """What the cell shows, as far as text can say it: 36000.0 is 36000, a date is its ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).strip()
