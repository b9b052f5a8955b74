"""XLSX through openpyxl, read row by row, after a look at the archive that openpyxl does not take.

A sheet whose formats reach to row 1,048,576 ends for us at its last value; the declared size of a sheet is never believed. What
openpyxl's reading mode hides (merged cells, formulas saved without a result) is found in the XML of the sheet as it streams by.
"""

from __future__ import annotations

import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO, Final

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import ARC_STYLE

from gis.errors import InvalidInputError
from importers.readers.errors import refuse
from importers.readers.findings import Findings
from importers.readers.safe_xml import refuse_doctype
from importers.readers.source import Source
from importers.readers.tables.csv_rows import MAX_COLUMNS
from importers.readers.tables.headers import PREVIEW_ROWS, header_of, names_of
from importers.readers.tables.model import XLSX, OpenTable, Row

LAST_ROW: Final = 1_048_576
MAX_ENTRIES: Final = 2_000
MAX_SHEET: Final = 1024 * 1024 * 1024
MAX_STRINGS: Final = 256 * 1024 * 1024
MAX_PART: Final = 32 * 1024 * 1024
MAX_MERGES: Final = 20_000
_CHUNK: Final = 1024 * 1024
# What openpyxl, zipfile and the parsers (their errors are SyntaxErrors) let out when a workbook is damaged.
_BROKEN: Final = (
    InvalidFileException, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, SyntaxError,
    DefusedXmlException, KeyError, IndexError, ValueError, TypeError, AttributeError, OSError, EOFError, NotImplementedError,
    RuntimeError, OverflowError,
)  # fmt: skip
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c\s([^>]{0,200})>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v>[^<]+</(?:\w+:)?v>)?"
)
_CELL_NAME: Final = re.compile(rb'r="([A-Z]{1,3}\d{1,7})"')
_ROW_NUMBER: Final = re.compile(rb'[^>]{0,200}?\br="(\d{1,20})"')


@dataclass
class _Shape:
    """What streaming through the XML of a sheet tells: its last row with a value, merged ranges, formulas."""

    last_row: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # row, column, last row, last column
    formulas: int = 0
    without_value: list[str] = field(default_factory=list)
    without_value_count: int = 0


@contextmanager
def opened(source: Source) -> Iterator[Book]:
    """Raises `InvalidInputError`: bad_workbook, workbook_too_large, xml_doctype, archive_encrypted; also while rows are read."""
    with source.open() as handle, ExitStack() as stack:
        with _typed(source.name):
            archive = stack.enter_context(zipfile.ZipFile(handle))
            _check(archive, source.name)
            book, styled = _loaded(handle)
        yield Book(source.name, archive, book, styled=styled)


@contextmanager
def _typed(name: str) -> Iterator[None]:
    """What a damaged workbook makes others raise, as our own error."""
    try:
        yield
    except InvalidInputError:
        raise
    except _BROKEN as error:
        raise refuse("bad_workbook", _("工作簿“%(name)s”损坏或不是 .xlsx 文件。"), name=name) from error


class _CellsOnly(ExcelReader):
    """openpyxl's reader without the parts that say nothing of cells; exporters get them wrong and they can only fail."""

    def read_properties(self) -> None:
        return

    def read_custom(self) -> None:
        return

    def read_theme(self) -> None:
        return


class _WithoutStyles(zipfile.ZipFile):
    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        if name == ARC_STYLE:
            raise KeyError(name)
        return super().read(name, pwd)


