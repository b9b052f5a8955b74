"""``check_topology``: a file's polygons as a coverage, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from importers.models import StagedBatch
from tests.commands import run
from tests.importers.files import box, geojson
from tests.importers.test_staging_repair import package
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db


def test_places_with_units_and_a_repair_that_stores_nothing(tmp_path):
    picture = tmp_path / "图.png"
    status, told = run("check_topology", str(package(tmp_path)), "--picture", str(picture), "--repair", "10")
    assert status == 0, told
    assert {kind: count for kind, count in told["kinds"].items() if count} == {"sliver": 2}  # nothing closes the wide gap
    sliver = next(one for one in told["places"] if one["covers"] == 2)
    assert [unit["name"] for unit in sliver["units"]] == ["乙镇", "丙镇"] and 5 < sliver["width_m"] < 9
    assert told["repair"]["gone"] == 2 and told["repair"]["distance_m"] == 10
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert not StagedBatch.objects.exists()


def test_parents(tmp_path):
    rows = [({"code": "411021100", "name": "甲镇"}, box(113.0, 34.0, 113.11, 34.1))]
    parent = geojson(tmp_path / "county.geojson", [({"code": "411021", "name": "甲县"}, box(113.0, 34.0, 113.1, 34.2))])
    status, told = run("check_topology", str(geojson(tmp_path / "towns.geojson", rows)), "--parents", str(parent))
    assert status == 0 and told["valid"] is False
    assert {one["kind"]: one["parent"]["name"] for one in told["places"]} == {"outside": "甲县", "gap": "甲县"}
    assert told["repair"] is None and told["picture"] is None


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--repair", "500"), "bad_distance"),
        (("--repair", "nan"), "bad_distance"),
        (("--repair", "5", "--kinds", "duplicate"), "bad_kinds"),
        (("--picture", "x.exe"), "bad_picture"),
        (("--code-field", "nothing"), "unknown_field"),
        (("--crs", "EPSG:0"), "unknown_crs"),
    ],
)
def test_what_cannot_be(tmp_path, options, code):
    status, told = run("check_topology", str(package(tmp_path)), *options)
    assert (status, told["error"]["code"]) == (1, code)


def test_a_bow_tie_is_told(tmp_path):
    tie = {"type": "Polygon", "coordinates": [[[113, 34], [113.1, 34.1], [113.1, 34], [113, 34.1], [113, 34]]]}
    status, told = run("check_topology", str(geojson(tmp_path / "t.geojson", [({"code": "411021", "name": "甲县"}, tie)])))
    assert status == 0 and [one["code"] for one in told["invalid"]] == ["self_intersection"] and told["valid"] is False


@requires_shared
@pytest.mark.parametrize(
    ("file", "crs", "expected"),
    [
        ("boundaries_tianditu_cgcs2000/henan_district.geojson", "EPSG:4490", {"hole": 1}),
        ("boundaries_gaode_2018_gcj02/henan_county_gcj02.geojson", "gcj02", {"gap": 1, "hole": 1}),
        ("boundaries_cnmaps_2023/henan_county_gcj02.geojson", "gcj02", {"hole": 1}),
        ("bad_files/geojson/overlap_and_gap_yuzhou_shifted.geojson", "EPSG:4490", {"gap": 2, "overlap": 4, "sliver": 5, "hole": 1}),
    ],
)
def test_real_files(file: str, crs: str, expected: dict[str, int]) -> None:
    status, told = run("check_topology", str(Path(SHARED) / file), "--crs", crs)
    assert status == 0, told
    assert {kind: count for kind, count in told["kinds"].items() if count} == expected
    if crs == "gcj02" and "gap" in expected:
        (gap,) = [one for one in told["places"] if one["kind"] == "gap"]
        assert gap["area_m2"] == pytest.approx(999e6, rel=0.01) and gap["width_m"] > 10_000
        assert shapely.Point(*gap["place"]).within(shapely.box(113.6, 33.9, 114.3, 34.3))
