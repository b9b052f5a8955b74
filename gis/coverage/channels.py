"""Gaps that are open to the outside: two neighbours drawn a little apart along their whole common border.

Such a strip is no hole of the union, and without the parent's polygon nothing closes it. What gives it away is that
two stretches of the outer boundary, of different units, run within the gap width of each other although the way from
one to the other along the boundary is long. At every ordinary corner where two units meet the outer boundary the
stretches are near each other too, but the way along the boundary is about as short as the distance; only a wedge
sharper than about ten degrees would be mistaken.

Cracks narrower than the tolerance lead inwards wherever neighbours do not share their vertices. They are closed first,
or the way along them would make every such corner look like the mouth of a channel.
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

Flags = npt.NDArray[np.bool_]

# The way along the boundary must be this many times the distance across.
_DETOUR: Final = 10.0


@dataclass(frozen=True)
class _Boundary:
    """Segments of the outer rings in order, none longer than the gap width; (n,) each.

    start, end  (n, 2) degrees
    lines       the segments in metres of a common plane, `length` their lengths
    ring        which ring a segment is of
    """

    start: Floats
    end: Floats
    lines: Geometries
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
    leaves open. They may still hold pieces narrower than the tolerance.
    """
    if ground.is_empty:
        return _pieces([])
    boundary = _boundary(ground, gap_width_m)
    pairs = _near(boundary, gap_width_m)
    cracked = _cracks(boundary, pairs, tolerance_m)
    enclosed = _enclosed(boundary, cracked, units)
    pairs = pairs[~cracked[pairs.first] & ~cracked[pairs.second]]
    facing = _way(boundary, cracked, pairs, tolerance_m) > _DETOUR * np.maximum(pairs.distance, tolerance_m)
    facing[facing] = _between(units, boundary, pairs[facing], member)
    if not facing.any():
        return enclosed
    # Pairs nearer the channel's inner end have a short way round; they complete the strip but never start one.
    along = np.isin(pairs.first, np.append(pairs.first[facing], pairs.second[facing]))
    along |= np.isin(pairs.second, np.append(pairs.first[facing], pairs.second[facing]))
    along[along] = _between(units, boundary, pairs[along], member)
    seeds = _hulls(boundary, pairs[facing])
    strips = _outside(units, np.array([shapely.union_all(_hulls(boundary, pairs[along]))])).polygons
    strips = strips[np.unique(shapely.STRtree(seeds).query(strips, predicate="intersects")[0])]
    sides = np.array([len(around) for around in units.around(strips)], dtype=int)
    return _pieces([*enclosed.polygons, *strips[sides > 1]])


def _boundary(ground: shapely.Geometry, gap_width_m: float) -> _Boundary:
    # Normalised rings start at their westernmost vertex, which lies in no channel; so no channel runs across a ring's ends.
    rings = shapely.get_exterior_ring(shapely.normalize(shapely.get_parts(ground)))
    # One plane for all: widths are right to a few per cent over a province, finer than a gap width is meant.
    scale = metres_per_degree((ground.bounds[1] + ground.bounds[3]) / 2)
    rings = shapely.segmentize(shapely.transform(rings, lambda xy: xy * scale), gap_width_m)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    start, end = coordinates[:-1][joined], coordinates[1:][joined]
    lines = shapely.linestrings(np.stack((start, end), axis=1))
    return _Boundary(start / scale, end / scale, lines, np.hypot(*(end - start).T), ring[1:][joined])


def _near(boundary: _Boundary, gap_width_m: float) -> _Pairs:
    first, second = shapely.STRtree(boundary.lines).query(boundary.lines, predicate="dwithin", distance=gap_width_m)
    first, second = first[first < second], second[first < second]
    return _Pairs(first, second, shapely.distance(boundary.lines[first], boundary.lines[second]))


def _cracks(boundary: _Boundary, pairs: _Pairs, tolerance_m: float) -> Flags:
    """Segments inside a crack: on the shorter way between two of one ring that are within the tolerance. (n,)"""
    forward, backward = _both_ways(boundary, boundary.length, pairs)
    mouth = (pairs.distance <= tolerance_m) & (forward <= backward)
    # +1 where a crack begins, −1 behind its end; the running sum is how many cracks a segment lies in.
    depth = np.zeros(len(boundary.ring) + 1, dtype=int)
    np.add.at(depth, pairs.first[mouth] + 1, 1)
    np.add.at(depth, pairs.second[mouth], -1)
    inside: Flags = np.cumsum(depth[:-1]) > 0
    return inside


