"""The register on two days, fetched for `boundaries.changes.comparison` and told with names and documents. Reads only.

Five statements whatever the number of units: lineage, what differs, how many there are, documents, names of those outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from boundaries.changes.comparison import Change, Edge, Kind, Link, State, compare, counts, follow
from boundaries.models import Division, DivisionRecord
from boundaries.services.places import codes_spelled
from gis.errors import InvalidInputError, NotFoundError


@dataclass(frozen=True, slots=True)
class Document:
    """What a change rests on: an enacted decision, or (`decision` None) a numbered document or the data set that shows it."""

    on: date
    decision: int | None
    number: str
    title: str
    approver: str
    # The area of the decision, by which it is judged who may read it.
    area: int | None

    @property
    def words(self) -> str:
        return self.number or self.title

    @property
    def is_paper(self) -> bool:
        return self.decision is not None or bool(self.number)


@dataclass(frozen=True, slots=True)
class Side:
    """What a page tells of a unit on one of the days beside its `State`. `bounds` west, south, east, north."""

    parent_name: str
    grade: str
    bounds: tuple[float, float, float, float] | None
    demo: bool


@dataclass(frozen=True, slots=True)
class Relative:
    """A unit on the other day and the share of ground that joins the two; `division` is linked with the day it was there."""

    division: int
    name: str
    share: float | None
    whole: bool


@dataclass(frozen=True)
class Row:
    change: Change
    before: Side | None
    after: Side | None
    formers: tuple[Relative, ...]
    latters: tuple[Relative, ...]
    documents: tuple[Document, ...]

    @property
    def name(self) -> str:
        state = self.change.after or self.change.before
        return state.name if state else ""

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        boxes = [side.bounds for side in (self.before, self.after) if side and side.bounds]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)

    @property
    def area_grown_m2(self) -> float | None:
        was, is_ = self.change.before, self.change.after
        if was is None or is_ is None or was.area_m2 is None or is_.area_m2 is None:
            return None
        return is_.area_m2 - was.area_m2

    @property
    def demo(self) -> bool:
        return any(side.demo for side in (self.before, self.after) if side)


@dataclass(frozen=True)
class TwoDays:
    """`units` counts what there was on each of the days, in the part compared. `root` is None for the whole register."""

    start: date
    end: date
    root: int | None
    level: int | None
    units: tuple[int, int]
    rows: tuple[Row, ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict)


def two_days(start: date, end: date, *, root: int | None = None, level: int | None = None) -> TwoDays:
    """What differs between `start` and `end` in the whole register, or among what lay under `root` on either day.

    A root that came out of others, or went whole into another, stands for those on the other day.
    """
    edges, then, now = _edges(start, end)
    links = follow(edges, then, now)
    scope: dict[str, Any] = {
        "start": start,
        "end": end,
        "level": level,
        "then": [root, *(link.former for link in links if link.latter == root and link.whole)] if root else None,
        "now": [root, *(link.latter for link in links if link.former == root and link.whole)] if root else None,
        "linked": sorted({one for link in links for one in (link.former, link.latter)}),
    }
    before, after, sides = _states(scope)
    changes = compare(before, after, links)
    divisions = {state.division for change in changes for state in (change.before, change.after) if state}
    papers = _documents(start, end, divisions)
    former_names = _names({link.former for change in changes for link in change.formers}, start)
    latter_names = _names({link.latter for change in changes for link in change.latters}, end)
    rows = [_row(change, sides, papers, former_names, latter_names) for change in changes]
    return TwoDays(start, end, root, level, _count(scope), tuple(sorted(rows, key=_in_order)), counts(changes))


def _row(
    change: Change,
    sides: Mapping[tuple[int, bool], Side],
    papers: Mapping[int, Sequence[Document]],
    former_names: Mapping[int, str],
    latter_names: Mapping[int, str],
) -> Row:
    was, is_ = change.before, change.after
    told = {paper for state in (was, is_) if state for paper in papers.get(state.division, ())}
    by_paper = [paper for paper in told if paper.is_paper] or told
    shown = sorted(by_paper, key=lambda paper: (paper.on, paper.number, paper.title))
    ours = {state.division for state in (was, is_) if state}
    return Row(
        change,
        sides[was.division, False] if was else None,
        sides[is_.division, True] if is_ else None,
        _relatives(((link.former, link) for link in change.formers), former_names, ours),
        _relatives(((link.latter, link) for link in change.latters), latter_names, ours),
        tuple(shown),
    )


def _relatives(links: Iterable[tuple[int, Link]], names: Mapping[int, str], ours: Collection[int]) -> tuple[Relative, ...]:
    found = [Relative(one, names.get(one, ""), link.share, link.whole) for one, link in links if one not in ours]
    return tuple(sorted(found, key=lambda relative: (-(relative.share or 0), relative.name)))


def _in_order(row: Row) -> tuple[Any, ...]:
    state, side = row.change.after or row.change.before, row.after or row.before
    code = (state.codes or {}).get("mca") or (state.codes or {}).get("nbs") or "~" if state else ""
    order = list(Kind).index(row.change.kind)
    return order, state.level if state else 0, code[:6], side.parent_name if side else "", code, row.name


def find_root(text: str, start: date, end: date) -> int | None:
    """The unit a comparison is limited to: its code, its whole name, or its number in the register; None where `text` is empty."""
    wanted = text.strip()[:60]
    if not wanted:
        return None
    for day in (end, start):
        found = codes_spelled(wanted, day)
        if not found and not wanted.isdigit():
            named = DivisionRecord.objects.on(day).filter(name=wanted).order_by("level", "division")
            found = list(named.values_list("division", flat=True)[:20])
        if len(found) > 1 and not wanted.isdigit():
            raise InvalidInputError(
                "several_units",
                _("%(day)s 有 %(count)d 个区划叫“%(name)s”，请改用区划代码。")
                % {"day": day.isoformat(), "count": len(found), "name": wanted},
            )
        if found:
            return found[0]
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 and Division.objects.filter(pk=int(wanted)).exists():
        return int(wanted)
    raise NotFoundError("not_on_either_day", _("这两天都没有名称或代码为“%(text)s”的区划。") % {"text": wanted})


# --- statements ---------------------------------------------------------------------------------------------------------


def _edges(start: date, end: date) -> tuple[list[Edge], set[int], set[int]]:
    """The lineage between the days; which predecessors were there on `start`, which successors are there on `end`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH alive AS (SELECT division_id, valid FROM boundaries_divisionrecord WHERE upper_inf(recorded))
            SELECT l."on", l.source_id, l.kind, l.predecessor_id, l.successor_id, l.area_share,
                   EXISTS (SELECT FROM alive WHERE division_id = l.predecessor_id AND valid @> l."on"),
                   EXISTS (SELECT FROM alive WHERE division_id = l.predecessor_id AND valid @> %(start)s::date),
                   EXISTS (SELECT FROM alive WHERE division_id = l.successor_id AND valid @> %(end)s::date)
            FROM boundaries_lineage l
            WHERE upper_inf(l.recorded) AND l."on" > %(start)s AND l."on" <= %(end)s
            ORDER BY l."on", l.source_id, l.id
            """,
            {"start": start, "end": end},
        )
        rows = cursor.fetchall()
    edges = [Edge(on, group, kind, old, new, share, lasts) for on, group, kind, old, new, share, lasts, _then, _now in rows]
    return edges, {row[3] for row in rows if row[7]}, {row[4] for row in rows if row[8]}


# What is compared: everything, or what lay under the roots on either day, looked at on both.
_SCOPE = """
WITH RECURSIVE held AS NOT MATERIALIZED (
    SELECT id, division_id, parent_id, level, valid FROM boundaries_divisionrecord WHERE upper_inf(recorded)
), below_then (id, depth) AS (
    SELECT unnest(%(then)s::bigint[]), 0
    UNION ALL
    SELECT held.division_id, depth + 1 FROM below_then JOIN held ON held.parent_id = below_then.id
    WHERE held.valid @> %(start)s::date AND depth < 8
), below_now (id, depth) AS (
    SELECT unnest(%(now)s::bigint[]), 0
    UNION ALL
    SELECT held.division_id, depth + 1 FROM below_now JOIN held ON held.parent_id = below_now.id
    WHERE held.valid @> %(end)s::date AND depth < 8
), scope AS MATERIALIZED (SELECT id FROM below_then UNION SELECT id FROM below_now)
"""
_OF_DAY = """
    upper_inf(r.recorded) AND r.valid @> %({day})s::date
    AND (%(level)s::smallint IS NULL OR r.level = %(level)s::smallint)
    AND (%(then)s::bigint[] IS NULL OR r.division_id IN (SELECT id FROM scope))
