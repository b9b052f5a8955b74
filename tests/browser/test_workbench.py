"""The workbench in a real browser: from a unit to a saved draft, by mouse, by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from boundaries.models import Decision, DivisionRecord
from gis.accounts.models import User
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import accessibility_faults
from tests.demo_county import demo_county

DAY = date(2027, 1, 1)


@pytest.fixture
def officer(server: Any) -> User:
    demo_county(joint_work=False)
    return User.objects.get(username="quhua")


def unit(name: str) -> int:
    return DivisionRecord.objects.on(DAY).get(name=name).division_id


def latest() -> Decision:
    return Decision.objects.latest("pk")


def open_workbench(page: Page, name: str, more: str = "") -> None:
    page.goto(f"/workbench/?unit={unit(name)}&on={DAY}{more}")
    page.wait_for_selector("html[data-map-ready]")


def previewed(page: Page) -> None:
    page.wait_for_selector(".wb-status.done")


def test_from_a_unit_to_a_saved_draft_in_one_click(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    open_workbench(page, "望岫乡")
    screenshot(page, "workbench-new")
    page.get_by_role("button", name="撤乡设镇").click()
    expect(page.get_by_label("新名称")).to_have_value("望岫镇")
    previewed(page)
    page.wait_for_load_state("networkidle")
    screenshot(page, "workbench-town")
    page.get_by_role("tab", name="变更结果").click()
    screenshot(page, "workbench-town-results")
    page.get_by_role("tab", name="规则核对").click()
    screenshot(page, "workbench-town-findings")
    page.get_by_role("tab", name="材料与影响").click()
    screenshot(page, "workbench-town-dossier")
    page.get_by_role("button", name="前后对照").click()
    page.get_by_role("button", name="卷帘").click()
    page.wait_for_timeout(500)
    screenshot(page, "workbench-town-compare")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    decision = latest()
    assert page.url.endswith(f"/decisions/{decision.pk}/workbench/")
    expect(page.get_by_role("link", name="方案页")).to_have_attribute("href", f"/decisions/{decision.pk}/")
    assert decision.title == "关于撤销望岫乡设立望岫镇的方案" and decision.area_id == unit("舆和县")
    [act] = decision.acts.all()
    assert act.data == {"unit": unit("望岫乡"), "new": {"ref": "new1", "name": "望岫镇", "type": "town"}}


def extent_of(name: str) -> tuple[float, float, float, float]:
    return DivisionRecord.objects.on(DAY).get(name=name).geometry.extent


def pixel(page: Page, lon: float, lat: float) -> dict[str, float]:
    """Where a place is in the map's element."""
    found = page.evaluate(
        "([lon, lat]) => { const at = window.map_workbench.latLngToContainerPoint([lat, lon]); return { x: at.x, y: at.y }; }",
        [lon, lat],
    )
    return dict(found)


def click_place(page: Page, lon: float, lat: float) -> None:
    page.locator("#map_workbench").click(position=pixel(page, lon, lat))


def inside(name: str) -> tuple[float, float]:
    point = DivisionRecord.objects.on(DAY).get(name=name).geometry.point_on_surface
    return point.x, point.y


