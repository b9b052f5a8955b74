"""The plan of joint inspections, read: where each line stands in its cycle, who leads, what is under way, what a year has done.

A fixed number of statements whatever the number of lines. Only full inspections that were filed begin a new cycle (BND-CYC-01).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from boundaries.boundary_lines import names_of
from boundaries.models import (
    BoundaryLineRecord,
    InspectionKind,
    InspectionState,
    InspectionTrack,
    JointInspection,
    LineOccurrence,
    LineRound,
    TrackState,
)
from boundaries.models.multirange import UnionOfSpans
from boundaries.rules import inspection_cycle as cycle
from boundaries.rules.inspection_cycle import Moved, Standing


@dataclass(frozen=True)
class Planned:
    """A line's place in a round; names of divisions as of today."""

    number: int
    year: int
    lead: int
    lead_name: str
    partner_name: str
    moved: bool


@dataclass(frozen=True)
class PlanRow:
    """One line. `cycle_year` is what the last inspection gives, `due` the same or as moved by agreement (BND-CYC-04), or the
    planned year where no inspection is on record.
    """

    record: BoundaryLineRecord
    sides: tuple[tuple[int, str], tuple[int, str]]
    last: int | None
    cycle_year: int | None
    due: int | None
    standing: Standing
    planned: Planned | None
    under_way: tuple[JointInspection, ...] = ()
    of_year: tuple[JointInspection, ...] = ()
    occurrences: tuple[LineOccurrence, ...] = field(default=())

    @property
    def line(self) -> int:
        return self.record.line_id

    @property
    def code(self) -> str:
        return self.record.line.code

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def kilometres(self) -> float | None:
        return None if self.record.length_m is None else self.record.length_m / 1000


@dataclass(frozen=True)
class Progress:
    """A year's inspections. Kilometres are of chainage: to be inspected, and covered by tracks of both sides together."""

    year: int
    states: tuple[tuple[str, int], ...]
    total: int
    kilometres: float
    covered: float

    @property
    def share(self) -> float | None:
        return self.covered / self.kilometres if self.kilometres else None


def inspections_of(line: int) -> list[cycle.Inspection]:
    return _filed([line]).get(line, [])


def moved_of(row: LineRound) -> Moved:
    moved: Mapping[str, Any] = row.moved or {}
    return Moved(len(moved.get("agreed", ())), 2, str(moved.get("consent", "")))


def plan_rows(records: Iterable[BoundaryLineRecord], today: date, year: int | None = None) -> list[PlanRow]:
    """A row for each line, in the order given; `of_year` are the inspections of `year` (this one)."""
    records = list(records)
    lines = [record.line_id for record in records]
    names = names_of([side for one in records for side in (one.side_a_id, one.side_b_id)], today)
    filed, rounds, of_line, occurrences = _filed(lines), _rounds(lines), _inspections(lines), _waiting(lines)
    rows = []
    for record in records:
        line = record.line_id
        last = max((one.year for one in filed.get(line, []) if one.full), default=None)
        cycle_year, due, row = _due(filed.get(line, []), rounds.get(line, []), today)
        rows.append(
            PlanRow(
                record=record,
                sides=(
                    (record.side_a_id, names.get(record.side_a_id, "")),
                    (record.side_b_id, names.get(record.side_b_id, "")),
                ),
                last=last,
                cycle_year=cycle_year,
                due=due,
                standing=cycle.standing(due, today),
                planned=_planned(row, names, cycle_year),
                under_way=tuple(one for one in of_line.get(line, ()) if one.state not in _ENDED),
                of_year=tuple(one for one in of_line.get(line, ()) if one.year == (year or today.year)),
                occurrences=tuple(occurrences.get(line, ())),
            )
        )
    return rows


_ENDED = (InspectionState.FILED, InspectionState.CANCELLED)


