"""Chains of a coverage, and that thinning one place needs to know nothing but what lies around it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage.fabric import NOBODY, Fabric
from tests.gis.coverage.test_simplify import crooked_voronoi

TOLERANCES = (2.0, 10.0, 40.0, 150.0)


def grid(columns: int, rows: int) -> np.ndarray:
    return np.array([shapely.box(x, y, x + 1, y + 1) for y in range(rows) for x in range(columns)], dtype=object)


def lines_of(fabric: Fabric) -> list[shapely.LineString]:
    coordinates, chain = fabric.lines()
    return [shapely.LineString(coordinates[chain == number]) for number in range(len(fabric.first))]


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.data())
def test_a_unit_thinned_with_what_lies_around_it_comes_out_as_with_everything(seed, cells, data):
    units = crooked_voronoi(seed, cells)
    chosen = data.draw(st.integers(0, len(units) - 1))
    around = np.flatnonzero(shapely.intersects(shapely.box(*shapely.bounds(units).T), shapely.box(*shapely.bounds(units[chosen]))))
    everything, part = Fabric(units), Fabric(units[around])
    at = np.flatnonzero(around == chosen)
    for tolerance in TOLERANCES:
        everything.thin(tolerance)
        part.thin(tolerance)
        here, there = everything.polygons(np.array([chosen])), part.polygons(at)
        assert shapely.to_wkb(here[0]) == shapely.to_wkb(there[0])
        sides = [{side[0], side[1]} for side in zip(everything.first.tolist(), everything.second.tolist(), strict=True)]
        own = {line.wkb for line, side in zip(lines_of(everything), sides, strict=True) if chosen in side}
        sides = [{side[0], side[1]} for side in zip(part.first.tolist(), part.second.tolist(), strict=True)]
        assert own == {line.wkb for line, side in zip(lines_of(part), sides, strict=True) if int(at[0]) in side}


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_lines_and_areas_are_thinned_alike(seed, cells):
    """What is left of the chains is the outlines of what is left of the units, each once."""
    fabric = Fabric(crooked_voronoi(seed, cells))
    for tolerance in TOLERANCES:
        fabric.thin(tolerance)
        outlines = shapely.boundary(fabric.polygons())
        lines = np.array(lines_of(fabric), dtype=object)
        inner = fabric.second != NOBODY
        assert shapely.length(outlines).sum() == pytest.approx(shapely.length(lines).sum() + shapely.length(lines[inner]).sum())
        assert shapely.union_all(outlines).symmetric_difference(shapely.union_all(lines)).length == pytest.approx(0, abs=1e-6)


@given(st.integers(1, 6), st.integers(1, 6))
def test_chains_of_a_grid(columns, rows):
    fabric = Fabric(grid(columns, rows))
    inner = fabric.second != NOBODY
    assert inner.sum() == columns * (rows - 1) + rows * (columns - 1)
    assert (fabric.first < np.where(inner, fabric.second, len(grid(columns, rows)))).all()
    length = sum(line.length for line in lines_of(fabric))
    assert length == columns * (rows + 1) + rows * (columns + 1)


def test_missing_and_empty_units_have_no_chains():
    fabric = Fabric(np.array([None, shapely.box(0, 0, 1, 1), shapely.Polygon()], dtype=object))
    assert fabric.first.tolist() == [1] and fabric.second.tolist() == [NOBODY]
    fabric.thin(100)
    assert fabric.polygons()[1].area > 0 and fabric.polygons()[0] is None
    assert len(Fabric(np.array([None], dtype=object)).first) == 0
    assert len(Fabric(np.empty(0, dtype=object)).polygons()) == 0


def test_a_hole_filled_by_another_unit_is_one_ring_with_two_sides():
    inner = shapely.box(1, 1, 2, 2)
    fabric = Fabric(np.array([shapely.box(0, 0, 3, 3).difference(inner), inner], dtype=object))
    assert sorted(zip(fabric.first.tolist(), fabric.second.tolist(), strict=True)) == [(0, NOBODY), (0, 1)]


def test_a_lens_between_two_units_stays_open():
    """Two chains that join the same two nodes are not both drawn straight."""
    curve = [(x, 0.02 * np.sin(np.pi * x / 10)) for x in np.linspace(0, 10, 21)]
    above = shapely.Polygon([*curve, (10, 8), (0, 8)])
    lens = shapely.Polygon([*curve, *[(x, -y) for x, y in curve[-2:0:-1]]])
    below = shapely.Polygon([*[(x, -y) for x, y in curve], (10, -8), (0, -8)])
    fabric = Fabric(np.array([above, lens, below], dtype=object))
    fabric.thin(5)
    left = fabric.polygons()
    assert shapely.is_valid(left).all() and left[1].area > 0 and shapely.coverage_is_valid(left)


def test_a_vertex_on_a_neighbours_edge_parts_that_edge():
    """One long edge against two short ones, the middle a hair off: a coverage as it is meant."""
    units = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 5.0), shapely.box(10.001, 5.0, 20, 10)], dtype=object)
    fabric = Fabric(units)
    assert sorted(zip(fabric.first.tolist(), fabric.second.tolist(), strict=True)) == [
        (0, NOBODY), (0, 1), (0, 2), (1, NOBODY), (1, 2), (2, NOBODY),
    ]  # fmt: skip
    assert shapely.coverage_is_valid(fabric.polygons())
