"""Lists of codes and names as CSV, whole: what `tables` reads row by row, as the columns that an import works on."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import islice

from django.utils.translation import gettext as _

from importers.readers.errors import not_a_format, refuse
from importers.readers.evidence import weigh
from importers.readers.source import Source
from importers.readers.table import Encoding, Opened, Table
from importers.readers.tables.csv_rows import MAX_COLUMNS, layout_of, records
from importers.readers.tables.headers import names_of
from importers.readers.vector import MAX_ROWS


def read(data: Opened, *, encoding: str = "") -> Table:
    """Rows under the names of the heading. Raises `InvalidInputError`: undecodable_text, unreadable_file, ragged_rows."""
    source = Source(data.name, data.main)
    columns: list[list[str]] = []
    lines: list[int] = []
    ragged: int | None = None
    try:
        layout = layout_of(source, asked=encoding)
        # Without a heading that can be told, the first row is taken for one: an import asks for its columns by name.
        header, at = layout.header, layout.header_line
        for line, row in records(source, layout.encoding.name, layout.delimiter, after=at):
            if header is None:
                header = [cell.strip() for cell in row]
                continue
            if not columns:
                columns = [[] for _ in header]
            for index, column in enumerate(columns):
                column.append(row[index].strip() if index < len(row) else "")
            if len(row) > len(columns) and ragged is None and any(row[len(columns) :]):
                ragged = line
            lines.append(line)
            if len(lines) > MAX_ROWS:
                raise refuse("too_many_rows", _("“%(name)s”超过 %(limit)s 行的上限。"), name=data.name, limit=MAX_ROWS)
    except csv.Error as error:
        raise not_a_format("unreadable_file", data.name) from error
    if not header or len(header) > MAX_COLUMNS:
        raise not_a_format("unreadable_file", data.name)
    names, _changed = names_of(header)
    if ragged is not None:
        raise refuse("ragged_rows", _("第 %(line)s 行的列数多于表头。"), line=ragged)
    encoding_told = _weighed(layout.encoding, source)
    named = dict(zip(names, columns or [[] for _ in names], strict=True))
    return Table(driver=data.format, columns=named, count=len(lines), encoding=encoding_told, lines=lines, notes=list(data.notes))


# Lines with other letters than ASCII that are weighed: enough to tell Chinese from noise.
_SAMPLES = 200


def _weighed(encoding: Encoding, source: Source) -> Encoding:
    """What was decided from the bytes of the whole file, with the evidence a person is shown and what it is worth."""
    if encoding.how != "bytes":
        return encoding
    lines = (line for chunk in source.chunks() for line in chunk.splitlines() if not line.isascii())
    verdict = weigh(islice(lines, _SAMPLES))
    return (
        replace(encoding, confidence=verdict.confidence, findings=verdict.findings) if verdict.name == encoding.name else encoding
    )
