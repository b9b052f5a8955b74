"""The demo line from the phone in the field to the filed package: a walk recorded without a connection, files of the other side,
markers, the review at the desk, both signatures, the filing, the zip.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from boundaries.boundary_lines import line_on
from boundaries.models import InspectionState, JointInspection
from boundaries.rules.inspection_content import GROUPS
from gis.accounts.models import User
from gis.crs.chainage import MeasuredLine
from tests.boundaries.field.world import work
from tests.browser.conftest import PHONE
from tests.browser.steps import go_by_menu
from tests.demo_county import demo_county

TRACKS = Path(settings.BASE_DIR) / "docs" / "samples" / "tracks"
LINE = "舆和邻和线"
CONTENT = [group.zh for group in GROUPS]
pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def held(server: Any) -> JointInspection:
    demo_county()
    return JointInspection.objects.get(state=InspectionState.IN_FIELD)


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Callable[[str, tuple[float, float]], BrowserContext]:
    def make(username: str, place: tuple[float, float]) -> BrowserContext:
        context = new_context(User.objects.get(username=username), viewport=PHONE, has_touch=True, is_mobile=True)
        context.grant_permissions(["geolocation"])
        stand(context, place)
        return context

    return make


def stand(context: BrowserContext, place: tuple[float, float]) -> None:
    context.set_geolocation({"longitude": place[0], "latitude": place[1], "accuracy": 5})


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(name)).click()


def sent(page: Page, count: int) -> None:
    tab(page, "上传")
    expect(page.locator(".field-item-arrived")).to_have_count(count, timeout=30_000)  # many things, one after the other


def contents(page: Page) -> None:
    """The five groups: nothing new in four, and what was found at markers in words."""
    for title in CONTENT:
        row = page.get_by_role("region", name="检查内容").get_by_role("listitem").filter(has=page.get_by_text(title, exact=True))
        row.locator("summary").click()
        row.get_by_role("radio").first.check()
        row.get_by_role("button", name="保存", exact=True).click()
        expect(row).to_contain_text("修改")


def sign(page: Page, side: str, name: str) -> None:
    place = page.get_by_role("region", name="签署").get_by_role("listitem").filter(has_text=side)
    place.get_by_text("签署…").click()
    place.get_by_label("姓名").fill(name)
    place.get_by_label("职务").fill("民政局局长")
    place.get_by_role("button", name="签署", exact=True).click()
    expect(place).to_contain_text("已签署")


def test_from_the_field_to_the_filed_package(held, phone, watch, office_page, screenshot, tmp_path):
    watch.forgive("ERR_INTERNET_DISCONNECTED")
    measured = MeasuredLine(line_on(held.line_id).geometry)
    places = [measured.at(31_000.0 - 40.0 * step) for step in range(8)]

    # One side's phone: opened once, then without a connection; closed in the middle of the walk.
    context = phone("waiye", places[0])
    page = context.new_page()
    page.goto("/field/")
    page.get_by_role("link", name=LINE).click()
    page.wait_for_selector("html[data-field-ready][data-field-offline]")
    context.set_offline(True)
    page.get_by_role("button", name="开始记录").click()
    expect(page.locator("#record-facts")).to_contain_text("：1 点")
    for number, place in enumerate(places[1:4], 2):
        stand(context, place)
        expect(page.locator("#record-facts")).to_contain_text(f"：{number} 点")
    page.wait_for_timeout(3200)  # the longest a point waits to be written
    page.close()
    page = context.new_page()
    page.goto(f"/field/{held.pk}/")
    page.wait_for_selector("html[data-field-ready]")
    page.get_by_role("button", name="继续记录").click()
    expect(page.locator("#record-facts")).to_contain_text("正在记录：5 点")
    for number, place in enumerate(places[4:], 6):
        stand(context, place)
        expect(page.locator("#record-facts")).to_contain_text(f"：{number} 点")
    waiting = ["005", "006", "007A", "007B", "008", "009", "010", "011"]
    tab(page, "界桩")
    for number in waiting:
        page.locator("#marker-list button").filter(has=page.get_by_text(number, exact=True)).click()
        form = page.get_by_role("dialog")
        form.get_by_role("radio", name="完好").check()
        form.get_by_role("button", name="保存", exact=True).click()
        expect(form).not_to_be_visible()
    tab(page, "走线")
    page.get_by_role("button", name="停止并上传").click()
    assert held.visits.count() == 4 and held.tracks.count() == 2  # the demo's own
    tab(page, "上传")
    expect(page.locator("#outbox-words")).to_contain_text(f"待传 {len(waiting) + 1} 项")
    context.set_offline(False)
    sent(page, len(waiting) + 1)
    assert held.visits.count() == 12 and held.tracks.count() == 3

    # The other side picks files of its handheld; the worker matches all.
    other = phone("linhe-waiye", places[0]).new_page()
    other.goto(f"/field/{held.pk}/")
    other.wait_for_selector("html[data-field-ready]")
    other.locator("#files").set_input_files([TRACKS / "good-day2.kml"])
    sent(other, 1)
    work()
    tab(other, "走线")
    expect(other.locator("#strip-words")).to_contain_text(re.compile(r"（(99|100)(\.\d)?%）"))
    screenshot(other, "joint-covered-390")

    # At the desk: what was found, then both sides' review and signatures.
    officer = office_page(User.objects.get(username="yuhe-quhua"))
    officer.goto("/")
    go_by_menu(officer, "联检计划")
    officer.get_by_role("row").filter(has_text=LINE).get_by_role("link", name="外业中").click()
    contents(officer)
    officer.get_by_role("region", name="下一步").get_by_role("button", name="提交各方核对").click()
    expect(officer.get_by_role("region", name="签署")).to_be_visible()
    for username, side, name in (("yuhe-shenhe", "舆和县", "赵平"), ("linhe-shenhe", "邻和县", "孙许")):
        reviewer = office_page(User.objects.get(username=username))
        reviewer.goto(f"/inspections/{held.pk}/")
        sign(reviewer, side, name)
    officer.reload()
    step = officer.get_by_role("region", name="下一步")
    step.get_by_label("备案日期").fill(timezone.localdate().isoformat())
    step.get_by_label("由各方共同报送").check()
    if step.get_by_label("理由").count():
        step.get_by_label("理由").last.fill("协议书等正在补入档案")
    step.get_by_role("button", name="登记备案").click()
    expect(officer.get_by_text("已备案，内容固定")).to_be_visible()
    screenshot(officer, "joint-filed")
    with officer.expect_download() as download:
        officer.get_by_role("link", name="成果包（zip）").click()
    saved = tmp_path / "package.zip"
    download.value.save_as(saved)
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert sum("记录表" in name and name.endswith(".pdf") for name in names) == 12
    assert any(name.endswith(".xlsx") for name in names) and any(name.endswith(".docx") for name in names)
    go_by_menu(officer, "联检计划")
    expect(officer.get_by_role("row").filter(has_text=LINE)).to_contain_text("2031")
