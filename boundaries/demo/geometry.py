"""The shapes of the demo county: villages that tile townships that tile the county, and the neighbour beyond the river.

All borders are cut from one network of arcs, so neighbours share their edges point by point. Coordinates are CGCS2000
longitude and latitude in degrees, rounded to 1e-7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely import Point, Polygon, coverage_is_valid

from boundaries.demo import landscape
from boundaries.demo.arcs import Arc, rings, thin, trace
from boundaries.demo.growth import grow
from boundaries.demo.hairpin import with_hairpin
from boundaries.demo.landscape import HOME, NEIGHBOUR, Anchor
from boundaries.demo.mesh import Mesh, honeycomb
from boundaries.demo.noise import Integers, hashes, uniform

# The county is scaled to exactly this area, so that its population density does not depend on the seed.
COUNTY_AREA = 1_350_000_000.0
CENTRE = (114.53, 33.62)
# Ellipsoid of CGCS2000 (GB 22021-2008): semi-major axis in metres and flattening.
_SEMI_MAJOR, _FLATTENING = 6_378_137.0, 1 / 298.257222101
# Points whose triangle is smaller than this are dropped from the borders, in cm² (1 m² = 10⁴ cm²).
_THINNING = 9_000 * 10_000


@dataclass(frozen=True, slots=True)
class Village:
    """One village's ground. township: key of the region it grew in. seat, office: two places in it, the second for the seat of a
    township or county. area: square metres. neighbours: numbers of the villages that share a border line with it; -1 and the
    number after the last village stand for the land outside."""

    township: str
    polygon: Polygon
    seat: Point
    office: Point
    area: float
    neighbours: frozenset[int]
    is_township_seat: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """villages: in the order of their regions. neighbour: the county beyond the river, without parts, with its seat and that of
    the prefecture."""

    villages: tuple[Village, ...]
    neighbour: Polygon
    neighbour_seat: Point
    prefecture_seat: Point


def lay_out(seed: int) -> Ground:
    """Grow townships and villages from a seed. Raises ValueError when a seed gives no valid coverage."""
    mesh = honeycomb(
        seed + landscape.SHAKE, landscape.WIDTH * landscape.KILOMETRE, landscape.HEIGHT * landscape.KILOMETRE, landscape.EDGE
    )
    land = landscape.survey(mesh, seed)
    townships, starts = landscape.grow_townships(mesh, land, seed)
    villages, seats, first = _villages(
        mesh, landscape.costs(mesh, land, np.sqrt(land.relief) * np.sqrt(np.sqrt(land.relief)), 900, 700), townships, starts, seed
    )

    total = len(seats)
    abroad = (townships >= len(HOME)) & (townships < len(HOME) + len(NEIGHBOUR))
    regions = np.where(abroad, total, villages)
    arcs = with_hairpin(thin(trace(mesh, regions), _THINNING), total)
    outlines = [rings(arcs, region) for region in range(total + 1)]
    plan = _Plan(sum(_plane_area(lines) for lines in outlines[:total]))

    polygons = [plan.polygon(lines) for lines in outlines]
    if not coverage_is_valid(polygons):
        raise ValueError(f"seed {seed} gives no valid coverage")
    beside = _beside(arcs, total)

    def place(cell: int, region: int, which: int) -> Point:
        point = plan.point(_inside(mesh, cell, seed + which))
        if not polygons[region].contains(point):
            raise ValueError(f"seed {seed} puts a seat outside its ground")
        return point

    return Ground(
        tuple(
            Village(
                HOME[int(townships[seat])].key,
                polygons[number],
                place(seat, number, 0),
                place(seat, number, 1),
                _plane_area(outlines[number]) * plan.scale**2 / 1e4,
                frozenset(beside[number]),
                number in first,
            )
            for number, seat in enumerate(seats)
        ),
        polygons[total],
        place(starts[len(HOME) + 1], total, 0),
        place(starts[len(HOME) + 3], total, 0),
    )


def _villages(
    mesh: Mesh, costs: Integers, townships: Integers, starts: list[int], seed: int
) -> tuple[Integers, list[int], frozenset[int]]:
    """Split each home township: the village of each cell (-1 abroad), the seat cell of each, and which hold a township's seat."""
    same = np.where(mesh.neighbours < 0, False, townships[:, None] == townships[mesh.neighbours])
    within = np.where(same & (townships < len(HOME))[:, None], costs, -1)
    seeds: list[int] = []
    first: list[int] = []
    for number, anchor in enumerate(HOME):
        first.append(len(seeds))
        seeds += _spread(mesh, np.flatnonzero(townships == number), starts[number], anchor, seed)
    rates = (9 + hashes(seed + landscape.VILLAGES, np.arange(len(seeds), dtype=np.int64)) % np.uint64(4)).astype(int).tolist()
    movable = sorted(set(range(len(seeds))) - set(first))
    for _ in range(3):
        owner = grow(mesh.neighbours, within, seeds, rates)
        # Lloyd's step: each seat goes to the middle of its ground, at last too; seats of townships stay where they are.
        for number in movable:
            own = np.flatnonzero(owner == number)
            away = mesh.centres[own] - mesh.centres[own].sum(axis=0) // len(own)
            seeds[number] = int(own[(away * away).sum(axis=1).argmin()])
    return owner, seeds, frozenset(first)


