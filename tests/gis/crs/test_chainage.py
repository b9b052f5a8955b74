"""Metres along a line agree with geodesics, and a stretch is as long as its chainages say."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import MeasuredLine, distance_m, length_m

BENT = shapely.MultiLineString([[(114.0, 34.0), (114.05, 34.0), (114.05, 34.03)], [(114.06, 34.03), (114.1, 34.05)]])


def test_a_foot_beside_the_line():
    line = MeasuredLine(BENT)
    assert line.length_m == pytest.approx(float(length_m(BENT)[0]), abs=1e-6)
    foot = line.locate((114.02, 34.001))
    assert foot.chainage_m == pytest.approx(distance_m((114.0, 34.0), (114.02, 34.0))[0], abs=0.01)
    assert foot.offset_m == pytest.approx(110.9, abs=0.1) and foot.side == 1
    assert line.locate((114.02, 33.999)).side == -1
    assert line.locate((113.9, 34.0)).chainage_m == 0


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0, 1))
def test_what_lies_at_a_chainage_has_that_chainage(one, other):
    line = MeasuredLine(BENT)
    low, high = sorted((one * line.length_m, other * line.length_m))
    assert line.locate(line.at(low)).chainage_m == pytest.approx(low, abs=0.01)
    if high - low > 0.01:
        # Edges of some kilometres bulge by centimetres between their two measures, see MeasuredLine.
        assert float(length_m(line.stretch(low, high))[0]) == pytest.approx(high - low, abs=0.1)


def test_what_is_no_line_is_refused():
    with pytest.raises(ValueError):
        MeasuredLine(shapely.Point(1, 2))
