"""Cutting polygons so that what was a coverage stays one. Shapely, CGCS2000 degrees; nothing is ever moved or mended.

A cut makes new vertices: where the line crosses an edge, and its own. Both pieces come out of one noding, so they share every
vertex; `insert_nodes` puts the same vertices into the edges of the neighbours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

# A vertex counts as lying on an edge within a tenth of a millimetre, as gis.coverage has it.
_ON_EDGE_DEG = 1e-9


class NoCutError(ValueError):
    """The line does not part the polygon: `reason` is not_through, ambiguous or point_outside."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def split_by_area(ground: shapely.Geometry, area: shapely.Geometry) -> tuple[shapely.Geometry | None, shapely.Geometry | None]:
    """(what of `ground` lies in `area`, the rest); None for nothing."""
    if not shapely.intersects(ground, area):
        return None, ground
    # A vertex on the other's edge is on it only to the last digit; as a vertex of both it is the same point.
    matched = insert_nodes(np.array([ground], dtype=object), vertices([area]))[0]
    area = insert_nodes(np.array([area], dtype=object), vertices([matched]))[0]
    faces = _faces(matched, shapely.boundary(area))
    shapely.prepare(area)
    inside = shapely.contains(area, shapely.point_on_surface(faces))
    if not inside.any():
        return None, ground
    if inside.all():
        return ground, None
    return together(faces[inside]), together(faces[~inside])


def split_by_line(
    ground: shapely.Geometry, line: shapely.Geometry, point: shapely.Point
) -> tuple[shapely.Geometry, shapely.Geometry]:
    """(what lies on the side of `point`, the rest). Parts of `ground` that the line does not cross belong to the rest.

    Sides alternate where the line crosses the outline more than twice. Raises `NoCutError`.
    """
    if not shapely.covers(ground, point):
        raise NoCutError("point_outside")
    parts = shapely.get_parts(ground)
    home = parts[shapely.covers(parts, point)][0]
    faces = _faces(home, line)
    if len(faces) < 2:
        raise NoCutError("not_through")
    taken = _same_side(faces, int(np.flatnonzero(shapely.covers(faces, point))[0]))
    others = [part for part in parts if part is not home]
    return together(faces[taken]), together(np.array([*faces[~taken], *others], dtype=object))


def together(polygons: Iterable[shapely.Geometry]) -> shapely.Geometry:
    """The union as a multipolygon. Polygons that share their vertices are dissolved by dropping shared edges, which is exact."""
    array = np.array(list(polygons), dtype=object)
    if len(array) > 1 and not shapely.coverage_is_valid(array):
        union = shapely.union_all(array)
    else:
        union = shapely.coverage_union_all(array)
    return shapely.multipolygons(shapely.get_parts(union))


def _faces(ground: shapely.Geometry, line: shapely.Geometry) -> Geometries:
    """The pieces into which the line cuts the ground; all pieces share their vertices."""
    noded = shapely.get_parts(shapely.union_all([shapely.boundary(ground), line]))
    faces = shapely.get_parts(shapely.polygonize(noded))
    shapely.prepare(ground)
    kept: Geometries = faces[shapely.contains(ground, shapely.point_on_surface(faces))]
    return kept


def _same_side(faces: Geometries, start: int) -> npt.NDArray[np.bool_]:
    """Two faces along a stretch of the line are on different sides."""
    one, other = shapely.STRtree(faces).query(faces, predicate="intersects")
    along = shapely.length(shapely.intersection(shapely.boundary(faces[one]), shapely.boundary(faces[other]))) > 0
    side = np.full(len(faces), -1)
    side[start] = 0
    queue = deque([start])
    while queue:
        face = queue.popleft()
        for neighbour in other[along & (one == face) & (other != face)]:
            if side[neighbour] < 0:
                side[neighbour] = 1 - side[face]
                queue.append(int(neighbour))
            elif side[neighbour] == side[face]:
                raise NoCutError("ambiguous")
    return side == 0


def vertices(geometries: Iterable[shapely.Geometry]) -> set[tuple[float, float]]:
    coordinates = shapely.get_coordinates(np.array(list(geometries), dtype=object))
    return set(map(tuple, coordinates.tolist()))


def insert_nodes(polygons: Geometries, nodes: Iterable[tuple[float, float]]) -> Geometries:
    """The polygons (n,) with each node added to the edges it lies on; a polygon that gains none is returned as the same object."""
    result = polygons.copy()
    wanted = np.array(sorted(nodes), dtype=np.float64).reshape(-1, 2)
    if not len(wanted) or not len(polygons):
        return result
    tree = shapely.STRtree(shapely.points(wanted))
    near, _ = tree.query(polygons, predicate="dwithin", distance=_ON_EDGE_DEG)
    for index in np.unique(near):
        result[index] = _with_nodes(polygons[index], wanted, tree)
    return result


def _with_nodes(polygon: shapely.Geometry, nodes: Floats, tree: shapely.STRtree) -> shapely.Geometry:
    parts, changed = [], False
    for part in shapely.get_parts(polygon):
        rings = []
        for ring in shapely.get_rings(part):
            coordinates = shapely.get_coordinates(ring)
            more = _ring_with_nodes(coordinates, nodes, tree)
            changed = changed or len(more) > len(coordinates)
            rings.append(more)
        parts.append(shapely.polygons(shapely.linearrings(rings[0]), [shapely.linearrings(one) for one in rings[1:]] or None))
    return shapely.multipolygons(parts) if changed else polygon


def _ring_with_nodes(ring: Floats, nodes: Floats, tree: shapely.STRtree) -> Floats:
    edges = shapely.linestrings(np.stack([ring[:-1], ring[1:]], axis=1))
    edge, node = tree.query(edges, predicate="dwithin", distance=_ON_EDGE_DEG)
    there = set(map(tuple, ring.tolist()))
    new = np.array([tuple(one) not in there for one in nodes[node].tolist()], dtype=bool)
    edge, node = edge[new], node[new]
    if not len(edge):
        return ring
    _, first = np.unique(node, return_index=True)  # beside a corner a node is near two edges
    edge, node = edge[first], node[first]
    along = shapely.line_locate_point(edges[edge], shapely.points(nodes[node]))
    order = np.lexsort((along, edge))
    return np.insert(ring, edge[order] + 1, nodes[node[order]], axis=0)
