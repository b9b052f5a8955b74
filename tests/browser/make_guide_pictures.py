"""Makes the pictures of docs/user-guide.zh-CN.md anew, from the demo county in a real Chromium:

    var/venv/bin/pytest tests/browser/make_guide_pictures.py

Not part of the test run: the file's name does not begin with test_. The pictures go to docs/images/; look at them before filing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from playwright.sync_api import BrowserContext, Locator, Page, expect

from boundaries.boundary_lines import line_on
from boundaries.demo.lines import CODE
from boundaries.models import BoundaryLine, JointInspection, Level
from boundaries.rules.shipped import shipped_files
from boundaries.services import demo
from gis.accounts.models import Duty, User
from gis.crs import CGCS2000
from importers.services import staging, staging_repair
from placenames.services import search_index
from tests.browser import steps
from tests.browser.test_imports import gbk_shapefile
from tests.factories import make_division, make_user
from tests.importers.staged import brought, checked, work
from tests.importers.test_list_systems import county, file_of, shifted
from tests.importers.test_staging_repair import as_geos, package

IMAGES = settings.BASE_DIR / "docs" / "images"
DESK = {"width": 1120, "height": 640}
PHONE = {"width": 390, "height": 700}
TOP_BAR = 52


class Camera:
    """Takes the pictures, of the page right of the menu unless told otherwise. `tall`: with so many pixels of height in sight."""

    def __init__(self) -> None:
        IMAGES.mkdir(parents=True, exist_ok=True)
        self.taken: list[Path] = []

    def __call__(self, page: Page, name: str, *, of: Locator | None = None, tall: int = 0, whole: bool = False) -> None:
        path = IMAGES / f"{name}.png"
        before = page.viewport_size
        if tall and before:
            page.set_viewport_size({"width": before["width"], "height": tall})
            page.evaluate("window.scrollTo(0, 0)")
        page.mouse.move(0, 0)
        page.wait_for_timeout(250)
        if of is not None:
            of.screenshot(path=path, animations="disabled")
        else:
            frame = page.get_by_role("main").bounding_box() or {"x": 0, "y": 0}
            size = page.viewport_size or DESK
            left, top = (0, 0) if whole else (frame["x"], max(frame["y"], TOP_BAR))
            clip = {"x": left, "y": top, "width": size["width"] - left, "height": size["height"] - top}
            page.screenshot(path=path, animations="disabled", clip=clip)
        if tall and before:
            page.set_viewport_size(before)
        self.taken.append(path)


@pytest.fixture
def person(server: Any, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """``person("quhua")``: a page of the demo county, logged in."""
    demo.load_demo(other_rooms=True)

    def of(username: str, viewport: dict[str, int] = DESK) -> Page:
        return new_context(User.objects.get(username=username), viewport=viewport).new_page()

    return of


def test_pictures(person: Callable[..., Page], new_context: Callable[..., BrowserContext], watch: Any, tmp_path: Path) -> None:
    watch.forgive("422")  # refusals are shown on purpose
    take = Camera()
    stranger = new_context(viewport=DESK).new_page()
    stranger.goto("/")
    take(stranger, "log-in", of=stranger.get_by_role("main"))
    officer = person("quhua")
    officer.goto("/")
    take(officer, "home", tall=560, whole=True)
    the_map(officer, take)
    any_day(officer, take)
    workbench(person("quhua"), person("quhua", PHONE), take)
    changes(officer, take)
    divisions(officer, take)
    figures(officer, take, tmp_path)
    checks(officer, take)
    standards(officer, take)
    application(officer, new_context(User.objects.get(username="shenhe"), viewport=DESK).new_page(), take, tmp_path)
    people_and_trail(new_context, take)
    phone = new_context(User.objects.get(username="quhua"), viewport=PHONE).new_page()
    steps.open_map(phone)
    steps.find_on_map(phone, "苇泊", "苇泊乡")
    take(phone, "phone", whole=True)
    in_all = sum(path.stat().st_size for path in take.taken)
    assert in_all < 5_000_000, f"{in_all} bytes: too much for a guide"


def test_pictures_of_names(person: Callable[..., Page], new_context: Callable[..., BrowserContext]) -> None:
    """What a visitor finds and reads, then the archive and a case as their officer sees them. All of the demo is invented."""
    take = Camera()
    keeper = person("diming")
    search_index.rebuild()
    visitor = new_context(viewport=DESK).new_page()
    visitor.goto("/names/?q=和川")
    take(visitor, "names-search", tall=620)
    visitor.get_by_role("link", name="舆和县", exact=True).click()
    visitor.get_by_label("哪一年叫什么").fill("1500")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_text("1500 年见于记录的叫法")).to_be_visible()
    take(visitor, "name-forms", of=visitor.get_by_role("region", name="历代名称与写法"), tall=2600)
    visitor.goto(visitor.url.partition("?")[0])
    take(visitor, "name-page", tall=900)
    address = visitor.url.rstrip("/").rsplit("/", 1)[-1]
    visitor.goto("/collections/old-names/")
    take(visitor, "name-collection", tall=860)
    phone = new_context(viewport=PHONE).new_page()
    phone.goto(f"/names/{address}/")
    take(phone, "name-phone", whole=True)

    keeper.goto(f"/archive/{address}/")
    take(keeper, "archive-room", tall=900)
    keeper.get_by_role("link", name="改写").first.click()
    take(keeper, "archive-text", tall=820)
    keeper.goto(f"/archive/{address}/")
    keeper.get_by_role("link", name="改说明").first.click()
    take(keeper, "archive-media", tall=900)
    keeper.goto("/names/cases/")
    take(keeper, "naming-cases", tall=560)
    keeper.get_by_role("link", name="申请命名").first.click()
    keeper.get_by_label("所在行政区（代码或名称）").fill("417021101")
    keeper.get_by_label("拟用名称").press_sequentially("建社路")
    expect(keeper.locator("#live-findings")).to_contain_text("同音")
    take(keeper, "naming-form", tall=900)


def test_pictures_of_lines(person: Callable[..., Page]) -> None:
    """The demo's line, its plan, the inspection in the field, a hazard about to be recorded: nothing real, marked so."""
    take = Camera()
    officer = person("yuhe-quhua")
    line = BoundaryLine.objects.get(code=CODE)
    officer.goto(f"/boundary-lines/{line.pk}/")
    drawn(officer)
    take(officer, "boundary-line", tall=900)
    officer.goto(f"/boundary-markers/{line.markers.get(records__number='001').pk}/")
    drawn(officer)
    take(officer, "boundary-marker", tall=900)
    officer.goto("/inspections/")
    take(officer, "inspection-plan", tall=760)
    officer.goto(f"/inspections/{JointInspection.objects.get(state='in_field').pk}/")
    take(officer, "inspection-page", tall=1000)
    place = line_on(line).markers[5].place
    assert place is not None
    officer.goto(f"/hazards/new/?line={line.pk}&lon={place[0]:.5f}&lat={place[1]:.5f}")
    officer.get_by_label("事由").fill("临界村民骑线建房")
    officer.get_by_label("类别").select_option("building")
    drawn(officer)
    take(officer, "hazard", tall=760)


