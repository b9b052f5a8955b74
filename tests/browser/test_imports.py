"""Imports in a real browser: a GBK Shapefile from upload to undo, and a large file over a line that breaks."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from playwright.sync_api import Page, Route, expect
from pyproj import CRS

from boundaries.models import DivisionRecord, Level
from gis.accounts.models import Duty, User
from gis.crs import CGCS2000
from gis.files import uploads
from gis.files.models import StoredFile, Upload, UploadState
from gis.files.services import read_bytes
from importers.models import StagedBatch
from importers.services import staging
from tests.browser.conftest import PHONE
from tests.browser.steps import accessibility_faults
from tests.factories import make_division, make_user, square
from tests.gis.jobs.test_jobs import work
from tests.importers.staged import brought, checked
from tests.importers.test_list_systems import county, file_of, shifted


@pytest.fixture
def officer(server) -> User:
    return make_user("officer", (Duty.DIVISION_OFFICER, None), display_name="王区划")


def gbk_shapefile(folder: Path) -> Path:
    """Three townships in a zip, names in GBK, without .cpg; the third has a code that cannot be."""
    names, codes = ["青龙镇", "白虎乡", "朱雀街道"], ["411021100", "411021200", "41102100X"]
    shapes = [shapely.box(113.1 + 0.1 * at, 34.1, 113.2 + 0.1 * at, 34.3) for at in range(3)]
    path = folder / "乡镇界线.shp"
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(shapes),
        field_data=[np.array(codes, dtype=object), np.array(names, dtype=object)],
        fields=["区划代码", "名称"],
        geometry_type="Polygon",
        crs=CRS.from_epsg(4490).to_wkt("WKT1_ESRI"),
        driver="ESRI Shapefile",
        encoding="GBK",
    )
    packed = folder / "乡镇界线.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("乡镇界线.*")):
            if part.suffix in {".shp", ".shx", ".dbf", ".prj"}:
                archive.write(part, part.name)
    return packed


def refreshed(page: Page, words: str) -> None:
    """The worker's turn; the page sees by itself when it is done."""
    work()
    expect(page.get_by_text(words).first).to_be_visible()


def test_a_gbk_shapefile_from_upload_to_undo(office_page, officer, screenshot, tmp_path):
    make_division("甲县", Level.COUNTY, code="411021", geometry=square(113, 34, 0.6))
    before = list(DivisionRecord.objects.current().values_list("name", flat=True))
    page: Page = office_page(officer, bypass_csp=True)
    page.goto("/")
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="导入", exact=True).click()
    page.get_by_label("文件", exact=True).set_input_files(gbk_shapefile(tmp_path))
    screenshot(page, "import-upload")
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    page.reload()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "这是什么数据")
    expect(page.get_by_text("gb18030").or_(page.get_by_text("gbk")).first).to_be_visible()
    expect(page.get_by_role("cell", name="青龙镇")).to_be_visible()
    page.get_by_role("radio", name="区划名单或界线").check()
    screenshot(page, "import-recognised", full=True)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("层级", exact=False).first.select_option("township")
    page.get_by_label("数据日期").fill("2023-12-31")
    expect(page.locator("#import-map[data-drawn='3']")).to_be_visible()
    expect(page.get_by_label("区划代码", exact=True)).to_have_value("区划代码")
    screenshot(page, "import-mapping", full=True)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="检查并试运行").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "逐行结果")
    expect(page.locator("#import-map[data-drawn='3']")).to_be_visible()
    page.wait_for_timeout(300)
    screenshot(page, "import-preview")
    assert accessibility_faults(page) == []

    page.get_by_label("只看有问题的").check()
    expect(page.get_by_text("朱雀街道")).to_be_visible()
    expect(page.locator(".rows-table").get_by_text("青龙镇")).to_have_count(0)
    page.get_by_text("修改", exact=True).click()
    page.locator("input[name=value]").first.fill("411021001")
    screenshot(page, "import-edit")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("有 1 行还没有检查")).to_be_visible()
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "逐行结果")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "新建 3，更新 0，未变 0")
    screenshot(page, "import-committed")
    assert set(DivisionRecord.objects.current().filter(level=4).values_list("name", flat=True)) == {"青龙镇", "白虎乡", "朱雀街道"}
    with page.expect_download() as download:
        page.get_by_role("link", name="报告").click()
    assert download.value.suggested_filename == "乡镇界线-导入报告.xlsx"
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销整批").click()
    expect(page.get_by_text("在后台进行")).to_be_visible()
    refreshed(page, "登记已恢复到导入之前")
    assert list(DivisionRecord.objects.current().values_list("name", flat=True)) == before


