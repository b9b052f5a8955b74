"""Gaps, overlaps, ground outside the parent: each found at its place, with its size, and nothing else."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coverage import check
from gis.crs import area_m2
from gis.crs.geodesic import metres_per_degree

WEST, SOUTH, STEP = 113.0, 34.0, 0.05
METRE_LON, METRE_LAT = 1 / metres_per_degree(SOUTH + 1.5 * STEP)


def cell(column: int, row: int) -> shapely.Polygon:
    """A square of a grid whose neighbours share whole edges."""
    x, y = np.round(WEST + column * STEP, 9), np.round(SOUTH + row * STEP, 9)
    return shapely.box(x, y, np.round(x + STEP, 9), np.round(y + STEP, 9))


def grid(columns: int, rows: int) -> tuple[list[str], np.ndarray]:
    places = [(column, row) for row in range(rows) for column in range(columns)]
    return [f"{column}{row}" for column, row in places], np.array([cell(*place) for place in places])


def moved(geometry: shapely.Geometry, east_m: float = 0.0, north_m: float = 0.0) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: xy + np.array([east_m * METRE_LON, north_m * METRE_LAT]))


def test_an_exact_grid_is_valid_and_exact():
    report = check(*grid(3, 3))
    assert report.valid
    assert report.exact
    assert report.checked == 9
    assert not report.enclaves


def test_nothing_to_check_is_valid():
    report = check([], np.array([], dtype=object))
    assert report.valid
    assert report.checked == 0


def test_a_missing_unit_leaves_a_hole_with_all_neighbours_named():
    ids, units = grid(3, 3)
    keep = np.array([i != "11" for i in ids])
    report = check([i for i in ids if i != "11"], units[keep])
    (gap,) = report.gaps
    assert not report.valid
    assert report.exact  # nothing overlaps and every shared edge matches: a hole is no fault of the edges
    assert (gap.kind, gap.open, gap.parent) == ("hole", False, None)
    assert set(gap.units) == {"10", "01", "21", "12"}  # those in the corners touch in a point only
    assert gap.area_m2 == pytest.approx(area_m2(cell(1, 1))[0], rel=1e-9)
    assert gap.width_m == pytest.approx(STEP / METRE_LON, rel=0.06)
    assert shapely.contains_xy(cell(1, 1), *gap.place)


def test_a_sliver_is_told_from_a_hole_by_its_width():
    west = shapely.box(WEST - 1, SOUTH - 1, WEST, SOUTH + 1)
    east = shapely.difference(shapely.box(WEST, SOUTH - 1, WEST + 1, SOUTH + 1), cell(0, 0))
    narrow = shapely.box(WEST, SOUTH, WEST + STEP, SOUTH + STEP - 30 * METRE_LAT)
    (gap,) = check(["e", "w", "n"], np.array([east, west, narrow])).gaps
    assert gap.kind == "sliver"
    assert gap.width_m == pytest.approx(30, rel=0.06)
    (gap,) = check(["e", "w", "n"], np.array([east, west, narrow]), gap_width_m=10).gaps
    assert gap.kind == "hole"


def test_a_wide_hole_in_one_single_unit_is_an_enclave_and_no_error():
    ring = shapely.difference(cell(0, 0), shapely.box(WEST + 0.01, SOUTH + 0.01, WEST + 0.02, SOUTH + 0.02))
    report = check(["ring"], np.array([ring]))
    (enclave,) = report.enclaves
    assert report.valid
    assert (enclave.kind, enclave.units) == ("enclave", ("ring",))
    # With the parent's polygon there is no doubt: the parent covers it, no unit does.
    known = check(["ring"], np.array([ring]), ["county"], {"county": cell(0, 0)})
    assert not known.valid
    assert (known.gaps[0].kind, known.gaps[0].parent, known.enclaves) == ("hole", "county", [])


def test_a_hole_with_an_island_in_it_is_a_gap_less_the_island():
    ids, units = grid(5, 5)
    missing = {"11", "21", "31", "12", "32", "13", "23", "33"}  # the ring around 22
    keep = np.array([i not in missing for i in ids])
    (gap,) = check([i for i in ids if i not in missing], units[keep]).gaps
    assert "22" in gap.units
    assert gap.area_m2 == pytest.approx(sum(area_m2(units[[ids.index(i)]])[0] for i in missing), rel=1e-9)
    assert not shapely.contains_xy(cell(2, 2), *gap.place)


@pytest.mark.parametrize(
    ("one", "other", "area_of"),
    [
        (cell(0, 0), cell(0, 0), cell(0, 0)),
        (shapely.box(WEST, SOUTH, WEST + 1, SOUTH + 1), cell(1, 1), cell(1, 1)),  # inside, touching nothing
        (shapely.box(WEST, SOUTH, WEST + 1, SOUTH + 1), cell(0, 0), cell(0, 0)),  # inside, sharing two edges
        (cell(0, 0).union(cell(1, 0)), cell(1, 0).union(cell(2, 0)), cell(1, 0)),
        (shapely.MultiPolygon([cell(0, 0), cell(3, 3)]), cell(3, 3), cell(3, 3)),
    ],
    ids=["equal", "inside", "inside-at-corner", "halves", "one-part"],
)
def test_overlaps_of_every_shape(one, other, area_of):
    report = check(["a", "b"], np.array([one, other]))
    (overlap,) = report.overlaps
    assert overlap.units == ("a", "b")
    # A straight edge in degrees with a vertex more is another geodesic, hence the tolerance.
    assert overlap.area_m2 == pytest.approx(area_m2(area_of)[0], rel=1e-5)
    assert shapely.contains_xy(area_of, *overlap.place)
    assert not report.exact


def test_an_overlap_in_two_places_is_one_finding_at_the_wider():
    comb = shapely.union_all([cell(0, 0), moved(cell(0, 0), 900).intersection(shapely.box(WEST, SOUTH, WEST + 1, SOUTH + 0.01))])
    comb = comb.union(moved(cell(0, 0), 300).intersection(shapely.box(WEST, SOUTH + 0.03, WEST + 1, SOUTH + 0.04)))
    (overlap,) = check(["a", "b"], np.array([comb, cell(1, 0)])).overlaps
    assert overlap.parts == 2
    assert overlap.width_m == pytest.approx(900, rel=0.06)
    assert overlap.place[1] < SOUTH + 0.01


def test_three_units_on_the_same_ground_are_three_pairs():
    report = check(["a", "b", "c"], np.array([cell(0, 0)] * 3))
    assert {overlap.units for overlap in report.overlaps} == {("a", "b"), ("a", "c"), ("b", "c")}


def test_mismatched_vertices_alone_are_no_finding_but_not_exact():
    """A neighbour's corner in the middle of an edge (a T without a vertex) covers the ground all the same."""
    left = shapely.box(WEST, SOUTH, WEST + STEP, SOUTH + 2 * STEP)
    report = check(["l", "a", "b"], np.array([left, cell(1, 0), cell(1, 1)]))
    assert report.valid
    assert not report.exact


