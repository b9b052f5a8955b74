"""The match where it is hard. Each scene is made by code, so that the answer is known to the metre."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from boundaries.matching import Line, Track, match
from tests.boundaries.matching.scenes import STRAIGHT, codes, degrees, line, marker, matched, near, picked, untimed, walk, way

EXACT = 0.5  # m; what planes and chords may differ
NOISY = 45.0  # m; three times a noise of 15 m


@pytest.fixture(scope="module")
def straight() -> Line:
    return line(STRAIGHT)


class TestAlong:
    def test_the_whole_line(self, straight: Line) -> None:
        found = matched(straight, walk(way(STRAIGHT)))
        assert straight.length_m == pytest.approx(5_000, abs=0.1)
        assert near(found.covered, [(0, 5_000)], EXACT) and found.uncovered == ()
        assert found.coverage == pytest.approx(1.0)
        assert found.offset is not None and found.offset.max < 0.2
        assert (found.tracks[0].used, found.tracks[0].dropped) == (1_001, 0)

    @pytest.mark.parametrize("spacing", [1.2, 10.0, 60.0])
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_noise_of_15_m(self, straight: Line, spacing: float, seed: int) -> None:
        found = matched(straight, walk(way(STRAIGHT, spacing), noise=15, seed=seed))
        assert near(found.covered, [(0, 5_000)], NOISY)
        assert found.offset is not None
        assert 7.5 < found.offset.median < 13  # of |N(0, 15)|: 10.1
        assert 23 < found.offset.p95 < 36  # 29.4

    def test_noise_30_m_beside_the_line(self, straight: Line) -> None:
        found = matched(straight, walk(way([(0, 30), (5_000, 30)], 5), noise=15))
        assert near(found.covered, [(0, 5_000)], NOISY)

    def test_start_in_the_middle_and_stop_before_the_end(self, straight: Line) -> None:
        found = matched(straight, walk(way([(1_200, 10), (3_700, 10)])))
        assert near(found.covered, [(1_200, 3_700)], EXACT)
        assert near(found.uncovered, [(0, 1_200), (3_700, 5_000)], EXACT)

    def test_back_and_forth(self, straight: Line) -> None:
        found = matched(straight, walk(way([(2_000, 5), (3_000, 5), (1_000, -5), (4_000, 5), (3_500, 0)])))
        assert near(found.covered, [(1_000, 4_000)], 10)

    def test_the_antenna_off_for_2_km(self, straight: Line) -> None:
        whole = walk(way(STRAIGHT), noise=5)
        rows = np.flatnonzero((np.arange(1_001) * 5 <= 1_500) | (np.arange(1_001) * 5 >= 3_500))
        found = matched(straight, picked(whole, rows))
        assert near(found.uncovered, [(1_500, 3_500)], 20)

    def test_a_step_of_150_m_is_walked_and_one_of_300_m_is_not(self, straight: Line) -> None:
        along = [0, 100, 250, 400, 700, 850, 1_000]
        found = matched(straight, walk([(x, 0) for x in along]))
        assert near(found.covered, [(0, 400), (700, 1_000)], EXACT)

    def test_points_out_of_order_are_taken_by_their_times(self, straight: Line) -> None:
        whole = walk(way([(0, 0), (2_000, 0)], 20))
        mixed = picked(whole, np.random.default_rng(3).permutation(len(whole)))
        found = matched(straight, mixed)
        assert near(found.covered, [(0, 2_000)], EXACT)
        assert "times_out_of_order" in codes(found)

    def test_a_clock_set_back_in_between_does_not_mix_the_walk(self, straight: Line) -> None:
        whole = walk(way(STRAIGHT, 20))
        time = whole.time.copy()
        time[125:] -= 600.0
        found = matched(straight, Track.of("a", whole.lon, whole.lat, time))
        assert near(found.covered, [(0, 5_000)], EXACT)
        assert "times_out_of_order" not in codes(found)

    def test_a_position_thrown_out_breaks_nothing(self, straight: Line) -> None:
        places = way(STRAIGHT, 10)
        places[100] += (30, 80)
        places[200] += (0, 900)
        places[300:303] += (0, -70)
        found = matched(straight, walk(places))
        assert near(found.covered, [(0, 5_000)], EXACT)
        assert found.tracks[0].dropped == 5

    def test_several_days_and_both_sides_are_joined(self, straight: Line) -> None:
        first = walk(way([(0, 10), (2_000, 10)]), name="甲方 5 月 8 日")
        second = walk(way([(4_995, -10), (3_000, -10)]), name="乙方 5 月 8 日")
        third = walk(way([(1_800, 0), (3_050, 0)]), name="甲方 5 月 9 日", start=1_760_086_400.0)
        assert near(matched(straight, first, second).uncovered, [(2_000, 3_000)], 6)
        found = matched(straight, first, second, third)
        assert near(found.covered, [(0, 5_000)], 6)
        assert [near(use.intervals, [wanted], 6) for use, wanted in
                zip(found.tracks, [(0, 2_000), (3_000, 5_000), (1_800, 3_050)], strict=True)] == [True] * 3  # fmt: skip

    def test_a_detour_is_not_walked(self, straight: Line) -> None:
        found = matched(straight, walk(way([(0, 0), (2_000, 0), (2_000, 600), (2_800, 600), (2_800, 0), (5_000, 0)])))
        assert near(found.uncovered, [(2_000, 2_800)], EXACT)

    def test_a_short_detour_round_a_pond_is_not_walked_either(self, straight: Line) -> None:
        for deep in (100, 300):
            for spacing in (5, 50):
                round_it = [(0, 0), (2_000, 0), (2_000, deep), (2_150, deep), (2_150, 0), (5_000, 0)]
                found = matched(straight, walk(way(round_it, spacing)))
                assert near(found.uncovered, [(2_000, 2_150)], EXACT)


class TestNotAlong:
    @pytest.mark.parametrize("spacing", [1.2, 10.0, 40.0])
    @pytest.mark.parametrize("noise", [0.0, 5.0, 15.0])
    def test_crossing_at_right_angles(self, straight: Line, spacing: float, noise: float) -> None:
        for seed in range(4):
            found = matched(straight, walk(way([(2_500, -800), (2_500, 800)], spacing), noise=noise, seed=seed))
            assert found.covered == ()
            assert "not_along" in codes(found)

    def test_crossing_again_and_again(self, straight: Line) -> None:
        corners = [(500 + 300 * i, side) for i in range(12) for side in ((-200, 200) if i % 2 else (200, -200))]
        assert matched(straight, walk(way(corners), noise=5)).covered == ()

    @pytest.mark.parametrize("noise", [0.0, 5.0, 15.0])
    @pytest.mark.parametrize("spacing", [1.2, 10.0])
    def test_a_road_60_m_off(self, straight: Line, noise: float, spacing: float) -> None:
        found = matched(straight, walk(way([(0, 60), (5_000, 60)], spacing), noise=noise))
        assert found.coverage < 0.02
        assert matched(straight, walk(way([(0, 60), (5_000, 60)], spacing), noise=noise), tolerance_m=100).coverage > 0.98

    def test_standing_for_an_hour(self, straight: Line) -> None:
        found = matched(straight, walk(np.full((3_600, 2), (2_000.0, 0.0)), noise=15, seconds=1))
        assert found.covered == ()
        assert "not_along" in codes(found)

    def test_one_point_is_no_length(self, straight: Line) -> None:
        found = matched(straight, walk([(2_000, 0)]))
        assert found.covered == () and found.coverage == 0
        assert "too_few_points" in codes(found)

    def test_nothing_at_all(self, straight: Line) -> None:
        found = matched(straight)
        assert (found.covered, found.offset, found.tracks) == ((), None, ())
        assert near(found.uncovered, [(0, 5_000)], EXACT)

    def test_far_away(self, straight: Line) -> None:
        found = matched(straight, walk(way([(0, 3_000), (1_000, 3_000)])))
        assert (found.covered, found.offset) == ((), None)
        assert "off_line" in codes(found)


# A river that comes back on itself: out 2 km, a bend of 40 m, back 2 km, and on.
ARMS = [(0.0, 0.0), (2_000.0, 0.0), (2_000.0, 40.0), (0.0, 40.0), (0.0, 80.0), (2_000.0, 80.0)]


class TestDoublingBack:
    """Arms 40 m apart within a tolerance of 50 m: what is near is not yet what was walked."""

    @pytest.mark.parametrize("noise", [0.0, 5.0, 15.0])
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_one_arm_walked(self, noise: float, seed: int) -> None:
        river = line(ARMS[:4])
        found = matched(river, walk(way([(200, 0), (1_800, 0)]), noise=noise, seed=seed))
        assert near(found.covered, [(200, 1_800)], max(NOISY, EXACT))
        found = matched(river, walk(way([(200, 40), (1_800, 40)]), noise=noise, seed=seed))
        assert near(found.covered, [(4_040 - 1_800, 4_040 - 200)], NOISY)

    @pytest.mark.parametrize("noise", [0.0, 5.0, 15.0])
    def test_the_middle_arm_of_three(self, noise: float) -> None:
        found = matched(line(ARMS), walk(way([(300, 40), (1_700, 40)]), noise=noise))
        assert near(found.covered, [(4_040 - 1_700, 4_040 - 300)], NOISY)

    @pytest.mark.parametrize("noise", [0.0, 5.0, 15.0])
    def test_all_three_walked(self, noise: float) -> None:
        river = line(ARMS)
        found = matched(river, walk(way(ARMS), noise=noise))
        assert found.coverage > 1 - NOISY * 2 / river.length_m

    @pytest.mark.parametrize("spacing", [0.5, 1.2, 10.0, 40.0])
    def test_how_often_the_device_writes_chooses_no_other_arm(self, spacing: float) -> None:
        """For 100 m the walk is nearer to the other arm, as a receiver drifts. Ten times the positions are no more witnesses."""
        drifting = way([(200, 0), (900, 0), (950, 24), (1_050, 24), (1_100, 0), (1_800, 0)], spacing)
        found = matched(line(ARMS[:4]), walk(drifting))
        assert near(found.covered, [(200, 1_800)], EXACT)

    def test_a_hairpin_road_of_six_arms_within_the_tolerance(self) -> None:
        hairpins = [
            corner for i in range(6) for corner in (((0, 20 * i), (300, 20 * i)) if i % 2 == 0 else ((300, 20 * i), (0, 20 * i)))
        ]
        for noise in (0.0, 5.0, 15.0):
            assert matched(line(hairpins), walk(way(hairpins), noise=noise)).coverage > 0.97
            found = matched(line(hairpins), walk(way([(0, 40), (300, 40)]), noise=noise))
            assert near(found.covered, [(640, 940)], 75)  # of the arms beside it no more than their turns

    def test_the_neck_is_cut(self) -> None:
        """Along, across the neck of a loop that is 3 km long, and on: the loop was not walked."""
        river = line([(0, 0), (1_000, 0), (1_000, 1_500), (1_040, 1_500), (1_040, 0), (2_000, 0)])
        found = matched(river, walk(way([(0, 0), (2_000, 0)])))
        assert near(found.uncovered, [(1_000, 1_000 + 3_040)], 100)

    def test_a_spike_of_the_line_is_not_walked_in_passing(self) -> None:
        spike = line([(0, 0), (1_000, 0), (1_001, 400), (1_002, 0), (2_000, 0)])
        found = matched(spike, walk(way([(0, 0), (2_000, 0)])))
        assert near(found.uncovered, [(1_000 + 50, 1_800 - 50)], 60)

    def test_bends_smaller_than_the_tolerance_are_walked_straight_through(self) -> None:
        x = np.arange(0, 3_001, 5.0)
        river = line(np.column_stack((x, 30 * np.sin(x / 25))))
        assert matched(river, walk(way([(0, 0), (3_000, 0)]))).coverage > 0.98


class TestLines:
    def test_reversed_and_in_pieces(self) -> None:
        tracks = walk(way([(100, 0), (1_000, 0)]))
        backwards = matched(line([(5_000, 0), (0, 0)]), tracks)
        assert near(backwards.covered, [(4_000, 4_900)], EXACT)
        pieces = line([(0, 0), (2_000, 0)], [(5_000, 0), (3_000, 0)], [(2_000, 0), (3_000, 0)])
        assert len(pieces.parts) == 1
        assert near(matched(pieces, tracks).covered, [(100, 1_000)], EXACT)

    def test_gaps_count_nothing_and_are_not_bridged(self) -> None:
        broken = line([(0, 0), (2_000, 0)], [(2_100, 0), (4_000, 0)])
        assert broken.length_m == pytest.approx(3_900, abs=0.1)
        assert broken.gaps == ((pytest.approx(2_000, abs=0.1), pytest.approx(100, abs=0.1)),)
        found = matched(broken, walk(way([(1_500, 0), (2_040, 0)])))
        assert near(found.covered, [(1_500, 2_000)], EXACT)
        found = matched(broken, walk(way([(0, 0), (4_000, 0)])))
        assert found.coverage == pytest.approx(1.0, abs=1e-3)
        assert "line_has_gaps" in codes(found)

    @pytest.mark.parametrize("spacing", [5.0, 90.0])
    def test_a_ring_walked_across_its_beginning(self, spacing: float) -> None:
        ring = line([(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000), (0, 0)])
        found = matched(ring, walk(way([(500, 0), (0, 0), (0, 500)], spacing)))
        assert near(found.covered, [(0, 500), (3_500, 4_000)], EXACT)
        found = matched(ring, walk(way([(500, 0), (1_000, 0), (1_000, 1_000), (0, 1_000), (0, 0), (500, 0)], spacing)))
        assert near(found.covered, [(0, 4_000)], EXACT)

    @pytest.mark.parametrize("noise", [0.0, 5.0, 15.0])
    def test_a_line_that_crosses_itself(self, noise: float) -> None:
        eight = line(corners := [(0, 0), (1_000, 1_000), (1_000, 0), (0, 1_000)])
        assert matched(eight, walk(way(corners), noise=noise)).coverage > 1 - NOISY * 2 / eight.length_m
        found = matched(eight, walk(way(corners[:2]), noise=noise))  # the crossing is passed, the other way not taken
        assert near(found.covered, [(0, 1_414)], NOISY)
        found = matched(eight, walk(way([(0, 0), (500, 500), (0, 1_000)]), noise=noise))  # at the crossing from one to the other
        assert near(found.covered, [(0, 707), (3_121, 3_828)], NOISY)

    def test_a_line_that_touches_itself(self) -> None:
        touching = line([(0, 0), (1_000, 0), (1_000, 800), (500, 0), (0, 800)])
        assert near(matched(touching, walk(way([(0, 0), (1_000, 0)]), noise=5)).covered, [(0, 1_000)], NOISY)

    def test_a_ring_walked_twice_round_and_the_other_way(self) -> None:
        ring = [(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000), (0, 0)]
        for corners in (ring + ring[1:], [(500, 1_000), *ring[2:0:-1], *ring[:1], *ring[3:2:-1], (500, 1_000)]):
            assert matched(line(ring), walk(way(corners), noise=5)).coverage == pytest.approx(1.0)

    def test_vertices_and_positions_that_are_there_twice(self) -> None:
        doubled = line([*[(0, 0)] * 5, *[(1_000, 0)] * 4, (1_000.00001, 0), (2_000, 0)])
        found = matched(doubled, walk(np.repeat(way([(0, 0), (2_000, 0)]), 3, axis=0)))
        assert near(found.covered, [(0, 2_000)], EXACT)

    def test_across_the_date_line(self) -> None:
        """No line of the office's; but nothing falls over, and nothing is invented."""
        over = Line.of(shapely.linestrings([(179.9, 34.0), (-179.9, 34.0)]))
        lon = np.linspace(179.9, 180.1, 2_000)
        found = match(over, [Track.of("a", np.where(lon > 180, lon - 360, lon), np.full(2_000, 34.0))])
        assert over.length_m == pytest.approx(18_477, abs=1) and 0.98 < found.coverage <= 1
        turned = walk(way(STRAIGHT))
        assert matched(line(STRAIGHT), Track.of("b", turned.lon + 360, turned.lat)).covered == ()

    def test_a_short_line(self) -> None:
        short = line([(0, 0), (60, 0)])
        assert matched(short, walk(way([(0, 0), (60, 0)]))).coverage == pytest.approx(1.0)
        assert matched(short, walk(way([(30, -300), (30, 300)]))).covered == ()

    def test_long_edges_are_geodesics(self) -> None:
        """One edge of 80 km along a parallel: its geodesic bulges 87 m to the north of the straight line in degrees."""
        ends = np.array([(113.0, 34.0), (113.87, 34.0)])
        geod = pyproj.Geod(ellps="GRS80")
        between = np.array(geod.npts(*ends[0], *ends[1], 2_000))
        found = matched(Line.of(shapely.linestrings(ends)), Track.of("a", between[:, 0], between[:, 1]), tolerance_m=5)
        assert found.coverage > 0.999
        assert found.offset is not None and found.offset.max < 0.05


