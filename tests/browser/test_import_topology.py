"""Faults between the shapes of a file, from the upload to the undo, in a real browser."""

from __future__ import annotations

import pytest
import shapely
from playwright.sync_api import Page, expect

from boundaries.models import DivisionRecord, Level
from gis.accounts.models import Duty, User
from importers.services import staging_repair
from tests.browser.conftest import PHONE
from tests.browser.steps import accessibility_faults
from tests.browser.test_imports import refreshed
from tests.factories import make_division, make_user
from tests.importers.staged import checked
from tests.importers.staged import work as staged_work
from tests.importers.test_staging_repair import as_geos, package


@pytest.fixture
def officer(server) -> User:
    return make_user("officer", (Duty.DIVISION_OFFICER, None), display_name="王区划")


def test_faults_between_shapes_are_seen_repaired_and_taken_back(office_page, officer, screenshot, tmp_path):
    make_division("甲县", Level.COUNTY, code="411021", geometry=as_geos(shapely.box(113.0, 34.0, 113.4, 34.1)))
    page: Page = office_page(officer, bypass_csp=True)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/imports/")
    page.get_by_label("文件", exact=True).set_input_files(package(tmp_path))
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "这是什么数据")
    page.get_by_role("radio", name="区划名单或界线").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("层级", exact=False).first.select_option("township")
    page.get_by_label("数据日期").fill("2023-12-31")
    page.get_by_role("button", name="检查并试运行").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "逐行结果")
    places = page.locator("#topology-map")
    expect(page.locator("#topology-map[data-drawn='3']")).to_be_visible()
    expect(page.locator("#topology")).to_contain_text("碎条")
    page.wait_for_timeout(300)
    screenshot(page, "topology-found", full=True)
    assert accessibility_faults(page) == []

    # The table leads to the place, the mark on the map to the row.
    page.get_by_role("button", name="在图上定位第 2 处").click()
    expect(page.locator("#topology-map[data-shown='2']")).to_be_visible()
    expect(page.locator("#place-2[aria-current]")).to_be_visible()
    page.get_by_role("button", name="在图上定位第 3 处").click()
    places.locator(".leaflet-marker-icon[title^='3 ']").click()
    expect(page.locator("#place-3[aria-current]")).to_be_visible()
    page.locator("#topology nav").get_by_role("link", name="碎条").click()
    expect(page.locator("#topology-map[data-drawn='2']")).to_be_visible()
    page.locator("#topology nav").get_by_role("link", name="全部").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="拓扑检查图（PDF）").click()
    assert download.value.suggested_filename == "乡镇-拓扑检查图.pdf"

    page.get_by_label("距离（米）").fill("10")
    page.get_by_role("button", name="预览修复").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "修复 2 处")
    expect(page.locator("#topology-map:not([data-moved='0'])")).to_be_visible()
    page.get_by_role("button", name="在图上定位第 3 处").click()
    page.wait_for_timeout(300)
    screenshot(page, "topology-preview", full=True)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="采用修复").click()
    expect(page.get_by_text("已采用修复").first).to_be_visible()
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "逐行结果")
    expect(page.locator("#topology-map[data-drawn='1']")).to_be_visible()
    screenshot(page, "topology-adopted", full=True)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "新建 4，更新 0，未变 0")
    with page.expect_download() as download:
        page.get_by_role("link", name="报告").click()
    assert download.value.suggested_filename == "乡镇-导入报告.xlsx"
    page.get_by_role("button", name="撤销整批").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "登记已恢复到导入之前")
    assert not DivisionRecord.objects.current().filter(level=Level.TOWNSHIP).exists()


def test_the_topology_on_a_phone(office_page, officer, screenshot, tmp_path):
    make_division("甲县", Level.COUNTY, code="411021", geometry=as_geos(shapely.box(113.0, 34.0, 113.4, 34.1)))
    batch = checked(officer, package(tmp_path), level="township")
    staged_work(staging_repair.ask(officer, batch, "10", ["sliver"]))
    page: Page = office_page(officer, viewport=PHONE, bypass_csp=True)
    page.goto(f"/imports/{batch.pk}/")
    expect(page.locator("#topology-map[data-drawn='3']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.wait_for_timeout(300)
    screenshot(page, "topology-phone", full=True)
    assert accessibility_faults(page) == []
