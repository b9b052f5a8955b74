"""Simplified for the map, still a coverage."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage import simplify
from gis.crs import project_to_mercator
from tests.shared import read_features, requires_shared


def crooked_voronoi(seed: int, cells: int) -> np.ndarray:
    """A random coverage in metres with bent shared edges: Voronoi cells, densified, and every vertex moved by one smooth field."""
    random = np.random.default_rng(seed)
    frame = shapely.box(0, 0, 1000, 1000)
    points = shapely.MultiPoint(random.uniform(0, 1000, (cells, 2)))
    units = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame)), frame)
    units = shapely.segmentize(shapely.get_parts(shapely.coverage_clean(units)), 15)
    units = shapely.get_parts(shapely.coverage_clean(units))
    phase = random.uniform(0, 6, 2)
    return shapely.transform(units, lambda xy: xy + 4 * np.sin(xy[:, ::-1] / 17 + phase))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.floats(0.1, 200))
def test_a_coverage_stays_a_coverage(seed, cells, tolerance):
    units = crooked_voronoi(seed, cells)
    assert shapely.coverage_is_valid(units)
    simplified = simplify(units, tolerance)
    assert shapely.coverage_is_valid(simplified)
    assert shapely.is_valid(simplified).all()
    assert not shapely.is_empty(simplified).any()
    assert shapely.get_num_coordinates(simplified).sum() <= shapely.get_num_coordinates(units).sum()
    # Neither gap nor overlap: the areas of the units are the area of their union, and the union has no new hole.
    union = shapely.union_all(simplified)
    assert shapely.area(simplified).sum() == pytest.approx(union.area, rel=1e-9)
    assert shapely.get_num_interior_rings(shapely.get_parts(union)).sum() == 0


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_neighbours_stay_neighbours(seed, cells):
    """A pair that shares an edge before shares one after."""

    def pairs(units):
        first, second = shapely.STRtree(units).query(units, predicate="intersects")
        common = shapely.length(shapely.intersection(units[first], units[second]))
        return {(int(i), int(j)) for i, j, length in zip(first, second, common, strict=True) if i < j and length > 1e-6}

    units = crooked_voronoi(seed, cells)
    assert pairs(simplify(units, 20)) == pairs(units)


def test_small_parts_and_enclaves_never_vanish():
    island = shapely.box(5000, 5000, 5001, 5001)
    enclave = shapely.box(400, 400, 410, 410)
    mainland = shapely.MultiPolygon([shapely.difference(shapely.box(0, 0, 1000, 1000), enclave), island])
    simplified = simplify(np.array([mainland, enclave]), 5_000)
    assert shapely.get_num_geometries(simplified[0]) == 2
    assert simplified[1].area > 0
    assert shapely.coverage_is_valid(simplified)


def test_missing_and_empty_units_keep_their_places():
    units = np.array([None, shapely.box(0, 0, 10, 10), shapely.Polygon(), shapely.box(10, 0, 20, 10)], dtype=object)
    simplified = simplify(units, 1)
    assert simplified[0] is None
    assert simplified[2].is_empty
    assert shapely.area(simplified[[1, 3]]).tolist() == [100, 100]
    assert simplify(np.array([], dtype=object), 1).shape == (0,)
    assert simplify(np.array([None], dtype=object), 1).tolist() == [None]


def test_input_that_is_no_coverage_loses_no_unit():
    """Equal, overlapping and invalid units: each is drawn, valid, and about where it was given."""
    bowtie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    units = np.array([shapely.box(0, 0, 100, 100), shapely.box(0, 0, 100, 100), shapely.box(50, 50, 150, 150), bowtie])
    for tolerance in (1, 1_000):
        simplified = simplify(units, tolerance)
        assert not shapely.is_empty(simplified).any()
        assert shapely.is_valid(simplified).all()
    # At a tolerance far below its size an overlap stays on the map for everyone to see.
    simplified = simplify(units[:3], 1)
    assert shapely.intersection(simplified[0], simplified[1]).area == pytest.approx(10_000)
    assert shapely.intersection(simplified[0], simplified[2]).area == pytest.approx(2_500)


def test_rounding_is_healed_but_only_rounding():
    """Vertices off by a nanometre, as projecting leaves them: the picture is an exact coverage again."""
    units = crooked_voronoi(1, 12)
    shaken = np.array([shapely.set_precision(unit, 1e-6 * (i + 1)) for i, unit in enumerate(units)])
    assert not shapely.coverage_is_valid(shaken)
    simplified = simplify(shaken, 5)
    assert shapely.coverage_is_valid(simplified)
    assert shapely.area(simplified).sum() == pytest.approx(1e6, rel=0.02)


@requires_shared
@pytest.mark.parametrize(("tolerance", "share"), [(50, 0.85), (500, 0.3), (5_000, 0.1)])
def test_1923_townships_simplified_show_no_sliver(tolerance, share):
    """One of them crosses itself by rounding once it is projected, so this is also the path for inexact input."""
    _, units = read_features("townships_synthetic_2016/henan_townships_synthetic.geojson")
    projected = project_to_mercator(units)
    simplified = simplify(projected, tolerance)
    assert shapely.coverage_is_valid(simplified)
    assert not (shapely.is_empty(simplified) | shapely.is_missing(simplified)).any()
    assert set(shapely.get_type_id(simplified)) == {shapely.GeometryType.MULTIPOLYGON}
    assert (shapely.get_num_geometries(simplified) == shapely.get_num_geometries(projected)).all()
    assert shapely.area(simplified).sum() == pytest.approx(shapely.area(projected).sum(), rel=0.02)
    assert shapely.get_num_coordinates(simplified).sum() < share * shapely.get_num_coordinates(projected).sum()
