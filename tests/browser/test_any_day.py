"""Any day in a real browser: the time slider by mouse, key and finger; two days compared on two maps; a unit's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from boundaries.models import DivisionRecord
from gis.accounts.models import Duty, User
from tests.boundaries.map_world import build
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import accessibility_faults, settle
from tests.demo_county import demo_county
from tests.factories import make_user

DAYS = ["2000-01-01", "2011-06-01", "2016-04-01", "2019-10-01"]
SIDES = ".two-maps-before .two-maps-map", ".two-maps-after .two-maps-map"


@pytest.fixture
def officer(server: Any) -> User:
    demo_county(joint_work=False)
    return User.objects.get(username="quhua")


def slider_of(page: Page) -> Locator:
    page.goto("/map/")
    settle(page)
    slider = page.get_by_role("slider", name="时间轴")
    expect(page.locator(".time-tick")).to_have_count(len(DAYS))
    return slider


def expect_day(page: Page, day: str) -> None:
    """The map, the field, the slider and the address all say the same."""
    expect(page.locator("#map-day")).to_have_attribute("datetime", day)
    expect(page.get_by_label("日期", exact=True)).to_have_value(day)
    year, month, date_ = (int(part) for part in day.split("-"))
    expect(page.get_by_role("slider", name="时间轴")).to_have_attribute(
        "aria-valuetext", re.compile(f"^{year}年{month}月{date_}日")
    )
    page.wait_for_function("day => location.hash.split('/')[3] === day", arg=day)


# --- the slider ---------------------------------------------------------------------------------------------------------


def test_the_slider_by_key(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer)
    slider = slider_of(page)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect_day(page, "2019-10-01")
    expect(page.locator("#time-facts")).to_contain_text("演民行批〔2019〕8号")
    expect(page.locator("#time-facts")).to_contain_text("3 个区划有变")
    page.keyboard.press("Home")
    expect_day(page, "2000-01-01")
    expect(page.locator("#time-facts")).to_contain_text("资料所载")
    page.keyboard.press("ArrowRight")
    expect_day(page, "2011-06-01")
    settle(page)
    screenshot(page, "slider-key")
    page.keyboard.press("PageUp")
    expect_day(page, "2012-05-31")
    expect(page.locator("#time-facts")).to_have_text("上一次变更：2011年6月1日")
    page.keyboard.press("End")
    page.wait_for_function("() => document.getElementById('day-today').disabled")
    # The field and its buttons move the slider as well.
    page.get_by_role("button", name="上一个变更日").click()
    expect_day(page, "2019-10-01")


def test_the_slider_by_mouse_fetches_only_when_it_rests(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    slider = slider_of(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/divisions/map" in request.url else None)
    box = page.locator("#time-track").bounding_box()
    tick = page.locator(".time-tick").nth(2).bounding_box()
    assert box and tick
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.9, middle)
    page.mouse.down()
    for share in (0.8, 0.7, 0.6):
        page.mouse.move(box["x"] + box["width"] * share, middle)
    page.mouse.move(tick["x"] + tick["width"] / 2 + 3, middle)  # near a tick is on it
    assert asked == []
    expect(page.locator("#time-day")).to_have_text("2016年4月1日")
    page.mouse.up()
    expect_day(page, "2016-04-01")
    assert len(asked) == 1
    # What the pointer is on says what it stands for.
    page.mouse.move(page.locator(".time-tick").nth(1).bounding_box()["x"], middle)  # type: ignore[index]
    expect(page.locator("#time-tip")).to_contain_text("2011-06-01 演民行批〔2011〕6号")
    expect(slider).to_be_focused()


def test_the_slider_under_a_thumb(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer, viewport=PHONE, has_touch=True)
    slider = slider_of(page)
    box = slider.bounding_box()
    assert box and box["height"] >= 44 and box["y"] + box["height"] <= PHONE["height"]
    tick = page.locator(".time-tick").nth(1).bounding_box()
    assert tick
    page.touchscreen.tap(tick["x"] + 2, box["y"] + box["height"] / 2)
    expect(page.locator("#map-day")).to_have_attribute("datetime", "2011-06-01")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    settle(page)
    screenshot(page, "slider-phone")


def test_hundreds_of_days_become_ticks_that_can_be_told_apart(
    server: Any, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    build()
    page = office_page(make_user("reader", (Duty.READER, None)))
    paper = [{"id": None, "number": "某批〔1999〕1号", "title": "批复"}]
    days = [
        {"on": f"{year}-{month:02}-{day:02}", "changes": 1, "decisions": paper if day == 1 else []}
        for year in range(1983, 2024)
        for month in (2, 6, 11)
        for day in (1, 15)
    ]
    page.route("**/api/divisions/days", lambda route: route.fulfill(json={"days": days}))
    page.goto("/map/")
    settle(page)
    expect(page.locator(".time-tick").first).to_be_attached()
    left = page.locator(".time-tick").evaluate_all("ticks => ticks.map((tick) => parseFloat(tick.style.left))")
    assert 30 < len(left) < len(days)
    assert min(later - former for former, later in pairwise(left)) >= 7
    screenshot(page, "slider-crowded")


def test_from_the_map_to_the_comparison(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    slider_of(page).focus()
    page.keyboard.press("Home")
    expect_day(page, "2000-01-01")
    page.get_by_role("link", name="与另一天对比").click()
    expect(page.get_by_label("前一日")).to_have_value("2000-01-01")
    expect(page.locator(".compare-group").first).to_contain_text("新设")


# --- two maps -----------------------------------------------------------------------------------------------------------


def places(page: Page) -> list[str]:
    """How far each map's squares stand from its corner, and at which scale: the same where the maps show the same."""
    script = """(side) => { const corner = document.querySelector(side).getBoundingClientRect();
        const layer = [...document.querySelectorAll(`${side} .leaflet-tile-container`)].at(-1);
        const tile = layer?.querySelector('canvas.leaflet-tile')?.getBoundingClientRect();
        return tile ? [tile.x - corner.x, tile.y - corner.y, tile.width].map((px) => Math.round(px) % 256).join(' ') : ''; }"""
    return [str(page.evaluate(script, side)) for side in SIDES]


