"""`check`: are these units a coverage, and where not?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.gaps import find_gaps
from gis.coverage.overlaps import find_overlaps
from gis.coverage.parents import Parents, compare
from gis.coverage.report import CoverageReport, Invalid
from gis.coverage.units import Units, usable, usable_kept
from gis.kept_shapes import KeptShapes, Shapes

TOLERANCE_M = 0.5
GAP_WIDTH_M = 200.0


def check(
    ids: Sequence[Hashable],
    geometries: Shapes,
    parents: Mapping[Hashable, Hashable] | Sequence[Hashable | None] | None = None,
    parent_geometries: Mapping[Hashable, shapely.Geometry | None] | None = None,
    *,
    tolerance_m: float = TOLERANCE_M,
    gap_width_m: float = GAP_WIDTH_M,
    known_valid: bool = False,
) -> CoverageReport:
    """Check units of one level, on one day, as a coverage: no gap, no overlap, each inside its parent. Nothing is
    ever mended.

    ids                (n,) identifiers, unique
    geometries         (n,) shapely polygons or multipolygons in CGCS2000 degrees, longitude first; None where a unit
                       has none. Kept in a file (`gis.kept_shapes`) they must be `known_valid`, and the check holds some thousands
                       of them at a time
    parents            parent of each unit: mapping by unit id, or a sequence aligned with `ids`; None for no parent
    parent_geometries  polygons of parents by parent id, as far as known
    tolerance_m        a gap, overlap or protrusion nowhere wider than this is no finding; it is counted in
                       `…_below_tolerance`. Two
                       independently drawn edges leave thousands of slivers of millimetres, and no border is known to
                       half a metre.
    gap_width_m        gaps nowhere wider than this are told as `sliver`, wider ones as `hole`; also how far apart two
                       neighbours may be for
                       the open strip between them to be recognised as a gap
    known_valid        all polygons, of parents too, are known to be valid and finite (as the register's are): not checked again

    A gap inside a parent whose polygon is known is exact: the parent less all units. Without one, the union of the
    units is all there is: its holes are gaps, unless a wide hole lies in one single unit, which is how an enclave of
    others' ground looks (told in `enclaves`). Units overlap regardless of their parents. Overlapping by a boundary
    line only is touching.
    """
    if tolerance_m <= 0 or gap_width_m < tolerance_m:
        raise ValueError("tolerance_m must be positive and gap_width_m no smaller")
    units, invalid, without = _units(ids, geometries, known_valid)
    unit_ids = units.ids
    known, invalid_parents = _parents(unit_ids, _by_unit(ids, parents), parent_geometries or {}, known_valid)
    overlaps, overlaps_below = find_overlaps(units, tolerance_m)
    found = compare(units, known, tolerance_m)
    gaps, enclaves, gaps_below = find_gaps(units, known, found.uncovered, tolerance_m, gap_width_m)
    return CoverageReport(
        checked=len(unit_ids),
        without_geometry=without,
        exact=units.exact,
        gaps=gaps,
        overlaps=overlaps,
        outside_parent=found.outside,
        invalid=invalid + invalid_parents,
        enclaves=enclaves,
        childless_parents=known.childless(),
        gaps_below_tolerance=found.uncovered_below + gaps_below,
        overlaps_below_tolerance=overlaps_below,
        outside_below_tolerance=found.outside_below,
        tolerance_m=tolerance_m,
        gap_width_m=gap_width_m,
    )


def _units(ids: Sequence[Hashable], geometries: Shapes, known_valid: bool) -> tuple[Units, list[Invalid], tuple[Hashable, ...]]:
    if not isinstance(geometries, KeptShapes):
        unit_ids, polygons, invalid, without = usable(ids, geometries, "unit", known_valid=known_valid)
        return Units(unit_ids, polygons), invalid, without
    if not known_valid:
        raise ValueError("shapes kept in a file must be known to be valid")
    unit_ids, kept, invalid, without = usable_kept(ids, geometries)
    return Units(unit_ids, kept), invalid, without


def _by_unit(
    ids: Sequence[Hashable], parents: Mapping[Hashable, Hashable] | Sequence[Hashable | None] | None
) -> Mapping[Hashable, Hashable | None]:
    if len(set(ids)) != len(ids):
        raise ValueError("ids must be unique")
    if parents is None:
        return {}
    if isinstance(parents, Mapping):
        return parents
    return dict(zip(ids, parents, strict=True))


def _parents(
    unit_ids: npt.NDArray[np.object_],
    parent_of: Mapping[Hashable, Hashable | None],
    polygons: Mapping[Hashable, shapely.Geometry | None],
    known_valid: bool,
) -> tuple[Parents, list[Invalid]]:
    given = np.empty(len(polygons), dtype=object)
    given[:] = list(polygons.values())
    parent_ids, parent_polygons, invalid, _ = usable(list(polygons), given, "parent", known_valid=known_valid)
    position = {parent: index for index, parent in enumerate(parent_ids)}
    of = np.array([position.get(parent_of.get(unit), -1) for unit in unit_ids], dtype=np.intp)
    return Parents(parent_ids, parent_polygons, of), invalid
