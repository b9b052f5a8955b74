"""What the readers and an inspection see in a file, for the check of a staged batch: beside what its target finds by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.utils import timezone

from gis.crs import CrsError
from gis.errors import DomainError
from importers import geometry as geometries
from importers.inspection.layers import place_problems, shape_problems
from importers.models import StagedBatch
from importers.problems import Problem
from importers.readers import Table
from importers.readers.tables.wording import TABLES
from importers.services.list_systems import reading_of
from importers.severities import WARNING

Told = dict[str, Any]

# A row coded as Henan's that lies elsewhere is an error of the list; that it lies outside Henan need not be said again.
_SAME: Final = {"outside_extent": "outside_henan"}


def seen_in(batch: StagedBatch, table: Table, told: Iterable[Told]) -> list[Told]:
    """Problems of the batch's rows that are not told yet: characters cut off, a wrong declaration, shapes that repeat or are none,
    heights left out, places outside Henan, a reference system against the evidence.
    """
    known = {_what(one) for one in told}
    found = [Problem(note.code, note.row, note.field, dict(note.values)) for note in table.notes]
    if table.geometry is not None:
        found += [*shape_problems(table), *_placed(batch, table)]
    fresh: dict[Any, Told] = {}
    for one in [*(problem.as_dict() for problem in found), *_of_cells(batch, table)]:
        if _what(one) not in known:
            fresh.setdefault(_what(one), one)
    return list(fresh.values())


def _of_cells(batch: StagedBatch, table: Table) -> Iterator[Told]:
    """What the reader of tables said of the chosen sheet or list: a formula without a value, a code kept as a number. The target
    has the last word on a row, so here it is no more than a warning.
    """
    row_of = {line: at for at, line in enumerate(table.lines, start=1)}
    for told in (batch.inspection or {}).get("problems", ()):
        where = told["where"]
        if told["code"] not in TABLES or where.get("sheet", batch.layer) != batch.layer:
            continue
        line = re.search(r"\d+$", str(where.get("cell", "")))
        row = row_of.get(int(line[0])) if line else where.get("row") or row_of.get(where.get("line", 0))
        words = {name: told[name] for name in ("code", "message", "message_en")}
        yield {"row": row, "field": where.get("field", ""), "severity": WARNING, **words}


def _what(problem: Told) -> tuple[Any, ...]:
    """Two problems of one code in one row are one, unless they are about different cells."""
    cell = problem["field"] if problem["code"] == "truncated_character" else ""
    return problem["row"], _SAME.get(problem["code"], problem["code"]), cell


def _placed(batch: StagedBatch, table: Table) -> list[Problem]:
    asked = batch.options.get("crs", "")
    if not asked:
        return []
    try:
        reading, _told, found = reading_of(table, asked, timezone.localdate())
        if reading is None or table.geometry is None:
            return found
        moved, _info = geometries.into_cgcs2000(table.geometry, reading)
    except (CrsError, DomainError):
        return []  # a target that needs the system refuses by itself
    return [*found, *place_problems(moved)]
