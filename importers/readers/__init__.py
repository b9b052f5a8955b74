"""Readers: from a file somebody brings to rows of text and geometry, without interpreting either.

`opened` finds the one list of divisions at a path, `everything` all data sets of any kind; `read` reads one. One module per family
knows what is peculiar to it; `vector` is what they share. docs/importing.md says what is read and what is refused.
"""

from __future__ import annotations

from collections.abc import Collection

from importers.readers import delimited, kml, sniff, vector
from importers.readers.errors import not_a_format
from importers.readers.opening import everything, opened
from importers.readers.spelled_shapes import with_spelled_shapes
from importers.readers.table import Encoding, Note, Opened, Table

__all__ = ["Encoding", "Note", "Opened", "Table", "everything", "opened", "read"]


def read(data: Opened, *, layer: str = "", encoding: str = "", known: Collection[str] = (), keep: bool = False) -> Table:
    """Reads what `opened` found; with `keep` the shapes of vector files are left in a file (`Table.kept`).

    Raises `InvalidInputError`, also for a table without a single row.
    """
    if data.format == sniff.CSV:
        table = delimited.read(data, encoding=encoding)
        table = with_spelled_shapes(table, only_areas=True) or table
    elif data.format == sniff.KML:
        table = kml.read(data).table
    else:
        table = vector.read(data, layer=layer, encoding=encoding, known=known, keep=keep)
    if not table.count:
        raise not_a_format("empty_file", data.name)
    return table
