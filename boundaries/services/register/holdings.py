"""What the register holds of the units of a list, read in a handful of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db import connection

from gis.kept_shapes import KeptShapes


@dataclass(frozen=True, slots=True)
class HeldCode:
    id: int
    division: int
    authority: str
    code: str
    lower: date
    upper: date | None


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A current record; `shape` is the SHA-256 of its WKB, None without geometry, "?" where it was not asked for."""

    id: int
    division: int
    lower: date
    upper: date | None
    begins: str
    name: str
    proper_name: str
    generic_name: str
    level: int
    type: str
    parent: int | None
    grade: str
    seat: tuple[float, float] | None
    seat_grade: str
    shape: str | None


@dataclass
class Timeline:
    """Rows of one key that never overlap, by their first day."""

    rows: list[Any] = field(default_factory=list)

    def on(self, day: date) -> Any | None:
        at = bisect_right(self.rows, day, key=lambda row: row.lower) - 1
        if at >= 0 and (self.rows[at].upper is None or day < self.rows[at].upper):
            return self.rows[at]
        return None

    def after(self, day: date) -> Any | None:
        at = bisect_right(self.rows, day, key=lambda row: row.lower)
        return self.rows[at] if at < len(self.rows) else None

    def before(self, day: date) -> Any | None:
        """The last row that ended by `day`."""
        at = bisect_right(self.rows, day, key=lambda row: row.lower) - 1
        return self.rows[at] if at >= 0 and self.on(day) is None else None


_EMPTY = Timeline()


class Holdings:
    """Codes and records of everything a list may concern."""

    def __init__(self, codes: Iterable[str], *, with_shapes: bool) -> None:
        self._by_code: defaultdict[tuple[str, str], Timeline] = defaultdict(Timeline)
        self._by_division: defaultdict[tuple[int, str], Timeline] = defaultdict(Timeline)
        self._records: defaultdict[int, Timeline] = defaultdict(Timeline)
        divisions = self._read_codes("code", sorted(set(codes)), by_code=True)
        self._read_codes("division_id", divisions, by_code=False)
        self._read_records(divisions, with_shapes)

    def code(self, authority: str, code: str) -> Timeline:
        return self._by_code.get((authority, code), _EMPTY)

    def codes_of(self, division: int, authority: str) -> Timeline:
        return self._by_division.get((division, authority), _EMPTY)

    def records_of(self, division: int) -> Timeline:
        return self._records.get(division, _EMPTY)

    def _read_codes(self, column: str, keys: Sequence[str] | Sequence[int], *, by_code: bool) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, division_id, authority, code, lower(valid), upper(valid) FROM boundaries_divisioncode"
                f" WHERE upper_inf(recorded) AND {column} = ANY(%s) ORDER BY lower(valid)",
                [list(keys)],
            )
            rows = [HeldCode(*row) for row in cursor.fetchall()]
        for row in rows:
            if by_code:
                self._by_code[row.authority, row.code].rows.append(row)
            else:
                self._by_division[row.division, row.authority].rows.append(row)
        return sorted({row.division for row in rows})

    def _read_records(self, divisions: list[int], with_shapes: bool) -> None:
        shape = "encode(sha256(ST_AsBinary(geometry, 'NDR')), 'hex')" if with_shapes else "'?'"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, division_id, lower(valid), upper(valid), begins, name, proper_name, generic_name, level, type,"
                f" parent_id, grade, ST_X(seat), ST_Y(seat), seat_grade, CASE WHEN geometry IS NOT NULL THEN {shape} END"
                " FROM boundaries_divisionrecord WHERE upper_inf(recorded) AND division_id = ANY(%s) ORDER BY lower(valid)",
                [divisions],
            )
            for values in cursor.fetchall():
                x, y = values[12:14]
                row = HeldRecord(*[*values[:12], None if x is None else (x, y), *values[14:]])
                self._records[row.division].rows.append(row)


def same_shapes(pairs: Iterable[tuple[int, int]], shapes: KeptShapes) -> set[int]:
    """Of (record id, number of a shape): the records whose geometry is the same shape, from another vertex or in another order."""
    wanted = dict(pairs)
    same: set[int] = set()
    ids = list(wanted)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, ST_AsBinary(geometry) FROM boundaries_divisionrecord WHERE id = ANY(%s)", [some])
            rows = cursor.fetchall()
        held = shapely.normalize(shapely.from_wkb([bytes(row[1]) for row in rows]))
        seen = shapely.normalize(shapely.set_srid(shapes[np.array([wanted[row[0]] for row in rows], dtype=np.intp)], 0))
        equal = shapely.equals_identical(held, seen)
        same.update(row[0] for row, is_same in zip(rows, np.atleast_1d(equal), strict=True) if is_same)
    return same
