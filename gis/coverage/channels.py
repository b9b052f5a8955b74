"""Gaps that are open to the outside: two neighbours drawn a little apart along their whole common border.

Such a strip is no hole of the union, and without the parent's polygon nothing closes it. What gives it away is that
two stretches of the outer boundary, of different units, run within the gap width of each other although the way from
one to the other along the boundary is long. At every ordinary corner where two units meet the outer boundary the
stretches are near each other too, but the way along the boundary is about as short as the distance; only a wedge
sharper than about ten degrees would be mistaken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.measure import Floats, Geometries, Integers, Pieces, split
from gis.coverage.units import SNAP_DEG, Units
from gis.crs.geodesic import metres_per_degree

# The way along the boundary must be this many times the distance across.
_DETOUR: Final = 10.0


@dataclass(frozen=True)
class _Boundary:
    """Segments of the outer rings, none longer than the gap width; (n,) each but the last.

    start, end   (n, 2) degrees
    lines        the segments in metres of a common plane, `length` their lengths
    ring         which ring a segment is of
    position     metres from the ring's first vertex to the segment's middle
    ring_length  (rings,) metres
    """

    start: Floats
    end: Floats
    lines: Geometries
    length: Floats
    ring: Integers
    position: Floats
    ring_length: Floats


def find_channels(
    units: Units, ground: shapely.Geometry, member: npt.NDArray[np.bool_], gap_width_m: float, tolerance_m: float
) -> Pieces:
    """Strips between two different units (both of `member`, (n,)), not wider than `gap_width_m`, that the union
    `ground` leaves open.
    """
    nothing = Pieces(np.empty(0, dtype=object), np.empty(0, dtype=np.intp))
    boundary = _boundary(ground, gap_width_m)
    first, second = shapely.STRtree(boundary.lines).query(boundary.lines, predicate="dwithin", distance=gap_width_m)
    first, second = first[first < second], second[first < second]
    distance = shapely.distance(boundary.lines[first], boundary.lines[second])
    facing = _detour(boundary, first, second) > _DETOUR * np.maximum(distance, tolerance_m)
    if not facing.any():
        return nothing
    owner = _owners(units, boundary, np.unique(np.concatenate((first[facing], second[facing]))))
    between = (owner[first] >= 0) & (owner[second] >= 0) & (owner[first] != owner[second])
    between[between] &= member[owner[first[between]]] & member[owner[second[between]]]
    facing &= between
    if not facing.any():
        return nothing
    corners = np.stack((boundary.start[first], boundary.end[first], boundary.start[second], boundary.end[second]), axis=1)
    # Pairs nearer the channel's inner end have a short way round; they complete the strip but never start one.
    strips = shapely.union_all(shapely.convex_hull(shapely.multipoints(corners[between])))
    seeds = shapely.convex_hull(shapely.multipoints(corners[facing]))
    near = np.unique(units.tree.query(seeds, predicate="dwithin", distance=SNAP_DEG)[1])
    near = np.unique(units.tree.query(units.polygons[near], predicate="intersects")[1])
    pieces = split(np.array([shapely.difference(strips, shapely.union_all(units.polygons[near]))]), owner=[-1])
    touched = np.unique(shapely.STRtree(seeds).query(pieces.polygons, predicate="intersects")[0])
    sides = units.around(pieces.polygons[touched])
    touched = touched[[len(around) > 1 for around in sides]] if len(touched) else touched
    return Pieces(pieces.polygons[touched], pieces.owner[touched])


def _boundary(ground: shapely.Geometry, gap_width_m: float) -> _Boundary:
    rings = shapely.get_exterior_ring(shapely.get_parts(ground))
    middle = (ground.bounds[1] + ground.bounds[3]) / 2
    scale = metres_per_degree(middle)
    # One plane for all: widths come out right to a few per cent over a province, which the gap width is not meant finer than.
    rings = shapely.segmentize(shapely.transform(rings, lambda xy: xy * scale), gap_width_m)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    start, end, ring = coordinates[:-1][joined], coordinates[1:][joined], ring[1:][joined]
    length = np.hypot(*(end - start).T)
    travelled = np.cumsum(length) - length / 2
    lines = shapely.linestrings(np.stack((start, end), axis=1))
    ring_length = np.bincount(ring, weights=length).astype(np.float64)
    return _Boundary(start / scale, end / scale, lines, length, ring, travelled, ring_length)


def _detour(boundary: _Boundary, first: Integers, second: Integers) -> Floats:
    """Metres between two segments' nearer ends along the boundary; infinite between different rings."""
    way = np.abs(boundary.position[first] - boundary.position[second])
    way = np.minimum(way, boundary.ring_length[boundary.ring[first]] - way)
    way -= (boundary.length[first] + boundary.length[second]) / 2
    return np.where(boundary.ring[first] == boundary.ring[second], way, np.inf)


def _owners(units: Units, boundary: _Boundary, segments: Integers) -> Integers:
    """The unit each of these boundary segments belongs to, (all segments,); -1 where not asked for."""
    owner = np.full(len(boundary.ring), -1, dtype=np.intp)
    middles = shapely.points((boundary.start[segments] + boundary.end[segments]) / 2)
    index, unit = units.tree.query(middles, predicate="dwithin", distance=SNAP_DEG)
    owner[segments[index]] = unit
    return owner
