"""Where things stand on the paper: sizes in millimetres from the upper left corner, ground in a Gauss–Krüger zone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import ReferenceSystem, distance_m, project, three_degree_zone, to_cgcs2000

Geometries = npt.NDArray[np.object_]

PAPERS: Final = {"a4": (210.0, 297.0), "a3": (297.0, 420.0)}
MARGIN: Final = 12.0
TITLE: Final = 17.0
FOOT: Final = 40.0
# How much of the frame what the sheet is about may fill.
_FILL: Final = 0.8
_NICE: Final = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_BAR: Final = (22.0, 55.0)  # mm, the shortest and longest scale bar


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    def polygon(self, inset: float = 0.0) -> shapely.Polygon:
        return shapely.box(self.left + inset, self.top + inset, self.right - inset, self.bottom - inset)


@dataclass(frozen=True)
class ScaleBar:
    """`ground_m` on the ground (a geodesic through the middle of the map, west to east) is `length_mm` on the paper."""

    ground_m: float
    length_mm: float


@dataclass(frozen=True)
class Layout:
    """`centre` is in metres of `system` and stands in the middle of `frame`; one mm of paper is `ratio` mm of the plane."""

    width: float
    height: float
    frame: Box
    system: ReferenceSystem
    centre: tuple[float, float]
    ratio: int

    def to_paper(self, geometries: Geometries) -> Geometries:
        """CGCS2000 longitude and latitude to millimetres of the paper; y grows downwards."""
        return self._plane_to_paper(project(geometries, self.system))

    def _plane_to_paper(self, geometries: Geometries) -> Geometries:
        scale, (x0, y0), (left, top) = 1000.0 / self.ratio, self.centre, self.frame.middle

        def on_paper(plane: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack((left + (plane[:, 0] - x0) * scale, top - (plane[:, 1] - y0) * scale))

        return shapely.transform(np.asarray(geometries, dtype=object), on_paper)

    def to_degrees(self, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        """(longitude, latitude) of points of the paper."""
        (x0, y0), (left, top) = self.centre, self.frame.middle
        plane = [(x0 + (x - left) * self.ratio / 1000, y0 - (y - top) * self.ratio / 1000) for x, y in points]
        moved, _info = to_cgcs2000(shapely.points(plane), self.system)
        return [(float(point.x), float(point.y)) for point in moved]

    @cached_property
    def scale_bar(self) -> ScaleBar:
        x, y = self.frame.middle
        west, east = self.to_degrees([(x - 10, y), (x + 10, y)])
        metres_per_mm = distance_m(west, east)[0] / 20
        ground = max(length for length in _round_lengths() if length / metres_per_mm <= _BAR[1])
        return ScaleBar(ground, ground / metres_per_mm)

    @cached_property
    def north(self) -> float:
        """Degrees by which true north leans clockwise from the upper edge of the paper, in the middle of the map."""
        x, y = self.frame.middle
        low, high = self.to_degrees([(x, y + 5), (x, y - 5)])
        return -distance_m(low, high)[1]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all that the frame may show, in degrees."""
        frame = self.frame
        edge = [(x, y) for x in (frame.left, frame.middle[0], frame.right) for y in (frame.top, frame.middle[1], frame.bottom)]
        degrees = self.to_degrees(edge)
        longitudes, latitudes = [one[0] for one in degrees], [one[1] for one in degrees]
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def lay_out(about: Iterable[shapely.Geometry], paper: str = "a4") -> Layout:
    """A layout that shows all of `about` (CGCS2000 degrees, at least one) with room around it, upright or across as suits it."""
    shapes = np.array(list(about), dtype=object)
    longitude = float(np.mean(shapely.bounds(shapely.geometrycollections(shapes))[[0, 2]]))
    system = three_degree_zone(longitude)
    west, south, east, north = shapely.total_bounds(project(shapes, system))
    short, long = PAPERS[paper]
    across = (east - west) > (north - south)
    width, height = (long, short) if across else (short, long)
    frame = Box(MARGIN, MARGIN + TITLE, width - 2 * MARGIN, height - 2 * MARGIN - TITLE - FOOT)
    needed = max((east - west) / (frame.width * _FILL), (north - south) / (frame.height * _FILL), 1.0) * 1000
    return Layout(width, height, frame, system, ((west + east) / 2, (south + north) / 2), nice_ratio(needed))


def nice_ratio(needed: float) -> int:
    """The smallest round denominator of a scale that is at least `needed`."""
    power = 10 ** math.floor(math.log10(needed))
    return round(next((nice * power for nice in _NICE if nice * power >= needed * (1 - 1e-9)), 10 * power))


def _round_lengths() -> Iterable[float]:
    return (nice * 10.0**power for power in range(7) for nice in (1, 2, 5))
