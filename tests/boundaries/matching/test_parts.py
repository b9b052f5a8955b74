"""Lines, intervals and settings by themselves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.matching import Line, MatchError, Settings, as_multirange, from_multirange, rest, total, union
from gis.crs import length_m
from tests.boundaries.matching.scenes import degrees, line

INTERVALS = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(1, 5_000)).map(lambda pair: (pair[0] / 100, (pair[0] + pair[1]) / 100)),
    max_size=12,
)


class TestLine:
    @pytest.mark.parametrize(
        ("geometry", "code"),
        [
            (None, "line_missing"),
            (shapely.LineString(), "line_missing"),
            (shapely.Point(113, 34), "line_wrong_geometry"),
            (shapely.box(113, 34, 114, 35), "line_wrong_geometry"),
            (shapely.LineString([(500_000, 3_700_000), (500_100, 3_700_000)]), "line_not_degrees"),
            (shapely.LineString([(113, float("nan")), (113, 34)]), "line_not_degrees"),
            (shapely.LineString([(113, 34), (113, 34)]), "line_too_short"),
            (
                shapely.MultiLineString([[(113, 34), (113.1, 34)], [(113, 34), (113, 34.1)], [(113, 34), (112.9, 34)]]),
                "line_branches",
            ),
        ],
    )
    def test_refusals(self, geometry: object, code: str) -> None:
        with pytest.raises(MatchError) as refused:
            Line.of(geometry)
        assert refused.value.code == code and refused.value.zh.endswith("。")

    def test_length_is_that_of_the_register(self) -> None:
        rng = np.random.default_rng(5)
        places = np.cumsum(rng.normal(0, 0.01, (400, 2)), axis=0) + np.array((113.0, 34.0))
        geometry = shapely.linestrings(places)
        assert Line.of(geometry).length_m == pytest.approx(float(length_m(np.array([geometry]))[0]), abs=1e-6)

    def test_the_place_at_a_chainage(self) -> None:
        on = line([(0, 0), (1_000, 0)], [(1_500, 0), (2_000, 0)])
        for chainage, place in ((0, (0, 0)), (400, (400, 0)), (1_200, (1_700, 0)), (9_999, (2_000, 0))):
            assert on.at(chainage) == pytest.approx(tuple(degrees([place])[0]), abs=1e-6)

    def test_the_first_part_gives_the_direction(self) -> None:
        on = line([(1_000, 0), (2_000, 0)], [(1_000, 0), (0, 0)])
        assert on.parts[0][0] == pytest.approx(degrees([(0, 0)])[0], abs=1e-7)
        assert len(on.parts) == 1

    def test_a_ring_is_closed(self) -> None:
        assert line([(0, 0), (1_000, 0), (0, 1_000), (0, 0)]).closed == (True,)
        assert line([(0, 0), (1_000, 0), (0, 1_000)]).closed == (False,)


class TestIntervals:
    @given(INTERVALS)
    @settings(max_examples=100)
    def test_union_and_rest_share_the_line(self, intervals: list[tuple[float, float]]) -> None:
        covered = union(intervals)
        assert all(b < c for (_a, b), (c, _d) in pairwise(covered))
        assert total(covered) + total(rest(covered, 2_000.0)) == pytest.approx(2_000.0)
        at = np.arange(0, 1_100, 0.37)
        inside = [any(a <= x <= b for a, b in intervals) for x in at]
        assert inside == [any(a <= x <= b for a, b in covered) for x in at]
        assert union(reversed(intervals)) == covered
        assert from_multirange(as_multirange(covered)) == tuple((round(a, 2), round(b, 2)) for a, b in covered)

    def test_join(self) -> None:
        assert union([(0, 10), (25, 30), (60, 70)], 15) == ((0, 30), (60, 70))

    @pytest.mark.parametrize("text", ["", "{", "[1,2)", "{[1,2)(3,4)}", "{[a,b)}", "{[1,2),}"])
    def test_what_is_no_multirange(self, text: str) -> None:
        with pytest.raises(MatchError):
            from_multirange(text)

    @pytest.mark.django_db
    def test_postgresql_unites_all_days_and_both_sides_in_one_query(self) -> None:
        days = [((0.0, 1_250.5), (3_000.0, 3_500.25)), ((1_250.5, 2_000.0),), (), ((3_400.0, 4_000.0),)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT range_agg(covered)::text FROM unnest(%s::text[]::nummultirange[]) AS covered",
                [[as_multirange(day) for day in days]],
            )
            (answer,) = cursor.fetchone()
        assert from_multirange(answer) == union(interval for day in days for interval in day) == ((0, 2_000), (3_000, 4_000))


@pytest.mark.parametrize("tolerance", [0.0, -5.0, 0.5, 2_001.0, float("nan"), float("inf")])
def test_a_tolerance_that_makes_no_sense(tolerance: float) -> None:
    with pytest.raises(MatchError) as refused:
        Settings(tolerance_m=tolerance)
    assert refused.value.code == "tolerance_out_of_range"
