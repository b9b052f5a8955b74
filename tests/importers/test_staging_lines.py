"""Lists of lines and markers as imports: checked, committed, corrected, taken back."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from boundaries.boundary_lines import line_on
from boundaries.models import BoundaryLine, BoundaryLineRecord, BoundaryMarker, Level, MarkerRecord
from boundaries.services import boundary_markers
from gis.accounts.models import Duty
from gis.errors import ConflictError
from importers.models import BatchState, StagedRow
from importers.services import staging
from tests.factories import make_division, make_source, make_user
from tests.importers.files import csv, geojson
from tests.importers.staged import checked, committed, work

pytestmark = pytest.mark.django_db
OPTIONS = {"level": None, "authority": None, "note": None, "as_of": "2005-06-01", "begins": "decided", "grade": "surveyed"}
NO_MAP = OPTIONS | {"crs": None}


@pytest.fixture
def place():
    west = make_division("西县", Level.COUNTY, code="419921")
    east = make_division("东县", Level.COUNTY, code="419922")
    far = make_division("远县", Level.COUNTY, code="419931")
    return {"west": west, "east": east, "far": far, "officer": make_user("officer", (Duty.DIVISION_OFFICER, west))}


def lines(folder, rows=None, name="lines.geojson"):
    default = [({"编号": "21-22", "名称": "西东线", "等级": "县级", "甲方代码": "419922", "乙方代码": "419921", "有争议": "否"},
                {"type": "LineString", "coordinates": [[114.0, 34.0], [114.1, 34.0]]})]  # fmt: skip
    return geojson(folder / name, rows or default)


MARKERS = (
    "界线编号,界桩号,类型,经度,纬度,管护责任方代码,所在地,方位物\n"
    "21-22,001,单立,114°01′12″,34.0,419921,西岗村；东岗村,水塔 12.5° 80 米；老槐树 130° 35 米；桥头 250 12\n"
    "21-22,002,双立,114.06,34.0001,,,\n"
    "21-22,003,石头,34.0,114.07,419931,,水塔\n"
    "99,004,单立,114.06,34.0,,,\n"
)


def test_lines_the_whole_way_and_back(place, tmp_path):
    batch = checked(place["officer"], lines(tmp_path), target="boundary_lines", **OPTIONS)
    assert batch.verdict["counts"]["created"] == 1, (batch.message, batch.verdict)
    batch = work(staging.commit(place["officer"], batch))
    seen = line_on("21-22")
    assert seen.side_a.name == "西县" and seen.length_m == pytest.approx(9239, abs=2) and seen.record.grade == "surveyed"
    assert seen.record.source.title == "lines.geojson" and str(seen.record.valid.lower) == "2005-06-01"
    assert work(staging.undo(place["officer"], batch)).state == BatchState.UNDONE
    assert not BoundaryLineRecord.objects.current().exists() and BoundaryLineRecord.objects.count() == 1


def test_the_same_again_is_unchanged_and_another_name_a_correction(place, tmp_path):
    first = committed(place["officer"], lines(tmp_path), target="boundary_lines", **OPTIONS)
    shape = {"type": "LineString", "coordinates": [[114.0, 34.0], [114.1, 34.0]]}
    same = ({"编号": "21-22", "名称": "西东线", "等级": "3", "甲方代码": "419921", "乙方代码": "419922"}, shape)
    again = checked(place["officer"], lines(tmp_path, [same], "again.geojson"), target="boundary_lines", **OPTIONS)
    assert again.verdict["counts"]["unchanged"] == 1
    row = ({"编号": "21-22", "名称": "东西线", "等级": "3", "甲方代码": "419921", "乙方代码": "419922"}, None)
    batch = committed(place["officer"], lines(tmp_path, [row], "new.geojson"), target="boundary_lines", **NO_MAP)
    assert line_on("21-22").name == "东西线" and line_on("21-22").geometry is not None, "a list without geometry takes none away"
    with pytest.raises(ConflictError) as refusal:
        staging.undo(place["officer"], first)
    assert "后来又有改动" in refusal.value.details["obstacles"][0]
    work(staging.undo(place["officer"], batch))
    assert line_on("21-22").name == "西东线"
    assert work(staging.undo(place["officer"], first)).state == BatchState.UNDONE


def test_what_is_wrong_with_a_line_is_said_by_row(place, tmp_path):
    rows = [
        ({"编号": "1", "名称": "", "等级": "村级", "甲方代码": "419999", "乙方代码": "419922"}, None),
        ({"编号": "2", "名称": "远线", "等级": "县级", "甲方代码": "419931", "乙方代码": "419922"}, None),
        (
            {"编号": "3", "名称": "点", "等级": "县级", "甲方代码": "419921", "乙方代码": "419922"},
            {"type": "Point", "coordinates": [114, 34]},
        ),
        ({"编号": "4", "名称": "一", "等级": "县级", "甲方代码": "419921", "乙方代码": "419922"}, None),
        ({"编号": "4", "名称": "二", "等级": "县级", "甲方代码": "419921", "乙方代码": "419922"}, None),
    ]
    batch = checked(place["officer"], lines(tmp_path, rows), target="boundary_lines", **OPTIONS)
    codes = {row.number: {one["code"] for one in row.problems} for row in StagedRow.objects.filter(batch=batch)}
    assert codes[1] >= {"name_missing", "bad_level", "division_unknown"}
    assert "outside_area" in codes[2] and "not_a_line" in codes[3]
    assert "twice_in_file" in codes[4] & codes[5]
    assert batch.verdict["counts"]["created"] == 0


def test_markers_by_table_and_back(place, tmp_path):
    committed(place["officer"], lines(tmp_path), target="boundary_lines", **OPTIONS)
    batch = checked(place["officer"], csv(tmp_path / "桩.csv", MARKERS), target="boundary_markers", **OPTIONS)
    assert batch.verdict["counts"]["created"] == 2 and batch.verdict["counts"]["refused"] == 2, batch.verdict
    codes = {row.number: {one["code"] for one in row.problems} for row in StagedRow.objects.filter(batch=batch)}
    assert codes[3] >= {"bad_kind", "bad_coordinates", "custodian_not_a_side", "bad_reference"} and "line_unknown" in codes[4]
    batch = work(staging.commit(place["officer"], batch))
    first, second = line_on("21-22").markers
    assert first.place == pytest.approx((114.02, 34.0)) and first.custodian.unit.name == "西县" and len(first.references) == 3
    assert first.record.registered["x"] == "114°01′12″" and second.kind == "double"
    assert second.offset_m == pytest.approx(11.1, abs=0.1)
    boundary_markers.correct(None, BoundaryMarker.objects.get(pk=second.id), {"material": "石"}, reason="补", source=make_source())
    with pytest.raises(ConflictError):
        staging.undo(place["officer"], batch)
    assert MarkerRecord.objects.current().count() == 2


def test_markers_as_points_over_http(client, place, tmp_path):
    committed(place["officer"], lines(tmp_path), target="boundary_lines", **OPTIONS)
    row = ({"界线编号": "21-22", "界桩号": "001"}, {"type": "Point", "coordinates": [114.05, 34.0]})
    batch = checked(place["officer"], geojson(tmp_path / "桩.geojson", [row]), target="boundary_markers", **OPTIONS)
    client.force_login(place["officer"])
    page = client.get(reverse("import-batch", args=[batch.pk]))
    assert page.status_code == 200 and "界桩" in page.content.decode()
    client.post(reverse("import-step", args=[batch.pk]), {"step": "commit"})
    batch.refresh_from_db()
    batch = work(batch)
    assert batch.state == BatchState.COMMITTED, batch.message
    assert line_on("21-22").markers[0].chainage_m == pytest.approx(4620, abs=2)
    client.post(reverse("import-step", args=[batch.pk]), {"step": "undo"})
    batch.refresh_from_db()
    assert work(batch).state == BatchState.UNDONE and line_on("21-22").markers == ()


def test_what_was_exported_can_be_imported(client, place, tmp_path):
    committed(place["officer"], lines(tmp_path), target="boundary_lines", **OPTIONS)
    client.force_login(place["officer"])
    shown = json.loads(client.get(reverse("boundary-lines-export", args=["geojson"])).content)
    assert shown["features"][0]["properties"]["code"] == "21-22" and BoundaryLine.objects.count() == 1
