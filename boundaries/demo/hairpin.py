"""A loop of the border river that doubles back: two arms a stone's throw apart, on which a track must not jump across.

Coordinates are those of the arcs: whole centimetres in the plane.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from boundaries.demo.arcs import Arc

METRE = 100
# How far the loop reaches into the neighbour's ground, how far its arms lie apart, and how much room it wants around it.
REACH, APART, ROOM = 880 * METRE, 44 * METRE, 160 * METRE
_SWAY = (0, 9, 14, 6, -8, -12, -4)  # metres along the border, at equal steps outwards; both arms alike


def with_hairpin(arcs: list[Arc], abroad: int) -> list[Arc]:
    """The arcs with one loop in the border between a village and the region `abroad`, as near to the middle of the map as there is
    room. Without room anywhere the arcs come back as they are.
    """
    places = [point for arc in arcs for point in arc.points]
    edges = [
        (abs(start[1] + end[1]), number, at)
        for number, arc in enumerate(arcs)
        if abroad in (arc.left, arc.right) and min(arc.left, arc.right) >= 0
        for at, (start, end) in enumerate(pairwise(arc.points))
    ]
    for _far, number, at in sorted(edges):
        arc = arcs[number]
        loop = _loop(arc.points[at], arc.points[at + 1], left=arc.left == abroad)
        if loop is not None and not _crowded(loop, (arc.points[at], arc.points[at + 1]), places):
            points = (*arc.points[: at + 1], *loop, *arc.points[at + 1 :])
            return [*arcs[:number], replace(arc, points=points), *arcs[number + 1 :]]
    return arcs


def _loop(start: tuple[int, int], end: tuple[int, int], *, left: bool) -> list[tuple[int, int]] | None:
    """Out to the left (or right) of the edge and back; None where the edge is too short to carry it."""
    length = math.sqrt((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2)
    if length < 3 * APART:
        return None
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    out = (-along[1], along[0]) if left else (along[1], -along[0])
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)

    def at(forward: float, outward: float) -> tuple[int, int]:
        return tuple(round(middle[k] + along[k] * forward + out[k] * outward) for k in (0, 1))  # type: ignore[return-value]

    steps = [(sway * METRE, REACH * step / len(_SWAY)) for step, sway in enumerate(_SWAY)]
    there = [at(sway - APART / 2, outward) for sway, outward in steps]
    back = [at(sway + APART / 2, outward) for sway, outward in reversed(steps)]
    return [*there, at(0, REACH), *back]


def _crowded(loop: list[tuple[int, int]], edge: tuple[tuple[int, int], ...], places: list[tuple[int, int]]) -> bool:
    """Whether another border runs through the room the loop takes."""
    xs, ys = [x for x, _y in loop], [y for _x, y in loop]
    box = (min(xs) - ROOM, min(ys) - ROOM, max(xs) + ROOM, max(ys) + ROOM)
    inside = [point for point in places if box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]]
    return any(point not in edge for point in inside)