def _loaded(handle: BinaryIO) -> tuple[Any, bool]:
    """The workbook, and whether its styles could be read; without them dates are numbers, which is better than no table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = _CellsOnly(handle, read_only=True, data_only=True, keep_links=False)
        try:
            reader.read()
            return reader.wb, True
        except (TypeError, ValueError):
            reader = _CellsOnly(handle, read_only=True, data_only=True, keep_links=False)
            reader.archive = _WithoutStyles(handle)
            reader.read()
            return reader.wb, False


class Book:
    def __init__(self, name: str, archive: zipfile.ZipFile, book: Any, *, styled: bool) -> None:
        self._name = name
        self._styled = styled
        self._archive = archive
        self._book = book

    @property
    def sheets(self) -> list[str]:
        return [str(sheet.title) for sheet in self._book.worksheets]

    def table(self, wanted: str, findings: Findings) -> OpenTable:
        """A sheet by its name, or the first that is not hidden."""
        sheets = self._book.worksheets
        visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
        chosen = next((sheet for sheet in sheets if sheet.title == wanted), None) if wanted else next(iter(visible), None)
        if chosen is None:
            raise refuse(
                "unknown_sheet",
                _("没有工作表“%(sheet)s”，只有：%(sheets)s。"),
                sheet=wanted[:60],
                sheets="、".join(self.sheets[:20]),
            )
        with _typed(self._name):
            return self._table(chosen, findings)

    def _table(self, sheet: Any, findings: Findings) -> OpenTable:
        title = str(sheet.title)
        shape = self._shape_of(sheet)
        sheet.reset_dimensions()
        if sheet.sheet_state != "visible":
            findings.add("sheet_hidden", {"sheet": title}, sheet=title)
        if not self._styled:
            findings.add("styles_unreadable", {"sheet": title})
        _say_formulas(shape, title, findings)
        first = [row for row in islice(self._rows(sheet, shape.last_row, title, findings), PREVIEW_ROWS)]
        heading = _Heading(first, shape.merges)
        if heading.titles:
            words = " / ".join(" ".join(filter(None, row.cells)) for row in heading.titles)
            findings.add("title_rows", {"sheet": title, "line": 1}, count=len(heading.titles), value=words)
        if heading.missing:
            findings.add("header_missing", {"sheet": title})
        if heading.changed and not heading.missing:
            findings.add("columns_renamed", {"sheet": title, "line": heading.line}, value="、".join(heading.changed))
        if len(heading.names) > MAX_COLUMNS:
            raise refuse("too_many_columns", _("“%(name)s”超过 %(limit)s 列的上限。"), name=self._name, limit=MAX_COLUMNS)
        inside = [merge for merge in shape.merges if heading.last_line < merge[2] and merge[0] <= shape.last_row]
        if inside:
            cell = f"{get_column_letter(inside[0][1])}{inside[0][0]}"
            findings.add("merged_cells", {"sheet": title, "cell": cell}, count=len(inside), cell=cell)
        # The rows of the preview are read again, so that their findings are told once: the preview's own go nowhere.
        return OpenTable(
            names=tuple(heading.names),
            rows=self._data(sheet, shape.last_row, heading, title, findings),
            findings=findings,
            driver=XLSX,
            sheet=title,
            header_line=heading.line,
            hidden=sheet.sheet_state != "visible",
        )

    def _data(self, sheet: Any, last: int, heading: _Heading, title: str, findings: Findings) -> Iterator[Row]:
        width, number = len(heading.names), 0
        for row in self._rows(sheet, last, title, findings, after=heading.last_line, told=True):
            number += 1
            if any(row.cells[width:]):
                findings.add("ragged_row", {"sheet": title, "line": row.line, "row": number})
            cells = row.cells[:width]
            if any(cells):
                missing = width - len(cells)
                yield Row(cells + ("",) * missing, number, row.line, row.types[:width] + " " * missing)
            else:
                number -= 1

    def _rows(self, sheet: Any, last: int, title: str, findings: Findings, *, after: int = 0, told: bool = False) -> Iterator[Row]:
        """Rows that are not empty, as text; `line` is the row of the sheet. Findings of cells only where `told`."""
        if not last:
            return
        try:
            for line, cells in enumerate(sheet.iter_rows(max_row=last), start=1):
                if line <= after or not cells:
                    continue
                read = [_text(cell) for cell in cells[: 4 * MAX_COLUMNS]]
                if told:
                    for column, (words, kind) in enumerate(read, start=1):
                        if kind == "e":
                            where = {"sheet": title, "cell": f"{get_column_letter(column)}{line}"}
                            findings.add("cell_error", where, value=words)
                words_of = tuple("" if kind == "e" else words for words, kind in read)
                if any(words_of):
                    yield Row(words_of, 0, line, "".join(kind for _words, kind in read))
        except _BROKEN as error:
            if told:
                findings.add("broken", {"sheet": title}, reason=str(error).partition("\n")[0])

    def _shape_of(self, sheet: Any) -> _Shape:
        path = str(sheet._worksheet_path)  # openpyxl tells it nowhere else
        shape, row, rest = _Shape(), 0, b""
        with self._archive.open(path) as handle:
            while chunk := handle.read(_CHUNK):
                block = rest + chunk
                cut = max(block.rfind(b"<c "), block.rfind(b"<row "), block.rfind(b":c "), block.rfind(b":row "))
                cut = block.rfind(b"<", 0, cut + 1)
                cut = cut if cut > 0 else max(block.rfind(b"<"), 0)
                row = _look(block[:cut], row, shape)
                rest = block[cut:]
                if len(rest) > 8 * _CHUNK:  # no cell is so large
                    raise refuse("bad_workbook", _("工作簿“%(name)s”损坏或不是 .xlsx 文件。"), name=self._name)
        _look(rest, row, shape)
        if shape.last_row > LAST_ROW:
            raise refuse("bad_workbook", _("工作簿“%(name)s”损坏或不是 .xlsx 文件。"), name=self._name)
        return shape


class _Heading:
    """The heading among the first rows, which may be of several rows joined by merged cells, and its column names."""

    def __init__(self, rows: list[Row], merges: list[tuple[int, int, int, int]]) -> None:
        self.titles: list[Row] = []
        self.missing = False
        self.names: list[str] = []
        self.changed: list[str] = []
        self.line = self.last_line = 0
        if not rows:
            return
        width = max(_filled_to(row) for row in rows)
        spread = {row.line: _spread(row, width, merges) for row in rows}
        index = header_of([spread[row.line] for row in rows])
        if index < 0:
            self.missing = True
            self.names, self.changed = names_of([""] * width)
            return
        header = rows[index]
        self.titles, self.line = rows[:index], header.line
        self.last_line = max(
            [merge[2] for merge in merges if merge[0] == header.line and merge[2] > merge[0]]
            + [
                header.line + 1
                for merge in merges
                if merge[0] == header.line == merge[2] and merge[3] > merge[1] and _below(header, rows)
            ]
            + [header.line]
        )
        self.last_line = min(self.last_line, header.line + 2)
        levels = [spread[row.line] for row in rows if header.line <= row.line <= self.last_line]
        joined = ["/".join(dict.fromkeys(filter(None, (level[column] for level in levels)))) for column in range(width)]
        while joined and not joined[-1]:
            joined.pop()
        self.names, self.changed = names_of(joined)


def _below(header: Row, rows: list[Row]) -> bool:
    """Whether the row under a group heading has words only, as a second row of headings has."""
    under = next((row for row in rows if row.line == header.line + 1), None)
    return under is not None and not any(kind in "nd" and cell for cell, kind in zip(under.cells, under.types, strict=False))


def _spread(row: Row, width: int, merges: list[tuple[int, int, int, int]]) -> list[str]:
    """A row in which a cell merged over some columns stands in each; one over most of the width is a title and stands once."""
    cells = [*row.cells[:width], *([""] * (width - len(row.cells)))]
    for top, left, _bottom, right in merges:
        if top == row.line and right > left and right - left + 1 < 0.6 * width and left <= width:
            cells[left - 1 : min(right, width)] = [cells[left - 1]] * (min(right, width) - left + 1)
    return cells


def _filled_to(row: Row) -> int:
    return max((column for column, cell in enumerate(row.cells, start=1) if cell), default=0)


def _look(block: bytes, row: int, shape: _Shape) -> int:
    """Adds what stands in a piece of sheet XML; returns the number of the last row that begins in it."""
    value = max(block.rfind(b"v>"), block.rfind(b"is>"))
    begins = max(block.rfind(b"<row "), block.rfind(b":row "))
    if value >= 0:
        before = max(block.rfind(b"<row ", 0, value), block.rfind(b":row ", 0, value))
        found = _ROW_NUMBER.match(block, before + 4) if before >= 0 else None
        shape.last_row = max(shape.last_row, int(found[1]) if found else row if before < 0 and row else LAST_ROW)
    for cell in _FORMULA.finditer(block):
        shape.formulas += 1
        if cell[2] is None:
            shape.without_value_count += 1
            name = _CELL_NAME.search(cell[1])
            if name and len(shape.without_value) < 50:
                shape.without_value.append(name[1].decode())
    for merge in _MERGE.finditer(block):
        if len(shape.merges) < MAX_MERGES:
            top, left = coordinate_to_tuple(merge[1].decode())
            bottom, right = coordinate_to_tuple(merge[2].decode())
            shape.merges.append((top, left, bottom, right))
    found = _ROW_NUMBER.match(block, begins + 4) if begins >= 0 else None
    return int(found[1]) if found else row


def _say_formulas(shape: _Shape, title: str, findings: Findings) -> None:
    for cell in shape.without_value:
        findings.add("formula_without_value", {"sheet": title, "cell": cell})
    if shape.without_value_count > len(shape.without_value):
        findings.add_uncounted("formula_without_value", shape.without_value_count - len(shape.without_value))
    if shape.formulas > shape.without_value_count:
        findings.add("formula", {"sheet": title}, count=shape.formulas - shape.without_value_count)


def _text(cell: Any) -> tuple[str, str]:
    """A cell as a person would write it, and the letter of how it is stored. Whole numbers have no fraction."""
    value = cell.value
    if value is None:
        return "", " "
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "b"
    if isinstance(value, int):
        return str(value), "n"
    if isinstance(value, float):
        return (str(int(value)) if value == value and abs(value) < 1e300 and value == int(value) else repr(value)), "n"
    if isinstance(value, datetime):
        plain = value.date() if value.time() == time() else value
        return plain.isoformat() if type(plain) is date else value.isoformat(" ", "seconds"), "d"
    if isinstance(value, date | time | timedelta):
        return str(value), "d"
    return str(value).strip(), ("e" if cell.data_type == "e" else "s")


def _check(archive: zipfile.ZipFile, name: str) -> None:
    infos = archive.infolist()
    total = 0
    for info in infos:
        lower = info.filename.lower()
        if info.flag_bits & 0x1:
            raise refuse("archive_encrypted", _("压缩包加了密码，请先解开再导入。"))
        if not lower.endswith((".xml", ".rels", ".vml")):
            continue  # pictures and the like are never opened
        total += info.file_size
        limit = MAX_SHEET if "worksheets/" in lower else MAX_STRINGS if "sharedstrings" in lower else MAX_PART
        if info.file_size > limit or total > MAX_SHEET or len(infos) > MAX_ENTRIES:
            raise refuse("workbook_too_large", _("工作簿“%(name)s”解开后异常巨大，不予读取。"), name=name)
        refuse_doctype(Source(name, _head_of(archive, info)))


def _head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as handle:
        return handle.read(128 * 1024)
