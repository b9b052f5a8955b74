"""A label stands inside its unit, in its widest part."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import interior_point
from tests.shared import read_features, requires_shared


@given(st.integers(0, 10_000), st.integers(3, 24))
def test_the_label_of_any_star_lies_inside(seed, corners):
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, corners))
    radius = random.uniform(0.02, 0.4, corners)
    star = shapely.make_valid(
        shapely.Polygon(np.column_stack((114 + radius * np.cos(angle), 34 + radius * np.sin(angle)))), method="structure"
    )
    if star.is_empty or star.area < 1e-6:
        return
    (point,) = interior_point(np.array([star]))
    assert shapely.contains(star, point)


def test_an_enclave_is_not_written_over_and_the_largest_part_wins():
    ring = shapely.difference(shapely.box(113, 34, 114, 35), shapely.box(113.3, 34.3, 113.7, 34.7))
    exclave = shapely.box(115, 34, 115.2, 34.2)
    points = interior_point(np.array([ring, shapely.MultiPolygon([exclave, shapely.box(113, 34, 114, 35)])]))
    assert shapely.contains(ring, points[0])
    assert abs(shapely.get_x(points[1]) - 113.5) < 0.02
    assert 34.4 < shapely.get_y(points[1]) < 34.6  # on the ground the box is taller than wide, so the circle may slide


def test_missing_empty_invalid_and_linear():
    bowtie = shapely.Polygon([(113, 34), (114, 35), (114, 34), (113, 35)])
    geometries = np.array([None, shapely.Polygon(), bowtie, shapely.LineString([(113, 34), (114, 34)])], dtype=object)
    points = interior_point(geometries)
    assert points[0] is None
    assert points[1] is None
    assert points[2].geom_type == points[3].geom_type == "Point"
    assert geometries[2].equals_exact(bowtie)


@requires_shared
def test_every_county_carries_its_label_well_inside():
    _, counties = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    points = interior_point(counties)
    assert shapely.contains(counties, points).all()
    depth = shapely.distance(points, shapely.boundary(counties))
    assert (depth > shapely.distance(shapely.point_on_surface(counties), shapely.boundary(counties)) * 0.8).all()
