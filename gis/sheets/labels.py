"""Names on a map: each where it can be read, none over another.

Names that must stand are placed first, beside their ground with a lead line where it is too small; of the others, those that find
no room are left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

_GAP: Final = 0.7  # mm around a name
_SHARE_INSIDE: Final = 0.62  # of a name that need not stand: how much of it must lie on its own ground


@dataclass(frozen=True)
class Name:
    """A block of `width` × `height` mm that tells `ground` (a polygon on the paper); `key` is the caller's."""

    key: int
    width: float
    height: float
    ground: shapely.Geometry
    must: bool = False


@dataclass(frozen=True)
class Placed:
    """The block's upper left corner; `lead` is where a line from the block leads to, None for a block on its ground."""

    key: int
    left: float
    top: float
    width: float
    height: float
    lead: tuple[float, float] | None = None


def place(names: Iterable[Name], frame: shapely.Polygon, taken: Sequence[shapely.Polygon] = ()) -> tuple[list[Placed], int]:
    """(the names that found room, how many did not). `taken` is kept free of names; all of it in mm of the paper."""
    boxes = [list(shapely.bounds(one)) for one in taken]
    placed: list[Placed] = []
    left_out = 0
    for name in sorted(names, key=lambda one: (not one.must, -one.ground.area)):
        ground = _largest(shapely.intersection(name.ground, frame))
        if ground is None:
            left_out += name.must
            continue
        found = _inside(name, ground, frame, boxes) or (_beside(name, ground, frame, boxes) if name.must else None)
        if found is None:
            left_out += 1
            continue
        boxes.append([found.left - _GAP, found.top - _GAP, found.left + found.width + _GAP, found.top + found.height + _GAP])
        placed.append(found)
    return placed, left_out


def _largest(geometry: shapely.Geometry) -> shapely.Polygon | None:
    parts = [one for one in shapely.get_parts(geometry) if one.geom_type == "Polygon" and one.area > 0]
    return max(parts, key=lambda one: one.area, default=None)


def _inside(name: Name, ground: shapely.Polygon, frame: shapely.Polygon, boxes: list[list[float]]) -> Placed | None:
    """Over its own ground: the candidate of which most lies inside, if enough does."""
    shapely.prepare(ground)
    best: tuple[float, Placed] | None = None
    for x, y in _spots(ground, name):
        spot = Placed(name.key, x - name.width / 2, y - name.height / 2, name.width, name.height)
        if not _free(spot, frame, boxes):
            continue
        block = _block(spot)
        if shapely.contains_properly(ground, block):
            return spot
        share = shapely.intersection(ground, block).area / block.area
        if share >= _SHARE_INSIDE and (best is None or share > best[0]):
            best = (share, spot)
    return best[1] if best else None


def _spots(ground: shapely.Polygon, name: Name) -> Iterator[tuple[float, float]]:
    """The centre of the largest circle inside, then a grid over the ground, nearest to that centre first."""
    circle = shapely.maximum_inscribed_circle(ground, tolerance=0.3)
    x0, y0 = (float(value) for value in shapely.get_coordinates(circle)[0])
    yield x0, y0
    left, top, right, bottom = ground.bounds
    steps = [max(1.2, (right - left) / 24), max(1.2, (bottom - top) / 24)]
    xs, ys = np.meshgrid(np.arange(left, right, steps[0]), np.arange(top, bottom, steps[1]))
    points = np.column_stack((xs.ravel(), ys.ravel()))
    points = points[shapely.contains_xy(ground, points[:, 0], points[:, 1])]
    order = np.argsort(np.hypot(points[:, 0] - x0, points[:, 1] - y0))
    yield from ((float(x), float(y)) for x, y in points[order])


def _beside(name: Name, ground: shapely.Polygon, frame: shapely.Polygon, boxes: list[list[float]]) -> Placed | None:
    """The nearest free place around the ground, with a line that leads there."""
    point = shapely.get_point(shapely.maximum_inscribed_circle(ground, tolerance=0.3), 0)
    reach = math.hypot(*(high - low for low, high in zip(ground.bounds[:2], ground.bounds[2:], strict=True))) / 2
    longest = math.hypot(*(high - low for low, high in zip(frame.bounds[:2], frame.bounds[2:], strict=True)))
    distance = reach + name.height
    while distance < longest:
        for turn in range(24):
            angle = math.radians(-30 + turn * 15)
            x = point.x + math.cos(angle) * (distance + name.width / 2)
            y = point.y + math.sin(angle) * (distance + name.height / 2)
            spot = Placed(name.key, x - name.width / 2, y - name.height / 2, name.width, name.height, (point.x, point.y))
            if _free(spot, frame, boxes):
                return spot
        distance += 4.0
    return None


def _free(spot: Placed, frame: shapely.Polygon, boxes: list[list[float]]) -> bool:
    left, top, right, bottom = spot.left, spot.top, spot.left + spot.width, spot.top + spot.height
    low_x, low_y, high_x, high_y = frame.bounds
    if left < low_x or top < low_y or right > high_x or bottom > high_y:
        return False
    return not any(left < box[2] and right > box[0] and top < box[3] and bottom > box[1] for box in boxes)


def _block(spot: Placed) -> shapely.Polygon:
    return shapely.box(spot.left, spot.top, spot.left + spot.width, spot.top + spot.height)
