"""Bad and hostile input for import_divisions: a clear sentence, nothing changed, no other file or host followed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.models import Division, DivisionRecord, Source
from gis.errors import DomainError
from importers.models import Batch
from importers.readers import opened, read
from tests.commands import run
from tests.importers.files import box, codes_of, csv, geojson, load, refused
from tests.shared import SHARED, requires_shared

BAD = SHARED / "bad_files"


@pytest.fixture(autouse=True)
def nothing_is_changed(request: pytest.FixtureRequest, db: None) -> Any:
    """Every test here that does not say otherwise leaves the register empty."""
    yield
    if "loads" not in request.fixturenames:
        assert not any(model.objects.exists() for model in (Division, DivisionRecord, Source, Batch))


@pytest.fixture
def loads() -> None:
    """Marks a test in which some rows are usable."""


def tried(path: Path | str, level: str = "county", *options: str) -> tuple[int, dict[str, Any]]:
    return run("import_divisions", str(path), "--level", level, "--as-of", "2023-12-31", *options)


@requires_shared
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("geojson/deep_nesting.geojson", "unreadable_file"),
        ("geojson/gbk_encoded.geojson", "bad_encoding"),
        ("geojson/nan_coordinates.geojson", "unreadable_file"),
        ("geojson/truncated.geojson", "unreadable_file"),
        ("geojson/hole_outside_shell.geojson", "missing_field"),
        ("geojson/null_and_empty_geometry.geojson", "missing_field"),
        ("geojson/bowtie_self_intersection.geojson", "no_usable_rows"),
        ("gpkg/mixed_crs.gpkg", "several_layers"),
        ("gpkg/null_crs_gdal.gpkg", "missing_field"),
        ("kml/derived_networklink_ssrf.kml", "unsupported_format"),
        ("kml/derived_kmz_no_doc_kml_and_traversal.kmz", "archive_unsafe_name"),
        ("xml/defusedxml_xmlbomb.xml", "unsupported_format"),
        ("xml/defusedxml_external.xml", "unsupported_format"),
        ("gpx/derived_xxe_local_file.gpx", "unsupported_format"),
        ("fit/nametest.FIT", "unsupported_format"),
        ("shp/pyshp_latin1_no_shx", "shapefile_incomplete"),
        ("shp/mapshaper_missing_prj", "missing_field"),
        ("shp/mapshaper_data_corruption", "missing_field"),
        ("zip/derived_5000_empty_entries.zip", "archive_too_many"),
        ("zip/derived_absolute_path.zip", "archive_unsafe_name"),
        ("zip/snyk_zip-slip.zip", "archive_unsafe_name"),
        ("zip/derived_bomb_64MB_of_zero_in_64KB.zip", "archive_too_large"),
        ("zip/derived_missing_dbf.zip", "shapefile_incomplete"),
        ("zip/derived_missing_shx.zip", "shapefile_incomplete"),
        ("zip/derived_not_a_zip.zip", "unsupported_format"),
        ("zip/derived_truncated.zip", "bad_archive"),
        ("zip/derived_two_layers.zip", "several_layers"),
        ("zip/mapshaper_zip-in-zip.zip", "archive_without_data"),
        ("zip/pyshp_empty_zipfile.zip", "archive_without_data"),
        ("csv/derived_formula_injection.csv", "no_usable_rows"),
    ],
)
def test_malformed_and_adversarial_files(path: str, code: str) -> None:
    level = "township" if path.startswith("csv") or "bowtie" in path else "county"
    error = refused(BAD / path, level, "2023-12-31")
    assert error["code"] == code
    assert error["message"].endswith(("。", "）", "？")) or "。" in error["message"]


@requires_shared
def test_spreadsheet_formulas_are_no_names() -> None:
    status, result = tried(BAD / "csv" / "derived_formula_injection.csv", "township")
    assert status == 1
    assert {(1, "name_formula"), (2, "name_formula"), (3, "name_formula")} <= set(codes_of(result))


@requires_shared
def test_every_bad_file_ends_in_a_sentence(loads: None) -> None:
    """Whatever the file: one JSON document, status 0 or 1, never a traceback."""
    for path in sorted(BAD.rglob("*")):
        if path.is_file():
            status, result = tried(path, "all", "--dry-run")
            assert status in (0, 1)
            assert "error" in result or result["read"] >= 0


class TestNothingIsFollowed:
    """What GDAL would follow by itself: other files and other hosts."""

    @pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.shp", "a.gpkg", "a.vrt", "a.zip"])
    def test_a_virtual_format_under_any_name(self, tmp_path: Path, name: str, listener: Any) -> None:
        port, came = listener
        source = f"/vsicurl/http://127.0.0.1:{port}/x.geojson"
        vrt = f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
        (tmp_path / name).write_text(vrt)
        assert refused(tmp_path / name, "county", "2023-12-31")["code"] == "unsupported_format"
        assert came == []

    @pytest.mark.parametrize(
        "given",
        ["/vsicurl/http://127.0.0.1:{port}/a.geojson", "http://127.0.0.1:{port}/a.geojson", "GeoJSON:/etc/passwd", "/vsizip//etc"],
    )
    def test_an_address_is_no_file(self, given: str, listener: Any) -> None:
        port, came = listener
        assert refused(given.format(port=port), "county", "2023-12-31")["code"] == "file_not_found"
        assert came == []

    def test_a_service_description_in_json(self, tmp_path: Path, listener: Any) -> None:
        port, came = listener
        pages = {"exceededTransferLimit": True, "geometryType": "esriGeometryPolygon", "fields": [], "features": []}
        links = {"type": "FeatureCollection", "links": [{"rel": "next", "href": f"http://127.0.0.1:{port}/next"}], "features": []}
        topology = {"type": "Topology", "objects": {}, "arcs": []}
        address = {"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/crs", "type": "ogcwkt"}}
        linked = {"type": "FeatureCollection", "crs": address, "features": []}
        for document in (pages, links, topology, linked):
            (tmp_path / "a.geojson").write_text(json.dumps(document))
            assert tried(tmp_path / "a.geojson")[0] == 1
        assert came == []

    def test_a_database_that_is_no_geopackage(self, tmp_path: Path) -> None:
        import sqlite3

        with sqlite3.connect(tmp_path / "a.gpkg") as database:
            database.execute("CREATE TABLE t (code TEXT, name TEXT)")
        assert refused(tmp_path / "a.gpkg", "county", "2023-12-31")["code"] == "unsupported_format"

    def test_passwords_of_the_machine(self) -> None:
        assert refused("/etc/passwd", "county", "2023-12-31")["code"] == "unsupported_format"
        assert refused("/dev/null", "county", "2023-12-31")["code"] == "unsupported_format"
        assert refused("/proc/self", "county", "2023-12-31")["code"] == "folder_without_shapefile"


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "code"),
        [
            (["--level", "galaxy", "--as-of", "2023-12-31"], "unknown_level"),
            (["--level", "9", "--as-of", "2023-12-31"], "unknown_level"),
            (["--level", "county", "--as-of", "2023-02-30"], "bad_date"),
            (["--level", "county", "--as-of", "昨天"], "bad_date"),
            (["--level", "county", "--as-of", "0001-01-01"], "date_out_of_range"),
            (["--level", "county", "--as-of", "9999-12-31"], "date_out_of_range"),
            (["--level", "county", "--as-of", "2199-12-31"], "date_in_future"),
            (["--level", "county", "--as-of", "2023-12-31", "--crs", "火星"], "unknown_crs"),
            (["--level", "county", "--as-of", "2023-12-31", "--crs", "+proj=longlat +nadgrids=/etc/passwd"], "unknown_crs"),
            (["--level", "county", "--as-of", "2023-12-31", "--crs", "EPSG:999999"], "unknown_crs"),
            (["--level", "county", "--as-of", "2023-12-31", "--authority", "fbi"], "unknown_authority"),
            (["--level", "county", "--as-of", "2023-12-31", "--grade", "perfect"], "unknown_grade"),
            (["--level", "county", "--as-of", "2023-12-31", "--code-field", "nowhere"], "unknown_field"),
        ],
    )
    def test_wrong_options(self, tmp_path: Path, options: list[str], code: str) -> None:
        path = geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, 113.5, 34.5))])
        status, result = run("import_divisions", str(path), *options)
        assert (status, result["error"]["code"]) == (1, code)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert refused(tmp_path / "没有.geojson", "county", "2023-12-31")["code"] == "file_not_found"

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"code,name\n", b"\x00\x01\x02", b"code,name\n\x00,\x00\n"])
    def test_files_with_nothing_in_them(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.csv").write_bytes(content)
        assert tried(tmp_path / "a.csv")[0] == 1


class TestRows:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("<img src=x onerror=alert(1)>", "name_markup"),
            ("{{ config }}", "name_markup"),
            ("甲\x07县", "name_control"),
            ("甲\u202e县", "name_control"),
            ("=1+1", "name_formula"),
            ("县" * 500, "name_too_long"),
            ("   ", "name_empty"),
        ],
    )
    def test_names_that_are_none(self, tmp_path: Path, name: str, code: str) -> None:
        path = geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": name}, None)])
        status, result = tried(path)
        assert status == 1
        assert codes_of(result) == [(1, code)]
        assert "<img" not in json.dumps(result["problems"]) or code == "name_markup"

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            (10**30, "code_length"),
            (-411021, "code_not_digits"),
            (411021.5, "code_not_digits"),
            ("411021; DROP TABLE boundaries_division", "code_not_digits"),
            ("４１１０２", "code_length"),
            (None, "code_empty"),
            (True, "code_not_digits"),
            ("9" * 5000, "code_length"),
        ],
    )
    def test_codes_that_are_none(self, tmp_path: Path, value: object, code: str) -> None:
        status, result = tried(geojson(tmp_path / "a.geojson", [({"adcode": value, "name": "甲县"}, None)]))
        assert status == 1
        assert result["problems"][0]["code"] in {code, "code_scientific", "code_length"}
        assert len(result["problems"][0]["message"]) < 200

    @pytest.mark.parametrize("number", [1e308, -1e308, 1e17])
    def test_huge_coordinates(self, tmp_path: Path, number: float) -> None:
        rows = [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, number, 34.5))]
        status, result = tried(geojson(tmp_path / "a.geojson", rows))
        assert status == 1
        assert codes_of(result)[0][1] in {"outside_extent", "non_finite", "invalid_geometry"}

    def test_a_table_with_more_cells_than_columns(self, tmp_path: Path) -> None:
        path = csv(tmp_path / "a.csv", "code,name\n411021,甲县,多余\n")
        assert refused(path, "county", "2023-12-31")["code"] == "ragged_rows"

    def test_a_bad_row_among_good_ones(self, tmp_path: Path, loads: None) -> None:
        path = csv(tmp_path / "a.csv", "code,name\n411021,甲县\n411022,<script>\n")
        assert load(path, "county", "2023-12-31")["created"] == 1


def test_somebody_without_the_right_loads_nothing(tmp_path: Path, loads: None) -> None:
    from datetime import date

    from gis.accounts.models import Duty
    from importers.services.division_lists import Options, import_divisions
    from tests.factories import make_division, make_user

    county = make_division("甲县", 3, code="411021", parent=make_division("河南省", 1))
    path = csv(tmp_path / "a.csv", "code,name\n411022,乙县\n")
    for number, duties in enumerate(([], [(Duty.READER, None)], [(Duty.DIVISION_OFFICER, county)])):
        with pytest.raises(DomainError) as caught:
            import_divisions(path, Options("county", date(2023, 12, 31)), actor=make_user(f"u{number}", *duties))
        assert caught.value.code == "may_not_import"
    officer = make_user("officer", (Duty.DIVISION_OFFICER, None))
    result = import_divisions(path, Options("county", date(2023, 12, 31)), actor=officer)
    assert Batch.objects.get(pk=result["batch"]).actor == officer


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is written last; when that fails, the rows written before it are taken back."""
    path = csv(tmp_path / "a.csv", "code,name\n411021,甲县\n")

    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("importers.services.division_lists.store", broken)
    with pytest.raises(RuntimeError):
        tried(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400),
    st.sampled_from(["a.csv", "a.geojson", "a.zip", "a.gpkg", "a.shp", "a.txt"]),
    st.sampled_from([b"", b"{", b"PK\x03\x04", b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"code,name\n"]),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str, magic: bytes) -> None:
    (tmp_path / name).write_bytes(magic + content)
    try:
        with opened(tmp_path / name) as data:
            assert read(data).count > 0
    except DomainError as error:
        assert str(error)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_zip_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "code,name\n411021,甲县\n" * 20)
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "b.zip").write_bytes(raw)
    try:
        with opened(tmp_path / "b.zip") as found:
            read(found)
    except DomainError as error:
        assert str(error)
