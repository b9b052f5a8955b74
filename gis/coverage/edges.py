"""The edges of a coverage: each once, with the units on its two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

NOBODY = -1


@dataclass(frozen=True)
class Edges:
    """`segments` (n, 2, 2): from and to; `first`, `second` (n,): positions of the units they part, `second` NOBODY on
    the outside.
    """

    segments: Floats
    first: Integers
    second: Integers

    def __len__(self) -> int:
        return len(self.segments)


def find_edges(polygons: Geometries) -> Edges:
    """The segments of all rings of `polygons` (n,), shared ones once. None and empty are passed over.

    Only vertices that agree exactly are seen as shared, which is what an exact coverage has; where two units were
    drawn independently each keeps an edge of its own with NOBODY beyond. Where more than two units claim a segment
    the first two are named.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    start, end = coordinates[:-1][joined], coordinates[1:][joined]
    unit = owner[part[ring[1:][joined]]]
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    segments = np.where(backwards[:, None], np.hstack((end, start)), np.hstack((start, end)))
    order = np.lexsort(segments.T)
    segments, unit = segments[order], unit[order]
    new = np.ones(len(segments), dtype=bool)
    new[1:] = (segments[1:] != segments[:-1]).any(axis=1)
    at = np.flatnonzero(new)
    doubled = np.zeros(len(at), dtype=bool)
    doubled[:-1] = ~new[at[:-1] + 1]
    if len(at):
        doubled[-1] = at[-1] + 1 < len(segments)
    second = np.full(len(at), NOBODY, dtype=np.intp)
    second[doubled] = unit[at[doubled] + 1]
    # A unit on both sides is a spike or a seam between its own parts, no border.
    border = unit[at] != second
    return Edges(segments[at][border].reshape(-1, 2, 2), unit[at][border].astype(np.intp), second[border])


def join(segments: Floats) -> Geometries:
    """Lines (m,) that run through all `segments` (n, 2, 2), each as long as no third segment meets it."""
    if not len(segments):
        return np.empty(0, dtype=object)
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.linestrings(segments)))))


def colour(edges: Edges, count: int) -> Integers:
    """Small numbers (count,) such that units with a common edge differ, few as a map of pastel tints needs (greedy,
    most neighbours first).
    """
    inner = edges.second != NOBODY
    pairs = np.unique(np.sort(np.column_stack((edges.first[inner], edges.second[inner])), axis=1), axis=0)
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for one, other in pairs.tolist():
        neighbours[one].append(other)
        neighbours[other].append(one)
    result = np.full(count, -1, dtype=np.intp)
    for unit in sorted(range(count), key=lambda item: -len(neighbours[item])):
        taken = {int(result[other]) for other in neighbours[unit]}
        result[unit] = next(number for number in range(count + 1) if number not in taken)
    return result
