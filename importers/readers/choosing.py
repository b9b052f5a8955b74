"""One layer of a file of any kind, by the name under which an inspection told of it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importers.readers import delimited, kml, opening, sniff, tables, vector
from importers.readers.errors import not_a_format, refuse
from importers.readers.spelled_shapes import with_spelled_shapes
from importers.readers.table import Encoding, Note, Opened, Table


def read_chosen(given: str | Path, layer: str, encoding: str = "", known: Collection[str] = ()) -> Table:
    """The rows of the layer ("" for the first that there is). Raises `InvalidInputError`: layer_gone, and those of the readers."""
    with opening.everything(given) as sets:
        for data in sets:
            table = _of(data, layer, encoding, known)
            if table is not None:
                if not table.count:
                    raise not_a_format("empty_file", data.name)
                return table
    raise refuse("layer_gone", _("文件里没有可读取的图层“%(name)s”。"), name=layer[:60])


def _of(data: Opened, layer: str, encoding: str, known: Collection[str]) -> Table | None:
    if data.format in vector.FORMATS:
        with vector.ready(data) as source:
            for name in vector.layers(data, source):
                if layer in {"", name or data.stem}:
                    opening.complete(data)
                    return vector.read_layer(data, source, layer=name, encoding=encoding, known=known)
    elif data.format == sniff.XLSX:
        for sheet in tables.inspect(data.main, data.name).sheets:
            if layer in {"", sheet.name}:
                table = _sheet(data, sheet.name)
                return with_spelled_shapes(table) or table
    elif layer in {"", data.stem}:
        if data.format == sniff.KML:
            return kml.read(data).table
        if data.format == sniff.CSV:
            table = delimited.read(data, encoding=encoding)
            return with_spelled_shapes(table) or table
    return None


def _sheet(data: Opened, name: str) -> Table:
    with tables.opened_table(data.main, data.name, sheet=name) as sheet:
        rows = list(sheet.rows)
        columns = {
            column: [row.cells[index].strip() if index < len(row.cells) else "" for row in rows]
            for index, column in enumerate(sheet.names)
        }
        notes = [
            Note("cell_is_error", at, sheet.names[index], {"value": row.cells[index][:40]})
            for at, row in enumerate(rows, start=1)
            for index, kind in enumerate(row.types)
            if kind == "e" and index < len(sheet.names) and index < len(row.cells)
        ]
    lines = [row.line for row in rows]
    return Table("XLSX", columns, len(rows), Encoding("utf-8", "standard"), lines=lines, notes=notes, layer=name)
