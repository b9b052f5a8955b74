"""The geometry behind map shapes, without a database: a level on a day simplified for each band of zooms, and its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.map_levels import EXTENT, MAX_ZOOM, TOLERANCE_PX, grid_zoom
from boundaries.models.vocabulary import Grade, Level
from gis.coverage import simplify
from gis.coverage.edges import NOBODY, Edges, find_edges, join

Geometries = npt.NDArray[np.object_]
Integers = npt.NDArray[np.intp]

# Metres of Web Mercator to a pixel of a 256-pixel tile at z0: the length of the equator on EPSG:3857's sphere, by 256.
PIXEL_AT_Z0 = 2 * np.pi * 6378137.0 / 256
_RELIABILITY = (Grade.AGREED, Grade.SURVEYED, Grade.INDICATIVE, Grade.INVENTED)


def tolerance(band: tuple[int, int]) -> float:
    """Tolerance of simplification in metres of Web Mercator for the closest zoom of a band; 0 where every vertex is drawn."""
    return 0.0 if band[1] == MAX_ZOOM else TOLERANCE_PX * PIXEL_AT_Z0 / 2 ** band[1]


def on_grid(polygons: Geometries, band: tuple[int, int]) -> Geometries:
    """Polygons (n,) with their vertices on the tiles' grid of the band's closest zoom, valid and turned as tiles want them.

    A vertex that two units share goes to the same place in both. A unit too small for the grid becomes one square of it, so that it
    is not lost.
    """
    zoom = grid_zoom(band)
    if zoom is None or not len(polygons):
        return polygons
    step = PIXEL_AT_Z0 * 256 / EXTENT / 2**zoom
    laid = shapely.transform(polygons, lambda xy: np.round(xy / step) * step)
    broken = ~shapely.is_valid(laid) | shapely.is_empty(laid)
    laid[broken] = shapely.set_precision(polygons[broken], step)
    gone = shapely.is_empty(laid)
    corner = np.floor(shapely.bounds(polygons[gone])[:, :2] / step) * step
    laid[gone] = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + step, corner[:, 1] + step)
    return np.asarray(shapely.orient_polygons(laid, exterior_cw=True), dtype=object)


@dataclass(frozen=True)
class Lines:
    """Boundary lines (a multilinestring) of one rank and grade that lie near one another."""

    rank: int
    grade: str
    geometry: shapely.Geometry


def _by_square(lines: Geometries, side: float) -> Geometries:
    """Multilinestrings of the lines whose middles lie in one square of a grid with this side. No line is cut: its dashes run on."""
    bounds = shapely.bounds(lines)
    squares = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / side)
    _, which = np.unique(squares, axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    return np.asarray(shapely.multilinestrings(lines[order], indices=which.ravel()[order]), dtype=object)


@dataclass(frozen=True)
class Above:
    """What lies over a level on a day: the parent of each division, its level, and its polygon (EPSG:3857) if it has one.

    `records` tells one such state from another.
    """

    records: tuple[int, ...]
    parent: Mapping[int, int | None]
    level: Mapping[int, int]
    polygon: Mapping[int, shapely.Geometry]

    def line_of(self, parent: int | None) -> list[int]:
        """`parent` and what is above it, the nearest first."""
        line: list[int] = []
        while parent is not None and parent not in line:
            line.append(parent)
            parent = self.parent.get(parent)
        return line


@dataclass(frozen=True)
class LevelOnDay:
    """The units of one level that have polygons (EPSG:3857) on a day; all arrays (n,)."""

    level: Level
    polygons: Geometries
    parents: Sequence[int | None]
    grades: Sequence[str]

    def simplified(self, bands: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Geometries]:
        """The polygons of each band, (n,) each.

        Every band is made from the next closer one: what is inexact is mended once, and far zooms have few vertices to look at.
        """
        shapes, closer = {}, self.polygons
        for band in sorted(bands, reverse=True):
            closer = shapes[band] = simplify(closer, tolerance(band))
        return shapes

    @cached_property
    def edges(self) -> Edges:
        return find_edges(self.polygons)

    def lines(self, band: tuple[int, int], simplified: Geometries, above: Above) -> list[Lines]:
        """Boundary lines of a band: no line that a higher level with polygons of its own draws already."""
        edges = find_edges(simplified) if tolerance(band) else self.edges
        if not len(edges):
            return []
        ranks = self._ranks(edges, above, 2 * tolerance(band) + 1.0)
        reliability = np.array([_RELIABILITY.index(Grade(grade)) for grade in self.grades])
        worst = np.where(edges.second == NOBODY, 0, reliability[edges.second])
        worst = np.maximum(worst, reliability[edges.first])
        found = []
        for rank, grade in np.unique(np.column_stack((ranks, worst)), axis=0).tolist():
            if rank:
                chosen = (ranks == rank) & (worst == grade)
                joined = _by_square(join(edges.segments[chosen]), PIXEL_AT_Z0 * 128 / 2 ** band[1])
                found += [Lines(rank, _RELIABILITY[grade].value, lines) for lines in joined]
        return found

    def _ranks(self, edges: Edges, above: Above, reach: float) -> Integers:
        """The highest level whose units differ across each edge, 0 where a higher level draws it. (n,)"""
        lines = [above.line_of(parent) for parent in self.parents]
        ranks = np.full(len(edges), int(self.level), dtype=np.intp)
        inner = edges.second != NOBODY
        pairs, which = np.unique(np.column_stack((edges.first[inner], edges.second[inner])), axis=0, return_inverse=True)
        by_pair = np.array([self._rank_between(lines[a], lines[b], above) for a, b in pairs.tolist()], dtype=np.intp)
        if len(pairs):
            ranks[inner] = by_pair[which.ravel()]
        self._hide_what_parents_draw(edges, ranks, lines, above, reach)
        return ranks

    def _rank_between(self, one: list[int], other: list[int], above: Above) -> int:
        of_one = {above.level[unit]: unit for unit in one if unit in above.level}
        of_other = {above.level[unit]: unit for unit in other if unit in above.level}
        for level in sorted(of_one.keys() & of_other.keys()):
            if of_one[level] != of_other[level]:
                drawn = of_one[level] in above.polygon or of_other[level] in above.polygon
                return 0 if drawn else level
        return int(self.level)

    def _hide_what_parents_draw(self, edges: Edges, ranks: Integers, lines: list[list[int]], above: Above, reach: float) -> None:
        """An outer edge that runs along the outline of the nearest unit above with a polygon is that unit's line."""
        outer = np.flatnonzero(edges.second == NOBODY)
        nearest = [next((unit for unit in lines[first] if unit in above.polygon), None) for first in edges.first[outer].tolist()]
        known = np.array([unit is not None for unit in nearest], dtype=bool)
        if not known.any():
            return
        ids, which = np.unique(np.array([unit for unit in nearest if unit is not None]), return_inverse=True)
        outlines = shapely.boundary(np.array([above.polygon[unit] for unit in ids.tolist()], dtype=object))
        shapely.prepare(outlines)
        middles = shapely.points(edges.segments[outer[known]].mean(axis=1))
        along = shapely.dwithin(outlines[which.ravel()], middles, reach)
        ranks[outer[known][along]] = 0
