"""Fewer vertices for the map, with shared edges still shared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.fabric import Fabric

Geometries = npt.NDArray[np.object_]

_METRES_A_DEGREE = 111_195.0


def simplify(geometries: Geometries, tolerance: float) -> Geometries:
    """Simplify units as one coverage, for display only. None and empty units keep their places.

    geometries  (n,) polygons or multipolygons in a plane, metres of Web Mercator for tiles
    tolerance   side of a square whose area a left-out triangle may have, in the units of the coordinates; 0 keeps all

    Shared edges are simplified once for both sides (`Fabric`). Nodes where three units meet stay, an exact coverage stays exact,
    so no sliver shows between neighbours, and parts and holes shrink to a triangle at most. Edges off by a finger are taken as
    one (projecting rounds). Units that overlap are drawn so, for everybody to see. A polygon that is invalid is drawn by the
    valid reading of it. No unit is ever lost: one that would come out empty keeps its full shape.
    """
    result = np.array(geometries, dtype=object)
    present = np.flatnonzero(~(shapely.is_missing(result) | shapely.is_empty(result)))
    if not len(present) or tolerance <= 0:
        return result
    fabric = Fabric(readable(result[present]))
    fabric.thin(tolerance)
    result[present] = as_given(fabric.polygons(), result[present])
    return result


def simplify_degrees(geometries: Geometries, tolerance_m: float) -> Geometries:
    """`simplify` for longitude and latitude (n,): scaled to metres at their middle latitude and back, which a picture bears.

    Vertices come back to within a nanodegree; those that units share are the same for all of them.
    """
    bounds = shapely.total_bounds(geometries)
    if np.isnan(bounds).any():
        return np.array(geometries, dtype=object)
    scale = _METRES_A_DEGREE * np.array([np.cos(np.radians((bounds[1] + bounds[3]) / 2)), 1.0])
    flat = shapely.transform(geometries, lambda places: places * scale)
    return np.asarray(shapely.transform(simplify(flat, tolerance_m), lambda places: places / scale), dtype=object)


def readable(polygons: Geometries) -> Geometries:
    """Polygons (n,) with the invalid ones read as valid; those of which nothing is left by that stay as they are."""
    result = np.array(polygons, dtype=object)
    broken = np.flatnonzero(~shapely.is_valid(result) & ~shapely.is_missing(result))
    if len(broken):
        mended = shapely.make_valid(result[broken], method="structure", keep_collapsed=False)
        result[broken] = np.where(shapely.is_empty(mended), result[broken], mended)
    return result


def as_given(simplified: Geometries, given: Geometries) -> Geometries:
    """`simplified` where it is a valid area, else what was given; polygons stay polygons as long as they are one."""
    sound = shapely.is_valid(simplified) & ~shapely.is_empty(simplified)
    result = np.where(sound, simplified, given)
    single = (shapely.get_type_id(given) == shapely.GeometryType.POLYGON) & (shapely.get_num_geometries(result) == 1)
    result[single] = shapely.get_geometry(result[single], 0)
    return result
