"""What in the register contradicts itself about one division: asked before and after a correction, which is told what it adds.

A correction may need several steps (the end of one unit, the beginning of the next, the day of the lineage between them), so what
is contradictory in between is told and not forbidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import shapely
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Authority, DivisionCode, DivisionRecord, Level, Lineage
from gis.coverage import check

# Findings that grow by less are rounding, as in boundaries.changes.topology.
_GROWN_M2 = 10.0
_SHARES = 1e-6

_WORDS = {
    "life_gap": _("%(name)s 自 %(from)s 至 %(to)s 没有记录。"),
    "code_outside_life": _("代码 %(code)s 在 %(day)s 有效，而 %(name)s 当日没有记录。"),
    "code_of_another": _("代码 %(code)s 曾由另一区划使用，废码不用（CODE-03）。"),
    "code_not_of_county": _("代码 %(code)s 的前六位不是上级代码 %(county)s（CODE-02）。"),
    "lineage_without_predecessor": _("沿革记 %(day)s 由 %(one)s 到 %(other)s，而 %(one)s 在前一日没有记录。"),
    "lineage_without_successor": _("沿革记 %(day)s 由 %(one)s 到 %(other)s，而 %(other)s 当日没有记录。"),
    "lineage_shares": _("%(name)s 在 %(day)s 划出的面积占比合计 %(total)s，应为 100%%。"),
    "lineage_whole_but_there": _("沿革记 %(name)s 在 %(day)s 全部划出，而当日仍有记录。"),
    "parent_not_in_force": _("%(name)s 的上级 %(parent)s 在 %(day)s 没有记录。"),
    "child_without_parent": _("下级 %(child)s 在 %(day)s 的上级 %(name)s 没有记录。"),
    "name_taken": _("同一上级下同时还有一个 %(name)s。"),
    "coverage_gap": _("%(name)s 内 %(day)s 有空隙，共 %(area)s 平方米。"),
    "coverage_overlap": _("%(name)s 内 %(day)s 有重叠，共 %(area)s 平方米。"),
    "coverage_outside": _("%(name)s 的下级 %(day)s 越出其范围，共 %(area)s 平方米。"),
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`code` is stable; `message` a sentence in the reader's language. What is the same contradiction has the same `key`.

    `area_m2`: of a finding on the map, else 0.
    """

    code: str
    key: tuple[object, ...]
    message: str
    area_m2: float = 0.0

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message}


Span = tuple[date, date]  # half-open; date.max for no end


def contradictions(division: int, days: Iterable[date]) -> list[Contradiction]:
    """All about the division, its codes, its lineage, what lies below it; its map and its siblings' on `days`."""
    return [*_Held(division).all(), *(one for day in sorted(set(days)) for one in _on_the_map(division, day))]


