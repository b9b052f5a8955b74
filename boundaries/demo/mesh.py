"""A honeycomb with slightly shaken corners: the grains of land the demo county is put together from.

Three cells meet at every corner, so any union of cells has borders that neither touch nor cross themselves, and the
border network is known from the numbering alone, without one geometric computation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundaries.demo.noise import Integers, octaves, uniform

# Ratio of √3/2 to 1; a literal, so that the lattice is the same integers everywhere.
_HALF_ROOT_3 = 0.8660254037844386
# Corners are moved by at most this share of an edge. Cells stay convex, and convex cells are what keeps borders apart.
_SHAKE = 0.13


@dataclass(frozen=True, slots=True)
class Mesh:
    """Cells in rows; lengths in centimetres in a plane.

    centres: (cells, 2). corners: (corners, 2). neighbours: (cells, 6) cell numbers, -1 beyond the rim, in the order east,
    north-east, north-west, west, south-west, south-east. ring: (cells, 6) corner numbers, counter-clockwise; edge k of a
    cell, from ring[k] to ring[k + 1], is the one shared with neighbour k.
    """

    centres: Integers
    corners: Integers
    neighbours: Integers
    ring: Integers


def honeycomb(salt: int, width: int, height: int, edge: int) -> Mesh:
    """Cover a rectangle of `width` by `height` centimetres around the origin with hexagons of the given edge length."""
    columns = int(width / (edge * 2 * _HALF_ROOT_3)) + 1
    rows = int(height / (edge * 1.5)) + 1
    row, column = np.divmod(np.arange(rows * columns, dtype=np.int64), columns)
    odd = row % 2
    x = ((column * 2 + odd) * (edge * _HALF_ROOT_3) - width / 2).round().astype(np.int64)
    y = (row * (edge * 1.5) - height / 2).round().astype(np.int64)
    centres = np.column_stack([x, y])

    # Each cell owns its upper and its lower corner. A frame of one further cell all around owns the corners of the rim.
    wide = columns + 2

    def owner(rows_up: int, columns_right: Integers) -> Integers:
        return (row + 1 + rows_up) * wide + column + 1 + columns_right

    none = np.zeros_like(odd)
    right, left = owner(1, odd), owner(1, odd - 1)
    lower_right, lower_left = owner(-1, odd), owner(-1, odd - 1)
    here = owner(0, none)
    ring = np.column_stack(
        [lower_right * 2, right * 2 + 1, here * 2, left * 2 + 1, lower_left * 2, here * 2 + 1],
    )

    corners = np.zeros(((rows + 2) * wide * 2, 2), dtype=np.int64)
    half_width = int(edge * _HALF_ROOT_3)
    offsets = [
        (half_width, -edge // 2), (half_width, edge // 2), (0, edge),
        (-half_width, edge // 2), (-half_width, -edge // 2), (0, -edge),
    ]  # fmt: skip
    for k, offset in enumerate(offsets):
        corners[ring[:, k]] = centres + np.array(offset, dtype=np.int64)
    number = np.arange(len(corners), dtype=np.int64)
    for axis in (0, 1):
        corners[:, axis] += ((uniform(salt + axis, number) * 2 - 1) * (edge * _SHAKE)).astype(np.int64)

    warp_x, warp_y = corners[:, 0] / 100_000, corners[:, 1] / 100_000
    wx = octaves(salt + 5, warp_x, warp_y, (6.0, 0.9), (2.2, 0.28))
    wy = octaves(salt + 6, warp_x, warp_y, (6.0, 0.9), (2.2, 0.28))
    corners = corners + (np.column_stack([wx, wy]) * 100_000).astype(np.int64)
    centres = corners[ring].sum(axis=1) // 6

    def cell(rows_up: int, columns_right: Integers) -> Integers:
        r, c = row + rows_up, column + columns_right
        inside = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
        return np.where(inside, r * columns + c, -1)

    neighbours = np.column_stack(
        [cell(0, none + 1), cell(1, odd), cell(1, odd - 1), cell(0, none - 1), cell(-1, odd - 1), cell(-1, odd)],
    )
    return Mesh(centres, corners, neighbours, ring)
