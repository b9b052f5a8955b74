"""After a load: do the siblings of the loaded units tile their parents? Told with places, never mended.

Units are compared with those that the same authority lists on the same day; statistical units (development zones, groups) lie
across others by their nature and are left out.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import shapely
from django.db import connection

from boundaries.models import DivisionType
from boundaries.services.register import Outcome, Snapshot
from gis.coverage import CoverageReport, Defect, Ground, check, defects
from gis.coverage.defects import counts as counts_by_kind
from gis.coverage.exactness import BLOCK
from gis.kept_shapes import KeptShapes, Shapes

MAX_TOLD = 200
Told = TypeVar("Told")
NOTHING: dict[str, Any] = {"valid": None, "gaps": [], "overlaps": [], "outside_parent": []}


@dataclass(frozen=True)
class CheckedLevel:
    """What was compared at one level, and the places found that concern the loaded units, the largest first.

    `read` gives the ground: divisions as ids, those that the load does not bring as fixed; `checked`: how many there are; `rows`:
    where each of the others is in the list.
    """

    level: int
    checked: int
    read: Callable[[], Ground]
    found: list[Defect]
    rows: Mapping[Hashable, int]
    labels: Mapping[Hashable, dict[str, str]]

    @cached_property
    def ground(self) -> Ground:
        return self.read()

    def named(self, division: Hashable) -> dict[str, Any]:
        """Code and name of a unit, and the number of its row, None where the list does not bring it."""
        at = self.rows.get(division)
        return {**self.labels.get(division, {"code": "", "name": ""}), "row": None if at is None else at + 1}


@dataclass
class _Units:
    """Units of one level on one day; `shapes` are aligned with `ids`. The first `brought` of them are the load's own."""

    ids: list[int]
    brought: int
    shapes: KeptShapes
    parent: dict[int, int | None] = field(default_factory=dict)
    label: dict[int, dict[str, str]] = field(default_factory=dict)

    def at_once(self) -> Shapes:
        """Few are read into memory."""
        return self.shapes[:] if len(self.ids) <= BLOCK else self.shapes


@dataclass(frozen=True)
class _ByDivision(Mapping[Hashable, Told]):
    """What `tell` says of the observation that brings a division, for those `among` (None: all that the list brings)."""

    position: Mapping[Hashable, int]
    tell: Callable[[int], Told]
    among: Collection[Hashable] | None = None

    def __getitem__(self, division: Hashable) -> Told:
        if self.among is not None and division not in self.among:
            raise KeyError(division)
        return self.tell(self.position[division])

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.position if self.among is None else self.among)

    def __len__(self) -> int:
        return len(self.position if self.among is None else self.among)


