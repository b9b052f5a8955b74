"""What a line or an area, while it is being drawn, does to a unit: both pieces with what lies below. Pure.

The plan asks more (neighbours, parents, names); this answers at every move of a vertex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from boundaries.changes import shapes
from boundaries.changes.register import Key
from gis.crs import area_m2

# A unit below counts as lying on one side when no more than this share of it is on the other, as the plan has it.
_ON_ONE_SIDE = 1e-6


@dataclass(frozen=True)
class Side:
    """One of two pieces. `point` lies in it. `whole`: the units below that lie in it entirely."""

    ground: shapely.Geometry
    point: shapely.Point
    area_m2: float
    whole: tuple[Key, ...]


@dataclass(frozen=True)
class Sides:
    """`first` is the side of the point that was given, where one was. `cut`: units below on both, with the share in `first`."""

    first: Side
    second: Side
    cut: Mapping[Key, float]
    unknown: tuple[Key, ...]


def sides_of(
    ground: shapely.Geometry,
    drawn: shapely.Geometry,
    below: Mapping[Key, shapely.Geometry | None],
    point: shapely.Point | None = None,
) -> Sides:
    """Cuts `ground` by a line, or by an area, whose inside is then `first`. Raises `shapes.NoCutError`.

    Without a `point`, or with one that lies elsewhere, the side of the northernmost corner of the ground is first.
    """
    if shapely.get_dimensions(drawn) == 2:
        taken, rest = shapes.split_by_area(ground, drawn)
        if taken is None or rest is None:
            raise shapes.NoCutError("not_inside" if taken is None else "nothing_left")
    else:
        if point is None or not shapely.covers(ground, point):
            point = _northern(ground, drawn)
        taken, rest = shapes.split_by_line(ground, drawn, point)
    keys = [key for key, shape in below.items() if shape is not None]
    grounds = np.array([below[key] for key in keys], dtype=object)
    inside = area_m2(shapely.intersection(grounds, taken)) / area_m2(grounds) if keys else np.zeros(0)
    shares = dict(zip(keys, np.nan_to_num(inside).tolist(), strict=True))
    return Sides(
        _side(taken, [key for key, share in shares.items() if share > 1 - _ON_ONE_SIDE]),
        _side(rest, [key for key, share in shares.items() if share < _ON_ONE_SIDE]),
        {key: share for key, share in shares.items() if _ON_ONE_SIDE <= share <= 1 - _ON_ONE_SIDE},
        tuple(key for key, shape in below.items() if shape is None),
    )


def _northern(ground: shapely.Geometry, line: shapely.Geometry) -> shapely.Point:
    """A point well inside the northernmost piece of the part that the line crosses most."""
    parts = shapely.get_parts(ground)
    home = parts[int(np.argmax(shapely.length(shapely.intersection(parts, line))))]
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([shapely.boundary(home), line]))))
    inner = shapely.point_on_surface(pieces)
    kept = pieces[shapely.contains(home, inner)]
    if not len(kept):
        raise shapes.NoCutError("not_through")
    top: shapely.Point = shapely.point_on_surface(kept[int(np.argmax(shapely.bounds(kept)[:, 3]))])
    return top


def _side(ground: shapely.Geometry, whole: list[Key]) -> Side:
    parts = shapely.get_parts(ground)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    return Side(ground, shapely.point_on_surface(largest), float(area_m2(ground)[0]), tuple(whole))
