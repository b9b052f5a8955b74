"""Large files in chunks: sessions that go on, chunks taken once, faulty files kept aside, nothing left behind."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from gis.files import purposes, services, uploads
from gis.files.models import StoredFile, Upload, UploadState
from gis.files.validators import ExtensionAllowed, extension_tells_the_truth, not_empty
from tests.factories import make_user

pytestmark = pytest.mark.django_db

VALIDATORS = (not_empty, ExtensionAllowed(("csv", "zip")), extension_tells_the_truth)
purposes.register(
    purposes.Purpose(
        "test.large", "大文件", lambda user, file: file.uploader_id == user.pk, VALIDATORS, 1000, lambda user: user.is_active
    )
)
CONTENT = bytes(range(65, 91)) * 2  # 52 bytes: five chunks of 10 and one of 2


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def small_chunks(settings):
    settings.UPLOAD_CHUNK_BYTES = 10


@pytest.fixture
def owner(db):
    return make_user("owner", (Duty.DIVISION_OFFICER, None))


def begin(owner, content=CONTENT, **more) -> Upload:
    return uploads.begin(owner, **{"name": "数据.csv", "size": len(content), "purpose": "test.large", **more})[0]


def send(owner, upload, content=CONTENT, only=None) -> list[bool]:
    step = upload.chunk_bytes
    parts = {index: content[index * step : (index + 1) * step] for index in range(upload.chunk_count)}
    return [
        uploads.take_chunk(owner, upload, index, digest(parts[index]), io.BytesIO(parts[index]))
        for index in (parts if only is None else only)
    ]


def left_behind(upload: Upload) -> list[str]:
    try:
        return default_storage.listdir(f"uploads/{upload.pk}")[1]
    except FileNotFoundError:
        return []


def test_a_file_comes_in_any_order_and_is_kept_as_it_was(owner, django_capture_on_commit_callbacks):
    upload = begin(owner)
    assert send(owner, upload, only=[5, 0, 3, 1, 4, 2]) == [True] * 6
    with django_capture_on_commit_callbacks(execute=True):
        ended = uploads.finish(owner, upload, digest(CONTENT))
    assert ended.state == UploadState.FINISHED and ended.file.purpose == "test.large"
    assert services.read_bytes(ended.file) == CONTENT
    assert left_behind(upload) == [] and not upload.chunks.exists()
    assert AuditEntry.objects.filter(action="upload.finish", target_id=str(upload.pk)).count() == 1


def test_the_same_chunk_is_taken_once_and_another_under_its_number_refused(owner):
    upload = begin(owner)
    assert send(owner, upload, only=[0]) == [True] and send(owner, upload, only=[0]) == [False]
    with pytest.raises(ConflictError) as refusal:
        uploads.take_chunk(owner, upload, 0, digest(b"x" * 10), io.BytesIO(b"x" * 10))
    assert refusal.value.code == "chunk_differs" and refusal.value.status == 409
    assert len(left_behind(upload)) == 1


@pytest.mark.parametrize(
    ("index", "sha256", "body", "code"),
    [
        (6, digest(b"x" * 10), b"x" * 10, "bad_index"),
        (0, "ABC", b"x" * 10, "bad_sha256"),
        (0, digest(b"x" * 9), b"x" * 9, "chunk_size"),
        (0, digest(b"x" * 11), b"x" * 11, "chunk_size"),
        (0, digest(b"x" * 10), b"y" * 10, "chunk_damaged"),
    ],
)
def test_a_chunk_that_came_broken_leaves_nothing(owner, index, sha256, body, code):
    upload = begin(owner)
    with pytest.raises(InvalidInputError) as refusal:
        uploads.take_chunk(owner, upload, index, sha256, io.BytesIO(body))
    assert refusal.value.code == code
    assert left_behind(upload) == [] and not upload.chunks.exists()


def test_it_goes_on_where_it_was_in_another_browser(owner):
    upload = begin(owner)
    send(owner, upload, only=[0, 1])
    again, is_new = uploads.begin(owner, name="数据.csv", size=len(CONTENT), purpose="test.large", sha256=digest(CONTENT))
    assert again.pk == upload.pk and not is_new
    assert [chunk["index"] for chunk in uploads.status(again)["chunks"]] == [0, 1]
    assert uploads.status(again)["received_bytes"] == 20
    fresh, is_new = uploads.begin(owner, name="数据.csv", size=len(CONTENT), purpose="test.large", fresh=True)
    assert is_new and fresh.pk != upload.pk
    assert begin(make_user("other", (Duty.READER, None))).pk not in {upload.pk, fresh.pk}


def test_finish_says_what_is_missing(owner):
    upload = begin(owner)
    send(owner, upload, only=[0, 2, 3])
    with pytest.raises(ConflictError) as refusal:
        uploads.finish(owner, upload)
    assert refusal.value.code == "upload_incomplete" and refusal.value.details["missing"] == [1, 4, 5]


def test_finishing_twice_gives_one_file(owner):
    upload = begin(owner)
    send(owner, upload)
    assert uploads.finish(owner, upload).file_id == uploads.finish(owner, upload).file_id
    assert StoredFile.objects.filter(purpose="test.large").count() == 1
    with pytest.raises(ConflictError):
        send(owner, upload, only=[0])


@pytest.mark.parametrize(
    ("name", "content", "announced", "code"),
    [
        ("其实是网页.csv", b"<html><script>alert(1)</script>" + b" " * 30, "", "content_not_as_named"),
        ("程序.exe", b"MZ" + bytes(60), "", "file_kind_not_accepted"),
        ("数据.csv", CONTENT, digest(b"other"), "sha256_differs"),
    ],
)
def test_a_faulty_file_is_kept_aside_with_the_reason(owner, logged_in, name, content, announced, code):
    upload = begin(owner, content, name=name, sha256=announced)
    send(owner, upload, content)
    ended = uploads.finish(owner, upload)
    assert ended.state == UploadState.SET_ASIDE and ended.reason_code == code and ended.reason.endswith("。")
    assert services.read_bytes(ended.file) == content
    address = reverse("file-download", args=[ended.file_id])
    assert logged_in(owner).get(address).status_code == 200
    assert logged_in(make_user("chief", (Duty.ADMINISTRATOR, None))).get(address).status_code == 200
    assert logged_in(make_user("someone", (Duty.DIVISION_OFFICER, None))).get(address).status_code == 403


def test_the_quota_counts_what_is_under_way(owner, settings, django_capture_on_commit_callbacks):
    settings.UPLOAD_QUOTA_BYTES = 100
    first = begin(owner)
    send(owner, first, only=[0])
    with pytest.raises(ConflictError) as refusal:
        begin(owner, name="另一份.csv")
    assert refusal.value.code == "upload_quota"
    with django_capture_on_commit_callbacks(execute=True):
        uploads.abort(owner, first)
    assert left_behind(first) == []
    assert begin(owner, name="另一份.csv")


def test_what_nobody_went_on_with_is_cleared_away(owner, django_capture_on_commit_callbacks):
    old, young = begin(owner), begin(owner, name="新的.csv")
    send(owner, old, only=[0])
    Upload.objects.filter(pk=old.pk).update(moved_at=timezone.now() - timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        uploads.expire()
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (UploadState.EXPIRED, UploadState.RECEIVING)
    assert left_behind(old) == []
    assert AuditEntry.objects.filter(action="upload.expire").count() == 1


def test_only_the_owner_goes_on_and_only_for_purposes_that_take_chunks(owner):
    upload, other = begin(owner), make_user("other", (Duty.DIVISION_OFFICER, None))
    for act in (
        lambda: send(other, upload, only=[0]),
        lambda: uploads.finish(other, upload),
        lambda: uploads.abort(other, upload),
        lambda: begin(owner, purpose="application"),
        lambda: begin(owner, purpose="no such purpose"),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_over_http(owner, logged_in):
    client = logged_in(owner)
    started = client.post(reverse("uploads"), {"name": "数据.csv", "size": len(CONTENT), "purpose": "test.large"})
    assert started.status_code == 201
    pk = started.json()["id"]
    for index in range(6):
        part = CONTENT[index * 10 : index * 10 + 10]
        sent = {"content_type": "application/octet-stream", "headers": {"X-Chunk-SHA256": digest(part)}}
        address = reverse("upload-chunk", args=[pk, index])
        assert [client.post(address, part, **sent).status_code for _twice in range(2)] == [201, 200]
        wrong = client.post(
            address, b"?" * len(part), content_type="text/plain", headers={"X-Chunk-SHA256": digest(b"?" * len(part))}
        )
        assert wrong.status_code == 409 and wrong.json()["error"]["code"] == "chunk_differs"
    assert client.get(reverse("upload", args=[pk])).json()["received_bytes"] == len(CONTENT)
    assert len(client.get(reverse("uploads"), {"purpose": "test.large"}).json()["uploads"]) == 1
    ended = client.post(reverse("upload-finish", args=[pk]), {"sha256": digest(CONTENT)})
    assert ended.status_code == 200 and services.read_bytes(StoredFile.objects.get(pk=ended.json()["file"])) == CONTENT


@pytest.mark.parametrize("size", ["", "0", "-5", "1e9", "九", "9" * 40])
def test_bad_sizes_over_http(owner, logged_in, size):
    answer = logged_in(owner).post(reverse("uploads"), {"name": "数据.csv", "size": size, "purpose": "test.large"})
    assert answer.status_code == 422


def at_once(*acts):
    """Each in a thread and a connection of its own."""

    def then_close(act):
        try:
            return act()
        except ConflictError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(then_close, acts))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_send_the_same_chunks_and_both_finish(owner):
    upload = begin(owner)
    taken = at_once(*(lambda: send(owner, upload) for _tab in range(4)))
    assert [sum(one) for one in zip(*taken, strict=True)] == [1] * 6
    assert len(left_behind(upload)) == 6
    ended = at_once(*(lambda: uploads.finish(owner, upload).file_id for _tab in range(4)))
    assert len(set(ended)) == 1 and StoredFile.objects.filter(purpose="test.large").count() == 1
    assert left_behind(upload) == []


@pytest.mark.django_db(transaction=True)
def test_two_bodies_race_for_one_number(owner):
    upload = begin(owner)
    bodies = [bytes([letter]) * 10 for letter in b"abcd"]
    told = at_once(*(lambda body=body: uploads.take_chunk(owner, upload, 0, digest(body), io.BytesIO(body)) for body in bodies))
    assert sorted(map(str, told)) == ["True", "chunk_differs", "chunk_differs", "chunk_differs"]
    assert len(left_behind(upload)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_quota_holds_against_two_tabs(owner, settings):
    settings.UPLOAD_QUOTA_BYTES = 100
    names = [f"{number}.csv" for number in range(4)]
    told = at_once(*(lambda name=name: begin(owner, name=name).name for name in names))
    assert sum(one == "upload_quota" for one in told) == 3


class AnyWayOfSending(TestCase):
    @hypothesis_settings(max_examples=25)
    @given(
        content=st.binary(min_size=1, max_size=45),
        order=st.lists(st.integers(0, 4), max_size=20),
    )
    def test_gives_the_same_file(self, content, order):
        """Whatever is sent how often in whatever order: in the end the bytes are those of the file."""
        owner = make_user("someone", (Duty.READER, None))
        upload = begin(owner, content, name="任意.csv", fresh=True)
        for index in [*(one for one in order if one < upload.chunk_count), *range(upload.chunk_count)]:
            send(owner, upload, content, only=[index])
        ended = uploads.finish(owner, upload, digest(content))
        assert services.read_bytes(ended.file) == content
