"""Where signs of roads are wanted: both ends, and each junction, along the road not closer than a spacing set in data.

A junction of two roads wants a sign of each. Everything is done for all roads at once with numpy and GEOS; places are
(longitude, latitude) in EPSG:4490. Metres along roads and between places are geodesic; only what is a hair apart is measured in a
plane. So what is found of a road depends on it and on what meets it alone, not on which others are looked at with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import inverse, metres_per_degree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

END, JUNCTION = 0, 1
# Ends of other roads this near a line meet it: lines are drawn from different sources.
_SNAP_M: Final = 3.0
# The middle of the province: the plane for what is a hair apart. It takes 3 m at the edges of the province for 2.9 to 3.1 m.
_SLACK: Final = 1.1
_MIDDLE: Final = np.array([113.5, 34.0])


@dataclass(frozen=True)
class Positions:
    """Wanted positions: `road` says of which (index), `kind` END or JUNCTION, `other` the road met (-1 at ends), `along` metres."""

    places: Floats
    road: Ints
    kind: Ints
    other: Ints
    along: Floats

    def __len__(self) -> int:
        return len(self.road)


@dataclass(frozen=True)
class Plane:
    """Metres east and north of a place; good to a few parts in ten thousand over a county. Straight in degrees is straight here."""

    origin: Floats
    scale: Floats

    @classmethod
    def of_the_province(cls) -> Plane:
        return cls(_MIDDLE, metres_per_degree(_MIDDLE[1]).reshape(2))

    @classmethod
    def about(cls, geometries: Sequence[Any] | npt.NDArray[np.object_]) -> Plane:
        west, south, east, north = shapely.total_bounds(np.asarray(geometries, dtype=object)) if len(geometries) else (np.nan,) * 4
        if not np.isfinite(west):
            west = south = east = north = 0.0
        origin = np.array([(west + east) / 2, (south + north) / 2])
        return cls(origin, metres_per_degree(origin[1]).reshape(2))

    def to(self, places: Floats) -> Floats:
        return np.asarray((places - self.origin) * self.scale, dtype=np.float64)

    def back(self, places: Floats) -> Floats:
        return np.asarray(places / self.scale + self.origin, dtype=np.float64)

    def of(self, geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        found: npt.NDArray[np.object_] = shapely.transform(geometries, self.to)
        return found


def road_positions(lines: Sequence[Any], *, ends: bool, junctions: bool, least_spacing_m: float) -> Positions:
    """Of all `lines` (LineString or MultiLineString in EPSG:4490); the order is that of the roads, and along each.

    Where positions of one road are closer than the spacing, the earlier stays; but an end gives way to nothing.
    """
    if not len(lines):
        return _none()
    array = np.empty(len(lines), dtype=object)
    array[:] = lines
    plane = Plane.of_the_province()
    parts, owner = shapely.get_parts(shapely.line_merge(plane.of(array)), return_index=True)
    kept = shapely.length(parts) > 0
    parts, owner = parts[kept], owner[kept].astype(np.int64)
    if not len(parts):
        return _none()
    metres = _Metres.along(parts, plane)
    begins = _begins(owner, metres.lengths)
    found = []
    if ends:
        found.append(_ends(parts, owner, metres.lengths, begins))
    if junctions:
        found.append(_junctions(parts, owner, begins, metres))
    if not found:
        return _none()
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 4], rows[:, 2]))]
    rows = rows[_spaced(rows, least_spacing_m)]
    return Positions(
        plane.back(rows[:, :2]), rows[:, 2].astype(np.int64), rows[:, 3].astype(np.int64), rows[:, 5].astype(np.int64), rows[:, 4]
    )


@dataclass(frozen=True)
class _Metres:
    """Geodesic metres along parts that lie in a plane: `lengths` of each; `flat`, `real` run through all vertices, part by part."""

    lengths: Floats
    flat: Floats
    real: Floats
    starts: Ints

    @classmethod
    def along(cls, parts: Any, plane: Plane) -> _Metres:
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        places = plane.back(coordinates)
        joined = part[1:] == part[:-1]
        flat, real = np.zeros(len(part)), np.zeros(len(part))
        flat[1:][joined] = np.hypot(*(coordinates[1:] - coordinates[:-1])[joined].T)
        real[1:][joined] = inverse(places[:-1][joined], places[1:][joined])[0]
        lengths = np.bincount(part, weights=real, minlength=len(parts)).astype(np.float64)
        return cls(lengths, np.cumsum(flat), np.cumsum(real), np.searchsorted(part, np.arange(len(parts))))

    def at(self, part: Ints, flat: Floats) -> Floats:
        """Metres along each of `part` (index) to where it has run `flat` in the plane."""
        start = self.starts[part]
        return np.asarray(np.interp(self.flat[start] + flat, self.flat, self.real) - self.real[start], dtype=np.float64)


def _begins(owner: Ints, lengths: Floats) -> Floats:
    """Metres of the road before each of its parts."""
    running = np.cumsum(lengths) - lengths
    first = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, dtype=bool)
    return np.asarray(running - np.repeat(running[first], np.diff(np.r_[np.nonzero(first)[0], len(owner)])), dtype=np.float64)


def _rows(places: Floats, road: Ints, kind: int, along: Floats, other: Ints) -> Floats:
    return np.column_stack((places, road, np.full(len(road), kind), along, other)).astype(np.float64)


def _ends(parts: Any, owner: Ints, lengths: Floats, begins: Floats) -> Floats:
    """First and last places of each part that is no ring."""
    first, last = shapely.get_coordinates(shapely.get_point(parts, 0)), shapely.get_coordinates(shapely.get_point(parts, -1))
    is_open = np.hypot(*(first - last).T) > _SNAP_M
    none = np.full(int(is_open.sum()), -1, dtype=np.int64)
    return np.concatenate(
        (
            _rows(first[is_open], owner[is_open], END, begins[is_open], none),
            _rows(last[is_open], owner[is_open], END, (begins + lengths)[is_open], none),
        )
    )


def _junctions(parts: Any, owner: Ints, begins: Floats, metres: _Metres) -> Floats:
    """Where parts of two roads cross or touch, and where one ends beside another."""
    tree = shapely.STRtree(parts)
    left, right = tree.query(parts, predicate="intersects")
    keep = owner[left] < owner[right]
    left, right = left[keep], right[keep]
    met = shapely.intersection(parts[left], parts[right])
    # Of a stretch in common its two ends count.
    points, pair = shapely.get_parts(met, return_index=True)
    stretches = shapely.get_dimensions(points) == 1
    if stretches.any():
        tails = shapely.get_point(points[stretches], -1)
        points = np.concatenate((np.where(stretches, shapely.get_point(points, 0), points), tails))
        pair = np.concatenate((pair, pair[stretches]))
    a, b = left[pair], right[pair]
    # An end that stops short of the other road by a hair.
    tips = np.concatenate((shapely.get_point(parts, 0), shapely.get_point(parts, -1)))
    of_tip = np.tile(np.arange(len(parts)), 2)
    near, line = tree.query(tips, predicate="dwithin", distance=_SNAP_M)
    short = (owner[of_tip[near]] != owner[line]) & ~shapely.intersects(parts[of_tip[near]], parts[line])
    points = np.concatenate((points, tips[near[short]]))
    a, b = np.concatenate((a, of_tip[near[short]])), np.concatenate((b, line[short]))
    places = shapely.get_coordinates(points)
    rows = [
        _rows(
            places, owner[one], JUNCTION, begins[one] + metres.at(one, shapely.line_locate_point(parts[one], points)), owner[other]
        )
        for one, other in ((a, b), (b, a))
    ]
    return np.concatenate(rows)


def _spaced(rows: Floats, least: float) -> npt.NDArray[np.bool_]:
    """Which positions stay; rows are ordered by road and along it. Ends stay, junctions beside them give way."""
    keep = np.zeros(len(rows), dtype=bool)
    roads, kinds, along = rows[:, 2].tolist(), rows[:, 3].tolist(), rows[:, 4].tolist()
    last_end = {road: at for road, kind, at in zip(roads, kinds, along, strict=True) if kind == END}
    before, at_before = -1.0, 0.0
    for index, (road, kind, at) in enumerate(zip(roads, kinds, along, strict=True)):
        if road != before:
            before, at_before = road, -np.inf
        final = last_end.get(road, np.inf)
        if kind == END or (at - at_before >= least and (at >= final or final - at >= least)):
            keep[index] = True
            at_before = at
    return keep


def _none() -> Positions:
    empty = np.zeros(0, dtype=np.int64)
    return Positions(np.zeros((0, 2)), empty, empty, empty, np.zeros(0))


def crossings(lines: Sequence[Any], outlines: Sequence[Any]) -> list[tuple[int, int, tuple[float, float]]]:
    """Where roads pass the edges of divisions: (road, outline, place). A road that runs along an edge crosses it nowhere."""
    if not len(lines) or not len(outlines):
        return []
    edges = shapely.boundary(np.asarray(outlines, dtype=object))
    tree = shapely.STRtree(edges)
    roads = np.empty(len(lines), dtype=object)
    roads[:] = lines
    road, edge = tree.query(roads, predicate="crosses")
    points, pair = shapely.get_parts(shapely.intersection(roads[road], edges[edge]), return_index=True)
    is_point = shapely.get_dimensions(points) == 0
    places = shapely.get_coordinates(points[is_point])
    return [(int(road[at]), int(edge[at]), (float(x), float(y))) for at, (x, y) in zip(pair[is_point], places, strict=True)]


def standing(places: Floats, names: Sequence[Any], signs: Floats, sign_names: Sequence[Any], near_m: float) -> Ints:
    """For each wanted place the sign that stands there (index), -1 where none does.

    A sign stands for one place only, the nearest of those that want its name within `near_m`; of several signs the nearest.
    """
    result = np.full(len(places), -1, dtype=np.int64)
    if not len(places) or not len(signs):
        return result
    numbers: dict[Any, int] = {}
    wanted = np.array([numbers.setdefault(name, len(numbers)) for name in names])
    shown = np.array([numbers.get(name, -1) for name in sign_names])
    plane = Plane.of_the_province()
    spots, posts = plane.to(places), plane.to(signs)
    tree = shapely.STRtree(shapely.points(posts))
    # The plane finds what may be near, the geodesic says what is.
    spot, post = tree.query(shapely.points(spots), predicate="dwithin", distance=near_m * _SLACK)
    same = wanted[spot] == shown[post]
    spot, post = spot[same], post[same]
    metres, _azimuth = inverse(places[spot], signs[post])
    near = metres <= near_m
    spot, post, metres = spot[near], post[near], metres[near]
    nearest_first = np.argsort(metres, kind="stable")
    found: dict[int, int] = {}
    taken: set[int] = set()
    for one, sign in zip(spot[nearest_first].tolist(), post[nearest_first].tolist(), strict=True):
        if one not in found and sign not in taken:
            found[one] = sign
            taken.add(sign)
    result[list(found)] = list(found.values())
    return result
