"""Readers: from a file somebody brings to rows of text and geometry, without interpreting either."""

from __future__ import annotations

from importers.readers import delimited, sniff, vector
from importers.readers.errors import not_a_format
from importers.readers.opening import opened
from importers.readers.table import Encoding, Note, Opened, Table

__all__ = ["Encoding", "Note", "Opened", "Table", "opened", "read"]


def read(data: Opened, *, layer: str = "", encoding: str = "") -> Table:
    """Reads what `opened` found. Raises `InvalidInputError`, also for a table without a single row."""
    table = (
        delimited.read(data, encoding=encoding) if data.format == sniff.CSV else vector.read(data, layer=layer, encoding=encoding)
    )
    if not table.count:
        raise not_a_format("empty_file", data.name)
    return table
