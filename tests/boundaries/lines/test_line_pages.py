"""Lines and markers through the doors people use: list, page, forms, archive, acts, exports."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from boundaries.boundary_lines import line_on, marker_on
from boundaries.models import BoundaryLine, BoundaryMarker, Level, MarkerAct
from gis.accounts.models import Duty
from tests.factories import make_division, make_line, make_marker, make_user, square

pytestmark = pytest.mark.django_db
GROUNDS = {"title": "界线协议书", "document_number": "某政文〔2005〕1号", "on": "2005-06-01"}


@pytest.fixture
def place(client):
    city = make_division("某市", Level.PREFECTURE, code="419900")
    east = make_division("东县", Level.COUNTY, code="419922", parent=city, geometry=square(114.1, 34.0))
    west = make_division("西县", Level.COUNTY, code="419921", parent=city, geometry=square(114.0, 34.0))
    client.force_login(make_user("officer", (Duty.DIVISION_OFFICER, west)))
    return {"city": city, "east": east, "west": west}


def registered(client, **more):
    data = {
        "code": "2122",
        "name": "东西线",
        "level": "3",
        "side_a": "419922",
        "side_b": "419921",
        "geometry": "114.1 34.1\n114°06′00″ 34°03′00″\n114.1, 34.0",
        "grade": "surveyed",
        **GROUNDS,
        **more,
    }
    return client.post(reverse("boundary-line-new"), data)


def test_a_line_is_registered_and_shown(client, place):
    answer = registered(client)
    line = BoundaryLine.objects.get()
    assert answer.status_code == 302, answer.content.decode()
    seen = line_on(line)
    assert seen.length_m == pytest.approx(11_092, abs=3) and seen.side_a.name == "西县"
    page = client.get(reverse("boundary-line", args=[line.pk])).content.decode()
    assert "东西线" in page and "按图形和界桩生成的走向说明" in page and "某政文〔2005〕1号" in page
    listed = client.get(reverse("boundary-lines"), {"under": "419921", "level": "3", "sort": "-length"}).content.decode()
    assert "11.09" in listed
    assert "没有符合条件的界线" in client.get(reverse("boundary-lines"), {"disputed": "1"}).content.decode()
    features = client.get(reverse("boundary-line-features", args=[line.pk])).json()["features"]
    assert sorted(one["properties"]["what"] for one in features) == ["line", "side", "side"]
    drawn = client.get(reverse("boundary-lines-map"), {"bbox": "114,33,115,35"}).json()["features"]
    assert drawn[0]["properties"]["url"] == reverse("boundary-line", args=[line.pk])
    assert client.get(reverse("boundary-lines-map"), {"bbox": "110,33,111,35"}).json()["features"] == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"side_b": "419999"}, "419999"),
        ({"geometry": "一条线"}, "看不懂这段图形"),
        ({"geometry": "34.1 114.1\n34.0 114.1"}, "纬度在前"),
        ({"grade": ""}, "有图形须注明等级"),
        ({"title": ""}, "errorlist"),
        ({"on": "2999-01-01"}, "不能晚于今天"),
    ],
)
def test_what_is_wrong_is_said_at_the_form(client, place, more, sentence):
    answer = registered(client, **more)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not BoundaryLine.objects.exists()


def test_a_correction_of_what_somebody_else_corrected_is_refused(client, place):
    registered(client)
    line = BoundaryLine.objects.get()
    address = reverse("boundary-line-edit", args=[line.pk, "correct"])
    data = {
        "name": "西东线",
        "level": "3",
        "grade": "surveyed",
        "reason": "写反",
        "title": "协议书",
        "record": line_on(line).record.pk,
    }
    assert client.post(address, data).status_code == 302
    assert line_on(line).name == "西东线" and line_on(line).geometry is not None
    again = client.post(address, data)
    assert again.status_code == 422 and "已被订正" in again.content.decode()


def test_a_marker_with_coordinates_as_the_register_prints_them(client, place):
    registered(client)
    line = BoundaryLine.objects.get()
    data = {
        "number": "001",
        "kind": "single",
        "system": "EPSG:4547",
        "x": "509228.0",
        "y": "3769900.0",
        "grade": "surveyed",
        "side_1": "419921",
        "location_1": "西岗乡",
        "side_2": "419922",
        "location_2": "东岗乡",
        "keeper": "2",
        "reference_1": "水塔",
        "azimuth_1": "12°30′",
        "distance_1": "80",
        **GROUNDS,
    }
    answer = client.post(reverse("boundary-marker-new", args=[line.pk]), data)
    assert answer.status_code == 302, answer.content.decode()
    marker = marker_on(BoundaryMarker.objects.get())
    assert marker.place == pytest.approx((114.1, 34.0562), abs=0.0001)
    assert marker.record.registered == {"system": "EPSG:4547", "x": "509228.0", "y": "3769900.0"}
    assert marker.custodian.unit.name == "东县" and marker.references[0].azimuth_deg == 12.5
    page = client.get(reverse("boundary-marker", args=[marker.id])).content.decode()
    assert "509228.0" in page and "BND-STK-06" in page and "北偏东北" in page
    old = client.post(
        reverse("boundary-marker-new", args=[line.pk]), data | {"number": "002", "system": "EPSG:4214", "x": "114", "y": "34"}
    )
    assert old.status_code == 302
    kept = marker_on(BoundaryMarker.objects.latest("pk"))
    assert kept.place is None and kept.record.registered["system"] == "EPSG:4214", "no public parameters, no position"


@pytest.fixture
def staked(place):
    line = make_line("9", place["west"], place["east"], [(114.1, 34.1), (114.1, 34.0)])
    return line, make_marker("001", {line: 5546.0}, (114.1, 34.05), [place["west"], place["east"]])


def test_bnd_stk_01_a_move_without_joint_survey_is_refused_and_nothing_moves(client, place, staked):
    _line, marker = staked
    sides = [place["west"].pk, place["east"].pk]
    data = {"kind": "move", "on": "2020-05-01", "x": "114.1", "y": "34.06", "title": "申请", "application": "on", "agreed": sides}
    answer = client.post(reverse("boundary-marker-act", args=[marker.pk]), data)
    assert answer.status_code == 422 and "没有参加共同测绘" in answer.content.decode()
    assert not MarkerAct.objects.exists() and marker_on(marker).place == (114.1, 34.05)
    whole = data | {"surveyed": sides, "archived": "on", "filed": "on"}
    assert client.post(reverse("boundary-marker-act", args=[marker.pk]), whole).status_code == 302
    assert marker_on(marker).place == (114.1, 34.06) and marker_on(marker).chainage_m == pytest.approx(4437, abs=3)
    assert MarkerAct.objects.get().statements["agreed"] == sides


def test_bnd_stk_02_a_repair_by_one_side_only_is_refused(client, place, staked):
    _line, marker = staked
    data = {"kind": "repair", "on": "2020-05-01", "by": place["west"].pk, "title": "记录"}
    answer = client.post(reverse("boundary-marker-act", args=[marker.pk]), data)
    assert answer.status_code == 422 and "东县没有在场" in answer.content.decode()
    assert client.post(reverse("boundary-marker-act", args=[marker.pk]), data | {"present": [place["east"].pk]}).status_code == 302


def test_the_archive_keeps_what_is_taken_out(client, place, staked):
    line, _marker = staked
    paper = SimpleUploadedFile("协议书.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    client.post(reverse("boundary-line-attach", args=[line.pk]), {"file": paper, "kind": "agreement"})
    filed = line.files.get()
    assert filed.title == "协议书.pdf"
    assert client.get(reverse("file-download", args=[filed.file_id])).status_code == 200
    client.post(reverse("boundary-line-detach", args=[line.pk, filed.pk]))
    assert line.files.get().removed_at is not None
    assert "已移出的材料" in client.get(reverse("boundary-line", args=[line.pk])).content.decode()
    client.force_login(make_user("far", (Duty.DIVISION_OFFICER, make_division("远县", Level.COUNTY))))
    assert client.get(reverse("file-download", args=[filed.file_id])).status_code == 403


def test_the_course_is_put_on_record(client, place, staked):
    line, _marker = staked
    client.post(reverse("boundary-line-course", args=[line.pk]))
    assert line_on(line).record.course.splitlines()[1].startswith("自起点起，界线向南行5.55千米，至001号界桩")
    page = client.get(reverse("boundary-line", args=[line.pk])).content.decode()
    assert "方向、距离与图形一致" in page


def test_a_line_is_derived_on_the_page(client, place):
    address = reverse("boundary-line-derive")
    shown = client.post(address, {"side_a": "419921", "side_b": "419922"})
    assert "11.09" in shown.content.decode() and not BoundaryLine.objects.exists()
    assert client.post(address, {"side_a": "419921", "side_b": "419922", "confirm": "1"}).status_code == 302
    assert line_on(BoundaryLine.objects.get()).name == "西东线"


def test_what_is_taken_away(client, place, staked):
    make_line("hidden", make_division("甲县", Level.COUNTY), make_division("乙县", Level.COUNTY), [(113.0, 34.0), (113.1, 34.0)])
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("boundary-lines-export", args=["xlsx"])).content))
    assert [row[0].value for row in book.worksheets[0].iter_rows()] == ["界线编号", "9"]
    assert book.worksheets[1]["B2"].value == "001"
    shapes = json.loads(client.get(reverse("boundary-lines-export", args=["geojson"])).content)
    assert [one["properties"]["what"] for one in shapes["features"]] == ["line", "marker"]
    root = ElementTree.fromstring(  # noqa: S314  written by ourselves
        client.get(reverse("boundary-lines-export", args=["gpx"])).content
    )
    names = [one.text for one in root.iter("{http://www.topografix.com/GPX/1/1}name")]
    assert names == ["001", "甲乙线 9"]
    assert client.get(reverse("boundary-lines-export", args=["exe"])).status_code == 404


def test_segments_are_split_merged_and_cover_the_line(client, place):
    """The form asks where each segment ends, so that no gap or overlap can be said; what lies beside it lies in that side."""
    towns = [
        make_division(name, Level.TOWNSHIP, code=code, parent=place[side])
        for name, code, side in (("西岗乡", "419921200", "west"), ("西湾乡", "419921201", "west"), ("东岗乡", "419922200", "east"))
    ]
    registered(client)
    line = BoundaryLine.objects.get()
    address = reverse("boundary-line-edit", args=[line.pk, "correct"])
    length = line_on(line).length_m
    said = {"name": "东西线", "level": "3", "grade": "surveyed", "reason": "补界段", "title": "协议书附图"}

    def corrected(*rows: tuple[str, str, str], **more: str):
        columns = zip(*rows, strict=True) if rows else ([], [], [])
        names = ("segment_to", "segment_a", "segment_b")
        return client.post(address, {**said, **dict(zip(names, map(list, columns), strict=True)), **more})

    assert corrected(("4000", "419921200", "419922200"), ("", "419921201", "")).status_code == 302
    seen = line_on(line)
    assert [(one.from_m, one.to_m, one.side_a.name) for one in seen.segments] == [(0, 4000, "西岗乡"), (4000, length, "西湾乡")]
    page = client.get(address).content.decode()
    assert 'value="4000.00"' in page and 'value="419921201"' in page and 'name="segment_to"' in page
    # A row with an end inside a segment splits it, wherever it is written; a row left out joins the next.
    answer = corrected(("4000", "419921200", "419922200"), ("", "419921201", ""), ("2500", "419921201", "419922200"))
    assert answer.status_code == 302 and [one.to_m for one in line_on(line).segments] == [2500, 4000, length]
    assert corrected((f"{length - 0.4}", "419921201", "419922200")).status_code == 302
    assert [(one.from_m, one.to_m) for one in line_on(line).segments] == [(0, length)]
    for rows, sentence in (
        ([("-5", "", ""), ("", "", "")], "应大于 0"), ([("nan", "", ""), ("", "", "")], "应大于 0"),
        ([("99999", "", "")], "不超过界线长度"), ([("4000", "", "")], "全线须有界段"),
        ([("4000", "", ""), ("4000.00", "", ""), ("", "", "")], "没有长度"), ([("", "419922200", "")], "不在西县之内"),
        ([("", "419999999", "")], "第 1 段"),
    ):  # fmt: skip
        answer = corrected(*rows)
        assert answer.status_code == 422 and sentence in answer.content.decode(), sentence
    # A shorter geometry: the last segment follows, one that would lie beyond the end is refused.
    shorter = {"geometry": "114.1 34.1\n114.1 34.05"}
    assert corrected(("5400", "", "419922200"), ("", "419921201", ""), **shorter).status_code == 302
    assert line_on(line).segments[-1].to_m == line_on(line).length_m < 5600
    assert "不超过界线长度" in corrected(("9000", "", ""), ("", "", "")).content.decode()
    assert towns[0].pk and "没有覆盖全线" not in client.get(reverse("boundary-line", args=[line.pk])).content.decode()


def test_a_line_drawn_on_the_map_is_indicative_without_a_document(client, place):
    page = client.get(reverse("boundary-line-new")).content.decode()
    assert 'id="draw"' in page and "linedraw" in page
    drawn = {"drawn": "1", "geometry": "114.1 34.1\n114.1 34.0", "document_number": ""}
    answer = registered(client, **drawn)
    assert answer.status_code == 422 and "等级只能是“示意”" in answer.content.decode()
    assert registered(client, **drawn | {"grade": ""}).status_code == 302
    record = line_on(BoundaryLine.objects.get()).record
    assert (record.grade, record.source.title, record.source.kind) == ("indicative", "界线协议书（地图上勾绘）", "entry")
    # With the number of a document the officer grades it; the source says all the same how it came.
    assert registered(client, code="2123", **drawn | {"document_number": "某政文〔2005〕1号"}).status_code == 302
    record = line_on("2123").record
    assert (record.grade, record.source.title, record.source.kind) == ("surveyed", "界线协议书（地图上勾绘）", "document")
