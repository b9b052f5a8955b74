"""What a check of a coverage found. Plain data: positions in longitude and latitude (degrees), areas in m², widths in
m.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final, Literal

import shapely

GapKind = Literal["hole", "sliver", "enclave"]

# GEOS's reasons, and two of our own, in words.
_INVALID: Final[dict[str, tuple[str, str]]] = {
    "self_intersection": ("边界自相交", "The boundary crosses itself"),
    "ring_self_intersection": ("环自相接触或自相交", "A ring touches or crosses itself"),
    "hole_lies_outside_shell": ("内环（洞）在外环之外", "A hole lies outside its shell"),
    "holes_are_nested": ("内环（洞）相互嵌套", "Holes lie inside one another"),
    "interior_is_disconnected": ("内环（洞）把图形内部切断", "Holes cut the interior apart"),
    "nested_shells": ("外环相互嵌套", "Shells lie inside one another"),
    "duplicate_rings": ("有重复的环", "A ring occurs twice"),
    "too_few_points_in_geometry_component": ("点数不足，围不成面", "Too few points to enclose an area"),
    "invalid_coordinate": ("坐标无效", "A coordinate is invalid"),
    "ring_is_not_closed": ("环没有闭合", "A ring is not closed"),
    "not_polygonal": ("不是面图形", "It is no polygon"),
    "non_finite": ("坐标中有无穷大或非数值", "Coordinates are infinite or not numbers"),
}


@dataclass(frozen=True)
class Finding:
    """Something wrong at a place.

    place     longitude and latitude of the middle of its widest spot, which lies inside the finding
    area_m2   geodesic area
    width_m   largest width: diameter of the largest circle that fits in, to about 5 %
    geometry  polygon or multipolygon in CGCS2000 degrees, for drawing
    """

    place: tuple[float, float]
    area_m2: float
    width_m: float
    geometry: shapely.Geometry

    def as_dict(self) -> dict[str, Any]:
        """Values for JSON; the geometry is left to whoever draws it."""
        return {
            "place": [round(self.place[0], 7), round(self.place[1], 7)],
            "area_m2": round(self.area_m2, 1),
            "width_m": round(self.width_m, 2),
        }


@dataclass(frozen=True)
class Gap(Finding):
    """Ground that no unit covers.

    units   those around it, the one with the longest shared edge first
    parent  the parent it lies in, where the parent's polygon is known
    kind    `sliver` where it is nowhere wider than the gap width asked for, else `hole`; `enclave` for a wide hole in
            one single unit
    open    it leads to the outside of the coverage like a channel (only found where no parent's polygon closes it)
    enclosed  it lies inside the outer ring of one single unit
    """

    units: tuple[Hashable, ...]
    parent: Hashable | None
    kind: GapKind
    open: bool = False
    enclosed: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "open": self.open, "units": list(self.units), "parent": self.parent, **super().as_dict()}


@dataclass(frozen=True)
class Overlap(Finding):
    """Ground that two units both cover; all places of one pair together, `place` and `width_m` of the widest.

    common  that ground as a share of what the two cover together, 0 to 1 (1: the two are one and the same ground)
    """

    units: tuple[Hashable, Hashable]
    parts: int
    common: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {"units": list(self.units), "parts": self.parts, **super().as_dict()}


@dataclass(frozen=True)
class Outside(Finding):
    """The part of a unit outside its parent; `share` of the unit's own area, 0 to 1 (1: it lies elsewhere
    altogether).
    """

    unit: Hashable
    parent: Hashable
    share: float
    parts: int

    def as_dict(self) -> dict[str, Any]:
        values = {"unit": self.unit, "parent": self.parent, "share": round(self.share, 4), "parts": self.parts}
        return {**values, **super().as_dict()}


@dataclass(frozen=True)
class Invalid:
    """A polygon that is none by OGC Simple Features.

    code   `self_intersection`, `ring_self_intersection`, `hole_lies_outside_shell`, … (GEOS's reason in lower case),
           `not_polygonal`
           or `non_finite`
    place  longitude and latitude where GEOS says so, None where there is none
    role   `unit`, or `parent` for the polygon of a parent
    """

    unit: Hashable
    code: str
    place: tuple[float, float] | None
    role: Literal["unit", "parent"] = "unit"

    @property
    def message_zh(self) -> str:
        return _INVALID.get(self.code, ("图形不合规", ""))[0]

    @property
    def message_en(self) -> str:
        return _INVALID.get(self.code, ("", "The polygon is invalid"))[1]

    def as_dict(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "code": self.code,
            "message_zh": self.message_zh,
            "message_en": self.message_en,
            "place": list(self.place) if self.place else None,
            "role": self.role,
        }


@dataclass(frozen=True)
class BelowTolerance:
    """What was too narrow to be a finding: how many pieces and how much ground (m², planar on the spot)."""

    count: int = 0
    area_m2: float = 0.0

    def __add__(self, other: BelowTolerance) -> BelowTolerance:
        return BelowTolerance(self.count + other.count, self.area_m2 + other.area_m2)


@dataclass(frozen=True)
class CoverageReport:
    """The answer of `gis.coverage.check`.

    checked   units with a polygon; `without_geometry` those without one, which nothing is said about
    exact     GEOS holds the units for an exact coverage: shared edges have identical vertices, nothing overlaps
    enclaves  wide holes in one single unit (another province's ground, or a neighbour not loaded); told, not counted
              as an error
    childless_parents  parents whose polygon is known and that no unit belongs to; nothing is said about their ground
    tolerance_m, gap_width_m  the measures the findings were judged by
    Each list of findings runs from the largest to the smallest.
    """

    checked: int
    without_geometry: tuple[Hashable, ...]
    exact: bool
    gaps: list[Gap]
    overlaps: list[Overlap]
    outside_parent: list[Outside]
    invalid: list[Invalid]
    enclaves: list[Gap]
    childless_parents: tuple[Hashable, ...]
    gaps_below_tolerance: BelowTolerance
    overlaps_below_tolerance: BelowTolerance
    outside_below_tolerance: BelowTolerance
    tolerance_m: float
    gap_width_m: float

    @property
    def valid(self) -> bool:
        """No finding that a person must look at. (An enclave is none; what lies below the tolerance is none.)"""
        return not (self.gaps or self.overlaps or self.outside_parent or self.invalid)

    def as_dict(self, limit: int | None = None) -> dict[str, Any]:
        """For JSON: counts, and at most `limit` findings of each sort with their places."""
        return {
            "valid": self.valid,
            "exact": self.exact,
            "checked": self.checked,
            "without_geometry": len(self.without_geometry),
            "counts": {
                "gaps": len(self.gaps),
                "overlaps": len(self.overlaps),
                "outside_parent": len(self.outside_parent),
                "invalid": len(self.invalid),
                "enclaves": len(self.enclaves),
            },
            "gaps": [finding.as_dict() for finding in self.gaps[:limit]],
            "overlaps": [finding.as_dict() for finding in self.overlaps[:limit]],
            "outside_parent": [finding.as_dict() for finding in self.outside_parent[:limit]],
            "invalid": [finding.as_dict() for finding in self.invalid[:limit]],
            "enclaves": [finding.as_dict() for finding in self.enclaves[:limit]],
            "below_tolerance": {
                "gaps": self.gaps_below_tolerance.count,
                "overlaps": self.overlaps_below_tolerance.count,
                "outside_parent": self.outside_below_tolerance.count,
            },
            "tolerance_m": self.tolerance_m,
            "gap_width_m": self.gap_width_m,
        }