def test_a_township_is_split_along_a_drawn_line(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    open_workbench(page, "望岫乡")
    page.get_by_role("button", name="析置").click()
    page.get_by_label("新名称").fill("新岗乡")
    page.get_by_label("画分界线").check()
    page.locator("button", has_text="画分界线").click()
    west, south, east, north = extent_of("望岫乡")
    middle = (south + north) / 2
    for place in ((west - 0.01, middle), ((west + east) / 2, middle + 0.004), (east + 0.01, middle)):
        click_place(page, *place)
    expect(page.locator(".wb-vertex")).to_have_count(3)
    vertices = page.locator(".wb-vertex")
    typed = page.get_by_label("每行一点")
    before = typed.input_value().splitlines()
    further = pixel(page, (west + east) / 2, middle - 0.03)
    vertices.nth(1).drag_to(page.locator("#map_workbench"), target_position=further, force=True)
    expect(typed).not_to_have_value("\n".join(before))
    after = typed.input_value().splitlines()
    assert (after[0], after[2]) == (before[0], before[2]) and after[1] != before[1]
    vertices.nth(1).focus()
    page.keyboard.press("Delete")
    expect(vertices).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(vertices).to_have_count(3)
    page.keyboard.press("Backspace")
    expect(page.locator(".wb-vertex")).to_have_count(2)
    click_place(page, east + 0.01, middle)
    page.keyboard.press("Enter")
    cut = page.get_by_role("group", name="请逐一指明归属")
    expect(cut).to_be_visible()
    expect(page.locator(".wb-status")).to_contain_text("还没有填完")
    screenshot(page, "workbench-split-cut")
    rows = cut.locator(".wb-cut-row")
    assert rows.count() >= 2
    rows.first.get_by_label("划出").check()
    expect(cut.get_by_role("status")).to_contain_text("还有")
    cut.get_by_role("button", name="都按面积多的一侧").click()
    expect(cut.get_by_role("status")).to_have_text("都已指明。")
    previewed(page)
    page.wait_for_load_state("networkidle")
    screenshot(page, "workbench-split")
    page.get_by_role("tab", name="变更结果").click()
    results = page.get_by_role("tabpanel", name="变更结果")
    expect(results).to_contain_text("新岗乡")
    expect(results).to_contain_text("随同划转的村（居）")
    screenshot(page, "workbench-split-results")
    page.get_by_role("button", name="前后对照").click()
    page.get_by_role("button", name="并排").click()
    page.wait_for_timeout(400)
    screenshot(page, "workbench-split-compare")
    page.get_by_role("button", name="前后对照").click()
    page.get_by_role("tab", name="事项").click()
    page.get_by_label("南侧：").check()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    [act] = latest().acts.all()
    assert act.data["extent"]["kind"] == "villages" and act.geometry.geom_type == "LineString"
    page.reload()
    page.wait_for_selector("html[data-map-ready]")
    previewed(page)


def test_the_line_is_typed_and_the_side_chosen_without_a_mouse(officer: User, office_page: Callable[..., Page]) -> None:
    DivisionRecord.objects.filter(division=unit("谭沟村")).update(geometry=None, grade="", area_m2=None)
    page = office_page(officer)
    open_workbench(page, "望岫乡")
    page.locator("#wb-add").select_option("split")
    page.get_by_label("新名称").fill("新岗乡")
    page.get_by_label("画分界线").check()
    page.get_by_text("输入或粘贴坐标").click()
    west, south, east, north = extent_of("望岫乡")
    middle = (south + north) / 2
    places = page.get_by_label("每行一点")
    places.fill(f"{west - 0.01:.6f} 不是数")
    places.press("Tab")
    expect(page.get_by_text("第 1 行不是")).to_be_visible()
    places.fill(f"{west - 0.01:.6f}, {middle:.6f}\n{east + 0.01:.6f} {middle:.6f}")
    places.press("Tab")
    sides = page.get_by_role("radio", name="平方公里")
    expect(sides).to_have_count(2)
    chosen = page.get_by_role("radio", name="平方公里", checked=True)
    before = chosen.evaluate("radio => radio.parentElement.textContent")
    page.get_by_role("radio", name="平方公里", checked=False).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name=before, checked=False)).to_have_count(1)
    expect(chosen).to_have_count(1)
    # A village without extent has to be given to a side as well.
    cut = page.get_by_role("group", name="请逐一指明归属")
    expect(cut.locator(".wb-cut-row").filter(has_text="谭沟村")).to_contain_text("无范围资料")
    cut.get_by_role("button", name="都按面积多的一侧").press("Enter")
    expect(cut.get_by_role("status")).to_have_text("还有 1 个没有指明。")
    cut.get_by_role("group", name="谭沟村").get_by_label("留下").press("Space")
    previewed(page)
    page.get_by_label("按村（居）").check()
    expect(page.locator(".wb-village").filter(has_text="谭沟村")).to_contain_text("无范围资料")


