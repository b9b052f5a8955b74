"""Reading files as they come: encodings that labels lie about, reference systems, archives."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from boundaries.models import DivisionCode, DivisionRecord
from gis.errors import InvalidInputError
from importers.readers import archives, opened, read, text
from tests.importers.files import box, codes_of, geojson, load, refused
from tests.shared import SHARED, requires_shared

ENCODINGS = SHARED / "shapefile_encodings" / "henan_derived"
SYSTEMS = SHARED / "shapefile_crs" / "henan_derived"
ZIPS = SHARED / "bad_files" / "zip"
XUCHANG = {"411002": "魏都区", "411003": "建安区", "411024": "鄢陵县", "411025": "襄城县", "411081": "禹州市", "411082": "长葛市"}


@requires_shared
@pytest.mark.parametrize(
    ("folder", "name", "how", "conflict"),
    [
        ("01_gbk_no_cpg_ldid00", "gb18030", "bytes", ""),
        ("02_gbk_no_cpg_ldid4d", "gb18030", "ldid", ""),
        ("03_gbk_cpg_GBK", "gb18030", "cpg", ""),
        ("04_gbk_cpg_936", "gb18030", "cpg", ""),
        ("05_utf8_cpg_UTF-8", "utf-8", "cpg", ""),
        ("06_utf8_no_cpg", "utf-8", "bytes", ""),
        ("07_gbk_bytes_cpg_says_UTF-8", "gb18030", "bytes", "cpg=utf-8"),
        ("08_utf8_bytes_ldid4d", "utf-8", "bytes", "ldid=gb18030"),
        ("10_gbk_cpg_GB18030_crlf_UPPERCASE_EXT", "gb18030", "cpg", ""),
    ],
)
@pytest.mark.django_db
def test_the_bytes_of_a_shapefile_decide_its_encoding(folder: str, name: str, how: str, conflict: str) -> None:
    result = load(ENCODINGS / folder, "county", "2023-12-31")
    assert result["encoding"] == {"name": name, "how": how, "conflict": conflict}
    assert ("encoding_conflict" in result["problem_counts"]) == bool(conflict)
    held = DivisionCode.objects.values_list("code", "division__records__name")
    assert dict(held) == XUCHANG
    assert result["coverage"]["valid"] is True, "建安区 around 魏都区 is no gap"


@requires_shared
@pytest.mark.django_db
def test_half_a_character_at_the_end_of_a_field_is_a_warning() -> None:
    result = load(ENCODINGS / "09_gbk_truncated_mid_character", "county", "2023-12-31")
    assert result["created"] == 6
    assert (1, "truncated_character") in codes_of(result, "warning")
    assert DivisionRecord.objects.filter(name="魏都").exists()


@requires_shared
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("folder", "options", "code", "metres"),
    [
        ("cgcs2000_3deg_cm114e", [], "EPSG:4547", 0.01),
        ("cgcs2000_3deg_cm114e_NO_PRJ", ["--crs", "EPSG:4547"], "EPSG:4547", 0.01),
        ("cgcs2000_3deg_zone38_prefixed", [], "EPSG:4526", 0.01),
        ("cgcs2000_3deg_zone38_NO_PRJ", ["--crs", "4526"], "EPSG:4526", 0.01),
        ("gcj02_labelled_wgs84", ["--crs", "gcj02"], "gcj02", 400.0),
    ],
)
def test_reference_systems_of_shapefiles(folder: str, options: list[str], code: str, metres: float) -> None:
    result = load(SYSTEMS / folder, "county", "2023-12-31", *options)
    assert result["crs"]["code"] == code
    held = shapely.from_wkb(bytes(DivisionRecord.objects.get(name="鄢陵县").geometry.wkb))
    with opened(ENCODINGS / "02_gbk_no_cpg_ldid4d") as data:
        truth = read(data).geometry[2]
    assert shapely.hausdorff_distance(held, truth) * 111_000 < metres + 2_000 * (code == "gcj02")


@requires_shared
@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["xian80_3deg_cm114e_ballpark", "xian80_geographic_ballpark", "beijing54_geographic_ballpark"])
def test_a_datum_without_public_parameters_is_warned_of(folder: str) -> None:
    result = load(SYSTEMS / folder, "county", "2023-12-31")
    assert result["crs"]["ballpark"] is True
    assert "crs_inexact" in result["problem_counts"]


@requires_shared
@pytest.mark.django_db
def test_a_shapefile_without_prj_is_refused_with_what_it_could_be() -> None:
    error = refused(SYSTEMS / "cgcs2000_3deg_cm114e_NO_PRJ", "county", "2023-12-31")
    assert error["code"] == "unknown_crs"
    assert "--crs" in error["message"]
    assert "EPSG:4547" in error["suggestions"]


@requires_shared
@pytest.mark.django_db
def test_swapped_axes_in_a_shapefile_load_nothing() -> None:
    assert refused(SYSTEMS / "axis_swapped_lat_lon_prj4490", "county", "2023-12-31")["code"] == "no_usable_rows"
    assert not DivisionRecord.objects.exists()


@requires_shared
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["derived_ok_shapefile.zip", "derived_gbk_filenames_no_utf8_flag.zip"])
def test_a_zip_with_one_shapefile(name: str) -> None:
    assert load(ZIPS / name, "county", "2023-12-31")["created"] == 6


@pytest.mark.django_db
def test_a_geopackage_and_its_layers(tmp_path: Path) -> None:
    cells = [np.array(["411021"], dtype=object), np.array(["甲县"], dtype=object)]
    shapes = shapely.to_wkb([shapely.box(113, 34, 113.5, 34.5)])
    for layer in ("counties", "others"):
        pyogrio.raw.write(
            tmp_path / "a.gpkg", shapes, cells, ["code", "name"], layer=layer, geometry_type="Polygon",
            crs="EPSG:4490", driver="GPKG", append=layer == "others",
        )  # fmt: skip
    error = refused(tmp_path / "a.gpkg", "county", "2023-12-31")
    assert (error["code"], error["layers"]) == ("several_layers", "counties、others")
    assert refused(tmp_path / "a.gpkg", "county", "2023-12-31", "--layer", "nowhere")["code"] == "unknown_layer"
    assert load(tmp_path / "a.gpkg", "county", "2023-12-31", "--layer", "counties")["created"] == 1


@requires_shared
@pytest.mark.django_db
def test_a_shapefile_is_the_same_file_under_another_name(tmp_path: Path) -> None:
    first = load(ENCODINGS / "02_gbk_no_cpg_ldid4d", "county", "2023-12-31")
    for part in (ENCODINGS / "02_gbk_no_cpg_ldid4d").iterdir():
        shutil.copyfile(part, tmp_path / f"别名{part.suffix.upper()}")
    again = load(tmp_path / "别名.SHP", "county", "2023-12-31")
    assert (again["batch"], again["already_loaded"]) == (first["batch"], True)


class TestArchives:
    def test_an_entry_larger_than_its_directory_says_is_stopped(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", "code,name\n" * 5000)
        raw = bytearray((tmp_path / "a.zip").read_bytes())
        at = raw.index(b"PK\x01\x02") + 24
        raw[at : at + 4] = (100).to_bytes(4, "little")
        (tmp_path / "a.zip").write_bytes(raw)
        (tmp_path / "out").mkdir()
        with pytest.raises(InvalidInputError) as caught:
            archives.unpack(tmp_path / "a.zip", tmp_path / "out")
        assert caught.value.code in {"archive_too_large", "bad_archive"}

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            link = zipfile.ZipInfo("data.csv")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        with pytest.raises(InvalidInputError) as caught:
            archives.unpack(tmp_path / "a.zip", tmp_path)
        assert caught.value.code == "archive_link"

    @pytest.mark.django_db
    def test_geojson_in_a_folder_of_a_zip(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, 113.5, 34.5))])
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(path, "资料/县界.geojson")
            archive.writestr("资料/readme.txt", "说明")
        assert load(tmp_path / "a.zip", "county", "2023-12-31")["file"]["name"] == "a.zip/县界"


class TestEncodings:
    def test_utf_8_is_told_from_gb18030_by_its_bytes(self) -> None:
        for words in ("魏都区", "鄢陵县", "瀍河回族区", "𫖯头"):
            assert text.decide([words.encode()], "gb18030", "ldid").name == "utf-8"
            assert text.decide([words.encode("gb18030")], "utf-8", "cpg").name == "gb18030"

    def test_what_is_neither_is_refused(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            text.decide([b"\xff\xfe\x80\x81abc", "é".encode("latin-1") + b" "])
        assert caught.value.code == "undecodable_text"

    def test_a_person_may_say_it(self) -> None:
        assert text.decide([b"\xa4\xa4\xa4\xe5"], asked="Big5").name == "big5hkscs"
        with pytest.raises(InvalidInputError):
            text.decide([b"\xa4"], asked="klingon")


def test_rows_read_in_pieces_keep_their_shapes_where_some_were_deleted(tmp_path, monkeypatch) -> None:
    """A Shapefile's deleted rows are counted when rows are skipped and left out when they are read."""
    monkeypatch.setattr("importers.readers.vector._AT_ONCE", 3)
    path = tmp_path / "deleted.shp"
    boxes = shapely.box(np.arange(10) + 110, 34, np.arange(10) + 111, 35)
    names = np.array([f"41010{at}" for at in range(10)], dtype=object)
    pyogrio.raw.write(path, shapely.to_wkb(boxes), [names], ["code"], geometry_type="Polygon", crs="EPSG:4490")
    table = path.with_suffix(".dbf")
    raw = bytearray(table.read_bytes())
    head, width = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    for row in (0, 4):
        raw[head + row * width] = ord("*")
    table.write_bytes(raw)
    with opened(path) as data:
        whole, pieces = read(data), read(data, keep=True)
    assert pieces.columns == whole.columns
    assert pieces.kept is not None
    assert (pieces.kept[:] == whole.geometry).all()
    assert [f"41010{at - 110:.0f}" for at in shapely.bounds(pieces.kept[:])[:, 0]] == pieces.columns["code"]
