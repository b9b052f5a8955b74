"""Places marked with a handheld: shown with the marker they may be, never a visit by themselves."""

from __future__ import annotations

import pytest

from boundaries.inspection_field import field_of
from boundaries.models import MarkerVisit
from boundaries.rules.waypoint_names import marker_named
from boundaries.services import field_matching, field_tracks
from gis.crs.gcj02 import wgs84_to_gcj02
from gis.jobs.models import Job
from tests.boundaries.field.world import FieldWorld, make_world, send_track, walk

NUMBERS = ("1", "2", "12", "豫4", "3-1", "3-2")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("2", "2"), ("002", "2"), ("界桩2号", "2"), ("２＃", "2"), ("WP012", "12"), ("第 12 号界桩", "12"), ("豫4", "豫4"),
        ("豫 04", "豫4"), ("4", "豫4"), ("3-1", "3-1"), ("JZ3-2", "3-2"),
        ("", None), ("界桩", None), ("7", None), ("塌方2", None), ("3", None), ("2024-05-01 1", None), ("皖4", None),
    ],
)  # fmt: skip
def test_the_number_in_a_name(name: str, number: str | None) -> None:
    assert marker_named(name, NUMBERS) == number


def test_two_markers_of_one_number_are_nobodys() -> None:
    assert marker_named("5", ("东5", "西5")) is None
    assert marker_named("东5", ("东5", "西5")) == "东5"


def marked(places: dict[str, tuple[float, float]]) -> bytes:
    """A walk along the first fifth of the line, with places marked on it."""
    points = "".join(
        f'<wpt lat="{lat}" lon="{lon}"><time>2026-05-06T05:00:00Z</time><name>{name}</name></wpt>'
        for name, (lon, lat) in places.items()
    )
    return walk(114.0, 114.02).decode().replace("<trk>", f"{points}<trk>", 1).encode()


@pytest.mark.django_db
class TestShown:
    @pytest.fixture
    def world(self) -> FieldWorld:
        return make_world()

    def sent(self, client, world: FieldWorld, content: bytes) -> list[dict]:
        send_track(client, world, content)
        for held in world.inspection.tracks.filter(state="received"):
            field_matching.run(Job.objects.filter(kind=field_tracks.MATCH_JOB).latest("id"), held.pk)
        return client.get(f"{world.here}standing.json").json()["waypoints"]

    def test_by_number_and_by_nearness_with_the_distance(self, world, logged_in) -> None:
        client = logged_in(world.walker)
        places = {"001": (114.0011, 33.25), "3": (114.05, 33.2502), "塌方": (114.03, 33.25), "坏": (0, 0)}
        told = self.sent(client, world, marked(places))
        assert [one["name"] for one in told] == ["001", "3", "塌方"]
        first, other, slide = (one["offers"] for one in told)
        assert [(one["number"], one["by_number"], round(one["metres"])) for one in first] == [("1", True, 9)]
        assert [(one["number"], one["by_number"]) for one in other] == [("3", True), ("2", False)]
        assert other[0]["metres"] > 4000 and other[1]["metres"] < 15 and slide == []
        assert told[0]["at"] == "2026-05-06T13:00:00+08:00"
        assert not MarkerVisit.objects.exists() and field_of(world.inspection).markers_visited == 0
        desk = client.get(f"{world.here}desk/").content.decode()
        assert "编号同 3 号界桩，相距 4" in desk and "最近的是 2 号界桩" in desk
        assert "sketch-covered" in desk and desk.count("sketch-marked") == 3
        track = world.inspection.tracks.get()
        client.post(f"/field/tracks/{track.pk}/set-aside/", {"reason": "不是外业的"})
        assert client.get(f"{world.here}standing.json").json()["waypoints"] == []

    def test_they_are_read_in_the_system_that_a_person_decides(self, world, logged_in) -> None:
        client = logged_in(world.walker)
        east, north = (float(one) for one in wgs84_to_gcj02(114.001, 33.25))
        [told] = self.sent(client, world, marked({"1": (east, north)}))
        assert told["offers"][0]["metres"] > 300
        track = world.inspection.tracks.get()
        client.post(f"/field/tracks/{track.pk}/shift/", {"shift": "gcj02"})
        field_matching.run(Job.objects.filter(kind=field_tracks.MATCH_JOB).latest("id"), track.pk)
        [told] = client.get(f"{world.here}standing.json").json()["waypoints"]
        assert told["offers"][0]["metres"] < 2
