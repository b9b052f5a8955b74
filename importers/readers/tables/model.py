"""What a table is: sheets, fields with a guess of what they hold, rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from importers.readers.encoding_words import encoding_as_dict
from importers.readers.findings import Finding, Findings
from importers.readers.table import Encoding

CSV: Final = "CSV"
XLSX: Final = "XLSX"
FieldKind = Literal[
    "empty", "code", "integer", "decimal", "date", "datetime", "boolean", "text", "longitude", "latitude", "wkt"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts data rows from 1; `line` is the row of the sheet or the line of the text file in which it ends.

    `types` has a letter per cell of a workbook (n number, s text, d date, b yes or no, e error), "" for text files.
    """

    cells: tuple[str, ...]
    number: int
    line: int
    types: str = ""


@dataclass(frozen=True)
class OpenTable:
    """The heading and, once, the rows of one sheet. `rows` adds to `findings` as it goes."""

    names: tuple[str, ...]
    rows: Iterator[Row]
    findings: Findings
    driver: str
    sheet: str = ""
    header_line: int = 1
    encoding: Encoding | None = None
    delimiter: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Field:
    """`stored`: how a workbook keeps it (number, text, date, mixed), "" for text files; `filled` counts cells not empty."""

    name: str
    kind: FieldKind
    filled: int
    stored: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind, "filled": self.filled} | ({"stored": self.stored} if self.stored else {})


@dataclass(frozen=True)
class Sheet:
    """A sheet as a layer. `geometry`: None, or what its coordinate or WKT columns hold; `bounds` in the numbers of the file."""

    name: str
    features: int
    fields: tuple[Field, ...]
    sample: tuple[Mapping[str, str], ...]
    geometry: str | None = None
    geometry_fields: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    header_line: int = 1
    hidden: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "geometry": self.geometry,
            "geometry_fields": list(self.geometry_fields),
            "features": self.features,
            "fields": [field.as_dict() for field in self.fields],
            "bounds": list(self.bounds) if self.bounds else None,
            "sample": [dict(row) for row in self.sample],
            "header_line": self.header_line,
            "hidden": self.hidden,
        }


@dataclass(frozen=True)
class TableInspection:
    name: str
    driver: str
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    encoding: Encoding | None = None
    delimiter: str = ""

    def as_inspection(self) -> dict[str, Any]:
        """Plain data: kind, driver, encoding with its evidence, layers, problems."""
        return {
            "kind": "table",
            "driver": self.driver,
            "encoding": encoding_as_dict(self.encoding or Encoding("utf-8", "standard")),
            "delimiter": self.delimiter,
            "layers": [sheet.as_dict() for sheet in self.sheets],
            "problems": [finding.as_dict() for finding in self.findings],
            "problem_counts": dict(self.counts),
        }
