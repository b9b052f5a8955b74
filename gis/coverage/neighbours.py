"""Which units ever had an edge in common, and tints by which they differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Integers = npt.NDArray[np.intp]


def pairs_ever(polygons: Geometries, owner: Integers, begin: Integers, end: Integers) -> Integers:
    """Pairs of owners, the lower number first, that claim one edge at one time. (m, 2)

    polygons, owner   (n,) polygons or None, and whose they are
    begin, end        (n,) the days from and before which each holds, as ordinals

    Only vertices that agree exactly make an edge shared, which is what an exact coverage has.
    """
    parts, unit = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    order = np.lexsort((coordinates[:, 1], coordinates[:, 0]))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (coordinates[order][1:] != coordinates[order][:-1]).any(axis=1)
    vertex = np.empty(len(order), dtype=np.intp)
    vertex[order] = np.cumsum(new) - 1
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    low, high = np.minimum(vertex[joined], vertex[joined + 1]), np.maximum(vertex[joined], vertex[joined + 1])
    edge = low * (len(order) + 1) + high
    order = np.argsort(edge, kind="stable")
    edge, record = edge[order], unit[part[ring[joined]]][order]
    found = [np.empty((0, 2), dtype=np.intp)]
    # The claims of one edge lie together; each with the next, each with the next but one, …
    for distance in range(1, len(edge)):
        same = np.flatnonzero(edge[distance:] == edge[:-distance])
        if not len(same):
            break
        one, other = record[same], record[same + distance]
        together = (owner[one] != owner[other]) & (begin[one] < end[other]) & (begin[other] < end[one])
        one, other = owner[one[together]], owner[other[together]]
        found.append(np.unique(np.column_stack((np.minimum(one, other), np.maximum(one, other))), axis=0))
    return np.unique(np.concatenate(found), axis=0)


def tint_beside(neighbours: Collection[int], tints: Mapping[int, int]) -> int:
    """The least tint that none of the neighbours has."""
    taken = {tints[one] for one in neighbours if one in tints}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def tints_of(divisions: Collection[int], pairs: Integers) -> dict[int, int]:
    """Small numbers such that units with a common edge differ, few as a map of pastel tints needs.

    Each takes the least that no neighbour with a lower number has: what comes later leaves earlier tints as they are.
    """
    below: dict[int, list[int]] = {}
    for one, other in pairs.tolist():
        below.setdefault(other, []).append(one)
    tints: dict[int, int] = {}
    for division in sorted(divisions):
        tints[division] = tint_beside(below.get(division, ()), tints)
    return tints
