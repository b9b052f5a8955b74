"""Tables people make by hand: XLSX and CSV. What a sheet is, which row is its heading, and its rows with their numbers.

`inspect` looks at a file as a whole; `opened_table` gives the rows of one sheet. Cells are text as a person would write it;
codes keep their zeros, nothing is converted.
"""

from __future__ import annotations

from importers.readers.tables.inspecting import inspect
from importers.readers.tables.model import Field, OpenTable, Row, Sheet, TableInspection
from importers.readers.tables.opening import opened_table, recognise

__all__ = ["Field", "OpenTable", "Row", "Sheet", "TableInspection", "inspect", "opened_table", "recognise"]
