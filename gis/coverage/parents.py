"""Units against the polygons of their parents: what sticks out, and what is left uncovered."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.measure import Geometries, Integers, Pieces, drop_narrow, measure, split, together
from gis.coverage.report import BelowTolerance, Outside
from gis.coverage.units import Units
from gis.crs import area_m2


@dataclass(frozen=True)
class Parents:
    """Parents whose polygon is known: `ids` (m,), `polygons` (m,); `of` (n,) says for each unit which one is its own,
    -1 for none of them.
    """

    ids: npt.NDArray[np.object_]
    polygons: Geometries
    of: Integers

    def with_children(self) -> Integers:
        return np.unique(self.of[self.of >= 0])

    def childless(self) -> tuple[Hashable, ...]:
        return tuple(self.ids[np.setdiff1d(np.arange(len(self.ids)), self.of)])


@dataclass(frozen=True)
class ParentFindings:
    """`uncovered` belongs to parents (owner = position in `Parents`)."""

    outside: list[Outside]
    outside_below: BelowTolerance
    uncovered: Pieces
    uncovered_below: BelowTolerance


def compare(units: Units, parents: Parents, tolerance_m: float) -> ParentFindings:
    """Both differences between each parent and the union of its own units; one overlay each way per parent, not per
    unit.
    """
    used = parents.with_children()
    ground = np.empty(len(used), dtype=object)
    ground[:] = [units.union(np.flatnonzero(parents.of == parent)) for parent in used]
    beyond, outside_below = drop_narrow(split(shapely.difference(ground, parents.polygons[used]), owner=used), tolerance_m)
    uncovered, uncovered_below = drop_narrow(split(shapely.difference(parents.polygons[used], ground), owner=used), tolerance_m)
    outside, shared_out_below = _outside(units, parents, beyond, tolerance_m)
    uncovered, elsewhere_below = _not_covered_by_others(units, parents, uncovered, tolerance_m)
    return ParentFindings(outside, outside_below + shared_out_below, uncovered, uncovered_below + elsewhere_below)


def _outside(units: Units, parents: Parents, beyond: Pieces, tolerance_m: float) -> tuple[list[Outside], BelowTolerance]:
    """Say of each piece beyond a parent which of the parent's units it belongs to."""
    piece, unit = units.meeting(beyond.polygons)
    own = parents.of[unit] == beyond.owner[piece]
    piece, unit = piece[own], unit[own]
    shares = split(shapely.intersection(beyond.polygons[piece], units.polygons[unit]), owner=unit)
    pieces, below = drop_narrow(shares, tolerance_m)
    measures = measure(pieces.polygons)
    outside = []
    for owner, members in pieces.by_owner():
        widest = members[np.argmax(measures.width[members])]
        area = float(measures.area[members].sum())
        outside.append(
            Outside(
                place=(float(measures.place[widest, 0]), float(measures.place[widest, 1])),
                area_m2=area,
                width_m=float(measures.width[widest]),
                geometry=together(pieces.polygons[members]),
                unit=units.ids[owner],
                parent=parents.ids[parents.of[owner]],
                share=min(1.0, area / float(area_m2(units.polygons[np.array([owner])])[0])),
                parts=len(members),
            )
        )
    return sorted(outside, key=lambda finding: -finding.area_m2), below


def _not_covered_by_others(units: Units, parents: Parents, uncovered: Pieces, tolerance_m: float) -> tuple[Pieces, BelowTolerance]:
    """Ground of a parent that a unit of another parent covers is no gap: it is that unit's part outside its own
    parent.
    """
    piece, unit = units.meeting(uncovered.polygons)
    foreign = parents.of[unit] != uncovered.owner[piece]
    piece, unit = piece[foreign], unit[foreign]
    if not len(piece):
        return uncovered, BelowTolerance()
    remaining = uncovered.polygons.copy()
    touched = np.unique(piece)
    others = np.empty(len(touched), dtype=object)
    others[:] = [shapely.union_all(units.polygons[unit[piece == index]]) for index in touched]
    remaining[touched] = shapely.difference(remaining[touched], others)
    return drop_narrow(split(remaining, owner=uncovered.owner), tolerance_m)
