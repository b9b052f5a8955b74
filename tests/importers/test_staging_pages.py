"""Imports over HTTP: pages in every state, bad input, the shapes of the preview, the report."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gis.accounts.models import Duty
from gis.services.spreadsheets import as_book
from importers.models import BatchState, StagedBatch, StagedRow
from importers.services import staging
from tests.factories import make_user
from tests.importers.files import csv
from tests.importers.staged import OPTIONS, brought, checked, committed, work
from tests.importers.test_staging import a_list, two_counties

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None))


@pytest.fixture
def client(officer, logged_in):
    return logged_in(officer)


def page(client, batch, **query) -> str:
    answer = client.get(reverse("import-batch", args=[batch.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "utf-16-le", "utf-16", "gb18030"])
def test_tables_of_every_kind_have_their_page(client, officer, tmp_path, kind, language, settings):
    """A workbook's page once broke down over its encoding."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    path = tmp_path / ("list.xlsx" if kind == "xlsx" else "list.csv")
    if kind == "xlsx":
        path.write_bytes(as_book([("名单", ["代码", "名称"], [("411021", "甲县")])]))
    else:
        path.write_bytes("代码\t名称\n411021\t甲县\n".encode(kind))
    batch = brought(officer, path)
    shown = page(client, batch)
    assert "甲县" in shown and {"xlsx": "utf-8"}.get(kind, kind.removesuffix("-le")) in shown
    batch = checked(officer, path, crs=None, grade=None)
    assert batch.verdict["counts"]["created"] == 1 and "甲县" in page(client, batch)


def test_a_file_without_javascript_goes_all_the_way(client, tmp_path):
    path = two_counties(tmp_path)
    answer = client.post(reverse("imports"), {"file": upload(path)})
    batch = StagedBatch.objects.get()
    assert answer["Location"] == reverse("import-batch", args=[batch.pk])
    assert "在后台进行" in page(client, batch)
    batch = work(batch)
    assert "这是什么数据" in page(client, batch) and "EPSG:4490" not in page(client, batch)
    client.post(reverse("import-choose", args=[batch.pk]), {"target": "divisions", "layer": batch.layer})
    shown = page(client, batch)
    assert "哪一列是什么" in shown and '<option value="adcode" selected>' in shown
    options = {f"option-{key}": value for key, value in OPTIONS.items()}
    client.post(reverse("import-set-up", args=[batch.pk]), {**options, "role-code": "adcode", "role-name": "name"})
    batch = work(batch)
    assert "甲县" in page(client, batch) and "无缝隙" in page(client, batch)
    client.post(reverse("import-step", args=[batch.pk]), {"step": "commit"})
    batch = work(batch)
    assert "撤销整批" in page(client, batch)
    client.post(reverse("import-step", args=[batch.pk]), {"step": "undo"})
    batch = work(batch)
    assert batch.state == BatchState.UNDONE and "登记已恢复到导入之前" in page(client, batch)
    listed = client.get(reverse("imports")).content.decode()
    assert "counties.geojson" in listed and "已撤销" in listed


def test_the_same_file_leads_to_its_batch(client, tmp_path):
    path = two_counties(tmp_path)
    first = client.post(reverse("imports"), {"file": upload(path)})
    again = client.post(reverse("imports"), {"file": upload(path)}, follow=True)
    assert again.redirect_chain[0][0] == first["Location"]
    assert "已经带入过" in again.content.decode()


@pytest.mark.parametrize("data", [{}, {"stored": "99999999"}, {"stored": "x"}, {"stored": "9" * 40}])
def test_without_a_file_the_page_says_so(client, data):
    answer = client.post(reverse("imports"), data)
    assert answer.status_code == 422 and "选择" in answer.content.decode()


def test_a_file_of_somebody_else_is_not_taken(client, tmp_path):
    other = make_user("other", (Duty.DIVISION_OFFICER, None))
    stored = brought(other, two_counties(tmp_path)).file
    assert client.post(reverse("imports"), {"stored": stored.pk}).status_code == 422