def drawn(page: Page) -> None:
    """Lines and outlines are on the map."""
    expect(page.locator(".leaflet-overlay-pane path").first).to_be_visible()
    page.wait_for_timeout(800)


def test_pictures_of_imports(new_context: Callable[..., BrowserContext], watch: Any, tmp_path: Path) -> None:
    take = Camera()
    officer = make_user("officer", (Duty.DIVISION_OFFICER, None), display_name="王区划")
    border = MultiPolygon(GEOSGeometry(shapely.Polygon(county()).wkt), srid=CGCS2000)
    make_division("甲县", Level.COUNTY, code="411021", geometry=border)
    page = new_context(officer, viewport={"width": DESK["width"], "height": 1700}).new_page()  # no heading that stays, across it
    batch = brought(officer, file_of(tmp_path / "甲县.geojson", shifted(county(count=24))))
    staging.choose(officer, batch, "divisions", batch.layer)
    page.goto(f"/imports/{batch.pk}/")
    expect(page.locator("#import-map[data-drawn='1']")).to_be_visible()
    page.get_by_role("button", name="界线 1").click()
    with page.expect_response(lambda answer: "within=" in answer.url):
        page.get_by_label("坐标系", exact=True).select_option("EPSG:4490")
    page.wait_for_timeout(600)
    take(page, "import-system", of=page.locator("section.card").filter(has=page.locator("#import-map")))
    checked_batch = checked(officer, gbk_shapefile(tmp_path), level="township")
    page.goto(f"/imports/{checked_batch.pk}/")
    expect(page.locator("#import-map[data-drawn='3']")).to_be_visible()
    page.wait_for_timeout(600)
    take(page, "import-preview", tall=760)


