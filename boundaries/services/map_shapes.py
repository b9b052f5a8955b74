"""Makes what the map draws from the records: shapes, boundary lines and the days on which they change.

Derived data, so it is not audited; the records it comes from are. `rebuild_levels` makes whole levels, `mend` what has been noted
as stale (boundaries_mapstale, filled by triggers in the transaction that changes the register). Both give the same rows. Either
is one transaction on one snapshot of the register: a tile shows the map before it or after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from boundaries.models import DivisionRecord, Level, MapRevision, MapStale
from boundaries.services import map_mending, map_rows
from boundaries.services.map_sweep import sweep
from boundaries.services.map_world import Span, World, breakpoints, breakpoints_after, read_above, read_world
from gis.coverage.neighbours import pairs_ever, tints_of


@dataclass
class Rebuilt:
    """What a remaking made; counts of rows."""

    shapes: dict[int, int] = field(default_factory=dict)
    borders: dict[int, int] = field(default_factory=dict)


class AlreadyRemakingError(Exception):
    """Another process is at it."""


def rebuild_levels(levels: Iterable[int] | Literal["all"] = "all") -> Rebuilt:
    """Makes the map of `levels` anew from the records held today, and those of every level below.

    The levels below are made too because a boundary line is drawn once, at the highest level it bounds. Call it inside the
    transaction that changed records, or after it.
    """
    wanted = [int(level) for level in (Level if levels == "all" else levels)]
    if not wanted:
        return Rebuilt()
    with _remaking():
        return _rebuild(min(wanted))


def mend(*, wait: bool = True) -> Rebuilt:
    """Brings the map into agreement with the records wherever it is noted as stale; counts are of rows that went or came.

    Raises `AlreadyRemakingError` where another process is remaking and `wait` is False.
    """
    with _remaking(wait=wait):
        stale = list(MapStale.objects.all())
        whole = min((one.level for one in stale if one.level is not None), default=max(Level) + 1)
        made = Rebuilt()
        named: dict[int, Span] = {}
        for one in stale:
            if one.division_id is not None:
                written = Span(one.valid.lower, one.valid.upper) if one.valid is not None else Span()
                named[one.division_id] = named.get(one.division_id, written).hull(written)
        if named and whole > Level.PROVINCE:
            _note_mended(map_mending.mend_levels(named, below=whole), named, made)
        if whole <= max(Level):
            rebuilt = _rebuild(whole)
            made.shapes |= rebuilt.shapes
            made.borders |= rebuilt.borders
        MapStale.objects.filter(pk__in=[one.pk for one in stale]).delete()
        return made


def _note_mended(changed: dict[int, tuple[int, int]], noted: dict[int, Span], made: Rebuilt) -> None:
    for level in sorted(changed):
        shapes, borders = made.shapes[level], made.borders[level] = changed[level]
        held = MapRevision.objects.filter(level=level).values_list("breakpoints", flat=True).first() or []
        _note_revision(level, breakpoints_after(level, held, noted), always=bool(shapes or borders))


def _rebuild(first: int) -> Rebuilt:
    made = Rebuilt()
    with connection.cursor() as cursor:
        for level in range(first, max(Level) + 1):
            cursor.execute("DELETE FROM boundaries_mapshape WHERE level = %s", [level])
            cursor.execute("DELETE FROM boundaries_mapborder WHERE level = %s", [level])
            world = read_world(level)
            swept = sweep(world, read_above(level))
            made.shapes[level] = map_rows.write_shapes(map_rows.shape_rows(world, swept, world.of_division), _tints(world))
            made.borders[level] = map_rows.write_borders(map_rows.border_rows(level, swept))
            _note_revision(level, breakpoints(level), always=True)
        higher = DivisionRecord.objects.filter(level__lt=first).values("division")
        MapStale.objects.filter(Q(level__gte=first) | (Q(level=None) & ~Q(division__in=higher))).delete()
        cursor.execute("ANALYZE boundaries_mapshape, boundaries_mapborder")
    return made


def _tints(world: World) -> dict[int, int]:
    """One tint for each division through all its days, different from every neighbour it ever had."""
    days = np.array(
        [
            ((span.since or date.min).toordinal(), (span.until or date.max).toordinal())
            for span in (record.span for record in world.records)
        ],
        dtype=np.intp,
    ).reshape(-1, 2)
    owner = np.array([record.division for record in world.records], dtype=np.intp)
    return tints_of(world.of_division, pairs_ever(world.polygons, owner, days[:, 0], days[:, 1]))


def _note_revision(level: int, days: list[date], *, always: bool) -> None:
    held, _made = MapRevision.objects.get_or_create(level=level)
    if always or held.breakpoints != days:
        MapRevision.objects.filter(level=level).update(revision=F("revision") + 1, breakpoints=days, remade_at=timezone.now())


@contextmanager
def _remaking(*, wait: bool = True) -> Iterator[None]:
    """One remaking at a time, on one snapshot of the register.

    The lock is taken before the first statement that reads, so the snapshot is of the moment when it was our turn. Inside a
    transaction of the caller its snapshot is what there is.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _lock(cursor, wait=wait)
        yield


def _lock(cursor: Any, *, wait: bool) -> None:
    """Readers of tiles are not kept waiting."""
    statement = "LOCK TABLE boundaries_maprevision IN EXCLUSIVE MODE"
    if wait:
        cursor.execute(statement)
        return
    try:
        cursor.execute(f"{statement} NOWAIT")
    except OperationalError as error:
        raise AlreadyRemakingError from error


def period_start(breakpoints: list[date], day: date) -> date | None:
    """The first day of the period `day` lies in; None before every breakpoint. `breakpoints` ascending."""
    at = bisect_right(breakpoints, day)
    return breakpoints[at - 1] if at else None