@pytest.mark.parametrize(("shift_m", "found"), [(0.01, False), (0.3, False), (0.8, True), (40.0, True)])
def test_tolerance_is_the_width_of_what_is_found(shift_m, found):
    """A unit shifted east overlaps one neighbour and leaves a gap to the other, both as wide as the shift."""
    ids, units = grid(3, 3)
    units[ids.index("11")] = moved(cell(1, 1), shift_m)
    report = check(ids, units)
    if not found:
        assert report.valid
        assert report.overlaps_below_tolerance.count > 0
        assert report.gaps_below_tolerance.count > 0
        return
    overlap = next(o for o in report.overlaps if o.units == ("11", "21"))
    gap = next(g for g in report.gaps if set(g.units) >= {"01", "11"})
    assert overlap.width_m == pytest.approx(shift_m, rel=0.06)
    assert gap.width_m == pytest.approx(shift_m, rel=0.06)
    assert gap.kind == "sliver"
    assert overlap.area_m2 == pytest.approx(shift_m * STEP / METRE_LAT, rel=1e-3)


@pytest.mark.parametrize(("width_m", "found"), [(0.3, False), (5.0, True), (150.0, True), (400.0, False)])
@pytest.mark.parametrize("closed", [False, True], ids=["open-at-both-ends", "closed-at-one-end"])
def test_a_strip_between_neighbours_that_opens_outwards(width_m, found, closed):
    left, right = cell(0, 0), moved(cell(1, 0), width_m)
    if closed:
        foot = shapely.box(WEST, SOUTH - STEP, WEST + 2 * STEP, SOUTH)
        units = np.array([left, shapely.intersection(right, shapely.box(WEST, SOUTH, WEST + 2 * STEP, SOUTH + STEP)), foot])
        ids = ["l", "r", "f"]
    else:
        units, ids = np.array([left, right]), ["l", "r"]
    report = check(ids, units)
    assert report.valid is not found
    if found:
        (gap,) = report.gaps
        assert (gap.kind, gap.open) == ("sliver", True)
        assert {"l", "r"} <= set(gap.units)
        assert gap.area_m2 == pytest.approx(width_m * STEP / METRE_LAT, rel=0.05)
        assert gap.width_m == pytest.approx(width_m, rel=0.08)
        assert not shapely.intersects(shapely.union_all(units), shapely.Point(gap.place))


