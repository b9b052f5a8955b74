"""Visits of markers and their photos: taken once, contradictions kept and shown, EXIF compared with the marker."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from boundaries.inspection_field import field_of
from boundaries.models import MarkerVisit, VisitPhoto
from gis.files import services as files
from tests.boundaries.field.world import MARKERS, a_visit, make_world, new_key, photo, send_photo, send_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def found(world, number):
    return next(one for one in field_of(world.inspection).markers if one.marker.number == number)


def test_a_visit_is_taken_once_with_everything_that_was_found(world, logged_in):
    client = logged_in(world.walker)
    visit = a_visit(
        world, "2", "damaged", notes="顶部破损", checks={"position": True, "legible": False}, done=["repainted"],
        references=[{"name": "老槐树", "ok": False, "note": "已伐"}], position=[114.05, 33.2501], accuracy_m=4.5, device="Phone",
    )  # fmt: skip
    first, again = send_visit(client, world, visit), send_visit(client, world, visit)
    assert (first.status_code, again.status_code, again.json()["new"]) == (201, 200, False)
    kept = MarkerVisit.objects.get()
    assert kept.checks == {"position": True, "firm": None, "visible": None, "legible": False, "archive": None}
    assert kept.references == [{"name": "老槐树", "ok": False, "note": "已伐"}]
    assert (kept.side, kept.done, kept.accuracy_m, kept.position.coords) == (world.east, ["repainted"], 4.5, (114.05, 33.2501))
    changed = send_visit(client, world, {**visit, "condition": "intact"})
    assert (changed.status_code, changed.json()["error"]["code"]) == (409, "key_reused")
    assert found(world, "2").counts == kept and not found(world, "1").visited


def test_two_phones_that_differ_are_both_kept_and_a_person_chooses(world, logged_in):
    walker, other = logged_in(world.walker), logged_in(world.other)
    send_visit(walker, world, a_visit(world, "1", "intact"))
    send_visit(other, world, a_visit(world, "1", "moved"))
    state = found(world, "1")
    assert state.differing and state.counts is None and len(state.visits) == 2
    told = walker.get(f"{world.here}standing.json").json()["markers"][str(world.markers["1"].pk)]
    assert told["differing"] and [one["condition"] for one in told["visits"]] == ["intact", "moved"]
    moved = MarkerVisit.objects.get(condition="moved")
    assert walker.post(f"/field/visits/{moved.pk}/choose/").status_code == 200
    state = found(world, "1")
    assert not state.differing and state.counts == moved and len(state.visits) == 2
    intact = MarkerVisit.objects.get(condition="intact")
    other.post(f"/field/visits/{intact.pk}/choose/")
    assert found(world, "1").counts == intact
    assert MarkerVisit.objects.filter(chosen_at__isnull=False).count() == 1


def test_two_phones_that_agree_are_no_conflict(world, logged_in):
    send_visit(logged_in(world.walker), world, a_visit(world, "1", "faint", checks={"firm": True}, notes="草高"))
    send_visit(logged_in(world.other), world, a_visit(world, "1", "faint", checks={"firm": True}, notes="被草遮住"))
    state = found(world, "1")
    assert not state.differing and state.counts.notes == "被草遮住"


def test_who_puts_the_own_visit_right_replaces_it_and_another_persons_is_contradicted(world, logged_in):
    walker, first = logged_in(world.walker), a_visit(world, "3", "lost")
    send_visit(walker, world, first)
    send_visit(walker, world, a_visit(world, "3", "intact", replaces=first["key"]))
    state = found(world, "3")
    assert [one.condition for one in state.visits] == ["intact"] and MarkerVisit.objects.count() == 2
    send_visit(logged_in(world.other), world, a_visit(world, "3", "moved", replaces=str(state.visits[0].key)))
    assert found(world, "3").differing


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"condition": "fine"}, {"condition"}),
        ({"marker": "1"}, {"marker"}),
        ({"checks": {"colour": True}}, {"checks"}),
        ({"checks": {"firm": "yes"}}, {"checks"}),
        ({"position": [500, 33]}, {"position"}),
        ({"position": ["114", None]}, {"position"}),
        ({"visited_at": "2026-05-06T12:00:00"}, {"visited_at"}),
        ({"visited_at": "yesterday"}, {"visited_at"}),
        ({"notes": "长" * 4001}, {"notes"}),
        ({"references": [{}] * 31}, {"references"}),
    ],
)
def test_a_visit_that_cannot_be_read_is_refused_with_the_field(world, logged_in, change, fields):
    answer = send_visit(logged_in(world.walker), world, {**a_visit(world, "1"), **change})
    assert answer.status_code == 422 and set(answer.json()["error"]["fields"]) == fields
    assert not MarkerVisit.objects.exists()


def test_hostile_bodies_are_refused_in_words(world, logged_in):
    client = logged_in(world.walker)
    for body in ("[]", "{", '{"key": 1}', "x" * 70_000):
        answer = client.post(f"{world.here}visits/", body, content_type="application/json")
        assert answer.status_code == 422, body[:20]
    foreign = a_visit(world, "1") | {"marker": 10**9}
    assert send_visit(client, world, foreign).json()["error"]["code"] == "marker_not_on_line"


def test_a_photo_tells_where_and_when_and_too_far_or_another_day_is_said(world, logged_in):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    near = send_photo(client, world, visit["key"], photo(MARKERS["1"]))
    assert (near.status_code, near.json()["doubts"]) == (201, [])
    far = send_photo(client, world, visit["key"], photo(MARKERS["2"], taken="2026:05:04 09:00:00")).json()
    assert len(far["doubts"]) == 2 and "4," in far["doubts"][0] and "2026-05-04" in far["doubts"][1]
    silent = send_photo(client, world, visit["key"], photo(taken=None)).json()
    assert len(silent["doubts"]) == 2
    kept = VisitPhoto.objects.order_by("id").first()
    assert kept.distance_m < 1 and kept.taken_at.isoformat() == "2026-05-06T04:10:00+00:00"


def test_a_photo_is_taken_once_and_waits_for_its_visit(world, logged_in):
    client, visit, key = logged_in(world.walker), a_visit(world, "1"), new_key()
    early = send_photo(client, world, visit["key"], photo(), key=key)
    assert (early.status_code, early.json()["error"]["code"]) == (404, "visit_unknown")
    send_visit(client, world, visit)
    content = photo(MARKERS["1"])
    codes = [send_photo(client, world, visit["key"], content, key=key).status_code for _turn in range(2)]
    assert codes == [201, 200]
    assert send_photo(client, world, visit["key"], content).json()["duplicate"]
    assert send_photo(client, world, visit["key"], photo(color="red"), key=key).status_code == 409
    assert files.read_bytes(VisitPhoto.objects.get().file) == content


def test_the_small_picture_is_upright_and_only_for_those_who_may_see_the_line(world, logged_in):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    send_photo(client, world, visit["key"], photo(orientation=6, size=(2000, 1000)))  # turned a quarter: green comes to the top
    kept = VisitPhoto.objects.get()
    answer = client.get(f"/field/photos/{kept.pk}.jpg")
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as small:
        assert small.size == (320, 640)
        assert small.getpixel((160, 100))[1] > 100 > small.getpixel((160, 100))[0] and min(small.getpixel((160, 600))) > 200
    assert logged_in(world.reader).get(f"/field/photos/{kept.pk}.jpg").status_code == 200
    assert logged_in(world.stranger).get(f"/field/photos/{kept.pk}.jpg").status_code == 403
    assert logged_in(world.stranger).get(f"/files/{kept.file_id}/").status_code == 403
    assert logged_in(world.other).get(f"/files/{kept.file_id}/").status_code == 200


def _bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in some hundred bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.jpg", b"\xff\xd8\xffnot a photo at all", "photo_damaged"),
        ("a.jpg", photo(size=(800, 600))[:4000], "photo_damaged"),
        ("a.jpg", b"<html><script>alert(1)</script>", "content_not_as_named"),
        ("a.png", _bomb(), "photo_too_large"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo_heic"),
        ("a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo_heic"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_kind_not_accepted"),
        ("a.jpg", b"", "empty_file"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(world, logged_in, name, content, code):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    answer = send_photo(client, world, visit["key"], content, name=name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert not VisitPhoto.objects.exists()


def test_hostile_exif_costs_the_place_and_not_the_photo(world, logged_in):
    client, visit = logged_in(world.walker), a_visit(world, "1")
    send_visit(client, world, visit)
    good = photo(MARKERS["1"])
    start = good.index(b"Exif\0\0") + 6
    for poison in (b"\xff" * 60, b"II*\0" + b"\xff" * 56, b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 50):
        answer = send_photo(client, world, visit["key"], good[:start] + poison + good[start + 60 :], name="b.jpg")
        assert answer.status_code == 201, answer.content
    assert VisitPhoto.objects.filter(position=None).count() == 3
    for nonsense in ((200.0, 33.0), (0.0, 0.0)):
        send_photo(client, world, visit["key"], photo(nonsense, taken="0000:00:00 00:00:00"))
    assert not VisitPhoto.objects.exclude(position=None).exists() and not VisitPhoto.objects.exclude(taken_at=None).exists()