def test_pictures_of_topology(server: Any, new_context: Callable[..., BrowserContext], tmp_path: Path) -> None:
    """Four townships drawn apart, looked at and about to be repaired."""
    take = Camera()
    officer = make_user("daoru", (Duty.DIVISION_OFFICER, None), display_name="王区划")
    make_division("甲县", Level.COUNTY, code="411021", geometry=as_geos(shapely.box(113.0, 34.0, 113.4, 34.1)))
    batch = checked(officer, package(tmp_path), level="township")
    page = new_context(officer, viewport={"width": 1366, "height": 1400}).new_page()
    page.goto(f"/imports/{batch.pk}/")
    expect(page.locator("#topology-map[data-drawn='3']")).to_be_visible()
    page.wait_for_timeout(500)
    take(page, "import-topology", of=page.locator("#topology"))
    work(staging_repair.ask(officer, batch, "10", ["sliver"]))
    page.goto(f"/imports/{batch.pk}/")
    expect(page.locator("#topology-map:not([data-moved='0'])")).to_be_visible()
    page.get_by_role("button", name="在图上定位第 3 处").click()
    page.wait_for_timeout(500)
    take(page, "import-topology-repair", of=page.locator("#topology"))


def the_map(page: Page, take: Camera) -> None:
    steps.open_map(page)
    take(page, "map", whole=True)
    page.get_by_role("combobox", name="按名称或代码查找").fill("苇泊")
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("listbox", name="查找结果").wait_for()
    page.screenshot(path=IMAGES / "map-search.png", clip={"x": 200, "y": 52, "width": 560, "height": 190}, animations="disabled")
    take.taken.append(IMAGES / "map-search.png")
    steps.find_on_map(page, "苇泊", "苇泊乡")
    take(page, "map-panel")
    panel = steps.panel_of(page)
    panel.get_by_role("tab", name="指标").click()
    expect(panel.get_by_role("tabpanel", name="指标")).to_contain_text("5,940 人")
    take(page, "map-panel-figures", of=panel)
    panel.get_by_role("button", name="关闭资料").click()
    page.set_viewport_size({"width": 1366, "height": 640})  # the legend beside the county, not on it
    page.get_by_role("button", name="全图").click()
    page.get_by_label("筛查").select_option("设镇")
    expect(page.locator("details").filter(has_text="图例").get_by_text("仅供参考")).to_be_visible()
    steps.settle(page)
    take(page, "map-screening")
    page.set_viewport_size(DESK)
    page.get_by_label("筛查").select_option("不显示")
    page.locator("summary").filter(has_text="图例").click()
    page.get_by_label("日期", exact=True).fill("2010-01-01")
    page.get_by_label("日期", exact=True).press("Enter")
    steps.settle(page)
    take(page, "map-day")


def any_day(page: Page, take: Camera) -> None:
    steps.open_map(page)
    page.get_by_role("slider", name="时间轴").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#map-day")).to_have_attribute("datetime", "2016-04-01")
    take(page, "time-slider", of=page.get_by_role("group", name="时间", exact=True))
    page.goto("/compare/?from=2010-01-01&to=2024-01-01&level=4")
    page.get_by_role("button", name="并排").click()
    steps.settle(page)
    take(page, "compare", tall=1000)
    page.get_by_role("button", name="卷帘").click()
    steps.settle(page)
    take(page, "compare-swipe", of=page.locator("#compare-map"))
    page.goto("/divisions/?q=望岫")
    page.get_by_role("link", name="望岫乡", exact=True).click()
    take(page, "division-family", of=page.locator("#family"), tall=1400)