def same_place(page: Page) -> None:
    """Once nothing moves any more."""
    page.wait_for_timeout(500)
    page.wait_for_function("() => !document.querySelector('.leaflet-zoom-anim, .leaflet-pan-anim')")
    before, after = places(page)
    assert before == after != ""


def test_the_comparison_by_swipe_and_side_by_side(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    page.goto("/compare/?from=2010-01-01&to=2024-01-01&level=4")
    settle(page)
    container = page.locator("#compare-map")
    expect(container).to_have_attribute("data-mode", "side")
    expect(container).to_contain_text("内部使用")  # BND-MAP-01
    expect(container).to_contain_text("演示数据")
    legend = page.locator("#compare-legend li")
    assert legend.all_inner_texts() == ["新设", "撤销", "改变类型", "区域变更", "其中有区划变更"]
    assert legend.locator("canvas").count() == 5
    same_place(page)
    screenshot(page, "compare-side")

    container.get_by_role("button", name="卷帘").click()
    handle = page.get_by_role("slider", name="左右移动，对比两日")
    handle.focus()
    expect(handle).to_have_attribute("aria-valuenow", "50")
    page.keyboard.press("ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "48")
    page.keyboard.press("PageUp")
    expect(handle).to_have_attribute("aria-valuenow", "58")
    page.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", "2010年1月1日 0%，2024年1月1日 100%")
    box, grip = container.bounding_box(), page.locator(".two-maps-grip").bounding_box()
    assert box and grip
    page.mouse.move(grip["x"] + 22, grip["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, grip["y"] + 22, steps=4)
    page.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", "75")
    settle(page)
    screenshot(page, "compare-swipe")

    # The maps move together, dragged by either side and zoomed by wheel or key.
    page.mouse.move(box["x"] + 120, box["y"] + 250)
    page.mouse.down()
    page.mouse.move(box["x"] + 193, box["y"] + 211, steps=7)
    page.mouse.up()
    same_place(page)
    page.mouse.wheel(0, -300)
    same_place(page)
    page.locator(SIDES[1]).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.keyboard.press("-")
    same_place(page)


def test_map_and_table_lead_to_one_another(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    page.goto("/compare/?from=2010-01-01&to=2024-01-01&level=4")
    settle(page)
    page.get_by_role("button", name="在图上看望岫乡").click()
    settle(page)
    same_place(page)
    # It fills the map now; what lay there before was another.
    box = page.locator(SIDES[1]).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.5)
    row = page.locator("tr.found")
    expect(row).to_contain_text("望岫乡")
    expect(row).to_be_focused()
    box = page.locator(SIDES[0]).bounding_box()
    assert box
    page.locator("#compare-map").scroll_into_view_if_needed()
    box = page.locator(SIDES[0]).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.3)
    expect(page.locator("tr.found")).to_contain_text("撤销")


def test_the_table_by_kind(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    page.goto("/compare/?from=2010-01-01&to=2024-01-01")
    kinds = page.get_by_role("navigation", name="按变化种类筛选")
    kinds.get_by_role("link", name="撤销").click()
    rows = page.locator(".compare-table tbody tr")
    expect(rows).to_have_count(2)
    expect(kinds.locator("[aria-current]")).to_have_text("撤销 2")
    page.get_by_label("只看某区划之内").fill("望岫乡")
    page.get_by_role("button", name="对比", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("舆和县望岫乡")
    expect(page.get_by_role("link", name="全部地域")).to_be_visible()


def test_the_comparison_on_a_phone(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer, viewport=PHONE, has_touch=True)
    page.goto("/compare/?from=2010-01-01&to=2024-01-01&level=4")
    settle(page)
    expect(page.locator("#compare-map")).to_have_attribute("data-mode", "swipe")
    grip = page.locator(".two-maps-grip").bounding_box()
    assert grip and min(grip["width"], grip["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(page, "compare-phone", full=True)


# --- a unit's page ------------------------------------------------------------------------------------------------------


def test_a_units_page_by_its_graph(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer)
    unit = DivisionRecord.objects.get(name="望岫乡", recorded__upper_inf=True).division_id
    page.goto(f"/divisions/{unit}/")
    page.wait_for_load_state("networkidle")
    graph = page.get_by_role("group", name="沿革图")
    expect(graph.get_by_role("link")).to_have_count(3)
    page.get_by_text("逐条文字").click()
    expect(page.locator(".family-list")).to_contain_text("2011-06-01 岚坡乡 → 望岫乡 合并 · 面积 100%")
    screenshot(page, "division-family", full=True)
    graph.get_by_role("link", name="岚坡乡").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("岚坡乡")
    expect(page.get_by_label("日期", exact=True)).to_have_value("2011-05-31")
    inside = page.locator("#inside")
    expect(inside).to_contain_text("2011年5月31日的下级")
    inside.get_by_role("link", name="与另一天对比").click()
    expect(page.get_by_label("前一日")).to_have_value("2011-05-31")


def test_a_wide_graph_scrolls_inside_its_frame(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer, viewport=PHONE, has_touch=True)
    unit = DivisionRecord.objects.get(name="望岫乡", recorded__upper_inf=True).division_id
    page.goto(f"/divisions/{unit}/")
    frame = page.locator(".family-frame")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth && frame.scrollLeft > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_axe_finds_no_fault(officer: User, office_page: Callable[..., Page], viewport: dict[str, int]) -> None:
    page = office_page(officer, viewport=viewport, bypass_csp=True)
    unit = DivisionRecord.objects.get(name="望岫乡", recorded__upper_inf=True).division_id
    for address in ("/map/", "/compare/?from=2010-01-01&to=2024-01-01", f"/divisions/{unit}/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        faults = accessibility_faults(page)
        assert not faults, f"{address}: {faults}"