"""
_CODES = """
    SELECT division_id, max(code) FILTER (WHERE authority = 'mca') AS mca, max(code) FILTER (WHERE authority = 'nbs') AS nbs
    FROM boundaries_divisioncode WHERE upper_inf(recorded) AND valid @> %({day})s::date GROUP BY division_id
"""
_SIDE = """
    {side}.name, {side}.type, {side}.level, {side}.parent_id, {side}_codes.mca, {side}_codes.nbs, {side}.area_m2, {side}.id,
    (SELECT name FROM boundaries_divisionrecord p
     WHERE p.division_id = {side}.parent_id AND upper_inf(p.recorded) AND p.valid @> %({day})s::date),
    {side}.grade, ST_XMin({side}.geometry), ST_YMin({side}.geometry), ST_XMax({side}.geometry), ST_YMax({side}.geometry),
    (SELECT kind = 'demo' FROM boundaries_source s WHERE s.id = {side}.source_id)
"""
# Extents are looked at only where both days have one and they come from different records.
_STATES = f"""
{_SCOPE}, was AS (SELECT r.* FROM boundaries_divisionrecord r WHERE {_OF_DAY.format(day="start")}),
is_ AS (SELECT r.* FROM boundaries_divisionrecord r WHERE {_OF_DAY.format(day="end")}),
was_codes AS ({_CODES.format(day="start")}), is__codes AS ({_CODES.format(day="end")})
SELECT coalesce(was.division_id, is_.division_id), was.division_id IS NOT NULL, is_.division_id IS NOT NULL,
       CASE WHEN was.id = is_.id THEN true WHEN was.geometry IS NULL OR is_.geometry IS NULL THEN NULL
            ELSE ST_Equals(was.geometry, is_.geometry) END,
       CASE WHEN was.id IS NULL THEN (
           SELECT begins = 'observed' FROM boundaries_divisionrecord f
           WHERE f.division_id = is_.division_id AND upper_inf(f.recorded) ORDER BY f.valid LIMIT 1
       ) ELSE false END,
       {_SIDE.format(side="was", day="start")}, {_SIDE.format(side="is_", day="end")}
