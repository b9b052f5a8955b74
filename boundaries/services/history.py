"""What became of a division, and what it came from: lineage followed both ways, shares multiplied along it.

Only lineage is followed, never a code or a name: a statistical code given to another place leads nowhere. A unit that goes on under
another name, parent or code is the same division and needs no lineage; `history_documents` tells such changes too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import connection
from django.utils.translation import gettext as _

from boundaries.models import Begins, DivisionRecord, SourceKind
from boundaries.querysets import subtree_ids
from boundaries.rules import names
from boundaries.services.places import codes_spelled, find_by_code
from gis.errors import InvalidInputError, NotFoundError


@dataclass(frozen=True, slots=True)
class Step:
    """One edge of the lineage that was followed; shares are of the predecessor, None when not known.

    `decision` is the document that did it, None where a data set only shows it. `begins` decided: on the very day; observed: the
    document gives no day, or there is none, and it happened not later than `on`.
    """

    on: date
    kind: str
    predecessor: int
    successor: int
    area_share: float | None
    population_share: float | None
    decision: str | None
    group: int
    begins: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A division at the other end. `share` is of the older one's ground, None when not known; `step` is the nearest to it."""

    division: int
    share: float | None
    step: Step | None


@dataclass(frozen=True)
class Trace:
    """From `division` on `start` to `end`; `end` before `start` goes back in time. `steps` are in the order of their days."""

    division: int
    start: date
    end: date
    reached: tuple[Reached, ...]
    steps: tuple[Step, ...]


def trace(division: int, day_a: date, day_b: date) -> Trace:
    """Follows `division` as of `day_a` to what it was or became on `day_b`. Three queries, whatever the length of the history."""
    forward = day_b >= day_a
    steps = _steps(division, day_a, day_b) if forward else _steps(division, day_b, day_a, back=True)
    lives = _lives({division} | {step.successor for step in steps} | {step.predecessor for step in steps})
    walk = _forward if forward else _backward
    reached = walk(division, steps, lives)
    there = tuple(one for one in reached if _alive(lives, one.division, day_b))
    return Trace(division, day_a, day_b, there, tuple(steps))


# --- following ----------------------------------------------------------------------------------------------------------


