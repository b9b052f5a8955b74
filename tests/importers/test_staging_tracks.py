"""Tracks of a joint inspection brought in as a staged batch, over HTTP: looked at, tried, skipped, committed, taken back."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from boundaries.inspection_field import field_of
from boundaries.models import InspectionState, InspectionTrack, TrackState
from boundaries.services import field_matching, field_tracks
from gis.errors import InvalidInputError
from gis.files import services as files
from gis.jobs.models import Job
from importers import track_rows
from importers.models import BatchState, StagedBatch, StagedRow
from importers.readers import tracks as readers
from importers.readers.tracks import packing
from importers.services import track_files
from importers.targets.target import Staged
from importers.targets.tracks import Tracks
from tests.boundaries.field.world import NOON, make_world, walk
from tests.importers.staged import work
from tests.importers.track_table import expectations
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db

GPX = '<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def client(world, logged_in):
    return logged_in(world.walker)


def track_of(content: bytes, name: str) -> str:
    """The <trk> of a walk, under a name."""
    text = content.decode()
    return text[text.index("<trk>") : text.index("</gpx>")].replace("<trk>", f"<trk><name>{name}</name>")


def two_walks() -> bytes:
    """One along the first half of the line, one a kilometre beside it; a marked place and a planned route."""
    along = track_of(walk(114.0, 114.05), "上午")
    astray = track_of(walk(114.0, 114.05, lat=33.26, begins=NOON + timedelta(hours=4)), "回程")
    place = '<wpt lat="33.25" lon="114.02"><name>塌方处</name></wpt>'
    route = '<rte><name>计划</name><rtept lat="33.25" lon="114.0"/><rtept lat="33.25" lon="114.1"/></rte>'
    return GPX.format(place + route + along + astray).encode()


def kmz() -> bytes:
    """A walk as gx:Track alone, as telephones export it."""
    points = [(NOON + timedelta(seconds=9 * at), 114.0 + at * 0.0001) for at in range(500)]
    whens = "".join(f"<when>{moment:%Y-%m-%dT%H:%M:%SZ}</when>" for moment, _lon in points)
    coords = "".join(f"<gx:coord>{lon:.6f} 33.25 0</gx:coord>" for _moment, lon in points)
    space = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("doc.kml", f"<kml {space}><Placemark><gx:Track>{whens}{coords}</gx:Track></Placemark></kml>")
    return sink.getvalue()


def page(client, batch) -> str:
    answer = client.get(reverse("import-batch", args=[batch.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def brought(client, content: bytes, name: str) -> StagedBatch:
    answer = client.post(reverse("imports"), {"file": SimpleUploadedFile(name, content)})
    batch = StagedBatch.objects.get(pk=int(answer["Location"].strip("/").rsplit("/", 1)[-1]))
    return work(batch) if batch.state == BatchState.RECEIVED else batch


def tried(client, world, content: bytes, name: str = "walk.gpx", **options) -> StagedBatch:
    batch = brought(client, content, name)
    layer = batch.layer or "/tracks"
    client.post(reverse("import-choose", args=[batch.pk]), {"target": "tracks", "layer": layer})
    batch.refresh_from_db()
    batch = work(batch) if batch.is_busy else batch
    given = {"inspection": world.inspection.pk, "crs": "EPSG:4326", **options}
    client.post(reverse("import-set-up", args=[batch.pk]), {f"option-{key}": value for key, value in given.items()})
    batch.refresh_from_db()
    return work(batch) if batch.is_busy else batch


def step(client, batch, name: str) -> StagedBatch:
    client.post(reverse("import-step", args=[batch.pk]), {"step": name})
    batch.refresh_from_db()
    return work(batch) if batch.is_busy else batch


def match_queued() -> None:
    for held in InspectionTrack.objects.filter(state=TrackState.RECEIVED):
        field_matching.run(Job.objects.filter(kind=field_tracks.MATCH_JOB).latest("id"), held.pk)


def outcomes(batch) -> list[str]:
    return list(StagedRow.objects.filter(batch=batch).values_list("outcome", flat=True))


def told(batch, number: int) -> set[str]:
    return {one["code"] for one in StagedRow.objects.get(batch=batch, number=number).problems}


def test_a_file_of_tracks_goes_all_the_way_and_back(client, world):
    content = two_walks()
    batch = tried(client, world, content)
    assert batch.state == BatchState.CHECKED, batch.message
    assert outcomes(batch) == ["created", "created", "refused", "created"]
    assert told(batch, 1) == {"track_covers"} and "off_line" in told(batch, 2)
    assert told(batch, 3) == {"planned_route"} and told(batch, 4) == {"waypoint_kept"}
    shown = page(client, batch)
    assert "上午" in shown and "塌方处" in shown and "计划路线" in shown and "占全长" in shown and "2026-05-06 12:00:00" in shown
    shapes = client.get(reverse("import-shapes", args=[batch.pk])).json()
    assert [one["properties"]["label"] for one in shapes["features"]] == ["上午", "回程", "塌方处"]
    assert [one["properties"]["label"] for one in shapes["around"] if one["properties"].get("line")] == ["东西线"]

    client.post(reverse("import-row", args=[batch.pk]), {"row": "2", "skip": "1"})
    batch = step(client, batch, "check")
    assert outcomes(batch) == ["created", "skipped", "refused", "created"]
    batch = step(client, batch, "commit")
    assert batch.state == BatchState.COMMITTED, batch.message
    match_queued()
    held = InspectionTrack.objects.get()
    assert (held.state, held.side, held.left_out) == (TrackState.MATCHED, world.east, [1])
    assert files.read_bytes(held.file) == content and held.result["tracks"][0]["points_used"] == 501
    assert field_of(world.inspection).covered.share == pytest.approx(0.5, abs=0.01)
    assert world.here in page(client, batch)

    report = client.get(reverse("import-report", args=[batch.pk]))
    book = openpyxl.load_workbook(io.BytesIO(report.content))
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None]
    assert "上午" in cells and any("东西线" in cell for cell in cells) and any("占全长" in cell for cell in cells)

    batch = step(client, batch, "undo")
    held.refresh_from_db()
    assert batch.state == BatchState.UNDONE and held.set_aside_because == "撤销导入：walk.gpx"
    assert "轨迹已不计入覆盖" in page(client, batch)


def test_the_same_file_again_gives_the_same(client, world):
    first = step(client, tried(client, world, walk()), "commit")
    assert brought(client, walk(), "again.gpx") == first
    client.post(reverse("import-step", args=[first.pk]), {"step": "undo"})
    first.refresh_from_db()
    work(first)
    again = tried(client, world, walk())
    assert again.pk != first.pk and outcomes(again) == ["updated"]
    again = step(client, again, "commit")
    held = InspectionTrack.objects.get()
    assert again.state == BatchState.COMMITTED and held.set_aside_at is None


def test_what_the_field_sent_already_is_not_taken_twice(client, world, logged_in):
    from tests.boundaries.field.world import send_track

    send_track(logged_in(world.other), world, walk())
    batch = tried(client, world, walk())
    assert outcomes(batch) == ["unchanged"] and "这次联检已有这个文件" in page(client, batch)
    batch = step(client, batch, "commit")
    assert batch.state == BatchState.COMMITTED and InspectionTrack.objects.count() == 1
    batch = step(client, batch, "undo")  # what others brought stays
    assert batch.state == BatchState.UNDONE and InspectionTrack.objects.get().set_aside_at is None


def test_a_kmz_with_nothing_but_a_recording_is_recognised(client, world):
    batch = tried(client, world, kmz(), "手机.kmz")
    assert batch.state == BatchState.CHECKED, batch.message
    assert outcomes(batch) == ["created"] and "占全长" in page(client, batch)
    assert step(client, batch, "commit").state == BatchState.COMMITTED


def test_lines_drawn_in_kml_and_a_log_in_csv_can_be_tracks(client, world):
    line = "<kml xmlns='http://www.opengis.net/kml/2.2'><Placemark><name>手绘</name><LineString><coordinates>"
    drawn = f"{line}114,33.25 114.05,33.25</coordinates></LineString></Placemark></kml>".encode()
    batch = tried(client, world, drawn, "drawn.kml")
    assert batch.state == BatchState.CHECKED and outcomes(batch) == ["created"], batch.message
    assert "no_times" in told(batch, 1)
    rows = "".join(f"{NOON + timedelta(seconds=7 * at):%Y-%m-%d %H:%M:%S},{114 + at * 0.0001:.4f},33.25\n" for at in range(300))
    batch = tried(client, world, f"utc时间,经度,纬度\n{rows}".encode(), "log.csv")
    assert batch.state == BatchState.CHECKED and outcomes(batch) == ["created"], batch.message


def test_shifted_positions_are_suspected_and_converted_on_request(client, world):
    shifted = walk(gcj02=True)
    batch = tried(client, world, shifted)
    assert "gcj02_shift" in told(batch, 1)
    client.post(reverse("import-choose", args=[batch.pk]), {"target": "tracks", "layer": batch.layer})
    batch = tried(client, world, shifted, crs="gcj02")
    assert told(batch, 1) == {"track_covers"}
    step(client, batch, "commit")
    match_queued()
    assert InspectionTrack.objects.get().shift == "gcj02"
    assert field_of(world.inspection).covered.share > 0.98


def test_an_inspection_that_is_signed_takes_nothing_and_gives_nothing_back(client, world):
    batch = tried(client, world, walk())
    world.inspection.state = InspectionState.SIGNED
    world.inspection.save()
    batch = step(client, batch, "commit")
    assert batch.state == BatchState.CHECKED and "不在外业阶段" in batch.message and not InspectionTrack.objects.exists()
    world.inspection.state = InspectionState.IN_FIELD
    world.inspection.save()
    batch = step(client, batch, "commit")
    world.inspection.state = InspectionState.SIGNED
    world.inspection.save()
    shown = page(client, batch)
    assert "不能整批撤销" in shown and "已签署" in shown
    answer = client.post(reverse("import-step", args=[batch.pk]), {"step": "undo"})
    assert answer.status_code == 409


def test_only_inspections_one_works_in_are_offered(world, logged_in):
    client = logged_in(world.stranger)
    batch = brought(client, walk(), "walk.gpx")
    client.post(reverse("import-choose", args=[batch.pk]), {"target": "tracks", "layer": batch.layer})
    assert "没有正在外业的联检由您参加" in page(client, batch)
    answer = client.post(
        reverse("import-set-up", args=[batch.pk]), {"option-inspection": world.inspection.pk, "option-crs": "EPSG:4326"}
    )
    assert answer.status_code == 422


def test_a_walk_is_no_list_and_a_list_no_walk(client, world, logged_in):
    officer = logged_in(world.other)
    batch = brought(officer, walk(), "walk.gpx")
    shown = page(officer, batch)
    assert "联检轨迹" in shown and "界桩" not in shown.split("这是什么数据")[1]
    answer = officer.post(reverse("import-choose", args=[batch.pk]), {"target": "boundary_lines", "layer": batch.layer})
    assert answer.status_code == 422 and "不能作为" in answer.content.decode()


def test_a_file_of_places_alone_says_so(client, world):
    batch = tried(client, world, GPX.format('<wpt lat="33.25" lon="114.02"><name>塌方处</name></wpt>').encode())
    assert batch.state == BatchState.CHECKED and outcomes(batch) == ["refused"]
    batch = step(client, batch, "commit")
    assert batch.state == BatchState.CHECKED and "没有一行可以导入" in batch.message


def zipped(parts: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return sink.getvalue()


def test_a_zip_is_one_file_with_a_row_for_each_file_in_it(client, world):
    astray = walk(114.0, 114.05, lat=33.26, begins=NOON + timedelta(hours=4))
    content = zipped({"上午.gpx": walk(114.0, 114.05), "下午.gpx": walk(114.05, 114.1), "回程.gpx": astray, "坏.fit": b"abc"})
    batch = tried(client, world, content, "导出.zip")
    assert batch.state == BatchState.CHECKED, batch.message
    assert outcomes(batch) == ["created"] * 3
    assert told(batch, 1) == {"track_covers"} and "off_line" in told(batch, 3)
    shown = page(client, batch)
    assert "上午.gpx" in shown and "压缩包里的“坏.fit”不能使用" in shown
    client.post(reverse("import-row", args=[batch.pk]), {"row": "3", "skip": "1"})
    batch = step(client, step(client, batch, "check"), "commit")
    assert batch.state == BatchState.COMMITTED, batch.message
    match_queued()
    held = InspectionTrack.objects.get()
    assert (held.state, held.left_out) == (TrackState.MATCHED, [2]) and files.read_bytes(held.file) == content
    assert [one["file"] for one in held.result["tracks"]] == ["导出.zip/上午.gpx", "导出.zip/下午.gpx"]
    assert "archive_member_refused" in {one["code"] for one in held.result["suspicions"]}
    assert field_of(world.inspection).covered.share > 0.99


@requires_shared
def test_every_shared_file_can_be_staged_or_is_refused_with_a_reason(world, monkeypatch, tmp_path):
    """Through the target's dry run, with the readers in this process: what confines them has tests of its own."""
    kept = files.store(walk(), name="a.gpx", purpose=field_tracks.PURPOSE, actor=world.walker)
    options = {"inspection": str(world.inspection.pk), "crs": "EPSG:4326", "side": ""}
    accepted = 0
    for entry in expectations():
        try:
            found = readers.read(SHARED / entry["path"])
        except InvalidInputError as refusal:
            assert str(refusal) and ("refused" in entry or entry["format"].startswith("table")), entry["path"]
            continue
        packing.save(found, tmp_path / "track.npz")
        packed = packing.load(tmp_path / "track.npz")
        monkeypatch.setattr(track_files, "packed", lambda _file, told=packed: told)
        staged = Staged(track_rows.table_of(packed), frozenset(), {}, options, kept, world.walker)
        verdict = Tracks().dry_run(staged)
        walked = [row.row for row in verdict.rows if staged.table.columns["kind"][row.row] in track_rows.WALKED]
        assert bool(walked) == bool(entry.get("points") and entry.get("walk") != "nowhere"), entry["path"]
        if not walked and staged.table.count:
            assert any(one["severity"] == "error" and one["message"] for one in verdict.problems), entry["path"]
        accepted += bool(walked)
    assert accepted > 70
