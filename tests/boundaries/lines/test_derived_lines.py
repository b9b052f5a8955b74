"""Lines derived from shared edges, checked both ways against the divisions, and their course in words."""

from __future__ import annotations

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boundaries import line_courses
from boundaries.boundary_lines import line_on, lines_on
from boundaries.line_checks import edge_findings, findings_of, tri_point_findings
from boundaries.line_edges import distance_to_edge, shared_edge
from boundaries.models import BoundaryLine, Grade, Level
from boundaries.services import boundary_lines, boundary_markers, line_derivation
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError
from tests.commands import run
from tests.factories import LONG_AGO, make_division, make_source

pytestmark = pytest.mark.django_db


def run_json(*arguments, status=0):
    got, document = run(*arguments)
    assert got == status
    return document


def box(west, south, east, north):
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=CGCS2000)


@pytest.fixture
def counties():
    """甲 and 乙 beside each other, 丙 south of both: one tri-point. 甲 and 乙 have two townships each, not opposite each other."""
    city = make_division("某市", Level.PREFECTURE, code="419900", geometry=box(114.0, 33.9, 114.2, 34.1))
    made = {"city": city}
    for name, code, shape in (
        ("甲县", "419921", box(114.0, 34.0, 114.1, 34.1)),
        ("乙县", "419922", box(114.1, 34.0, 114.2, 34.1)),
        ("丙县", "419923", Polygon(((114.0, 33.9), (114.2, 33.9), (114.2, 34.0), (114.1, 34.0), (114.0, 34.0), (114.0, 33.9)))),
    ):
        shape = shape if isinstance(shape, MultiPolygon) else MultiPolygon(shape, srid=CGCS2000)
        made[name] = make_division(name, Level.COUNTY, code=code, parent=city, geometry=shape)
    for name, parent, shape in (
        ("甲北乡", "甲县", box(114.0, 34.04, 114.1, 34.1)),
        ("甲南乡", "甲县", box(114.0, 34.0, 114.1, 34.04)),
        ("乙北乡", "乙县", box(114.1, 34.07, 114.2, 34.1)),
        ("乙南乡", "乙县", box(114.1, 34.0, 114.2, 34.07)),
    ):
        made[name] = make_division(name, parent=made[parent], geometry=shape)
    return made


def test_a_derived_line_is_the_edge_of_both(counties):
    found = line_derivation.derive(counties["乙县"].pk, counties["甲县"].pk)
    assert (found.code, found.name, found.grade) == ("419921-419922", "甲乙线", Grade.INDICATIVE)
    line = line_derivation.commit(None, found)
    seen = line_on(line)
    assert seen.length_m == pytest.approx(11_092, abs=3)
    assert list(seen.geometry.geoms[0].coords[0]) == [114.1, 34.1], "from north to south"
    assert seen.record.begins == "observed" and seen.record.source.details["derived"] is True
    named = [(one.side_a.name, one.side_b.name) for one in seen.segments]
    assert named == [("甲北乡", "乙北乡"), ("甲北乡", "乙南乡"), ("甲南乡", "乙南乡")]
    assert [round(one.to_m / 1109.2) for one in seen.segments] == [3, 6, 10]
    assert edge_findings(seen) == []
    with pytest.raises(ConflictError) as refusal:
        line_derivation.commit(None, found)
    assert refusal.value.code == "line_between_them"


def test_the_weaker_grade_counts(counties):
    counties["甲县"].records.update(grade=Grade.AGREED)
    assert line_derivation.derive(counties["甲县"].pk, counties["乙县"].pk).grade == Grade.INDICATIVE


def test_what_are_no_neighbours_is_refused(counties):
    far = make_division("远县", Level.COUNTY, geometry=box(115.0, 34.0, 115.1, 34.1))
    for other, code in ((far, "no_shared_edge"), (counties["甲北乡"], "not_one_level"), (counties["甲县"], "same_division")):
        with pytest.raises(InvalidInputError) as refusal:
            line_derivation.derive(counties["甲县"].pk, other.pk)
        assert refusal.value.code == code


def test_all_pairs_by_command(counties):
    shown = run_json("derive_lines", "--under", "419900")
    assert [line["code"] for line in shown["lines"]] == ["419921-419922", "419921-419923", "419922-419923"]
    assert shown["registered"] == [] and not BoundaryLine.objects.exists()
    assert len(run_json("derive_lines", "--under", "419900", "--commit")["registered"]) == 3
    again = run_json("derive_lines", "--under", "419900", "--commit")
    assert again["registered"] == [] and all(line["registered_as"] for line in again["lines"])
    document = run_json("boundary_line", "419921-419922")
    assert document["name"] == "甲乙线" and document["length_m"] == pytest.approx(11_092, abs=3)
    assert document["course_of_geometry"].splitlines()[1] == "自起点起，界线向南行11.09千米，至止点。"
    assert run_json("derive_lines", "--between", "419921", "419921", status=1)["error"]["code"] == "same_division"