def test_villages_are_picked_on_the_map_and_in_the_list(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    open_workbench(page, "望岫乡")
    page.get_by_role("button", name="村居划转").click()
    box = page.get_by_role("checkbox", name="司沟村")
    expect(box).not_to_be_checked()
    click_place(page, *inside("司沟村"))
    expect(box).to_be_checked()
    page.get_by_label("筛选名称或代码").fill("蒲坡")
    expect(box).to_be_hidden()
    page.get_by_role("checkbox", name="蒲坡村").check()
    page.get_by_label("筛选名称或代码").fill("")
    expect(page.locator(".wb-sum")).to_contain_text("已选 2 个")
    # By keyboard: Enter on the map toggles what lies in its middle.
    page.locator("#map_workbench").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wb-sum")).to_contain_text("已选 3 个")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-sum")).to_contain_text("已选 2 个")
    page.get_by_label("划入方").select_option(label="榆坞回族乡")
    previewed(page)
    screenshot(page, "workbench-transfer")
    page.get_by_role("tab", name="变更结果").click()
    results = page.get_by_role("tabpanel", name="变更结果")
    expect(results).to_contain_text("望岫乡 → 榆坞回族乡")
    page.get_by_role("tab", name="事项").click()
    click_place(page, *inside("司沟村"))
    expect(box).not_to_be_checked()
    # Undo goes back one choice at a time, redo forward; both by keyboard.
    page.locator("#wb-day").focus()
    page.keyboard.press("Control+z")
    expect(box).to_be_checked()
    for _step in range(5):
        page.keyboard.press("Control+z")
    expect(box).not_to_be_checked()
    page.keyboard.press("Control+y")
    expect(box).to_be_checked()
    expect(page.get_by_role("button", name="重做")).to_be_enabled()


def test_a_refusal_stands_at_its_act_and_acts_are_put_in_another_order(
    officer: User, office_page: Callable[..., Page], watch: Any
) -> None:
    watch.forgive("422")
    page = office_page(officer)
    open_workbench(page, "望岫乡", "&template=town")
    previewed(page)
    page.locator("#wb-add").select_option("rename")
    page.get_by_label("新名称").fill("望远镇")
    # The unit that the first act makes can be chosen by its name.
    expect(page.get_by_label("区划", exact=True)).to_have_value("ref:new1")
    previewed(page)
    page.get_by_role("button", name="上移").nth(1).click()
    refused = page.locator(".wb-act.refused")
    expect(refused).to_have_count(1)
    expect(refused.get_by_role("alert")).to_contain_text("前面的事项没有设立")
    page.get_by_role("button", name="删除此项").first.click()
    previewed(page)
    expect(page.locator(".wb-act")).to_have_count(1)


def fill_seat(page: Page) -> None:
    page.get_by_role("button", name="在地图上指定驻地").click()
    expect(page.locator("#wb-hint")).to_contain_text("新驻地")
    click_place(page, *inside("文沟村"))
    page.get_by_label("新驻地所在").fill("文沟村")


def fill_area(page: Page) -> None:
    page.get_by_label("画出区域").check()
    page.get_by_text("输入或粘贴坐标").click()
    west, south, east, north = extent_of("仲沟村")
    x, y = inside("仲沟村")
    half = min(east - west, north - south) / 40
    corners = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    page.get_by_label("每行一点").fill("\n".join(f"{lon:.7f} {lat:.7f}" for lon, lat in corners))
    page.get_by_label("每行一点").press("Tab")
    page.get_by_role("group", name="请逐一指明归属").get_by_label("留下").check()
    page.get_by_label("严格按所画的线").check()
    page.get_by_label("划入方").select_option(label="南畴镇")


def fill_merge(page: Page) -> None:
    page.get_by_label("加入区划").select_option(label="榆坞回族乡")
    page.get_by_label("建制类型").select_option(label="镇")
    page.get_by_label("新名称").fill("望坞镇")


def fill_establish(page: Page) -> None:
    page.get_by_label("新名称").fill("三合乡")
    page.get_by_role("checkbox", name="司沟村").check()
    page.get_by_label("加入来源区划").select_option(label="榆坞回族乡")
    last = page.locator(".wb-part").last
    last.get_by_label("按村（居）").check()
    page.locator(".wb-part").last.get_by_role("checkbox").first.check()


FILL: dict[str, Callable[[Page], Any]] = {
    "rename": lambda page: page.get_by_label("新名称").fill("望云乡"),
    "change_type": lambda page: page.get_by_label("建制类型").select_option(label="街道"),
    "recode": lambda page: page.get_by_label("新的法定代码").fill("417021299"),
    "move_seat": fill_seat,
    "abolish": lambda page: page.get_by_label("区域并入").select_option(label="榆坞回族乡"),
    "change_affiliation": lambda page: page.get_by_label("新的上级").select_option(label="邻和县"),
    "merge": fill_merge,
    "establish": fill_establish,
    "change_boundary": fill_area,
}