def test_the_preview_on_a_phone(office_page, officer, screenshot, tmp_path):
    make_division("甲县", Level.COUNTY, code="411021", geometry=square(113, 34, 0.6))
    batch = checked(officer, gbk_shapefile(tmp_path), level="township")
    page: Page = office_page(officer, viewport=PHONE, bypass_csp=True)
    page.goto("/imports/")
    screenshot(page, "import-phone-list", full=True)
    assert accessibility_faults(page) == []
    page.goto(f"/imports/{batch.pk}/")
    expect(page.locator("#import-map[data-drawn='3']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.wait_for_timeout(300)
    screenshot(page, "import-phone", full=True)
    assert accessibility_faults(page) == []


def test_a_reference_system_is_chosen_by_comparing_on_the_map(office_page, officer, screenshot, tmp_path):
    """Few corners in degrees that nobody states: plain, GCJ-02 and BD-09 remain, each is drawn over the registered boundary."""
    border = MultiPolygon(GEOSGeometry(shapely.Polygon(county()).wkt), srid=CGCS2000)
    make_division("甲县", Level.COUNTY, code="411021", geometry=border)
    corners = shifted(county(count=24))
    page: Page = office_page(officer, bypass_csp=True)
    batch = brought(officer, file_of(tmp_path / "甲县.geojson", corners))
    staging.choose(officer, batch, "divisions", batch.layer)
    page.goto(f"/imports/{batch.pk}/")
    expect(page.get_by_text("坐标系还有几种可能")).to_be_visible()
    system = page.get_by_label("坐标系", exact=True)
    expect(system).to_have_value("")
    expect(page.locator("#import-map[data-drawn='1'][data-around='1']")).to_be_visible()
    page.get_by_role("button", name="界线 1").click()
    for value, words in (("EPSG:4490", "2000国家大地坐标系"), ("gcj02", "GCJ-02"), ("bd09", "BD-09")):
        with page.expect_response(lambda answer: "within=" in answer.url):
            system.select_option(value)
        expect(system.locator("option:checked")).to_contain_text(words)
        page.wait_for_timeout(400)
        screenshot(page, f"import-system-{value.replace(':', '')}", full=True)
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="全图").click()
    expect(page.locator("#import-map[data-drawn='1']")).to_be_visible()


class TestALargeFileOverALineThatBreaks:
    @pytest.fixture
    def big(self, tmp_path: Path, settings) -> Path:
        settings.UPLOAD_CHUNK_BYTES = 64 * 1024
        lines = "".join(f"{411000 + at % 999:06d},地点{at:06d}\n" for at in range(20_000))
        path = tmp_path / "大文件.csv"
        path.write_text("代码,名称\n" + lines, "utf-8")
        return path

    def cut(self, page: Page, after: int) -> Callable[[], None]:
        """Chunks after the first `after` do not get through; calling the result mends the line."""
        passed = 0

        def meet(route: Route) -> None:
            nonlocal passed
            passed += 1
            if passed > after:
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route("**/chunks/**", meet)
        return lambda: page.unroute("**/chunks/**")

    def test_it_waits_and_goes_on_by_itself(self, office_page, officer, watch, screenshot, big):
        watch.forgive("ERR_CONNECTION_RESET")
        page: Page = office_page(officer)
        page.goto("/imports/")
        mend = self.cut(page, after=3)
        page.get_by_label("文件", exact=True).set_input_files(big)
        page.get_by_role("button", name="上传", exact=True).click()
        expect(page.get_by_text("连接中断，正在重试")).to_be_visible()
        screenshot(page, "import-upload-broken")
        mend()
        expect(page.get_by_text("在后台进行")).to_be_visible()
        assert read_bytes(StoredFile.objects.get()) == big.read_bytes()

    def test_another_browser_goes_on_where_it_was(self, office_page, officer, watch, screenshot, big):
        watch.forgive("ERR_CONNECTION_RESET")
        first: Page = office_page(officer)
        first.goto("/imports/")
        self.cut(first, after=4)
        first.get_by_label("文件", exact=True).set_input_files(big)
        first.get_by_role("button", name="上传", exact=True).click()
        expect(first.get_by_text("连接中断，正在重试")).to_be_visible()
        first.close()
        assert Upload.objects.get().chunks.count() == 4
        second: Page = office_page(officer)
        sent: list[str] = []
        second.on("request", lambda request: sent.append(request.url) if "/chunks/" in request.url else None)
        second.goto("/imports/")
        expect(second.get_by_text("没有传完的文件")).to_be_visible()
        screenshot(second, "import-unfinished")
        second.get_by_label("文件", exact=True).set_input_files(big)
        second.get_by_role("button", name="上传", exact=True).click()
        expect(second.get_by_text("在后台进行")).to_be_visible()
        upload = Upload.objects.get()
        assert upload.state == UploadState.FINISHED
        assert len(sent) == upload.chunk_count - 4, "what had come is not sent again"
        assert StagedBatch.objects.get().sha256 == hashlib.sha256(big.read_bytes()).hexdigest()

    def test_another_file_of_that_name_and_size_is_not_mixed_in(self, office_page, officer, watch, big):
        watch.forgive("409")
        content = big.read_bytes()
        upload, _new = uploads.begin(officer, name=big.name, size=len(content), purpose="import")
        wrong = b"?" * upload.chunk_bytes
        uploads.take_chunk(officer, upload, 0, hashlib.sha256(wrong).hexdigest(), io.BytesIO(wrong))
        page: Page = office_page(officer)
        page.goto("/imports/")
        page.get_by_label("文件", exact=True).set_input_files(big)
        page.get_by_role("button", name="上传", exact=True).click()
        expect(page.get_by_text("在后台进行")).to_be_visible()
        assert read_bytes(StoredFile.objects.get()) == content

    def test_it_can_be_cancelled(self, office_page, officer, watch, big):
        watch.forgive("ERR_CONNECTION_RESET")
        page: Page = office_page(officer)
        page.goto("/imports/")
        self.cut(page, after=2)
        page.get_by_label("文件", exact=True).set_input_files(big)
        page.get_by_role("button", name="上传", exact=True).click()
        expect(page.get_by_text("连接中断，正在重试")).to_be_visible()
        page.get_by_role("button", name="取消上传").click()
        expect(page.get_by_text("已取消，没有保存。")).to_be_visible()
        expect(page.get_by_role("button", name="上传", exact=True)).to_be_enabled()
        page.wait_for_function("fetch('/uploads/?purpose=import').then((a) => a.json()).then((a) => a.uploads.length === 0)")
        assert not StoredFile.objects.exists()
