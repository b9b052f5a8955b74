"""Gaps that are open to the outside: two neighbours drawn a little apart along their whole common border.

Such a strip is no hole of the union, and without the parent's polygon nothing closes it. What gives it away is that
two stretches of the outer boundary, of different units, run within the gap width of each other although the way from
one to the other along the boundary is long. At every ordinary corner where two units meet the outer boundary the
stretches are near each other too, but the way along the boundary is about as short as the distance; and where a sharp
wedge of foreign ground runs in between two units, what comes out is a triangle, not a strip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.measure import Floats, Geometries, Integers, Pieces, measure, split
from gis.coverage.units import Units
from gis.crs.geodesic import metres_per_degree

Flags = npt.NDArray[np.bool_]

# The way along the boundary must be this many times the distance across.
_DETOUR: Final = 10.0
# Area over the square of the largest width: a strip's length in widths. A triangle with a tip of ten degrees has 4.
_SLENDER: Final = 6.0


@dataclass(frozen=True)
class _Boundary:
    """Segments of the outer rings in order, none longer than the gap width, in metres of a common plane; (n,) each.

    lines   the segments, `start` and `end` (n, 2) their ends, `length` their lengths
    ring    which ring a segment is of
    """

    lines: Geometries
    start: Floats
    end: Floats
    length: Floats
    ring: Integers


@dataclass(frozen=True)
class _Pairs:
    """Segments within the gap width of each other: `first` < `second` (m,), `distance` (m,) metres."""

    first: Integers
    second: Integers
    distance: Floats

    def __getitem__(self, keep: Flags) -> _Pairs:
        return _Pairs(self.first[keep], self.second[keep], self.distance[keep])


def find_channels(units: Units, ground: shapely.Geometry, member: Flags, gap_width_m: float, tolerance_m: float) -> Pieces:
    """Strips between two different units (both of `member`, (n,)), not wider than `gap_width_m`, that the union `ground`
    leaves open, and whatever lies behind a mouth narrower than the tolerance. Narrow pieces are not dropped yet.
    """
    if ground.is_empty:
        return _pieces([])
    # One plane for all: widths are right to a few per cent over a province, finer than a gap width is meant.
    scale = metres_per_degree((ground.bounds[1] + ground.bounds[3]) / 2)
    closed = _without_cracks(ground, scale, tolerance_m)
    rings, part = shapely.get_rings(closed, return_index=True)
    holes = rings[np.append(False, part[1:] == part[:-1])]  # the first ring of each part is its shell
    behind = _uncovered(units, shapely.polygons(holes), scale)
    boundary = _boundary(closed, gap_width_m)
    pairs = _near(boundary, gap_width_m)
    way, arc = _ways(boundary, pairs)
    facing = way > _DETOUR * np.maximum(pairs.distance, tolerance_m)
    facing[facing] = _between(units, boundary, pairs[facing], member, scale, tolerance_m)
    if not facing.any():
        return behind
    # Towards a channel's inner end the way round is short; such pairs complete a strip but never start one.
    inside = _covered(len(boundary.ring), pairs[facing & arc])
    along = facing | (inside[pairs.first] & inside[pairs.second])
    along[along] = _between(units, boundary, pairs[along], member, scale, tolerance_m)
    strips = _uncovered(units, np.array([shapely.union_all(_hulls(boundary, pairs[along]))]), scale).polygons
    seeds = _to_degrees(_hulls(boundary, pairs[facing]), scale)
    strips = strips[np.unique(shapely.STRtree(seeds).query(strips, predicate="intersects")[0])]
    sides = np.array([len(around) for around in units.around(strips)], dtype=int)
    found = measure(strips)
    return _pieces([*behind.polygons, *strips[(sides > 1) & (found.area > _SLENDER * found.width**2)]])


def _without_cracks(ground: shapely.Geometry, scale: Floats, tolerance_m: float) -> Geometries:
    """The outer shapes of the ground in metres, cracks narrower than the tolerance closed.

    Where neighbours do not share their vertices, cracks of millimetres lead inwards from every corner on the outer
    boundary, and the way along them would make each such corner look like the mouth of a channel.
    """
    filled = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(ground)))
    plane = shapely.union_all(shapely.transform(filled, lambda xy: xy * scale))
    swollen = shapely.buffer(plane, tolerance_m / 2, join_style="mitre", mitre_limit=2)
    return shapely.get_parts(shapely.buffer(swollen, -tolerance_m / 2, join_style="mitre", mitre_limit=2))


def _boundary(closed: Geometries, gap_width_m: float) -> _Boundary:
    # Normalised rings start at their westernmost vertex, which lies in no channel; so none runs across a ring's ends.
    rings = shapely.segmentize(shapely.get_exterior_ring(shapely.normalize(closed)), gap_width_m)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    start, end = coordinates[:-1][joined], coordinates[1:][joined]
    lines = shapely.linestrings(np.stack((start, end), axis=1))
    return _Boundary(lines, start, end, np.hypot(*(end - start).T), ring[1:][joined])


def _near(boundary: _Boundary, gap_width_m: float) -> _Pairs:
    first, second = shapely.STRtree(boundary.lines).query(boundary.lines, predicate="dwithin", distance=gap_width_m)
    first, second = first[first < second], second[first < second]
    return _Pairs(first, second, shapely.distance(boundary.lines[first], boundary.lines[second]))


def _ways(boundary: _Boundary, pairs: _Pairs) -> tuple[Floats, Flags]:
    """Metres between two segments' nearer ends along the boundary, infinite between different rings; and whether the
    shorter way is the one over the segments between them.
    """
    same = boundary.ring[pairs.first] == boundary.ring[pairs.second]
    travelled = np.cumsum(boundary.length)
    forward = travelled[pairs.second] - boundary.length[pairs.second] - travelled[pairs.first]
    round_trip = np.bincount(boundary.ring, weights=boundary.length)[boundary.ring[pairs.first]]
    backward = round_trip - forward - boundary.length[pairs.first] - boundary.length[pairs.second]
    return np.where(same, np.minimum(forward, backward), np.inf), same & (forward <= backward)


def _covered(count: int, arcs: _Pairs) -> Flags:
    """Which of `count` segments lie on the way from the first to the second of any pair, both included."""
    # +1 where an arc begins, −1 behind its end; the running sum is how many arcs a segment lies in.
    depth = np.zeros(count + 1, dtype=int)
    np.add.at(depth, arcs.first, 1)
    np.add.at(depth, arcs.second + 1, -1)
    covered: Flags = np.cumsum(depth[:-1]) > 0
    return covered


def _between(units: Units, boundary: _Boundary, pairs: _Pairs, member: Flags, scale: Floats, tolerance_m: float) -> Flags:
    """Whether the two segments of a pair belong to two different units, both of `member`. (m,)"""
    segments = np.unique(np.append(pairs.first, pairs.second))
    owner = np.full(len(boundary.ring), -1, dtype=np.intp)
    middles = shapely.points((boundary.start[segments] + boundary.end[segments]) / 2 / scale)
    index, unit = units.at(middles, tolerance_m / scale.min())
    owner[segments[index]] = unit
    one, other = owner[pairs.first], owner[pairs.second]
    return (one >= 0) & (other >= 0) & (one != other) & member[one] & member[other]


def _hulls(boundary: _Boundary, pairs: _Pairs) -> Geometries:
    """The ground between the two segments of each pair, in metres."""
    ends = [side[segments] for segments in (pairs.first, pairs.second) for side in (boundary.start, boundary.end)]
    return shapely.convex_hull(shapely.multipoints(np.stack(ends, axis=1)))


def _uncovered(units: Units, shapes: Geometries, scale: Floats) -> Pieces:
    """What of these shapes (metres) no unit covers, in degrees."""
    rest = _to_degrees(shapes, scale)
    shape, unit = units.meeting(rest)
    for index in np.unique(shape):
        rest[index] = shapely.difference(rest[index], shapely.union_all(units.polygons[unit[shape == index]]))
    return _pieces(list(split(rest).polygons))


def _to_degrees(geometries: Geometries, scale: Floats) -> Geometries:
    return shapely.transform(geometries, lambda xy: xy / scale)


def _pieces(polygons: list[shapely.Geometry]) -> Pieces:
    array = np.empty(len(polygons), dtype=object)
    array[:] = polygons
    return Pieces(array, np.full(len(polygons), -1, dtype=np.intp))