def test_only_problems_are_shown_when_asked(client, officer, tmp_path):
    batch = checked(officer, a_list(tmp_path, "411021,甲县", "41102X,乙县"), crs=None, grade=None)
    assert "甲县" in page(client, batch) and "甲县" not in page(client, batch, problems="1")
    assert "含有数字以外的字符" in page(client, batch, problems="1")
    assert "甲县" in page(client, batch, outcome="created") and "乙县" not in page(client, batch, outcome="created")
    assert page(client, batch, page="x", outcome="<script>")


def test_a_row_is_edited_on_the_page(client, officer, tmp_path):
    batch = checked(officer, a_list(tmp_path, "411021,甲县", "41102X,乙县"), crs=None, grade=None)
    answer = client.post(
        reverse("import-row", args=[batch.pk]),
        {"row": "2", "column": ["代码", "名称"], "value": ["411022", "乙县"], "back": "problems=1&page=2"},
    )
    assert answer["Location"].endswith(f"/imports/{batch.pk}/?problems=1&page=2#row-2")
    assert StagedRow.objects.get(batch=batch, number=2).edits == {"代码": "411022"}
    assert "原为 41102X" in page(client, batch)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"row": "x", "skip": "1"},
        {"row": "99", "skip": "1"},
        {"row": "1"},
        {"row": "1", "column": ["代码"], "value": []},
        {"row": "1", "column": ["编造"], "value": ["1"]},
    ],
)
def test_bad_edits_over_http(client, officer, tmp_path, data):
    batch = checked(officer, a_list(tmp_path, "411021,甲县"), crs=None, grade=None)
    assert client.post(reverse("import-row", args=[batch.pk]), data).status_code == 422
    assert not StagedRow.objects.exclude(edits={}, skipped=False).exists()


def test_no_address_leads_away(client, officer, tmp_path):
    batch = checked(officer, a_list(tmp_path, "411021,甲县"), crs=None, grade=None)
    for back in ("//evil.example", "problems=1#<script>", "a\r\nX: y"):
        answer = client.post(reverse("import-row", args=[batch.pk]), {"row": "1", "skip": "1", "back": back})
        assert answer["Location"] == f"/imports/{batch.pk}/#row-1"


@pytest.mark.parametrize("step", ["", "delete", "set_up"])
def test_an_unknown_step_is_refused(client, officer, tmp_path, step):
    batch = brought(officer, a_list(tmp_path, "411021,甲县"))
    assert client.post(reverse("import-step", args=[batch.pk]), {"step": step}).status_code == 422


def test_a_wrong_option_stands_on_the_page_again(client, officer, tmp_path):
    batch = brought(officer, two_counties(tmp_path))
    batch = staging.choose(officer, batch, "divisions", batch.layer)
    data = {"option-level": "county", "option-as_of": "去年", "role-code": "adcode", "role-name": "name", "option-title": "某资料"}
    answer = client.post(reverse("import-set-up", args=[batch.pk]), data)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "应为日期" in shown and 'value="某资料"' in shown


def test_shapes_are_drawn_in_the_system_that_is_asked_for(client, officer, tmp_path):
    batch = checked(officer, two_counties(tmp_path))
    address = reverse("import-shapes", args=[batch.pk])
    drawn = client.get(address).json()
    assert [one["properties"]["label"] for one in drawn["features"]] == ["甲县", "乙县"]
    west = drawn["features"][0]["geometry"]["coordinates"]
    other = client.get(address, {"crs": "gcj02"}).json()["features"][0]["geometry"]["coordinates"]
    assert west != other
    assert client.get(address, {"crs": "no such system"}).status_code == 422
    assert client.get(address, {"problems": "1"}).json()["features"] == []


