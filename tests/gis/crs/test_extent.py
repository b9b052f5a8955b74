"""BND-GEO-01: numbers that cannot be longitude and latitude in Henan are found and left as they are."""

from __future__ import annotations

import fiona
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import check_extent, check_geometries, suggest_crs
from tests.shared import SHARED, read_features, requires_shared


@pytest.mark.parametrize(
    ("box", "code", "severity"),
    [
        ((34.0, 113.0, 34.5, 113.6), "swapped_axes", "error"),
        ((465_672.0, 3_846_296.0, 470_000.0, 3_850_000.0), "not_lonlat", "error"),
        ((113.0, 34.0, 213.0, 34.5), "not_lonlat", "error"),
        ((121.4, 31.1, 121.6, 31.3), "outside_henan", "warning"),
        ((-0.1, -0.1, 0.1, 0.1), "outside_henan", "warning"),
        ((113.0, 34.0, np.inf, 34.5), "non_finite", "error"),
        ((np.nan, np.nan, np.nan, np.nan), "non_finite", "error"),
    ],
)
def test_bnd_geo_01_codes(box, code, severity):
    (finding,) = check_extent(box)
    assert (finding.code, finding.severity, finding.rule, finding.index) == (code, severity, "BND-GEO-01", 0)
    assert "坐标" in finding.message_zh
    assert finding.message_en


@given(st.floats(110.35, 116.6), st.floats(31.4, 36.3))
def test_bnd_geo_01_henan_passes_and_its_mirror_image_is_swapped(lon, lat):
    assert check_extent((lon, lat, lon + 0.04, lat + 0.04)) == []
    assert [f.code for f in check_extent((lat, lon, lat + 0.04, lon + 0.04))] == ["swapped_axes"]


def test_bnd_geo_01_margin_leaves_room_for_neighbours():
    neighbour = (116.7, 34.0, 117.1, 34.4)
    assert check_extent(neighbour) == []
    assert [f.code for f in check_extent(neighbour, margin_deg=0.0)] == ["outside_henan"]


def test_indices_name_the_geometry_and_missing_ones_are_passed_over():
    with np.errstate(invalid="ignore"):
        broken = shapely.from_wkt("LINESTRING (113 34, nan 34.2, 113.2 34.3)")
    geometries = np.array(
        [
            None,
            shapely.box(113, 34, 113.5, 34.5),
            shapely.Polygon(),
            shapely.box(34, 113, 34.5, 113.5),
            broken,
            shapely.Point(0, 0),
        ],
        dtype=object,
    )
    before = shapely.to_wkb(geometries)
    found = [(f.index, f.code) for f in check_geometries(geometries)]
    assert found == [(3, "swapped_axes"), (4, "non_finite"), (5, "outside_henan")]
    assert (shapely.to_wkb(geometries) == before).all()
    assert check_geometries(np.array([], dtype=object)) == []


@requires_shared
def test_the_swapped_shapefile_is_found():
    with fiona.open(SHARED / "shapefile_crs/henan_derived/axis_swapped_lat_lon_prj4490/xuchang.shp", encoding="GB18030") as source:
        geometries = np.array([shapely.geometry.shape(feature.geometry) for feature in source])
    assert {f.code for f in check_geometries(geometries)} == {"swapped_axes"}
    assert len(check_geometries(geometries)) == len(geometries)


@requires_shared
def test_out_of_range_geojson():
    properties, geometries = read_features("bad_files/geojson/out_of_range_lon_lat.geojson")
    assert len(check_geometries(geometries)) == len(geometries), properties


@requires_shared
def test_the_real_counties_pass():
    _, counties = read_features("boundaries_tianditu_cgcs2000/henan_district.geojson")
    assert check_geometries(counties) == []


@requires_shared
def test_suggestions_for_files_without_prj():
    """The zone can be read from a prefixed easting; a plain one fits every central meridian and must be asked for."""

    def suggested(folder):
        with fiona.open(SHARED / "shapefile_crs" / "henan_derived" / folder / "xuchang.shp", encoding="GB18030") as source:
            return [system.key for system in suggest_crs(source.bounds)]

    prefixed = suggested("cgcs2000_3deg_zone38_NO_PRJ")
    assert prefixed[0] == "EPSG:4526"
    assert {"EPSG:4525", "EPSG:4527", "EPSG:4547"}.isdisjoint(prefixed)
    plain = suggested("cgcs2000_3deg_cm114e_NO_PRJ")
    assert {"EPSG:4546", "EPSG:4547"} <= set(plain)
    assert "EPSG:4526" not in plain
    assert {"EPSG:4490", "gcj02"} <= {s.key for s in suggest_crs((113, 34, 114, 35))}
    assert suggest_crs((np.nan, 1, 2, 3)) == []
