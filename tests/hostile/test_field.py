"""What a phone may send out of malice or by a broken clock or program: refused in words, or taken and doubted, never a fault."""

from __future__ import annotations

import io
import json
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from boundaries.inspection_field import field_of
from boundaries.models import InspectionState, InspectionTrack, MarkerVisit, VisitPhoto
from gis.accounts.models import DutyAssignment
from tests.boundaries.field.world import (
    NOON,
    FieldWorld,
    a_visit,
    make_world,
    new_key,
    photo,
    send_photo,
    send_track,
    send_visit,
    walk,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> FieldWorld:
    return make_world()


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_bodies_that_break_programs(world, logged_in):
    client = logged_in(world.walker)
    visit = a_visit(world, "1")
    for body in (
        b"[" * 60_000,
        json.dumps({**visit, "notes": "x"}).replace('"x"', r'"\ud800"').encode(),
        json.dumps({**visit, "device": "x"}).replace('"x"', r'"\udc00"').encode(),
        json.dumps(visit).encode("utf-16")[:101],
    ):
        answer = client.post(f"{world.here}visits/", body, content_type="application/json")
        assert refused(answer) == (422, "bad_json"), body[:40]
    for change in (
        {"marker": 2**80}, {"marker": -(2**63) - 1}, {"checks": {"firm": 1}}, {"condition": ["intact"]}, {"done": [["cleared"]]},
        {"visited_at": "0001-01-01T00:00:00+14:00"}, {"visited_at": "9999-12-31T23:59:59-12:00"}, {"references": {"a": 1}},
    ):  # fmt: skip
        assert refused(send_visit(client, world, {**visit, **change})) == (422, "bad_visit"), change
    odd = {
        **visit,
        "accuracy_m": 1e400,
        "position": [114.0, 33.25],
        "references": [{"name": ["x"], "ok": "yes"}],
        "side": 2**80,
        "replaces": [1],
    }
    answer = client.post(f"{world.here}visits/", json.dumps(odd | {"side": None}), content_type="application/json")
    assert answer.status_code == 201 and MarkerVisit.objects.get().accuracy_m is None
    assert refused(send_visit(client, world, odd | {"key": new_key()})) == (422, "side_unknown")


def test_replays_and_keys_of_another_inspection(world, logged_in):
    from boundaries.models import JointInspection

    client = logged_in(world.walker)
    other = JointInspection.objects.create(
        line=world.line, year=2025, lead=world.west, partner=world.east, state=InspectionState.IN_FIELD
    )
    key, visit = new_key(), a_visit(world, "1")
    assert [send_track(client, world, walk(), key=key).status_code for _turn in range(3)] == [201, 200, 200]
    assert [send_visit(client, world, visit).status_code for _turn in range(2)] == [201, 200]
    elsewhere = f"/field/{other.pk}/"
    again = client.post(f"{elsewhere}tracks/", {"key": key, "file": SimpleUploadedFile("walk.gpx", walk())})
    assert refused(again) == (409, "key_reused")
    again = client.post(f"{elsewhere}visits/", json.dumps(visit), content_type="application/json")
    assert refused(again) == (409, "key_reused")
    astray = client.post(
        f"{elsewhere}photos/", {"key": new_key(), "visit": visit["key"], "file": SimpleUploadedFile("a.jpg", photo())}
    )
    assert refused(astray) == (404, "visit_unknown")
    for bad in ("", "x", "0" * 4000, "'; drop table"):
        assert refused(send_track(client, world, walk(), key=bad or "none")) == (422, "bad_key")
    assert (InspectionTrack.objects.count(), MarkerVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1, 0)


def test_what_comes_after_the_review_began_is_told_and_what_came_before_is_answered(world, logged_in):
    client, key = logged_in(world.walker), new_key()
    send_track(client, world, walk(), key=key)
    world.inspection.state = InspectionState.REVIEWING
    world.inspection.save()
    assert send_track(client, world, walk(), key=key).status_code == 200
    late = send_track(client, world, walk(114.0, 114.02))
    assert refused(late) == (409, "inspection_not_in_field") and "内容仍在设备上" in late.json()["error"]["message"]
    told = client.get(f"{world.here}standing.json").json()
    assert not told["open"] and told["state"] == "reviewing" and key in told["keys"]["tracks"]
    world.inspection.state = InspectionState.IN_FIELD
    world.inspection.save()
    assert send_track(client, world, walk(114.0, 114.02)).status_code == 201


def test_who_is_taken_off_the_line_midway_sends_nothing_more(world, logged_in):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    DutyAssignment.objects.filter(user=world.walker).delete()
    for answer in (
        send_photo(client, world, visit["key"], photo()),
        send_track(client, world, walk()),
        send_visit(client, world, a_visit(world, "2")),
        client.get(f"{world.here}standing.json"),
    ):
        assert refused(answer) == (403, "forbidden")
    assert field_of(world.inspection).markers_visited == 1  # what was found stays found


def test_clocks_wrong_by_years_are_said(world, logged_in):
    client = logged_in(world.walker)
    for number, when, words in (
        ("1", NOON - timedelta(days=20 * 365), "天，设备的时钟可能不对"),
        ("2", NOON + timedelta(days=20 * 365), "天，设备的时钟可能不对"),
        ("3", None, ""),
    ):
        sent = send_visit(client, world, a_visit(world, number) | {"visited_at": when.isoformat() if when else None})
        assert sent.status_code == 201
        assert words in "".join(sent.json()["doubts"]) and bool(words) == bool(sent.json()["doubts"])
    send_track(client, world, walk(begins=NOON.replace(year=2199, month=12, day=31)))
    send_track(client, world, walk().replace(b"2026-05-06T", b"0001-01-01T"), name="old.gpx")
    work_here()
    codes = {one["code"] for one in client.get(f"{world.here}standing.json").json()["suspicions"]}
    assert {"clock_future", "clock_unset"} <= codes
    assert "设备的时钟可能不对" in logged_in(world.other).get(f"{world.here}desk/").content.decode()


def work_here() -> None:
    from boundaries.services import field_matching, field_tracks
    from gis.jobs.models import Job

    for held in InspectionTrack.objects.filter(state="received"):
        field_matching.run(Job.objects.filter(kind=field_tracks.MATCH_JOB).latest("id"), held.pk)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _jpeg_of(width: int, height: int, *, progressive: bool) -> bytes:
    """A small JPEG that says it is large: what the decoder would make room for."""
    sink = io.BytesIO()
    Image.new("RGB", (64, 64)).save(sink, "JPEG", progressive=progressive)
    content = sink.getvalue()
    at = content.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", _png(60_000, 60_000), "photo_too_large"),
        ("a.png", _png(9_000, 9_000), "photo_too_large"),  # 324 MB when opened
        ("a.jpg", _jpeg_of(65_000, 65_000, progressive=False), "photo_too_large"),
        ("a.jpg", _jpeg_of(9_000, 9_000, progressive=True), "photo_too_large"),
    ],
)
def test_pictures_that_would_fill_the_memory(world, logged_in, name, content, code):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    assert refused(send_photo(client, world, visit["key"], content, name=name)) == (422, code)


