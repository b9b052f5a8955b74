"""A patrol of signs with a telephone, without a connection and with the browser closed in between; then the office's part of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from gis.accounts.models import Duty
from gis.crs import CGCS2000
from placenames.models import Sign, SignFinding, SignPhoto, SignState, SignWork
from placenames.rules.signs.types import FOLDER
from placenames.services.signs import editions, patrol
from placenames.services.signs.registering import Entry, Face, enter
from tests.boundaries.field.world import photo
from tests.browser.conftest import PHONE
from tests.browser.steps import accessibility_faults
from tests.factories import make_user
from tests.placenames.signs_world import World, X, Y, make_world

OFFLINE_WORDS = "ERR_INTERNET_DISCONNECTED"
WEST, EAST = (X - 0.01, Y), (X + 0.01, Y)


@pytest.fixture
def world(server) -> World:
    return make_world()


def a_sign(world: World, place: tuple[float, float]) -> Sign:
    face = Face("blue", {"chinese": "建设路", "roman": "JIÀNSHÈ LÙ"})
    return enter(None, Entry("street", place=world.east_west.pk, position=Point(*place, srid=CGCS2000), faces=(face,)))


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    def make(user, place: tuple[float, float], **options) -> BrowserContext:
        context = new_context(user, viewport=PHONE, has_touch=True, is_mobile=True, **options)
        context.grant_permissions(["geolocation"])
        stand(context, place)
        return context

    return make


def stand(context: BrowserContext, place: tuple[float, float]) -> None:
    context.set_geolocation({"longitude": place[0], "latitude": place[1], "accuracy": 5})


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(name)).click()


def row(page: Page, sign: Sign) -> Locator:
    return page.locator(f"#sign-list button[data-sign='{sign.pk}']")


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-field-ready]")


def test_a_patrol_without_a_connection_and_with_the_browser_closed_arrives_once(world, phone, watch, screenshot, tmp_path):
    watch.forgive(OFFLINE_WORDS)
    west, east = a_sign(world, WEST), a_sign(world, EAST)
    context = phone(make_user("waiye", (Duty.FIELD_INSPECTOR, world.county)), (X - 0.0098, Y + 0.0001), bypass_csp=True)
    page = context.new_page()
    page.goto(reverse("sign-patrol"))
    page.get_by_role("link", name="象河乡").click()
    page.wait_for_selector("html[data-field-ready][data-field-offline]")
    expect(page.locator("#sign-list button").first).to_have_attribute("data-sign", str(west.pk))
    assert accessibility_faults(page) == []

    context.set_offline(True)
    page.reload()
    ready(page)
    expect(page.locator("#field-net")).to_contain_text("没有网络")
    row(page, west).click()
    form = page.get_by_role("dialog")
    expect(form.locator("#finding-place")).to_contain_text(re.compile(r"登记位置在您.*方 2\d m"))
    expect(form.locator(".patrol-texts")).to_contain_text("JIÀNSHÈ LÙ")
    form.get_by_role("button", name="保存", exact=True).click()
    expect(form.locator("#finding-error")).to_contain_text("请先选状态")
    form.get_by_role("radio", name="损坏").check()
    picture = tmp_path / "牌.jpg"
    picture.write_bytes(photo(EAST, size=(1500, 1000)) + b"\0" * 600_000)  # more than what goes at once: in chunks
    form.get_by_text("缩小后上传").click()
    form.locator("#finding-album").set_input_files(picture)
    expect(form.locator("#finding-photos")).to_contain_text("照片拍摄位置距标志 1.8")
    form.get_by_label("说明").fill("被车撞弯")
    form.get_by_text("提议改为我现在的位置").click()
    assert accessibility_faults(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= 390
    screenshot(page, "patrol-finding-390")
    page.close()  # killed while writing

    page = context.new_page()
    page.goto(reverse("sign-patrol-area", args=[f"d{world.township.pk}"]))
    ready(page)
    row(page, west).click()
    expect(page.get_by_label("说明")).to_have_value("被车撞弯")
    expect(page.locator("#finding-photos img")).to_have_count(1)
    expect(page.get_by_role("dialog").locator("#finding-place")).to_contain_text("登记位置在您")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(row(page, west)).to_contain_text("已查，待传")
    tab(page, "未登记")
    page.get_by_role("button", name="记一个未登记的标志").click()
    page.get_by_label("牌面上的名称").fill("东风街")
    page.get_by_label("标志类型").select_option("street")
    page.get_by_role("radio", name="完好").check()
    expect(page.locator("#finding-place")).to_contain_text("位置 33.05")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#unlisted")).to_contain_text("东风街")
    page.close()  # closed with everything still in the queue
    assert not SignFinding.objects.exists()

    context.set_offline(False)
    page = context.new_page()
    page.goto(reverse("sign-patrol-area", args=[f"d{world.township.pk}"]))
    ready(page)
    tab(page, "上传")
    expect(page.locator(".field-item-arrived")).to_have_count(3)
    expect(page.locator("#outbox-list")).to_contain_text("任务单")
    screenshot(page, "patrol-queue-390")
    damaged, new = SignFinding.objects.get(sign=west), SignFinding.objects.get(sign=None)
    assert (damaged.state, damaged.note, damaged.fix, damaged.outcome) == ("damaged", "被车撞弯", "proposed", "taken")
    assert 15 < damaged.distance_m < 30 and damaged.work == SignWork.objects.get() and damaged.work.kind == "repair"
    [kept] = SignPhoto.objects.all()
    assert kept.finding == damaged and kept.distance_m > 1800 and kept.sign == west and kept.file.size > 600_000
    assert (new.name, new.type, new.outcome, new.area) == ("东风街", "street", "unlisted", world.township)
    west.refresh_from_db()
    assert west.state == SignState.DAMAGED and round(west.position.x, 6) == round(WEST[0], 6), "proposed, not written"
    tab(page, "标志")
    expect(row(page, west)).to_contain_text("损坏")
    page.get_by_label("次序").select_option("way")
    expect(row(page, east)).to_contain_text("第 2 站")
    screenshot(page, "patrol-list-390")


def test_an_officer_takes_the_fix_registers_the_sign_and_closes_the_work_order(world, office_page, screenshot):
    editions.load_types(None, (FOLDER / "demo.toml").read_bytes(), "demo.toml")
    west = a_sign(world, WEST)
    walker = make_user("waiye", (Duty.FIELD_INSPECTOR, world.county), display_name="郑巡")
    now = timezone.now().isoformat()
    known = {"found_at": now, "accuracy_m": 5.0}
    key, other = "0b1e7b0e-6d2f-4a53-9d2a-1d2f3c4b5a70", "0b1e7b0e-6d2f-4a53-9d2a-1d2f3c4b5a71"
    told = {**known, "sign": west.pk, "state": "damaged", "note": "被车撞弯", "seen": west.changed_at.isoformat(),
            "position": [X - 0.0098, Y + 0.0001], "propose": True}  # fmt: skip
    patrol.receive(walker, key=UUID(key), content=told)
    patrol.receive_photo(walker, key=UUID(other), finding=UUID(key), content=SimpleUploadedFile("牌.jpg", photo(WEST)))
    new = {**known, "sign": None, "name": "东风街", "type": "street", "state": "standing", "position": [X, Y - 0.01]}
    patrol.receive(walker, key=UUID(other), content=new)

    page = office_page(world.officer)
    gaps = reverse("sign-gaps") + "?under=419921"
    page.goto(gaps)
    expect(page.locator("main")).to_contain_text("12.5")
    page.goto(reverse("sign-works"))
    expect(page.locator("main")).to_contain_text("距登记位置")
    page.get_by_role("link", name=re.compile("巡查记录")).first.click()
    item = page.locator(".finding", has_text="被车撞弯")
    expect(item).to_contain_text(re.compile(r"距登记位置 2\d 米.*精度 ±5 米.*任务单 \d+：维修"))
    expect(item.locator("img")).to_be_visible()
    screenshot(page, "patrol-findings-1366")
    item.get_by_role("button", name="采用这个位置").click()
    page.locator(".finding", has_text="东风街").get_by_role("link", name="登记这个标志").click()
    expect(page.get_by_label("牌面汉字")).to_have_value("东风街")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#findings")).to_contain_text("已登记")
    found = Sign.objects.exclude(pk=west.pk).get()
    assert (found.place, found.position.coords) == (world.north_south, (X, Y - 0.01))

    page.goto(reverse("sign", args=[west.pk]))
    expect(page.locator("#findings")).to_contain_text("已采用")
    with page.expect_download() as download:
        page.get_by_role("link", name="图样 PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    works = page.locator("#works")
    works.get_by_text("办理", exact=True).click()
    works.get_by_label("进度").select_option("done")
    works.get_by_role("button", name="记入").click()
    expect(page.locator("#works")).to_contain_text("已完成")
    screenshot(page, "patrol-sign-1366", full=True)
    west.refresh_from_db()
    assert west.state == SignState.STANDING and west.position.coords == (X - 0.0098, Y + 0.0001)
    page.goto(gaps)
    expect(page.locator("main")).to_contain_text("25.0")  # one more of the eight places has its sign
    page.goto(reverse("sign-findings"))
    expect(page.locator("main")).to_contain_text("没有待处理的巡查记录")