def _enclosed(boundary: _Boundary, cracked: Flags, units: Units) -> Pieces:
    """The ground inside the cracks that no unit covers: a real gap may lie behind a mouth narrower than the tolerance."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], cracked.view(np.int8), [0]))))
    shapes = []
    for low, high in edges.reshape(-1, 2):
        if high - low > 1:
            shapes.append(shapely.Polygon(np.vstack((boundary.start[low:high], boundary.end[high - 1]))))
    if not shapes:
        return _pieces([])
    return _outside(units, shapely.make_valid(np.array(shapes), method="structure", keep_collapsed=False))


def _way(boundary: _Boundary, cracked: Flags, pairs: _Pairs, tolerance_m: float) -> Floats:
    """Metres between two segments' nearer ends along the boundary, cracks closed. From one ring to another the way leads
    over a place where two rings are within the tolerance; where there is none it is infinite.
    """
    same = boundary.ring[pairs.first] == boundary.ring[pairs.second]
    length = np.where(cracked, 0.0, boundary.length)
    contact = pairs[~same & (pairs.distance <= tolerance_m)]
    over = _to_nearest(boundary, length, np.unique(np.append(contact.first, contact.second)))
    forward, backward = _both_ways(boundary, length, pairs)
    return np.where(same, np.minimum(forward, backward), over[pairs.first] + over[pairs.second])


def _to_nearest(boundary: _Boundary, length: Floats, places: Integers) -> Floats:
    """Metres along its ring from each segment to the nearest of `places` (sorted segments) on it, infinite without one. (n,)"""
    result = np.full(len(boundary.ring), np.inf)
    travelled = np.cumsum(length)
    for ring in np.unique(boundary.ring[places]):
        members = np.flatnonzero(boundary.ring == ring)
        stops = travelled[places[boundary.ring[places] == ring]]
        around = length[members].sum()
        stops = np.concatenate((stops[-1:] - around, stops, stops[:1] + around))
        after = np.clip(np.searchsorted(stops, travelled[members]), 1, len(stops) - 1)
        result[members] = np.minimum(np.abs(stops[after] - travelled[members]), np.abs(travelled[members] - stops[after - 1]))
    return result


def _both_ways(boundary: _Boundary, length: Floats, pairs: _Pairs) -> tuple[Floats, Floats]:
    """The ways from a pair's first segment to its second along the ring, and on round the ring; between two rings the
    way back is negative.
    """
    travelled = np.cumsum(length)
    forward = travelled[pairs.second] - length[pairs.second] - travelled[pairs.first]
    round_trip = np.bincount(boundary.ring, weights=length)[boundary.ring[pairs.first]]
    same = boundary.ring[pairs.first] == boundary.ring[pairs.second]
    backward = round_trip - forward - length[pairs.first] - length[pairs.second]
    return forward, np.where(same, backward, -1.0)


def _between(units: Units, boundary: _Boundary, pairs: _Pairs, member: Flags) -> Flags:
    """Whether the two segments of a pair belong to two different units, both of `member`. (m,)"""
    segments = np.unique(np.append(pairs.first, pairs.second))
    owner = np.full(len(boundary.ring), -1, dtype=np.intp)
    middles = shapely.points((boundary.start[segments] + boundary.end[segments]) / 2)
    index, unit = units.tree.query(middles, predicate="dwithin", distance=SNAP_DEG)
    owner[segments[index]] = unit
    one, other = owner[pairs.first], owner[pairs.second]
    return (one >= 0) & (other >= 0) & (one != other) & member[one] & member[other]


def _hulls(boundary: _Boundary, pairs: _Pairs) -> Geometries:
    """The ground between the two segments of each pair."""
    first, second = pairs.first, pairs.second
    corners = (boundary.start[first], boundary.end[first], boundary.start[second], boundary.end[second])
    return shapely.convex_hull(shapely.multipoints(np.stack(corners, axis=1)))


def _outside(units: Units, shapes: Geometries) -> Pieces:
    """What of these shapes no unit covers."""
    shape, unit = units.tree.query(shapes, predicate="intersects")
    rest = shapes.copy()
    for index in np.unique(shape):
        rest[index] = shapely.difference(shapes[index], shapely.union_all(units.polygons[unit[shape == index]]))
    return split(rest, owner=np.full(len(rest), -1))


def _pieces(polygons: list[shapely.Geometry]) -> Pieces:
    array = np.empty(len(polygons), dtype=object)
    array[:] = polygons
    return Pieces(array, np.full(len(polygons), -1, dtype=np.intp))
