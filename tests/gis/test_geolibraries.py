"""GeoDjango stands on the GDAL and GEOS inside the fiona wheel; this keeps that choice honest (docs/decisions/0002)."""

from __future__ import annotations

from pathlib import Path

import fiona
import numpy as np
import pyproj
import pytest
import shapely
from django.conf import settings
from django.contrib.gis.gdal import AxisOrder, CoordTransform, OGRGeometry, SpatialReference, gdal_version
from django.contrib.gis.geos import GEOSGeometry, MultiPoint, Point
from django.contrib.gis.geos.libgeos import geos_version

from gis.crs import CGCS2000, WEB_MERCATOR

ZHENGZHOU = (113.6253, 34.7466)
GAUSS_KRUGER_38 = 4526  # CGCS2000 / 3-degree Gauss-Kruger zone 38, eastings with the zone before them


def test_the_libraries_come_from_the_fiona_wheel():
    libraries = Path(fiona.__file__).resolve().parent.parent / "fiona.libs"
    for path in (settings.GDAL_LIBRARY_PATH, settings.GEOS_LIBRARY_PATH):
        assert path is not None and Path(path).parent == libraries
    assert gdal_version().decode() == fiona.__gdal_version__
    assert geos_version().decode().startswith("3.")


@pytest.mark.parametrize("target", [GAUSS_KRUGER_38, WEB_MERCATOR])
def test_geodjango_and_pyproj_transform_alike(target):
    """Both stand on PROJ, each on its own copy: they must agree to better than a tenth of a millimetre."""
    rng = np.random.default_rng(4490)
    longitudes, latitudes = rng.uniform(112.6, 115.4, 200), rng.uniform(31.4, 36.4, 200)
    to_target = pyproj.Transformer.from_crs(CGCS2000, target, always_xy=True)
    expected = np.column_stack(to_target.transform(longitudes, latitudes))
    points = MultiPoint([Point(*pair) for pair in zip(longitudes, latitudes, strict=True)], srid=CGCS2000)
    points.transform(target)
    assert np.abs(np.array(points.coords) - expected).max() < 1e-4


def test_the_axis_order_is_longitude_latitude_everywhere():
    """EPSG:4490 itself says latitude first; we store and hand on longitude first, in GeoDjango and in pyproj alike."""
    point = Point(*ZHENGZHOU, srid=CGCS2000)
    point.transform(WEB_MERCATOR)
    back = point.transform(CGCS2000, clone=True)
    assert back.coords == pytest.approx(ZHENGZHOU, abs=1e-9)
    assert point.x == pytest.approx(12648710, abs=2000) and point.y == pytest.approx(4129080, abs=2000)
    assert pyproj.CRS(CGCS2000).axis_info[0].direction == "north"
    traditional = pyproj.Transformer.from_crs(CGCS2000, WEB_MERCATOR, always_xy=True)
    assert traditional.transform(*ZHENGZHOU) == pytest.approx(point.coords, abs=1e-4)


def test_the_other_axis_order_would_be_noticed():
    reference = SpatialReference(CGCS2000, axis_order=AxisOrder.AUTHORITY)
    target = SpatialReference(WEB_MERCATOR)
    swapped = OGRGeometry(f"POINT ({ZHENGZHOU[1]} {ZHENGZHOU[0]})", reference)
    swapped.transform(CoordTransform(reference, target))
    point = Point(*ZHENGZHOU, srid=CGCS2000)
    point.transform(WEB_MERCATOR)
    assert (swapped.x, swapped.y) == pytest.approx(point.coords, abs=1e-4)


@pytest.mark.django_db
def test_postgis_transforms_alike():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), %s), %s) AS p) AS t",
            [*ZHENGZHOU, CGCS2000, GAUSS_KRUGER_38],
        )
        stored = cursor.fetchone()
    expected = pyproj.Transformer.from_crs(CGCS2000, GAUSS_KRUGER_38, always_xy=True).transform(*ZHENGZHOU)
    assert stored == pytest.approx(expected, abs=1e-4)


def test_shapely_and_geodjango_read_each_others_geometry():
    """Two GEOS libraries live in one process; bytes are what passes between them."""
    polygon = shapely.box(113.0, 34.0, 113.5, 34.5)
    there = GEOSGeometry(memoryview(shapely.to_wkb(polygon)), srid=CGCS2000)
    assert there.valid and there.area == pytest.approx(polygon.area)
    assert shapely.from_wkb(bytes(there.wkb)).equals(polygon)
