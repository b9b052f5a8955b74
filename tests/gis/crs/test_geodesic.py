"""Areas and lengths on the ellipsoid, against closed formulas and published figures."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import area_m2, length_m, perimeter_m
from tests.shared import read_features, requires_shared

A, F = 6378137.0, 1 / 298.257222101
E2 = F * (2 - F)


def belt_area(south: float, north: float, width: float) -> float:
    """Area in m² between two parallels over `width` degrees, by the authalic latitude (Snyder 1987, eq. 3-12)."""

    def q(latitude: float) -> float:
        e, s = np.sqrt(E2), np.sin(np.radians(latitude))
        return (1 - E2) * (s / (1 - E2 * s * s) + np.arctanh(e * s) / e)

    return A * A / 2 * np.radians(width) * (q(north) - q(south))


def test_a_belt_along_dense_parallels_has_the_closed_formulas_area():
    """Parallels are no geodesics, so the box is densified until its edges follow them."""
    box = shapely.segmentize(shapely.box(113, 34, 114, 35), 0.002)
    assert area_m2(np.array([box]))[0] == pytest.approx(belt_area(34, 35, 1), rel=1e-8)


def test_the_whole_ellipsoid():
    octant = shapely.Polygon([(0, 0), (90, 0), (0, 90)])
    assert 8 * area_m2(np.array([octant]))[0] == pytest.approx(belt_area(-90, 90, 360), rel=1e-12)


def test_a_degree_of_the_equator_and_of_the_meridian():
    lines = np.array([shapely.LineString([(113, 0), (114, 0)]), shapely.LineString([(113, 34), (113, 35)])])
    lengths = length_m(lines)
    assert lengths[0] == pytest.approx(A * np.pi / 180, rel=1e-12)
    latitude = np.radians(np.linspace(34, 35, 100_001))
    meridian = np.trapezoid(A * (1 - E2) / (1 - E2 * np.sin(latitude) ** 2) ** 1.5, latitude)
    assert lengths[1] == pytest.approx(meridian, rel=1e-9)


def test_holes_parts_and_orientation():
    outer, hole, island = shapely.box(113, 34, 114, 35), shapely.box(113.2, 34.2, 113.4, 34.4), shapely.box(115, 34, 115.1, 34.1)
    ring = shapely.difference(outer, hole)
    multi = shapely.MultiPolygon([ring, island])
    single = area_m2(np.array([outer, hole, island]))
    areas = area_m2(np.array([ring, multi, shapely.reverse(multi), shapely.orient_polygons(multi)]))
    assert areas[0] == pytest.approx(single[0] - single[1], rel=1e-12)
    assert areas[1:] == pytest.approx(single[0] - single[1] + single[2], rel=1e-12)
    perimeters = perimeter_m(np.array([outer, hole, island, multi]))
    assert perimeters[3] == pytest.approx(perimeters[:3].sum(), rel=1e-12)


def test_missing_empty_and_lower_dimensions():
    geometries = np.array(
        [None, shapely.Polygon(), shapely.Point(113, 34), shapely.LineString([(113, 34), (114, 34)])], dtype=object
    )
    assert np.isnan(area_m2(geometries)[0])
    assert list(area_m2(geometries)[1:]) == [0, 0, 0]
    assert np.isnan(length_m(geometries)[0])
    assert list(length_m(geometries)[1:3]) == [0, 0]
    assert length_m(geometries)[3] > 90_000
    assert area_m2(np.array([], dtype=object)).shape == (0,)


@given(
    st.lists(st.tuples(st.floats(110, 116), st.floats(31.5, 36)), min_size=3, max_size=12),
)
def test_the_same_figures_as_geographiclib_one_polygon_at_a_time(points):
    hull = shapely.MultiPoint(points).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1e-9:
        return
    area, perimeter = pyproj.Geod(ellps="GRS80").geometry_area_perimeter(hull)
    assert area_m2(np.array([hull]))[0] == pytest.approx(abs(area), rel=1e-9, abs=1e-3)
    assert length_m(np.array([hull]))[0] == pytest.approx(perimeter, rel=1e-9, abs=1e-3)


@requires_shared
def test_the_province_is_165_592_km2_and_the_sum_of_its_counties():
    _, province = read_features("boundaries_tianditu_cgcs2000/henan_province.geojson")
    _, counties = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    total = area_m2(province)[0] / 1e6
    assert round(total) == 165_592
    assert area_m2(counties).sum() / 1e6 == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize(("radius_deg", "vertices"), [(0.01, 12), (0.3, 60), (0.3, 8), (2.0, 24), (2.0, 400)])
def test_series_and_geographiclib_agree(radius_deg: float, vertices: int) -> None:
    """Short edges go through the series, long ones through GeographicLib; both are the geodesic area to 1e-9."""
    rng = np.random.default_rng(7)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = radius_deg * rng.uniform(0.6, 1.0, vertices)
    polygon = shapely.polygons(np.column_stack((113 + radius * np.cos(angle), 34 + radius * np.sin(angle))))
    expected = abs(pyproj.CRS.from_epsg(4490).get_geod().geometry_area_perimeter(polygon)[0])
    assert area_m2(polygon)[0] == pytest.approx(expected, rel=1e-9)