def _steps(division: int, after: date, until: date, *, back: bool = False) -> list[Step]:
    """The edges reachable from the division with ``after < on <= until``."""
    here, there = ("successor_id", "predecessor_id") if back else ("predecessor_id", "successor_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE reach (id) AS (
                SELECT %s::bigint
                UNION
                SELECT l.{there} FROM boundaries_lineage l JOIN reach ON l.{here} = reach.id
                WHERE upper_inf(l.recorded) AND l."on" > %s AND l."on" <= %s
            )
            SELECT l."on", l.kind, l.predecessor_id, l.successor_id, l.area_share, l.population_share,
                   s.kind, s.document_number, s.title, l.source_id,
                   (s.kind <> 'dataset' AND (s.dated = l."on" OR s.details ->> 'effective_on' = l."on"::text))
                   OR EXISTS (SELECT FROM boundaries_divisionrecord r
                              WHERE r.division_id IN (l.predecessor_id, l.successor_id) AND upper_inf(r.recorded)
                                AND lower(r.valid) = l."on" AND r.begins = 'decided')
            -- OFFSET 0 keeps the planner to the few units reached; it would read the lineage of all these years and compare.
            FROM reach CROSS JOIN LATERAL (
                SELECT * FROM boundaries_lineage edge
                WHERE edge.{here} = reach.id AND upper_inf(edge.recorded) AND edge."on" > %s AND edge."on" <= %s OFFSET 0
            ) l JOIN boundaries_source s ON s.id = l.source_id
            ORDER BY l."on", l.source_id, l.id
            """,
            [division, after, until, after, until],
        )
        rows = cursor.fetchall()
    return [
        Step(on, how, one, other, area, people, cited(kind, number, title), group, Begins.DECIDED if decided else Begins.OBSERVED)
        for on, how, one, other, area, people, kind, number, title, group, decided in rows
    ]


def cited(kind: str, number: str, title: str) -> str | None:
    """How a source is named as the document that did something; None where it is a data set or an entry without a number."""
    if number:
        return number
    return title if kind in (SourceKind.DOCUMENT, SourceKind.DEMO) else None


Lives = Mapping[int, list[tuple[date | None, date | None]]]


def _lives(divisions: Iterable[int]) -> Lives:
    lives: defaultdict[int, list[tuple[date | None, date | None]]] = defaultdict(list)
    for division, valid in DivisionRecord.objects.current().filter(division__in=divisions).values_list("division_id", "valid"):
        lives[division].append((valid.lower, valid.upper))
    return lives


def _alive(lives: Lives, division: int, day: date) -> bool:
    return any((since is None or since <= day) and (until is None or day < until) for since, until in lives.get(division, ()))


def _groups(steps: list[Step]) -> Iterator[tuple[date, list[Step]]]:
    """The steps of one decision take effect together; those of two on one day one after the other."""
    for (on, _group), several in groupby(steps, key=lambda step: (step.on, step.group)):
        yield on, list(several)


def _forward(division: int, steps: list[Step], lives: Lives) -> list[Reached]:
    """Where the ground of the division went: the share of it each one holds."""
    held: dict[int, Reached] = {division: Reached(division, 1.0, None)}
    for on, group in _groups(steps):
        now: dict[int, Reached] = {}
        leaving: defaultdict[int, list[Step]] = defaultdict(list)
        for step in group:
            leaving[step.predecessor].append(step)
        for key, one in held.items():
            goes = leaving.get(key, [])
            if not goes or _alive(lives, key, on):
                left = _left([step.area_share for step in goes])
                _add(now, key, _times(one.share, left), one.step)
            for step in goes:
                _add(now, step.successor, _times(one.share, step.area_share), step)
        held = now
    return list(held.values())


def _backward(division: int, steps: list[Step], lives: Lives) -> list[Reached]:
    """What the division came from: the share of each older one that is in it."""
    within: dict[int, Reached] = {division: Reached(division, 1.0, None)}
    for on, group in reversed(list(_groups(steps))):
        before: dict[int, Reached] = {}
        leaving: defaultdict[int, list[Step]] = defaultdict(list)
        for step in group:
            if step.successor in within:
                leaving[step.predecessor].append(step)
        eve = on - timedelta(days=1)
        for key, one in within.items():
            if _alive(lives, key, eve):
                stays = _left([step.area_share for step in group if step.predecessor == key])
                _add(before, key, _times(one.share, stays), one.step)
        for key, goes in leaving.items():
            for step in goes:
                _add(before, key, _times(within[step.successor].share, step.area_share), step)
        within = before
    return list(within.values())


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _left(shares: list[float | None]) -> float | None:
    if any(share is None for share in shares):
        return None
    return max(0.0, 1.0 - sum(share or 0.0 for share in shares))


def _add(held: dict[int, Reached], key: int, share: float | None, step: Step | None) -> None:
    former = held.get(key)
    if former is None:
        held[key] = Reached(key, share, step)
    else:
        total = None if former.share is None or share is None else min(1.0, former.share + share)
        held[key] = Reached(key, total, step or former.step)


# --- finding ------------------------------------------------------------------------------------------------------------


def find_all(day: date, *, code: str = "", name: str = "", under: str = "") -> list[int]:
    """Every division that held the code, or bore the name, on `day`. Raises `NotFoundError` when there is none."""
    if bool(code) == bool(name):
        raise InvalidInputError("code_or_name", _("请用 --code 或 --name 指明要查的区划，二者取一。"))
    if code:
        found = codes_spelled(code, day) or [find_by_code(code, day).place.id]  # which says why there is none
    else:
        wanted = names.clean(name)
        found = list(
            DivisionRecord.objects.on(day).filter(name=wanted).order_by("level", "division").values_list("division", flat=True)
        )
    if under and found:
        inside = set(subtree_ids(find_by_code(under, day).place.id, day))
        found = [one for one in found if one in inside]
    if not found:
        raise NotFoundError("not_on_day", _("%(day)s 没有找到“%(what)s”。") % {"day": day.isoformat(), "what": (code or name)[:40]})
    return found
