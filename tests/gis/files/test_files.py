"""Files: kept by content, judged by content, handed out by policy."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import InvalidInputError, NotFoundError
from gis.files import purposes, services, sniff
from gis.files.validators import OFFICE_PAPER
from tests.factories import make_user

pytestmark = pytest.mark.django_db

purposes.register(purposes.Purpose("test.paper", "文件", lambda user, file: file.uploader_id == user.pk, OFFICE_PAPER))
purposes.register(purposes.Purpose("test.anything", "文件", lambda user, file: True, (), 1000))

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def a_docx() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def an_xlsx() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def a_zip(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def uploader(db):
    return make_user("uploader", (Duty.DIVISION_OFFICER, None))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, sniff.PDF),
        (PNG, sniff.PNG),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", sniff.JPEG),
        (a_docx(), sniff.DOCX),
        (an_xlsx(), sniff.XLSX),
        (a_zip(a=b"x"), sniff.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), sniff.OLD_OFFICE),
        (b"\x00\x00\x27\x0a" + bytes(96), sniff.SHAPEFILE),
        (b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(30), sniff.GEOPACKAGE),
        (b'{"type": "FeatureCollection", "features": []}', sniff.GEOJSON),
        (b'{"name": "x"}', sniff.JSON),
        ("代码,名称\n410000,河南省\n".encode(), sniff.TEXT),
        ("代码,名称\n410000,河南省\n".encode("gb18030"), sniff.TEXT),
        ("\ufeff代码,名称".encode("utf-16"), sniff.TEXT),
        (("河" * 5000).encode(), sniff.TEXT),
        (b"<!doctype html><script>1</script>", sniff.HTML),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", sniff.SVG),
        (b"<?xml version='1.0'?><kml/>", sniff.KML),
        (b"MZ\x90\x00" + bytes(64), sniff.UNKNOWN),
        (b"PK\x03\x04broken", sniff.UNKNOWN),
    ],
)
def test_the_type_is_told_by_the_content(content, expected):
    assert sniff.sniff(io.BytesIO(content)) == expected


def test_content_is_kept_once_and_every_upload_remembered(uploader):
    first = services.store(SimpleUploadedFile("请示.pdf", PDF), name="请示.pdf", purpose="test.paper", actor=uploader)
    second = services.store(PDF, name="另一份.pdf", purpose="test.paper", actor=uploader)
    assert first.sha256 == second.sha256 and first.pk != second.pk
    key = services.key_of(first.sha256)
    assert key == f"{first.sha256[:2]}/{first.sha256}"
    assert services.read_bytes(second) == PDF
    assert len(default_storage.listdir(first.sha256[:2])[1]) == 1
    assert AuditEntry.objects.filter(action="file.store", actor=uploader).count() == 2


def test_half_written_content_is_written_anew(uploader):
    stored = services.store(PDF, name="a.pdf", purpose="test.paper", actor=uploader)
    key = services.key_of(stored.sha256)
    with open(default_storage.path(key), "wb") as handle:
        handle.write(PDF[:3])
    services.store(PDF, name="a.pdf", purpose="test.paper", actor=uploader)
    assert services.read_bytes(stored) == PDF


def test_a_file_beyond_the_limit_is_refused_while_it_streams(uploader):
    with pytest.raises(InvalidInputError) as refusal:
        services.store(b"x" * 1001, name="a.txt", purpose="test.anything", actor=uploader)
    assert refusal.value.code == "file_too_large"
    assert not AuditEntry.objects.filter(action="file.store").exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.pdf", b"", "empty_file"),
        ("程序.exe", b"MZ", "file_kind_not_accepted"),
        ("没有扩展名", PDF, "file_kind_not_accepted"),
        ("其实是网页.pdf", b"<html><script>alert(1)</script>", "content_not_as_named"),
        ("其实是表格.docx", an_xlsx(), "content_not_as_named"),
        ("坏了.docx", a_docx()[:-40], "content_not_as_named"),
        ("路径.zip", a_zip(**{"../../etc/passwd": b"x"}), "archive_path_escapes"),
        ("炸弹.zip", a_zip(a=bytes(5_000_000)), "archive_too_large"),
        ("宏.docx", a_zip(**{"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"}), "document_has_macros"),
        ("\u202e\x00", PDF, "bad_file_name"),
    ],
)
def test_what_an_office_cannot_use_is_refused_in_words(uploader, name, content, code):
    with pytest.raises(InvalidInputError) as refusal:
        services.store(content, name=name, purpose="test.paper", actor=uploader)
    assert refusal.value.code == code
    assert str(refusal.value).endswith("。")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\张三\\请示.pdf", "请示.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("gpj.\u202efdp", "gpj.fdp"),
        ("很" * 300 + ".pdf", "很" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(given, kept):
    assert services.clean_name(given) == kept


def test_downloads_ask_the_policy_and_keep_the_chinese_name(uploader, logged_in):
    stored = services.store(PDF, name="关于设立某某镇的请示（2026年）.pdf", purpose="test.paper", actor=uploader)
    address = reverse("file-download", args=[stored.pk])
    answer = logged_in(uploader).get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%85%B3")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert logged_in(uploader).get(address, {"inline": "1"})["Content-Disposition"].startswith("inline")
    assert logged_in(make_user("other", (Duty.ADMINISTRATOR, None))).get(address).status_code == 403
    assert logged_in(uploader).get(reverse("file-download", args=[stored.pk + 99])).status_code == 404


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_html_and_svg_are_never_shown_in_place(uploader, logged_in, content):
    stored = services.store(content, name="x.html", purpose="test.anything", actor=uploader)
    answer = logged_in(uploader).get(reverse("file-download", args=[stored.pk]), {"inline": "1"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == sniff.UNKNOWN


def test_lost_content_is_told(uploader):
    stored = services.store(PDF, name="a.pdf", purpose="test.paper", actor=uploader)
    default_storage.delete(services.key_of(stored.sha256))
    with pytest.raises(NotFoundError):
        services.open_file(stored)
