"""The demo's boundary line: as long, with as many markers and as sound as it is said to be; sample tracks are those of the code."""

from __future__ import annotations

import pytest
import shapely

from boundaries import line_checks, line_courses
from boundaries.boundary_lines import line_on
from boundaries.demo import build_demo
from boundaries.demo.lines import CODE, demo_line
from boundaries.demo.samples import samples
from boundaries.inspection_field import field_of
from boundaries.inspection_record import record_of
from boundaries.models import BoundaryHazard, BoundaryLine, InspectionState, JointInspection, TrackState
from boundaries.policies import sides_of_inspection
from boundaries.rules.finding import Severity, blocks
from boundaries.services.demo import load_demo
from boundaries.services.inspection_signing import obstacles
from gis.crs import MeasuredLine, distance_m
from tests.boundaries.field.world import work
from tests.commands import run


@pytest.mark.django_db
def test_the_line_of_the_demo():
    load_demo()
    line = line_on(CODE)
    assert 55_000 < line.length_m < 62_000 and len(line.markers) == 12 and BoundaryLine.objects.count() == 3
    assert [one.number for one in line.tri_points] == ["001"]
    assert [one.number for one in line.markers if one.kind == "double"] == ["007A", "007B"]
    assert all(one.custodian and len(one.references) == 3 for one in line.markers)
    assert [one for one in line_checks.findings_of(line) if one.severity is not Severity.INFO] == []
    checked = line_courses.check(line, line.record.course)
    assert checked.differences == () and checked.said.unread == ()


@pytest.mark.django_db(transaction=True)
def test_the_joint_work_of_the_demo():
    """A filed inspection, one in the field with a walk of each side, hazards; the worker makes the rest."""
    loaded = load_demo()
    assert {one["area"] for one in loaded.logins if one["username"].startswith("linhe-")} == {"邻和县"}
    past, held, three = JointInspection.objects.order_by("year", "id")
    assert (past.state, past.year) == (InspectionState.FILED, 2021)
    assert (held.state, held.round.number, {one.side_id for one in held.members.all()}) == (
        InspectionState.IN_FIELD, 5, {held.lead_id, held.partner_id},
    )  # fmt: skip
    # At the tri-point everything is recorded: three sides may sign.
    assert (three.state, len(sides_of_inspection(three))) == (InspectionState.REVIEWING, 3)
    assert not blocks(obstacles(record_of(three)))
    assert held.visits.count() == 4 and BoundaryHazard.objects.count() == 3
    work()
    tracks = list(held.tracks.order_by("id"))
    assert [one.side_id for one in tracks] == [held.lead_id, held.partner_id]
    assert [one.state for one in tracks] == [TrackState.MATCHED] * 2
    said = [[one["code"] for one in track.result["suspicions"]] for track in tracks]
    assert said == [[], ["time_without_zone"]]  # the handheld's table has none
    state = field_of(held)
    assert 35_000 < state.covered.metres < 37_000 and 0.5 < state.covered.share < 0.7


def test_the_river_doubles_back_within_fifty_metres():
    line = MeasuredLine(demo_line(build_demo()).geometry)
    steps = [line.at(at) for at in range(0, int(line.length_m), 20)]
    near = [
        (i, j) for i in range(len(steps)) for j in range(i + 30, min(i + 120, len(steps))) if distance_m(steps[i], steps[j])[0] < 50
    ]
    assert len(near) > 20


@pytest.mark.parametrize("sample", samples(demo_line(build_demo())), ids=lambda one: one.name)
def test_match_track_shows_of_each_sample_what_their_page_says(sample, tmp_path):
    line = demo_line(build_demo())
    (tmp_path / "line.geojson").write_text(shapely.to_geojson(line.geometry))
    (tmp_path / sample.name).write_bytes(sample.content)
    status, found = run("match_track", "--line-file", str(tmp_path / "line.geojson"), str(tmp_path / sample.name))
    assert status == 0
    assert tuple(tuple(round(end / 1000, 1) for end in span) for span in found["covered"]) == sample.covered
    assert tuple(one["code"] for one in found["suspicions"]) == sample.suspicions


def test_the_sample_tracks_are_those_of_the_code():
    status, result = run("demo_samples", "--check")
    assert status == 0, result
