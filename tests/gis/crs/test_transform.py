"""Into CGCS2000 and Web Mercator: axis order, projections, the ones not to be trusted, shared edges."""

from __future__ import annotations

import fiona
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import CGCS2000, WEB_MERCATOR, CrsError, project_to_mercator, resolve_crs, to_cgcs2000
from tests.shared import SHARED, read_features, requires_shared

ZHENGZHOU = (113.625, 34.746)


def xy(geometry):
    return tuple(shapely.get_coordinates(geometry)[0])


def test_axis_order_is_longitude_first_although_the_authority_says_latitude():
    """EPSG:4490 by the book is latitude, longitude. We store longitude, latitude, and the book's order gives the swapped result."""
    by_the_book = pyproj.Transformer.from_crs("EPSG:4547", CGCS2000, always_xy=False)
    easting, northing = pyproj.Transformer.from_crs(CGCS2000, "EPSG:4547", always_xy=True).transform(*ZHENGZHOU)
    moved, _ = to_cgcs2000(np.array([shapely.Point(easting, northing)]), "EPSG:4547")
    assert xy(moved[0]) == pytest.approx(ZHENGZHOU, abs=1e-9)
    # EPSG:4547 itself is (northing, easting) by the authority.
    assert by_the_book.transform(northing, easting) == pytest.approx(ZHENGZHOU[::-1], abs=1e-9)


def test_a_geographic_file_is_read_longitude_first_too():
    for crs in ("EPSG:4490", "EPSG:4326"):
        moved, _ = to_cgcs2000(np.array([shapely.Point(*ZHENGZHOU)]), crs)
        assert xy(moved[0]) == pytest.approx(ZHENGZHOU, abs=1e-9)


@pytest.mark.parametrize(
    ("crs", "easting", "northing"),
    [
        ("EPSG:4547", 465_661.402, 3_846_478.632),
        ("EPSG:4526", 38_465_661.402, 3_846_478.632),
    ],
)
def test_zone_prefix_and_plain_easting_name_the_same_place(crs, easting, northing):
    moved, info = to_cgcs2000(np.array([shapely.Point(easting, northing)]), crs)
    assert xy(moved[0]) == pytest.approx(ZHENGZHOU, abs=1e-8)
    assert (info.accuracy_m, info.ballpark, info.note_zh) == (0.0, False, "")


@given(
    st.floats(110.3, 116.7),
    st.floats(31.3, 36.4),
    st.sampled_from(["EPSG:4546", "EPSG:4547", "EPSG:4527", "EPSG:4509", "EPSG:32650", "EPSG:3857"]),
)
def test_projecting_there_and_back_returns_the_position(lon, lat, crs):
    there = pyproj.Transformer.from_crs(CGCS2000, crs, always_xy=True).transform(lon, lat)
    moved, _ = to_cgcs2000(np.array([shapely.Point(*there)]), crs)
    assert xy(moved[0]) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize("crs", ["EPSG:4610", "EPSG:2383", "EPSG:4214", "EPSG:2414", "EPSG:4555"])
def test_old_datums_are_ballpark_and_say_so(crs):
    _, info = to_cgcs2000(np.array([shapely.Point(38_465_672.0, 3_846_296.2)]), crs)
    assert info.ballpark
    assert info.accuracy_m is None
    assert "公开的转换参数" in info.note_zh
    assert "No public parameters" in info.note_en


def test_wgs84_is_good_to_the_ensembles_accuracy_and_not_ballpark():
    _, info = to_cgcs2000(np.array([shapely.Point(*ZHENGZHOU)]), "wgs84")
    assert (info.accuracy_m, info.ballpark) == (2.0, False)


