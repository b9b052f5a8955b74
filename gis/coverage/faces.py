"""Units cut along all their edges into faces, so that ground can change hands and every edge stays one edge.

All edges are noded with each other once; the faces between them share their vertices exactly, and units put together from faces do
too. Who owns a face is asked of the polygons as they were given, so nothing moves by being cut.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.measure import Floats, Geometries, Integers

# Mouths of open gaps are drawn this much longer (degrees, a tenth of a millimetre), so that they meet the edges for certain.
_BEYOND = 1e-9


@dataclass(frozen=True)
class Faces:
    """`polygons` (n,); `inside` (n, 2) a point within each; `covers` for each face the units that cover it.

    Sides where two faces meet: `first`, `second` (m,) positions of faces, `length` (m,) in degrees scaled by `scale`.
    """

    polygons: Geometries
    inside: Floats
    covers: list[frozenset[int]]
    first: Integers
    second: Integers
    length: Floats

    @cached_property
    def _neighbours(self) -> tuple[Integers, Integers, Floats]:
        """Where each face's neighbours begin (n + 1,), the neighbours, and the lengths of the sides."""
        here, there = np.append(self.first, self.second), np.append(self.second, self.first)
        order = np.argsort(here, kind="stable")
        starts = np.searchsorted(here[order], np.arange(len(self.polygons) + 1))
        return starts, there[order], np.append(self.length, self.length)[order]

    def beside(self, members: Collection[int]) -> dict[int, float]:
        """Faces with a side in common with any of `members`, and how long those sides are together."""
        starts, there, lengths = self._neighbours
        own = set(members)
        found: dict[int, float] = {}
        for member in own:
            part = slice(starts[member], starts[member + 1])
            for face, length in zip(there[part].tolist(), lengths[part].tolist(), strict=True):
                if face not in own:
                    found[face] = found.get(face, 0.0) + length
        return found

    def together(self, members: Integers) -> shapely.Geometry:
        """The ground of some faces; common sides vanish, all other vertices stay."""
        joined = shapely.coverage_union_all(self.polygons[members])
        return joined if joined.geom_type == "MultiPolygon" else shapely.multipolygons([joined])


def cut(polygons: Geometries, numbers: Integers, lines: Geometries, scale: Floats) -> Faces:
    """Faces of some units: `polygons` of all, `numbers` which of them take part, `lines` further lines to cut along."""
    edges = np.append(shapely.boundary(polygons[numbers]), lines)
    noded = shapely.union_all(edges)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    covers: list[set[int]] = [set() for _ in range(len(faces))]
    points = shapely.STRtree(shapely.points(inside))
    for number in numbers.tolist():
        shapely.prepare(polygons[number])
        near = points.query(shapely.box(*shapely.bounds(polygons[number])))
        for face in near[shapely.contains_xy(polygons[number], inside[near, 0], inside[near, 1])].tolist():
            covers[face].add(number)
    first, second, length = _sides(faces, scale)
    return Faces(faces, inside, [frozenset(one) for one in covers], first, second, length)


def _sides(faces: Geometries, scale: Floats) -> tuple[Integers, Integers, Floats]:
    rings, owner = shapely.get_rings(faces, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    _, vertex = np.unique(coordinates, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    low, high = np.minimum(vertex[joined], vertex[joined + 1]), np.maximum(vertex[joined], vertex[joined + 1])
    edge = low * (len(coordinates) + 1) + high
    order = np.argsort(edge, kind="stable")
    same = np.flatnonzero(edge[order][1:] == edge[order][:-1])
    one, other = joined[order[same]], joined[order[same + 1]]
    along = (coordinates[one + 1] - coordinates[one]) * scale
    return owner[ring[one]].astype(np.intp), owner[ring[other]].astype(np.intp), np.hypot(*along.T)


def segments(geometries: Geometries) -> tuple[Geometries, Integers]:
    """All edges of polygons or lines as lines of two points, and which geometry each is of."""
    parts, owner = shapely.get_parts(shapely.boundary(geometries), return_index=True)
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[1:] == part[:-1]
    pairs = np.stack((coordinates[:-1][joined], coordinates[1:][joined]), axis=1)
    return shapely.linestrings(pairs) if len(pairs) else np.empty(0, dtype=object), owner[part[1:][joined]].astype(np.intp)


def mouths(pieces: Geometries, units: shapely.STRtree, snap: float) -> Geometries:
    """The sides of open pieces that lie on no unit's edge, each a hair longer."""
    lines, _ = segments(pieces)
    if not len(lines):
        return lines
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    taken: npt.NDArray[np.intp] = units.query(shapely.points(ends.mean(axis=1)), predicate="dwithin", distance=snap)[0]
    free = ends[np.setdiff1d(np.arange(len(lines)), taken)]
    along = free[:, 1] - free[:, 0]
    along /= np.maximum(np.hypot(*along.T), 1e-15)[:, None]
    longer = np.stack((free[:, 0] - along * _BEYOND, free[:, 1] + along * _BEYOND), axis=1)
    return shapely.linestrings(longer) if len(longer) else np.empty(0, dtype=object)


def among(some: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    """Which rows of `some` (n, 2) occur in `others` (m, 2), to the last bit."""
    # Adding nought makes -0.0 and 0.0 the same bits.
    mine, theirs = (np.ascontiguousarray(one + 0.0).view(np.complex128).ravel() for one in (some, others))
    return np.isin(mine, theirs)


def only_vertices(polygon: shapely.Geometry, wanted: Floats) -> shapely.Geometry:
    """A multipolygon with those of its vertices only that are `wanted` (m, 2)."""
    parts = []
    for part in shapely.get_parts(polygon):
        rings = []
        for ring in shapely.get_rings(part):
            open_ring = shapely.get_coordinates(ring)[:-1]
            kept = open_ring[among(open_ring, wanted)]
            rings.append(shapely.linearrings(kept if len(kept) > 2 else open_ring))
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.multipolygons(parts)
