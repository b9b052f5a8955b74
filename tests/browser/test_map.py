"""The map in a real browser: with the mouse, with the keyboard, at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from boundaries.services import map_shapes
from gis.accounts.models import Duty, User
from tests.boundaries.map_world import box, build
from tests.browser.conftest import PHONE
from tests.demo_county import demo_county
from tests.factories import make_division, make_user

MAP = "#map_divisions"
SEARCH = "按名称或代码查找"


@pytest.fixture
def officer(server: Any) -> User:
    demo_county(joint_work=False)
    return User.objects.get(username="quhua")


def open_map(page: Page, state: str = "") -> None:
    page.goto(f"/map/{state}")
    page.wait_for_selector("html[data-map-ready]")
    wait_for_tiles(page)


def wait_for_tiles(page: Page) -> None:
    """Until every square in sight is painted."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('canvas.leaflet-tile')];"
        " return all.length > 0 && all.every((tile) => tile.classList.contains('leaflet-tile-loaded')"
        " && getComputedStyle(tile).opacity === '1'); }"
    )


def colours(page: Page) -> int:
    """How many different colours the tiles in sight show: an unpainted map has one at most."""
    script = """() => { const seen = new Set();
        for (const tile of document.querySelectorAll('canvas.leaflet-tile')) {
            if (!tile.width) continue;
            const pixels = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
            for (let at = 0; at < pixels.length; at += 4 * 97) seen.add(pixels.slice(at, at + 4).join());
        }
        return seen.size; }"""
    return int(page.evaluate(script))


