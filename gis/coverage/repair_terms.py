"""The words of a repair: the ground it works on, what became of a unit, and why something stays as it is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import shapely

from gis.coverage.measure import Geometries


class Stays(StrEnum):
    """Why a fault stays."""

    NOT_CHOSEN = "not_chosen"
    WIDER = "wider"
    NEEDS_PERSON = "needs_person"
    NOBODY_TO_TAKE = "nobody_to_take"
    TOO_FAR = "too_far"
    REFUSED = "refused"


class Refused(StrEnum):
    """Why a unit keeps its polygon."""

    INVALID = "invalid"
    FALLS_APART = "falls_apart"
    TOO_FAR = "too_far"
    NEW_FAULT = "new_fault"


@dataclass(frozen=True)
class Ground:
    """Units of one level on one day.

    ids, polygons   (n,) valid polygons or multipolygons in CGCS2000 degrees, longitude first
    parent_of       parent by unit, as far as its polygon is known; parents: those polygons
    fixed           units that must stay as they are (the register's own, which the file does not bring)
    """

    ids: tuple[Hashable, ...]
    polygons: Geometries
    parent_of: Mapping[Hashable, Hashable] = field(default_factory=dict)
    parents: Mapping[Hashable, shapely.Geometry] = field(default_factory=dict)
    fixed: frozenset[Hashable] = frozenset()

    def with_polygons(self, changed: Mapping[Hashable, shapely.Geometry]) -> Ground:
        polygons = self.polygons.copy()
        for at, unit in enumerate(self.ids):
            if unit in changed:
                polygons[at] = changed[unit]
        return Ground(self.ids, polygons, self.parent_of, self.parents, self.fixed)


@dataclass(frozen=True)
class UnitChange:
    """What became of one unit. Areas geodesic, in m². `gained` and `lost` by counterpart; None stands for ground that was nobody's,
    or is nobody's now (an overlap is lost to the one who keeps it, who gains nothing).

    moved_m   how far its edge moved at most; 0 where only vertices were added on its edges, so that they match a neighbour's (edges
              are geodesics and the vertex lies on their chord, so the area may differ by a millionth even then)
    """

    area_before_m2: float
    area_after_m2: float
    gained: Mapping[Hashable | None, float]
    lost: Mapping[Hashable | None, float]
    moved_m: float

    @property
    def only_vertices(self) -> bool:
        return not self.gained and not self.lost
