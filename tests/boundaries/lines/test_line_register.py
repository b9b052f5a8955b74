"""Lines and markers are registered, changed and corrected on two clocks; who may see and write them goes by their sides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.contrib.gis.geos import LineString, Point
from django.utils import timezone

from boundaries import boundary_lines, policies
from boundaries.models import BoundaryLine, Level, MarkerOnLine
from boundaries.services import boundary_lines as lines
from boundaries.services import boundary_markers as markers
from boundaries.services.boundary_lines import Stretch
from boundaries.services.boundary_markers import Reference, Side
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.crs import CGCS2000
from gis.errors import DomainError, ForbiddenError, NotFoundError
from tests.factories import make_division, make_source, make_user

pytestmark = pytest.mark.django_db
DAY = date(2005, 6, 1)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code


@pytest.fixture
def place():
    city = make_division("某市", Level.PREFECTURE, code="419900")
    east = make_division("东县", Level.COUNTY, code="419922", parent=city)
    west = make_division("西县", Level.COUNTY, code="419921", parent=city)
    towns = [make_division(name, parent=parent) for name, parent in (("东岗乡", east), ("西岗乡", west))]
    return {"city": city, "east": east, "west": west, "towns": towns, "far": make_division("远县", Level.COUNTY, code="419931")}


def straight(*places: tuple[float, float]) -> LineString:
    return LineString(*places, srid=CGCS2000)


def entered(place, actor=None, **values):
    given = {
        "name": "东西线",
        "level": Level.COUNTY,
        "side_a": place["east"].pk,
        "side_b": place["west"].pk,
        "geometry": straight((114.0, 34.0), (114.1, 34.0)),
        "grade": "agreed",
        **values,
    }
    return lines.register(actor, "2122", given, source=make_source(), valid_from=DAY)


def staked(line, number, lon, lat, **values):
    given = {"number": number, "kind": "single", "position": Point(lon, lat, srid=CGCS2000), "grade": "surveyed", **values}
    return markers.register(None, [line], given, source=make_source(), valid_from=DAY)


def test_a_line_on_a_day(place):
    line = entered(place, segments=[Stretch(0, 4000, place["towns"][0].pk, place["towns"][1].pk)])
    staked(line, "002", 114.06, 34.0002)
    staked(
        line,
        "001",
        114.02,
        33.9999,
        sides=[Side(place["east"].pk, "东岗乡", True), Side(place["west"].pk)],
        references=[Reference("水塔", 12.5, 80.0)],
    )
    seen = boundary_lines.line_on("2122")
    assert (seen.side_a.name, seen.side_b.name) == ("西县", "东县"), "the smaller code is side A"
    assert [one.number for one in seen.markers] == ["001", "002"]
    first, second = seen.markers
    assert first.chainage_m == pytest.approx(9239 * 0.2, abs=2) and first.offset_m == pytest.approx(11.1, abs=0.1)
    assert second.offset_m == pytest.approx(22.2, abs=0.1) and second.custodian is None
    assert first.custodian.unit.name == "东县" and first.references[0].azimuth_deg == 12.5
    assert [(one.to_m, one.side_a.name) for one in seen.segments] == [(4000, "西岗乡")]
    with pytest.raises(NotFoundError):
        boundary_lines.line_on("2122", date(2000, 1, 1))
    with pytest.raises(NotFoundError):
        boundary_lines.line_on("nobody")


def test_a_change_moves_legal_time_and_a_correction_does_not(place):
    line = entered(place)
    marker = staked(line, "001", 114.05, 34.0)
    before = timezone.now()
    lines.correct(None, line, {"name": "西东线"}, reason="名称写反", source=make_source())
    assert boundary_lines.line_on(line, DAY).name == "西东线"
    assert boundary_lines.line_on(line, DAY, known_at=before).name == "东西线"
    longer = straight((114.0, 34.0), (114.0, 34.01), (114.1, 34.01))
    lines.change(None, line, {"geometry": longer}, on=date(2020, 1, 1), source=make_source())
    assert boundary_lines.line_on(line, DAY).length_m == pytest.approx(9239, abs=2)
    assert boundary_lines.line_on(line).length_m == pytest.approx(9239 + 1109, abs=3)
    place_of = MarkerOnLine.objects.get(marker=marker)
    assert place_of.offset_m == pytest.approx(1109, abs=1), "chainage and offset follow the line"
    markers.change(None, marker, {"position": Point(114.05, 34.01, srid=CGCS2000)}, on=date(2020, 2, 1), source=make_source())
    place_of.refresh_from_db()
    assert place_of.offset_m == pytest.approx(0, abs=0.6) and place_of.chainage_m == pytest.approx(1109 + 4620, abs=2)
    assert [one.valid.lower for one in boundary_lines.history_of_marker(marker) if one.recorded.upper is None] == [
        DAY,
        date(2020, 2, 1),
    ]
    actions = list(AuditEntry.objects.filter(action__regex="^(line|marker)").order_by("id").values_list("action", flat=True))
    assert actions == ["line.register", "marker.register", "line.correct", "line.change", "marker.change"]


def test_what_cannot_be_is_refused(place):
    line = entered(place)
    with refused("line_exists"):
        entered(place)
    with refused("bad_line"):
        lines.correct(None, line, {"side_a": place["east"].pk, "side_b": place["east"].pk}, reason="试", source=make_source())
    with refused("day_too_early"):
        lines.change(None, line, {"name": "别名"}, on=DAY, source=make_source())
    with refused("bad_segments"):
        overlapping = [Stretch(0, 10, None, None), Stretch(5, 20, None, None)]
        lines.correct(None, line, {"segments": overlapping}, reason="试", source=make_source())
    held = boundary_lines.line_on(line).record.pk
    lines.correct(None, line, {"notes": "先"}, reason="试", source=make_source(), record=held)
    with refused("record_changed"):
        lines.correct(None, line, {"notes": "后"}, reason="试", source=make_source(), record=held)
    staked(line, "001", 114.05, 34.0)
    with refused("marker_exists"):
        staked(line, "001", 114.06, 34.0)
    with refused("line_is_relied_on"):
        lines.withdraw(None, line, reason="误录", source=make_source())


def test_a_marker_withdrawn_leaves_the_line_free(place):
    line = entered(place)
    marker = staked(line, "001", 114.05, 34.0)
    markers.withdraw(None, marker, reason="误录", source=make_source())
    assert boundary_lines.line_on(line).markers == ()
    lines.withdraw(None, line, reason="误录", source=make_source())
    with pytest.raises(NotFoundError):
        boundary_lines.line_on(line)
    assert BoundaryLine.objects.count() == 1
    entered(place)
    assert boundary_lines.line_on("2122").name == "东西线"


def test_both_sides_and_those_above_see_a_line_and_others_do_not(place):
    line = entered(place, segments=[Stretch(0, 4000, None, place["towns"][1].pk)])
    duties = {"city": place["city"], "east": place["east"], "west": place["west"], "far": place["far"], "town": place["towns"][1]}
    people = {name: make_user(name, (Duty.READER, area)) for name, area in duties.items()} | {
        "none": make_user("none"),
        "all": make_user("all", (Duty.AUDITOR, None)),
        "other_town": make_user("other_town", (Duty.READER, place["towns"][0])),
    }
    seen = {name for name, user in people.items() if policies.may_view_line(user, line)}
    assert seen == {"city", "east", "west", "town", "all"}
    assert {name for name, user in people.items() if boundary_lines.lines_seen_by(user).exists()} == seen


def test_who_writes(place):
    line = entered(place, make_user("east", (Duty.DIVISION_OFFICER, place["east"])))
    far = make_user("far", (Duty.DIVISION_OFFICER, place["far"]))
    reviewer = make_user("reviewer", (Duty.REVIEWER, place["east"]))
    inspector = make_user("inspector", (Duty.FIELD_INSPECTOR, place["west"]))
    assert policies.may_approve_line(reviewer, line) and not policies.may_edit_line(reviewer, line)
    assert policies.may_work_on_line(inspector, line) and not policies.may_edit_line(inspector, line)
    for someone in (far, reviewer, inspector):
        with pytest.raises(ForbiddenError):
            lines.correct(someone, line, {"notes": "改"}, reason="试", source=make_source())
    with pytest.raises(ForbiddenError):
        lines.register(
            far,
            "9",
            {"name": "线", "level": 3, "side_a": place["east"].pk, "side_b": place["west"].pk},
            source=make_source(),
            valid_from=DAY,
        )


def test_the_features_of_a_map(place):
    line = entered(place, disputed=True)
    staked(line, "001", 114.05, 34.0)
    found = boundary_lines.line_features(boundary_lines.line_on(line))
    assert [one["properties"]["what"] for one in found["features"]] == ["line", "marker"]
    assert found["features"][0]["properties"]["disputed"] is True
    assert found["features"][1]["geometry"]["coordinates"] == [114.05, 34.0]
