"""Both sides review one inspection: one disagrees, they settle it, both sign, it is filed, and the package is opened."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.boundaries.inspections.conftest import Border, bring, make_border
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import accessibility_faults, go_by_menu


@pytest.fixture
def border(server: Any) -> Border:
    return make_border()


def open_inspection(page: Page, state: str) -> None:
    page.goto("/")
    go_by_menu(page, "联检计划")
    page.get_by_role("row").filter(has_text="西东线").get_by_role("link", name=state).click()


def sign(page: Page, side: str, name: str) -> None:
    place = page.get_by_role("region", name="签署").get_by_role("listitem").filter(has_text=side)
    place.get_by_text("签署…").click()
    place.get_by_label("姓名").fill(name)
    place.get_by_label("职务").fill("民政局局长")
    place.get_by_role("button", name="签署", exact=True).click()
    expect(place).to_contain_text("已签署")


def test_disagreed_settled_signed_filed_and_taken_away(
    border: Border, office_page: Callable[..., Page], screenshot: Callable[..., Path], tmp_path: Path
) -> None:
    bring(border, "reviewing")
    west = office_page(border.reviewer["west"])
    open_inspection(west, "各方核对")
    sign(west, "西县", "赵平")

    # The other side, on a telephone, does not agree: what was signed does not hold any more.
    east = office_page(border.reviewer["east"], viewport=PHONE)
    east.goto(west.url)
    opinions = east.get_by_role("region", name="各方意见")
    opinions.get_by_text("以东县名义提出意见").click()
    opinions.get_by_label("关于").fill("41990102Q")
    opinions.get_by_label("意见", exact=True).fill("该桩已移位约两米")
    opinions.get_by_role("button", name="提出不同意见").click()
    expect(east.get_by_text("原来的签署已经撤回")).to_be_visible()
    screenshot(east, "inspection-disagreed-phone")
    assert east.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    west.reload()
    expect(west.get_by_role("region", name="下一步")).to_contain_text("还有不同意见没有了结")
    expect(west.get_by_role("region", name="签署")).not_to_contain_text("签署…")

    # Only the side that disagreed settles it; then both sign what stands now.
    expect(west.get_by_role("region", name="各方意见").get_by_text("了结…")).to_have_count(0)
    opinions.get_by_text("了结…").click()
    opinions.get_by_label("如何了结").fill("双方重测，未移位")
    opinions.get_by_role("button", name="了结", exact=True).click()
    expect(opinions).to_contain_text("不同意，已了结")
    sign(east, "东县", "孙许")
    west.reload()
    sign(west, "西县", "赵平")

    officer = office_page(border.officer["west"])
    open_inspection(officer, "已签署")
    step = officer.get_by_role("region", name="下一步")
    step.get_by_label("备案日期").fill("2026-06-01")
    step.get_by_label("由各方共同报送").check()
    step.get_by_label("理由").last.fill("协议书等正在补入档案")
    step.get_by_role("button", name="登记备案").click()
    expect(officer.get_by_text("2026-06-01 已备案，内容固定")).to_be_visible()
    screenshot(officer, "inspection-filed")

    with officer.expect_download() as download:
        officer.get_by_role("link", name="成果包（zip）").click()
    saved = tmp_path / "package.zip"
    download.value.save_as(saved)
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        frozen = json.loads(archive.read("07_备案记录.json"))
    assert [one["name"] for one in manifest["signatures"]] == ["孙许", "赵平"]
    assert frozen["disagreements"][0]["settlement"] == "双方重测，未移位"
    go_by_menu(officer, "联检计划")
    expect(officer.get_by_role("row").filter(has_text="西东线")).to_contain_text("2031")


def test_a_hazard_is_placed_by_a_click_on_the_map(
    border: Border, office_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    page = office_page(border.inspector["east"])
    page.goto("/")
    go_by_menu(page, "边界隐患")
    page.get_by_role("link", name="登记隐患").first.click()
    page.get_by_role("link", name="西东线").click()
    page.get_by_label("事由").fill("渠道争议")
    page.get_by_label("类别").select_option("water")
    page.get_by_label("较可能").check()
    page.get_by_label("较重").check()
    page.locator(".leaflet-container").click()
    assert 114.0 < float(page.get_by_label("经度").input_value()) < 114.1
    screenshot(page, "hazard-form")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="渠道争议")).to_be_visible()
    expect(page.get_by_role("heading", name="渠道争议").locator("..")).to_contain_text("km")
    expect(page.locator(".map-pin.level-2")).to_be_visible()
    screenshot(page, "hazard")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_are_readable_for_everybody(
    border: Border, new_context: Callable[..., BrowserContext], viewport: dict[str, int]
) -> None:
    """What WCAG 2.1 AA asks and a machine can check; nothing wider than the screen."""
    held = bring(border, "reviewing")
    page = new_context(border.officer["west"], viewport=viewport, bypass_csp=True).new_page()
    line = border.line.pk
    for address in (
        "/inspections/", "/inspections/?view=calendar", "/inspections/?view=map", f"/inspections/{held.pk}/",
        f"/lines/{line}/inspections/", "/hazards/", f"/hazards/new/?line={line}", "/hazards/criteria/",
    ):  # fmt: skip
        page.goto(address)
        assert accessibility_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
