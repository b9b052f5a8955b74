"""inspect_file: the contract, what the register adds, and that nothing crashes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from boundaries.models import Division
from gis.services.spreadsheets import as_book
from importers import sandbox
from importers.inspection import NOTHING, Known, inspect
from importers.inspection.register import known_of_register
from tests.commands import run
from tests.importers.files import box, csv, geojson, load
from tests.shared import SHARED, requires_shared

KEYS = {"kind", "driver", "encoding", "crs", "layers", "tracks", "problems"}
TIANDITU = SHARED / "boundaries_tianditu_cgcs2000" / "henan_district.geojson"
GAODE = SHARED / "boundaries_gaode_2018_gcj02" / "henan_county_gcj02.geojson"
CNMAPS = SHARED / "boundaries_cnmaps_2023" / "henan_county_gcj02.geojson"
SYSTEMS = SHARED / "shapefile_crs" / "henan_derived"


def looked_at(path: Path | str, *options: str) -> dict[str, Any]:
    status, document = run("inspect_file", str(path), "--in-process", *options)
    assert status == (1 if "error" in document else 0)
    return document


@pytest.mark.django_db
class TestTheContract:
    def test_keys(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "县界.geojson", [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, 113.5, 34.5))])
        document = looked_at(path)
        assert document.keys() >= KEYS
        assert document["encoding"].keys() >= {"name", "confidence", "evidence"}
        assert document["crs"].keys() >= {"code", "confidence", "how", "alternatives"}
        layer = document["layers"][0]
        assert layer.keys() >= {"name", "geometry", "features", "fields", "bounds", "sample"}
        assert (layer["name"], layer["geometry"], layer["features"]) == ("县界", "Polygon", 1)
        assert [field["name"] for field in layer["fields"]] == ["adcode", "name"]
        assert layer["sample"] == [{"adcode": "411021", "name": "甲县"}]
        assert layer["bounds"] == [113.0, 34.0, 113.5, 34.5]

    def test_what_cannot_be_read_is_a_problem_with_a_code(self, tmp_path: Path) -> None:
        for name, content, code in (
            ("a.geojson", b"{", "unreadable_file"),
            ("a.bin", b"\x00\x01", "unsupported_format"),
            ("a.csv", b"", "empty_file"),
            ("没有.csv", None, "file_not_found"),
        ):
            if content is not None:
                (tmp_path / name).write_bytes(content)
            document = looked_at(tmp_path / name)
            assert document.keys() >= KEYS
            problem = document["problems"][0]
            assert (problem["severity"], problem["code"], document["error"]["code"]) == ("error", code, code)
            assert problem["message"].endswith(("。", "”。"))
            assert problem["message_en"].isascii() or "“" in problem["message_en"]

    def test_it_is_worded_for_people_too(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        from django.core.management import call_command

        path = csv(tmp_path / "a.csv", "名称,经度,纬度\n甲,113.5,34.5\n", "gbk")
        call_command("inspect_file", str(path), "--in-process")
        told = capsys.readouterr().out
        assert "gb18030" in told
        assert "请在地图上比对后选择" in told

    def test_the_command_reads_in_a_confined_process(self, tmp_path: Path) -> None:
        path = csv(tmp_path / "a.csv", "名称,lon_gcj02,lat_gcj02\n甲,113.5,34.5\n", "gbk")
        status, document = run("inspect_file", str(path))
        assert (status, document["crs"]["code"], document["encoding"]["name"]) == (0, "gcj02", "gb18030")
        status, document = run("inspect_file", str(tmp_path / "没有"))
        assert (status, document["error"]["code"]) == (1, "file_not_found")

    def test_nothing_is_written(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, 113.5, 34.5))])
        looked_at(path)
        assert not Division.objects.exists()
        assert [one.name for one in tmp_path.iterdir()] == ["a.geojson"]

    def test_the_rows_of_problems_are_told_with_their_place(self, tmp_path: Path) -> None:
        bow = {"type": "Polygon", "coordinates": [[[113, 34], [114, 35], [114, 34], [113, 35], [113, 34]]]}
        path = geojson(tmp_path / "a.geojson", [({"n": 1}, box(113.0, 34.0, 113.5, 34.5)), ({"n": 2}, bow), ({"n": 3}, None)])
        told = {problem["code"]: problem["where"] for problem in looked_at(path)["problems"]}
        assert told["invalid_geometry"] == {"layer": "a", "row": 2, "field": "geometry"}
        assert told["geometry_missing"]["row"] == 3

    def test_a_thousand_problems_are_counted_and_fifty_told(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"n": n}, None) for n in range(1000)] + [({"n": 0}, box(113, 34, 114, 35))])
        document = looked_at(path)
        assert document["problem_counts"]["geometry_missing"] == 1000
        assert sum(problem["code"] == "geometry_missing" for problem in document["problems"]) == 50


@requires_shared
@pytest.mark.django_db
class TestAgainstTheRegister:
    """The register holds one source; the others are looked at without being told what they are in."""

    def test_gcj02_is_recognised_against_tianditu(self) -> None:
        load(TIANDITU, "county", "2023-12-31")
        for path in (GAODE, CNMAPS):
            document = looked_at(path)
            assert (document["crs"]["code"], document["crs"]["certainty"]) == ("gcj02", "likely")
            assert document["crs"]["residual_m"] < 150
            assert all(one["residual_m"] > 300 for one in document["crs"]["alternatives"])
            assert document["problem_counts"]["crs_inexact"] == 1, "the accuracy is said aloud"

        document = looked_at(SYSTEMS / "gcj02_labelled_wgs84")
        assert (document["crs"]["code"], document["crs"]["stated"], document["crs"]["contradicted"]) == ("gcj02", "EPSG:4326", True)
        assert "crs_contradicted" in document["problem_counts"]

        for folder, code in (
            ("cgcs2000_3deg_cm114e", "EPSG:4547"),
            ("cgcs2000_3deg_cm114e_NO_PRJ", "EPSG:4547"),
            ("cgcs2000_3deg_zone38_prefixed", "EPSG:4526"),
            ("cgcs2000_3deg_zone38_NO_PRJ", "EPSG:4526"),
            ("xian80_3deg_cm114e_ballpark", "EPSG:2383"),
        ):
            assert looked_at(SYSTEMS / folder)["crs"]["code"] == code
        swapped = looked_at(SYSTEMS / "axis_swapped_lat_lon_prj4490")["crs"]
        assert (swapped["code"], swapped["swapped"], swapped["how"]) == ("EPSG:4490", True, "register")

    def test_tianditu_is_not_taken_for_gcj02(self) -> None:
        load(CNMAPS, "county", "2023-11-14", "--crs", "gcj02")
        document = looked_at(TIANDITU)
        assert (document["crs"]["code"], document["crs"]["certainty"]) == ("EPSG:4490", "certain")
        assert looked_at(GAODE)["crs"]["code"] == "gcj02"
        assert looked_at(TIANDITU, "--without-register")["crs"]["certainty"] == "likely"

    def test_names_of_the_register_are_evidence(self) -> None:
        load(TIANDITU, "county", "2023-12-31")
        path = SHARED / "shapefile_encodings" / "henan_derived" / "01_gbk_no_cpg_ldid00"
        encoding = looked_at(path)["encoding"]
        assert encoding["name"] == "gb18030"
        assert next(one for one in encoding["evidence"] if one["what"] == "names")["says"] == "6"

    def test_what_is_known_survives_the_way_to_another_process(self, tmp_path: Path) -> None:
        load(TIANDITU, "county", "2023-12-31")
        known = known_of_register()
        known.save(tmp_path / "known.npz")
        again = Known.load(tmp_path / "known.npz")
        assert again.names == known.names
        assert again.outlines is not None
        assert again.outlines.count == 157
        assert inspect(GAODE, again).as_dict()["crs"]["code"] == "gcj02"


@pytest.mark.django_db
def test_the_demo_and_invented_boundaries_prove_nothing() -> None:
    from django.core.management import call_command

    call_command("load_demo", "--json")
    assert Division.objects.exists()
    known = known_of_register()
    assert known.outlines is None
    assert not known.names


class TestTheSandbox:
    """The same document from a process that has given up network, programs and other files."""

    def test_the_same_document(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, 113.5, 34.5))])
        assert sandbox.inspect(path, NOTHING) == json.loads(json.dumps(inspect(path).as_dict()))

    @requires_shared
    def test_a_shapefile_with_its_parts(self) -> None:
        path = SHARED / "shapefile_encodings" / "henan_derived" / "02_gbk_no_cpg_ldid4d" / "xuchang_county.shp"
        assert sandbox.inspect(path, NOTHING)["layers"][0]["features"] == 6

    def test_refusals_are_worded_in_both_languages(self, tmp_path: Path) -> None:
        (tmp_path / "a.dwg").write_bytes(b"AC1032" + bytes(100))
        problem = sandbox.inspect(tmp_path / "a.dwg", NOTHING)["problems"][0]
        assert (problem["code"], "DXF" in problem["message"], problem["message_en"].isascii()) == ("dwg_unsupported", True, False)

    def test_a_child_that_takes_too_long_is_killed(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"n": 1}, None)])
        document = sandbox.inspect(path, NOTHING, sandbox.Limits(seconds=0))
        assert document["error"]["code"] == "inspection_too_slow"
        assert document.keys() >= KEYS

    def test_a_child_without_memory_fails_alone(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"n": "x" * 1000}, None)] * 60_000)
        document = sandbox.inspect(path, NOTHING, sandbox.Limits(memory_bytes=320 * 1024**2))
        assert document["error"]["code"] == "inspection_too_large" and "320 MB" in document["error"]["message"]

    def test_a_crash_in_a_library_is_a_problem(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
        """Whatever kills the child, the parent answers; here its interpreter is one that fails."""
        monkeypatch.setattr("importers.sandbox.sys.executable", "/bin/false")
        document = sandbox.inspect(tmp_path, NOTHING)
        assert document["error"]["code"] == "reader_failed"
        assert "sandbox child" in caplog.text


@pytest.mark.django_db
def test_the_summary_tells_of_tables_and_tracks_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their encodings once had another form, over which the words for people broke down."""
    book = tmp_path / "list.xlsx"
    book.write_bytes(as_book([("名单", ["代码", "名称"], [("411021", "甲县")])]))
    track = tmp_path / "a.gpx"
    track.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
        '<trk><trkseg><trkpt lat="34" lon="113"/><trkpt lat="34.1" lon="113"/></trkseg></trk></gpx>'
    )
    for path, words in ((book, "图层 名单"), (track, "1 段，2 点")):
        call_command("inspect_file", str(path))
        told = capsys.readouterr().out
        assert words in told and "编码：utf-8，确定无疑" in told