def added(before: Iterable[Contradiction], after: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Those that were not there before; of the map, also those that grew."""
    there = {(one.code, one.key): one.area_m2 for one in before}

    def is_new(one: Contradiction) -> bool:
        held = there.get((one.code, one.key))
        return held is None or one.area_m2 > held + _GROWN_M2

    return tuple(one for one in after if is_new(one))


class _Held:
    def __init__(self, division: int) -> None:
        self.division = division
        self.records = list(DivisionRecord.objects.current().filter(division=division).order_by("valid"))
        self.name = self.records[-1].name if self.records else f"#{division}"
        self.edges = list(
            Lineage.objects.filter(Q(predecessor=division) | Q(successor=division), recorded__upper_inf=True).order_by("on", "pk")
        )
        self.below = list(DivisionRecord.objects.current().filter(parent=division).order_by("valid"))
        others = {key for edge in self.edges for key in (edge.predecessor_id, edge.successor_id)}
        others |= {row.parent_id for row in self.records if row.parent_id is not None} | {division}
        self.lives: defaultdict[int, list[Span]] = defaultdict(list)
        self.names: dict[int, str] = {}
        for key, name, valid in (
            DivisionRecord.objects.current()
            .filter(division__in=others)
            .order_by("valid")
            .values_list("division_id", "name", "valid")
        ):
            self.lives[key].append(_span(valid))
            self.names[key] = name

    def all(self) -> Iterator[Contradiction]:
        yield from self._life()
        yield from self._codes()
        yield from self._lineage()
        yield from self._above_and_below()
        yield from self._namesakes()

    def _life(self) -> Iterator[Contradiction]:
        spans = self.lives[self.division]
        for (_since, until), (since, _until) in pairwise(spans):
            if until < since:
                yield _told("life_gap", (until, since), {"name": self.name, "from": until, "to": since})

    def _codes(self) -> Iterator[Contradiction]:
        for held in DivisionCode.objects.current().filter(division=self.division):
            words: dict[str, object] = {"name": self.name, "code": held.code}
            if (day := _uncovered(_span(held.valid), self.lives[self.division])) is not None:
                yield _told("code_outside_life", (held.authority, held.code, day), words | {"day": day})
            if held.authority != Authority.MCA:
                continue
            others = DivisionCode.objects.current().filter(authority=Authority.MCA, code=held.code)
            if others.exclude(division=self.division).exists():
                yield _told("code_of_another", (held.code,), words)
            for row in self.records:
                if row.level == Level.TOWNSHIP and row.parent_id is not None:
                    yield from self._county_code(row, held)

    def _county_code(self, row: DivisionRecord, held: DivisionCode) -> Iterator[Contradiction]:
        day = max(_span(row.valid)[0], _span(held.valid)[0])
        if day >= min(_span(row.valid)[1], _span(held.valid)[1]):
            return
        county = DivisionCode.objects.on(day).filter(division=row.parent_id, authority=Authority.MCA).first()
        if county is not None and not held.code.startswith(county.code):
            yield _told("code_not_of_county", (held.code, county.code), {"code": held.code, "county": county.code})

    def _lineage(self) -> Iterator[Contradiction]:
        leaving: defaultdict[date, list[Lineage]] = defaultdict(list)
        for edge in self.edges:
            pair = (edge.predecessor_id, edge.successor_id, edge.on)
            one, other = (self.names.get(key, "?") for key in pair[:2])
            words: dict[str, object] = {"one": one, "other": other, "day": edge.on}
            if not _in_force(self.lives[edge.predecessor_id], edge.on - timedelta(days=1)):
                yield _told("lineage_without_predecessor", pair, words)
            if not _in_force(self.lives[edge.successor_id], edge.on):
                yield _told("lineage_without_successor", pair, words)
            if edge.predecessor_id == self.division:
                leaving[edge.on].append(edge)
        for day, several in leaving.items():
            shares = [edge.area_share for edge in several]
            total = sum(share or 0 for share in shares)
            ends = not _in_force(self.lives[self.division], day)
            words = {"name": self.name, "day": day, "total": f"{total:.2%}"}
            if total > 1 + _SHARES or (ends and None not in shares and total < 1 - _SHARES):
                yield _told("lineage_shares", (self.division, day), words)
            if not ends and any(share is not None and share > 1 - _SHARES for share in shares):
                yield _told("lineage_whole_but_there", (self.division, day), words)

    def _above_and_below(self) -> Iterator[Contradiction]:
        for row in self.records:
            if row.parent_id is not None and (day := _uncovered(_span(row.valid), self.lives[row.parent_id])) is not None:
                words = {"name": row.name, "parent": self.names.get(row.parent_id, "?"), "day": day}
                yield _told("parent_not_in_force", (row.parent_id, day), words)
        for row in self.below:
            if (day := _uncovered(_span(row.valid), self.lives[self.division])) is not None:
                words = {"child": row.name, "name": self.name, "day": day}
                yield _told("child_without_parent", (row.division_id, day), words)

    def _namesakes(self) -> Iterator[Contradiction]:
        for row in self.records:
            if row.parent_id is None:
                continue
            same = DivisionRecord.objects.current().filter(parent=row.parent_id, level=row.level, name=row.name)
            for other in same.filter(valid__overlap=row.valid).exclude(division=self.division):
                yield _told("name_taken", (row.name, other.division_id), {"name": row.name})


def _on_the_map(division: int, day: date) -> Iterator[Contradiction]:
    """The unit among its siblings, and what lies below it: gaps, overlaps and ground outside the parent, in m²."""
    own = DivisionRecord.objects.on(day).filter(division=division).first()
    if own is None:
        return
    for parent, level in ((own.parent_id, own.level), (division, None)):
        if parent is None:
            continue
        rows = DivisionRecord.objects.on(day).filter(parent=parent)
        rows = rows.filter(level=level) if level is not None else rows
        for each in sorted({row.level for row in rows}):
            yield from _coverage(parent, [row for row in rows if row.level == each], day)


def _coverage(parent: int, rows: list[DivisionRecord], day: date) -> Iterator[Contradiction]:
    grounds = np.empty(len(rows), dtype=object)
    grounds[:] = [None if row.geometry is None else shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows]
    known = [ground is not None for ground in grounds]
    if not any(known):
        return
    above = DivisionRecord.objects.on(day).filter(division=parent).first()
    ground = None if above is None or above.geometry is None else shapely.from_wkb(bytes(above.geometry.wkb))
    report = check(
        [row.division_id for row in rows], grounds, [parent] * len(rows), {parent: ground} if ground is not None else None
    )
    # A parent of which a child has no geometry is not covered by the others, and that is no gap.
    gaps = report.gaps if all(known) else ()
    for code, findings in (
        ("coverage_gap", gaps),
        ("coverage_overlap", report.overlaps),
        ("coverage_outside", report.outside_parent),
    ):
        area = float(sum(one.area_m2 for one in findings))
        if area > _GROWN_M2:
            words = {"name": above.name if above else "?", "day": day, "area": f"{area:,.0f}"}
            yield _told(code, (parent, rows[0].level, day), words, area)


def _told(code: str, key: tuple[object, ...], values: Mapping[str, object], m2: float = 0.0) -> Contradiction:
    return Contradiction(code, key, str(_WORDS[code]) % values, m2)


def _span(valid: object) -> Span:
    lower, upper = valid.lower, valid.upper  # type: ignore[attr-defined]
    return lower or date.min, upper or date.max


def _in_force(spans: Iterable[Span], day: date) -> bool:
    return any(since <= day < until for since, until in spans)


def _uncovered(wanted: Span, spans: Iterable[Span]) -> date | None:
    """The first day of `wanted` that none of the spans (in order) has."""
    day, until = wanted
    for since, end in sorted(spans):
        if since > day:
            break
        day = max(day, end)
    return day if day < until else None