def test_a_click_opens_the_unit_and_two_more_lead_to_the_check(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    open_map(page)
    assert colours(page) > 20
    expect(page.locator(".map-internal")).to_have_text("内部使用")  # BND-MAP-01
    expect(page.locator("#map-demo")).to_be_visible()
    expect(page.locator("#map-watermark")).to_be_visible()
    expect(page.locator(".leaflet-control-scale-line")).to_be_visible()
    screenshot(page, "map-desk")

    page.locator(MAP).click(position={"x": 420, "y": 340})
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("望岫乡")
    expect(panel).to_contain_text("185.41")
    expect(panel).to_contain_text("平方公里")
    expect(panel.locator(".breadcrumbs")).to_contain_text("舆和县")
    assert re.search(r"#10/[\d.]+/[\d.]+/\d{4}-\d\d-\d\d/\d+$", page.url), page.url
    wait_for_tiles(page)
    screenshot(page, "map-panel")
    panel.get_by_role("tab", name="沿革").click()
    expect(panel.locator("#section-history")).to_contain_text("岚坡乡")
    panel.get_by_role("tab", name="指标").click()
    expect(panel.locator("#section-indicators")).to_contain_text("人口")
    panel.get_by_role("link", name="校核设镇").click()
    page.wait_for_url("**/check/?target=town")


def test_a_link_brings_back_the_view(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    open_map(page)
    page.locator(MAP).click(position={"x": 420, "y": 340})
    expect(page.locator("#panel h2")).to_have_text("望岫乡")
    link = page.url
    again = page.context.new_page()
    again.goto(link)
    expect(again.locator("#panel h2")).to_have_text("望岫乡")
    assert again.url == link


def test_the_screening_layer_tells_classes_by_pattern_and_number(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    open_map(page)
    page.get_by_label("筛查").select_option("town")
    legend = page.locator("#map-legend-body")
    for words in ("量化指标达标", "接近达标", "未达标", "尚不能确定", "没有数据"):
        expect(legend).to_contain_text(words)
    counts = [int(text) for text in legend.locator(".num").all_inner_texts()]
    assert len(counts) == 5 and sum(counts) > 0
    wait_for_tiles(page)
    screenshot(page, "map-screening")
    page.get_by_label("筛查").select_option("")
    expect(legend).not_to_contain_text("量化指标达标")


def test_finding_with_the_keyboard_alone(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer)
    open_map(page)
    search = page.get_by_role("combobox", name=SEARCH)
    search.focus()
    page.keyboard.type("南畴")
    options = page.locator("#search-list [role=option]")
    expect(options.first).to_contain_text("舆和县")
    page.keyboard.press("ArrowDown")
    expect(search).to_have_attribute("aria-activedescendant", "search-list-option-0")
    screenshot(page, "map-search")
    page.keyboard.press("Enter")
    heading = page.locator("#panel h2")
    expect(heading).to_have_text("南畴镇")
    expect(heading).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(MAP)).to_be_focused()
    # On the map: arrows move it, Enter asks what lies in the middle.
    before = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => location.href !== before", arg=before)
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()


def test_steps_to_the_days_of_change(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer)
    open_map(page)
    earlier = page.get_by_role("button", name="上一个变更日")
    expect(earlier).to_be_enabled()
    page.locator(MAP).click(position={"x": 420, "y": 340})
    expect(page.locator("#panel h2")).to_have_text("望岫乡")
    for _step in range(12):
        if not earlier.is_enabled():
            break
        earlier.click()
        page.wait_for_load_state("networkidle")
    expect(page.locator("#panel")).to_contain_text("当日不存在")  # 望岫乡 was made of two others
    wait_for_tiles(page)
    screenshot(page, "map-early-day")
    expect(page.get_by_role("button", name="下一个变更日")).to_be_enabled()
    page.get_by_role("button", name="今天").click()
    expect(page.locator("#panel")).not_to_contain_text("当日不存在")


def test_a_level_of_ones_own_choice(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    open_map(page)
    expect(page.locator("#map-level")).to_contain_text("乡级")
    page.get_by_label("层级").select_option("county")
    expect(page.locator("#map-level")).to_contain_text("县级")
    page.wait_for_load_state("networkidle")
    page.locator(MAP).click(position={"x": 420, "y": 340})
    expect(page.locator("#panel h2")).to_have_text("舆和县")


def test_a_unit_without_extent_is_found_and_says_so(server: Any, office_page: Callable[..., Page]) -> None:
    build()
    page = office_page(make_user("reader", (Duty.READER, None)))
    open_map(page)
    page.get_by_role("combobox", name=SEARCH).fill("无图乡")
    page.locator("#search-list [role=option]").first.click()
    expect(page.locator("#panel h2")).to_have_text("无图乡")
    expect(page.locator("#panel")).to_contain_text("无范围资料")


def test_nothing_to_draw_leads_to_the_list(server: Any, office_page: Callable[..., Page]) -> None:
    make_division("有名无图县", code="419931", level=3)
    page = office_page(make_user("reader", (Duty.READER, None)))
    page.goto("/map/")
    expect(page.locator("#map-no-extent")).to_contain_text("共收录 1 个区划")
    page.get_by_role("link", name="打开区划列表").click()
    expect(page.locator("table")).to_contain_text("有名无图县")


def test_an_empty_register_says_what_to_do(server: Any, office_page: Callable[..., Page]) -> None:
    page = office_page(make_user("reader", (Duty.READER, None)))
    page.goto("/map/")
    expect(page.locator(".map-card")).to_contain_text("import_divisions")


def test_a_script_in_a_name_is_a_name(server: Any, office_page: Callable[..., Page]) -> None:
    evil = "<img src=x onerror=alert(1)>乡"
    make_division(evil, geometry=box(113.0, 34.0, 113.1, 34.1), seat=(113.05, 34.05))
    map_shapes.rebuild_levels()
    page = office_page(make_user("reader", (Duty.READER, None)))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    open_map(page)
    page.get_by_role("combobox", name=SEARCH).fill("onerror")
    page.locator("#search-list [role=option]").first.click()
    expect(page.locator("#panel h2")).to_have_text(evil)


def test_on_a_phone_the_panel_is_a_sheet_from_below(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer, viewport=PHONE, has_touch=True, device_scale_factor=2)
    open_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(page, "map-phone")
    page.get_by_role("button", name="日期、层级与筛查").click()
    expect(page.get_by_label("层级")).to_be_visible()
    screenshot(page, "map-phone-tools")
    page.get_by_role("button", name="日期、层级与筛查").click()
    page.locator(MAP).tap(position={"x": 180, "y": 320})
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_be_visible()
    box = panel.bounding_box()
    assert box is not None and box["width"] == PHONE["width"] and box["y"] > PHONE["height"] * 0.4
    wait_for_tiles(page)
    screenshot(page, "map-phone-panel")
    panel.get_by_role("button", name="关闭资料").click()
    expect(panel).to_be_hidden()


def test_the_list_and_the_page_of_a_division(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    page.goto("/divisions/?level=4")
    expect(page.locator("tbody tr")).to_have_count(14)
    screenshot(page, "divisions-list")
    page.get_by_role("link", name="面积").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("面积")
    page.get_by_role("link", name="望岫乡").click()
    expect(page.locator("h1")).to_have_text("望岫乡")
    page.wait_for_load_state("networkidle")
    screenshot(page, "division-page", full=True)
    page.get_by_role("link", name="在地图上看").click()
    expect(page.locator("#panel h2")).to_have_text("望岫乡")
    wait_for_tiles(page)
    assert re.search(r"/map/#1[0-3]/", page.url)
