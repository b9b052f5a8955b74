"""Tracks of an inspection: taken once, matched by the worker in the confined process, judged by people."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from boundaries.inspection_field import field_of
from boundaries.models import InspectionState, InspectionTrack, MarkerVisit, TrackState
from boundaries.services import field_tracks
from gis.audit.models import AuditEntry
from gis.files import services as files
from tests.boundaries.field.world import a_visit, make_world, new_key, send_track, send_visit, walk, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return make_world()


def standing(client, world):
    return client.get(f"{world.here}standing.json").json()


def test_a_walk_is_covered_within_seconds_of_its_arrival(world, logged_in):
    client = logged_in(world.walker)
    content = walk(114.0, 114.05)
    answer = send_track(client, world, content)
    assert (answer.status_code, answer.json()["new"], answer.json()["state"]) == (201, True, "received")
    assert standing(client, world)["waiting"] == 1
    work()
    told = standing(client, world)
    assert told["waiting"] == 0
    assert told["share"] == pytest.approx(0.5, abs=0.01)
    [[low, high]] = told["covered"]
    assert low < 30 and high == pytest.approx(told["covered_m"] + low, abs=0.1)
    [gap] = told["go_back"]
    assert gap["start"][0] == pytest.approx(114.05, abs=0.0005) and gap["end"][0] == pytest.approx(114.1, abs=1e-6)
    assert told["markers"][str(world.markers["1"].pk)]["passed"]
    assert not told["markers"][str(world.markers["3"].pk)]["passed"]
    track = InspectionTrack.objects.get()
    assert track.side == world.east and track.result["covered_m"] > 4000 and track.shape.num_coords > 100
    assert files.read_bytes(track.file) == content
    assert AuditEntry.objects.filter(action="field.track", actor=world.walker, area=world.east.pk).exists()


def test_sent_again_it_is_the_same_and_other_bytes_under_its_key_are_refused(world, logged_in):
    client, key, content = logged_in(world.walker), new_key(), walk()
    first = send_track(client, world, content, key=key)
    again = send_track(client, world, content, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"] and not again.json()["new"] and not again.json()["duplicate"]
    other = send_track(client, world, walk(114.0, 114.01), key=key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    under_another = send_track(client, world, content, name="copy.gpx")
    assert under_another.json()["duplicate"] and under_another.json()["file"] == "walk.gpx"
    assert InspectionTrack.objects.count() == 1


def test_the_same_walk_in_another_format_is_said(world, logged_in):
    client = logged_in(world.walker)
    content = walk(114.0, 114.02)
    send_track(client, world, content)
    places = re.findall(r'lat="([^"]+)" lon="([^"]+)"><time>([^<]+)', content.decode())
    table = "time,lat,lon\n" + "".join(f"{time},{lat},{lon}\n" for lat, lon, time in places)
    assert send_track(client, world, table.encode(), name="walk.csv").json()["new"]
    send_track(client, world, walk(114.0, 114.02, lat=33.25012), name="beside.gpx")
    work()
    codes = {track.file.name: [one["code"] for one in track.result["suspicions"]] for track in InspectionTrack.objects.all()}
    assert "same_points" in codes["walk.csv"]
    assert "same_points" not in codes["walk.gpx"] + codes["beside.gpx"], "somebody who walked beside is no copy"


def test_a_zip_of_several_files_is_one_thing_sent_and_each_file_is_looked_at(world, logged_in):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in {"上午.gpx": walk(114.0, 114.05), "下午.gpx": walk(114.05, 114.1), "坏.fit": b"abc"}.items():
            archive.writestr(name, content)
    client = logged_in(world.walker)
    sent = send_track(client, world, sink.getvalue(), name="导出.zip")
    assert sent.status_code == 201, sent.content
    work()
    told = standing(client, world)
    assert told["share"] > 0.99 and told["tracks"][0]["files"] == 2
    assert [one["code"] for one in told["suspicions"]] == ["archive_member_refused"]
    escaping = io.BytesIO()
    with zipfile.ZipFile(escaping, "w") as archive:
        archive.writestr("../a.gpx", walk())
    assert send_track(client, world, escaping.getvalue(), name="a.zip").json()["error"]["code"] == "archive_path_escapes"


def test_both_sides_and_all_days_are_one_union(world, logged_in):
    send_track(logged_in(world.walker), world, walk(114.0, 114.06))
    send_track(logged_in(world.other), world, walk(114.04, 114.1, lat=33.24998))
    work()
    state = field_of(world.inspection)
    assert state.covered.share > 0.99 and not state.go_back
    assert set(state.by_side) == {world.east.pk, world.west.pk}
    assert sum(one.share for one in state.by_side.values()) > 1.1
    assert [day.isoformat() for day in state.by_day] == ["2026-05-06"]


def test_a_web_maps_shift_is_suspected_and_a_person_has_it_converted(world, logged_in):
    client = logged_in(world.walker)
    content = walk(gcj02=True)
    send_track(client, world, content)
    work()
    told = standing(client, world)
    assert told["share"] == 0
    [suspicion] = [one for one in told["suspicions"] if one["shift"]]
    assert suspicion["shift"] == "gcj02" and "GCJ-02" in suspicion["words"]
    track = InspectionTrack.objects.get()
    assert client.post(f"/field/tracks/{track.pk}/shift/", {"shift": "gcj02"}).status_code == 200
    work()
    assert standing(client, world)["share"] > 0.99
    track.refresh_from_db()
    assert (track.shift, track.state) == ("gcj02", TrackState.MATCHED)
    assert files.read_bytes(track.file) == content  # the raw file is never altered
    client.post(f"/field/tracks/{track.pk}/shift/", {"shift": ""})
    work()
    assert standing(client, world)["share"] == 0


def test_a_track_that_does_not_count_is_set_aside_with_a_reason_and_taken_back(world, logged_in):
    client = logged_in(world.walker)
    send_track(client, world, walk())
    work()
    track = InspectionTrack.objects.get()
    refused = client.post(f"/field/tracks/{track.pk}/set-aside/", {"reason": " "})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "reason_missing")
    client.post(f"/field/tracks/{track.pk}/set-aside/", {"reason": "乘车经过"})
    told = standing(client, world)
    assert told["covered"] == [] and told["tracks"][0]["set_aside"] == "乘车经过"
    client.post(f"/field/tracks/{track.pk}/take-back/")
    assert standing(client, world)["share"] > 0.99
    assert AuditEntry.objects.filter(action="field.track_set_aside", reason="乘车经过").exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("walk.gpx", b"<gpx></gpx>", "track_without_points"),
        ("walk.gpx", b"<!DOCTYPE a [<!ENTITY b 'c'>]><gpx>&b;</gpx>", "xml_doctype"),
        ("walk.txt", b"nothing of the kind", "unsupported_track"),
    ],
)
def test_what_cannot_be_read_is_kept_and_refused_in_words(world, logged_in, name, content, code):
    client = logged_in(world.walker)
    assert send_track(client, world, content, name=name).status_code == 201
    work()
    track = InspectionTrack.objects.get()
    assert (track.state, track.problem["code"]) == (TrackState.REFUSED, code)
    [suspicion] = standing(client, world)["suspicions"]
    assert suspicion["words"] == track.problem["message"] and len(suspicion["words"]) > 5
    assert files.read_bytes(track.file) == content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("walk.exe", walk(), "file_kind_not_accepted"),
        ("walk.gpx", b"", "empty_file"),
        ("../../walk.sh", walk(), "file_kind_not_accepted"),
    ],
)
def test_what_is_no_track_by_its_name_is_not_taken(world, logged_in, name, content, code):
    answer = send_track(logged_in(world.walker), world, content, name=name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert not InspectionTrack.objects.exists()


def test_a_path_in_the_name_leads_nowhere(world, logged_in):
    answer = send_track(logged_in(world.walker), world, walk(), name="../../../etc/cron.d/walk.gpx")
    assert answer.json()["file"] == "walk.gpx"


def test_a_file_sent_ahead_in_chunks_is_used_by_who_sent_it(world, logged_in):
    content = walk()
    stored = files.store(content, name="walk.gpx", purpose=field_tracks.PURPOSE, actor=world.walker)
    taken = logged_in(world.other).post(f"{world.here}tracks/", {"key": new_key(), "stored": stored.pk})
    assert (taken.status_code, taken.json()["error"]["code"]) == (422, "file_unknown")
    mine = logged_in(world.walker).post(f"{world.here}tracks/", {"key": new_key(), "stored": stored.pk})
    assert mine.status_code == 201 and InspectionTrack.objects.get().file == stored


def test_only_the_lines_people_and_only_while_it_is_in_the_field(world, logged_in):
    assert send_track(logged_in(world.stranger), world, walk()).status_code == 403
    assert send_track(logged_in(world.reader), world, walk()).status_code == 403
    assert send_track(logged_in(world.reader).__class__(), world, walk()).status_code == 401
    client, key = logged_in(world.walker), new_key()
    send_track(client, world, walk(), key=key)
    world.inspection.state = InspectionState.REVIEWING
    world.inspection.save()
    late = send_track(client, world, walk(114.0, 114.02))
    assert (late.status_code, late.json()["error"]["code"]) == (409, "inspection_not_in_field")
    # A telephone that missed the answer still gets it.
    assert send_track(client, world, walk(), key=key).status_code == 200
    track = InspectionTrack.objects.get()
    assert client.post(f"/field/tracks/{track.pk}/set-aside/", {"reason": "x"}).status_code == 409


def test_a_stretch_of_the_line_is_all_that_is_asked_for(world, logged_in):
    world.inspection.from_m, world.inspection.to_m = 2000, 6000
    world.inspection.kind, world.inspection.occurrence = "extra", "river"
    world.inspection.save()
    send_track(logged_in(world.walker), world, walk(114.0, 114.05))
    work()
    state = field_of(world.inspection)
    assert state.whole == (2000, 6000)
    assert state.covered.share == pytest.approx((114.05 - 114.0) / 0.1 * state.line.length_m / 4000 - 0.5, abs=0.02)
    assert [one.marker.number for one in state.markers] == ["2"]


def test_the_desk_judges_tracks_and_visits_without_a_telephone(world, logged_in):
    client, desk = logged_in(world.walker), f"{world.here}desk/"
    assert "还没有收到轨迹" in client.get(desk).content.decode()
    send_track(client, world, walk(gcj02=True))
    send_visit(client, world, a_visit(world, "1", "intact"))
    send_visit(logged_in(world.other), world, a_visit(world, "1", "lost"))
    assert "every 3s" in client.get(desk).content.decode()
    work()
    page = client.get(desk).content.decode()
    assert "按 GCJ-02 换算" in page and "1 号界桩有不一致的记录" in page and "every 3s" not in page
    track, lost = InspectionTrack.objects.get(), MarkerVisit.objects.get(condition="lost")
    client.post(desk, {"step": "choose", "visit": lost.pk})
    client.post(desk, {"step": "shift", "track": track.pk, "shift": "gcj02"})
    work()
    assert "覆盖 9.3" in client.get(desk).content.decode()
    assert "请写明理由" in client.post(desk, {"step": "set-aside", "track": track.pk, "reason": ""}).content.decode()
    aside = client.post(desk, {"step": "set-aside", "track": track.pk, "reason": "测试"}).content.decode()
    assert "不计入：测试" in aside and "覆盖 0.00" in aside and "不一致" not in aside
    assert client.post(desk, {"step": "choose", "visit": 10**9}).status_code == 404
    reader = logged_in(world.reader)
    assert "重新匹配" not in reader.get(desk).content.decode()
    assert reader.post(desk, {"step": "take-back", "track": track.pk}).status_code == 403
    assert logged_in(world.stranger).get(desk).status_code == 403


def test_a_huge_file_is_refused_before_it_is_sent(world, logged_in):
    client = logged_in(world.walker)
    for purpose, megabytes in (("field_track", 65), ("field_photo", 41)):
        asked = {"name": "a.gpx", "size": megabytes * 1024**2, "purpose": purpose}
        answer = client.post("/uploads/", asked)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "file_too_large")
    refused = logged_in(world.reader).post("/uploads/", {"name": "a.gpx", "size": 10, "purpose": "field_track"})
    assert refused.status_code == 403