def workbench(page: Page, phone: Page, take: Camera) -> None:
    """Wider than the rest: the map and the panel stand beside each other."""
    page.set_viewport_size({"width": 1320, "height": 680})
    steps.open_map(page)
    steps.find_on_map(page, "望岫", "望岫乡").get_by_role("link", name="起草变更").click()
    page.wait_for_selector("html[data-map-ready]")
    page.get_by_label("生效日期").fill("2027-01-01")
    page.get_by_label("生效日期").press("Tab")
    page.get_by_role("tab", name="事项").focus()
    steps.settle(page)
    take(page, "workbench-start")
    page.get_by_role("button", name="村居划转").click()
    for name in ("司沟村", "蒲坡村"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_label("划入方").select_option(label="榆坞回族乡")
    page.wait_for_selector(".wb-status.done")
    take(page, "workbench-villages")
    page.get_by_role("button", name="删除此项").click()
    page.get_by_role("button", name="析置").click()
    page.get_by_label("新名称").fill("新岗乡")
    page.get_by_label("画分界线").check()
    page.get_by_text("输入或粘贴坐标").click()
    page.get_by_label("每行一点").fill("114.26 33.645\n114.35 33.643\n114.47 33.645")
    page.get_by_label("每行一点").press("Tab")
    page.get_by_role("button", name="都按面积多的一侧").click()
    page.wait_for_selector(".wb-status.done")
    page.get_by_text("输入或粘贴坐标").click()
    page.get_by_text("划出哪一侧").scroll_into_view_if_needed()
    page.get_by_text("都已指明").scroll_into_view_if_needed()
    take(page, "workbench-line")
    page.get_by_role("tab", name="变更结果").click()
    page.get_by_role("tabpanel", name="变更结果").evaluate("panel => panel.parentElement.scrollTo(0, 0)")
    take(page, "workbench-results")
    page.get_by_role("button", name="前后对照").click()
    page.wait_for_timeout(600)
    take(page, "workbench-compare")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    phone.goto(page.url)
    phone.wait_for_selector(".wb-status.done")
    steps.settle(phone)
    take(phone, "workbench-phone", whole=True)


def changes(page: Page, take: Camera) -> None:
    """A saved plan on its page, among the decisions of past years."""
    page.goto("/map/")
    panel = steps.find_on_map(page, "沙屿", "沙屿乡")
    panel.get_by_role("link", name="撤乡设镇").click()
    page.wait_for_selector(".wb-status.done")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    page.get_by_role("link", name="方案页").click()
    take(page, "decision", tall=1150)
    page.goto("/decisions/")
    take(page, "decisions")


def divisions(page: Page, take: Camera) -> None:
    page.goto("/divisions/?level=4")
    take(page, "divisions")
    page.goto("/divisions/?q=苇泊")
    page.get_by_role("link", name="苇泊乡", exact=True).click()
    take(page, "division")


def figures(page: Page, take: Camera, folder: Path) -> None:
    page.goto("/screening/")
    page.get_by_role("link", name="麦垄乡", exact=True).click()
    expect(page.get_by_role("heading", name="麦垄乡 · 设镇校核")).to_be_visible()
    take(page, "check-lacking")
    page.get_by_title("补录").first.click()
    page.get_by_label("数值", exact=True).fill("3.6")
    page.get_by_label("年份").fill("2025")
    page.get_by_label("出处（文件、年鉴、报表）").fill("2025年村镇建设统计报表")
    take(page, "figure-entry", of=page.locator("#entry"), tall=2600)

    table = folder / "指标表.csv"
    with table.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["区划代码", "指标", "数值", "单位", "年份", "来源"])
        writer.writerow(["417021207", "人均公共绿地面积", "3.6", "平方米/人", "2025", "2025年村镇建设统计报表"])
        writer.writerow(["417021205", "政府驻地聚居人口", "6.1", "平方公里", "2025", "2025年统计年鉴"])
        writer.writerow(["417021206", "地方财政一般预算内收入", "", "万元", "2025", "2025年决算表"])
    page.goto("/indicators/import/")
    page.get_by_label("CSV 或 XLSX 文件").set_input_files(table)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("没有保存任何一行")).to_be_visible()
    take(page, "figures-import")