def _with_gps(**gps: Any) -> bytes:
    sink, exif = io.BytesIO(), Image.Exif()
    exif[0x8825] = {
        1: "N",
        2: (33.0, 15.0, 0.0),
        3: "E",
        4: (114.0, 0.0, 0.0),
        **{int(name[1:]): value for name, value in gps.items()},
    }
    Image.new("RGB", (32, 32)).save(sink, "JPEG", exif=exif)
    return sink.getvalue()


def test_exif_that_is_nonsense_costs_the_place_or_the_time(world, logged_in):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    nan = IFDRational(0, 0)
    for content in (
        _with_gps(t2=(nan, 0.0, 0.0)),
        _with_gps(t2=(4e9, 0.0, 0.0)),
        _with_gps(t4=(0.0,), t2=(0.0,)),
        photo(taken="0001:01:01 00:00:00", offset="+14:00"),
        photo(taken="9999:12:31 23:59:59", offset="-12:00"),
        _with_gps(t29="9999:12:31", t7=(23.0, 59.0, 59.0), t2=(nan,)),
    ):
        sent = send_photo(client, world, visit["key"], content, name="a.jpg")
        assert sent.status_code == 201, sent.content
    assert not VisitPhoto.objects.exclude(position=None).exists() and not VisitPhoto.objects.exclude(taken_at=None).exists()
    assert client.get(f"{world.here}standing.json").status_code == 200
    far = send_photo(client, world, visit["key"], photo((120.0, 30.0), taken="2019:01:01 12:00:00")).json()["doubts"]
    assert len(far) == 2 and "米，请核对" in far[0] and "2019-01-01" in far[1]


def test_two_phones_at_one_marker_with_the_keys_of_each_other(world, logged_in):
    walker, other = logged_in(world.walker), logged_in(world.other)
    mine = a_visit(world, "1", "intact")
    assert send_visit(walker, world, mine).status_code == 201
    assert refused(send_visit(other, world, {**mine, "condition": "lost"})) == (409, "key_reused")
    theirs = a_visit(world, "1", "lost", replaces=mine["key"])
    assert send_visit(other, world, theirs).status_code == 201
    [state] = [one for one in field_of(world.inspection).markers if one.marker.number == "1"]
    assert state.differing and len(state.visits) == 2
