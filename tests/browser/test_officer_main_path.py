"""The officer's main path on the demo county, from logging in to the filed opinion, as a person sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from docx import Document
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from gis.accounts.models import User
from tests.browser import steps
from tests.browser.conftest import PHONE
from tests.demo_county import demo_county

ALBUM = settings.BASE_DIR / "var" / "screenshots" / "main-path"
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


@pytest.fixture
def county(server: Any) -> None:
    demo_county(joint_work=False)


@pytest.fixture
def keep() -> Callable[..., Path]:
    """``keep(page, "map")`` files a picture as var/screenshots/main-path/NN-map.png."""
    ALBUM.mkdir(parents=True, exist_ok=True)
    taken: list[str] = []

    def take(page: Page, name: str, *, full: bool = False) -> Path:
        taken.append(name)
        path: Path = ALBUM / f"{len(taken):02d}-{name}.png"
        page.screenshot(path=path, full_page=full)
        return path

    return take


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_from_the_map_to_the_decision(
    county: None, new_context: Callable[..., BrowserContext], keep: Callable[..., Path], tmp_path: Path
) -> None:
    page = new_context(accept_downloads=True).new_page()
    page.goto("/")
    keep(page, "login")
    steps.log_in(page, "quhua")
    expect(page.get_by_role("heading", name="等您办理", exact=True)).to_be_visible()
    keep(page, "home")

    squares = look_around_the_map(page, keep)
    screen(page, keep, squares)
    check_one_that_misses(page, keep)
    address = draft_from_the_map(page, keep)
    complete_and_submit(page, keep, steps.dossier_files(tmp_path))
    review(new_context().new_page(), keep)
    the_paper(page, address, keep, tmp_path)
    on_a_phone(new_context(User.objects.get(username="quhua"), viewport=PHONE).new_page(), address, keep)


def look_around_the_map(page: Page, keep: Callable[..., Path]) -> set[str]:
    """Gives the squares of the screen on which the whole county lies."""
    steps.go_by_menu(page, "地图")
    steps.settle(page)
    squares = steps.painted_squares(page)
    expect(page.get_by_text("演示数据", exact=True)).to_be_visible()
    keep(page, "map")

    by_name = steps.find_on_map(page, "苇泊", "苇泊乡")
    expect(by_name).to_contain_text("417021205")
    expect(by_name).to_contain_text("98.41 平方公里")
    keep(page, "map-panel")
    for tab, words in {"指标": "5,940 人", "申请": "没有申请", "沿革": "2000年1月1日"}.items():
        by_name.get_by_role("tab", name=tab).click()
        expect(by_name.get_by_role("tabpanel", name=tab)).to_contain_text(words)
        keep(page, f"map-panel-{tab}")
    by_name.get_by_role("button", name="关闭资料").click()
    expect(by_name).to_be_hidden()

    by_code = steps.find_on_map(page, "417021205", "苇泊乡")
    by_code.get_by_role("button", name="关闭资料").click()

    page.get_by_label("层级").select_option("乡级")  # the search has brought 苇泊乡 into the middle of the map
    steps.settle(page)
    page.get_by_role("application").click()
    expect(steps.panel_of(page).get_by_role("heading", name="苇泊乡")).to_be_visible()
    steps.panel_of(page).get_by_role("button", name="关闭资料").click()
    return squares


def screen(page: Page, keep: Callable[..., Path], squares: set[str]) -> None:
    late: list[Route] = []
    page.route("**/tiles/**", lambda route: late.append(route))
    page.get_by_role("button", name="全图").click()
    page.wait_for_timeout(600)  # the map has zoomed and waits for its squares
    page.get_by_label("筛查").select_option("设镇")
    legend = page.locator("details").filter(has_text="图例")
    expect(legend.get_by_text("仅供参考")).to_be_visible()
    page.route("**/tiles/**", lambda route: route.continue_())
    for route in late:
        route.continue_()
    steps.settle(page)
    assert squares and squares <= steps.painted_squares(page), "squares of the map stay empty when the colours come before them"
    keep(page, "map-screening")

    steps.go_by_menu(page, "标准筛查")
    expect(row_of(page, "青箬乡")).to_contain_text("量化指标达标")
    expect(row_of(page, "苇泊乡")).to_contain_text("政府驻地聚居人口差 60 人")
    expect(row_of(page, "麦垄乡")).to_contain_text("人均公共绿地面积")
    keep(page, "screening")


def check_one_that_misses(page: Page, keep: Callable[..., Path]) -> None:
    page.get_by_role("link", name="苇泊乡", exact=True).click()
    expect(page.get_by_role("heading", name="苇泊乡 · 设镇校核")).to_be_visible()
    expect(page.get_by_role("note")).to_contain_text("未载入正式标准，仅供参考")
    expect(page.get_by_role("region", name="结论").get_by_text("不符合").first).to_be_visible()
    criterion = page.get_by_role("row").filter(has_text="政府驻地聚居人口")
    for words in ("5,940 人", "≥ 6,000 人", "未达到", "差 60 人", "2025 年"):
        expect(criterion).to_contain_text(words)
    keep(page, "check-misses", full=True)


def draft_from_the_map(page: Page, keep: Callable[..., Path]) -> str:
    steps.go_by_menu(page, "地图")
    steps.settle(page)
    panel = steps.find_on_map(page, "青箬", "青箬乡")
    panel.get_by_role("link", name="校核设镇").click()  # one click
    expect(page.get_by_role("region", name="结论").get_by_text("符合", exact=True).first).to_be_visible()
    keep(page, "check-qualifies", full=True)
    page.get_by_role("link", name="起草申请").click()  # two clicks
    expect(page.get_by_role("heading", name="起草申请")).to_be_visible()
    expect(page.get_by_label("拟用名称")).to_have_value("青箬镇")
    steps.fill_plan(page)
    keep(page, "plan", full=True)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")
    expect(page.get_by_role("link", name="申报材料还缺 6 类，在下面加入")).to_be_visible()
    keep(page, "draft", full=True)
    return page.url


def complete_and_submit(page: Page, keep: Callable[..., Path], documents: dict[str, Path]) -> None:
    assert len(documents) == 6
    for words, path in documents.items():
        steps.attach(page, words, path)
    expect(page.get_by_text("申报材料还缺")).to_have_count(0)
    keep(page, "dossier", full=True)

    page.get_by_role("region", name="下一步").get_by_role("button", name="校核").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已校核")
    keep(page, "checked")
    form = steps.step(page, "上报")
    form.get_by_role("button", name="确认上报").click()  # without a reason nothing happens
    expect(page.get_by_role("heading", level=1)).to_contain_text("已校核")
    form.get_by_label("理由").first.fill(steps.REASON)
    keep(page, "submitting")
    form.get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已上报")
    expect(page.get_by_role("link", name="修改方案")).to_have_count(0)
    keep(page, "submitted", full=True)


def review(page: Page, keep: Callable[..., Path]) -> None:
    steps.log_in(page, "shenhe")
    keep(page, "reviewer-home")
    page.get_by_role("main").get_by_role("link", name=re.compile("申请|受理")).first.click()
    page.get_by_role("link", name=re.compile(r"SQ-\d{4}-0001")).click()
    next_step = page.get_by_role("region", name="下一步")
    expect(next_step.get_by_text("退回补正…")).to_be_visible()
    keep(page, "reviewing", full=True)
    next_step.get_by_role("button", name="受理").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已受理")
    form = steps.step(page, "登记批复")
    form.get_by_label("批复文号").fill("演示批〔2026〕1号")
    form.get_by_label("批复日期").fill(date.today().isoformat())  # noqa: DTZ011  the server's day is this one or the next
    keep(page, "deciding")
    form.get_by_role("button", name="确认登记批复").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已批复")
    expect(page.get_by_role("region", name="办理过程").get_by_role("listitem")).to_have_count(5)
    keep(page, "decided", full=True)


def the_paper(page: Page, address: str, keep: Callable[..., Path], folder: Path) -> None:
    page.goto(address)
    expect(page.get_by_role("region", name="方案")).to_contain_text("演示批〔2026〕1号")
    with page.expect_download() as started:
        page.get_by_role("link", name="校核意见（Word）").click()
    download = started.value
    assert download.suggested_filename.startswith("校核意见_SQ-") and download.suggested_filename.endswith("_青箬镇.docx")
    path = folder / "opinion.docx"
    download.save_as(path)
    text = words_of(path)
    for words in (
        "行政区划变更校核意见",
        "演示数据：本文件所列区划、边界与指标均为虚构",
        "青箬镇",
        "417021203",
        "仅供参考",
        "可能已被取代，未经确认",
        "政府驻地聚居人口",
        "8,640 人",
        "≥ 6,000 人",
        "超 2,640 人",
        "《舆和县统计年鉴（2025）》",
        "专家论证报告",
        "申报材料按条例第十三条所列类别齐备",
    ):
        assert words in text, words
    assert "缺少第" not in text


def words_of(path: Path) -> str:
    paper = Document(str(path))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def on_a_phone(page: Page, address: str, keep: Callable[..., Path]) -> None:
    steps.open_map(page)
    keep(page, "phone-map")
    steps.find_on_map(page, "苇泊", "苇泊乡")
    keep(page, "phone-panel")
    steps.panel_of(page).get_by_role("link", name="校核设镇").click()
    expect(page.get_by_role("heading", name="苇泊乡 · 设镇校核")).to_be_visible()
    fits(page)
    keep(page, "phone-check", full=True)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("青箬镇")
    fits(page)
    keep(page, "phone-application", full=True)


def fits(page: Page) -> None:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px wider than the screen"


def test_the_same_way_without_a_mouse(county: None, office_page: Callable[..., Page]) -> None:
    """Search, choose, panel, check: keys only, and where the focus is can be seen."""
    page = office_page(User.objects.get(username="quhua"))
    steps.open_map(page)
    tab_to(page, page.get_by_role("combobox", name="按名称或代码查找"))
    page.keyboard.type("苇泊")
    found = page.get_by_role("listbox", name="查找结果")
    expect(found).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = found.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("苇泊乡")
    page.keyboard.press("Enter")
    heading = steps.panel_of(page).get_by_role("heading", name="苇泊乡")
    expect(heading).to_be_focused()
    facts = steps.panel_of(page).get_by_role("tab", name="事实")
    tab_to(page, facts)
    assert outlined(page)
    page.keyboard.press("ArrowRight")
    expect(steps.panel_of(page).get_by_role("tabpanel", name="指标")).to_contain_text("5,940 人")
    page.keyboard.press("Home")
    expect(facts).to_be_focused()
    tab_to(page, steps.panel_of(page).get_by_role("link", name="校核设镇"), back=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="苇泊乡 · 设镇校核")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="起草申请"))
    assert outlined(page)
    page.keyboard.press("Enter")
    expect(page.get_by_label("拟用名称")).to_have_value("苇泊镇")


def tab_to(page: Page, wanted: Locator, *, back: bool = False) -> None:
    expect(wanted).to_be_visible()
    for _press in range(40):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached with the Tab key")


def outlined(page: Page) -> bool:
    """The element that has the focus shows it."""
    style = "(({outlineStyle, outlineWidth}) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2)"
    return bool(page.evaluate(f"{style}(getComputedStyle(document.activeElement))"))


def test_the_main_pages_in_english(county: None, office_page: Callable[..., Page]) -> None:
    """Chinese stands only where it is marked as Chinese: names, sources, what people wrote."""
    page = office_page(User.objects.get(username="quhua"), language="en")
    left: list[str] = []

    def read(what: str) -> None:
        expect(page.locator("html")).to_have_attribute("lang", "en")
        left.extend(f"{what}: {words}" for words in unmarked_chinese(page))

    page.goto("/")
    read("home")
    steps.open_map(page)
    page.get_by_role("combobox").first.fill("417021205")
    page.get_by_role("option").filter(has_text="417021205").first.click()
    expect(page.get_by_role("tab").first).to_be_visible()
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_load_state("networkidle")
    page.locator("#screening").select_option("town")
    page.wait_for_load_state("networkidle")
    read("map and panel")
    for address in ("/screening/", "/standards/", "/divisions/", "/indicators/import/", "/applications/", "/priority-counties/"):
        page.goto(address)
        read(address)
    page.goto("/screening/")
    page.get_by_role("link", name="苇泊乡", exact=True).click()
    read("check")
    page.get_by_role("link", name="Draft").first.click()
    read("plan")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    read("application")
    page.get_by_role("region", name="Next step").get_by_role("button", name="Check").click()
    read("application, checked")
    assert not left, "\n".join(dict.fromkeys(left))


def unmarked_chinese(page: Page) -> list[str]:
    """Visible words with Chinese characters that stand outside lang="zh-Hans" (SVG and canvas draw names, not words)."""
    texts = page.evaluate(
        """() => { const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const box = node.parentElement;
            if (box.closest("script, style, template") || box.closest("[lang]").lang !== "en") continue;
            found.push(node.textContent.trim());
        }
        for (const box of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
            if (box.closest("[lang]").lang === "en")
                for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(box.getAttribute(name) ?? "");
        return found; }"""
    )
    assert texts, "a page without words has not been read"
    return [words for words in texts if HAN.search(words)]
