"""The quick proof of an exact coverage beside GEOS's own check."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage.exactness import dissolved_exactly
from tests.gis.coverage.test_simplify import crooked_voronoi


def polygons(*several: shapely.Geometry) -> np.ndarray:
    return np.array(several, dtype=object)


def agrees(units: np.ndarray) -> bool:
    """Whether it is exact, by both."""
    ground = dissolved_exactly(units)
    exact = bool(shapely.coverage_is_valid(units))
    assert (ground is not None) == exact
    if ground is not None:
        assert shapely.equals(ground, shapely.union_all(units))
    return exact


def on_the_lattice(corners: list[tuple[int, int]]) -> shapely.Geometry | None:
    made = shapely.Polygon(corners) if len(set(corners)) > 2 else None
    return made if made is not None and made.is_valid and made.area else None


# Few places, so that corners meet corners, lie on edges, and edges run along each other all the time.
corner = st.tuples(st.integers(0, 3), st.integers(0, 3))
shape = st.lists(corner, min_size=3, max_size=5).map(on_the_lattice).filter(lambda made: made is not None)


@settings(max_examples=300)
@given(st.lists(shape, min_size=1, max_size=5))
def test_polygons_thrown_together_on_a_small_lattice(shapes) -> None:
    agrees(polygons(*shapes))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(4, 40), st.data())
def test_a_coverage_and_one_with_a_fault(seed, cells, data) -> None:
    units = crooked_voronoi(seed, cells)
    assert agrees(units)
    at = data.draw(st.integers(0, len(units) - 1))
    assert agrees(np.delete(units, at))  # a hole is no fault of the others
    fault = data.draw(st.sampled_from(("twice", "shifted", "vertex")))
    if fault == "twice":
        units = np.append(units, units[at])
    elif fault == "shifted":
        units[at] = shapely.transform(units[at], lambda xy: xy + 1e-3 * np.ptp(xy, axis=0))
    else:  # one more vertex in each edge of one unit: on the same line or off it by a rounding
        units[at] = shapely.segmentize(units[at], shapely.length(units[at]) / 100)
    agrees(units)


@pytest.mark.parametrize(
    ("one", "other", "exact"),
    [
        (shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 1), True),
        (shapely.box(0, 0, 2, 1), shapely.box(2, 1, 3, 2), True),  # a common corner
        (shapely.box(0, 0, 2, 1), shapely.box(0.5, 1, 1.5, 2), False),  # a part of an edge
        (shapely.box(0, 0, 2, 1), shapely.Polygon([(1, 1), (1.5, 2), (0.5, 2)]), False),  # a corner on an edge
        (shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), False),
        (shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2), False),  # one within the other
        (shapely.Polygon(shapely.box(0, 0, 3, 3).exterior, [shapely.box(1, 1, 2, 2).exterior]), shapely.box(1, 1, 2, 2), True),
        (shapely.box(-0.0, 0, 1, 1), shapely.box(-1, 0, 0.0, 1), True),
    ],
)
def test_two_units(one, other, exact) -> None:
    assert agrees(polygons(one, other)) is exact


def test_two_layers_over_each_other_are_no_coverage() -> None:
    """Every inner edge has its partner in both layers."""
    layer = [shapely.box(x, y, x + 1, y + 1) for x in range(4) for y in range(4)]
    above = [shapely.transform(one, lambda xy: xy + 0.5) for one in layer]
    assert agrees(polygons(*layer)) and not agrees(polygons(*layer, *above)) and not agrees(polygons(*layer, *layer))