def test_bnd_lin_02_a_line_beside_the_edge_is_told_for_both_sides(counties, settings):
    shifted = GEOSGeometry("MULTILINESTRING((114.1 34.1, 114.1001 34.05, 114.1 34.0))", srid=CGCS2000)
    values = {"name": "甲乙线", "level": 3, "side_a": counties["甲县"].pk, "side_b": counties["乙县"].pk}
    line = boundary_lines.register(
        None, "1", values | {"geometry": shifted, "grade": "agreed"}, source=make_source(), valid_from=LONG_AGO
    )
    found = edge_findings(line_on(line))
    assert [(one.rule, one.code, one.subject) for one in found] == [
        ("BND-LIN-02", "edge_differs", "甲县"),
        ("BND-LIN-02", "edge_differs", "乙县"),
    ]
    assert "9.2米" in found[0].message_zh
    settings.LINE_TOLERANCE_M = 10.0
    assert edge_findings(line_on(line)) == []


def test_bnd_lin_02_a_corner_cut_off_is_seen_from_the_edge():
    """Every point of the chord lies within metres of neither: the way back along the edge is what tells."""
    square = shapely.box(114.0, 34.0, 114.1, 34.1)
    along = shapely.LineString([(114.0, 34.05), (114.0, 34.0), (114.05, 34.0)])
    assert distance_to_edge(along, square).greatest_m < 1e-6
    spike = shapely.Polygon(
        [(114.0, 34.0), (114.05, 34.0), (114.05, 34.05), (114.0501, 34.0), (114.1, 34.0), (114.1, -1), (114.0, -1)]
    )
    straight = shapely.LineString([(114.0, 34.0), (114.1, 34.0)])
    assert distance_to_edge(straight, spike).greatest_m == pytest.approx(5546, abs=10)


def test_bnd_lin_03_three_lines_meet_in_one_point(counties):
    lines = [line_derivation.commit(None, one) for one in line_derivation.derive_under(counties["city"].pk)]
    sides = [boundary_markers.Side(counties[name].pk, f"{name}某村", name == "甲县") for name in ("甲县", "乙县", "丙县")]
    values = {"number": "4142007Q", "kind": "single", "grade": "surveyed", "sides": sides}
    marker = boundary_markers.register(
        None, lines, values | {"position": Point(114.1, 34.0, srid=CGCS2000)}, source=make_source(), valid_from=LONG_AGO
    )
    seen = [line_on(line) for line in lines]
    with CaptureQueriesContext(connection) as one_line:
        line_on(lines[0])
    with CaptureQueriesContext(connection) as all_lines:
        together = lines_on(lines, timezone.localdate())
    assert together == seen
    assert len(all_lines) == len(one_line), "the number of statements does not grow with the lines"
    assert all(one.tri_points[0].id == marker.pk for one in seen)
    assert all(tri_point_findings(one) == [] for one in seen)
    boundary_markers.correct(None, marker, {"position": Point(114.1, 34.0001, srid=CGCS2000)}, reason="试", source=make_source())
    told = tri_point_findings(line_on(lines[0]))
    assert [one.code for one in told] == ["tri_point_differs"] * 3
    assert findings_of(line_on(lines[0]))[0].rule == "BND-LIN-03", "what blocks comes first"


def test_the_course_goes_from_marker_to_marker(counties):
    line = line_derivation.commit(None, line_derivation.derive(counties["甲县"].pk, counties["丙县"].pk))
    for number, lon in (("001", 114.02), ("002", 114.07)):
        values = {"number": number, "kind": "single", "position": Point(lon, 34.0, srid=CGCS2000), "grade": "surveyed"}
        boundary_markers.register(None, [line], values, source=make_source(), valid_from=LONG_AGO)
    text = line_courses.words(line_on(line))
    assert text.splitlines()[2] == "自001号界桩起，界线向东行4.62千米，至002号界桩。"
    assert line_courses.check(line_on(line), text).differences == ()
    wrong = line_courses.check(line_on(line), text.replace("向东行4.62", "向西行4.72"))
    assert {one.code for one in wrong.differences} == {"distance_differs", "direction_differs"}


def test_a_ring_inside_another_and_parts_in_their_order():
    hole = shapely.Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (1, 2), (2, 2), (2, 1)]])
    assert shapely.length(shared_edge(hole, shapely.box(1, 1, 2, 2))) == 4
    left = shapely.box(0, 0, 1, 3)
    right = shapely.union_all([shapely.box(1, 0, 2, 1), shapely.box(1, 2, 2, 3), shapely.box(1.5, 0, 2, 3)])
    parts = shared_edge(left, right)
    assert [list(part.coords) for part in parts.geoms] == [[(1, 3), (1, 2)], [(1, 1), (1, 0)]]
