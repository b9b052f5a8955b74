"""Which reading of some coordinates lies on known boundaries? Compared robustly, in metres.

GCJ-02 moves Henan by about 550 m and BD-09 by about 1,000 m, while two sources of the same boundary differ by some hundred
metres at single vertices and by next to nothing on the whole. So the median distance from a file's vertices to the nearest known
boundary tells the readings apart (98 m against 335 m for 157 counties of another scale), where single vertices would not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs.geodesic import metres_per_degree

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

MAX_PLACES: Final = 2_000
_FARTHEST: Final = 1e9
# Vertices farther from every boundary under every reading are of other boundaries (of townships, say) and say nothing.
_NEAR_M: Final = 1_500.0
# Fewer vertices near a boundary prove nothing, and nor does a small share of them.
_LEAST_PLACES: Final = 30
_LEAST_SHARE: Final = 0.1
# A reading fits when its median is below this, and is the only one when every other median is this many times as large.
_GOOD_M: Final = 400.0
_CLEAR: Final = 1.6
# Readings nearer to each other than this are of one place: datums without public parameters, the same zone under two numbers.
SAME_PLACE_M: Final = 200.0


@dataclass(frozen=True)
class Fit:
    """How one reading lies on the boundaries: median distance in m, the shift (east, north, in m) that is left in it (medians of
    the vectors to the nearest boundary), and from how many vertices.
    """

    residual_m: float
    offset_m: tuple[float, float]
    places: int


@dataclass(frozen=True)
class Comparison:
    """`best` is the reading that fits and fits clearly better than all but those in `tied`; None when nothing can be said."""

    fits: Mapping[str, Fit]
    best: str | None
    tied: tuple[str, ...] = ()


class Outlines:
    """Known boundaries: polygons or lines (n,) in CGCS2000 degrees, indexed by their segments."""

    def __init__(self, geometries: Geometries) -> None:
        array = np.atleast_1d(np.asarray(geometries, dtype=object))
        array = array[~(shapely.is_missing(array) | shapely.is_empty(array))]
        areal = shapely.get_dimensions(array) == 2
        self._lines = shapely.get_parts(np.where(areal, shapely.boundary(array), array))
        self.count = len(array)

    def __bool__(self) -> bool:
        return len(self._lines) > 0

    @cached_property
    def _scale(self) -> Floats:
        bounds = shapely.total_bounds(self._lines)
        return np.asarray(metres_per_degree([(bounds[1] + bounds[3]) / 2])[0])

    @cached_property
    def _segments(self) -> Geometries:
        coordinates, line = shapely.get_coordinates(self._lines, return_index=True)
        joined = line[1:] == line[:-1]
        ends = np.stack((coordinates[:-1][joined], coordinates[1:][joined]), axis=1) * self._scale
        return np.asarray(shapely.linestrings(ends), dtype=object)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._segments)

    def vectors(self, places: Floats) -> Floats:
        """From each place (n, 2; degrees) to the nearest boundary: (n, 2) in m east and north; infinite for a place nowhere."""
        result = np.full(places.shape, np.inf)
        with np.errstate(invalid="ignore"):
            finite = (np.abs(places) <= (360.0, 90.0)).all(axis=1)
        if not finite.any() or not self:
            return result
        plane = places[finite] * self._scale
        points = shapely.points(plane)
        nearest = self._segments[self._tree.nearest(points)]
        result[finite] = (
            shapely.get_coordinates(shapely.line_interpolate_point(nearest, shapely.line_locate_point(nearest, points))) - plane
        )
        return result


def compare(readings: Mapping[str, Floats], outlines: Outlines) -> Comparison:
    """Readings of the same vertices, each (n, 2) in CGCS2000 degrees, against the boundaries."""
    vectors = {key: outlines.vectors(places) for key, places in readings.items()}
    distances = {key: np.hypot(*found.T) for key, found in vectors.items()}
    if not distances:
        return Comparison({}, None)
    near = np.minimum.reduce(list(distances.values())) < _NEAR_M
    used = int(near.sum())
    if used < _LEAST_PLACES or used < _LEAST_SHARE * len(near):
        return Comparison({}, None)
    fits = {key: _fit(vectors[key][near], distances[key][near]) for key in readings}
    best = min(fits, key=lambda key: fits[key].residual_m)
    if fits[best].residual_m > _GOOD_M:
        return Comparison(fits, None)
    tied = tuple(key for key, fit in fits.items() if key != best and fit.residual_m < _CLEAR * max(fits[best].residual_m, 0.01))
    return Comparison(fits, best, tied)


def _fit(vectors: Floats, distances: Floats) -> Fit:
    finite = np.isfinite(distances)
    if not finite.any():
        return Fit(float("inf"), (float("inf"), float("inf")), 0)
    east, north = np.median(vectors[finite], axis=0)
    return Fit(float(np.median(distances)), (float(east), float(north)), int(finite.sum()))


def sampled(coordinates: Floats, limit: int = MAX_PLACES) -> Floats:
    """At most `limit` different vertices of (n, 2), spread over all of them and always the same ones; none beyond the Earth."""
    with np.errstate(invalid="ignore"):
        finite = coordinates[(np.abs(coordinates) < _FARTHEST).all(axis=1)]
    different = np.unique(finite, axis=0)
    if len(different) <= limit:
        return different
    return different[np.random.default_rng(0).choice(len(different), limit, replace=False)]
