"""Shapes kept in a file: what comes back is what went in, and a coverage check of them says what it says of shapes in memory."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage import check, units
from gis.coverage.units import Units
from gis.kept_shapes import KeptShapes
from tests.gis.coverage.test_exactness import shape
from tests.gis.coverage.test_simplify import crooked_voronoi

SRID = 4490  # any will do


def array(shapes: list[shapely.Geometry | None]) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


@settings(max_examples=40)
@given(st.lists(st.none() | shape, max_size=12), st.data())
def test_what_comes_back_is_what_went_in(shapes, data) -> None:
    some = array(shapes)
    kept = KeptShapes.of(some, srid=SRID)
    assert len(kept) == len(some)
    assert kept.missing.tolist() == [one is None for one in shapes]
    np.testing.assert_array_equal(kept.bounds, shapely.bounds(some).reshape(-1, 4))
    chosen = np.array(data.draw(st.lists(st.integers(0, len(shapes) - 1), max_size=20)) if shapes else [], dtype=np.intp)
    for of, numbers in ((kept, slice(None)), (kept, chosen), (kept.take(chosen), slice(None)), (kept, ~kept.missing)):
        expected = some[chosen] if of is not kept else some[numbers]
        assert (of[numbers] == expected).all()
    assert {shapely.get_srid(one) for one in kept[~kept.missing]} <= {SRID}


def test_a_shape_replaced_and_one_added_show_where_they_were_put_and_nowhere_else() -> None:
    boxes = shapely.box(np.arange(4), 0, np.arange(4) + 1, 1)
    kept = KeptShapes.of(boxes)
    taken = kept.take(np.array([3, 1]))
    kept.replace(1, shapely.box(7, 7, 8, 8))
    taken.add(array([None, shapely.box(9, 9, 10, 10)]))
    assert kept.one(1) == shapely.box(7, 7, 8, 8)
    assert kept.bounds[1].tolist() == [7, 7, 8, 8]
    assert (taken[:] == array([boxes[3], boxes[1], None, shapely.box(9, 9, 10, 10)])).all()
    assert (kept[np.array([0, 2, 3])] == boxes[[0, 2, 3]]).all()


@settings(max_examples=40)
@given(st.lists(shape, min_size=1, max_size=7), st.integers(1, 3))
def test_edges_that_do_not_match_are_the_same_block_by_block(shapes, size) -> None:
    polygons = array(shapes)
    whole = shapely.normalize(shapely.coverage_invalid_edges(polygons))
    assert shapely.equals(shapely.normalize(units._invalid_edges(KeptShapes.of(polygons), size)), whole).all()


@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1), st.integers(6, 40), st.sampled_from(("none", "hole", "twice", "shifted")), st.booleans())
def test_a_coverage_kept_in_a_file_is_judged_as_one_in_memory(seed, cells, fault, with_parent) -> None:
    # Some kilometres wide, as the search for channels goes along every border in steps.
    polygons = shapely.transform(crooked_voronoi(seed, cells), lambda xy: xy * 5e-5 + (113, 34))
    outer = shapely.union_all(polygons)
    if fault == "hole":
        polygons = polygons[1:]
    elif fault == "twice":
        polygons = np.append(polygons, polygons[0])
    elif fault == "shifted":
        polygons[0] = shapely.transform(polygons[0], lambda xy: xy + 1e-3 * np.ptp(xy, axis=0))
    ids = list(range(len(polygons)))
    parents = (dict.fromkeys(ids, -1), {-1: outer}) if with_parent else ({}, {})
    in_memory = check(ids, polygons, *parents, known_valid=True)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("exactness", "units", "overlaps"):
            patch.setattr(f"gis.coverage.{module}.BLOCK", 5)
        kept = check(ids, KeptShapes.of(polygons), *parents, known_valid=True)
    for name in ("checked", "exact", "childless_parents"):
        assert getattr(kept, name) == getattr(in_memory, name)
    for name in ("gaps", "overlaps", "outside_parent", "enclaves"):
        found, expected = getattr(kept, name), getattr(in_memory, name)
        assert [about(one) for one in found] == [about(one) for one in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.area_m2 == pytest.approx(other.area_m2, rel=1e-6, abs=1.0)
            assert one.place == pytest.approx(other.place, abs=1e-6)


def about(finding) -> set:
    return set(getattr(finding, "units", None) or (finding.unit,))


def test_shapes_that_may_be_wrong_are_checked_in_memory_only() -> None:
    with pytest.raises(ValueError, match="known to be valid"):
        check([1], KeptShapes.of(array([shapely.box(0, 0, 1, 1)])))


def test_units_that_meet_are_found_by_their_shapes_not_their_boxes() -> None:
    wedge = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
    polygons = array([wedge, shapely.box(20, 20, 21, 21)])
    probe = array([shapely.box(8, 8, 9, 9), shapely.box(1, 1, 2, 2), shapely.box(20.5, 20.5, 22, 22)])
    found = [Units(np.array(["a", "b"], dtype=object), of).meeting(probe) for of in (polygons, KeptShapes.of(polygons))]
    assert [sorted(zip(*pairs, strict=True)) for pairs in found] == [[(1, 0), (2, 1)]] * 2
