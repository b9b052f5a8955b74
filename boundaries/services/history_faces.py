"""How divisions looked through all their days; what changed on which (name, type, parent, legal code), and by which document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from boundaries.models import Authority, Begins, DivisionCode, DivisionRecord, SourceKind
from boundaries.services.history import cited


@dataclass(frozen=True, slots=True)
class Shown:
    """A span of legal time in which name and type of a division stayed the same."""

    division: int
    name: str
    type: str
    since: date | None
    until: date | None
    begins: str

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of a unit that went on. `kind`: renamed, changed (its type), parent_changed or recoded.

    `begins`: decided on the day `on`, or observed: it is only known to have happened not later. Either may have a `decision`.
    """

    on: date
    kind: str
    decision: str | None
    begins: str


@dataclass(frozen=True, slots=True)
class _Paper:
    """The source of a row: as cited, and the days that it is of."""

    decision: str | None
    days: frozenset[str]


_SOURCE = ("source__kind", "source__document_number", "source__title", "source__dated", "source__details__effective_on")


class Faces:
    """Four queries, whatever the number of divisions."""

    def __init__(self, divisions: Iterable[int]) -> None:
        wanted = set(divisions)
        self._shown: defaultdict[int, list[Shown]] = defaultdict(list)
        self._changes: defaultdict[int, list[Change]] = defaultdict(list)
        self._parents: defaultdict[int, list[tuple[date | None, date | None, int | None]]] = defaultdict(list)
        self._codes: defaultdict[int, list[tuple[date | None, date | None, str, str]]] = defaultdict(list)
        self._read_records(wanted)
        self._read_codes(wanted)
        self._names = _names({parent for spans in self._parents.values() for *_days, parent in spans if parent is not None})
        for changes in self._changes.values():
            changes.sort(key=lambda change: (change.on, change.kind))

    def _read_records(self, wanted: set[int]) -> None:
        rows = DivisionRecord.objects.current().filter(division__in=wanted).order_by("division", "valid")
        last: tuple[int, date | None, str, str, int | None] | None = None
        for division, name, kind, parent, valid, begins, *source in rows.values_list(
            "division_id", "name", "type", "parent_id", "valid", "begins", *_SOURCE
        ):
            if last is not None and last[:2] == (division, valid.lower):
                paper = _paper(*source)
                # A decided record made by hand may cite anything; what is only observed was decided by a document or not at all.
                decision = paper.decision or (source[2] if begins == Begins.DECIDED else None)
                self._compare(division, valid.lower, last[2:], (name, kind, parent), decision, begins)
            self._span(division, name, kind, valid, begins)
            self._parents[division].append((valid.lower, valid.upper, parent))
            last = division, valid.upper, name, kind, parent

    def _compare(
        self,
        division: int,
        on: date,
        before: tuple[str, str, int | None],
        after: tuple[str, str, int | None],
        decision: str | None,
        begins: str,
    ) -> None:
        if before[0] != after[0]:
            self._changes[division].append(Change(on, "renamed", decision, begins))
        elif before[1] != after[1]:
            self._changes[division].append(Change(on, "changed", decision, begins))
        # A parent that a list did not name is not known to have been another.
        if None not in (before[2], after[2]) and before[2] != after[2]:
            self._changes[division].append(Change(on, "parent_changed", decision, begins))

    def _span(self, division: int, name: str, kind: str, valid: Any, begins: str) -> None:
        spans = self._shown[division]
        last = spans[-1] if spans else None
        if last is not None and (last.name, last.type, last.until) == (name, kind, valid.lower):
            spans[-1] = Shown(division, name, kind, last.since, valid.upper, last.begins)
        else:
            spans.append(Shown(division, name, kind, valid.lower, valid.upper, begins))

    def _read_codes(self, wanted: set[int]) -> None:
        rows = DivisionCode.objects.current().filter(division__in=wanted).order_by("division", "authority", "valid")
        papers: defaultdict[int, list[_Paper]] = defaultdict(list)
        for division, authority, code, valid, *source in rows.values_list("division_id", "authority", "code", "valid", *_SOURCE):
            self._codes[division].append((valid.lower, valid.upper, code, authority))
            papers[division].append(_paper(*source))
        for division, codes in self._codes.items():
            for (earlier, later), paper in zip(pairwise(codes), papers[division][1:], strict=True):
                # One legal code straight after another; statistical codes are the statistical office's and prove nothing.
                if (earlier[3], later[3]) == (Authority.MCA, Authority.MCA) and earlier[1] == later[0] and earlier[2] != later[2]:
                    self._recoded(division, later[0], paper)

    def _recoded(self, division: int, on: date | None, paper: _Paper) -> None:
        assert on is not None  # noqa: S101  the end of the code before
        # A code that changed together with name or parent changed by what changed these, whichever list it was read from.
        same = next((change for change in self._changes[division] if change.on == on and change.decision), None)
        if same is not None:
            self._changes[division].append(Change(on, "recoded", same.decision, same.begins))
        else:
            begins = Begins.DECIDED if on.isoformat() in paper.days else Begins.OBSERVED
            self._changes[division].append(Change(on, "recoded", paper.decision, begins))

    # --- asking -----------------------------------------------------------------------------------------------------

    def on(self, division: int, day: date) -> Shown | None:
        return next((one for one in self._shown[division] if one.holds_on(day)), None)

    def near(self, division: int, day: date) -> Shown | None:
        """On the day, else the last before, else the first there is."""
        spans = self._shown[division]
        before = [one for one in spans if one.since is None or one.since <= day]
        return self.on(division, day) or (before[-1] if before else spans[0] if spans else None)

    def changes(self, division: int) -> list[Change]:
        """By day."""
        return self._changes[division]

    def code(self, division: int, day: date) -> str | None:
        """The legal code on the day, else the statistical one."""
        return next((code for since, until, code, _authority in self._codes[division] if _holds(since, until, day)), None)

    def parent(self, division: int, day: date) -> tuple[int | None, str | None]:
        """(id, name) of the parent on the day."""
        parent = next((parent for since, until, parent in self._parents[division] if _holds(since, until, day)), None)
        if parent is None:
            return None, None
        return parent, next((name for since, until, name in self._names[parent] if _holds(since, until, day)), None)


def _holds(since: date | None, until: date | None, day: date) -> bool:
    return (since is None or since <= day) and (until is None or day < until)


def _names(divisions: set[int]) -> defaultdict[int, list[tuple[date | None, date | None, str]]]:
    found: defaultdict[int, list[tuple[date | None, date | None, str]]] = defaultdict(list)
    rows = DivisionRecord.objects.current().filter(division__in=divisions)
    for division, valid, name in rows.values_list("division_id", "valid", "name"):
        found[division].append((valid.lower, valid.upper, name))
    return found


def _paper(kind: str, number: str, title: str, dated: date | None, effective: str | None) -> _Paper:
    days = {effective, dated.isoformat() if dated else None} if kind != SourceKind.DATASET else set()
    return _Paper(cited(kind, number, title), frozenset(day for day in days if day))
