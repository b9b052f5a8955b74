"""A change of divisions lists the boundary lines it moves, and those whose sides or segments it leaves without a unit."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import Level
from boundaries.services import decisions, follow_ups, line_derivation
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError
from tests.boundaries.decided import stated
from tests.factories import make_division, make_user, square

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def county():
    """Two townships side by side, the western with two villages; a line between the townships."""
    county = make_division("某某县", Level.COUNTY, code="411799", geometry=square(114, 33, 0.2))
    west = make_division("西岗乡", parent=county, code="411799200", geometry=square(114.0, 33.0))
    east = make_division("东岗乡", parent=county, code="411799201", geometry=square(114.1, 33.0))
    village = make_division("界村", Level.VILLAGE, parent=west, geometry=square(114.0, 33.0))
    line = line_derivation.commit(None, line_derivation.derive(west.pk, east.pk))
    line.records.update(valid=("2000-01-01", None))
    return {"county": county, "west": west, "east": east, "village": village, "line": line}


def told(county, *acts):
    decision = decisions.create_draft(None, county, acts, **stated(DAY))
    return {one["kind"]: one for one in decisions.preview(None, decision).document["impacts"]}


def test_a_name_moves_no_line(county):
    assert "boundary_lines" not in told(county["county"], ActEntry("rename", {"unit": county["west"].pk, "name": "西山乡"}))


def test_a_side_that_ends_leaves_its_line_without_a_unit(county):
    new = {"ref": "a", "name": "两岗镇", "type": "town"}
    act = ActEntry("merge", {"units": [county["west"].pk, county["east"].pk], "new": new})
    found = told(county["county"], act)
    assert found["boundary_line_sides"]["items"][0]["label"] == "西岗东岗线（411799200-411799201）"
    assert found["boundary_line_sides"]["needs"]


@pytest.fixture
def moving(county):
    """A village beside the line goes over to the other township."""
    inner = make_division("边村", Level.VILLAGE, parent=county["east"], geometry=square(114.1, 33.0, 0.05))
    for west, south in ((114.15, 33.0), (114.1, 33.05), (114.15, 33.05)):
        make_division(f"{west}{south}村", Level.VILLAGE, parent=county["east"], geometry=square(west, south, 0.05))
    return ActEntry("transfer_villages", {"villages": [inner.pk], "to": county["west"].pk})


def test_ground_that_goes_over_moves_the_line(county, moving):
    found = told(county["county"], moving)
    assert found["boundary_lines"]["count"] == 1 and "BND-LIN-01" in found["boundary_lines"]["needs"]
    assert found["boundary_lines"]["items"][0]["url"].endswith(f"/{county['line'].pk}/")


def test_bnd_lin_01_a_moved_line_is_surveyed_marked_agreed_and_filed_before_the_case_is_closed(county, moving, client):
    decision = decisions.create_draft(None, county["county"], [moving], **stated(DAY, approved_on=DAY))
    seen = decisions.preview(None, decision)
    decision = decisions.enact(None, decision, seen.fingerprint, reason="试验", redraw=False)
    officer = make_user("officer", (Duty.DIVISION_OFFICER, county["county"]))
    client.force_login(officer)
    day = {"completed_on": DAY, "reported_on": DAY, "announced_on": DAY}
    after = {"standard_map_on": DAY, "survey_records_on": DAY, "evaluation_on": DAY}
    follow_ups.record(None, decision, 0, **day, **after)

    [work] = decision.line_works.all()
    assert work.line == county["line"]
    with pytest.raises(ConflictError) as refused:
        follow_ups.close(None, decision, 1)
    assert [(one["rule"], one["code"]) for one in refused.value.details["findings"]] == [
        ("BND-LIN-01", code) for code in ("not_surveyed", "no_markers", "no_agreement", "not_filed")
    ]
    assert "BND-LIN-01" in client.get("/due/").content.decode()

    page = f"/decisions/{decision.pk}/follow-up/"
    row = {
        "row": f"line-{work.pk}",
        "version": "1",
        "surveyed_on": "2026-04-01",
        "markers_on": "2026-04-02",
        "agreement_on": "2026-04-03",
    }
    assert client.post(page, row, headers={"HX-Request": "true"}).status_code == 422  # an agreement is named
    row |= {"agreement": "西岗东岗界线协议书", "filed_on": "2026-04-20", "filed_with": "某某县人民政府"}
    said = client.post(page, row, headers={"HX-Request": "true"})
    assert said.status_code == 200 and "签订协议书日期 2026-04-03" in said.content.decode()
    told_last = AuditEntry.objects.filter(action="decision.follow_up").latest("pk")
    assert told_last.after[f"line {work.line.code}"]["filed_on"] == "2026-04-20"
    assert "BND-LIN-01" not in client.get("/due/").content.decode()
    assert follow_ups.close(None, decision, 2).closed_at is not None
