"""Whether units are an exact coverage, told from their edges: several times as fast as GEOS's own check, and never less strict.

How many units cover a place is how often their boundaries, taken together with their directions, wind around it. Where two units
share an edge they run along it in opposite directions and cancel. So if what is left of all boundaries is, edge for edge, the
boundary of one valid area whose edges meet in corners only, then every place is covered once or not at all, and shared edges have
the same vertices on both sides. GEOS dissolves the units into that area by leaving out edges that occur twice; the comparison is
of sums of numbers that stand for directed edges.
"""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt
import shapely

from gis.kept_shapes import Shapes, bounds_of

Numbers = npt.NDArray[np.uint64]

_CHUNK = 1_000  # polygons at a time, so that their vertices stay in the processor's cache
BLOCK = 5_000  # polygons dissolved at a time, because GEOS works on a copy of them with all their edges


def dissolved_exactly(polygons: Shapes) -> shapely.Geometry | None:
    """The ground of valid polygons (n,) that are an exact coverage; None where that is not proved, which says nothing.

    The proof is as good as 64 bits: the numbers that stand for the vertices are drawn anew for each call.
    """
    try:
        ground = _dissolved(polygons)
    except shapely.errors.GEOSException:  # edges that cross or do not end in common corners
        return None
    if not shapely.is_valid(ground):
        return None
    salt = _salt()
    if _chain(polygons, salt) != _chain(shapely.get_parts(ground), salt) or _touches_itself(ground):
        return None
    return ground


def _dissolved(polygons: Shapes) -> shapely.Geometry:
    """Neighbours first, then the blocks: what lies between has gone by then."""
    if len(polygons) <= BLOCK:
        return shapely.coverage_union_all(polygons[:])
    blocks = [shapely.coverage_union_all(polygons[block]) for block in blocks_of(bounds_of(polygons))]
    return shapely.coverage_union_all(np.array(blocks, dtype=object))


def blocks_of(bounds: npt.NDArray[np.float64], size: int = BLOCK) -> list[npt.NDArray[np.intp]]:
    """The numbers of shapes with these bounds (n, 4) in blocks of neighbours, none of more than `size`."""
    count = len(bounds)
    west, south = bounds[:, 0], bounds[:, 1]
    strips = max(1, round((count / size) ** 0.5))
    strip = np.argsort(np.argsort(west, kind="stable"), kind="stable") * strips // max(1, count)
    order = np.lexsort((south, strip))
    return [order[start : start + size] for start in range(0, count, size)]


def _salt() -> Numbers:
    return np.array([secrets.randbits(64) | 1 for _ in range(4)], dtype=np.uint64)


def _chain(polygons: Shapes, salt: Numbers) -> int:
    """A number for the boundaries of polygons (n,) as a sum of directed edges: opposite edges cancel, order plays no part.

    An edge from a to b counts f(a)·g(b) − f(b)·g(a), modulo 2⁶⁴, f and g being two scatterings of a vertex's bits. Shells are taken
    anticlockwise, holes clockwise.
    """
    total = 0
    for start in range(0, len(polygons), _CHUNK):
        some = shapely.get_parts(polygons[start : start + _CHUNK])
        rings, polygon = shapely.get_rings(some, return_index=True)
        coordinates = shapely.get_coordinates(rings) + 0.0  # −0.0 and 0.0 are one place
        counts = shapely.get_num_coordinates(rings)
        bits = coordinates.view(np.uint64)
        first, second = _scattered(bits, salt[:2]), _scattered(bits, salt[2:])
        edges = first[:-1] * second[1:]
        edges -= first[1:] * second[:-1]
        starts = np.cumsum(counts) - counts
        edges[starts[1:] - 1] = 0  # between one ring and the next
        sums = np.add.reduceat(np.append(edges, np.uint64(0)), starts) if len(starts) else np.zeros(0, dtype=np.uint64)
        shell = np.ones(len(rings), dtype=bool)
        shell[1:] = polygon[1:] != polygon[:-1]
        against = shapely.is_ccw(rings) != shell
        total += int(np.where(against, np.uint64(0) - sums, sums).sum(dtype=np.uint64))
    return total % 2**64


def _scattered(bits: Numbers, salt: Numbers) -> Numbers:
    """A number for each pair of coordinates (n, 2), so that neighbouring ones have nothing in common (SplitMix64's mixing)."""
    mixed = bits[:, 0] * salt[0]
    mixed ^= mixed >> np.uint64(32)
    mixed += bits[:, 1]
    mixed *= salt[1]
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return mixed


def _touches_itself(ground: shapely.Geometry) -> bool:
    """Whether a corner of an area lies on an edge that does not end there. A valid area may; edges of units then do not match."""
    rings = shapely.get_rings(shapely.get_parts(ground))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    start, end = coordinates[:-1][joined], coordinates[1:][joined]
    if not len(start):
        return False
    tree = shapely.STRtree(shapely.linestrings(np.stack((start, end), axis=1)))
    corner, edge = tree.query(shapely.points(start), predicate="intersects")
    at_an_end = (start[corner] == start[edge]).all(axis=1) | (start[corner] == end[edge]).all(axis=1)
    return not bool(at_an_end.all())
