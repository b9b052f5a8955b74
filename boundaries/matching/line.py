"""The agreed line with its chainage: geodesic metres from its beginning, counted along the parts and not across the gaps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.matching.errors import MatchError
from gis.crs import forward, inverse

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Ends of parts nearer than this (degrees, about 1 cm) are one place.
_SAME_PLACE: Final = 1e-7
# Pieces of 50 m and vertices together; a provincial line of 5,000 km in metres' detail stays below.
_MOST_PIECES: Final = 2_000_000


@dataclass(frozen=True, eq=False)
class Line:
    """Parts in the order they are walked, each (n, 2) longitude and latitude in CGCS2000 degrees, n ≥ 2, no vertex twice in a row.

    `Line.of` makes one of a geometry that somebody gives, `Line.as_registered` of one whose order and direction count.
    """

    parts: tuple[Floats, ...]

    @classmethod
    def of(cls, geometry: object) -> Line:
        """Of a shapely LineString or MultiLineString. Parts whose ends meet are one part, whatever their order and direction; the
        direction is that of the first part given.

        Raises `MatchError`: line_missing, line_wrong_geometry, line_not_degrees, line_too_short, line_too_long, line_branches.
        """
        return cls._checked(_chained(_parts(geometry)))

    @classmethod
    def as_registered(cls, geometry: object) -> Line:
        """The same with the parts in the order and direction given, as the register counts chainage (`gis.crs.MeasuredLine`)."""
        return cls._checked(_in_order(_parts(geometry)))

    @classmethod
    def _checked(cls, parts: list[Floats]) -> Line:
        line = cls(tuple(parts))
        if line.length_m / 50.0 + sum(map(len, parts)) > _MOST_PIECES:
            raise MatchError(
                "line_too_long",
                "界线太长或点太密，请核对坐标。",
                "The line is too long or too dense; please check its coordinates.",
            )
        return line

    @cached_property
    def _measured(self) -> tuple[tuple[Floats, Floats], ...]:
        return tuple(inverse(part[:-1], part[1:]) for part in self.parts)

    @cached_property
    def chainages(self) -> tuple[Floats, ...]:
        """Of each part the chainage of its vertices (n,), m."""
        found, begin = [], 0.0
        for metres, _azimuth in self._measured:
            found.append(begin + np.concatenate(([0.0], np.cumsum(metres))))
            begin = float(found[-1][-1])
        return tuple(found)

    @property
    def length_m(self) -> float:
        return float(self.chainages[-1][-1])

    @property
    def closed(self) -> tuple[bool, ...]:
        """Of each part whether it is a ring."""
        return tuple(len(part) > 3 and _node(part[0]) == _node(part[-1]) for part in self.parts)

    @property
    def gaps(self) -> tuple[tuple[float, float], ...]:
        """(chainage, metres) of each break between parts."""
        if len(self.parts) == 1:
            return ()
        ends = np.array([part[-1] for part in self.parts[:-1]])
        starts = np.array([part[0] for part in self.parts[1:]])
        metres, _azimuth = inverse(ends, starts)
        return tuple((float(self.chainages[i][-1]), float(gap)) for i, gap in enumerate(metres))

    def densified(self, longest_m: float) -> tuple[tuple[Floats, Floats], ...]:
        """Of each part (places (m, 2), chainages (m,)) with no edge longer than `longest_m`; new places lie on the geodesics."""
        return tuple(
            _densified(part, along, measured, longest_m)
            for part, along, measured in zip(self.parts, self.chainages, self._measured, strict=True)
        )


def _densified(part: Floats, along: Floats, measured: tuple[Floats, Floats], longest_m: float) -> tuple[Floats, Floats]:
    metres, azimuth = measured
    pieces = np.maximum(1, np.ceil(metres / longest_m).astype(np.int64))
    if pieces.max() == 1:
        return part, along
    edge = np.repeat(np.arange(len(metres)), pieces)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    ahead = metres[edge] * step / pieces[edge]
    places = part[edge].copy()
    new = step > 0
    places[new] = forward(part[edge[new]], azimuth[edge[new]], ahead[new])
    return np.vstack((places, part[-1:])), np.append(along[edge] + ahead, along[-1])


def _parts(geometry: object) -> list[Floats]:
    parts = [part for part in map(_without_repeats, _coordinates(geometry)) if len(part) > 1]
    if not parts:
        raise MatchError("line_too_short", "界线没有长度。", "The line has no length.")
    return parts


def _coordinates(geometry: object) -> list[Floats]:
    if geometry is None or (isinstance(geometry, shapely.Geometry) and geometry.is_empty):
        raise MatchError("line_missing", "没有界线图形。", "There is no line.")
    if not isinstance(geometry, shapely.LineString | shapely.MultiLineString):
        raise MatchError(
            "line_wrong_geometry",
            "界线应为线（LineString 或 MultiLineString）。",
            "A boundary line must be a LineString or MultiLineString.",
        )
    parts = [np.asarray(shapely.get_coordinates(part), dtype=np.float64) for part in shapely.get_parts(geometry)]
    together = np.vstack(parts)
    with np.errstate(invalid="ignore"):
        if not np.all((np.abs(together[:, 0]) <= 180.0) & (np.abs(together[:, 1]) < 90.0)):
            raise MatchError(
                "line_not_degrees",
                "界线的坐标不是经纬度（度）；投影坐标请先转换。",
                "The coordinates of the line are no degrees of longitude and latitude; transform projected ones first.",
            )
    return parts


def _without_repeats(part: Floats) -> Floats:
    keep = np.ones(len(part), dtype=bool)
    keep[1:] = np.any(part[1:] != part[:-1], axis=1)
    return part[keep]


def _node(place: Floats) -> tuple[int, int]:
    return round(float(place[0]) / _SAME_PLACE), round(float(place[1]) / _SAME_PLACE)


def _chained(parts: list[Floats]) -> list[Floats]:
    """Parts whose ends meet joined, turned round where they must be; the others in the order given."""
    ends: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, part in enumerate(parts):
        ends[_node(part[0])].append(index)
        ends[_node(part[-1])].append(index)
    for node, meeting in ends.items():
        if len(meeting) > 2:
            lon, lat = node[0] * _SAME_PLACE, node[1] * _SAME_PLACE
            raise MatchError(
                "line_branches",
                f"界线在（{lon:.6f}, {lat:.6f}）处分岔，一条界线应首尾相接。",
                f"The line branches at ({lon:.6f}, {lat:.6f}); one line runs from end to end.",
                place=[round(lon, 7), round(lat, 7)],
            )
    left = set(range(len(parts)))
    chains = []
    for first in range(len(parts)):
        if first not in left:
            continue
        left.remove(first)
        ahead = _followed(parts, ends, left, parts[first])
        chains.append(_followed(parts, ends, left, ahead[::-1])[::-1])
    return chains


def _in_order(parts: list[Floats]) -> list[Floats]:
    """A part that begins where the one before ends goes on from it."""
    chains = [[parts[0]]]
    for part in parts[1:]:
        if _node(chains[-1][-1][-1]) == _node(part[0]):
            chains[-1].append(part[1:])
        else:
            chains.append([part])
    return [np.vstack(chain) for chain in chains]


def _followed(parts: list[Floats], ends: dict[tuple[int, int], list[int]], left: set[int], chain: Floats) -> Floats:
    """The chain with all that goes on from its end."""
    together = [chain]
    while True:
        node = _node(together[-1][-1])
        following = next((index for index in ends[node] if index in left), None)
        if following is None:
            return np.vstack(together) if len(together) > 1 else chain
        left.remove(following)
        part = parts[following]
        together.append(part[1:] if _node(part[0]) == node else part[-2::-1])
