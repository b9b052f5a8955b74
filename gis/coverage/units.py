"""The units under check, made ready once: usable polygons, index, exactness."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.exactness import BLOCK, blocks_of, dissolved_exactly
from gis.coverage.measure import Geometries, Integers
from gis.coverage.report import Invalid
from gis.kept_shapes import KeptShapes, Shapes, bounds_of

_REASON = re.compile(r"^(?P<reason>[^\[]+?)\s*(?:\[(?P<x>\S+) (?P<y>[^\s\]]+).*\])?$")

# Where a vertex computed by an overlay counts as lying on a unit's edge: 1e-9° is a tenth of a millimetre.
SNAP_DEG = 1e-9


@dataclass(frozen=True)
class Units:
    """`ids` (n,) and usable polygons (n,), aligned. Polygons that are kept in a file are read block by block, so that what is held
    at once does not grow with them.
    """

    ids: npt.NDArray[np.object_]
    polygons: Shapes

    @cached_property
    def _tree(self) -> shapely.STRtree:
        """Of the polygons, or of the boxes about them where they are kept in a file."""
        return shapely.STRtree(shapely.box(*self.polygons.bounds.T) if isinstance(self.polygons, KeptShapes) else self.polygons)

    def meeting(self, geometries: Geometries) -> tuple[Integers, Integers]:
        """(numbers of geometries, units) wherever a unit and a geometry have a point in common; each pair once."""
        if not len(geometries):
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
        if not isinstance(self.polygons, KeptShapes):
            found, unit = self._tree.query(geometries, predicate="intersects")
            return found, unit
        geometry, unit = self._tree.query(geometries)
        meets = np.zeros(len(unit), dtype=bool)
        for start in range(0, len(unit), BLOCK):
            some = slice(start, start + BLOCK)
            meets[some] = shapely.intersects(geometries[geometry[some]], self.polygons[unit[some]])
        return geometry[meets], unit[meets]

    @cached_property
    def exact(self) -> bool:
        """Every shared edge has the same vertices on both sides and no interiors meet. Mostly proved by what the units dissolve
        into; else GEOS decides in one pass over all edges.
        """
        return len(self.polygons) == 0 or self._whole is not None or self._all_match()

    def _all_match(self) -> bool:
        if isinstance(self.polygons, KeptShapes):
            return bool(shapely.is_empty(self.invalid_edges).all())
        return bool(shapely.coverage_is_valid(self.polygons))

    @cached_property
    def _whole(self) -> shapely.Geometry | None:
        return dissolved_exactly(self.polygons)

    @cached_property
    def invalid_edges(self) -> Geometries:
        """Per unit the edges that run through or past another unit's without matching; empty lines where all is well."""
        if isinstance(self.polygons, KeptShapes):
            return _invalid_edges(self.polygons)
        return shapely.coverage_invalid_edges(self.polygons)

    @cached_property
    def matched(self) -> npt.NDArray[np.bool_]:
        """Units none of whose edges is invalid; among themselves they are an exact coverage. (n,)"""
        if self.exact:
            return np.ones(len(self.polygons), dtype=bool)
        matched: npt.NDArray[np.bool_] = shapely.is_empty(self.invalid_edges)
        return matched

    def union(self, members: Integers | None = None) -> shapely.Geometry:
        """The ground of the members (all by default). Matched units are dissolved by dropping shared edges, which
        costs next to nothing.
        """
        if members is None and len(self.polygons) and self._whole is not None:
            return self._whole
        chosen = np.arange(len(self.polygons)) if members is None else members
        matched = self.matched[chosen]
        dissolved = _by_blocks(shapely.coverage_union_all, self.polygons, chosen[matched])
        if matched.all():
            return dissolved
        if len(chosen) <= BLOCK:
            return shapely.union_all(np.append(self.polygons[chosen[~matched]], dissolved))
        return shapely.union(_by_blocks(shapely.union_all, self.polygons, chosen[~matched]), dissolved)

    def at(self, points: Geometries, distance_deg: float) -> tuple[Integers, Integers]:
        """(positions of points, units) wherever a unit's edge runs within the distance of a point; each pair once.

        Asked of single edges: a unit with very many vertices would otherwise be gone through for every point.
        """
        if not len(points):
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
        west, south, east, north = shapely.total_bounds(points)
        near = self._tree.query(shapely.box(west - distance_deg, south - distance_deg, east + distance_deg, north + distance_deg))
        parts, owner = shapely.get_parts(shapely.boundary(self.polygons[near]), return_index=True)
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        joined = part[1:] == part[:-1]
        ends = np.stack((coordinates[:-1][joined], coordinates[1:][joined]), axis=1)
        within = (ends.max(axis=1) >= (west - distance_deg, south - distance_deg)) & (
            ends.min(axis=1) <= (east + distance_deg, north + distance_deg)
        )
        reached = within.all(axis=1)
        of = near[owner[part[1:][joined][reached]]]
        edges = shapely.STRtree(shapely.linestrings(ends[reached])) if len(of) else shapely.STRtree([])
        point, edge = edges.query(points, predicate="dwithin", distance=distance_deg)
        pairs = np.unique(np.column_stack((point, of[edge])), axis=0)
        return pairs[:, 0], pairs[:, 1]

    def around(self, polygons: Geometries) -> list[Integers]:
        """For each polygon the units along its edges, longest shared stretch first. Touching in one point does not
        count.
        """
        lines = shapely.boundary(polygons)
        parts, piece = shapely.get_parts(lines, return_index=True)
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        joined = part[1:] == part[:-1]
        start, end = coordinates[:-1][joined], coordinates[1:][joined]
        owner = piece[part[1:][joined]]
        length = np.hypot(*(end - start).T)
        # The middle of an edge lies on the edge it came from and on no third unit's corner.
        edge, unit = self.at(shapely.points((start + end) / 2), SNAP_DEG)
        result: list[Integers] = []
        order = np.argsort(owner[edge], kind="stable")
        edge, unit = edge[order], unit[order]
        limits = np.searchsorted(owner[edge], np.arange(len(polygons) + 1))
        for low, high in pairwise(limits):
            units, position = np.unique(unit[low:high], return_inverse=True)
            shared = np.bincount(position, weights=length[edge[low:high]], minlength=len(units))
            result.append(units[np.argsort(-shared, kind="stable")])
        return result


