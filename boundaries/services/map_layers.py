"""The geometry behind map shapes, without a database: units on a day simplified for each band of zooms, and their boundary lines.

What a unit's area and its lines come out as depends on the units whose bounds meet its own, and on nothing further away
(gis.coverage.fabric): a part of a level may be made anew alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.map_levels import EXTENT, MAX_ZOOM, TOLERANCE_PX, bands_of, grid_zoom
from boundaries.models.vocabulary import Grade, Level
from gis.coverage.fabric import NOBODY, Fabric
from gis.coverage.simplify import as_given, readable
from gis.crs import WEB_MERCATOR

Geometries = npt.NDArray[np.object_]
Integers = npt.NDArray[np.intp]

# Metres of Web Mercator to a pixel of a 256-pixel tile at z0: the length of the equator on EPSG:3857's sphere, by 256.
PIXEL_AT_Z0 = 2 * np.pi * 6378137.0 / 256
# The more reliable first.
_GRADES = tuple(grade.value for grade in (Grade.AGREED, Grade.SURVEYED, Grade.INDICATIVE, Grade.INVENTED))


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


def block_zoom(level: int) -> int:
    """Boundary lines of a level are kept in blocks half a tile of this zoom wide: two dozen units of the level or so. See
    `block`.
    """
    return 2 * level + 1


def side_of_square(zoom: int) -> float:
    """Half a tile, metres of Web Mercator."""
    return float(PIXEL_AT_Z0 * 128 / 2**zoom)


def block(level: int, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Integers:
    """The number of the block each place lies in: a square of the grid, west to east, then south to north."""
    zoom = block_zoom(level)
    side = side_of_square(zoom)
    column, row = (np.floor(values / side).astype(np.intp) + 2**zoom for values in (x, y))
    return np.asarray(column * 2 ** (zoom + 1) + row, dtype=np.intp)


def box_of_block(level: int, number: int) -> tuple[float, float, float, float]:
    zoom = block_zoom(level)
    side = side_of_square(zoom)
    column, row = divmod(number, 2 ** (zoom + 1))
    west, south = (column - 2**zoom) * side, (row - 2**zoom) * side
    return west, south, west + side, south + side


def blocks_under(level: int, bounds: npt.NDArray[np.float64]) -> set[int]:
    """Numbers of all blocks that boxes (n, 4) meet."""
    zoom = block_zoom(level)
    low = np.floor(bounds / side_of_square(zoom)).astype(np.intp) + 2**zoom
    return {
        column * 2 ** (zoom + 1) + row
        for west, south, east, north in np.unique(low, axis=0).tolist()
        for column in range(west, east + 1)
        for row in range(south, north + 1)
    }


@dataclass(frozen=True, slots=True)
class Piece:
    """A boundary line, or the part of it that no higher level draws; `line` is well-known binary. `place` tells which row it is
    in.
    """

    band: tuple[int, int]
    rank: int
    grade: str
    place: tuple[int, int]
    block: int
    line: bytes


def multiline(lines: Sequence[bytes]) -> str:
    """Lines as one multilinestring, hexadecimal EWKB; the order is settled here, so equal sets of lines are equal texts."""
    start = b"\x01" + (5 | 0x20000000).to_bytes(4, "little") + WEB_MERCATOR.to_bytes(4, "little")
    return (start + len(lines).to_bytes(4, "little") + b"".join(sorted(lines))).hex().upper()


def hex_of(geometries: Geometries) -> list[str | None]:
    if not len(geometries):
        return []
    return list(shapely.to_wkb(shapely.set_srid(geometries, WEB_MERCATOR), hex=True, include_srid=True))


@dataclass(frozen=True)
class Above:
    """What lies over a level on a day: the parent of each division, its level, and its polygon (EPSG:3857) if it has one."""

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


class UnitsOnDay:
    """Units with polygons (EPSG:3857) on a day, (n,) each, in the order of their divisions: some that are asked for, and around
    them all whose bounds meet theirs.
    """

    def __init__(
        self,
        level: Level,
        polygons: Geometries,
        parents: Sequence[int | None],
        grades: Sequence[str],
        asked: Integers,
        above: Above,
    ) -> None:
        self._level, self._polygons, self._asked, self._above = level, polygons, asked, above
        self._lines = [above.line_of(parent) for parent in parents]
        self._reliability = np.array([_GRADES.index(grade) for grade in grades], dtype=np.intp)
        self._fabric = Fabric(readable(polygons))
        chosen = np.zeros(len(polygons), dtype=bool)
        chosen[asked] = True
        self._chosen = np.flatnonzero(chosen[self._fabric.first]) if len(self._fabric.first) else np.empty(0, dtype=np.intp)
        self._rank_of_chains()

    def bands(self) -> Iterator[tuple[tuple[int, int], list[str | None], list[tuple[int, Piece]]]]:
        """For each band, the closest first: the areas asked for as EWKB, and boundary lines with the position of their unit.

        A line belongs to the first of the units it parts. Every band is made from the next closer one.
        """
        for band in sorted(bands_of(self._level), reverse=True):
            given = self._polygons[self._asked]
            if tolerance(band):
                self._fabric.thin(tolerance(band))
                given = as_given(self._fabric.polygons(self._asked), given)
            yield band, hex_of(on_grid(given, band)), list(self._pieces(band))

    def _pieces(self, band: tuple[int, int]) -> Iterator[tuple[int, Piece]]:
        coordinates, chain = self._fabric.lines()
        wanted = np.isin(chain, self._chosen)
        coordinates, chain = coordinates[wanted], chain[wanted]
        begins = np.flatnonzero(chain[1:] == chain[:-1])
        begins = begins[self._ranks[chain[begins]] > 0]
        seen = self._seen(chain[begins], (coordinates[begins] + coordinates[begins + 1]) / 2, 2 * tolerance(band) + 1.0)
        begins = begins[seen]
        if not len(begins):
            return
        new = np.append(True, begins[1:] != begins[:-1] + 1)
        lengths = np.diff(np.append(np.flatnonzero(new), len(begins))) + 1
        piece = np.repeat(np.arange(len(lengths)), lengths)
        within = np.arange(len(piece)) - (np.cumsum(lengths) - lengths)[piece]
        at = begins[new][piece] + within
        lines = shapely.linestrings(coordinates[at], indices=piece)
        bounds = shapely.bounds(lines)
        x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
        side = side_of_square(max(band[1], block_zoom(self._level)))
        places = np.column_stack((np.floor(x / side), np.floor(y / side))).astype(int).tolist()
        which = chain[begins[new]]
        rows = zip(
            self._fabric.first[which].tolist(), self._ranks[which].tolist(), self._worst[which].tolist(), places,
            block(self._level, x, y).tolist(), shapely.to_wkb(lines, byte_order=1).tolist(), strict=True,
        )  # fmt: skip
        for unit, rank, worst, place, number, line in rows:
            yield unit, Piece(band, rank, _GRADES[worst], (place[0], place[1]), number, line)

    def _rank_of_chains(self) -> None:
        """The highest level whose units differ across each chain, 0 where a higher level draws it; the less reliable grade."""
        first, second = self._fabric.first, self._fabric.second
        self._ranks = np.full(len(first), int(self._level), dtype=np.intp)
        self._worst = np.maximum(self._reliability[first], np.where(second == NOBODY, 0, self._reliability[second]))
        self._ranks[first == second] = 0  # a seam between a unit's own parts
        inner = self._chosen[(second[self._chosen] != NOBODY) & (first[self._chosen] != second[self._chosen])]
        for chain, one, other in zip(inner.tolist(), first[inner].tolist(), second[inner].tolist(), strict=True):
            self._ranks[chain] = self._rank_between(self._lines[one], self._lines[other])

    def _rank_between(self, one: list[int], other: list[int]) -> int:
        if one == other:
            return int(self._level)
        above = self._above
        of_one = {above.level[unit]: unit for unit in one if unit in above.level}
        of_other = {above.level[unit]: unit for unit in other if unit in above.level}
        for level in sorted(of_one.keys() & of_other.keys()):
            if of_one[level] != of_other[level]:
                drawn = of_one[level] in above.polygon or of_other[level] in above.polygon
                return 0 if drawn else level
        return int(self._level)

    def _seen(self, chain: Integers, middles: npt.NDArray[np.float64], reach: float) -> npt.NDArray[np.bool_]:
        """An outer edge that runs along the outline of the nearest unit above with a polygon is that unit's line."""
        seen = np.ones(len(chain), dtype=bool)
        outer = np.flatnonzero(self._fabric.second[chain] == NOBODY)
        units = self._fabric.first[chain[outer]]
        nearest = {
            unit: next((one for one in self._lines[unit] if one in self._above.polygon), None) for unit in np.unique(units).tolist()
        }
        over = np.array([nearest[unit] or NOBODY for unit in units.tolist()], dtype=np.intp)
        for unit in np.unique(over[over != NOBODY]).tolist():
            outline = shapely.boundary(self._above.polygon[unit])
            shapely.prepare(outline)
            at = outer[over == unit]
            seen[at] = ~shapely.dwithin(outline, shapely.points(middles[at]), reach)
        return seen
