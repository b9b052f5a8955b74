"""The command import_divisions on small files: what it recognises, what it refuses row by row, what it reports."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import connection

from boundaries.models import Division, DivisionCode, DivisionRecord, MapShape, Source
from gis.audit.models import AuditEntry
from gis.files.models import StoredFile
from gis.files.services import read_bytes
from importers.models import Batch
from importers.services.division_lists import Options, import_divisions
from tests.importers.files import box, codes_of, csv, geojson, load, refused

pytestmark = pytest.mark.django_db

CONTRACT = {"read", "created", "updated", "unchanged", "rejected", "problems", "coverage", "batch"}
WEST, EAST = box(113.0, 34.0, 113.5, 34.5), box(113.5, 34.0, 114.0, 34.5)


def two_counties(folder: Path) -> Path:
    rows = [({"adcode": "411021", "name": "甲县"}, WEST), ({"adcode": "411022", "name": "乙县"}, EAST)]
    return geojson(folder / "counties.geojson", rows)


class TestTheContract:
    def test_keys_counts_and_what_is_kept(self, tmp_path: Path) -> None:
        path = two_counties(tmp_path)
        result = load(path, "county", "2023-12-31", "--source", "试验资料", "--batch-note", "第一次")
        assert result.keys() >= CONTRACT
        assert [result[key] for key in ("read", "created", "updated", "unchanged", "rejected")] == [2, 2, 0, 0, 0]
        assert result["coverage"]["valid"] is True
        batch = Batch.objects.get(pk=result["batch"])
        assert (batch.source.title, batch.note, batch.level, batch.crs) == ("试验资料", "第一次", 3, "EPSG:4490")
        assert DivisionRecord.objects.filter(source=batch.source).count() == 2
        assert batch.file is not None
        assert read_bytes(batch.file) == path.read_bytes()
        entry = AuditEntry.objects.get(action="import_divisions")
        assert (entry.actor, entry.after["created"], entry.after["sha256"]) == (None, 2, batch.sha256)
        assert MapShape.objects.filter(level=3).exists(), "the map is made anew"

    def test_a_problem_has_row_field_code_and_a_sentence_in_both_languages(self, tmp_path: Path) -> None:
        path = csv(tmp_path / "list.csv", "代码,名称\n411021,甲县\n41102X,乙县\n")
        problem = load(path, "county", "2023-12-31")["problems"][0]
        assert (problem["row"], problem["line"], problem["field"], problem["code"]) == (2, 3, "代码", "code_not_digits")
        assert problem["message"] == "代码“41102X”含有数字以外的字符。"
        assert problem["message_en"] == "Code “41102X” has characters other than digits."
        assert problem["severity"] == "error"

    def test_the_same_file_again_is_the_same_batch_and_writes_nothing(self, tmp_path: Path) -> None:
        first = load(two_counties(tmp_path), "county", "2023-12-31")
        before = [
            model.objects.count() for model in (Batch, Source, Division, DivisionRecord, DivisionCode, AuditEntry, StoredFile)
        ]
        again = load(two_counties(tmp_path), "县级", "2023-12-31")
        assert (again["created"], again["updated"], again["unchanged"], again["batch"]) == (0, 0, 2, first["batch"])
        assert again["already_loaded"] is True
        assert before == [
            model.objects.count() for model in (Batch, Source, Division, DivisionRecord, DivisionCode, AuditEntry, StoredFile)
        ]

    def test_an_old_file_loaded_again_does_not_undo_what_came_after(self, tmp_path: Path) -> None:
        old = csv(tmp_path / "old.csv", "code,name\n411021,甲县\n")
        load(old, "county", "2023-12-31")
        load(csv(tmp_path / "new.csv", "code,name\n411021,申县\n"), "county", "2023-12-31")
        again = load(old, "county", "2023-12-31")
        assert (again["updated"], again["differs_now"]) == (0, 1)
        assert DivisionRecord.objects.current().get().name == "申县"

    def test_a_dry_run_says_the_same_and_changes_nothing(self, tmp_path: Path) -> None:
        result = load(two_counties(tmp_path), "county", "2023-12-31", "--dry-run")
        assert (result["created"], result["batch"], result["dry_run"]) == (2, None, True)
        assert result["coverage"]["valid"] is True
        assert not AuditEntry.objects.filter(action="import_divisions").exists()
        for model in (Batch, Source, Division, DivisionRecord, DivisionCode, StoredFile):
            assert not model.objects.exists()

    def test_a_bad_row_stops_no_other(self, tmp_path: Path) -> None:
        text = "code,name\n411021,甲县\n,乙县\n411021,丙县\n411023,\n411100,丁市\n4.11E+05,戊县\n"
        text += "411024,<script>alert(1)</script>\n411025,己县\n"
        result = load(csv(tmp_path / "list.csv", text), "county", "2023-12-31")
        assert (result["read"], result["created"], result["rejected"]) == (8, 2, 6)
        assert codes_of(result) == [
            (2, "code_empty"),
            (3, "duplicate_code"),
            (4, "name_empty"),
            (5, "code_level_mismatch"),
            (6, "code_scientific"),
            (7, "name_markup"),
        ]
        assert set(DivisionRecord.objects.values_list("name", flat=True)) == {"甲县", "己县"}

    def test_a_file_without_one_usable_row_is_refused_with_its_problems(self, tmp_path: Path) -> None:
        path = csv(tmp_path / "list.csv", "code,name\n,甲县\n")
        assert refused(path, "county", "2023-12-31")["code"] == "no_usable_rows"
        assert not Batch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_load_the_same_file_at_once(tmp_path: Path) -> None:
    path = two_counties(tmp_path)
    results: list[dict[str, Any]] = []

    def work() -> None:
        try:
            results.append(import_divisions(path, Options("county", date(2023, 12, 31))))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result["batch"] for result in results}) == 1
    assert sorted(result["created"] for result in results) == [0, 0, 2]
    assert DivisionRecord.objects.count() == 2


class TestFields:
    @pytest.mark.parametrize(
        ("level", "code", "name"),
        [("county", "411021", "甲县"), ("prefecture", "411000", "丁市"), ("province", "410000", "河南省")],
    )
    def test_the_level_decides_between_columns(self, tmp_path: Path, level: str, code: str, name: str) -> None:
        text = "province_adcode,province_name,city_adcode,city_name,district_adcode,district_name\n"
        text += "410000,河南省,411000,丁市,411021,甲县\n"
        result = load(csv(tmp_path / "list.csv", text), level, "2023-12-31")
        assert DivisionCode.objects.get().code == code
        assert DivisionRecord.objects.get().name == name
        assert result["fields"]["code"].startswith({"county": "district", "prefecture": "city"}.get(level, level))

    def test_two_columns_that_could_be_the_code_are_asked_about(self, tmp_path: Path) -> None:
        path = csv(tmp_path / "list.csv", "code,代码,name\n411021,411022,甲县\n")
        error = refused(path, "county", "2023-12-31")
        assert error["code"] == "ambiguous_field"
        assert "code、代码" in error["message"]
        assert load(path, "county", "2023-12-31", "--code-field", "代码")["created"] == 1
        assert DivisionCode.objects.get().code == "411022"

    def test_unknown_and_missing_columns_are_named(self, tmp_path: Path) -> None:
        path = csv(tmp_path / "list.csv", "编号,单位\n411021,甲县\n")
        assert refused(path, "county", "2023-12-31")["code"] == "missing_field"
        assert refused(path, "county", "2023-12-31", "--code-field", "号")["code"] == "unknown_field"
        assert load(path, "county", "2023-12-31", "--code-field", "编号", "--name-field", "单位")["created"] == 1

    @pytest.mark.parametrize(
        ("header", "encoding", "delimiter"),
        [
            ("区划代码,名称", "utf-8-sig", ","),
            ("代码;名称", "gb18030", ";"),
            ("行政代码\t区划名称", "utf-8", "\t"),
            ("代码,名称", "gbk", ","),
        ],
    )
    def test_lists_as_offices_send_them(self, tmp_path: Path, header: str, encoding: str, delimiter: str) -> None:
        text = f"{header}\r\n411021{delimiter}鄢陵县\r\n\r\n411022{delimiter}渑池县\r\n"
        result = load(csv(tmp_path / "list.csv", text, encoding), "county", "2023-12-31")
        assert (result["read"], result["created"]) == (2, 2)
        assert set(DivisionRecord.objects.values_list("name", flat=True)) == {"鄢陵县", "渑池县"}

    def test_levels_from_the_files_own_column(self, tmp_path: Path) -> None:
        text = "code,name,level\n410000000000,河南省,province\n411000000000,丁市,city\n411021000000,甲县,county\n"
        text += "411021100000,乙镇,town\n411021100200,王庄村委会,village\n411021100201,李庄村委会,屯\n"
        result = load(csv(tmp_path / "list.csv", text), "all", "2016-07-31", "--authority", "nbs")
        assert (result["created"], codes_of(result)) == (5, [(6, "level_unknown")])
        assert dict(DivisionCode.objects.values_list("code", "division__records__level")) == {
            "410000": 1,
            "411000": 2,
            "411021": 3,
            "411021100": 4,
            "411021100200": 5,
        }

    def test_seats_in_gcj02_columns_are_brought_to_cgcs2000(self, tmp_path: Path) -> None:
        path = csv(
            tmp_path / "list.csv",
            "code,name,lon_gcj02,lat_gcj02\n411021,甲县,113.85,34.03\n411022,乙县,34.03,113.85\n411023,丙县,x,y\n",
        )
        result = load(path, "county", "2023-12-31")
        assert {(2, "seat_outside"), (3, "seat_bad")} <= set(codes_of(result, "warning"))
        seat = DivisionRecord.objects.get(name="甲县").seat
        assert 0.004 < 113.85 - seat.x < 0.008
        assert DivisionRecord.objects.filter(seat=None).count() == 2


class TestReferenceSystems:
    def test_geojson_without_a_word_is_wgs84_and_says_so(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": "甲县"}, WEST)], crs=None)
        assert load(path, "county", "2023-12-31")["crs"]["how"] == "rfc7946"

    def test_the_persons_word_goes_before_the_files(self, tmp_path: Path) -> None:
        result = load(two_counties(tmp_path), "county", "2023-12-31", "--crs", "gcj02")
        assert (result["crs"]["code"], result["crs"]["how"]) == ("gcj02", "argument")
        assert {"crs_conflict", "crs_inexact"} <= result["problem_counts"].keys()
        assert 0.004 < 113.0 - DivisionRecord.objects.get(name="甲县").geometry.extent[0] < 0.008

    def test_an_unknown_system_is_refused(self, tmp_path: Path) -> None:
        assert refused(two_counties(tmp_path), "county", "2023-12-31", "--crs", "EPSG:99999")["code"] == "unknown_crs"

    def test_swapped_axes_are_rejected_and_not_turned_round(self, tmp_path: Path) -> None:
        rows = [({"adcode": "411021", "name": "甲县"}, box(34.0, 113.0, 34.5, 113.5)), ({"adcode": "411022", "name": "乙县"}, EAST)]
        result = load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")
        assert (result["created"], codes_of(result)) == (1, [(1, "swapped_axes")])

    @pytest.mark.parametrize(
        ("west", "code"),
        [(38_486_000.0, "outside_extent"), (200.0, "outside_extent"), (100.0, "outside_extent"), (-113.0, "outside_extent")],
    )
    def test_coordinates_where_no_henan_is_are_rejected(self, tmp_path: Path, west: float, code: str) -> None:
        rows = [
            ({"adcode": "411021", "name": "甲县"}, box(west, 34.0, west + 0.5, 34.5)),
            ({"adcode": "411022", "name": "乙县"}, EAST),
        ]
        assert codes_of(load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")) == [(1, code)]

    def test_bnd_geo_01_a_neighbours_unit_outside_henan_is_only_warned_of(self, tmp_path: Path) -> None:
        rows = [({"adcode": "130100", "name": "石家庄市"}, box(114.0, 38.0, 114.5, 38.5))]
        result = load(geojson(tmp_path / "a.geojson", rows), "prefecture", "2023-12-31")
        assert result["created"] == 1
        assert (1, "outside_henan") in codes_of(result, "warning")


class TestGeometry:
    def test_invalid_shapes_are_told_with_reason_and_place_and_never_mended(self, tmp_path: Path) -> None:
        bowtie = {"type": "Polygon", "coordinates": [[[113, 34], [113.1, 34.1], [113.1, 34], [113, 34.1], [113, 34]]]}
        rows = [({"adcode": "411021", "name": "甲县"}, bowtie), ({"adcode": "411022", "name": "乙县"}, EAST)]
        result = load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")
        problem = result["problems"][0]
        assert (problem["row"], problem["code"]) == (1, "invalid_geometry")
        assert "边界自相交" in problem["message"] and "113.05, 34.05" in problem["message"]
        assert not DivisionRecord.objects.filter(name="甲县").exists()

    @pytest.mark.parametrize(
        ("geometry", "code"),
        [
            ({"type": "Point", "coordinates": [113, 34]}, "not_polygon"),
            ({"type": "LineString", "coordinates": [[113, 34], [114, 34]]}, "not_polygon"),
            ({"type": "Polygon", "coordinates": []}, "geometry_empty"),
            ({"type": "Polygon", "coordinates": [[[113, 34], [113.1, 34], [113.1, 34.1], [113, 34.1]]]}, "geometry_unreadable"),
            ({"type": "Polygon", "coordinates": [[[113, 34], [113, 34], [113, 34], [113, 34]]]}, "invalid_geometry"),
        ],
    )
    def test_what_is_no_polygon(self, tmp_path: Path, geometry: dict[str, object], code: str) -> None:
        rows = [({"adcode": "411021", "name": "甲县"}, geometry), ({"adcode": "411022", "name": "乙县"}, EAST)]
        assert codes_of(load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")) == [(1, code)]

    def test_a_row_without_geometry_is_loaded_without(self, tmp_path: Path) -> None:
        rows = [({"adcode": "411021", "name": "甲县"}, None), ({"adcode": "411022", "name": "乙县"}, EAST)]
        assert load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")["created"] == 2

    def test_heights_are_dropped_and_coordinates_kept_to_the_last_digit(self, tmp_path: Path) -> None:
        ring = [[113.123456789, 34.1, 80.0], [113.5, 34.1, 81.0], [113.5, 34.5, 82.0], [113.123456789, 34.1, 80.0]]
        rows = [({"adcode": "411021", "name": "甲县"}, {"type": "Polygon", "coordinates": [ring]})]
        load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")
        held = shapely.from_wkb(bytes(DivisionRecord.objects.get().geometry.wkb))
        assert not held.has_z
        assert held.bounds[0] == 113.123456789


class TestCoverage:
    def test_without_shapes_nothing_is_said(self, tmp_path: Path) -> None:
        result = load(csv(tmp_path / "list.csv", "code,name\n411021,甲县\n"), "county", "2023-12-31")
        assert result["coverage"] == {"valid": None, "gaps": [], "overlaps": [], "outside_parent": []}

    def test_overlap_gap_and_outside_are_told_with_places_and_not_mended(self, tmp_path: Path) -> None:
        load(geojson(tmp_path / "c.geojson", [({"adcode": "411021", "name": "甲县"}, WEST)]), "county", "2023-12-31")
        rows = [
            ({"code": "411021100", "name": "东镇"}, box(113.2, 34.0, 113.6, 34.5)),
            ({"code": "411021101", "name": "西镇"}, box(113.0, 34.0, 113.25, 34.3)),
        ]
        result = load(geojson(tmp_path / "t.geojson", rows), "township", "2023-12-31")
        found = result["coverage"]
        assert found["valid"] is False
        assert {unit["code"] for unit in found["overlaps"][0]["units"]} == {"411021100", "411021101"}
        assert found["outside_parent"][0]["unit"]["name"] == "东镇"
        assert found["gaps"][0]["parent"]["name"] == "甲县"
        lon, lat = found["gaps"][0]["place"]
        assert 113.0 < lon < 113.2 and 34.3 < lat < 34.5
        assert DivisionRecord.objects.get(name="东镇").geometry.extent == (113.2, 34.0, 113.6, 34.5)

    def test_a_second_list_is_checked_against_what_is_there(self, tmp_path: Path) -> None:
        load(geojson(tmp_path / "a.geojson", [({"adcode": "411021", "name": "甲县"}, WEST)]), "county", "2023-12-31")
        rows = [({"adcode": "411022", "name": "乙县"}, box(113.4, 34.0, 114.0, 34.5))]
        overlaps = load(geojson(tmp_path / "b.geojson", rows), "county", "2023-12-31")["coverage"]["overlaps"]
        assert [unit["name"] for unit in overlaps[0]["units"]] in (["甲县", "乙县"], ["乙县", "甲县"])

    def test_what_only_concerns_others_is_not_told_again(self, tmp_path: Path) -> None:
        rows = [({"adcode": "411021", "name": "甲县"}, WEST), ({"adcode": "411022", "name": "乙县"}, box(113.4, 34.0, 114.0, 34.5))]
        load(geojson(tmp_path / "a.geojson", rows), "county", "2023-12-31")
        rows = [({"adcode": "411023", "name": "丙县"}, box(114.0, 34.0, 114.5, 34.5))]
        assert load(geojson(tmp_path / "b.geojson", rows), "county", "2023-12-31")["coverage"]["valid"] is True


class TestParentsAndOrder:
    def test_townships_before_their_county(self, tmp_path: Path) -> None:
        towns = csv(tmp_path / "t.csv", "code,name\n411021100,东镇\n411021200,西乡\n")
        result = load(towns, "township", "2023-12-31")
        assert result["problem_counts"] == {"parent_unknown": 1}
        assert load(csv(tmp_path / "c.csv", "code,name\n411021,甲县\n"), "county", "2023-12-31")["adopted"] == 2
        assert DivisionRecord.objects.current().filter(parent__records__name="甲县").count() == 2
        again = load(towns, "township", "2023-12-31")
        assert (again["unchanged"], again["differs_now"]) == (2, 0)

    def test_a_county_under_the_province_has_no_prefecture(self, tmp_path: Path) -> None:
        load(csv(tmp_path / "p.csv", "code,name\n41,河南省\n"), "province", "2023-12-31")
        load(csv(tmp_path / "c.csv", "code,name,city_code\n419001,济源市,4190\n"), "county", "2023-12-31", "--authority", "nbs")
        assert (
            DivisionRecord.objects.current().get(name="济源市").parent
            == DivisionRecord.objects.current().get(name="河南省").division
        )

    def test_a_countys_name_in_front_of_a_townships_goes(self, tmp_path: Path) -> None:
        load(csv(tmp_path / "c.csv", "code,name\n411527,淮滨县\n"), "county", "2015-09-30")
        rows = "code,name\n411527200,淮滨县台头乡\n411527001,淮滨县顺河街道办事处\n"
        result = load(csv(tmp_path / "t.csv", rows), "township", "2015-09-30", "--authority", "nbs")
        assert result["names"] == {"prefix_removed": 2, "office_to_subdistrict": 1}
        assert set(DivisionRecord.objects.filter(level=4).values_list("name", flat=True)) == {"台头乡", "顺河街道"}


class TestAuthorities:
    ROWS = "code,name\n410104570,商都路街道\n410122101,白沙镇\n410822400,国营博爱农场\n"

    def test_code_08_statistical_codes_are_taken_as_such_only_when_said(self, tmp_path: Path) -> None:
        legal = load(csv(tmp_path / "t.csv", self.ROWS), "township", "2023-06-30", "--dry-run")
        assert [(row, code) for row, code in codes_of(legal, "warning") if row] == [
            (1, "looks_statistical"),
            (3, "looks_statistical"),
        ]
        statistical = load(csv(tmp_path / "t.csv", self.ROWS), "township", "2023-06-30", "--authority", "nbs")
        assert [(row, code) for row, code in codes_of(statistical, "warning") if row] == []
        types = dict(DivisionRecord.objects.values_list("name", "type"))
        assert types == {"商都路街道": "subdistrict", "白沙镇": "town", "国营博爱农场": "statistical"}


def test_the_printed_summary_is_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    call_command("import_divisions", str(two_counties(tmp_path)), "--level", "county", "--as-of", "2023-12-31")
    shown = capsys.readouterr().out
    assert "读取 2 行：新建 2" in shown
    assert "无缝隙" in shown
    with pytest.raises(json.JSONDecodeError):
        json.loads(shown)
