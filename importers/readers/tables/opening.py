"""One sheet of a table file, opened for its rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from importers.readers import text_files
from importers.readers.errors import not_a_format, refuse
from importers.readers.findings import Findings
from importers.readers.source import Source, say_encoding
from importers.readers.tables import workbook
from importers.readers.tables.csv_rows import MAX_COLUMNS, Layout, layout_of, records
from importers.readers.tables.headers import names_of
from importers.readers.tables.model import CSV, XLSX, OpenTable, Row
from importers.readers.tables.wording import TABLES

MAX_BYTES: Final = 512 * 1024 * 1024
MAX_ROWS: Final = 1_048_576
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def recognise(content: Path | bytes, name: str = "") -> str:
    """CSV or XLSX by the content. Raises `InvalidInputError`: old_excel, unsupported_table, empty_file, file_too_large."""
    source = source_of(content, name)
    if not source.size:
        raise not_a_format("empty_file", source.name)
    if source.size > MAX_BYTES:
        raise refuse("file_too_large", _("“%(name)s”超过 %(mb)s MB 的上限。"), name=source.name, mb=MAX_BYTES // 1024**2)
    head = source.head()
    if head.startswith(_OLE):
        raise refuse("old_excel", _("“%(name)s”是旧版 .xls 或加了密码的工作簿，请去掉密码并另存为 .xlsx。"), name=source.name)
    if head.startswith(b"PK\x03\x04"):
        names = source.names()  # None: too damaged to say, which the workbook will be told
        if names is not None and "[Content_Types].xml" not in names:
            raise not_a_format("unsupported_table", source.name)
        return XLSX
    words = "".join(text_files.decoded([head], text_files.decide_text(lambda: [head]).name)).lstrip()
    if "\x00" in words or words.startswith(("<", "{")) or not words:
        raise not_a_format("unsupported_table", source.name)
    return CSV


@contextmanager
def opened_table(
    content: Path | bytes, name: str = "", *, sheet: str = "", encoding: str = "", findings: Findings | None = None
) -> Iterator[OpenTable]:
    """The rows of one sheet of a workbook (the first visible one unless named), or of a CSV, while the context lasts.

    Raises `InvalidInputError`: those of `recognise`, unknown_sheet, bad_workbook, workbook_too_large, xml_doctype,
    unknown_encoding, too_many_columns; while rows are read also too_many_rows.
    """
    source = source_of(content, name)
    found = findings if findings is not None else Findings(TABLES)
    if recognise(content, name) == XLSX:
        with workbook.opened(source) as book:
            yield book.table(sheet, found)
    else:
        yield _csv(source, encoding, found)


def source_of(content: Path | bytes, name: str) -> Source:
    if isinstance(content, bytes):
        return Source(name or "table", content)
    if not content.is_file():
        raise refuse("file_not_found", _("找不到文件“%(name)s”。"), name=str(content)[:200])
    return Source(name or content.name, content)


def _csv(source: Source, encoding: str, findings: Findings) -> OpenTable:
    try:
        layout = layout_of(source, asked=encoding, strict=False)
    except csv.Error as error:
        raise not_a_format("unreadable_file", source.name) from error
    say_encoding(findings, layout.encoding)
    if layout.titles:
        words = " / ".join(" ".join(filter(None, map(str.strip, row))) for row in layout.titles)
        findings.add("title_rows", {"line": 1}, count=len(layout.titles), value=words)
    header = layout.header
    if header is None:
        findings.add("header_missing")
        header = [""] * layout.width
    names, changed = names_of(header)
    if changed and layout.header is not None:
        findings.add("columns_renamed", {"line": layout.header_line}, value="、".join(changed))
    if len(names) > MAX_COLUMNS:
        raise too_many_columns(source.name)
    return OpenTable(
        names=tuple(names),
        rows=_csv_rows(source, layout, len(names), findings),
        findings=findings,
        driver=CSV,
        header_line=layout.header_line,
        encoding=layout.encoding,
        delimiter=layout.delimiter,
    )


def _csv_rows(source: Source, layout: Layout, width: int, findings: Findings) -> Iterator[Row]:
    number = line = 0
    try:
        for line, record in records(source, layout.encoding.name, layout.delimiter, after=layout.header_line):
            number += 1
            if number > MAX_ROWS:
                raise too_many_rows(source.name)
            cells = tuple(cell.strip() for cell in record[:width])
            if any(cell.strip() for cell in record[width:]):
                findings.add("ragged_row", {"line": line, "row": number})
            yield Row(cells + ("",) * (width - len(cells)), number, line)
    except csv.Error as error:
        findings.add("broken", {"line": line + 1}, reason=str(error))


def too_many_rows(name: str) -> Exception:
    return refuse("too_many_rows", _("“%(name)s”超过 %(limit)s 行的上限。"), name=name, limit=MAX_ROWS)


def too_many_columns(name: str) -> Exception:
    return refuse("too_many_columns", _("“%(name)s”超过 %(limit)s 列的上限。"), name=name, limit=MAX_COLUMNS)