FROM was FULL JOIN is_ ON is_.division_id = was.division_id
LEFT JOIN was_codes ON was_codes.division_id = was.division_id
LEFT JOIN is__codes ON is__codes.division_id = is_.division_id
WHERE was.id IS DISTINCT FROM is_.id OR was_codes.mca <> is__codes.mca OR was_codes.nbs <> is__codes.nbs
      OR was.division_id = ANY(%(linked)s::bigint[])
"""
_COUNT = f"""
{_SCOPE} SELECT
(SELECT count(*) FROM boundaries_divisionrecord r WHERE {_OF_DAY.format(day="start")}),
(SELECT count(*) FROM boundaries_divisionrecord r WHERE {_OF_DAY.format(day="end")})
"""
_WIDTH = 15


def _states(scope: Mapping[str, Any]) -> tuple[list[State], list[State], dict[tuple[int, bool], Side]]:
    """What differs, on both days, and its sides by (division, whether it is the later day)."""
    with connection.cursor() as cursor:
        cursor.execute(_STATES, scope)
        rows = cursor.fetchall()
    states: tuple[list[State], list[State]] = ([], [])
    sides = {}
    for division, then, now, same_ground, observed, *columns in rows:
        for later, present in enumerate((then, now)):
            if not present:
                continue
            name, kind, level, parent, mca, nbs, area, record, *told = columns[later * _WIDTH : (later + 1) * _WIDTH]
            codes = {authority: code for authority, code in (("mca", mca), ("nbs", nbs)) if code}
            ground = "" if area is None else "same" if same_ground else str(record)
            states[later].append(State(division, name, kind, level, parent, codes, area, ground, observed))
            parent_name, grade, west, south, east, north, demo = told
            bounds = None if west is None else (west, south, east, north)
            sides[division, bool(later)] = Side(parent_name or "", grade, bounds, bool(demo))
    return (*states, sides)


def _count(scope: Mapping[str, Any]) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, scope)
        then, now = cursor.fetchone()
    return then, now


def _documents(start: date, end: date, divisions: Collection[int]) -> dict[int, list[Document]]:
    """What the records, codes and lineages that begin between the days rest on, and what abolished a unit."""
    found: defaultdict[int, list[Document]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH wanted AS (SELECT unnest(%(divisions)s::bigint[]) AS id), event AS (
                SELECT division_id AS id, lower(valid) AS day, source_id FROM boundaries_divisionrecord WHERE upper_inf(recorded)
                UNION
                SELECT division_id, lower(valid), source_id FROM boundaries_divisioncode WHERE upper_inf(recorded)
                UNION
                SELECT predecessor_id, "on", source_id FROM boundaries_lineage WHERE upper_inf(recorded)
                UNION
                SELECT successor_id, "on", source_id FROM boundaries_lineage WHERE upper_inf(recorded)
                UNION
                SELECT (act.data->>'unit')::bigint, d.effective_on, d.source_id
                FROM boundaries_decisionact act JOIN boundaries_decision d ON d.id = act.decision_id
                WHERE d.state = 'enacted' AND act.kind = 'abolish' AND act.data->>'unit' ~ '^[0-9]{1,18}$'
            )
            SELECT event.id, event.day, d.id, coalesce(d.document_number, s.document_number), coalesce(d.title, s.title),
                   coalesce(d.approver, s.issuer), d.area_id
            FROM event JOIN wanted ON wanted.id = event.id JOIN boundaries_source s ON s.id = event.source_id
            LEFT JOIN boundaries_decision d ON d.source_id = s.id
            WHERE event.day > %(start)s AND event.day <= %(end)s
            """,
            {"divisions": sorted(divisions), "start": start, "end": end},
        )
        for division, *paper in cursor.fetchall():
            found[division].append(Document(*paper))
    return found


def _names(divisions: Collection[int], day: date) -> dict[int, str]:
    if not divisions:
        return {}
    return dict(DivisionRecord.objects.on(day).filter(division__in=divisions).values_list("division_id", "name"))
