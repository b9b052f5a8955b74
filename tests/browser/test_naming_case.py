"""A road's naming from the form to the public notice, as an officer and a reviewer do it; a visitor reads the notice on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from boundaries.models import Level
from boundaries.services import map_shapes
from gis.accounts.models import Duty, User
from placenames.models import NamingCase
from tests.browser.conftest import PHONE
from tests.browser.steps import go_by_menu
from tests.factories import make_division, make_user, square
from tests.placenames.cases import name_in_use

PAPER = {"name": "申请书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


@pytest.fixture
def people(server: Any) -> dict[Duty, User]:
    county = make_division("东县", Level.COUNTY, code="419901", geometry=square(114, 33, 0.2), seat=(114.1, 33.1))
    town = make_division("甲镇", type="town", code="419901101", parent=county, geometry=square(114, 33), seat=(114.05, 33.05))
    name_in_use("育材路", town, at=(114.07, 33.05))
    map_shapes.rebuild_levels()
    duties = (Duty.PLACE_NAME_OFFICER, Duty.REVIEWER)
    return {one: make_user(one, (one, county), display_name=str(one.label), organisation="东县民政局") for one in duties}


def test_an_officer_runs_a_roads_naming_to_its_public_notice(
    people: dict[Duty, User],
    office_page: Callable[..., Page],
    new_context: Callable[..., Any],
    screenshot: Callable[..., Path],
    watch: Any,
) -> None:
    page = office_page(people[Duty.PLACE_NAME_OFFICER])
    page.goto("/")
    go_by_menu(page, "命名更名")
    page.get_by_role("link", name="申请命名").first.click()
    page.get_by_label("所在行政区（代码或名称）").fill("419901101")
    page.get_by_label("坐标（每行一个“经度 纬度”）").fill("114.03 33.05\n114.05 33.051")
    page.get_by_label("拟用名称").press_sequentially("育才路")
    told = page.get_by_role("status").filter(has_text="项须说明")
    expect(told).to_contain_text("1 项须说明")
    expect(page.locator("#live-findings")).to_contain_text("同音")
    expect(page.locator("#live-findings")).to_contain_text("公里")
    expect(page.get_by_text("按规则拼写：Yùcái Lù")).to_be_visible()
    expect(page.locator(".name-label", has_text="育材路")).to_be_visible()
    for label, words in (("方案及理由", "新建道路"), ("规模", "长2千米"), ("性质", "次干路"), ("位置描述", "东起一桥，西至二桥")):
        page.get_by_label(label, exact=True).fill(words)
    screenshot(page, "naming-form", full=True)
    page.get_by_role("button", name="保存草稿").click()

    watch.forgive("409")
    page.get_by_role("button", name="送审").click()
    expect(page.locator("#refusal")).to_contain_text("同音")
    page.get_by_text("说明理由…").click()
    page.get_by_label("理由").first.fill("相距较远，不在同一建成区")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("加材料").click()
    page.get_by_label("文件", exact=True).set_input_files([PAPER])  # type: ignore[list-item]
    page.get_by_role("button", name="加入").click()
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待审核")

    review = office_page(people[Duty.REVIEWER])
    review.goto(page.url)
    review.get_by_role("button", name="审核通过").click()
    review.get_by_text("登记批准…").click()
    review.get_by_label("批准机关", exact=True).fill("东县人民政府")
    review.get_by_label("批准文号").fill("东政文〔2026〕1号")
    review.get_by_label("批准日期", exact=True).fill(timezone.localdate().isoformat())
    review.get_by_role("button", name="确认登记批准").click()
    expect(review.get_by_role("heading", level=1)).to_contain_text("待备案公告")

    page.reload()
    screenshot(page, "naming-approved", full=True)
    page.get_by_role("button", name="确认发布公告").click()
    page.get_by_label("备案机关").fill("某市民政局")
    page.get_by_role("button", name="确认登记备案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已办结")

    visitor = new_context(viewport=PHONE).new_page()
    visitor.goto(f"/names/notices/{NamingCase.objects.get().number}/")
    expect(visitor.get_by_role("article")).to_contain_text("命名“育才路”")
    assert visitor.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    screenshot(visitor, "naming-notice-phone")
