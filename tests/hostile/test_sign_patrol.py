"""What a patrol's telephone may send out of malice or by a broken clock: refused in words, or taken and doubted, never a fault."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from gis.accounts.models import Duty, DutyAssignment
from gis.crs import CGCS2000
from placenames.models import PlaceNameRecord, Secrecy, Sign, SignFinding, SignPhoto, SignState, SignWork
from placenames.services.signs import keeping
from placenames.services.signs.registering import Entry, Face, enter
from tests.boundaries.field.world import photo
from tests.factories import make_user
from tests.placenames.signs_world import World, X, Y, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def a_sign(world: World, **more: Any) -> Sign:
    face = Face("blue", {"chinese": "建设路", "roman": "JIÀNSHÈ LÙ"})
    spot = more.pop("position", Point(X - 0.01, Y, srid=CGCS2000))
    return enter(None, Entry("street", place=world.east_west.pk, position=spot, faces=(face,), values=more))


def a_finding(sign: Sign | None, state: str = "damaged", **more: Any) -> dict[str, Any]:
    known = {} if sign is None else {"sign": sign.pk, "seen": sign.changed_at.isoformat()}
    return {"key": str(uuid.uuid4()), "state": state, "found_at": timezone.now().isoformat(), **known, **more}


def send(client: Client, finding: dict[str, Any]) -> Any:
    return client.post(reverse("sign-finding-new"), json.dumps(finding), content_type="application/json")


def send_photo(client: Client, finding: str, content: bytes, key: str = "", name: str = "牌.jpg") -> Any:
    data = {"key": key or str(uuid.uuid4()), "finding": finding, "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("sign-finding-photo"), data)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_signs_of_others_are_not_written_and_secret_ones_are_not_there(world, logged_in):
    sign = a_sign(world)
    walker, stranger = make_user("waiye", (Duty.FIELD_INSPECTOR, world.county)), logged_in(world.stranger)
    mine = a_finding(sign)
    assert refused(send(stranger, mine)) == (403, "forbidden")
    assert stranger.get(reverse("sign-patrol-about", args=[f"d{world.county.pk}"])).status_code == 403
    # A sign of the own county with the position of the telephone in the other: where the sign stands counts.
    own = logged_in(walker)
    new = a_finding(None, "standing", name="东路", type="street", position=[115.05, 33.05], accuracy_m=4)
    assert refused(send(own, new)) == (403, "forbidden")
    assert refused(send(own, {**mine, "sign": 2**62})) == (404, "sign_unknown")
    PlaceNameRecord.objects.filter(place=world.east_west).update(secrecy=Secrecy.INTERNAL, published=False)
    assert refused(send(own, mine)) == (404, "sign_unknown")
    assert own.get(reverse("sign-patrol-about", args=[f"d{world.county.pk}"])).json()["signs"] == []
    assert refused(own.get(reverse("sign-patrol-about", args=[f"p{world.east_west.pk}"]))) == (404, "no_such_beat")
    PlaceNameRecord.objects.filter(place=world.east_west).update(secrecy=Secrecy.OPEN)

    assert send(own, mine).status_code == 201
    finding = SignFinding.objects.get()
    assert logged_in(world.stranger).post(reverse("sign-finding-step", args=[finding.pk, "adopt"])).status_code == 403
    assert refused(send_photo(stranger, mine["key"], photo())) == (403, "forbidden"), "a key that was overheard"
    assert logged_in(world.stranger).post(reverse("sign-finding-photo"), {"key": "x"}).status_code == 422
    reader = logged_in(make_user("chayue", (Duty.READER, world.county)))
    assert refused(send(reader, a_finding(sign))) == (403, "forbidden")
    DutyAssignment.objects.filter(user=walker).delete()
    again = logged_in(walker)
    assert refused(send(again, mine)) == (403, "forbidden") and refused(send(again, a_finding(sign))) == (403, "forbidden")
    assert refused(Client().get(reverse("sign-patrol-standing", args=[f"d{world.county.pk}"]))) == (401, "not_logged_in")


def test_replays_are_answered_once_and_keys_are_not_reused(world, logged_in):
    sign, client = a_sign(world), logged_in(world.officer)
    mine = a_finding(sign, note="撞弯")
    assert [send(client, mine).status_code for _turn in range(3)] == [201, 200, 200]
    assert refused(send(client, {**mine, "state": "missing"})) == (409, "key_reused")
    other = logged_in(make_user("other", (Duty.FIELD_INSPECTOR, world.county)))
    assert send(other, mine).status_code == 200, "a colleague sends on what a telephone holds"
    key = str(uuid.uuid4())
    assert [send_photo(client, mine["key"], photo(), key).status_code for _turn in range(2)] == [201, 200]
    assert refused(send_photo(client, mine["key"], photo(color="red"), key)) == (409, "key_reused")
    twice = send_photo(client, mine["key"], photo())
    assert twice.status_code == 200 and twice.json()["duplicate"]
    assert refused(send_photo(client, str(uuid.uuid4()), photo())) == (404, "finding_unknown")
    assert (SignFinding.objects.count(), SignPhoto.objects.count(), SignWork.objects.count()) == (1, 1, 1)
    assert sign.events.count() == 2
    told = client.get(reverse("sign-patrol-standing", args=[f"d{world.township.pk}"])).json()
    assert {mine["key"], key} <= set(told["keys"])


def test_bodies_that_break_programs_and_photos_that_are_too_large(world, logged_in):
    sign, client = a_sign(world), logged_in(world.officer)
    good = a_finding(sign)
    for body in (b"[" * 60_000, b"[1]", json.dumps({**good, "note": "x"}).replace('"x"', r'"\ud800"').encode()):
        answer = client.post(reverse("sign-finding-new"), body, content_type="application/json")
        assert refused(answer) == (422, "bad_json"), body[:30]
    assert refused(client.post(reverse("sign-finding-new"), b"1" * 70_000, content_type="application/json")) == (
        422,
        "words_too_large",
    )
    for change in (
        {"sign": 2**80}, {"sign": True}, {"sign": "1"}, {"state": "removed"}, {"state": ["damaged"]}, {"note": "x" * 1001},
        {"note": {"a": 1}}, {"seen": None}, {"seen": "gestern"}, {"found_at": "9999-12-31T23:59:59-12:00"}, {"position": [200, 33]},
        {"position": [1e400, 33]}, {"position": "x"}, {"sign": None, "type": "street", "name": "路"},
        {"sign": None, "type": "nothing", "position": [X, Y]},
    ):  # fmt: skip
        assert refused(send(client, {**good, **change})) == (422, "bad_finding"), change
    odd = {"accuracy_m": -4, "propose": "yes", "replaces": [1], "device": "x" * 500, "name": "\0", "position": [X, Y]}
    assert send(client, {**good, **odd}).status_code == 201
    kept = SignFinding.objects.get()
    assert (kept.accuracy_m, kept.fix, kept.replaces, len(kept.device)) == (None, "", None, 120)

    sink = io.BytesIO()
    Image.new("L", (64, 64)).save(sink, "JPEG")
    huge = sink.getvalue().replace(b"\x00\x40\x00\x40", b"\xff\xff\xff\xff", 1)
    assert refused(send_photo(client, good["key"], huge)) == (422, "photo_too_large")
    heavy = photo() + b"\0" * (keeping.LIMIT_BYTES + 1)
    assert refused(send_photo(client, good["key"], heavy)) == (422, "file_too_large")
    ahead = client.post(reverse("uploads"), {"name": "a.jpg", "size": keeping.LIMIT_BYTES + 1, "purpose": keeping.PURPOSE})
    assert refused(ahead) == (422, "file_too_large")
    assert not SignPhoto.objects.exists()


def test_clocks_wrong_by_years_are_said_and_set_no_day(world, logged_in):
    sign, client, today = a_sign(world), logged_in(world.officer), timezone.localdate()
    for days in (-7300, 4000):
        when = (timezone.now() + timedelta(days=days)).isoformat()
        sent = send(client, a_finding(sign, "standing", found_at=when))
        assert sent.status_code == 201 and "设备的时钟可能不对" in "".join(sent.json()["doubts"])
        sign.refresh_from_db()
        assert sign.checked_on == today
    far = send(client, a_finding(sign, "standing", position=[X + 0.05, Y], accuracy_m=8, propose=True)).json()
    assert "请核对是不是这个标志" in "".join(far["doubts"])
    old = send_photo(client, far["key"], photo((120.0, 30.0), taken="2019:01:01 12:00:00")).json()["doubts"]
    assert len(old) == 2 and "米，请核对" in old[0] and "2019-01-01" in old[1]
    sign.refresh_from_db()
    assert sign.position.x == X - 0.01, "a fix is proposed and never written by itself"


def test_two_phones_at_one_sign_and_the_office_decides(world, logged_in):
    """Neither knew of the other: the second is kept beside the first, shown to both, and only a person settles it."""
    sign = a_sign(world)
    first, second = (logged_in(make_user(name, (Duty.FIELD_INSPECTOR, world.county))) for name in ("jia", "yi"))
    assert send(first, a_finding(sign, "missing", note="没了")).json()["outcome"] == "taken"
    theirs = send(second, a_finding(sign, "standing", note="在的", position=[X - 0.0099, Y], accuracy_m=5, propose=True)).json()
    assert theirs["outcome"] == "differs" and "待认定" in theirs["told"]
    sign.refresh_from_db()
    assert sign.state == SignState.MISSING and SignWork.objects.get().kind == "set"
    for phone in (first, second):
        told = phone.get(reverse("sign-patrol-standing", args=[f"d{world.township.pk}"])).json()["signs"][str(sign.pk)]
        assert [one["differs"] for one in told["findings"]] == [True, False] and told["state"] == "missing"
    # Who has seen the other's finding and says otherwise contradicts knowingly: that is a later look.
    seen = {"seen": told["changed"]}
    assert send(second, a_finding(sign, "standing") | seen).json()["outcome"] == "taken"
    waits = SignFinding.objects.get(note="在的")
    step = lambda name, **data: logged_in(world.officer).post(reverse("sign-finding-step", args=[waits.pk, name]), data)  # noqa: E731
    assert step("dismiss").status_code == 422 and step("adopt").status_code == 302
    assert step("adopt").status_code == 409, "settled once"
    assert step("fix").status_code == 302 and step("keep").status_code == 409 and step("nothing").status_code == 422
    sign.refresh_from_db()
    waits.refresh_from_db()
    assert (sign.state, round(sign.position.x, 4), waits.outcome, waits.fix) == (
        "standing",
        round(X - 0.0099, 4),
        "taken",
        "accepted",
    )
    assert sign.events.first().reason.startswith("采用巡查定位")
