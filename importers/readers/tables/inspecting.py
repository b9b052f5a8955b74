"""A whole table file looked at: its sheets, what their columns seem to hold, samples, and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from importers.readers.findings import Findings
from importers.readers.tables import workbook
from importers.readers.tables.kinds import Column, Places
from importers.readers.tables.model import XLSX, OpenTable, Sheet, TableInspection
from importers.readers.tables.opening import opened_table, recognise, source_of
from importers.readers.tables.wording import TABLES

SAMPLE_ROWS: Final = 5
SAMPLE_TEXT: Final = 200


def inspect(content: Path | bytes, name: str = "", *, encoding: str = "") -> TableInspection:
    """Every sheet of a workbook, or the one table of a CSV. Rows stream by; memory does not grow with them.

    Raises `InvalidInputError` as `opened_table` does. An empty sheet is a finding.
    """
    source = source_of(content, name)
    findings = Findings(TABLES)
    if recognise(content, name) == XLSX:
        with workbook.opened(source) as book:
            sheets = tuple(_looked_at(book.table(title, findings), source.name) for title in book.sheets)
        return TableInspection(source.name, XLSX, sheets, findings.told(), dict(findings.counts))
    with opened_table(content, name, encoding=encoding, findings=findings) as table:
        sheet = _looked_at(table, Path(source.name).stem)
        return TableInspection(
            source.name, table.driver, (sheet,), findings.told(), dict(findings.counts), table.encoding, table.delimiter
        )


def _looked_at(table: OpenTable, name: str) -> Sheet:
    columns = [Column(name, number) for number, name in enumerate(table.names, start=1)]
    places = Places(columns)
    count = 0
    sample: list[dict[str, str]] = []
    for row in table.rows:
        count += 1
        for column, cell, kind in zip(columns, row.cells, row.types or " " * len(columns), strict=False):
            column.look(cell, kind.strip(), row, table.findings)
        places.look(row, table.findings)
        if len(sample) < SAMPLE_ROWS:
            sample.append({name: cell[:SAMPLE_TEXT] for name, cell in zip(table.names, row.cells, strict=True)})
    title = table.sheet or name
    if not count:
        table.findings.add("sheet_empty", {"sheet": title}, sheet=title)
    return Sheet(
        name=title,
        features=count,
        fields=tuple(column.field(table.findings) for column in columns),
        sample=tuple(sample),
        geometry=places.geometry,
        geometry_fields=places.fields,
        bounds=places.bounds,
        header_line=table.header_line,
        hidden=table.hidden,
    )
