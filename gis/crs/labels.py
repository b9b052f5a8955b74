"""Where to write a unit's name: a point well inside it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]

# Share of the smaller side of a unit to which its label point is found; nobody sees less on a map.
_PRECISION: Final = 0.02


def interior_point(geometries: Geometries) -> Geometries:
    """Label points, (n,) in the input's degrees: the centre of the largest circle inside the largest part of each
    polygon.

    A multipart unit is labelled in its largest part, a unit with an enclave beside the enclave. Missing and empty
    geometries give None; lines, points and invalid polygons give GEOS's point on surface.
    """
    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    result = np.full(array.shape, None, dtype=object)
    present = ~(shapely.is_missing(array) | shapely.is_empty(array))
    circular = present & (shapely.get_dimensions(array) == 2) & shapely.is_valid(array)
    plain = present & ~circular
    result[plain] = shapely.point_on_surface(array[plain])
    if circular.any():
        result[circular] = _circle_centres(_largest_parts(array[circular]))
    return result


def _largest_parts(polygons: Geometries) -> Geometries:
    parts, owner = shapely.get_parts(polygons, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    first = np.ones(len(order), dtype=bool)
    first[1:] = owner[order][1:] != owner[order][:-1]
    return parts[order[first]]


def _circle_centres(polygons: Geometries) -> Geometries:
    """Degrees of longitude are shortened to those of latitude first, otherwise the circle would be an ellipse on the
    ground.
    """
    bounds = shapely.bounds(polygons)
    squeeze = np.cos(np.radians((bounds[:, 1] + bounds[:, 3]) / 2))
    squeezed = _scale_x(polygons, squeeze)
    extent = shapely.bounds(squeezed)
    sides = np.minimum(extent[:, 2] - extent[:, 0], extent[:, 3] - extent[:, 1])
    circles = shapely.maximum_inscribed_circle(squeezed, tolerance=sides * _PRECISION)
    return _scale_x(shapely.get_point(circles, 0), 1.0 / squeeze)


def _scale_x(geometries: Geometries, factor: npt.NDArray[np.float64]) -> Geometries:
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    coordinates[:, 0] *= factor[owner]
    return shapely.set_coordinates(geometries.copy(), coordinates)