def checks(page: Page, take: Camera) -> None:
    page.goto("/screening/")
    take(page, "screening", tall=720)
    page.get_by_role("link", name="苇泊乡", exact=True).click()
    expect(page.get_by_role("heading", name="苇泊乡 · 设镇校核")).to_be_visible()
    take(page, "check", tall=860)


def standards(page: Page, take: Camera) -> None:
    page.goto("/standards/")
    take(page, "standards", tall=600)
    text = shipped_files()["henan-town-2008-trial.toml"].replace('id = "HN-TOWN-2008-TRIAL"', 'id = "LIANXI-TOWN-2026"')
    text = text.replace('title = "河南省撤乡建镇标准（试行）"\ntitle_en', 'title = "设镇标准（练习用）"\ntitle_en')
    wrong = text.replace('unit = "万元"\nthreshold = 400', 'unit = "千元"\nthreshold = 400', 1)
    right = text.replace("value = 6000", "value = 5500")
    page.goto("/standards/new/")
    page.get_by_label("或者粘贴标准的文本").fill(wrong)
    page.get_by_role("button", name="载入这份文本").click()
    expect(page.get_by_role("heading", name="问题所在的行")).to_be_visible()
    take(page, "standard-wrong", of=page.locator("section").filter(has_text="问题所在的行"))
    page.goto("/standards/new/")
    page.get_by_label("或者粘贴标准的文本").fill(right)
    page.get_by_role("button", name="载入这份文本").click()
    page.get_by_role("button", name="预览变化").click()
    expect(page.get_by_text("苇泊乡")).to_be_visible()
    page.locator("#adopt").scroll_into_view_if_needed()
    take(page, "standard-preview", of=page.locator("#preview"))


def application(page: Page, reviewer: Page, take: Camera, folder: Path) -> None:
    page.goto("/screening/")
    page.get_by_role("link", name="青箬乡", exact=True).click()
    page.get_by_role("link", name="起草申请").click()
    steps.fill_plan(page)
    take(page, "application-plan", tall=900)
    page.get_by_role("button", name="保存草稿").click()
    address = page.url
    take(page, "application-draft", tall=900)
    documents = list(steps.dossier_files(folder).items())
    for words, path in documents[:-1]:
        steps.attach(page, words, path)
    words, path = documents[-1]
    row = steps.document_row(page, words)
    row.get_by_text("加入文件").click()
    row.get_by_label("文件", exact=True).set_input_files(path)
    for box in row.get_by_role("checkbox").all():
        box.check()
    take(page, "application-dossier", of=page.get_by_role("region", name="申报材料"), tall=2600)
    row.get_by_role("button", name="加入", exact=True).click()
    page.get_by_role("region", name="下一步").get_by_role("button", name="校核").click()
    form = steps.step(page, "上报")
    form.get_by_label("理由").first.fill(steps.REASON)
    take(page, "application-submit")
    form.get_by_role("button", name="确认上报").click()

    reviewer.goto("/")
    take(reviewer, "reviewer-home", tall=300)
    reviewer.goto(address)
    steps.step(reviewer, "退回补正")
    take(reviewer, "application-return")
    reviewer.goto(address)
    reviewer.get_by_role("region", name="下一步").get_by_role("button", name="受理").click()
    form = steps.step(reviewer, "登记批复")
    form.get_by_label("批复文号").fill("演示批〔2026〕1号")
    form.get_by_label("批复日期").fill(date.today().isoformat())  # noqa: DTZ011  the server's day is this one or the next
    form.get_by_role("button", name="确认登记批复").click()
    expect(reviewer.get_by_role("heading", level=1)).to_contain_text("已批复")
    take(reviewer, "application-decided")


def people_and_trail(new_context: Callable[..., BrowserContext], take: Camera) -> None:
    administrator = new_context(User.objects.get(username="guanli"), viewport=DESK).new_page()
    administrator.goto("/people/")
    take(administrator, "people", tall=540)
    auditor = new_context(User.objects.get(username="jiandu"), viewport=DESK).new_page()
    auditor.goto("/audit/")
    take(auditor, "trail")
