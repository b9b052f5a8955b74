"""Fewer vertices for the map, with shared edges still shared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]


def simplify(geometries: Geometries, tolerance: float) -> Geometries:
    """Simplify units as one coverage, for display only. None and empty units keep their places.

    geometries  (n,) polygons or multipolygons in a plane, metres of Web Mercator for tiles
    tolerance   side of a square whose area a left-out triangle may have, in the units of the coordinates; 0 keeps all

    GEOS simplifies shared edges once for both sides (Visvalingam–Whyatt). Nodes where three units meet stay, an exact
    coverage stays exact, so no sliver shows between neighbours, and parts and holes shrink to a triangle at most.

    Where the input is no exact coverage (projecting alone may do that, by rounding), a cleaned copy is simplified. A unit
    whose picture that would change by more than one square of the tolerance, because it overlaps another, is simplified
    on its own from what was given, so the overlap stays visible. A polygon that is invalid is drawn by the valid reading
    of it. No unit is ever lost: one that would come out empty keeps its full shape.
    """
    result = np.array(geometries, dtype=object)
    present = np.flatnonzero(~(shapely.is_missing(result) | shapely.is_empty(result)))
    if not len(present) or tolerance <= 0:
        return result
    given = shapely.make_valid(result[present], method="structure", keep_collapsed=False)
    if shapely.coverage_is_valid(given):
        simplified = shapely.coverage_simplify(given, tolerance)
    else:
        simplified = _simplify_inexact(given, tolerance)
    lost = shapely.is_missing(simplified) | shapely.is_empty(simplified) | ~shapely.is_valid(simplified)
    whole = np.where(shapely.is_empty(given), result[present], given)
    result[present] = _as_given(np.where(lost, whole, simplified), result[present])
    return result


def _as_given(simplified: Geometries, given: Geometries) -> Geometries:
    """Multipolygons stay such, even with one part left together."""
    alone = (shapely.get_type_id(simplified) == shapely.GeometryType.POLYGON) & (
        shapely.get_type_id(given) == shapely.GeometryType.MULTIPOLYGON
    )
    if alone.any():
        simplified[alone] = shapely.multipolygons(simplified[alone][:, None])
    return simplified


def _simplify_inexact(given: Geometries, tolerance: float) -> Geometries:
    cleaned = shapely.coverage_clean(given)
    apart = shapely.area(shapely.symmetric_difference(cleaned, given)) > tolerance**2
    simplified = np.empty(len(given), dtype=object)
    simplified[~apart] = shapely.coverage_simplify(cleaned[~apart], tolerance)
    simplified[apart] = shapely.simplify(given[apart], tolerance, preserve_topology=True)
    return simplified
