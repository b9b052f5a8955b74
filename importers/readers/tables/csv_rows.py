"""CSV as it comes: the encoding from the bytes, the delimiter from what cuts the rows evenly, the heading below its titles."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from importers.readers import text_files
from importers.readers.source import Source
from importers.readers.table import Encoding
from importers.readers.tables.headers import PREVIEW_ROWS, header_of

DELIMITERS: Final = (",", ";", "\t", "，", "|")
MAX_COLUMNS: Final = 200
_SAMPLE: Final = 64 * 1024
# A county as WKT is larger than the 128 KB at which the csv module stops.
csv.field_size_limit(4 * 1024 * 1024)


@dataclass(frozen=True)
class Layout:
    """How a text file is a table. `titles` are the non-empty rows above the heading; `header` is None where there is no heading.

    `width`: how many columns the heading has, or without one the first rows.
    """

    encoding: Encoding
    delimiter: str
    header: list[str] | None
    header_line: int
    titles: list[list[str]]
    width: int = 0


def layout_of(source: Source, *, asked: str = "", strict: bool = True, found: Encoding | None = None) -> Layout:
    """`found`: an encoding that was decided elsewhere.

    Raises `InvalidInputError`: undecodable_text (where `strict`), unknown_encoding; `csv.Error` where quotes break the head."""
    found = found or text_files.decide_text(source.chunks, asked=asked, strict=strict)
    sample = _head(source, found.name)
    delimiter = _delimiter(sample)
    rows, lines = [], []
    try:
        for line, row in islice(records(source, found.name, delimiter), PREVIEW_ROWS):
            rows.append(row)
            lines.append(line)
    except csv.Error:  # whoever reads the rows meets it again, after those before it
        if not rows:
            raise
    if not rows:
        return Layout(found, delimiter, [], 0, [])
    index = header_of(rows)
    if index < 0:
        return Layout(found, delimiter, None, 0, [], max(map(len, rows)))
    header = [cell.strip() for cell in rows[index]]
    return Layout(found, delimiter, header, lines[index], rows[:index], len(header))


def records(source: Source, encoding: str, delimiter: str, *, after: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty with the line in which each ends, those after line `after`. Raises `csv.Error`."""
    with source.open() as handle, io.TextIOWrapper(handle, encoding, errors="replace", newline="") as words:
        if words.read(1) != "\ufeff":
            words.seek(0)
        reader = csv.reader(words, delimiter=delimiter, strict=True)
        for row in reader:
            if reader.line_num > after and any(cell.strip() for cell in row):
                yield reader.line_num, row


def _head(source: Source, encoding: str) -> str:
    raw = source.head(_SAMPLE)
    words = "".join(text_files.decoded([raw], encoding))
    cut = words.rfind("\n")
    return words[:cut] if cut > 0 and len(raw) == _SAMPLE else words


def _delimiter(sample: str) -> str:
    """The one that cuts most rows into one and the same number of columns; the comma where none does."""

    def evenness(delimiter: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    widths[len(row)] += 1
                if widths.total() == PREVIEW_ROWS:
                    break
        except csv.Error:
            pass
        widths.pop(1, None)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return rows, width

    return max(DELIMITERS, key=evenness)
