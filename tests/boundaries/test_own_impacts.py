"""What a decision touches within the app: the preview lists it."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.changes.reading import keys_named_in
from boundaries.impacts import cost_document, cost_words
from boundaries.models import Division
from boundaries.services import applications, decisions, priority_counties
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty
from tests.boundaries.decided import stated
from tests.factories import make_division, make_user, square

DAY = date(2026, 3, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> tuple[Division, Division]:
    county = make_division("某某县", 3, code="411799", geometry=square(114, 33, 0.2))
    return county, make_division("东岗乡", 4, parent=county, code="411799200", geometry=square(114, 33, 0.1))


def told(*acts: ActEntry, county: Division) -> dict[str, dict[str, object]]:
    decision = decisions.create_draft(None, county, acts, **stated(DAY))
    return {one["kind"]: one for one in decisions.preview(None, decision).document["impacts"]}


def town(unit: Division) -> ActEntry:
    return ActEntry("change_type", {"unit": unit.pk, "new": {"ref": "a", "name": "东岗镇", "type": "town"}})


def test_nothing_else_is_touched(world) -> None:
    assert told(town(world[1]), county=world[0]) == {}


def test_applications_people_and_other_drafts_are_told(world) -> None:
    county, township = world
    officer = make_user("officer", (Duty.DIVISION_OFFICER, county))
    make_user("local", (Duty.READER, township))
    applications.create_draft(officer, township, "town", proposed_name="东岗镇", proposed_type="town")
    rename = ActEntry("rename", {"unit": township.pk, "name": "东山乡"})
    decisions.create_draft(officer, county, [rename], **stated(DAY, title="更名方案"))
    found = told(town(township), county=county)
    assert {kind: one["count"] for kind, one in found.items()} == {"applications": 1, "decisions": 2, "duties": 1}
    assert "更名方案" in str(found["decisions"]["items"]) or "豫政文" in str(found["decisions"]["items"])
    assert all(one["needs"] for one in found.values())


def test_a_county_on_the_list_of_key_counties(world) -> None:
    county, _township = world
    chief = make_user("chief", (Duty.DIVISION_OFFICER, None))
    priority_counties.add(priority_counties.Listing(county.pk, "名单甲", "文件甲", date(2024, 1, 1)), chief)
    new = {"ref": "a", "name": "某某区", "type": "district"}
    assert "priority_counties" in told(ActEntry("change_type", {"unit": county.pk, "new": new}), county=county)


def test_what_an_act_names_is_found_without_reading_it() -> None:
    data = {"unit": 5, "new": {"ref": "a", "parent": 7, "seat": [114, 33]}, "extent": {"villages": [8, "b"], "point": [1, 2]}}
    assert keys_named_in(data) == {5, 7, 8}
    assert keys_named_in({"unit": True, "villages": None}) == set()


def test_the_cost_of_a_change_says_what_it_leaves_out():
    told = [
        {"title": "地名标志", "count": 5, "cost_yuan": "1800", "uncosted": 2},
        {"title": "随之变动的界线", "count": 1, "cost_yuan": None, "uncosted": 1},
        {"title": "管辖地域将撤销的人员", "count": 3, "cost_yuan": None, "uncosted": 0},
        {"title": "旧版存下的", "count": 1},
    ]
    uncosted = [{"title": "地名标志", "count": 2}, {"title": "随之变动的界线", "count": 1}]
    assert cost_document(told) == {"yuan": "1800", "uncosted": uncosted}
    assert cost_words(told) == "费用估算合计 1,800 元；费用不明、未计入：地名标志 2、随之变动的界线 1。"
    assert cost_words(told[1:]).startswith("费用估算没有依据") and cost_document(told[2:]) is None and cost_words(told[2:]) == ""
