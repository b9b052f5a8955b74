"""What looks wrong is said, and nothing is changed for it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.matching import Clues, Line, Match, Sighting, Track, converted, match
from gis.crs.gcj02 import wgs84_to_bd09, wgs84_to_gcj02
from tests.boundaries.matching.scenes import BENDS, START, STRAIGHT, codes, degrees, line, matched, picked, untimed, walk, way

HOUR, DAY = 3_600.0, 86_400.0
NOW = START + DAY


@pytest.fixture(scope="module")
def bends() -> Line:
    return line(BENDS)


def looked_at(on: Line, *tracks: Track, **clues: Any) -> Match:
    return match(on, tracks, clues=Clues(**{"now": NOW, **clues}))


def moved(track: Track, function: Any) -> Track:
    lon, lat = function(track.lon, track.lat)
    return Track.of(track.name, lon, lat, track.time)


def detail(found: Match, code: str) -> dict[str, Any]:
    (one,) = [suspicion for suspicion in found.suspicions if suspicion.code == code]
    assert one.zh and one.en and "{" not in one.zh + one.en
    return dict(one.values)


class TestShifts:
    @pytest.mark.parametrize(("system", "function", "metres"), [("gcj02", wgs84_to_gcj02, 550), ("bd09", wgs84_to_bd09, 1_000)])
    @pytest.mark.parametrize("noise", [0.0, 15.0])
    def test_found_offered_and_not_applied(self, bends: Line, system: str, function: Any, metres: float, noise: float) -> None:
        good = walk(way(BENDS), noise=noise)
        bad = moved(good, function)
        found = looked_at(bends, bad)
        values = detail(found, f"{system}_shift")
        assert codes(found) == {f"{system}_shift"}
        assert found.coverage < 0.3  # one leg runs along the shift
        assert values["share"] >= 98 and values["after"] <= 15 < 100 < values["before"]
        assert metres * 0.7 < values["shift"] < metres * 1.4
        assert found.tracks[0].used < 0.3 * len(good)  # matched as it came
        again = looked_at(bends, converted(bad, system))
        assert again.coverage > 0.98 and codes(again) == set()

    def test_part_of_the_line_only(self, bends: Line) -> None:
        bad = moved(walk(way(BENDS[1:4])), wgs84_to_gcj02)
        values = detail(looked_at(bends, bad), "gcj02_shift")
        assert 40 < values["share"] < 80

    def test_a_good_track_and_a_road_beside_are_not_suspected(self, bends: Line) -> None:
        assert codes(looked_at(bends, walk(way(BENDS), noise=15))) == set()
        for metres in (450, 900, 9_000):
            beside = [(x, y + metres) for x, y in BENDS]
            assert codes(looked_at(bends, walk(way(beside)))) <= {"off_line", "not_along"}, metres

    def test_abroad_nobody_shifts(self) -> None:
        places = degrees(way(BENDS)) - (120.0, -10.0)
        shifted = places + np.array((0.006, -0.001))
        found = looked_at(
            Line.of(shapely.linestrings(places)), Track.of("a", shifted[:, 0], shifted[:, 1], START + np.arange(len(places)))
        )
        assert not {"gcj02_shift", "bd09_shift"} & codes(found)


class TestClocks:
    @pytest.fixture
    def good(self) -> Track:
        return walk(way(STRAIGHT))

    def test_right(self, good: Track) -> None:
        assert codes(looked_at(line(STRAIGHT), good, days=(START - HOUR, START + 9 * HOUR))) == set()

    @pytest.mark.parametrize(
        ("start", "code"),
        [
            (START + 3 * 365 * DAY, "clock_future"),
            (START - 1024 * 7 * DAY, "clock_rollover"),
            (100_000.0, "clock_unset"),
            (START + 8 * HOUR + DAY - 7_200, "clock_ahead"),  # the walk ends after it was handed in
        ],
    )
    def test_against_now(self, start: float, code: str) -> None:
        assert codes(looked_at(line(STRAIGHT), walk(way(STRAIGHT), start=start))) == {code}

    def test_against_the_day_of_upload(self, good: Track) -> None:
        assert codes(looked_at(line(STRAIGHT), good, uploaded={"a": START - 6 * HOUR})) == {"clock_ahead"}

    def test_against_the_days_of_the_inspection(self, good: Track) -> None:
        assert codes(looked_at(line(STRAIGHT), good, days=(START - 900 * DAY, START - 890 * DAY))) == {"clock_years"}
        working = (START - 9 * HOUR, START - 2 * HOUR)
        assert codes(looked_at(line(STRAIGHT), good, days=working)) == {"clock_8_hours"}

    @pytest.mark.parametrize(("apart", "code"), [(0.0, None), (8 * HOUR + 100, "clock_8_hours"), (-700 * DAY, "clock_years")])
    def test_against_photos(self, good: Track, apart: float, code: str | None) -> None:
        at = (100, 400, 800)
        photos = tuple(
            Sighting(float(good.lon[i]), float(good.lat[i]) + 1e-4, float(good.time[i]) - apart, f"照片 {i}") for i in at
        )
        assert codes(looked_at(line(STRAIGHT), good, sightings=photos)) == ({code} if code else set())

    def test_a_mark_made_by_the_same_clock_proves_nothing(self, good: Track) -> None:
        own = (Sighting(float(good.lon[100]), float(good.lat[100]), float(good.time[100]) - 8 * HOUR, "航点", of_track="a"),)
        assert codes(looked_at(line(STRAIGHT), good, sightings=own)) == set()

    def test_walked_at_night_by_beijing_time(self) -> None:
        midnight = 1_760_000_000.0 // DAY * DAY + 16 * HOUR  # 00:00 in Beijing
        found = looked_at(line(STRAIGHT), walk(way(STRAIGHT), start=midnight))
        assert detail(found, "walked_at_night")["start"].endswith("00:00")

    def test_a_time_that_never_moves_was_put_there(self, good: Track) -> None:
        frozen = Track.of(good.name, good.lon, good.lat, np.full(len(good), START))
        found = looked_at(line(STRAIGHT), frozen, days=(START - HOUR, START + 9 * HOUR))
        assert codes(found) == {"clock_stands"} and found.coverage == 1.0

    def test_a_clock_without_a_zone_is_not_held_against_hours(self, good: Track) -> None:
        local = Track(good.name, good.lon, good.lat, good.time + DAY, good.segment, local=True)
        assert codes(looked_at(line(STRAIGHT), local)) == {"time_without_zone"}


class TestNumbers:
    def test_without_times(self) -> None:
        track = walk(way(STRAIGHT))
        assert codes(looked_at(line(STRAIGHT), untimed(track))) == {"no_times"}
        time = track.time.copy()
        time[5:20] = np.nan
        found = looked_at(line(STRAIGHT), Track.of("a", track.lon, track.lat, time))
        assert detail(found, "some_times_missing")["count"] == 15

    def test_too_few(self) -> None:
        assert codes(looked_at(line(STRAIGHT), walk(way([(0, 0), (400, 0)], 100)))) == {"too_few_points"}

    def test_jumps(self) -> None:
        places = np.vstack((way([(0, 0), (1_000, 0)]), way([(4_000, 0), (5_000, 0)])))
        found = looked_at(line(STRAIGHT), walk(places))
        assert detail(found, "jumps") == {"track": "a", "count": 1, "distance": 3_000}
        assert found.coverage == pytest.approx(0.4, abs=0.01)

    def test_impossible_speed(self) -> None:
        found = looked_at(line(STRAIGHT), walk(way(STRAIGHT, 50), seconds=1))  # 180 km/h
        assert detail(found, "impossible_speed")["speed"] == 180
        noisy = walk(way(STRAIGHT, 1.2), noise=15, seconds=1)
        assert codes(looked_at(line(STRAIGHT), noisy)) == set()

    def test_positions_that_cannot_be(self) -> None:
        track = walk(way(STRAIGHT))
        lon, lat = track.lon.copy(), track.lat.copy()
        lon[10], lat[10], lon[20], lon[30] = 0.0, 0.0, math.nan, 500.0
        found = looked_at(line(STRAIGHT), Track.of("a", lon, lat, track.time, missing=4))
        assert (found.tracks[0].used, found.tracks[0].dropped) == (len(track) - 3, 7)
        assert found.coverage == pytest.approx(1.0)

    def test_nothing_that_can_be_used(self) -> None:
        found = looked_at(line(STRAIGHT), Track.of("a", [math.nan] * 3, [math.nan] * 3), Track.of("b", [], []))
        assert (found.covered, [use.dropped for use in found.tracks]) == ((), [3, 0])
        assert codes(found) == {"too_few_points"}


class TestDuplicates:
    def test_the_same_bytes(self) -> None:
        track = walk(way(STRAIGHT), digest="ab")
        other = Track(**{**vars(track), "name": "b"})
        found = looked_at(line(STRAIGHT), track, other)
        assert detail(found, "same_bytes") == {"track": "a", "other": "b"}

    @pytest.mark.parametrize("round_to", [1 / 60_000, 1e-7])
    def test_the_same_positions_in_another_format(self, round_to: float) -> None:
        track = walk(way(STRAIGHT), noise=5)
        coarse = Track.of("b", np.round(track.lon / round_to) * round_to, np.round(track.lat / round_to) * round_to, track.time)
        assert "same_points" in codes(looked_at(line(STRAIGHT), track, coarse))
        assert "same_points" in codes(looked_at(line(STRAIGHT), untimed(track), untimed(coarse)))
        assert "same_points" in codes(looked_at(line(STRAIGHT), track, picked(coarse, np.arange(0, len(coarse), 3))))

    def test_two_devices_carried_together_are_two(self) -> None:
        one, other = (walk(way(STRAIGHT), noise=3, seed=seed, name=str(seed)) for seed in (1, 2))
        assert codes(looked_at(line(STRAIGHT), one, other)) == set()

    def test_the_same_way_another_day_is_another_walk(self) -> None:
        one = walk(way(STRAIGHT), noise=3)
        assert codes(looked_at(line(STRAIGHT), one, walk(way(STRAIGHT), noise=3, seed=2, name="b", start=START - DAY))) == set()


def test_what_is_matched_is_not_altered() -> None:
    track = moved(walk(way(BENDS)), wgs84_to_gcj02)
    before = track.lon.copy(), track.lat.copy(), track.time.copy()
    looked_at(line(BENDS), track)
    assert all(np.array_equal(a, b) for a, b in zip(before, (track.lon, track.lat, track.time), strict=True))
    assert matched(line(BENDS), track).coverage < 0.1
