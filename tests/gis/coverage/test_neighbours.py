"""Which units ever had an edge in common, and tints by which they differ."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.coverage.neighbours import pairs_ever, tints_of
from tests.gis.coverage.test_fabric import grid

ALWAYS = (0, 1000)


def pairs(polygons: np.ndarray, owner: list[int], *days: tuple[int, int]) -> list[list[int]]:
    spans = np.array(days or [ALWAYS] * len(owner))
    return pairs_ever(polygons, np.array(owner), spans[:, 0], spans[:, 1]).tolist()


@given(st.integers(1, 6), st.integers(1, 6))
def test_tints_of_neighbours_differ(columns: int, rows: int) -> None:
    units = grid(columns, rows)
    found = pairs_ever(units, np.arange(len(units)), np.zeros(len(units), int), np.ones(len(units), int))
    assert len(found) == columns * (rows - 1) + rows * (columns - 1)
    tints = tints_of(range(len(units)), found)
    assert all(tints[one] != tints[other] for one, other in found.tolist())
    assert max(tints.values()) < 4


def test_only_those_who_were_there_at_one_time() -> None:
    """7 followed 5 on the same ground; 6 lies beside both."""
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    units = np.array([left, right, left], dtype=object)
    assert pairs(units, [5, 6, 7], (0, 10), ALWAYS, (10, 1000)) == [[5, 6], [6, 7]]
    assert pairs(units, [5, 6, 7], (0, 10), (20, 30), (10, 20)) == []


def test_two_records_of_one_division_are_no_neighbours() -> None:
    units = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), None], dtype=object)
    assert pairs(units, [3, 3, 4]) == []
    assert pairs(np.array([None], dtype=object), [1]) == []


def test_what_comes_later_leaves_earlier_tints_as_they_are() -> None:
    before = tints_of([1, 2, 3], np.array([[1, 2], [2, 3]]))
    after = tints_of([1, 2, 3, 9], np.array([[1, 2], [2, 3], [1, 9], [2, 9], [3, 9]]))
    assert {key: after[key] for key in before} == before and after[9] not in {before[1], before[2], before[3]}
    assert tints_of([4], np.empty((0, 2), dtype=int)) == {4: 0}
