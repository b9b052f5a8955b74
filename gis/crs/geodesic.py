"""Areas and lengths on the CGCS2000 ellipsoid (a = 6 378 137 m, 1/f = 298.257222101), edges taken as geodesics.

This is what PostGIS computes for `geography` (both use GeographicLib), so figures agree between the database and
here. Input is longitude and latitude in degrees; arrays (n,) of shapely geometries, None allowed (NaN comes back),
also a single geometry.
"""

from __future__ import annotations

from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from gis.crs.identifiers import CGCS2000

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

_GEOD: Final = cast(pyproj.Geod, pyproj.CRS.from_epsg(CGCS2000).get_geod())


def area_m2(geometries: Geometries) -> Floats:
    """Geodesic area in m² of each geometry, (n,): shells minus holes, whatever the orientation of the rings; 0 for
    lines and points.
    """
    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    parts, owner = shapely.get_parts(array, return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[polygonal], owner[polygonal]
    rings, polygon = shapely.get_rings(parts, return_index=True)
    is_shell = np.ones(len(rings), dtype=bool)
    is_shell[1:] = polygon[1:] != polygon[:-1]  # the first ring of each polygon is its shell
    areas = np.where(is_shell, 1.0, -1.0) * np.abs(_ring_areas(rings))
    result = np.bincount(owner[polygon], weights=areas, minlength=len(array)).astype(np.float64)
    result[shapely.is_missing(array)] = np.nan
    return result


def length_m(geometries: Geometries) -> Floats:
    """Geodesic length in m of each line, (n,); of the boundary for polygons; 0 for points."""
    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    areal = shapely.get_dimensions(array) == 2
    lines = np.where(areal, shapely.boundary(array), array)
    parts, owner = shapely.get_parts(lines, return_index=True)
    linear = shapely.get_dimensions(parts) == 1
    parts, owner = parts[linear], owner[linear]
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    result = np.zeros(len(array))
    if len(coordinates) > 1:
        joined = part[1:] == part[:-1]
        start, end = coordinates[:-1][joined], coordinates[1:][joined]
        _, _, distances = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
        result += np.bincount(owner[part[1:][joined]], weights=distances, minlength=len(array))
    result[shapely.is_missing(array)] = np.nan
    return result


def perimeter_m(geometries: Geometries) -> Floats:
    """Geodesic length in m of all rings of each polygon, holes included, (n,)."""
    return length_m(geometries)


def metres_per_degree(latitude: npt.ArrayLike) -> Floats:
    """Metres to a degree of longitude and of latitude at a latitude (degrees, (n,)) on the ellipsoid: (n, 2). For
    small local planes.
    """
    phi = np.radians(np.asarray(latitude, dtype=np.float64))
    w2 = 1.0 - _GEOD.es * np.sin(phi) ** 2
    parallel = _GEOD.a / np.sqrt(w2) * np.cos(phi)
    meridian = _GEOD.a * (1.0 - _GEOD.es) / (w2 * np.sqrt(w2))
    return np.radians(np.stack((parallel, meridian), axis=-1))


def _ring_areas(rings: Geometries) -> Floats:
    coordinates = shapely.get_coordinates(rings)
    ends = np.cumsum(shapely.get_num_coordinates(rings))[:-1]
    # GeographicLib takes one ring at a time; it is the vertex loop in C that costs, not this one.
    return np.array(
        [
            _GEOD.polygon_area_perimeter(lon, lat)[0]
            for lon, lat in zip(np.split(coordinates[:, 0], ends), np.split(coordinates[:, 1], ends), strict=True)
        ]
        if len(rings)
        else [],
        dtype=np.float64,
    )
