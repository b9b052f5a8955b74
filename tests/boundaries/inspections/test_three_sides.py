"""A tri-point: an inspection that three sides' people walk through the pages from the plan to the filed package."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from boundaries.models import JointInspection
from boundaries.rules.inspection_content import GROUPS
from gis.accounts.models import Duty
from tests.boundaries.inspections.conftest import YEAR, Border, visit
from tests.factories import make_division, make_marker, make_user

pytestmark = pytest.mark.django_db


def test_three_sides_from_the_plan_to_the_filing(border: Border):
    south = make_division("南县", 3, code="419904", parent=border.province)
    make_marker("41990100E", {border.line: 0.0}, (114.0, 34.0), [border.west, border.east, south], kind="triple")
    people = {
        "officer": border.officer["west"],
        "west": border.reviewer["west"],
        "east": border.reviewer["east"],
        "south": make_user("south-reviewer", (Duty.REVIEWER, south)),
        "south-officer": make_user("south-officer", (Duty.DIVISION_OFFICER, south)),
    }
    clients = {}
    for name, user in people.items():
        clients[name] = Client()
        clients[name].force_login(user)

    # Only who adjoins at the tri-point can be the third side.
    planning = {"year": YEAR, "lead": border.west.pk, "starts_on": f"{YEAR}-03-01"}
    address = reverse("line-inspections-do", args=[border.line.pk, "plan"])
    for stranger in (border.province.pk, 10**9):
        assert clients["officer"].post(address, planning | {"third": stranger}).status_code == 422
    assert "南县" in clients["officer"].get(reverse("line-inspections", args=[border.line.pk])).content.decode()
    assert clients["officer"].post(address, planning | {"third": south.pk}).status_code == 302
    held = JointInspection.objects.get()
    assert held.third_id == south.pk

    def post(who: str, what: str, **fields: object) -> int:
        held.refresh_from_db()
        return clients[who].post(reverse("inspection-do", args=[held.pk, what]), {"version": held.version, **fields}).status_code

    def page(name: str) -> str:
        return clients[name].get(reverse("inspection", args=[held.pk])).content.decode()

    # The third side's officer arranges and fills like the others'.
    assert post("south-officer", "member", side=south.pk, name="安望岳", duty="股长", leads=1) == 302
    assert post("south-officer", "step", action="start") == 302
    for marker in (*border.markers, *border.line.markers.filter(records__number="41990100E")):
        visit(held, marker)
    for group in GROUPS:
        assert post("south-officer", "content", group=group.key, answer="clear") == 302
    assert post("officer", "step", action="review") == 302
    # The third side disagrees; nobody signs before it has settled that.
    assert post("south-officer", "opinion", side=south.pk, text="三交点坐标须复核", about="41990100E") == 302

    def sign(name: str, side: int) -> int:
        [digest] = set(re.findall(r'name="digest" value="(\w{64})"', page(name))) or {""}
        return post(name, "sign", side=side, name=f"{name}某", duty="局长", digest=digest)

    assert sign("west", border.west.pk) == 409
    opinion = held.opinions.get()
    assert post("officer", "settle", opinion=opinion.pk, settlement="代为了结") == 403
    assert post("south-officer", "settle", opinion=opinion.pk, settlement="复核一致") == 302
    # Each for itself, in any order; with two the record is not signed.
    assert sign("south", south.pk) == 302
    assert sign("east", border.west.pk) == 403
    assert sign("west", border.west.pk) == 302
    held.refresh_from_db()
    assert held.state == "reviewing" and "未签署" in page("officer")
    assert sign("east", border.east.pk) == 302
    held.refresh_from_db()
    assert held.state == "signed"
    filing = {"filed_with": "某省人民政府", "filed_on": f"{YEAR}-06-01", "note": "档案在补"}
    assert post("officer", "file", **filing) == 409
    assert post("officer", "file", **filing, by_all=1) == 302
    held.refresh_from_db()
    assert held.state == "filed" and [one["side_name"] for one in held.frozen["signatures"]] == ["南县", "西县", "东县"]
    answer = clients["south"].get(reverse("inspection-package", args=[held.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as package:
        names = package.namelist()
    assert any("41990100E" in name for name in names)
