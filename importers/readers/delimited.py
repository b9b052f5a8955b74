"""Lists of codes and names as CSV: UTF-8 with or without mark, or GB18030; comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io

from django.utils.translation import gettext_lazy as _

from importers.readers import text
from importers.readers.errors import not_a_format, refuse
from importers.readers.evidence import Claim
from importers.readers.table import Opened, Table
from importers.readers.vector import MAX_ROWS

MAX_COLUMNS = 200
_DELIMITERS = (",", ";", "\t")


def read(data: Opened, *, encoding: str = "") -> Table:
    """Rows under the names of the first line. Raises `InvalidInputError`: undecodable_text, unreadable_file, empty_file, ragged."""
    raw = data.main.read_bytes()
    found = text.settle(raw.split(b"\n"), _marks(raw), asked=encoding)
    words = raw.removeprefix(codecs.BOM_UTF8).decode(found.name, "replace")
    first = words.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        rows, lines = [], []
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
                if len(rows) > MAX_ROWS:
                    raise refuse("too_many_rows", _("“%(name)s”超过 %(limit)s 行的上限。"), name=data.name, limit=MAX_ROWS)
    except csv.Error as error:
        raise not_a_format("unreadable_file", data.name) from error
    if not any(header) or len(header) > MAX_COLUMNS:
        raise not_a_format("unreadable_file", data.name)
    names = _unique(header)
    width = len(names)
    columns = {name: [row[index].strip() if index < len(row) else "" for row in rows] for index, name in enumerate(names)}
    ragged = next((line for row, line in zip(rows, lines, strict=True) if len(row) > width and any(row[width:])), None)
    if ragged is not None:
        raise refuse("ragged_rows", _("第 %(line)s 行的列数多于表头。"), line=ragged)
    return Table(driver=data.format, columns=columns, count=len(rows), encoding=found, lines=lines, notes=list(data.notes))


def _marks(raw: bytes) -> list[Claim]:
    """What a byte order mark at the beginning says."""
    marks = ((codecs.BOM_UTF8, text.UTF_8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    return [Claim("bom", name.upper(), name) for mark, name in marks if raw.startswith(mark)]


def _unique(header: list[str]) -> list[str]:
    """Column names, a repeated or empty one with its position so that none is lost."""
    seen: set[str] = set()
    names = []
    for position, name in enumerate(header, start=1):
        unique = name if name and name not in seen else f"{name or 'column'}#{position}"
        seen.add(unique)
        names.append(unique)
    return names