@pytest.mark.parametrize("north", [STEP, 0.02], ids=["two-mouths", "one-mouth"])
def test_a_real_gap_behind_a_mouth_narrower_than_the_tolerance(north):
    """Two neighbours nearly touch at the outer boundary and part behind it."""
    right = cell(1, 0)
    bay = shapely.box(WEST + STEP - 300 * METRE_LON, SOUTH + 0.01, WEST + STEP - 0.2 * METRE_LON, SOUTH + 0.04)
    slit = shapely.box(WEST + STEP - 0.2 * METRE_LON, SOUTH, WEST + STEP, SOUTH + north)
    report = check(["l", "r"], np.array([shapely.difference(cell(0, 0), bay.union(slit)), right]))
    (gap,) = report.gaps
    assert gap.open
    assert gap.width_m == pytest.approx(300, rel=0.06)


def test_corners_at_the_outer_boundary_are_no_strips():
    """Where a shared edge reaches the boundary in a notch, the two units are near each other and nothing is wrong."""
    fan = [
        shapely.Polygon(
            [
                (WEST, SOUTH),
                (WEST + STEP * np.cos(a), SOUTH + STEP * np.sin(a)),
                (WEST + STEP * np.cos(b), SOUTH + STEP * np.sin(b)),
            ]
        )
        for a, b in ((0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0), (4.0, 5.5))
    ]
    assert check(list("abcde"), np.array(fan)).valid


class TestParents:
    ids, units = grid(4, 2)
    county = {"w": shapely.union_all(units[[0, 1, 4, 5]]), "e": shapely.union_all(units[[2, 3, 6, 7]])}
    parents = ["w", "w", "e", "e"] * 2

    def test_children_that_fill_their_parents(self):
        report = check(self.ids, self.units, self.parents, self.county)
        assert report.valid
        assert report.childless_parents == ()

    def test_a_mapping_says_the_same_as_a_sequence(self):
        assert check(self.ids, self.units, dict(zip(self.ids, self.parents, strict=True)), self.county).valid

    def test_a_missing_child_at_the_edge_is_a_gap_of_its_parent(self):
        report = check(self.ids[1:], self.units[1:], self.parents[1:], self.county)
        (gap,) = report.gaps
        assert (gap.parent, gap.kind, set(gap.units)) == ("w", "hole", {"10", "01"})
        assert report.outside_parent == []

    def test_a_child_given_to_the_wrong_parent_lies_outside_and_leaves_no_gap(self):
        report = check(self.ids, self.units, ["w", "w", "w", "e", *self.parents[4:]], self.county)
        (outside,) = report.outside_parent
        assert (outside.unit, outside.parent, outside.share) == ("20", "w", pytest.approx(1.0))
        assert report.gaps == []

    def test_a_child_that_sticks_out_does_so_by_its_share(self):
        units = self.units.copy()
        units[0] = shapely.union(cell(0, 0), moved(cell(0, 0), -500))
        report = check(self.ids, units, self.parents, self.county)
        (outside,) = report.outside_parent
        assert (outside.unit, outside.parent) == ("00", "w")
        assert outside.width_m == pytest.approx(500, rel=0.06)
        assert outside.share == pytest.approx(500 / (500 + STEP / METRE_LON), rel=1e-2)
        assert outside.place[0] < WEST

    def test_a_parent_without_children_is_named_and_not_a_gap(self):
        keep = np.array([parent == "w" for parent in self.parents])
        ids = [i for i, parent in zip(self.ids, self.parents, strict=True) if parent == "w"]
        report = check(ids, self.units[keep], ["w"] * 4, self.county)
        assert report.valid
        assert report.childless_parents == ("e",)

    def test_units_without_a_known_parent_are_judged_by_their_union(self):
        ids, units = grid(5, 5)
        keep = np.array([i != "22" for i in ids])
        ids = [i for i in ids if i != "22"]
        assert [gap.kind for gap in check(ids, units[keep], ["unknown"] * 24, {}).gaps] == ["hole"]
        # The hole is another county's ground, whose polygon is known: not a gap of these.
        assert check(ids, units[keep], ["unknown"] * 24, {"enclave": cell(2, 2)}).valid

    def test_an_invalid_parent_is_reported_as_parent(self):
        bowtie = shapely.Polygon([(WEST, SOUTH), (WEST + 1, SOUTH + 1), (WEST + 1, SOUTH), (WEST, SOUTH + 1)])
        report = check(["00"], self.units[:1], ["w"], {"w": bowtie})
        assert [(finding.unit, finding.role) for finding in report.invalid] == [("w", "parent")]