def test_the_other_kinds_of_acts_have_their_forms(
    officer: User, office_page: Callable[..., Page], watch: Any, screenshot: Callable[..., Any]
) -> None:
    """村居划转 and 析置 have tests of their own."""
    watch.forgive("422")
    page = office_page(officer)
    open_workbench(page, "望岫乡")
    for kind, fill in FILL.items():
        page.locator("#wb-add").select_option(kind)
        expect(page.locator(".wb-act.open")).to_have_count(1)
        fill(page)
        previewed(page)
        screenshot(page, f"workbench-kind-{kind}")
        page.get_by_role("button", name="删除此项").click()
        expect(page.locator(".wb-act")).to_have_count(0)


def test_somebody_else_saved_in_between(
    officer: User, office_page: Callable[..., Page], watch: Any, screenshot: Callable[..., Any]
) -> None:
    watch.forgive("409")
    page = office_page(officer)
    open_workbench(page, "望岫乡", "&template=town")
    previewed(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("第 1 版")
    other = office_page(officer)
    other.goto(page.url)
    other.wait_for_selector("html[data-map-ready]")
    other.get_by_label("新名称").fill("望云镇")
    previewed(other)
    other.get_by_role("button", name="保存草稿").click()
    expect(other.locator("#wb-saved")).to_contain_text("第 2 版")
    page.get_by_label("标题").fill("我的标题")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="别人已经改过这份草稿")
    expect(dialog).to_contain_text("演示区划员")
    expect(dialog).to_contain_text("事项")
    screenshot(page, "workbench-conflict")
    dialog.get_by_role("button", name="取对方的内容").click()
    expect(page.get_by_label("新名称")).to_have_value("望云镇")
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_label("标题")).to_have_value("我的标题")
    expect(page.get_by_label("新名称")).to_have_value("望岫镇")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("第 3 版")
    assert latest().title == "我的标题"


def test_unsaved_work_is_offered_again(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    open_workbench(page, "望岫乡", "&template=town")
    previewed(page)
    page.get_by_label("新名称").fill("望山镇")
    previewed(page)
    open_workbench(page, "望岫乡")
    assert asked == ["beforeunload"]
    screenshot(page, "workbench-recover")
    page.get_by_role("button", name="恢复未保存的草稿").click()
    expect(page.get_by_label("新名称")).to_have_value("望山镇")
    previewed(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    page.goto("/")
    assert asked == ["beforeunload"]


def test_others_read_it_with_the_reason(officer: User, office_page: Callable[..., Page]) -> None:
    page = office_page(officer)
    open_workbench(page, "望岫乡", "&template=town")
    previewed(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    reader = office_page(User.objects.get(username="chayue"))
    reader.goto(page.url)
    reader.wait_for_selector("html[data-map-ready]")
    expect(reader.get_by_text("您可以查看")).to_be_visible()
    expect(reader.get_by_role("button", name="保存草稿")).to_have_count(0)
    expect(reader.get_by_label("新名称")).to_be_disabled()
    previewed(reader)


def test_on_a_phone_the_panel_lies_below_the_map(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer, viewport=PHONE, has_touch=True, device_scale_factor=2)
    open_workbench(page, "望岫乡")
    page.get_by_role("button", name="村居划转").tap()
    page.get_by_role("checkbox", name="司沟村").check()
    page.get_by_label("划入方").select_option(label="榆坞回族乡")
    previewed(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.evaluate("window.scrollTo(0, 0)")
    screenshot(page, "workbench-phone")
    screenshot(page, "workbench-phone-whole", full=True)
    page.get_by_role("tab", name="变更结果").tap()
    screenshot(page, "workbench-phone-results")
    page.get_by_role("button", name="前后对照").tap()
    page.wait_for_timeout(400)
    screenshot(page, "workbench-phone-compare")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_fault(officer: User, office_page: Callable[..., Page], viewport: dict[str, int]) -> None:
    page = office_page(officer, viewport=viewport, bypass_csp=True)
    open_workbench(page, "望岫乡", "&template=town")
    previewed(page)
    page.locator("#wb-add").select_option("transfer_villages")
    for tab in ("事项", "变更结果", "规则核对", "材料与影响"):
        page.get_by_role("tab", name=tab).click()
        assert not accessibility_faults(page), tab
    page.get_by_role("button", name="前后对照").click()
    page.wait_for_timeout(400)  # the button changes its colours
    assert not accessibility_faults(page)


def test_in_english(officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]) -> None:
    page = office_page(officer, language="en")
    open_workbench(page, "望岫乡", "&template=town")
    previewed(page)
    screenshot(page, "workbench-english")
    rules = page.get_by_role("tab", name="Rules")
    rules.click()
    expect(rules).to_have_attribute("aria-selected", "true")
    screenshot(page, "workbench-english-rules")
