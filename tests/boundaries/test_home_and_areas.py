"""What divisions put on the first page, and the tree of divisions as duties need it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from boundaries.areas import DivisionAreas
from boundaries.models import Level
from boundaries.services import applications, rule_sets
from gis.accounts.areas import areas_reached, reaches, reaches_everything
from gis.accounts.models import Duty
from gis.todo import home_of, waiting
from tests.factories import make_division, make_user, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    province = make_division("某省", Level.PROVINCE, code="410000")
    east = make_division("东县", Level.COUNTY, code="419901", parent=province, geometry=square(114, 33))
    west = make_division("西县", Level.COUNTY, code="419902", parent=province)
    township = make_division("东岗乡", code="419901201", parent=east)
    return {"province": province, "east": east, "west": west, "township": township}


def test_areas_are_found_by_name_and_code_with_what_lies_above(places):
    found = DivisionAreas().search("东", 10)
    assert [str(area) for area in found] == ["某省 › 东县", "某省 › 东县 › 东岗乡"]
    assert [area.name for area in DivisionAreas().search("4199", 10)] == ["东县", "西县", "东岗乡"]
    assert DivisionAreas().search(" ", 10) == []
    assert DivisionAreas().find_code("419902").name == "西县"
    assert DivisionAreas().find_code("000000") is None


def test_naming_many_areas_asks_once_for_each_level(places, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        assert len(DivisionAreas().named(place.pk for place in places.values())) == 4


def test_an_abolished_division_is_still_named_but_reaches_nothing(places):
    gone = make_division("旧县", Level.COUNTY, code="419903", valid=(date(2000, 1, 1), date(2010, 1, 1)))
    assert DivisionAreas().named([gone.pk])[gone.pk].name == "旧县"
    holder = make_user("old", (Duty.ADMINISTRATOR, gone))
    # Without a parent today it must not be taken for the top of the tree.
    assert not reaches_everything(holder, [Duty.ADMINISTRATOR])
    assert not reaches(holder, [Duty.ADMINISTRATOR], places["east"].pk)


def test_a_duty_reaches_what_lies_under_it(places):
    east, province = make_user("east", (Duty.AUDITOR, places["east"])), make_user("province", (Duty.AUDITOR, places["province"]))
    assert areas_reached(east, [Duty.AUDITOR]) == {places["east"].pk, places["township"].pk}
    assert areas_reached(province, [Duty.AUDITOR]) is None
    assert reaches(east, [Duty.AUDITOR], places["township"].pk) and not reaches(east, [Duty.AUDITOR], places["west"].pk)
    assert not reaches(east, [Duty.REVIEWER], places["township"].pk) and not reaches(east, [Duty.AUDITOR], None)


def test_the_first_page_counts_what_waits_for_the_duty_in_its_area(places, logged_in):
    rule_sets.sync_shipped()
    officer = make_user("officer", (Duty.DIVISION_OFFICER, places["east"]))
    neighbour = make_user("neighbour", (Duty.DIVISION_OFFICER, places["west"]))
    reviewer = make_user("reviewer", (Duty.REVIEWER, places["province"]))
    applications.create_draft(officer, places["township"], "town", proposed_name="东岗镇", proposed_type="town")
    assert [(str(item.title), item.count) for item in home_of(officer).items] == [("未完成的申请草稿", 1)]
    assert waiting(officer) == 1 and waiting(neighbour) == 0 and waiting(reviewer) == 0
    page = logged_in(officer).get(reverse("home")).content.decode()
    assert "未完成的申请草稿" in page and '<span class="menu-badge">1</span>' in page


def test_an_empty_register_says_what_to_do_first(logged_in):
    page = logged_in(make_user("first", (Duty.ADMINISTRATOR, None))).get(reverse("home")).content.decode()
    assert "还没有区划数据" in page and "import_divisions" in page
    make_division("某省", Level.PROVINCE, code="410000")
    assert "还没有区划数据" not in logged_in(make_user("second", (Duty.READER, None))).get(reverse("home")).content.decode()
