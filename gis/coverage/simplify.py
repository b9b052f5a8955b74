"""Fewer vertices for the map, with shared edges still shared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]


def simplify(geometries: Geometries, tolerance: float) -> Geometries:
    """Simplify units as one coverage, (n,) in any plane (metres of Web Mercator for tiles), None and empty kept as
    they are.

    GEOS's coverage simplification (Visvalingam–Whyatt on shared edges, after Fiedler and Davis): `tolerance` is the
    side of a square whose area a left-out triangle may have, in the units of the coordinates. Nodes where three units
    meet stay; an exact coverage stays exact, so no sliver shows between neighbours, and holes and parts shrink to a
    triangle at most.

    For display only. Where the input is no exact coverage a unit may come out invalid or with less parts; such a unit
    keeps its unsimplified shape, which may then show a sliver beside its neighbours but never vanishes.
    """
    result = np.array(geometries, dtype=object)
    present = np.flatnonzero(~(shapely.is_missing(result) | shapely.is_empty(result)))
    if not len(present) or tolerance <= 0:
        return result
    original = result[present]
    simplified = np.asarray(shapely.coverage_simplify(original, tolerance), dtype=object)
    spoilt = ~shapely.is_valid(simplified) | (shapely.get_num_geometries(simplified) < shapely.get_num_geometries(original))
    spoilt |= shapely.is_empty(simplified)
    result[present] = np.where(spoilt, original, simplified)
    return result