def test_the_report_is_a_workbook_without_formulas(client, officer, tmp_path):
    path = csv(tmp_path / "f.csv", "代码,名称\n411021,甲县\n411022,=HYPERLINK(1)\n")
    batch = committed(officer, path, crs=None, grade=None)
    answer = client.get(reverse("import-report", args=[batch.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["概要", "逐行结果", "导入前的改动", "识别与提示"]
    lines = [[cell.value for cell in row] for row in book["逐行结果"]]
    assert lines[1][:4] == [1, "411021", "甲县", "新建"] and lines[2][2] == "'=HYPERLINK(1)"
    assert not any(cell.data_type == "f" for sheet in book for row in sheet for cell in row)


def test_a_report_before_the_check_is_refused(client, officer, tmp_path):
    batch = brought(officer, a_list(tmp_path, "411021,甲县"))
    assert client.get(reverse("import-report", args=[batch.pk])).status_code == 409


def test_the_progress_part_ends_with_a_fresh_page(client, officer, tmp_path):
    batch = staging.commit(officer, checked(officer, a_list(tmp_path, "411021,甲县"), crs=None, grade=None))
    assert 'hx-trigger="every 1s"' in page(client, batch, part="progress")
    work(batch)
    done = client.get(reverse("import-batch", args=[batch.pk]), {"part": "progress"})
    assert done.status_code == 204 and done["HX-Refresh"] == "true"


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("空的.csv", b" "),
            ("程序.zip", b"MZ\x90\x00" + bytes(64)),
            ("坏的.zip", b"PK\x03\x04broken"),
            ("外部实体.kml", b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>'),
            ("网页.geojson", b"<html><script>alert(1)</script></html>"),
            ("半截.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature"'),
        ],
    )
    def test_is_kept_aside_with_the_reason(self, client, officer, tmp_path, name, content):
        path = tmp_path / name
        path.write_bytes(content)
        batch = brought(officer, path)
        assert batch.state == BatchState.UNREADABLE
        shown = page(client, batch)
        assert "已原样保存" in shown and batch.inspection["error"]["message"][:10] in shown
        kept = client.get(reverse("file-download", args=[batch.file_id]))
        assert b"".join(kept.streaming_content) == content

    def test_text_of_a_file_is_never_markup(self, client, officer, tmp_path):
        path = csv(tmp_path / "x.csv", "代码,名称,<script>alert(1)</script>\n411021,<img src=x onerror=alert(1)>,甲\n")
        batch = brought(officer, path)
        assert "<script>alert" not in page(client, batch)
        batch = checked(officer, path, crs=None, grade=None)
        assert "<img src=x" not in page(client, batch)
        assert client.get(reverse("import-report", args=[batch.pk])).status_code == 200

    def test_null_characters_are_shown_and_not_kept(self, officer, tmp_path):
        path = csv(tmp_path / "n.csv", "代码,名称\n411021,甲\0县\n")
        batch = brought(officer, path)
        assert batch.state in {BatchState.UNREADABLE, BatchState.INSPECTED}


@pytest.mark.parametrize("state", ["inspected", "checked", "committed"])
def test_what_an_older_program_recognised_is_looked_at_again(client, officer, tmp_path, state):
    """An inspection kept in an older form once broke the page."""
    ways = {"inspected": brought, "checked": checked, "committed": committed}
    batch = ways[state](officer, two_counties(tmp_path))
    batch.inspection = {"kind": "vector", "layers": [{"name": "counties"}], "read": batch.inspection["read"]}
    batch.save()
    shown = page(client, batch)
    assert ("旧版程序识别" in shown) == (state != "committed")
    assert client.get(reverse("imports")).status_code == 200
    assert client.get(reverse("import-report", args=[batch.pk])).status_code == (409 if state == "inspected" else 200)
    if state == "committed":
        assert "撤销整批" in shown
        return
    answer = client.post(reverse("import-choose", args=[batch.pk]), {"target": "divisions", "layer": "counties"})
    assert answer.status_code == 409 and "重新识别" in answer.content.decode()
    answer = client.post(reverse("import-step", args=[batch.pk]), {"step": "inspect"})
    batch = work(StagedBatch.objects.get(pk=batch.pk))
    assert batch.state == BatchState.INSPECTED and "旧版程序识别" not in page(client, batch)
    assert StagedRow.objects.filter(batch=batch).count() == 2