def _by_blocks(union: Callable[[Geometries], shapely.Geometry], polygons: Shapes, chosen: Integers) -> shapely.Geometry:
    """Neighbours first, then what came of them."""
    if len(chosen) <= BLOCK:
        return union(polygons[chosen])
    blocks = [union(polygons[chosen[block]]) for block in blocks_of(bounds_of(polygons)[chosen])]
    return union(np.array(blocks, dtype=object))


def _invalid_edges(polygons: KeptShapes, size: int = BLOCK) -> Geometries:
    """GEOS's answer block by block. It holds each polygon against those whose boxes meet its own, and no others: with these beside
    it a block has the same answer as the whole.
    """
    edges = np.empty(len(polygons), dtype=object)
    nothing = shapely.MultiLineString()
    west, south, east, north = polygons.bounds.T
    for block in blocks_of(polygons.bounds, size):
        low_x, low_y, high_x, high_y = west[block].min(), south[block].min(), east[block].max(), north[block].max()
        near = (west <= high_x) & (east >= low_x) & (south <= high_y) & (north >= low_y)
        near[block] = False
        found = shapely.coverage_invalid_edges(polygons[np.concatenate((block, np.flatnonzero(near)))])[: len(block)]
        found[shapely.is_empty(found)] = nothing
        edges[block] = found
    return edges


def usable_kept(
    ids: Sequence[Hashable], kept: KeptShapes
) -> tuple[npt.NDArray[np.object_], KeptShapes, list[Invalid], tuple[Hashable, ...]]:
    """As `usable`, of polygons that are kept in a file and known to be valid."""
    if len(kept) != len(ids):
        raise ValueError("ids and geometries must have the same length")
    id_array = np.empty(len(ids), dtype=object)
    id_array[:] = list(ids)
    absent: npt.NDArray[np.bool_] = np.asarray(np.isnan(kept.bounds).any(axis=1))
    return id_array[~absent], kept.take(~absent) if absent.any() else kept, [], tuple(id_array[absent])


def usable(
    ids: Sequence[Hashable], geometries: Geometries, role: Literal["unit", "parent"], *, known_valid: bool = False
) -> tuple[npt.NDArray[np.object_], Geometries, list[Invalid], tuple[Hashable, ...]]:
    """Sort out what can be checked: ids and polygons of the usable, the invalid, the ids without geometry.

    An invalid polygon is reported, and a valid reading of it (GEOS's structure method, in memory only) takes part in
    the rest of the check, so that one bow-tie does not open a hole in the whole coverage. What has no area or no
    finite coordinates takes no part. What is `known_valid` is not asked again.
    """
    id_array = np.empty(len(ids), dtype=object)
    id_array[:] = list(ids)
    polygons = np.array(geometries, dtype=object)
    if polygons.shape != id_array.shape:
        raise ValueError("ids and geometries must have the same length")
    without = shapely.is_missing(polygons) | shapely.is_empty(polygons)
    if known_valid:
        return id_array[~without], polygons[~without], [], tuple(id_array[without])
    polygonal = np.isin(shapely.get_type_id(polygons), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    coordinates, index = shapely.get_coordinates(polygons, return_index=True)
    finite = np.ones(len(polygons), dtype=bool)
    finite[index[~np.isfinite(coordinates).all(axis=1)]] = False
    invalid = [Invalid(id_array[i], "not_polygonal", None, role) for i in np.flatnonzero(~without & ~polygonal)]
    invalid += [Invalid(id_array[i], "non_finite", None, role) for i in np.flatnonzero(~without & polygonal & ~finite)]
    usable_mask = ~without & polygonal & finite
    broken = np.flatnonzero(usable_mask & ~shapely.is_valid(polygons))
    for i in broken:
        invalid.append(_reason(id_array[i], polygons[i], role))
        polygons[i] = shapely.make_valid(polygons[i], method="structure", keep_collapsed=False)
        usable_mask[i] = not polygons[i].is_empty
    return id_array[usable_mask], polygons[usable_mask], invalid, tuple(id_array[without])


def _reason(unit: Hashable, polygon: shapely.Geometry, role: Literal["unit", "parent"]) -> Invalid:
    match = _REASON.match(shapely.is_valid_reason(polygon))
    if match is None:
        return Invalid(unit, "invalid", None, role)
    place = (float(match["x"]), float(match["y"])) if match["x"] else None
    return Invalid(unit, re.sub(r"[^a-z]+", "_", match["reason"].lower()).strip("_"), place, role)
