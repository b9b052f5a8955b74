"""`repair`: narrow faults of a coverage mended within a distance a person chose. Pure: it gives other polygons and says what moved.

What is done. A gap or a hole that is nowhere wider than the distance goes to the unit with the longest common edge, an overlap
to the one of the two with the longest common edge, what sticks out of a parent is cut off (and goes to a unit of the parent
whose ground it is). Along borders that are mended, what the check holds for too narrow to tell is closed as well, so that the
two units have one edge with the same vertices. What is wider stays as it is; which of two units of one ground is right, nobody
but a person can say.

What is promised. A unit that is `fixed` is never touched. No edge moves farther than the distance. A unit whose mended polygon
would be invalid, fall apart or cause a fault that was not there before keeps its polygon, and the result says so. A coverage
without a fault comes back as it was, to the last bit.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gis.coverage.checking import GAP_WIDTH_M, TOLERANCE_M, check
from gis.coverage.defects import Defect, Kind, defects
from gis.coverage.measure import Geometries
from gis.coverage.repair_terms import Ground, Refused, Stays, UnitChange
from gis.coverage.repair_work import Outcome, Work
from gis.coverage.units import usable

# Kinds that can be asked for; a duplicate cannot.
MENDABLE: Final = (Kind.GAP, Kind.OVERLAP, Kind.SLIVER, Kind.HOLE, Kind.OUTSIDE)
# More places than this are not mended but sent back: a file with so many is drawn on another base.
MOST_PLACES: Final = 20_000
# Farther than this is no narrow fault any more but another border.
FARTHEST_M: Final = 200.0
_ROUNDS: Final = 8


class TooManyPlaces(ValueError):
    """More than `MOST_PLACES` faults."""


@dataclass(frozen=True)
class Repair:
    """before, after   every place before and after; `gone`: positions in `before` that are mended, `stays`: the others with
                    the reason
    polygons        changed units' new polygons; `changes` what became of each; `refused` units that keep theirs
    """

    distance_m: float
    kinds: tuple[Kind, ...]
    before: list[Defect]
    after: list[Defect]
    gone: list[int]
    stays: dict[int, Stays]
    polygons: dict[Hashable, shapely.Geometry]
    changes: dict[Hashable, UnitChange]
    refused: dict[Hashable, Refused]

    @property
    def moved_area_m2(self) -> float:
        """Ground that changed hands, each piece once (m²)."""
        gained = sum(sum(change.gained.values()) for change in self.changes.values())
        freed = sum(change.lost.get(None, 0.0) for change in self.changes.values())
        kept = sum(
            area
            for unit, change in self.changes.items()
            for other, area in change.lost.items()
            if other is not None and unit not in (self.changes[other].gained if other in self.changes else {})
        )
        return gained + freed + kept


def repair(
    ground: Ground,
    distance_m: float,
    kinds: Collection[Kind] = (Kind.SLIVER,),
    *,
    tolerance_m: float = TOLERANCE_M,
    gap_width_m: float = GAP_WIDTH_M,
) -> Repair:
    """Mend faults of `kinds` nowhere wider than `distance_m` (metres, above `tolerance_m` and up to `FARTHEST_M`).

    An invalid polygon takes part by its valid reading, as in `check`, and stays as it is. Raises `ValueError` for a distance or a
    kind that cannot be, `TooManyPlaces` for more than `MOST_PLACES` faults.
    """
    if not tolerance_m <= distance_m <= FARTHEST_M:
        raise ValueError("distance out of range")
    if not set(kinds) <= set(MENDABLE):
        raise ValueError("kind cannot be mended")

    def faults(of: Ground) -> list[Defect]:
        found = check(of.ids, of.polygons, dict(of.parent_of), dict(of.parents), tolerance_m=tolerance_m, gap_width_m=gap_width_m)
        return defects(found)

    ground = _readable(ground)
    before = faults(ground)
    if len(before) > MOST_PLACES:
        raise TooManyPlaces(len(before))
    stays = {at: reason for at, one in enumerate(before) if (reason := _left_alone(one, distance_m, kinds)) is not None}
    chosen = [at for at in range(len(before)) if at not in stays]
    nothing = Repair(distance_m, tuple(kinds), before, before, [], stays, {}, {}, {})
    if not chosen:
        return nothing
    work = Work(ground, before, chosen, distance_m, tolerance_m)
    refused: dict[Hashable, Refused] = {}
    for _ in range(_ROUNDS):
        outcome = work.outcome(refused)
        wrong = work.wrong(outcome)
        if not wrong:
            after = faults(ground.with_polygons(outcome.polygons))
            wrong = _new_faults(before, after, outcome.polygons)
        if not wrong:
            gone, rest = _told(before, after, chosen, outcome)
            return Repair(
                distance_m, tuple(kinds), before, after, gone, {**stays, **rest}, outcome.polygons, work.changes(outcome), refused
            )
        refused |= wrong
    everything = dict.fromkeys(sorted(work.touchable, key=str), Refused.NEW_FAULT)
    return Repair(
        distance_m, tuple(kinds), before, before, [], {**stays, **dict.fromkeys(chosen, Stays.REFUSED)}, {}, {}, everything
    )


def _readable(ground: Ground) -> Ground:
    """Without what has no ground; what is invalid by its valid reading, and fixed."""
    sound = shapely.is_valid(ground.polygons)
    ids, polygons, _, _ = usable(ground.ids, ground.polygons, "unit")
    broken = {unit for unit, good in zip(ground.ids, sound, strict=True) if not good}
    parent_ids, shapes, _, _ = usable(tuple(ground.parents), _array(list(ground.parents.values())), "parent")
    parents = dict(zip(parent_ids.tolist(), shapes.tolist(), strict=True))
    parent_of = {unit: parent for unit, parent in ground.parent_of.items() if parent in parents}
    return Ground(tuple(ids.tolist()), polygons, parent_of, parents, ground.fixed | broken)


def _array(geometries: list[shapely.Geometry]) -> Geometries:
    array: Geometries = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def _left_alone(one: Defect, distance_m: float, kinds: Collection[Kind]) -> Stays | None:
    if one.kind is Kind.DUPLICATE:
        return Stays.NEEDS_PERSON
    if one.kind not in kinds:
        return Stays.NOT_CHOSEN
    return Stays.WIDER if one.width_m > distance_m else None


def _new_faults(before: list[Defect], after: list[Defect], changed: Mapping[Hashable, shapely.Geometry]) -> dict[Hashable, Refused]:
    """Changed units with a fault that was not there before, or is larger than it was."""
    known = shapely.STRtree(np.array([one.geometry for one in before], dtype=object))
    found: dict[Hashable, Refused] = {}
    for one in after:
        old = [before[at] for at in known.query(one.geometry, predicate="intersects").tolist()]
        if not any(other.covers == one.covers and one.area_m2 <= other.area_m2 * 1.001 + 1 for other in old):
            found |= {unit: Refused.NEW_FAULT for unit in one.units if unit in changed}
    return found


def _told(before: list[Defect], after: list[Defect], chosen: list[int], outcome: Outcome) -> tuple[list[int], dict[int, Stays]]:
    """(what is gone, why the other chosen places stay)."""
    left = shapely.STRtree(np.array([one.geometry for one in after], dtype=object))
    gone, rest = [], {}
    for at in chosen:
        there = [after[other] for other in left.query(before[at].geometry, predicate="intersects").tolist()]
        still = any(other.covers == before[at].covers and set(other.units) & set(before[at].units) for other in there)
        if at in outcome.left:
            rest[at] = outcome.left[at]
        elif still and any(_same_place(before[at], other) for other in there):
            rest[at] = Stays.REFUSED
        else:
            gone.append(at)
    return gone, rest


def _same_place(one: Defect, other: Defect) -> bool:
    return bool(shapely.intersects(other.geometry, shapely.Point(one.place)))


__all__ = [
    "FARTHEST_M",
    "MENDABLE",
    "MOST_PLACES",
    "Ground",
    "Refused",
    "Repair",
    "Stays",
    "TooManyPlaces",
    "UnitChange",
    "repair",
]
