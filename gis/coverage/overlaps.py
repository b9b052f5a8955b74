"""Ground that two units both cover."""

from __future__ import annotations

import numpy as np
import shapely

from gis.coverage.exactness import BLOCK
from gis.coverage.measure import Integers, Pieces, drop_narrow, measure, split, together
from gis.coverage.report import BelowTolerance, Overlap
from gis.coverage.units import Units
from gis.crs import area_m2


def find_overlaps(units: Units, tolerance_m: float) -> tuple[list[Overlap], BelowTolerance]:
    """Overlaps wider than `tolerance_m`, one finding per pair of units.

    Nothing is intersected in an exact coverage. Otherwise an overlap always shows as an invalid edge of one of the
    two that meets the other, so only such pairs are.
    """
    if units.exact:
        return [], BelowTolerance()
    suspects = np.flatnonzero(~units.matched)
    edge, other = units.meeting(units.invalid_edges[suspects])
    pairs = np.column_stack((suspects[edge], other))
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    pieces, below = _common(units, pairs, tolerance_m)
    measures = measure(pieces.polygons)
    overlaps = []
    for pair, members in pieces.by_owner():
        widest = members[np.argmax(measures.width[members])]
        first, second = pairs[pair]
        area = float(measures.area[members].sum())
        both = float(area_m2(units.polygons[pairs[pair]]).sum()) - area
        overlaps.append(
            Overlap(
                place=(float(measures.place[widest, 0]), float(measures.place[widest, 1])),
                area_m2=area,
                width_m=float(measures.width[widest]),
                geometry=together(pieces.polygons[members]),
                units=(units.ids[first], units.ids[second]),
                parts=len(members),
                common=min(1.0, area / both) if both > 0 else 1.0,
            )
        )
    return sorted(overlaps, key=lambda overlap: -overlap.area_m2), below


def _common(units: Units, pairs: Integers, tolerance_m: float) -> tuple[Pieces, BelowTolerance]:
    """What the units of each pair both cover, some thousand pairs at a time."""
    polygons, owner, below = [np.empty(0, dtype=object)], [np.empty(0, dtype=np.intp)], BelowTolerance()
    for start in range(0, len(pairs), BLOCK):
        some = pairs[start : start + BLOCK]
        common = shapely.intersection(units.polygons[some[:, 0]], units.polygons[some[:, 1]])
        pieces, dropped = drop_narrow(split(common, owner=np.arange(start, start + len(some))), tolerance_m)
        polygons.append(pieces.polygons)
        owner.append(pieces.owner)
        below += dropped
    return Pieces(np.concatenate(polygons), np.concatenate(owner)), below