class CoverageCheck:
    """Collects its input while the register is being decided on, and works beside the writing of the rows."""

    def __init__(self, snapshot: Snapshot, table_rows: Sequence[int]) -> None:
        """`table_rows`: the position in the list of each observation."""
        self.snapshot = snapshot
        self._table_rows = table_rows
        self._pool = ThreadPoolExecutor(1)
        self._running: list[tuple[int, Future[CoverageReport], tuple[_Units, dict[int, shapely.Geometry]], set[int]]] = []
        self._position: dict[Hashable, int] = {}
        self.levels: list[CheckedLevel] = []

    def start(self, outcome: Outcome) -> None:
        """Called once it is known which divisions are concerned, before they are written."""
        by_level: dict[int, list[int]] = {}
        missing = self.snapshot.shapes.missing.tolist()
        if all(missing):
            return
        for index, seen in enumerate(self.snapshot.observations):
            division = outcome.divisions[index]
            if division is None:
                continue
            self._position[division] = index
            if not missing[index] and seen.type != DivisionType.STATISTICAL:
                by_level.setdefault(seen.level, []).append(index)
        for level, indexes in sorted(by_level.items()):
            units, parents, touched = self._gather(level, indexes, outcome)
            if units.ids:
                self._running.append((level, self._pool.submit(_check, units, parents), (units, parents), touched))

    def result(self) -> dict[str, Any]:
        """The finding as the command prints it. Waits for the work; `levels` has it with the shapes afterwards."""
        told: list[dict[str, Any]] = []
        for level, future, (units, parents), touched in self._running:
            report = future.result()
            checked = self._checked(level, report, units, parents, touched)
            self.levels.append(checked)
            told.append({"level": level, **_told(report, units, self._labels(units), touched), **_kinds(checked)})
        self._pool.shutdown()
        if not told:
            return dict(NOTHING)
        if len(told) == 1:
            return told[0]
        lists = ("gaps", "overlaps", "outside_parent", "invalid", "enclaves", "places")
        merged: dict[str, Any] = {
            key: [{"level": one["level"], **item} for one in told for item in one[key]][:MAX_TOLD] for key in lists
        }
        counts = {key: sum(one["counts"][key] for one in told) for key in told[0]["counts"]}
        kinds = {kind: sum(one["kinds"][kind] for one in told) for kind in told[0]["kinds"]}
        return {"valid": all(one["valid"] for one in told), **merged, "counts": counts, "kinds": kinds, "levels": told}

    def _checked(
        self, level: int, report: CoverageReport, units: _Units, parents: dict[int, shapely.Geometry], touched: set[int]
    ) -> CheckedLevel:
        near = touched | {parent for division, parent in units.parent.items() if division in touched and parent is not None}
        found = [one for one in defects(report) if near & {*one.units, one.parent}]

        def read() -> Ground:
            """Invalid polygons were read as valid for the check; they are not repaired, and stay in the report."""
            return Ground(
                ids=tuple(units.ids),
                polygons=units.shapes[:],
                parent_of={division: parent for division, parent in units.parent.items() if parent in parents},
                parents=dict(parents.items()),
                fixed=frozenset(units.ids[units.brought :]),
            )

        rows = _ByDivision(self._position, lambda index: self._table_rows[index], touched)
        return CheckedLevel(level, len(units.ids), read, found, rows, self._labels(units))

    def _labels(self, units: _Units) -> Mapping[Hashable, dict[str, str]]:
        """Code and name of the units the list brings, made when they are asked for, and of the others."""
        seen = self.snapshot.observations
        own = _ByDivision(self._position, lambda index: {"code": seen[index].code, "name": seen[index].name})
        others: dict[Hashable, dict[str, str]] = dict(units.label.items())
        return ChainMap(others, cast("dict[Hashable, dict[str, str]]", own))  # only read

    def abandon(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _gather(self, level: int, indexes: list[int], outcome: Outcome) -> tuple[_Units, dict[int, shapely.Geometry], set[int]]:
        """The loaded units, those that stand beside them already, and the parents' polygons."""
        at = np.array(indexes, dtype=np.intp)
        units = _Units([], len(indexes), self.snapshot.shapes.take(at))
        for index in indexes:
            division = outcome.divisions[index]
            assert division is not None  # noqa: S101  only those with one were chosen
            units.ids.append(division)
            units.parent[division] = outcome.parent_of[index]
        touched = set(units.ids)
        wanted = {parent for parent in units.parent.values() if parent is not None}
        boxes = units.shapes.bounds
        extent = [*np.nanmin(boxes[:, :2], axis=0).tolist(), *np.nanmax(boxes[:, 2:], axis=0).tolist()]
        position = self._position
        for some in _beside(level, self.snapshot.day, self.snapshot.authority, wanted, extent):
            others = [one for one in some if one[0] not in touched]
            for division, parent, code, name, _wkb in others:
                units.ids.append(division)
                units.parent[division] = outcome.parent_of[position[division]] if division in position else parent
                units.label[division] = {"code": code, "name": name}
            units.shapes.add(np.asarray(shapely.from_wkb([bytes(one[-1]) for one in others]), dtype=object))
        missing = self.snapshot.shapes.missing
        parents = {
            division: self.snapshot.shapes.one(position[division])
            for division in wanted
            if division in position and not missing[position[division]]
        }
        for division, code, name, wkb in _of_divisions(sorted(wanted - parents.keys()), self.snapshot.day):
            parents[division] = shapely.from_wkb(bytes(wkb))
            units.label[division] = {"code": code or "", "name": name}
        return units, parents, touched


def _check(units: _Units, parents: dict[int, shapely.Geometry]) -> CoverageReport:
    known: dict[Hashable, Hashable] = {division: parent for division, parent in units.parent.items() if parent in parents}
    polygons: dict[Hashable, shapely.Geometry | None] = dict(parents.items())
    # Valid by the import's own check, or by the register's constraint.
    return check(units.ids, units.at_once(), known, polygons, known_valid=True)


def _kinds(checked: CheckedLevel) -> dict[str, Any]:
    places = [
        {
            **one.as_dict(),
            "units": [checked.named(unit) for unit in one.units],
            "parent": None if one.parent is None else checked.named(one.parent),
        }
        for one in checked.found[:MAX_TOLD]
    ]
    return {"kinds": counts_by_kind(checked.found), "places": places}


def _told(report: CoverageReport, units: _Units, labels: Mapping[Hashable, dict[str, str]], touched: set[int]) -> dict[str, Any]:
    """The report in codes and names, without what lies wholly among units this load did not touch."""
    near = touched | {parent for division, parent in units.parent.items() if division in touched and parent is not None}

    def named(division: Any) -> dict[str, Any]:
        return {**(labels.get(division) or {"code": "", "name": ""}), "division": division}

    gaps = [gap for gap in report.gaps if near & {*gap.units, gap.parent}]
    overlaps = [overlap for overlap in report.overlaps if touched & set(overlap.units)]
    outside = [finding for finding in report.outside_parent if finding.unit in touched]
    invalid = [finding for finding in report.invalid if finding.unit in near]
    enclaves = [gap for gap in report.enclaves if near & {*gap.units, gap.parent}]

    def gap_dict(gap: Any) -> dict[str, Any]:
        around = [named(unit) for unit in gap.units]
        return {**gap.as_dict(), "units": around, "parent": None if gap.parent is None else named(gap.parent)}

    found: dict[str, list[dict[str, Any]]] = {
        "gaps": [gap_dict(gap) for gap in gaps[:MAX_TOLD]],
        "overlaps": [{**item.as_dict(), "units": [named(unit) for unit in item.units]} for item in overlaps[:MAX_TOLD]],
        "outside_parent": [
            {**item.as_dict(), "unit": named(item.unit), "parent": named(item.parent)} for item in outside[:MAX_TOLD]
        ],
        "invalid": [{**item.as_dict(), "unit": named(item.unit)} for item in invalid[:MAX_TOLD]],
        "enclaves": [gap_dict(gap) for gap in enclaves[:MAX_TOLD]],
    }
    counts = {
        "gaps": len(gaps),
        "overlaps": len(overlaps),
        "outside_parent": len(outside),
        "invalid": len(invalid),
        "enclaves": len(enclaves),
    }
    return {
        "valid": not (gaps or overlaps or outside or invalid),
        **found,
        "counts": counts,
        "checked": report.checked,
        "exact": report.exact,
        "tolerance_m": report.tolerance_m,
    }


def _beside(level: int, day: date, authority: str, parents: set[int], extent: list[float]) -> Iterator[list[tuple[Any, ...]]]:
    """Units that the authority lists on the day, under the same parents or where the loaded ones lie, some hundreds at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DECLARE units_beside NO SCROLL CURSOR FOR
            SELECT r.division_id, r.parent_id, c.code, r.name, ST_AsBinary(r.geometry)
            FROM boundaries_divisionrecord r
            JOIN boundaries_divisioncode c ON c.division_id = r.division_id
            WHERE upper_inf(r.recorded) AND r.level = %s AND r.valid @> %s::date AND r.geometry IS NOT NULL AND r.type <> %s
              AND upper_inf(c.recorded) AND c.valid @> %s::date AND c.authority = %s
              AND (r.parent_id = ANY(%s) OR r.geometry && ST_SetSRID(ST_MakeEnvelope(%s, %s, %s, %s), ST_SRID(r.geometry)))
            """,
            [level, day, DivisionType.STATISTICAL, day, authority, sorted(parents), *extent],
        )
        while True:
            cursor.execute("FETCH 500 FROM units_beside")
            rows = cursor.fetchall()
            if not rows:
                break
            yield rows
        cursor.execute("CLOSE units_beside")


def _of_divisions(divisions: list[int], day: date) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.division_id,
                   (SELECT c.code FROM boundaries_divisioncode c
                    WHERE c.division_id = r.division_id AND upper_inf(c.recorded) AND c.valid @> %s::date
                    ORDER BY c.authority LIMIT 1),
                   r.name, ST_AsBinary(r.geometry)
            FROM boundaries_divisionrecord r
            WHERE r.division_id = ANY(%s) AND upper_inf(r.recorded) AND r.valid @> %s::date AND r.geometry IS NOT NULL
            """,
            [day, divisions, day],
        )
        return list(cursor.fetchall())