class TestMarkers:
    def test_visited_when_somebody_came_near(self, straight: Line) -> None:
        markers = [marker("1", 1_000, 20), marker("2", 2_000, 45), marker("3", 4_000, 0), marker("4", 4_000, 5_000)]
        found = matched(straight, walk(way([(0, 0), (3_000, 0)], 40)), markers=markers)
        by_number = {visit.number: visit for visit in found.markers}
        assert [visit.visited for visit in found.markers] == [True, False, False, False]
        assert by_number["1"].nearest_m == pytest.approx(20, abs=0.1)
        assert by_number["1"].at == pytest.approx(walk([(0, 0)]).time[0] + 1_000 / 40 * 5, abs=1)
        assert by_number["3"].nearest_m == pytest.approx(1_000, abs=1)

    def test_the_way_between_two_positions_counts(self, straight: Line) -> None:
        found = matched(straight, walk([(0, 0), (45, 0), (90, 0)]), markers=[marker("1", 22.5, 3)])
        assert found.markers[0].nearest_m == pytest.approx(3, abs=0.1)

    def test_without_tracks(self, straight: Line) -> None:
        visit = matched(straight, markers=[marker("1", 0, 0)]).markers[0]
        assert (visit.visited, visit.nearest_m) == (False, None)

    def test_without_times(self, straight: Line) -> None:
        visit = matched(straight, untimed(walk(way(STRAIGHT))), markers=[marker("1", 0, 0)]).markers[0]
        assert visit.visited and np.isnan(visit.at)


def test_degrees_are_what_the_plane_says() -> None:
    assert degrees([(0, 0)])[0].tolist() == pytest.approx([113.5, 34.0])
