"""A file of tracks from upload to the field page, and rows mended and skipped with nothing but a keyboard."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from boundaries.models import InspectionTrack
from gis.accounts.models import Duty
from importers.models import StagedRow
from tests.boundaries.field.world import make_world
from tests.browser.conftest import PHONE
from tests.browser.steps import accessibility_faults
from tests.factories import make_user
from tests.gis.jobs.test_jobs import work
from tests.importers.files import csv
from tests.importers.staged import checked
from tests.importers.test_staging_tracks import two_walks

MOST_STOPS = 120


@pytest.fixture
def world(server):
    return make_world()


def reached(page: Page, wanted: str) -> int:
    """Presses Tab until what has the focus matches; the number of stops on the way."""
    for stops in range(1, MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return stops
    raise AssertionError(f"{wanted} cannot be reached with Tab")


def test_a_file_of_tracks_from_upload_to_the_field(office_page, world, screenshot, tmp_path):
    path = tmp_path / "外业.gpx"
    path.write_bytes(two_walks())
    page: Page = office_page(world.walker, bypass_csp=True)
    page.goto("/imports/")
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    work()
    expect(page.get_by_role("radio", name="联检轨迹")).to_be_checked()
    screenshot(page, "import-tracks-recognised", full=True)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#import-map[data-drawn='3']")).to_be_visible()
    screenshot(page, "import-tracks-options", full=True)
    page.get_by_role("button", name="检查并试运行").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    work()
    expect(page.get_by_text("占全长").first).to_be_visible()
    expect(page.locator("#import-map[data-drawn='3']")).to_be_visible()
    screenshot(page, "import-tracks", full=True)
    assert accessibility_faults(page) == []
    page.set_viewport_size(PHONE)
    screenshot(page, "import-tracks-phone", full=True)
    page.locator("#row-2").get_by_role("button", name="跳过这一行").click()
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    work()
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    work()
    page.get_by_role("link", name="看联检外业进度").click()
    expect(page.get_by_text("已走 4.66 km")).to_be_visible()
    assert InspectionTrack.objects.get().left_out == [1]


def test_rows_are_mended_and_skipped_with_the_keyboard_alone(office_page, server, tmp_path):
    officer = make_user("officer", (Duty.DIVISION_OFFICER, None))
    path = csv(tmp_path / "counties.csv", "代码,名称\n411021,甲县\n41102X,乙县\n411023,丙县\n")
    batch = checked(officer, path, crs=None, grade=None, as_of=str(timezone.localdate()))
    page: Page = office_page(officer)
    page.goto(f"/imports/{batch.pk}/#row-2")
    assert reached(page, "#row-2 summary") <= 3
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("411022")
    page.keyboard.press("Enter")
    expect(page.locator("#row-2").get_by_text("原为 41102X")).to_be_visible()
    # Where one was, one is again: the next row is the next stop but one.
    assert reached(page, "#row-3 summary") <= 4
    page.keyboard.press("Enter")
    reached(page, "#row-3 button[name=skip]")
    page.keyboard.press("Enter")
    expect(page.locator("#row-3.skipped")).to_be_visible()
    rows = StagedRow.objects.filter(batch=batch).values_list("number", "edits", "skipped")
    assert list(rows) == [(1, {}, False), (2, {"代码": "411022"}, False), (3, {}, True)]
