"""What a check found, place by place and by kind, as a person goes through it.

A `CoverageReport` tells what is wrong with the whole: one finding per pair of units that overlap, one per unit outside its
parent. Here every place stands for itself and says which of six kinds it is. The measure of a sliver is ours and no threshold
of any law: nowhere wider than the report's gap width, and at least `SLENDER` times as long as wide, the length being half the
(geodesic) perimeter. Ground that is small but compact is a gap or an overlap like a large one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.measure import Geometries, measure, split
from gis.coverage.report import CoverageReport, Gap
from gis.crs.geodesic import perimeter_m

# Length over width from which a narrow place is a sliver.
SLENDER: Final = 10.0
# From this share of common ground on, two units are one ground listed twice.
SAME_GROUND: Final = 0.9


class Kind(StrEnum):
    """GAP: ground no unit covers. OVERLAP: ground two cover. SLIVER: either, narrow against its length. DUPLICATE: two units of one
    ground. HOLE: ground no unit covers inside one single unit (another's enclave, or a fault). OUTSIDE: a part beyond the parent.
    """

    GAP = "gap"
    OVERLAP = "overlap"
    SLIVER = "sliver"
    DUPLICATE = "duplicate"
    HOLE = "hole"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Defect:
    """One place.

    covers    how many units cover the ground: 0, 1 (outside the parent) or 2
    units     those concerned. Of ground nobody covers: those around, longest common edge first
    parent    the parent it lies in (gap), or the parent it lies outside of; None where that polygon is not known
    place     longitude and latitude of the middle of its widest spot
    area_m2   geodesic; width_m: largest width; length_m: half the perimeter
    share     of a unit outside its parent: share of the unit's own ground (all its places together); of a duplicate: the
              common share; else 0
    open      it leads to the outside like a channel
    geometry  polygon in CGCS2000 degrees (of a duplicate a multipolygon, all places together)
    """

    kind: Kind
    covers: int
    units: tuple[Hashable, ...]
    parent: Hashable | None
    place: tuple[float, float]
    area_m2: float
    width_m: float
    length_m: float
    geometry: shapely.Geometry
    share: float = 0.0
    open: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Values for JSON; the geometry is left to whoever draws it."""
        return {
            "kind": self.kind.value,
            "covers": self.covers,
            "units": list(self.units),
            "parent": self.parent,
            "place": [round(self.place[0], 7), round(self.place[1], 7)],
            "area_m2": round(self.area_m2, 1),
            "width_m": round(self.width_m, 2),
            "length_m": round(self.length_m, 1),
            "share": round(self.share, 4),
            "open": self.open,
        }


def defects(report: CoverageReport) -> list[Defect]:
    """Every place of a report with its kind, the largest first. Invalid polygons have no ground to show: `report.invalid`."""
    found = [*_of_gaps((*report.gaps, *report.enclaves), report.gap_width_m)]
    for overlap in report.overlaps:
        if overlap.common >= SAME_GROUND:
            length = float(perimeter_m(np.array([overlap.geometry]))[0]) / 2
            values = (overlap.place, overlap.area_m2, overlap.width_m, length, overlap.geometry, overlap.common)
            found.append(Defect(Kind.DUPLICATE, 2, overlap.units, None, *values))
    apart = [overlap for overlap in report.overlaps if overlap.common < SAME_GROUND]
    for at, place, area, width, length, piece in _places([overlap.geometry for overlap in apart]):
        kind = Kind.SLIVER if is_sliver(width, length, report.gap_width_m) else Kind.OVERLAP
        found.append(Defect(kind, 2, apart[at].units, None, place, area, width, length, piece))
    for at, place, area, width, length, piece in _places([outside.geometry for outside in report.outside_parent]):
        own = report.outside_parent[at]
        found.append(Defect(Kind.OUTSIDE, 1, (own.unit,), own.parent, place, area, width, length, piece, own.share))
    return sorted(found, key=lambda one: -one.area_m2)


def is_sliver(width_m: float, length_m: float, gap_width_m: float) -> bool:
    return width_m <= gap_width_m and length_m >= SLENDER * width_m


def counts(found: Iterable[Defect]) -> dict[str, int]:
    """How many of each kind, all six named."""
    told = dict.fromkeys((kind.value for kind in Kind), 0)
    for one in found:
        told[one.kind.value] += 1
    return told


def _of_gaps(gaps: tuple[Gap, ...], gap_width_m: float) -> Iterable[Defect]:
    lengths = perimeter_m(_array([gap.geometry for gap in gaps])) / 2
    for gap, length in zip(gaps, lengths.tolist(), strict=True):
        narrow = is_sliver(gap.width_m, length, gap_width_m)
        kind = Kind.HOLE if gap.enclosed or gap.kind == "enclave" else Kind.SLIVER if narrow else Kind.GAP
        yield Defect(kind, 0, gap.units, gap.parent, gap.place, gap.area_m2, gap.width_m, length, gap.geometry, open=gap.open)


def _places(
    geometries: list[shapely.Geometry],
) -> Iterable[tuple[int, tuple[float, float], float, float, float, shapely.Geometry]]:
    """(position of the finding, place, area, width, length, polygon) of every part."""
    pieces = split(_array(geometries))
    measures = measure(pieces.polygons)
    lengths: npt.NDArray[np.float64] = perimeter_m(pieces.polygons) / 2
    for at, owner in enumerate(pieces.owner.tolist()):
        x, y = measures.place[at].tolist()
        yield owner, (x, y), float(measures.area[at]), float(measures.width[at]), float(lengths[at]), pieces.polygons[at]


def _array(geometries: list[shapely.Geometry]) -> Geometries:
    array: Geometries = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array
