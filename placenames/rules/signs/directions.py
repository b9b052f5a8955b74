"""Which way a road runs, from its line: the axis of a street sign's colour (SIGN-02)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import shapely

from gis.crs import inverse

# A road whose pieces agree less than this (0 a ring, 1 a straight line) has no one direction.
LEAST_AGREEMENT: Final = 0.3
# Azimuths are told in whole degrees; nearer than half a one to the cut is at the cut.
AT_CUT_DEG: Final = 0.5


class Axis(StrEnum):
    EAST_WEST = "east_west"
    NORTH_SOUTH = "north_south"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Direction:
    """`azimuth` of the axis, degrees from true north in [0, 180); `agreement` 0 to 1 of its pieces with it."""

    azimuth: float
    agreement: float

    @property
    def is_one(self) -> bool:
        return self.agreement >= LEAST_AGREEMENT


def direction_of(line: shapely.Geometry | None) -> Direction | None:
    """The mean axis of a line (EPSG:4490), its pieces weighed by their geodesic lengths; None without a piece.

    Axes have no sense, so the mean is that of doubled angles: a road there and back is one road.
    """
    if line is None or line.is_empty or shapely.get_dimensions(line) != 1:
        return None
    starts, ends = [], []
    for part in shapely.get_parts(line):
        coordinates = shapely.get_coordinates(part)
        starts.append(coordinates[:-1])
        ends.append(coordinates[1:])
    metres, azimuths = inverse(np.concatenate(starts), np.concatenate(ends))
    total = float(metres.sum())
    if total <= 0:
        return None
    doubled = np.radians(azimuths) * 2
    east, north = float((metres * np.sin(doubled)).sum()), float((metres * np.cos(doubled)).sum())
    return Direction(math.degrees(math.atan2(east, north)) / 2 % 180, math.hypot(east, north) / total)


def axis_of(azimuth: float, cut: float = 45.0) -> Axis:
    """East–west between `cut` and 180 − `cut` (so also 225–315°); a road at the cut is for staff to say."""
    folded = azimuth % 180
    if min(abs(folded - cut), abs(folded - (180 - cut))) < AT_CUT_DEG:
        return Axis.OPEN
    return Axis.EAST_WEST if cut < folded < 180 - cut else Axis.NORTH_SOUTH


def axis_of_road(direction: Direction | None, cut: float = 45.0) -> Axis:
    return Axis.OPEN if direction is None or not direction.is_one else axis_of(direction.azimuth, cut)
