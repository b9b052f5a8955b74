"""The plan, an inspection's page and the hazards through HTTP: what each side sees, does and takes away."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from datetime import date

import openpyxl
import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from boundaries.inspection_record import digest_of, record_of
from boundaries.models import InspectionTrack, JointInspection, LineOccurrence, LineRound, TrackState, VisitPhoto
from boundaries.rules.hazard_criteria import SHIPPED
from boundaries.services import hazards, inspection_plans
from gis.crs import CGCS2000
from gis.files.models import StoredFile
from gis.files.services import store
from tests.boundaries.inspections.conftest import YEAR, Border, visit

pytestmark = pytest.mark.django_db


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, name: str, *args, **query) -> str:
    response = as_(user).get(reverse(name, args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def send(user, name: str, /, *args, **data):
    return as_(user).post(reverse(name, args=args), data)


def test_the_plan_as_table_calendar_and_map(border: Border, brought):
    officer = border.officer["west"]
    assert "没有联检记录" in page(officer, "inspection-plan")
    inspection_plans.record_past(officer, border.line, year=YEAR - 5, lead=border.west.pk)
    held = brought("in_field")
    table = page(officer, "inspection-plan", year=YEAR)
    assert "西东线" in table and "今年到期" in table and "外业中" in table
    calendar = page(officer, "inspection-plan", view="calendar", year=YEAR)
    assert "2023" in calendar and "2027" in calendar and reverse("inspection", args=[held.pk]) in calendar
    drawn = page(officer, "inspection-plan", view="map")
    assert '"style": "due"' in drawn and "line-map-data" in drawn
    assert "没有符合筛选条件的界线" in page(officer, "inspection-plan", standing="overdue")
    assert "西东线" not in page(border.stranger, "inspection-plan") and "还没有可见的界线" in page(
        border.stranger, "inspection-plan"
    )
    assert as_(officer).get(reverse("inspection-plan"), {"standing": "x"}).status_code == 422


def test_the_plan_table_goes_out_and_comes_in(border: Border):
    officer = border.officer["west"]
    response = as_(officer).get(reverse("inspection-plan-export", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert [cell.value for cell in book.worksheets[0][1]][:2] == ["界线编号", "界线名称"]
    assert book.worksheets[0]["A2"].value == "4199-01"
    table = f"界线编号,计划年份,牵头方,上次联检年份\n4199-01,{YEAR},东县,{YEAR - 5}\n".encode()
    assert send(officer, "inspection-plan-import", file=SimpleUploadedFile("计划.csv", table)).status_code == 302
    held = LineRound.objects.get(line=border.line)
    assert (held.number, held.year, held.lead_id) == (5, YEAR, border.east.pk)
    assert JointInspection.objects.get(line=border.line).frozen["past"] is True
    # All or nothing: one bad row leaves the good one out too, and every bad row is told.
    bad = f"界线编号,计划年份,牵头方\n4199-01,{YEAR + 1},西县\n没有,{YEAR},西县\n4199-01,{YEAR},南县\n".encode()
    refused = send(officer, "inspection-plan-import", file=SimpleUploadedFile("计划.csv", bad))
    assert refused.status_code == 422
    assert "第 3 行" in refused.content.decode() and "第 4 行" in refused.content.decode()
    assert LineRound.objects.get(line=border.line).year == YEAR
    no_columns = send(officer, "inspection-plan-import", file=SimpleUploadedFile("x.csv", "甲,乙\n1,2\n".encode()))
    assert no_columns.status_code == 422 and "界线编号" in no_columns.content.decode()


def test_a_round_is_arranged_and_a_moved_year_needs_agreement(border: Border):
    officer = border.officer["west"]
    inspection_plans.record_past(officer, border.line, year=YEAR - 5, lead=border.west.pk)
    assert send(officer, "line-inspections-do", border.line.pk, "round", year=YEAR, basis="豫民文〔2023〕36号").status_code == 302
    held = LineRound.objects.get(line=border.line)
    assert held.lead_id == border.east.pk  # the other side than last round (BND-CYC-03)
    response = as_(officer).post(
        reverse("line-inspections-do", args=[border.line.pk, "round"]), {"year": YEAR + 1, "lead": border.west.pk}, follow=True
    )
    text = response.content.decode()
    assert "BND-CYC-04" in text and "BND-CYC-03" in text and LineRound.objects.get(line=border.line).year == YEAR + 1
    # By analogy only, so it warns; the line is due in the cycle's year until both sides agreed and the higher body consented.
    assert f'<b class="num">{YEAR}</b>' in page(officer, "inspection-plan")
    send(officer, "line-inspections-do", border.line.pk, "round",
         year=YEAR + 1, agreed=[border.west.pk, border.east.pk], consent="某民函〔2026〕3号")  # fmt: skip
    assert f'<b class="num">{YEAR + 1}</b>' in page(officer, "inspection-plan")


def test_an_occurrence_proposes_an_extra_inspection(border: Border):
    told = {"kind": "river", "occurred_on": f"{YEAR}-07-01", "details": "洪水改道", "from_m": "1000", "to_m": "4000"}
    assert send(border.inspector["east"], "line-inspections-do", border.line.pk, "occurrence", **told).status_code == 302
    occurrence = LineOccurrence.objects.get()
    assert "待安排特定地段联检" in page(border.officer["west"], "inspection-plan")
    assert "BND-CYC-02" in page(border.officer["east"], "due")
    made = send(border.officer["west"], "occurrence-do", occurrence.pk, "open", lead=border.west.pk)
    held = JointInspection.objects.get(kind="extra")
    assert made.url == reverse("inspection", args=[held.pk]) and (held.from_m, held.to_m) == (1000, 4000)
    again = send(border.officer["west"], "occurrence-do", occurrence.pk, "decline", because="x")
    assert again.status_code == 409
    assert "BND-CYC-02" not in page(border.officer["east"], "due")


def test_both_sides_see_the_same_and_do_their_own(border: Border, brought):
    held = brought("reviewing")
    west, east = (page(border.reviewer[side], "inspection", held.pk) for side in ("west", "east"))
    digest = digest_of(record_of(held))
    assert digest in west and digest in east and "记录齐全，可以签署" in west
    assert "以西县名义" in west and "以东县名义" not in west and "以西县名义" not in east
    stranger = as_(border.stranger).get(reverse("inspection", args=[held.pk]))
    assert stranger.status_code == 403
    refused = send(border.officer["west"], "inspection-do", held.pk, "step", version=held.version, action="back")
    assert refused.status_code == 422 and "请写明理由" in refused.content.decode()
    assert (
        send(border.reviewer["west"], "inspection-do", held.pk, "sign", version=held.version, side=border.east.pk).status_code
        == 403
    )
    signed = send(border.reviewer["west"], "inspection-do", held.pk, "sign",
                  version=held.version, side=border.west.pk, name="张某", duty="局长", digest=digest)  # fmt: skip
    assert signed.status_code == 302
    assert "核对并签署联检结果" in page(border.reviewer["east"], "due")
    assert "核对并签署联检结果" not in page(border.reviewer["west"], "due")
    held.refresh_from_db()
    send(
        border.officer["east"],
        "inspection-do",
        held.pk,
        "content",
        version=held.version,
        group="other",
        answer="found",
        text="补充",
    )
    assert "原来的签署已经撤回" in page(border.reviewer["west"], "inspection", held.pk)


def _jpeg(colour: str) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(sink, "JPEG")
    return sink.getvalue()


def test_the_package_comes_from_the_frozen_record(border: Border, brought):
    held = brought("in_field")
    visit = held.visits.first()
    photo = store(_jpeg("#7a5"), name="界桩.jpg", purpose="application", actor=None)
    VisitPhoto.objects.create(visit=visit, key=uuid.uuid4(), file=photo, caption="全貌", distance_m=4.0)
    track = StoredFile.objects.create(sha256="0" * 64, size=1, name="轨迹.gpx", purpose="application")
    InspectionTrack.objects.create(
        inspection=held, key=uuid.uuid4(), file=track, state=TrackState.MATCHED, coverage=[(0, 3000), (4000, 9000)]
    )
    officer = border.officer["west"]
    assert as_(officer).get(reverse("inspection-package", args=[held.pk])).status_code == 409
    _file(border, held)
    response = as_(border.officer["east"]).get(reverse("inspection-package", args=[held.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {"01_联检报告.docx", "01_联检报告.pdf", "03_界桩成果表.xlsx", "04_照片表.pdf", "05_界线图.pdf", "manifest.json"} <= names
    assert {f"02_联检记录表/4199010{number}Q.{form}" for number in (1, 2, 3) for form in ("docx", "pdf")} <= names
    manifest = json.loads(archive.read("manifest.json"))
    assert {one["path"] for one in manifest["files"]} == names - {"manifest.json"}
    assert all(hashlib.sha256(archive.read(one["path"])).hexdigest() == one["sha256"] for one in manifest["files"])
    assert manifest["digest"] == held.frozen["digest"] and "本系统拟定" in manifest["headings"]
    assert archive.read(next(name for name in names if name.startswith("06_照片/"))) == _jpeg("#7a5")
    report = "".join(one.extract_text() for one in PdfReader(io.BytesIO(archive.read("01_联检报告.pdf"))).pages)
    for words in (
        "西东线2026年联合检查报告",
        "某省人民政府",
        "未发现问题",
        "格式为本系统拟定",
        held.frozen["digest"][:12],
        "8.000 公里",
    ):
        assert words in report.replace("\n", ""), words
    sheets = PdfReader(io.BytesIO(archive.read("05_界线图.pdf"))).pages
    assert len(sheets) == 3  # the overview and two pieces of less than five kilometres
    assert "内部使用" in sheets[1].extract_text()
    rows = list(openpyxl.load_workbook(io.BytesIO(archive.read("03_界桩成果表.xlsx"))).worksheets[0].values)
    assert rows[3][1] == "41990101Q" and rows[3][4] == "114°01′30.00″"
    # The same again: kept, not made anew, whatever the register says meanwhile.
    border.line.records.update(name="改名线")
    again = b"".join(as_(officer).get(reverse("inspection-package", args=[held.pk])).streaming_content)
    held.refresh_from_db()
    assert hashlib.sha256(again).hexdigest() == held.package.sha256
    assert as_(border.stranger).get(reverse("inspection-package", args=[held.pk])).status_code == 403


def _file(border: Border, held: JointInspection) -> None:
    """Through the pages: review, both sign, file."""
    held.refresh_from_db()
    send(border.officer["west"], "inspection-do", held.pk, "step", version=held.version, action="review")
    for side in ("west", "east"):
        held.refresh_from_db()
        send(border.reviewer[side], "inspection-do", held.pk, "sign", version=held.version, side=border.side(side),
             name=f"{side}某", duty="局长", digest=digest_of(record_of(held)))  # fmt: skip
    held.refresh_from_db()
    filed = send(border.officer["west"], "inspection-do", held.pk, "file", version=held.version,
                 filed_with="某省人民政府", filed_on=f"{YEAR}-06-01", by_all="1", note="档案在补")  # fmt: skip
    assert filed.status_code == 302
    held.refresh_from_db()
    assert held.state == "filed"


def test_an_inspection_recorded_afterwards_says_why_it_has_no_package(border: Border):
    officer = border.officer["west"]
    inspection_plans.record_past(officer, border.line, year=YEAR - 5, lead=border.west.pk)
    held = JointInspection.objects.get(line=border.line)
    asked = as_(officer).get(reverse("inspection-package", args=[held.pk]))
    assert asked.status_code == 409
    assert "补录" in asked.content.decode()


def test_the_next_due_year_moves_with_the_filing(border: Border, brought):
    officer = border.officer["west"]
    inspection_plans.record_past(officer, border.line, year=YEAR - 5, lead=border.west.pk)
    assert "BND-CYC-01" in page(officer, "due")
    brought("filed")
    assert "BND-CYC-01" not in page(officer, "due")
    assert f'<b class="num">{YEAR + 5}</b>' in page(officer, "inspection-plan")


# --- hazards ----------------------------------------------------------------------------------------------------------------------


HAZARD = {
    "kind": "building", "title": "张庄跨界楼", "likelihood": "present", "consequence": "serious", "found_on": f"{YEAR}-05-01",
    "due_on": f"{YEAR}-05-20", "lon": "114.05", "lat": "34.001",
}  # fmt: skip


def test_a_hazard_from_the_map_to_its_closing(border: Border):
    inspector, officer = border.inspector["east"], border.officer["west"]
    assert "在图上点一下" in page(inspector, "hazard-new", line=border.line.pk)
    refused = send(inspector, "hazard-new", **HAZARD | {"line": border.line.pk, "likelihood": ""})
    assert refused.status_code == 422 and "张庄跨界楼" in refused.content.decode()
    made = send(inspector, "hazard-new", **HAZARD | {"line": border.line.pk, "sides": [border.west.pk, border.east.pk]})
    held = border.line.hazards.get()
    assert made.url == reverse("hazard", args=[held.pk])
    assert held.chainage_m == pytest.approx(4619.4, abs=2)  # half way along the line
    assert "处置边界隐患" in page(officer, "due") and "张庄跨界楼" in page(border.officer["east"], "due")
    assert "张庄跨界楼" in page(officer, "hazards") and '"style": "level-2"' in page(officer, "hazards", view="map")
    assert "张庄跨界楼" not in page(border.stranger, "hazards")
    assert as_(border.stranger).get(reverse("hazard", args=[held.pk])).status_code == 403
    measure = {"kind": "measure", "on": f"{YEAR}-05-02", "text": "责令停工", "due_on": f"{YEAR}-05-10"}
    assert send(inspector, "hazard-do", held.pk, "entry", **measure).status_code == 403
    assert send(officer, "hazard-do", held.pk, "entry", **measure).status_code == 302
    closing = {"version": held.version, "action": "close", "note": "已拆除", "closed_on": f"{YEAR}-05-12"}
    assert send(officer, "hazard-do", held.pk, "step", **closing).status_code == 409  # the measure is still open
    entry = held.entries.get(kind="measure")
    assert send(officer, "hazard-do", held.pk, "finish", entry=entry.pk, done_on=f"{YEAR}-05-09").status_code == 302
    assert send(officer, "hazard-do", held.pk, "step", **closing).status_code == 302
    held.refresh_from_db()
    assert held.state == "closed" and "张庄跨界楼" not in page(officer, "due")
    assert send(officer, "hazard-do", held.pk, "step", version=held.version, action="reopen", note="复建").status_code == 403
    assert (
        send(border.reviewer["east"], "hazard-do", held.pk, "step", version=held.version, action="reopen", note="复建").status_code
        == 302
    )


def test_a_lines_risk_is_told_term_by_term(border: Border, brought):
    officer = border.officer["west"]
    hazards.register(
        officer, border.line, kind="mining", title="越界采砂", likelihood="present", consequence="grave", found_on=date(YEAR, 1, 5),
        chainage_m=1500.0,
    )  # fmt: skip
    inspection_plans.record_past(officer, border.line, year=YEAR - 7, lead=border.west.pk)
    held = brought("in_field")
    held.visits.filter(marker=border.markers[0]).update(condition="lost")
    text = page(border.reviewer["east"], "line-inspections", border.line.pk)
    for words in ("未了结隐患，重大风险", "联合检查逾期（年）", "界桩丢失", "<b>20</b>", "重大"):
        assert words in text, words
    response = as_(officer).get(reverse("hazards-export"))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert [sheet.title for sheet in book.worksheets] == ["边界隐患", "界线风险", "评定办法"]
    assert {row[2] for row in book.worksheets[1].values} >= {"界桩丢失", "合计"}


def test_the_criteria_are_the_offices_own_to_change(border: Border):
    text = SHIPPED.read_text("utf-8")
    assert "非法规" in page(border.officer["west"], "hazard-criteria")
    assert send(border.officer["west"], "hazard-criteria", text=text).status_code == 403
    bad = send(border.chief, "hazard-criteria", text=text.replace("[matrix]", "[grid]"))
    assert bad.status_code == 422 and "matrix" in bad.content.decode()
    own = text.replace('title = "边界隐患评定办法（系统拟定）"', 'title = "某市边界隐患评定办法"')
    assert send(border.chief, "hazard-criteria", text=own, note="市局会议通过").status_code == 302
    shown = page(border.officer["west"], "hazard-criteria")
    assert "某市边界隐患评定办法" in shown and "市局会议通过" in shown


def test_bnd_stk_05_the_distance_is_shown_and_judged_only_by_a_tolerance_of_the_office(border: Border, brought, settings):
    held = brought("planned")
    visit(held, border.markers[0], position=Point(114.0252, 34.0, srid=CGCS2000), accuracy_m=4)
    told = page(border.officer["west"], "inspection", held.pk)
    assert "实测位置距登记位置18.5米；没有设定容差，未作判断。" in told and "BND-STK-05" in told
    settings.MARKER_TOLERANCE_M = 10.0
    assert "疑似移位：实测位置距登记位置18.5米，超过容差10米。" in page(border.officer["west"], "inspection", held.pk)
    settings.MARKER_TOLERANCE_M = 30.0
    assert "实测位置距登记位置 18.5 米" in page(border.officer["west"], "inspection", held.pk)