def progress(rows: Sequence[PlanRow], year: int) -> Progress:
    """Of the inspections of `year` on these lines; cancelled ones do not count."""
    found = [(row, one) for row in rows for one in row.of_year if one.state != InspectionState.CANCELLED]
    states = Counter(one.state for _row, one in found)
    kilometres = sum(_length(row, one) for row, one in found) / 1000
    covered = sum(covered_metres([one.pk for _row, one in found]).values()) / 1000
    told = [state for state in InspectionState if state != InspectionState.CANCELLED]
    return Progress(year, tuple((state.value, states[state]) for state in told), len(found), kilometres, min(covered, kilometres))


def covered_metres(inspections: Sequence[int]) -> dict[int, float]:
    """Metres of chainage that tracks cover, both sides and all days as one: one statement."""
    rows = (
        InspectionTrack.objects.filter(inspection__in=inspections, state=TrackState.MATCHED, set_aside_at=None)
        .values_list("inspection")
        .annotate(all=UnionOfSpans("coverage"))
    )
    return {key: sum(high - low for low, high in spans or []) for key, spans in rows}


def by_standing(rows: Iterable[PlanRow]) -> Counter[Standing]:
    return Counter(row.standing for row in rows)


def _length(row: PlanRow, inspection: JointInspection) -> float:
    whole = row.record.length_m or 0.0
    if inspection.from_m is None or inspection.to_m is None:
        return whole
    return max(0.0, min(inspection.to_m, whole) - inspection.from_m)


def _filed(lines: Sequence[int]) -> dict[int, list[cycle.Inspection]]:
    rows = JointInspection.objects.filter(line__in=lines, state=InspectionState.FILED).values_list("line", "year", "kind")
    found: dict[int, list[cycle.Inspection]] = {}
    for line, year, kind in rows:
        found.setdefault(line, []).append(cycle.Inspection(year, full=kind == InspectionKind.FULL))
    return found


def _rounds(lines: Sequence[int]) -> dict[int, list[LineRound]]:
    found: dict[int, list[LineRound]] = {}
    for row in LineRound.objects.filter(line__in=lines).order_by("number"):
        found.setdefault(row.line_id, []).append(row)
    return found


def _inspections(lines: Sequence[int]) -> dict[int, list[JointInspection]]:
    found: dict[int, list[JointInspection]] = {}
    for one in JointInspection.objects.filter(line__in=lines).defer("frozen", "content").order_by("year", "id"):
        found.setdefault(one.line_id, []).append(one)
    return found


def _waiting(lines: Sequence[int]) -> dict[int, list[LineOccurrence]]:
    found: dict[int, list[LineOccurrence]] = {}
    for one in LineOccurrence.objects.filter(line__in=lines, inspection=None, declined_at=None):
        found.setdefault(one.line_id, []).append(one)
    return found


def _due(
    filed: Sequence[cycle.Inspection], rounds: Sequence[LineRound], today: date
) -> tuple[int | None, int | None, LineRound | None]:
    """(the cycle's year, the year it is due in, the round that tells of it)."""
    cycle_year = cycle.due_year(filed)
    number = cycle.round_of(cycle_year if cycle_year is not None else today.year)
    row = next((one for one in rounds if one.number == number), None)
    if cycle_year is None:
        later = row or next((one for one in rounds if one.year >= today.year), None)
        return None, later.year if later else None, later
    last = max(one.year for one in filed if one.full)
    # A line moved beyond the end of its round stands in the next one.
    candidates = [one for one in rounds if one.year > last]
    agreed = [
        one for one in candidates if one.year != cycle_year and not cycle.check_moved(True, cycle_year, one.year, moved_of(one))
    ]
    if agreed:
        return cycle_year, agreed[0].year, agreed[0]
    return cycle_year, cycle_year, row if row in candidates else next(iter(candidates), None)


def _planned(row: LineRound | None, names: Mapping[int, str], cycle_year: int | None) -> Planned | None:
    if row is None:
        return None
    return Planned(
        row.number,
        row.year,
        row.lead_id,
        names.get(row.lead_id, ""),
        names.get(row.partner_id, ""),
        cycle_year is not None and row.year != cycle_year,
    )