class TestUnusable:
    def test_units_without_geometry_are_named_and_not_judged(self):
        report = check(["a", "b", "c"], np.array([cell(0, 0), None, shapely.Polygon()], dtype=object))
        assert report.valid
        assert report.without_geometry == ("b", "c")
        assert report.checked == 1

    @pytest.mark.parametrize(
        ("geometry", "code", "has_place"),
        [
            (shapely.Polygon([(113, 34), (114, 35), (114, 34), (113, 35)]), "self_intersection", True),
            (
                shapely.from_wkt("POLYGON ((113 34, 114 34, 114 35, 113 34), (115 34, 116 34, 116 35, 115 34))"),
                "hole_lies_outside_shell",
                True,
            ),
            (shapely.LineString([(113, 34), (114, 34)]), "not_polygonal", False),
            (shapely.Polygon([(113, 34), (np.inf, 34), (114, 35)]), "non_finite", False),
        ],
    )
    def test_invalid_polygons_have_a_code_and_a_place(self, geometry, code, has_place):
        before = shapely.to_wkb(geometry)
        report = check(["x", "far"], np.array([geometry, cell(-40, 0)]))
        (invalid,) = report.invalid
        assert (invalid.unit, invalid.code, invalid.role) == ("x", code, "unit")
        assert (invalid.place is not None) is has_place
        assert invalid.message_zh != "图形不合规"
        assert invalid.message_en != "The polygon is invalid"
        assert not report.valid
        assert shapely.to_wkb(geometry) == before

    def test_one_bowtie_does_not_hide_what_is_wrong_elsewhere(self):
        ids, units = grid(3, 3)
        x, y = WEST + STEP, SOUTH + STEP
        units[4] = shapely.Polygon([(x, y), (x + STEP, y + STEP), (x + STEP, y), (x, y + STEP)])
        units[8] = moved(units[8], -200, -200)
        report = check(ids, units)
        assert [finding.unit for finding in report.invalid] == ["11"]
        assert {("21", "22"), ("12", "22")} <= {overlap.units for overlap in report.overlaps}

    def test_arguments_that_make_no_sense_are_refused(self):
        with pytest.raises(ValueError, match="unique"):
            check(["a", "a"], np.array([cell(0, 0), cell(1, 0)]))
        with pytest.raises(ValueError, match="same length"):
            check(["a"], np.array([cell(0, 0), cell(1, 0)]))
        with pytest.raises(ValueError, match="tolerance"):
            check(["a"], np.array([cell(0, 0)]), tolerance_m=0)


def test_the_report_is_json():
    ids, units = grid(3, 3)
    units[4] = moved(units[4], 100, 50)
    report = check(ids, units, ["c"] * 9, {"c": shapely.union_all(units[:6])})
    document = json.loads(json.dumps(report.as_dict(limit=2)))
    assert document["valid"] is False
    assert document["counts"]["overlaps"] == len(report.overlaps) > 2
    assert len(document["overlaps"]) == 2
    assert set(document["overlaps"][0]) == {"units", "parts", "place", "area_m2", "width_m"}


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(4, 40), st.integers(0, 3), st.floats(2.0, 900.0))
def test_findings_are_those_of_a_check_of_every_pair(seed, cells, shifted, shift_m):
    """Against brute force: every pair intersected, the parent less the union of all. Same overlaps, same uncovered ground."""
    random = np.random.default_rng(seed)
    frame = shapely.box(WEST, SOUTH, WEST + 0.4, SOUTH + 0.4)
    points = shapely.MultiPoint(random.uniform((WEST, SOUTH), (WEST + 0.4, SOUTH + 0.4), (cells, 2)))
    units = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    units = shapely.get_parts(shapely.coverage_clean(shapely.intersection(units, frame)))
    for index in random.choice(len(units), min(shifted, len(units)), replace=False):
        angle = random.uniform(0, 2 * np.pi)
        units[index] = moved(units[index], shift_m * np.cos(angle), shift_m * np.sin(angle))
    ids = list(range(len(units)))
    report = check(ids, units, [0] * len(units), {0: frame}, tolerance_m=0.5)

    def wide(geometry):
        plane = shapely.transform(geometry, lambda xy: xy / np.array([METRE_LON, METRE_LAT]))
        return shapely.area(shapely.buffer(plane, -0.25)) > 0

    expected = {(i, j) for i in ids for j in ids[:i] if wide(shapely.intersection(units[i], units[j]))}
    assert {tuple(sorted(o.units, reverse=True)) for o in report.overlaps} == expected
    uncovered = shapely.difference(frame, shapely.union_all(units))
    missing = area_m2(shapely.union_all([g.geometry for g in report.gaps]))[0] if report.gaps else 0.0
    assert missing == pytest.approx(area_m2(uncovered)[0], rel=1e-3, abs=2 * 0.5 * 50_000 * 4)
    beyond = shapely.difference(shapely.union_all(units), frame)
    assert {o.unit for o in report.outside_parent} == {i for i in ids if wide(shapely.intersection(units[i], beyond))}
    for finding in (*report.overlaps, *report.gaps, *report.outside_parent):
        assert shapely.intersects(finding.geometry, shapely.Point(finding.place).buffer(1e-9))
        assert finding.width_m >= 0.5
