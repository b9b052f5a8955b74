"""The edge two divisions share, as a line; and how far a line lies from a division's edge. Geometry only, no database.

Input and output are shapely geometries in EPSG:4490, longitude first; distances in metres, worked out in the plane scaled at the
line's own latitude (for what lies within kilometres of it that is right to a thousandth).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

from gis.crs import MeasuredLine
from gis.crs.geodesic import metres_per_degree

# Long edges are looked at every so many metres, not only at their vertices.
_STEP_M = 50.0


@dataclass(frozen=True, slots=True)
class Distance:
    """The greatest distance between a line and an edge, either way, and where (longitude, latitude)."""

    greatest_m: float
    at: tuple[float, float]


def shared_edge(one: Any, other: Any) -> shapely.MultiLineString | None:
    """What both polygons' boundaries have in common, running from west to east, or from north to south where that is longer.

    None where they share no stretch of line: they are not neighbours, or a gap or an overlap lies between them.
    """
    edges = shapely.boundary(shapely.normalize(one))  # rings of one orientation, so parts keep one direction
    common = shapely.intersection(edges, shapely.boundary(other))
    lines = [part for part in shapely.get_parts(common) if part.geom_type == "LineString" and part.length > 0]
    if not lines:
        return None
    merged = shapely.line_merge(shapely.MultiLineString(lines))
    return _from_west_or_north(_in_order(list(shapely.get_parts(merged)), edges))


def distance_to_edge(line: Any, polygon: Any) -> Distance | None:
    """How far `line` strays from the polygon's boundary, and the stretch of boundary between the line's ends from the line.

    Both ways: a line that cuts a corner off is as wrong as one that goes astray. None where the polygon is empty.
    """
    rings = [ring for ring in shapely.get_parts(shapely.boundary(polygon)) if not ring.is_empty]
    if not rings:
        return None
    origin = np.array(shapely.get_coordinates(line)[0])
    scale = _scale(line)
    plane_rings = [_in_plane(ring, origin, scale) for ring in rings]
    found: list[tuple[float, Any]] = []
    for part in shapely.get_parts(line):
        plane = _in_plane(part, origin, scale)
        edge = shapely.MultiLineString(plane_rings)
        found.append(_farthest(plane, edge))
        nearest = min(plane_rings, key=lambda ring: ring.distance(shapely.Point(plane.coords[0])))
        found.append(min((_farthest(arc, plane) for arc in _arcs(nearest, plane)), key=lambda one: one[0]))
    greatest, at = max(found, key=lambda one: one[0])
    place = at / scale + origin
    return Distance(greatest, (float(place[0]), float(place[1])))


def spans_along(line: Any, polygon: Any) -> list[tuple[float, float]]:
    """The stretches of `line`, as chainages, on which it is the polygon's own edge, vertex for vertex."""
    common = shapely.intersection(line, shapely.boundary(polygon))
    lines = [part for part in shapely.get_parts(common) if part.geom_type == "LineString" and part.length > 0]
    if not lines:
        return []
    measured = MeasuredLine(line)
    spans = []
    for part in shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines))):
        ends = sorted(measured.locate(part.coords[at]).chainage_m for at in (0, -1))
        if ends[1] - ends[0] > 0.01:
            spans.append((ends[0], ends[1]))
    return sorted(spans)


def _in_order(parts: list[Any], edges: Any) -> shapely.MultiLineString:
    """Parts one after another as they stand on the rings; the longest way without a part comes last."""
    if len(parts) == 1:
        return shapely.MultiLineString(parts)
    ring = max(shapely.get_parts(edges), key=lambda one: sum(one.distance(shapely.Point(part.coords[0])) < 1e-12 for part in parts))
    placed = sorted((_directed(part, ring) for part in parts), key=lambda one: one[0])
    gaps = [(placed[(at + 1) % len(placed)][0] - one[1]) % ring.length for at, one in enumerate(placed)]
    first = (gaps.index(max(gaps)) + 1) % len(placed)
    return shapely.MultiLineString([one[2] for one in placed[first:] + placed[:first]])


def _directed(part: Any, ring: Any) -> tuple[float, float, Any]:
    """Where the part begins and ends on the ring, turned so that it runs with it."""
    begin = float(ring.project(shapely.Point(part.coords[0])))
    second = float(ring.project(shapely.line_interpolate_point(part, part.length * 0.001)))
    forward = 0 < (second - begin) % ring.length < ring.length / 2
    turned = part if forward else shapely.reverse(part)
    begin = float(ring.project(shapely.Point(turned.coords[0])))
    return begin, (begin + part.length) % ring.length, turned


def _from_west_or_north(line: shapely.MultiLineString) -> shapely.MultiLineString:
    first, last = line.geoms[0].coords[0], line.geoms[-1].coords[-1]
    scale = _scale(line)
    east, north = (last[0] - first[0]) * scale[0], (last[1] - first[1]) * scale[1]
    backwards = east < 0 if abs(east) >= abs(north) else north > 0
    return shapely.MultiLineString([shapely.reverse(part) for part in reversed(line.geoms)]) if backwards else line


def _scale(line: Any) -> npt.NDArray[np.float64]:
    middle = (line.bounds[1] + line.bounds[3]) / 2
    return np.asarray(metres_per_degree(middle)).reshape(2)


def _in_plane(line: Any, origin: npt.NDArray[np.float64], scale: npt.NDArray[np.float64]) -> shapely.LineString:
    return shapely.segmentize(shapely.LineString((shapely.get_coordinates(line) - origin) * scale), _STEP_M)


def _farthest(of: Any, to: Any) -> tuple[float, npt.NDArray[np.float64]]:
    coordinates = shapely.get_coordinates(of)
    shapely.prepare(to)
    distances = shapely.distance(shapely.points(coordinates), to)
    at = int(np.argmax(distances))
    return float(distances[at]), coordinates[at]


def _arcs(ring: Any, line: Any) -> Iterator[Any]:
    """The two ways round the ring between the feet of the line's ends."""
    begin, end = sorted(float(ring.project(shapely.Point(line.coords[at]))) for at in (0, -1))
    inside = substring(ring, begin, end)
    yield inside if inside.geom_type == "LineString" else ring
    tail, head = substring(ring, end, ring.length), substring(ring, 0, begin)
    joined = [*shapely.get_coordinates(tail), *shapely.get_coordinates(head)]
    if len(joined) > 1:
        yield shapely.LineString(joined)
