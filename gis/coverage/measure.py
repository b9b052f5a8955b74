"""How wide and how large a piece of ground is, and which pieces are too narrow to matter.

Pieces are polygons in CGCS2000 degrees, small against the Earth, so each is measured in a metric plane of its own:
degrees times the radii of curvature at its middle. That is good to 1e-4 over some ten kilometres; areas that are told
to people are geodesic all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.report import BelowTolerance
from gis.crs import area_m2
from gis.crs.geodesic import metres_per_degree

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

# Precision of a width, as a share of the piece's mean width.
_WIDTH_PRECISION = 0.05
# Where the bounds of the width are farther apart than this, the piece is a strip (some twelve times as long as wide).
_SLENDER_FROM = 4.0


@dataclass(frozen=True)
class Pieces:
    """Pieces of ground with a number that says what each belongs to: `polygons` (n,), `owner` (n,)."""

    polygons: Geometries
    owner: Integers

    def __len__(self) -> int:
        return len(self.polygons)

    def by_owner(self) -> Iterator[tuple[int, Integers]]:
        """Each owner with the positions of its pieces."""
        if not len(self.owner):
            return
        order = np.argsort(self.owner, kind="stable")
        owners, starts = np.unique(self.owner[order], return_index=True)
        for owner, members in zip(owners, np.split(order, starts[1:]), strict=True):
            yield int(owner), members


@dataclass(frozen=True)
class Measures:
    """place (n, 2) longitude and latitude, area (n,) m², width (n,) m."""

    place: Floats
    area: Floats
    width: Floats


def split(geometries: Geometries, owner: npt.ArrayLike | None = None) -> Pieces:
    """The polygons in an array of overlay results (which may hold points and lines where edges only touch)."""
    parts, index = shapely.get_parts(geometries, return_index=True)
    # An overlay may give a collection with polygons inside.
    nested = shapely.get_type_id(parts) > shapely.GeometryType.POLYGON
    if nested.any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        index = index[inner]
    keep = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    owners = np.arange(len(geometries)) if owner is None else np.asarray(owner, dtype=np.intp)
    return Pieces(parts[keep], owners[index[keep]])


def together(polygons: Geometries) -> shapely.Geometry:
    """Several pieces as one geometry."""
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def drop_narrow(pieces: Pieces, tolerance_m: float) -> tuple[Pieces, BelowTolerance]:
    """The pieces wider somewhere than `tolerance_m`, and what was dropped.

    The width of a piece is twice its inradius r. Two bounds settle nearly all of the thousands of slivers that two
    independently drawn edges leave: r² π ≤ area, and area ≤ r · perimeter. What lies between is eroded by half the
    tolerance to see whether anything stays.
    """
    if not len(pieces):
        return pieces, BelowTolerance()
    plane, _, _ = to_plane(pieces.polygons)
    area, perimeter = shapely.area(plane), shapely.length(plane)
    with np.errstate(invalid="ignore", divide="ignore"):
        wide = 2 * area / perimeter > tolerance_m
    bounds = shapely.bounds(plane)
    shorter_side = np.minimum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    undecided = ~wide & (area > np.pi * tolerance_m**2 / 4) & (shorter_side > tolerance_m)
    wide[undecided] = ~shapely.is_empty(shapely.buffer(plane[undecided], -tolerance_m / 2, quad_segs=4))
    dropped = BelowTolerance(int((~wide).sum()), float(area[~wide].sum()))
    return Pieces(pieces.polygons[wide], pieces.owner[wide]), dropped


def measure(polygons: Geometries) -> Measures:
    """Geodesic area, largest width and the middle of the widest spot of each polygon (n,)."""
    if not len(polygons):
        return Measures(np.empty((0, 2)), np.empty(0), np.empty(0))
    plane, centre, scale = to_plane(polygons)
    area = shapely.area(plane)
    # With the inradius r: area ≤ r · perimeter, and r² π ≤ area.
    least, most = 2 * area / shapely.length(plane), 2 * np.sqrt(area / np.pi)
    width, middle = np.empty(len(plane)), np.empty((len(plane), 2))
    slender = most > _SLENDER_FROM * least
    for some, of in ((slender, _by_erosion), (~slender, _by_circle)):
        if some.any():
            width[some], middle[some] = of(plane[some], least[some], most[some])
    return Measures(middle / scale + centre, area_m2(polygons), np.maximum(width, least))


def _by_circle(plane: Geometries, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    circles = shapely.maximum_inscribed_circle(plane, tolerance=least * _WIDTH_PRECISION)
    return 2 * shapely.length(circles), shapely.get_coordinates(shapely.get_point(circles, 0))


def _by_erosion(plane: Geometries, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Strips: eroded by more and less until the width is known. The circle is sought by quartering the bounding box, which for a
    strip of kilometres takes a tenth of a second; this takes a hundredth.
    """
    low, high = least.copy(), most.copy()
    middle = shapely.get_coordinates(shapely.point_on_surface(plane))
    while (open_ := np.flatnonzero(high > low * (1 + _WIDTH_PRECISION))).size:
        width = np.sqrt(low[open_] * high[open_])
        left = shapely.buffer(plane[open_], -width / 2, quad_segs=4)
        stands = ~shapely.is_empty(left)
        low[open_[stands]], high[open_[~stands]] = width[stands], width[~stands]
        middle[open_[stands]] = shapely.get_coordinates(shapely.point_on_surface(left[stands]))
    return low, middle


def to_plane(geometries: Geometries) -> tuple[Geometries, Floats, Floats]:
    """Each geometry in metres about its own middle, with the middles (n, 2) in degrees and the metres per degree (n,
    2).
    """
    bounds = shapely.bounds(geometries)
    centre = (bounds[:, :2] + bounds[:, 2:]) / 2
    scale = metres_per_degree(centre[:, 1])
    coordinates, index = shapely.get_coordinates(geometries, return_index=True)
    moved = (coordinates - centre[index]) * scale[index]
    return shapely.set_coordinates(geometries.copy(), moved), centre, scale