def test_parameters_that_a_file_carries_are_used():
    """An office's own seven parameters in TOWGS84 move Xi'an 1980 by metres; without them only the ellipsoid changes."""
    wkt = pyproj.CRS.from_epsg(4610).to_wkt("WKT1_GDAL")
    with_parameters = wkt.replace('AUTHORITY["EPSG","6610"]', 'TOWGS84[100,-50,20,0,0,0,0],AUTHORITY["EPSG","6610"]')
    assert "TOWGS84" in with_parameters
    point = np.array([shapely.Point(*ZHENGZHOU)])
    plain, plain_info = to_cgcs2000(point, wkt)
    moved, info = to_cgcs2000(point, with_parameters)
    assert plain_info.ballpark
    assert not info.ballpark
    assert "自带" in info.note_zh
    assert 50 < shapely.distance(plain[0], moved[0]) * 100_000 < 200


def test_missing_empty_and_three_dimensional_geometries():
    geometries = np.array([None, shapely.Polygon(), shapely.Point(500_000, 3_800_000, 99.5)], dtype=object)
    moved, _ = to_cgcs2000(geometries, "EPSG:4547")
    assert moved[0] is None
    assert moved[1].is_empty
    assert not moved[2].has_z
    kept, info = to_cgcs2000(np.array([shapely.Point(113, 34, 99.5), None], dtype=object), "cgcs2000")
    assert not kept[0].has_z
    assert kept[1] is None
    assert info.operation == "none"


def test_a_position_outside_a_projections_domain_is_not_finite_and_not_an_accident():
    moved, _ = to_cgcs2000(np.array([shapely.Point(1e12, 1e12)]), "EPSG:4547")
    assert not np.isfinite(shapely.get_coordinates(moved)).any()


def test_unknown_systems_raise_before_anything_is_touched():
    with pytest.raises(CrsError, match="Unknown reference system"):
        to_cgcs2000(np.array([shapely.Point(0, 0)]), "EPSG:1")


def test_mercator_is_the_formula_of_the_tiles():
    projected = project_to_mercator(np.array([shapely.Point(*ZHENGZHOU), None], dtype=object))
    x = 6378137.0 * np.radians(ZHENGZHOU[0])
    y = 6378137.0 * np.arcsinh(np.tan(np.radians(ZHENGZHOU[1])))
    assert xy(projected[0]) == pytest.approx((x, y), abs=1e-6)
    assert projected[1] is None
    assert WEB_MERCATOR != CGCS2000


@requires_shared
@pytest.mark.parametrize(
    ("folder", "ballpark", "metres"),
    [
        ("cgcs2000_3deg_cm114e", False, 0.01),
        ("cgcs2000_3deg_zone38_prefixed", False, 0.01),
        (
            "xian80_3deg_cm114e_ballpark",
            True,
            0.01,
        ),  # made with the same ellipsoid change, hence back on the spot; still not trusted
        ("xian80_geographic_ballpark", True, 0.01),
        ("beijing54_geographic_ballpark", True, 0.01),
        ("gcj02_labelled_wgs84", False, 1_000),  # the label lies: half a kilometre off
    ],
)
def test_real_shapefiles_by_their_prj(folder, ballpark, metres):
    """../shared/data/shapefile_crs: the 许昌 counties in many systems, against the CGCS2000 originals."""
    path = SHARED / "shapefile_crs" / "henan_derived" / folder / "xuchang.shp"
    with fiona.open(path, encoding="GB18030", enabled_drivers=["ESRI Shapefile"]) as source:
        geometries = np.array([shapely.geometry.shape(feature.geometry) for feature in source])
    moved, info = to_cgcs2000(geometries, resolve_crs(path.with_suffix(".prj").read_text()))
    assert info.ballpark is ballpark
    properties, originals = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    truth = shapely.union_all([g for p, g in zip(properties, originals, strict=True) if p["city_adcode"] == "411000"])
    distance = shapely.distance(shapely.centroid(shapely.union_all(moved)), shapely.centroid(truth)) * 100_000
    assert distance < metres
    if folder == "gcj02_labelled_wgs84":
        assert distance > 300


@requires_shared
def test_shared_edges_stay_shared_through_every_transformation():
    _, counties = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    assert shapely.coverage_is_valid(project_to_mercator(counties))
    for crs in ("gcj02", "bd09"):
        moved, _ = to_cgcs2000(counties, crs)
        assert shapely.coverage_is_valid(moved)
