"""GCJ-02 and BD-09: published vectors, exact inverses, and the real shift between AMap's and Tianditu's counties."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import to_cgcs2000
from gis.crs.gcj02 import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_china,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from tests.shared import read_features, requires_shared

CENTIMETRE_DEG = 9e-8
HENAN = st.tuples(st.floats(110.0, 117.0), st.floats(31.0, 36.7))
# Off the edge of the box by more than the shift, where the inverse is unique.
CHINA = st.tuples(st.floats(72.1, 137.7), st.floats(0.9, 55.7))


def test_published_vectors():
    """The values that the widespread implementations (coordtransform, eviltransform) print in their own documentation."""
    assert np.allclose(wgs84_to_gcj02(116.404, 39.915), (116.41024449916938, 39.91640428150164), atol=1e-12, rtol=0)
    assert np.allclose(wgs84_to_gcj02(121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), atol=1e-12, rtol=0)
    assert np.allclose(gcj02_to_bd09(116.404, 39.915), (116.41036949371029, 39.92133699351021), atol=1e-12, rtol=0)


@given(HENAN)
def test_gcj02_round_trip_in_henan_is_far_below_a_centimetre(position):
    lon, lat = gcj02_to_wgs84(*wgs84_to_gcj02(*position))
    assert abs(lon - position[0]) < 1e-11
    assert abs(lat - position[1]) < 1e-11


@given(CHINA)
def test_gcj02_and_bd09_round_trip_all_over_china(position):
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84), (gcj02_to_bd09, bd09_to_gcj02)):
        lon, lat = back(*there(*position))
        assert max(abs(lon - position[0]), abs(lat - position[1])) < 1e-9


@given(HENAN)
def test_the_inverse_of_a_given_gcj02_position_maps_back_onto_it(position):
    lon, lat = wgs84_to_gcj02(*gcj02_to_wgs84(*position))
    assert max(abs(lon - position[0]), abs(lat - position[1])) < 1e-11


@given(HENAN)
def test_the_shift_in_henan_is_some_hundred_metres(position):
    lon, lat = wgs84_to_gcj02(*position)
    metres = np.hypot((lon - position[0]) * 91_000, (lat - position[1]) * 111_000)
    assert 200 < metres < 800


@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.86), (-74.0, 40.7), (151.2, -33.9), (140.0, 36.0), (0.0, 0.0)])
def test_outside_china_nothing_is_shifted(lon, lat):
    assert wgs84_to_gcj02(lon, lat) == (lon, lat)
    assert gcj02_to_wgs84(lon, lat) == (lon, lat)
    assert not in_china(lon, lat)


def test_arrays_of_any_shape_and_not_a_number():
    lon = np.array([[113.0, np.nan], [2.35, 114.5]])
    lat = np.array([[34.0, 34.0], [48.86, np.nan]])
    there = wgs84_to_gcj02(lon, lat)
    back = gcj02_to_wgs84(*there)
    assert there[0].shape == back[0].shape == (2, 2)
    assert np.allclose(back[0], lon, atol=1e-11, rtol=0, equal_nan=True)
    assert np.isnan(back[1][1, 1])
    assert gcj02_to_wgs84(np.array([]), np.array([]))[0].shape == (0,)


@requires_shared
def test_amaps_counties_fall_on_tianditus_after_conversion():
    """cnmaps 2023 (GCJ-02) against Tianditu (CGCS2000), 157 counties: half a kilometre apart before, metres after.

    Both sets are generalised on their own, so single counties keep differences; their median must vanish.
    """
    amap_properties, amap = read_features("boundaries_cnmaps_2023/henan_county_gcj02.geojson")
    tianditu_properties, tianditu = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    by_code = {p["district_adcode"]: g for p, g in zip(tianditu_properties, tianditu, strict=True)}
    reference = np.array([by_code[str(p["adcode"])] for p in amap_properties])
    converted, info = to_cgcs2000(amap, "gcj02")
    assert (info.accuracy_m, info.ballpark) == (None, False)
    assert "示意" in info.note_zh

    def median_shift(geometries):
        difference = shapely.get_coordinates(shapely.centroid(geometries)) - shapely.get_coordinates(shapely.centroid(reference))
        return np.median(difference * (91_600, 110_900), axis=0)  # metres

    before, after = median_shift(amap), median_shift(converted)
    assert np.hypot(*before) > 500
    assert np.hypot(*after) < 15
