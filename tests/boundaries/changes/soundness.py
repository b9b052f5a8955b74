"""What holds of the register after whatever was enacted. Everything is worked out anew from the shapes, not from the plan."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from django.db import connection

from boundaries.models import DivisionCode, DivisionRecord, Lineage, LineageKind
from boundaries.services.history import trace
from gis.coverage import check
from gis.crs import area_m2

COUNTY, TOWNSHIP, VILLAGE = 3, 4, 5
# A corner put into an edge lies on it within a tenth of a millimetre; what that is of a village's ground. In plane degrees,
# because the geodesic area of a sliver is only good to a tenth of a square metre for each of its edges.
_NOISE = 1e-7


def said_of(day: date) -> set[tuple[object, ...]]:
    """All that the register says of a day, shapes and lineage up to it included."""
    found: set[tuple[object, ...]] = set()
    with connection.cursor() as cursor:
        for statement in _SAID:
            cursor.execute(statement, [day])
            found |= set(cursor.fetchall())
    return found


_SAID = (
    "SELECT division_id, name, proper_name, generic_name, level, type, parent_id, area_m2, grade, seat_grade, source_id, begins,"
    " ST_AsBinary(seat)::text, sha256(ST_AsBinary(geometry))::text FROM boundaries_divisionrecord"
    " WHERE upper_inf(recorded) AND valid @> %s::date",
    "SELECT division_id, authority, code, source_id FROM boundaries_divisioncode WHERE upper_inf(recorded) AND valid @> %s::date",
    'SELECT predecessor_id, successor_id, "on", kind, area_share, population_share, act_id, source_id FROM boundaries_lineage'
    ' WHERE upper_inf(recorded) AND "on" <= %s',
)


class Standing:
    """The units of a day with their shapes."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.rows = {row.division_id: row for row in DivisionRecord.objects.on(day)}
        self.grounds = {
            key: None if row.geometry is None else shapely.from_wkb(bytes(row.geometry.wkb)) for key, row in self.rows.items()
        }

    def at(self, level: int) -> list[int]:
        return [key for key, row in self.rows.items() if row.level == level]

    def known_ground(self, key: int) -> shapely.Geometry | None:
        """Its own outline, or what is known of the units below one that has none: a township that went to a county whose outline
        nobody has recorded left no gap behind."""
        own = self.grounds[key]
        if own is not None:
            return own
        below = [self.known_ground(one) for one, row in self.rows.items() if row.parent_id == key]
        pieces = [ground for ground in below if ground is not None]
        return shapely.union_all(pieces) if pieces else None


def assert_sound(now: Standing) -> None:
    """On every level siblings leave no gap, do not overlap, and lie inside their parent."""
    for level in (COUNTY, TOWNSHIP, VILLAGE):
        units = now.at(level)
        parents = {key: now.rows[key].parent_id for key in units}
        whole = {parent for parent in parents.values() if parent is not None and _is_covered(now, level, parent)}
        report = check(
            units,
            np.array([now.known_ground(key) for key in units], dtype=object),
            parents,
            {parent: now.grounds[parent] for parent in whole},
        )
        assert report.valid, (now.day, level, report.as_dict(3))
        # Not only within a tolerance: neighbours share every corner.
        assert shapely.coverage_is_valid([now.grounds[key] for key in units if now.grounds[key] is not None]), (now.day, level)
        for key in units:
            parent = parents[key]
            if parent is None or parent in whole or now.grounds[key] is None or now.grounds[parent] is None:
                continue
            outside = float(area_m2(shapely.difference(now.grounds[key], now.grounds[parent]))[0])
            assert not outside > 1, (now.day, now.rows[key].name, "outside", now.rows[parent].name)
    assert all(row.parent_id is None or now.rows[row.parent_id].level < row.level for row in now.rows.values())


def _is_covered(now: Standing, level: int, parent: int) -> bool:
    """The neighbouring county has no townships of its own; what comes to it does not cover it, nor do villages with a gap known."""
    if now.grounds[parent] is None:
        return False
    below = [key for key in now.at(level) if now.rows[key].parent_id == parent]
    return (level != TOWNSHIP or now.rows[parent].name != "邻和县") and all(now.grounds[key] is not None for key in below)


