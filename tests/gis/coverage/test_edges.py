"""Edges of a coverage: each once, with the units on its sides; lines joined from them; tints by which neighbours differ."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.coverage.edges import NOBODY, Edges, colour, find_edges, join


def grid(columns: int, rows: int) -> np.ndarray:
    return np.array([shapely.box(x, y, x + 1, y + 1) for y in range(rows) for x in range(columns)], dtype=object)


def test_two_squares_share_one_edge() -> None:
    edges = find_edges(grid(2, 1))
    assert len(edges) == 7
    (shared,) = np.flatnonzero(edges.second != NOBODY)
    assert {edges.first[shared], edges.second[shared]} == {0, 1}
    assert edges.segments[shared].tolist() == [[1, 0], [1, 1]]


def test_missing_and_empty_units_are_passed_over() -> None:
    units = np.array([None, shapely.box(0, 0, 1, 1), shapely.Polygon()], dtype=object)
    edges = find_edges(units)
    assert len(edges) == 4 and set(edges.first) == {1}
    assert len(find_edges(np.array([None], dtype=object))) == 0


def test_a_hole_filled_by_another_unit_is_shared() -> None:
    inner = shapely.box(1, 1, 2, 2)
    outer = shapely.box(0, 0, 3, 3).difference(inner)
    edges = find_edges(np.array([outer, inner], dtype=object))
    assert (edges.second != NOBODY).sum() == 4


@given(st.integers(1, 6), st.integers(1, 6))
def test_edges_of_a_grid(columns: int, rows: int) -> None:
    units = grid(columns, rows)
    edges = find_edges(units)
    inner = edges.second != NOBODY
    assert inner.sum() == columns * (rows - 1) + rows * (columns - 1)
    assert (~inner).sum() == 2 * (columns + rows)
    # Every unit's outline is made of its edges and of nothing else.
    lengths = np.bincount(edges.first, minlength=len(units)) + np.bincount(edges.second[inner], minlength=len(units))
    assert (lengths == 4).all()
    tints = colour(edges, len(units))
    assert (tints[edges.first[inner]] != tints[edges.second[inner]]).all()
    assert tints.max() < 5
    assert shapely.length(join(edges.segments)).sum() == pytest.approx(len(edges))


def test_lines_run_through_until_a_third_one_meets_them() -> None:
    edges = find_edges(grid(3, 1))
    outline = join(edges.segments[edges.second == NOBODY])
    assert len(outline) == 1 and outline[0].is_ring
    assert len(join(edges.segments)) > 1
    assert len(join(np.empty((0, 2, 2)))) == 0


def test_units_without_neighbours_take_the_first_tint() -> None:
    nothing = Edges(np.empty((0, 2, 2)), np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))
    assert colour(nothing, 3).tolist() == [0, 0, 0]