def _spread(mesh: Mesh, cells: Integers, start: int, anchor: Anchor, seed: int) -> list[int]:
    """Scatter the seats of villages over a township, closer together near its own seat: farthest first among a random few."""
    order = np.argsort(uniform(seed + landscape.VILLAGES + 7, cells), kind="stable")
    candidates = cells[order][: anchor.villages * 9]
    places = mesh.centres[candidates].astype(np.float64)
    middle = mesh.centres[start].astype(np.float64)
    crowding = 1.0 + np.sqrt(((places - middle) ** 2).sum(axis=1)) / (6.0 * landscape.KILOMETRE)
    chosen = [start]
    nearest = ((places - middle) ** 2).sum(axis=1)
    for _ in range(anchor.villages - 1):
        pick = int((nearest / crowding**2).argmax())
        chosen.append(int(candidates[pick]))
        nearest = np.minimum(nearest, ((places - places[pick]) ** 2).sum(axis=1))
    return chosen


def _inside(mesh: Mesh, cell: int, seed: int) -> tuple[int, int]:
    """A place near the middle of a cell, off the lattice."""
    x, y = mesh.centres[cell].tolist()
    shift = uniform(seed + landscape.VILLAGES + 11, np.array([cell * 2, cell * 2 + 1], dtype=np.int64)) - 0.5
    return x + int(shift[0] * landscape.EDGE * 0.5), y + int(shift[1] * landscape.EDGE * 0.5)


def _beside(arcs: list[Arc], total: int) -> list[set[int]]:
    """The villages that share a border line with each village."""
    beside: list[set[int]] = [set() for _ in range(total + 1)]
    for arc in arcs:
        beside[arc.left].add(arc.right)
        beside[arc.right].add(arc.left)
    return beside


def _plane_area(lines: list[list[tuple[int, int]]]) -> float:
    """Area within rings (holes run the other way and count negative), in cm², exact until the last division."""
    doubled = 0
    for line in lines:
        doubled += sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(line))
    return doubled / 2


class _Plan:
    """From the plane to the ellipsoid by the sinusoidal projection, which keeps areas, around the map's centre.

    Meridian arc and parallel radius are expanded to second order in latitude; over 35 km the error is below a centimetre.
    """

    def __init__(self, area: float) -> None:
        self.scale = math.sqrt(COUNTY_AREA * 1e4 / area)
        latitude = math.radians(CENTRE[1])
        squared = _FLATTENING * (2 - _FLATTENING)
        w = 1 - squared * math.sin(latitude) ** 2
        self.meridian = _SEMI_MAJOR * (1 - squared) / w**1.5
        self.meridian_slope = self.meridian * 3 * squared * math.sin(latitude) * math.cos(latitude) / w
        normal = _SEMI_MAJOR / math.sqrt(w)
        self.parallel = normal * math.cos(latitude)
        self.sine = math.sin(latitude)
        self.parallel_bend = self.meridian * math.cos(latitude) + self.meridian_slope * self.sine

    def degrees(self, point: tuple[int, int]) -> tuple[float, float]:
        """Longitude and latitude of a point of the plane. Its places on the grid of 1e-7 degrees are exact decimal fractions."""
        x, y = point[0] * self.scale / 100, point[1] * self.scale / 100
        up = y / self.meridian
        up -= self.meridian_slope * up * up / 2 / self.meridian
        radius = self.parallel - self.meridian * self.sine * up - self.parallel_bend * up * up / 2
        longitude, latitude = CENTRE[0] + math.degrees(x / radius), CENTRE[1] + math.degrees(up)
        return round(longitude * 1e7) / 1e7, round(latitude * 1e7) / 1e7

    def point(self, place: tuple[int, int]) -> Point:
        return Point(self.degrees(place))

    def polygon(self, lines: list[list[tuple[int, int]]]) -> Polygon:
        by_size = sorted(lines, key=lambda line: -_plane_area([line]))
        shell, *holes = ([self.degrees(point) for point in line] for line in by_size)
        return Polygon(shell, holes)
