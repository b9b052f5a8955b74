"""History as documents: what the commands print and the pages show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from boundaries.models import Authority, Begins, DivisionCode, DivisionRecord
from boundaries.services.history import Reached, Step, Trace, trace
from boundaries.services.places import find_by_code


@dataclass(frozen=True, slots=True)
class Shown:
    """How a division looked during a span of legal time; spans that differ in nothing shown here are one."""

    division: int
    name: str
    type: str
    since: date | None
    until: date | None
    decision: str | None

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Faces:
    """Names, types and codes of some divisions through all their days."""

    def __init__(self, divisions: Iterable[int]) -> None:
        wanted = set(divisions)
        self._shown: defaultdict[int, list[Shown]] = defaultdict(list)
        records = DivisionRecord.objects.current().filter(division__in=wanted).order_by("division", "valid")
        for row in records.values_list(
            "division_id", "name", "type", "valid", "begins", "source__document_number", "source__title"
        ):
            self._record(*row)
        self._codes: defaultdict[int, list[tuple[date | None, date | None, str, str]]] = defaultdict(list)
        codes = DivisionCode.objects.current().filter(division__in=wanted).order_by("authority", "valid")
        for division, authority, code, valid in codes.values_list("division_id", "authority", "code", "valid"):
            self._codes[division].append((valid.lower, valid.upper, code, authority))

    def _record(self, division: int, name: str, kind: str, valid: Any, begins: str, number: str, title: str) -> None:
        spans = self._shown[division]
        last = spans[-1] if spans else None
        if last is not None and (last.name, last.type, last.until) == (name, kind, valid.lower):
            spans[-1] = Shown(division, name, kind, last.since, valid.upper, last.decision)
        else:
            decision = (number or title) if begins == Begins.DECIDED else None
            spans.append(Shown(division, name, kind, valid.lower, valid.upper, decision))

    def on(self, division: int, day: date) -> Shown | None:
        return next((one for one in self._shown[division] if one.holds_on(day)), None)

    def near(self, division: int, day: date) -> Shown | None:
        """On the day, else the last before, else the first there is."""
        spans = self._shown[division]
        before = [one for one in spans if one.since is None or one.since <= day]
        return self.on(division, day) or (before[-1] if before else spans[0] if spans else None)

    def spans(self, division: int) -> list[Shown]:
        return self._shown[division]

    def code(self, division: int, day: date) -> str | None:
        """The legal code on the day, else the statistical one."""
        held = [row for row in self._codes[division] if (row[0] is None or row[0] <= day) and (row[1] is None or day < row[1])]
        return held[0][2] if held else None

    def legal_changes(self, division: int) -> list[tuple[date, str, str]]:
        """(day, old, new) where one legal code followed another."""
        rows = [row for row in self._codes[division] if row[3] == Authority.MCA]
        return [
            (later[0], earlier[2], later[2])
            for earlier, later in pairwise(rows)
            if later[0] is not None and earlier[1] == later[0] and earlier[2] != later[2]
        ]


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
        "successors": [_end(faces, one, run.end) for run in forward for one in run.reached],
        "predecessors": [
            row for run in backward for row in (_earlier(faces, run) if to is None or to >= day else _ends(faces, run))
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
    }


def _ends(faces: Faces, run: Trace) -> list[dict[str, Any]]:
    return [_end(faces, one, run.end) for one in run.reached]


def _end(faces: Faces, reached: Reached, day: date) -> dict[str, Any]:
    shown = faces.near(reached.division, day)
    decision = reached.step.decision if reached.step else None
    if decision is None and shown is not None and len(faces.spans(reached.division)) > 1:
        decision = shown.decision
    return _row(faces, reached.division, day, shown, reached.share, decision)


def _earlier(faces: Faces, run: Trace) -> list[dict[str, Any]]:
    """Every state that led to the division: of itself under another name, and of those it came from, the nearest in time first."""
    rows: list[tuple[date, dict[str, Any]]] = []
    seen = {run.division}
    for span in faces.spans(run.division):
        if span.until is not None and span.until <= run.start:
            following = faces.on(run.division, span.until)
            if following is not None:
                row = _row(faces, run.division, span.until - timedelta(days=1), span, 1.0, following.decision)
                rows.append((span.until, row))
    for step in reversed(run.steps):
        if step.predecessor in seen:
            continue
        seen.add(step.predecessor)
        eve = step.on - timedelta(days=1)
        back = next((one for one in trace(run.division, run.start, eve).reached if one.division == step.predecessor), None)
        share = back.share if back is not None else step.area_share
        rows.append((step.on, _row(faces, step.predecessor, eve, faces.near(step.predecessor, eve), share, step.decision)))
        rows += [
            (span.until, _row(faces, step.predecessor, span.until - timedelta(days=1), span, share, step.decision))
            for span in faces.spans(step.predecessor)
            if span.until is not None and span.until < step.on
        ]
    return [row for _on, row in sorted(rows, key=lambda pair: pair[0], reverse=True)]


def _row(faces: Faces, division: int, day: date, shown: Shown | None, share: float | None, decision: str | None) -> dict[str, Any]:
    return {
        "code": faces.code(division, day),
        "name": shown.name if shown else "",
        "type": shown.type if shown else "",
        "share": None if share is None else round(share, 6),
        "decision": decision,
    }


def _path(faces: Faces, steps: set[Step], divisions: list[int], first: date, last: date) -> list[dict[str, Any]]:
    """Everything that happened on the way, by day: lineage, and new names, types and legal codes of the units themselves."""
    rows: list[dict[str, Any]] = []
    for step in steps:
        eve = step.on - timedelta(days=1)
        rows.append(
            {
                "on": step.on,
                "kind": step.kind,
                "from": _unit(faces, step.predecessor, eve),
                "to": _unit(faces, step.successor, step.on),
                "share": step.area_share,
                "population_share": step.population_share,
                "decision": step.decision,
            }
        )
    for division in {*divisions, *(key for step in steps for key in (step.predecessor, step.successor))}:
        rows += _own_changes(faces, division, first, last)
    return sorted(rows, key=lambda row: (row["on"], row["kind"], row["from"]["division"], row["to"]["division"]))


def _own_changes(faces: Faces, division: int, first: date, last: date) -> Iterator[dict[str, Any]]:
    changes: list[tuple[date, str, str | None]] = []
    spans = faces.spans(division)
    for earlier, later in pairwise(spans):
        if later.since is not None and earlier.until == later.since:
            changes.append((later.since, "renamed" if earlier.name != later.name else "changed", later.decision))
    changes += [(on, "recoded", None) for on, _old, _new in faces.legal_changes(division)]
    for on, kind, decision in changes:
        if first < on <= last:
            yield {
                "on": on,
                "kind": kind,
                "from": _unit(faces, division, on - timedelta(days=1)),
                "to": _unit(faces, division, on),
                "share": 1.0,
                "population_share": 1.0,
                "decision": decision,
            }


def _unit(faces: Faces, division: int, day: date) -> dict[str, Any]:
    shown = faces.near(division, day)
    return {"division": division, "code": faces.code(division, day), "name": shown.name if shown else ""}


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
