"""Naming a reference system: what people type, what .prj files say."""

from __future__ import annotations

import re

import pyproj
import pytest

from gis.crs import CGCS2000, REFERENCE_SYSTEMS, CrsError, resolve_crs
from tests.shared import SHARED, requires_shared


@pytest.mark.parametrize("system", [s for s in REFERENCE_SYSTEMS.values() if s.srid is not None], ids=lambda s: s.key)
def test_the_table_agrees_with_the_epsg_registry(system):
    """Name, datum, central meridian and false easting of each row are those that EPSG gives to its number."""
    crs = pyproj.CRS.from_epsg(system.srid)
    assert not crs.is_deprecated
    assert crs.is_projected == (system.kind == "projected")
    datum_names = {
        "cgcs2000": "China 2000",
        "wgs84": "World Geodetic System 1984 ensemble",
        "xian1980": "Xian 1980",
        "beijing1954": "Beijing 1954",
        "newbeijing1954": "New Beijing",
    }
    assert crs.geodetic_crs.datum.name == datum_names[system.datum]
    assert system.ballpark == (system.datum in {"xian1980", "beijing1954", "newbeijing1954"})
    if "Gauss" not in system.name_en:
        return
    parameters = {p.name: p.value for p in crs.coordinate_operation.params}
    meridian, easting = int(parameters["Longitude of natural origin"]), parameters["False easting"]
    if "zone" in system.name_en:
        zone = int(system.name_en.rsplit(" ", 1)[1])
        degrees = 3 if "3-degree" in system.name_en else 6
        assert meridian == (zone * 3 if degrees == 3 else zone * 6 - 3)
        assert easting == zone * 1_000_000 + 500_000
        assert f"第{zone}带" in system.name_zh
    else:
        assert f"CM {meridian}°E" in system.name_en
        assert f"中央经线{meridian}°E" in system.name_zh
        assert easting == 500_000


def test_every_zone_that_touches_henan_is_there():
    """Each datum in both spellings: 3-degree meridians 111, 114, 117; 6-degree meridians 111 and 117 (110–117° E)."""
    for datum in ("cgcs2000", "xian1980", "beijing1954"):
        mine = [s for s in REFERENCE_SYSTEMS.values() if s.datum == datum and s.kind == "projected"]
        assert len(mine) == 2 * 3 + 2 * 2, datum


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("EPSG:4547", "EPSG:4547"),
        ("epsg:4547", "EPSG:4547"),
        (" 4490 ", "EPSG:4490"),
        ("urn:ogc:def:crs:EPSG::4526", "EPSG:4526"),
        ("http://www.opengis.net/def/crs/EPSG/0/4490", "EPSG:4490"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("gcj02", "gcj02"),
        ("GCJ-02", "gcj02"),
        ("火星坐标系", "gcj02"),
        ("bd09", "bd09"),
        ("BD-09", "bd09"),
        ("cgcs2000", "EPSG:4490"),
        ("CGCS 2000", "EPSG:4490"),
        ("WGS-84", "EPSG:4326"),
        ("西安80", "EPSG:4610"),
        ("Beijing_1954", "EPSG:4214"),
        ("3857", "EPSG:3857"),
    ],
)
def test_spellings(text, key):
    assert resolve_crs(text).key == key


def test_a_number_outside_the_table_is_described_by_proj():
    system = resolve_crs("EPSG:4534")  # CGCS2000 / 3-degree Gauss-Kruger CM 75E: real, but not of Henan
    assert (system.srid, system.datum, system.kind, system.ballpark) == (4534, "cgcs2000", "projected", False)
    assert resolve_crs("EPSG:2390").ballpark is True  # a Xi'an 1980 zone outside Henan is as untrustworthy as those in the table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "EPSG:",
        "EPSG:999999",
        "0",
        "-4490",
        "4490; DROP TABLE",
        "河南坐标系",
        "GEOGCS[",
        "PROJCS[1,2,3]",
        "+proj=longlat +datum=WGS84",
        "+init=epsg:4490",
        "<script>alert(1)</script>",
        "GEOGCS[" * 10_000,
        "9" * 5_000,
    ],
)
def test_what_names_nothing_is_unknown_in_both_languages(text):
    with pytest.raises(CrsError) as caught:
        resolve_crs(text)
    assert caught.value.code == "unknown_crs"
    assert "坐标系" in caught.value.message_zh
    assert "reference system" in caught.value.message_en
    assert len(caught.value.message_zh) < 250


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:4479",  # geocentric
        "EPSG:5701",  # heights
        'LOCAL_CS["某厂坐标系",UNIT["metre",1]]',
        'GEOGCS["x",DATUM["x",SPHEROID["x",6378137,298.25]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
        'EXTENSION["PROJ4","+proj=longlat +nadgrids=/etc/passwd"]]',
    ],
)
def test_systems_that_are_not_horizontal_are_refused(text):
    with pytest.raises(CrsError) as caught:
        resolve_crs(text)
    assert caught.value.code == "unsupported_crs"


def test_a_wkt_without_number_keeps_its_own_definition():
    """A city's local meridian (113°40′) has no EPSG number and is still CGCS2000."""
    wkt = pyproj.CRS.from_epsg(4547).to_wkt("WKT1_ESRI").replace("114.0", "113.66666666666667").replace("CM_114E", "local")
    system = resolve_crs(wkt)
    assert (system.key, system.srid, system.datum, system.kind, system.ballpark) == ("custom", None, "cgcs2000", "projected", False)
    meridian = {p.name: p.value for p in system.crs.coordinate_operation.params}["Longitude of natural origin"]
    assert meridian == pytest.approx(113.66666666666667)


@pytest.mark.parametrize("form", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("numbered", [True, False])
def test_every_system_in_every_form_is_the_one_it_names(form, numbered):
    """A 3-degree and a 6-degree zone about one meridian are the same projection; PROJ took the one for the other."""
    for key, system in REFERENCE_SYSTEMS.items():
        if system.srid is None:
            continue
        wkt = pyproj.CRS.from_epsg(system.srid).to_wkt(form)
        if not numbered:
            wkt = re.sub(r',\s*(AUTHORITY|ID)\["EPSG",\s*"?\d+"?\]', "", wkt)
        assert resolve_crs(wkt).key == key


def test_a_compound_system_is_used_without_its_heights():
    wkt = pyproj.crs.CompoundCRS("CGCS2000 + 1985", [pyproj.CRS.from_epsg(4547), pyproj.CRS.from_epsg(5737)]).to_wkt()
    assert resolve_crs(wkt).key == "EPSG:4547"


@requires_shared
def test_esri_prj_files():
    """The number in each sample's file name is what its text resolves to."""
    samples = sorted((SHARED / "prj_samples").glob("*.prj"))
    assert len(samples) == 19
    for sample in samples:
        expected = sample.name.split("_")[0].removeprefix("epsg")
        assert resolve_crs(sample.read_text("utf-8")).key == f"EPSG:{expected}", sample.name


def test_cgcs2000_is_the_stored_system():
    assert resolve_crs(str(CGCS2000)).crs.ellipsoid.inverse_flattening == pytest.approx(298.257222101)
