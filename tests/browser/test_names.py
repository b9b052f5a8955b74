"""A visitor finds a name by whatever form, by the keyboard and on a phone, and what is near."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from playwright.sync_api import expect

from boundaries.models import DivisionRecord, Level
from gis.crs import CGCS2000
from placenames.models import CensusEntry, PlaceName, PlaceNameRecord
from placenames.services import search_index
from tests.browser.conftest import PHONE
from tests.factories import FIRST_RECORDED, make_division, make_source


@pytest.fixture
def huaiyang(server: Any) -> None:
    """淮阳区 of 周口市, which was 陈州 once; 川汇区 beside it."""
    city = make_division("周口市", Level.PREFECTURE, code="411600")
    for name, code, lon in (("淮阳区", "411603", 114.88), ("川汇区", "411602", 114.65)):
        county = make_division(name, Level.COUNTY, type="district", parent=city, code=code)
        DivisionRecord.objects.filter(division=county).update(seat=Point(lon, 33.7, srid=CGCS2000), seat_grade="indicative")
        if name == "淮阳区":
            old = PlaceNameRecord.objects.create(
                place=PlaceName.objects.create(), name="陈州", proper_name="陈州", generic_name="", place_class="21300",
                area=county, years=NumericRange(578, 607), status="historic", published=True, begins="observed",
                recorded=DateTimeTZRange(FIRST_RECORDED, None), source=make_source(),
            )  # fmt: skip
            CensusEntry.objects.create(record=old, description="河南淮阳区")
    search_index.rebuild()


def test_a_visitor_finds_a_name_by_any_form_and_what_is_near(huaiyang, office_page, screenshot):
    page = office_page(None, permissions=["geolocation"], geolocation={"longitude": 114.66, "latitude": 33.7})
    page.goto("/names/")
    box, first = page.get_by_role("combobox", name="地名"), page.locator(".names > li").first
    for typed, why in (("陈州", "历史名称“陈州”"), ("huaiyang", "拼音相符"), ("淮陽", "专名相符"), ("准阳", "相差一字")):
        box.fill(typed)
        expect(page.get_by_role("option").first).to_contain_text("淮阳区")
        box.press("Escape")
        box.press("Enter")
        expect(first.get_by_role("heading")).to_have_text("淮阳区")
        expect(first).to_contain_text(why)
    screenshot(page, "names-near-miss")

    box.fill("chuan")
    box.press("ArrowDown")
    box.press("Enter")
    expect(first.get_by_role("heading")).to_have_text("川汇区")

    page.goto("/names/")
    page.get_by_role("button", name="附近的地名").click()
    expect(first).to_contain_text("约 930 米")
    page.get_by_label("近的在前").check()
    expect(page).to_have_url(re.compile(r"near=114\.66.*order=near"))
    assert page.locator(".names h2").all_inner_texts() == ["川汇区", "淮阳区"]

    page.set_viewport_size(PHONE)
    page.get_by_text("限定范围").click()
    page.get_by_label("类别").select_option("natural")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    screenshot(page, "names-phone-nothing")
