"""Lines, intervals and settings by themselves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.matching import Line, MatchError, Settings, rest, total, union
from boundaries.models.multirange import ChainageSpansField
from gis.crs import MeasuredLine, length_m
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
            (shapely.LineString([(113, 95), (113, 34)]), "line_not_degrees"),
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

    def test_the_first_part_gives_the_direction(self) -> None:
        on = line([(1_000, 0), (2_000, 0)], [(1_000, 0), (0, 0)])
        assert on.parts[0][0] == pytest.approx(degrees([(0, 0)])[0], abs=1e-7)
        assert len(on.parts) == 1

    def test_chainage_is_the_registers(self) -> None:
        """Parts in their order, nothing for what lies between, and a part that goes on from the one before is no break."""
        parts = [
            degrees(part) for part in ([(0, 0), (900, 50)], [(900, 50), (1_000, 0)], [(3_000, 0), (2_000, 0)], [(0, 0), (0, 500)])
        ]
        geometry = shapely.multilinestrings([shapely.linestrings(part) for part in parts])
        on = Line.as_registered(geometry)
        assert len(on.parts) == 3
        registers = [(chainage, tuple(place)) for chainage, place, _part in MeasuredLine(geometry).vertices()]
        ours = [
            (s, tuple(place))
            for along, part in zip(on.chainages, on.parts, strict=True)
            for s, place in zip(along, part, strict=True)
        ]
        for chainage, place in ours:
            assert any(abs(chainage - s) < 1e-3 and place == other for s, other in registers)

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

    def test_join(self) -> None:
        assert union([(0, 10), (25, 30), (60, 70)], 15) == ((0, 30), (60, 70))

    @pytest.mark.django_db
    def test_postgresql_unites_all_days_and_both_sides_in_one_query(self) -> None:
        days = [((0.0, 1_250.5), (3_000.0, 3_500.25)), ((1_250.5, 2_000.0),), (), ((3_400.0, 4_000.0),)]
        field = ChainageSpansField()
        with connection.cursor() as cursor:
            values = ", ".join(["(%s::nummultirange)"] * len(days))
            cursor.execute(
                f"SELECT range_agg(spans) FROM (VALUES {values}) AS rows(spans)", [field.get_prep_value(day) for day in days]
            )
            (answer,) = cursor.fetchone()
        united = field.from_db_value(answer, None, connection)
        assert united == list(union(interval for day in days for interval in day)) == [(0, 2_000), (3_000, 4_000)]


@pytest.mark.parametrize("tolerance", [0.0, -5.0, 0.5, 2_001.0, float("nan"), float("inf")])
def test_a_tolerance_that_makes_no_sense(tolerance: float) -> None:
    with pytest.raises(MatchError) as refused:
        Settings(tolerance_m=tolerance)
    assert refused.value.code == "tolerance_out_of_range"
