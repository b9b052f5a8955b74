"""Ground between the units that none of them covers."""

from __future__ import annotations

import numpy as np
import shapely

from gis.coverage.channels import find_channels
from gis.coverage.measure import Pieces, drop_narrow, measure, split
from gis.coverage.parents import Parents
from gis.coverage.report import BelowTolerance, Gap
from gis.coverage.units import Units


def find_gaps(
    units: Units, parents: Parents, uncovered: Pieces, tolerance_m: float, gap_width_m: float
) -> tuple[list[Gap], list[Gap], BelowTolerance]:
    """Gaps, enclaves, and what was too narrow.

    Where a parent's polygon is known, `uncovered` (what it holds beyond its units) is the gap. Units without such a
    parent are judged by their own union: its holes, and the channels that lead into it from outside.
    """
    gaps = _describe(units, parents, uncovered, gap_width_m)
    if (parents.of >= 0).all():
        return _largest_first(gaps), [], BelowTolerance()
    ground = units.union()
    holes, below = drop_narrow(_outside_known_parents(_holes(ground), parents), tolerance_m)
    enclosed = _describe(units, parents, holes, gap_width_m, may_be_enclave=True)
    channels, channels_below = drop_narrow(find_channels(units, ground, parents.of < 0, gap_width_m, tolerance_m), tolerance_m)
    gaps += [gap for gap in enclosed if gap.kind != "enclave"]
    gaps += _describe(units, parents, _outside_known_parents(channels, parents), gap_width_m, open_=True)
    return _largest_first(gaps), _largest_first([gap for gap in enclosed if gap.kind == "enclave"]), below + channels_below


def _holes(ground: shapely.Geometry) -> Pieces:
    """The holes of a union, less the parts of it that lie in them as islands."""
    parts = shapely.get_parts(ground)
    rings = [ring for part in parts for ring in part.interiors]
    holes = np.empty(len(rings), dtype=object)
    if rings:
        holes[:] = list(shapely.polygons(rings))
    hole, island = shapely.STRtree(parts).query(holes, predicate="contains")
    for index in np.unique(hole):
        holes[index] = shapely.difference(holes[index], shapely.union_all(parts[island[hole == index]]))
    return split(holes, owner=np.full(len(holes), -1))


def _outside_known_parents(pieces: Pieces, parents: Parents) -> Pieces:
    """What a known parent covers has been judged with that parent, or (when it has no units) is not ours to judge."""
    if not len(pieces) or not len(parents.polygons):
        return pieces
    known = shapely.STRtree(parents.polygons)
    polygons = pieces.polygons.copy()
    piece, parent = known.query(polygons, predicate="intersects")
    for index in np.unique(piece):
        polygons[index] = shapely.difference(polygons[index], shapely.union_all(parents.polygons[parent[piece == index]]))
    return split(polygons, owner=pieces.owner)


def _describe(
    units: Units, parents: Parents, pieces: Pieces, gap_width_m: float, *, may_be_enclave: bool = False, open_: bool = False
) -> list[Gap]:
    measures = measure(pieces.polygons)
    gaps = []
    for index, around in enumerate(units.around(pieces.polygons)):
        narrow = measures.width[index] <= gap_width_m
        owner = pieces.owner[index]
        gaps.append(
            Gap(
                place=(float(measures.place[index, 0]), float(measures.place[index, 1])),
                area_m2=float(measures.area[index]),
                width_m=float(measures.width[index]),
                geometry=pieces.polygons[index],
                units=tuple(units.ids[around]),
                parent=parents.ids[owner] if owner >= 0 else None,
                kind="sliver" if narrow else "enclave" if may_be_enclave and len(around) == 1 else "hole",
                open=open_,
                enclosed=len(around) == 1 and _within_shell(pieces.polygons[index], units.polygons[around][0]),
            )
        )
    return gaps


def _within_shell(piece: shapely.Geometry, unit: shapely.Geometry) -> bool:
    shells = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(unit)))
    return bool(shapely.intersects(shells, shapely.point_on_surface(piece)).any())


def _largest_first(gaps: list[Gap]) -> list[Gap]:
    return sorted(gaps, key=lambda gap: -gap.area_m2)