def assert_codes(day: date) -> None:
    """No code on two units, on the day or ever; townships' codes begin with their county's; who has ended has none."""
    codes = list(DivisionCode.objects.on(day).values_list("authority", "code"))
    assert len(codes) == len(set(codes))
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for code, division in DivisionCode.objects.current().filter(authority="mca").values_list("code", "division"):
        holders[code].add(division)
    assert all(len(several) == 1 for several in holders.values()), "CODE-03: a legal code is never used again"
    there = {row.division_id: row for row in DivisionRecord.objects.on(day)}
    held = dict(DivisionCode.objects.on(day).filter(authority="mca").values_list("division_id", "code"))
    assert set(DivisionCode.objects.on(day).values_list("division_id", flat=True)) <= set(there)
    for row in there.values():
        if row.level == TOWNSHIP:
            assert held[row.division_id][:6] == held[row.parent_id], row.name


def assert_lineage(before: Standing, now: Standing, *, stated: bool) -> None:
    """Shares are those of the ground, sum to one; no ground changes hands untold. Not `stated`: some went over in words only."""
    day = now.day
    leaving: defaultdict[int, list[Lineage]] = defaultdict(list)
    edges = Lineage.objects.filter(on=day, recorded__upper_inf=True).select_related("act", "source")
    for edge in edges:
        leaving[edge.predecessor_id].append(edge)
        assert edge.act is not None and edge.act.decision.source_id == edge.source_id
        assert edge.kind in LineageKind.values
        assert edge.predecessor_id in before.rows and edge.successor_id in now.rows
    for division, several in leaving.items():
        for name in ("area_share", "population_share"):
            shares = [getattr(edge, name) for edge in several]
            total = sum(share for share in shares if share is not None)
            assert total <= 1 + 1e-9
            if None not in shares and division not in now.rows:
                assert total == pytest.approx(1)
        if all(edge.area_share is not None for edge in several):
            run = trace(division, day - timedelta(days=1), day)
            assert sum(one.share or 0 for one in run.reached) == pytest.approx(1)
    ended = before.rows.keys() - now.rows.keys()
    assert ended <= leaving.keys(), "a unit that ended left its ground to somebody"
    if not stated:
        return
    # Of a whole that nobody has drawn no part has a share.
    assert all(edge.area_share is not None for edge in edges if before.grounds[edge.predecessor_id] is not None)
    # What went over to a unit without an outline is told by what was drawn of it; its ground as a whole cannot be asked.
    told = {
        (edge.predecessor_id, edge.successor_id): edge.area_share
        for edge in edges
        if before.grounds[edge.predecessor_id] is not None and now.grounds[edge.successor_id] is not None
    }
    shared = ground_shared(before, now)
    assert told.keys() == shared.keys(), _differing(before, now, told, shared)
    for pair, share in shared.items():
        assert told[pair] == pytest.approx(share, abs=1e-5), _differing(before, now, told, shared)  # see _NOISE


def ground_shared(before: Standing, now: Standing) -> dict[tuple[int, int], float]:
    """(unit before, other unit now) → the share of its ground that the other holds, for all pairs of one level that share some."""
    found = {}
    for level in (COUNTY, TOWNSHIP, VILLAGE):
        changed = [key for key in before.at(level) if key not in now.rows or not _same(before.grounds[key], now.grounds[key])]
        others = [key for key in now.at(level) if key not in before.rows or not _same(before.grounds[key], now.grounds[key])]
        for one in changed:
            for other in others:
                if one != other and before.grounds[one] is not None and now.grounds[other] is not None:
                    common = shapely.intersection(before.grounds[one], now.grounds[other])
                    if shapely.area(common) > _NOISE * shapely.area(before.grounds[one]):
                        found[one, other] = float(area_m2(common)[0] / area_m2(before.grounds[one])[0])
    return found


def _same(one: shapely.Geometry | None, other: shapely.Geometry | None) -> bool:
    return one is other or (one is not None and other is not None and shapely.equals(one, other))


def _differing(before: Standing, now: Standing, *shares: dict[tuple[int, int], float | None]) -> list[str]:
    told, shared = shares
    return [
        f"{before.rows[one].name} → {now.rows[other].name}: told {told.get((one, other))}, is {shared.get((one, other))}"
        for one, other in told.keys() ^ shared.keys()
    ]
