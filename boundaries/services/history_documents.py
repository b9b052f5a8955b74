"""History as documents: what the commands print and the pages show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from boundaries.models import DivisionRecord
from boundaries.services.history import Reached, Step, Trace, trace
from boundaries.services.history_faces import Change, Faces
from boundaries.services.places import find_by_code


def trace_document(divisions: list[int], day: date, to: date | None) -> dict[str, Any]:
    """The answer of the command. Without `to`: what is in force today, and every earlier state there was.

    With `to` before `day` the predecessors are those in force on `to`; with a later one the successors are.
    """
    today = max(timezone.localdate(), day)
    forward = [trace(one, day, to if to is not None and to >= day else today) for one in divisions]
    backward = [trace(one, day, to if to is not None and to < day else date.min) for one in divisions]
    steps = {step for one in (*forward, *backward) for step in one.steps}
    faces = Faces({*divisions, *(key for step in steps for key in (step.predecessor, step.successor))})
    first, last = backward[0].end, forward[0].end
    return {
        "found": [_found(faces, one, day) for one in divisions],
        "successors": [row | {"of": run.division} for run in forward for row in _ends(faces, run)],
        "predecessors": [
            row | {"of": run.division}
            for run in backward
            for row in (_earlier(faces, run) if to is None or to >= day else _ends(faces, run))
        ],
        "path": _path(faces, steps, divisions, first, last),
    }


def _found(faces: Faces, division: int, day: date) -> dict[str, Any]:
    shown = faces.near(division, day)
    return {
        "division": division,
        "code": faces.code(division, day),
        "name": shown.name if shown else "",
        "type": shown.type if shown else "",
        "valid_from": shown.since if shown else None,
        "valid_to": shown.until if shown else None,
        "begins": shown.begins if shown else None,
        "parent_name": faces.parent(division, day)[1],
    }


def _ends(faces: Faces, run: Trace) -> list[dict[str, Any]]:
    return [_end(faces, one, run) for one in run.reached]


def _end(faces: Faces, reached: Reached, run: Trace) -> dict[str, Any]:
    """The unit at the other end, with how it came to be what it is there: by lineage, else by the last change of its own."""
    first, last = sorted((run.start, run.end))
    own = [change for change in faces.changes(reached.division) if first < change.on <= last]
    why = reached.step or _told(own)
    return _row(faces, reached.division, run.end, reached.share, why)


def _told(changes: list[Change]) -> Change | None:
    """The last that a document tells, else the last."""
    return next((change for change in reversed(changes) if change.decision), changes[-1] if changes else None)


def _earlier(faces: Faces, run: Trace) -> list[dict[str, Any]]:
    """Every state that led to the division: of itself under another name, parent or code, and of those it came from, the nearest in
    time first. Each is told with what ended it."""
    rows = list(_states(faces, run.division, 1.0, run.start))
    seen = {run.division}
    for step in reversed(run.steps):
        if step.predecessor in seen:
            continue
        seen.add(step.predecessor)
        eve = step.on - timedelta(days=1)
        back = next((one for one in trace(run.division, run.start, eve).reached if one.division == step.predecessor), None)
        share = back.share if back is not None else step.area_share
        rows.append((step.on, _row(faces, step.predecessor, eve, share, step)))
        rows += _states(faces, step.predecessor, share, eve)
    return [row for _on, row in sorted(rows, key=lambda pair: pair[0], reverse=True)]


def _states(faces: Faces, division: int, share: float | None, until: date) -> Iterator[tuple[date, dict[str, Any]]]:
    """(day it ended, row) of every state that ended by `until` because something about the unit changed."""
    by_day: dict[date, list[Change]] = {}
    for change in faces.changes(division):
        if change.on <= until:
            by_day.setdefault(change.on, []).append(change)
    for on, changes in by_day.items():
        yield on, _row(faces, division, on - timedelta(days=1), share, _told(changes))


def _row(faces: Faces, division: int, day: date, share: float | None, why: Step | Change | None) -> dict[str, Any]:
    shown = faces.near(division, day)
    return {
        "code": faces.code(division, day),
        "name": shown.name if shown else "",
        "type": shown.type if shown else "",
        "share": None if share is None else round(share, 6),
        "decision": why.decision if why else None,
        "on": why.on if why else None,
        "begins": why.begins if why else None,
        "parent_name": faces.parent(division, day)[1],
    }


def _path(faces: Faces, steps: set[Step], divisions: list[int], first: date, last: date) -> list[dict[str, Any]]:
    """All that happened on the way, by day: lineage, and new names, types, parents and legal codes of the units themselves."""
    rows = [_happened(faces, step, step.predecessor, step.successor, step.area_share, step.population_share) for step in steps]
    for division in {*divisions, *(key for step in steps for key in (step.predecessor, step.successor))}:
        rows += [
            _happened(faces, change, division, division, 1.0, 1.0)
            for change in faces.changes(division)
            if first < change.on <= last
        ]
    return sorted(rows, key=lambda row: (row["on"], row["kind"], row["from"]["division"], row["to"]["division"]))


def _happened(faces: Faces, what: Step | Change, one: int, other: int, share: float | None, people: float | None) -> dict[str, Any]:
    return {
        "on": what.on,
        "kind": what.kind,
        "from": _unit(faces, one, what.on - timedelta(days=1)),
        "to": _unit(faces, other, what.on),
        "share": share,
        "population_share": people,
        "decision": what.decision,
        "begins": what.begins,
    }


def _unit(faces: Faces, division: int, day: date) -> dict[str, Any]:
    shown, (parent, parent_name) = faces.near(division, day), faces.parent(division, day)
    return {
        "division": division,
        "code": faces.code(division, day),
        "name": shown.name if shown else "",
        "parent": parent,
        "parent_name": parent_name,
    }


def divisions_document(day: date, level: int, under: str = "") -> dict[str, Any]:
    """The divisions of a level in force on a day, by code."""
    records = DivisionRecord.objects.on(day).filter(level=level)
    if under:
        records = records.under(find_by_code(under, day).place.id, day)
    coded: Any = records.with_code(day)  # annotated columns are unknown to the type checker
    rows = coded.values_list("division_id", "code", "code_authority", "name", "type", "parent_id", "valid", "begins")
    return {
        "day": day,
        "level": level,
        "divisions": [
            {
                "division": division,
                "code": code,
                "authority": authority,
                "name": name,
                "type": kind,
                "parent": parent,
                "valid_from": valid.lower,
                "valid_to": valid.upper,
                "begins": begins,
            }
            for division, code, authority, name, kind, parent, valid, begins in sorted(
                rows, key=lambda row: (row[1] or "~", row[0])
            )
        ],
    }
