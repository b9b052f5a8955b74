"""Metres along a line: where a point's foot lies on it, what lies at a number of metres, and a stretch between two.

Edges are measured as geodesics on the CGCS2000 ellipsoid. Feet are found in the plane touching at the point: within a kilometre of
the line that is exact to well below a millimetre, and which edge is nearest is right at any distance that matters here. A place on
an edge divides it in degrees, as maps draw it: on an edge of 5 km that is within 0.1 m of the geodesic, on shorter ones less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs.geodesic import _GEOD, distance_m, metres_per_degree

Floats = npt.NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Foot:
    """The point of the line nearest to another: chainage (m), distance (m, never negative), which side the other lies on
    (1 left of the line's direction, -1 right, 0 on it), and the foot itself (longitude, latitude).
    """

    chainage_m: float
    offset_m: float
    side: int
    at: Place


class MeasuredLine:
    """A LineString or MultiLineString (longitude, latitude in degrees) with metres counted along its parts in their order.

    Between two parts there is no length: the end of one and the beginning of the next have the same chainage. Raises ValueError
    for anything else, and for a line without length.
    """

    def __init__(self, line: shapely.LineString | shapely.MultiLineString) -> None:
        parts = [part for part in shapely.get_parts(line) if not part.is_empty]
        if not parts or any(part.geom_type != "LineString" for part in parts):
            raise ValueError("not a line")
        coordinates = [shapely.get_coordinates(part) for part in parts]
        self._starts = np.concatenate([one[:-1] for one in coordinates])
        self._ends = np.concatenate([one[1:] for one in coordinates])
        self._part = np.repeat(np.arange(len(parts)), [len(one) - 1 for one in coordinates])
        _, _, metres = _GEOD.inv(self._starts[:, 0], self._starts[:, 1], self._ends[:, 0], self._ends[:, 1])
        self._lengths = np.asarray(metres, dtype=np.float64)
        self._until = np.cumsum(self._lengths)
        self._since = self._until - self._lengths
        if not self.length_m > 0:
            raise ValueError("a line without length")

    @property
    def length_m(self) -> float:
        return float(self._until[-1])

    def locate(self, point: Place) -> Foot:
        """The nearest foot. Where two are equally near, the one with the smaller chainage."""
        scale = metres_per_degree(point[1])
        starts, ends = (self._starts - point) * scale, (self._ends - point) * scale
        along = ends - starts
        square = np.einsum("ij,ij->i", along, along)
        share = np.clip(-np.einsum("ij,ij->i", starts, along) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        feet = starts + along * share[:, None]
        distances = np.hypot(*feet.T)
        edge = int(np.argmin(distances))
        at = self._on_edge(edge, float(share[edge]))
        cross = float(along[edge, 0] * -starts[edge, 1] - along[edge, 1] * -starts[edge, 0])
        offset = distance_m(point, at)[0]
        side = 0 if offset < 1e-3 else int(np.sign(cross))
        return Foot(float(self._since[edge] + self._lengths[edge] * share[edge]), offset, side, at)

    def at(self, chainage_m: float) -> Place:
        """The place at so many metres; before the beginning the beginning, beyond the end the end."""
        edge = min(int(np.searchsorted(self._until, chainage_m, side="left")), len(self._until) - 1)
        length = self._lengths[edge]
        share = 0.0 if length == 0 else float(np.clip((chainage_m - self._since[edge]) / length, 0.0, 1.0))
        return self._on_edge(edge, share)

    def stretch(self, from_m: float, to_m: float) -> shapely.MultiLineString:
        """What lies between two chainages, in the line's direction. Raises ValueError where to_m is not beyond from_m."""
        if not from_m < to_m:
            raise ValueError("an empty stretch")
        parts: list[list[Place]] = []
        for edge in np.flatnonzero((self._until > from_m) & (self._since < to_m)):
            begin = self.at_edge(int(edge), from_m)
            end = self.at_edge(int(edge), to_m)
            if parts and edge and self._part[edge] == self._part[edge - 1] and parts[-1][-1] == begin:
                parts[-1].append(end)
            else:
                parts.append([begin, end])
        return shapely.MultiLineString([part for part in parts if part[0] != part[-1] or len(part) > 2])

    def at_edge(self, edge: int, chainage_m: float) -> Place:
        """The place at so many metres, held to one edge."""
        length = self._lengths[edge]
        share = 0.0 if length == 0 else float(np.clip((chainage_m - self._since[edge]) / length, 0.0, 1.0))
        return self._on_edge(edge, share)

    def vertices(self) -> list[tuple[float, Place, int]]:
        """(chainage, place, number of the part) of every vertex."""
        found: list[tuple[float, Place, int]] = []
        for edge, part in enumerate(self._part):
            if edge == 0 or part != self._part[edge - 1]:
                found.append((float(self._since[edge]), tuple(self._starts[edge]), int(part)))
            found.append((float(self._until[edge]), tuple(self._ends[edge]), int(part)))
        return found

    def _on_edge(self, edge: int, share: float) -> Place:
        if share >= 1.0:
            return float(self._ends[edge, 0]), float(self._ends[edge, 1])
        place = self._starts[edge] + (self._ends[edge] - self._starts[edge]) * share
        return float(place[0]), float(place[1])
