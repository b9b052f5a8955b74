"""What is wanted belongs to the ground it lies on: parts add up to the whole, wherever roads are registered."""

from __future__ import annotations

import pytest
from django.contrib.gis.geos import LineString, Point
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from boundaries.models import Division, Level
from gis.crs import CGCS2000
from placenames.models import Sign
from placenames.rules.kinds import Kind
from placenames.services.signs.registering import Entry, enter
from placenames.signs.gaps import Why, analyse
from placenames.signs.names import PLACE
from tests.factories import make_division, square
from tests.placenames.signs_world import place

TODAY = timezone.localdate()
# Three townships of two counties side by side, and ground beyond them that no township's outline holds.
WEST, SOUTH, SIDE = 114.0, 33.0, 0.1


def _world() -> tuple[list[Division], list[Division]]:
    one = make_division("甲县", Level.COUNTY, code="419931", geometry=square(WEST, SOUTH, 2 * SIDE))
    other = make_division("乙县", Level.COUNTY, code="419932", geometry=square(WEST + 2 * SIDE, SOUTH, 2 * SIDE))
    townships = [
        make_division(
            f"第{number}乡", Level.TOWNSHIP, code=f"41993{1 if number < 2 else 2}20{number}", parent=one if number < 2 else other,
            geometry=square(WEST + number * SIDE, SOUTH, SIDE), type="township",
        )
        for number in range(3)
    ]  # fmt: skip
    return [one, other], townships


def _told(analysis) -> list[tuple]:
    """Without `met`: of two roads met at one spot either may be named."""
    return sorted((one.why, one.key, one.place and tuple(round(at, 9) for at in one.place), one.township or 0, one.sign or 0)
                  for one in analysis.signs)  # fmt: skip


spots = st.tuples(st.floats(WEST - 0.02, WEST + 0.33), st.floats(SOUTH, SOUTH + SIDE))
roads = st.lists(st.tuples(st.lists(spots, min_size=2, max_size=4, unique=True), st.integers(0, 4)), min_size=1, max_size=6)


class PartsAddUp(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.counties, cls.townships = _world()

    @given(roads, st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), max_size=5))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def test_townships_add_up_to_counties_and_nothing_counts_twice(self, drawn, posts) -> None:
        areas = [*self.townships, *self.counties]
        made = [
            place(f"第{number}路", "23514", LineString(line, srid=CGCS2000), areas[at], Kind.ROAD)
            for number, (line, at) in enumerate(drawn)
        ]
        for number, along in posts:
            line = LineString(drawn[number % len(made)][0], srid=CGCS2000)
            spot = Point(*line.interpolate_normalized(round(along)).coords, srid=CGCS2000)
            enter(None, Entry("street", place=made[number % len(made)].pk, position=spot))
        parts = [analyse(one.pk, TODAY) for one in self.townships]
        whole = [analyse(one.pk, TODAY) for one in self.counties]
        outside = [_told(one) for one in whole]
        for county, own, told in zip(whole, ((0, 1), (2,)), outside, strict=True):
            mine = {self.townships[at].pk for at in own}
            assert sorted(row for at in own for row in _told(parts[at])) == [row for row in told if row[3] in mine]
            assert {row[3] for row in told} <= {*mine, 0}, "nothing is told of a neighbour's township"
            for at in own:
                assert county.townships[self.townships[at].pk] == parts[at].townships[self.townships[at].pk]
        everything = [row[:3] for told in outside for row in told if row[0] is not Why.BOUNDARY]
        assert len(everything) == len(set(everything)), "no end or junction is asked of two counties"
        used = [row[4] for told in outside for row in told if row[4]]
        assert len(used) == len(set(used)) <= Sign.objects.count(), "a sign stands for one place, over all areas"


@pytest.mark.django_db
def test_a_road_registered_elsewhere_counts_where_it_runs(client):
    """STD-GEN-04: 连心路, registered in the western township, ends in the eastern one, which wants its sign there."""
    _counties, (west, east, _third) = _world()
    line = [(WEST + 0.05, SOUTH + 0.05), (WEST + 0.15, SOUTH + 0.05)]
    road = place("连心路", "23514", LineString(line, srid=CGCS2000), west, Kind.ROAD)
    place("乡道", "23514", LineString([(WEST + 0.16, SOUTH + 0.01), (WEST + 0.16, SOUTH + 0.09)], srid=CGCS2000), east, Kind.ROAD)
    secret = place("秘路", "23514", LineString([(WEST + 0.12, SOUTH), (WEST + 0.12, SOUTH + 0.09)], srid=CGCS2000), east, Kind.ROAD,
                   secrecy="secret", published=False)  # fmt: skip
    enter(None, Entry("street", place=road.pk, position=Point(*line[1], srid=CGCS2000)))
    analysis = analyse(east.pk, TODAY)
    mine = [(one.why, one.sign is not None) for one in analysis.signs if one.key == (PLACE, road.pk)]
    assert mine == [(Why.ROAD_END, True)] and analysis.townships[east.pk].set == 1
    assert not any(one.key == (PLACE, secret.pk) or one.met == "秘路" for one in analysis.signs), "what is secret wants no sign"
    assert [one.why for one in analyse(west.pk, TODAY).signs if one.key == (PLACE, road.pk)] == [Why.ROAD_END]
