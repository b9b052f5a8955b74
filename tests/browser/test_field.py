"""The field page as a telephone has it: positions that move, a connection that is cut, a page that is closed in between."""

from __future__ import annotations

import http.server
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Locator, Page, expect

from boundaries.models import InspectionState, InspectionTrack, MarkerVisit, TrackState, VisitPhoto
from gis.accounts.models import DutyAssignment
from tests.boundaries.field.world import MARKERS, NOON, FieldWorld, make_world, photo, walk, work
from tests.browser.conftest import PHONE
from tests.browser.steps import accessibility_faults

PLACES = [(round(114.0 + 0.0005 * step, 5), 33.25001) for step in range(13)]  # 47 m apart
OFFLINE_WORDS = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def world(server) -> FieldWorld:
    return make_world()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    def make(user, **options) -> BrowserContext:
        context = new_context(user, viewport=PHONE, has_touch=True, is_mobile=True, **options)
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": PLACES[0][0], "latitude": PLACES[0][1], "accuracy": 5})
        return context

    return make


def opened(page: Page, world: FieldWorld) -> None:
    page.goto(world.here)
    page.wait_for_selector("html[data-field-ready]")


def go(context: BrowserContext, page: Page, places: list[tuple[float, float]], since: int) -> None:
    """Walks: each place is waited for until the page has written it down."""
    for number, (lon, lat) in enumerate(places, since):
        context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 5})
        expect(page.locator("#record-facts")).to_contain_text(f"：{number} 点")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(name)).click()


def marker_row(page: Page, number: str) -> Locator:
    return page.locator("#marker-list button").filter(has=page.get_by_text(number, exact=True))


def arrived(page: Page, count: int) -> None:
    tab(page, "上传")
    expect(page.locator(".field-item-arrived")).to_have_count(count)
    expect(page.locator("#field-net")).to_have_text("已连接")


def test_a_walk_without_a_connection_and_with_the_browser_closed_arrives_once(world, phone, watch, screenshot, tmp_path):
    watch.forgive(OFFLINE_WORDS)
    context = phone(world.walker)
    page = context.new_page()
    page.goto("/field/")
    page.get_by_role("link", name="东西线").click()
    page.wait_for_selector("html[data-field-ready][data-field-offline]")

    # No connection from here on, and the page is opened anew without one.
    context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-field-ready]")
    expect(page.locator("#field-net")).to_contain_text("没有网络")
    expect(page.locator("path.leaflet-interactive, .leaflet-line-pane path").first).to_be_attached()
    page.get_by_role("button", name="开始记录").click()
    expect(page.locator("#record-facts")).to_contain_text("：1 点")
    go(context, page, PLACES[1:6], 2)
    screenshot(page, "field-recording-390")
    page.wait_for_timeout(3200)  # the longest a point waits to be written
    page.close()

    # The browser was closed; what was recorded is there and goes on.
    page = context.new_page()
    page.goto(world.here)
    page.wait_for_selector("html[data-field-ready]")
    expect(page.locator("#record-facts")).to_contain_text("6 点都在")
    page.get_by_role("button", name="继续记录").click()
    expect(page.locator("#record-facts")).to_contain_text("正在记录：7 点")
    go(context, page, PLACES[6:], 8)

    # A marker with a photo, still without a connection; another one only begun when the page goes away.
    tab(page, "界桩")
    screenshot(page, "field-markers-390")
    marker_row(page, "1").click()
    form = page.get_by_role("dialog")
    expect(form.locator("#visit-place")).to_contain_text("界桩在您西方")
    form.get_by_role("radio", name="损坏").check()
    form.get_by_role("group", name="注记清晰").get_by_role("radio", name="否").check()
    picture = tmp_path / "界桩1.jpg"
    picture.write_bytes(photo(MARKERS["2"], size=(3000, 2000)))
    form.locator("#visit-album").set_input_files(picture)
    expect(form.locator("#visit-photos img")).to_have_count(1)
    form.get_by_label("说明").fill("顶部破损")
    screenshot(page, "field-visit-390")
    form.get_by_role("button", name="保存", exact=True).click()
    expect(form).not_to_be_visible()
    marker_row(page, "2").click()
    form.get_by_role("radio", name="完好").check()
    form.get_by_label("说明").fill("写到一半")
    page.wait_for_timeout(200)
    page.close()
    page = context.new_page()
    page.goto(world.here)
    page.wait_for_selector("html[data-field-ready]")
    tab(page, "界桩")
    marker_row(page, "2").click()
    expect(page.get_by_label("说明")).to_have_value("写到一半")
    page.get_by_role("button", name="不保存，返回").click()
    tab(page, "走线")
    page.get_by_role("button", name="结束并上传").click()
    tab(page, "上传")
    expect(page.locator("#outbox-words")).to_contain_text("待传 3 项")
    expect(page.locator("#outbox-notice")).to_contain_text("没有连上服务器")
    screenshot(page, "field-queue-390")
    assert not InspectionTrack.objects.exists() and not MarkerVisit.objects.exists()

    # The connection is back: everything arrives, once, and is matched.
    context.set_offline(False)
    arrived(page, 3)
    [track], [visit], [kept] = InspectionTrack.objects.all(), MarkerVisit.objects.all(), VisitPhoto.objects.all()
    assert (visit.condition, visit.notes, visit.checks["legible"], visit.side) == ("damaged", "顶部破损", False, world.east)
    assert kept.visit == visit and kept.distance_m > 4000
    work()
    track.refresh_from_db()
    assert track.state == TrackState.MATCHED and track.result["tracks"][0]["points_used"] == 14
    tab(page, "走线")
    expect(page.locator("#strip-words")).to_contain_text(re.compile(r"已走 (5\d\d|6\d\d) m"))
    gap = page.locator("#go-back").get_by_role("button").first
    expect(gap).to_contain_text(re.compile(r"缺 .*离您 .*方"))
    expect(page.locator(".field-stake-arrived")).to_have_count(1)
    page.locator("#whole").click()
    page.wait_for_timeout(400)
    screenshot(page, "field-covered-390")
    tab(page, "上传")
    expect(page.locator("#tracks li")).to_have_attribute("data-state", "matched")
    screenshot(page, "field-arrived-390")


def test_files_of_a_handheld_are_sent_and_what_is_odd_is_said(world, phone, screenshot, tmp_path):
    context = phone(world.walker)
    page = context.new_page()
    opened(page, world)
    for name, content in {
        "good.gpx": walk(114.0, 114.05),
        "shifted.gpx": walk(114.05, 114.1, gcj02=True),
        "bad.gpx": b"<gpx/>",
    }.items():
        (tmp_path / name).write_bytes(content)
    large = tmp_path / "large.gpx"  # more than what goes at once: in chunks
    large.write_bytes(walk(114.06, 114.07) + b"<!-- " + b"x" * 900_000 + b" -->")
    page.locator("#files").set_input_files([tmp_path / "good.gpx", tmp_path / "shifted.gpx", tmp_path / "bad.gpx", large])
    arrived(page, 4)
    work()
    expect(page.locator("#tracks li[data-state=matched]")).to_have_count(3)
    expect(page.locator("#tracks li[data-state=refused]")).to_contain_text("没有走过的点")
    shifted = page.locator("#tracks li", has_text="shifted.gpx")
    expect(shifted).to_contain_text("GCJ-02")
    screenshot(page, "field-odd-390", full=True)
    shifted.get_by_role("button", name="按 GCJ-02 换算后重新核对").click()
    expect(shifted).to_contain_text("正在核对")
    work()
    expect(shifted).to_contain_text("按 GCJ-02 换算")
    tab(page, "走线")
    expect(page.locator("#strip-words")).to_contain_text(re.compile(r"（(99|100)(\.\d)?%）"))
    assert InspectionTrack.objects.count() == 4

    # The same file again is told as what it is.
    page.locator("#files").set_input_files([tmp_path / "good.gpx"])
    expect(page.locator("#outbox-list")).to_contain_text("没有重复计入")
    assert InspectionTrack.objects.count() == 4


# What the first version of the page left on a telephone: names and shape are a contract with every later one.
EARLIER_QUEUE = """(item) => new Promise((done, failed) => {
  const asked = indexedDB.open("yudi-field", 1);
  asked.onupgradeneeded = () => {
    const base = asked.result;
    base.createObjectStore("inspections", { keyPath: "inspection" });
    base.createObjectStore("outbox", { keyPath: "key" }).createIndex("inspection", "inspection");
    base.createObjectStore("recordings", { keyPath: "id" }).createIndex("inspection", "inspection");
    base.createObjectStore("points", { autoIncrement: true }).createIndex("recording", "recording");
    base.createObjectStore("drafts", { keyPath: "id" });
  };
  asked.onerror = failed;
  asked.onsuccess = () => {
    const writing = asked.result.transaction("outbox", "readwrite");
    writing.objectStore("outbox").put(item);
    writing.oncomplete = () => { asked.result.close(); done(); };
  };
})"""


def test_a_session_that_ended_keeps_the_queue_and_asks_to_log_in(world, phone, watch, tmp_path):
    watch.forgive("401")
    context = phone(world.walker)
    page = context.new_page()
    page.goto("/field/")
    marker, key = world.markers["1"].pk, "0b1e7b0e-6d2f-4a53-9d2a-1d2f3c4b5a69"
    page.evaluate(
        EARLIER_QUEUE,
        {"key": key, "inspection": world.inspection.pk, "user": {"id": world.walker.pk, "name": "w"}, "kind": "visit", "name": "1",
         "blob": None, "size": 0, "sha256": "", "marker": marker, "visit": None, "body": {"marker": marker, "condition": "lost"},
         "side": None, "stored": None, "state": "waiting", "error": "", "told": "", "madeAt": 1},
    )  # fmt: skip
    opened(page, world)
    arrived(page, 1)
    assert str(MarkerVisit.objects.get(condition="lost").key) == key
    page.get_by_role("button", name="清理已收到的").click()
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")
    (tmp_path / "a.gpx").write_bytes(walk(114.0, 114.02))
    page.locator("#files").set_input_files([tmp_path / "a.gpx"])
    expect(page.locator("#outbox-notice")).to_contain_text("登录已过期")
    expect(page.locator("#field-net")).to_contain_text("待传 1")
    context.add_cookies(cookies)
    page.get_by_role("button", name="现在上传").click()
    arrived(page, 1)
    assert InspectionTrack.objects.count() == 1

    # One bar of signal: the server does not answer, and the page opens with what the telephone has.
    page.route("**/about.json", lambda _route: None)
    page.reload()
    page.wait_for_selector("html[data-field-ready]")
    expect(page.locator("#field-title")).to_have_text("东西线")


def test_what_differs_at_a_marker_is_shown_and_chosen(world, phone, logged_in, watch, screenshot):
    watch.forgive("403")
    from tests.boundaries.field.world import a_visit, send_visit

    send_visit(logged_in(world.walker), world, a_visit(world, "1", "intact"))
    send_visit(logged_in(world.other), world, a_visit(world, "1", "moved", notes="移了两米"))
    page = phone(world.walker).new_page()
    opened(page, world)
    tab(page, "界桩")
    row = marker_row(page, "1")
    expect(row).to_contain_text("记录不一致")
    row.click()
    screenshot(page, "field-differing-390")
    page.context.clear_cookies(name="csrftoken")  # somebody logged in anew meanwhile: the page's token is of no use any more
    page.locator(".field-other", has_text="移位").get_by_role("button", name="以此为准").click()
    expect(page.locator("#visit-others")).to_contain_text("移位")
    expect(page.locator("#visit-others")).not_to_contain_text("不一致")
    expect(page.locator("#visit-error")).to_be_empty()
    assert MarkerVisit.objects.get(chosen_at__isnull=False).condition == "moved"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_can_be_read_and_touched(world, phone, language, screenshot):
    context = phone(world.walker, language=language, bypass_csp=True)
    page = context.new_page()
    opened(page, world)
    assert accessibility_faults(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, a, select, label.field-big, .field-three span, .field-five span')]
          .filter((one) => one.offsetParent && !one.closest('.leaflet-control'))
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, box]) => Math.min(box.height, box.width) < 47.5)
          .map(([words, box]) => `${words} ${box.width}x${box.height}`)"""
    )
    assert small == []
    page.locator("[role=tab]").nth(1).click()
    page.locator("#marker-list button").nth(1).click()
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    screenshot(page, f"field-visit-form-{language}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.locator("[role=tab]").nth(1).press("ArrowRight")
    expect(page.locator("#panel-outbox")).to_be_visible()


def test_the_app_can_be_installed(world, phone):
    page = phone(world.walker).new_page()
    page.goto("/field/")
    page.wait_for_selector("html[data-field-offline]")
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["url"].endswith("/field/app.webmanifest") and not manifest["errors"], manifest
    faults = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # Headless Chromium counts as a private window, where nothing is ever installed.
    assert [one["errorId"] for one in faults if one["errorId"] != "in-incognito"] == []


def test_what_the_desk_holds_up_waits_and_goes_when_it_is_opened_again(world, phone, watch, screenshot, tmp_path):
    """Sent for review meanwhile, taken off the line, the connection back: nothing is lost, all in plain words."""
    watch.forgive("409")
    watch.forgive("403")
    watch.forgive(OFFLINE_WORDS)
    context = phone(world.walker)
    context.clock.install()
    page = context.new_page()
    opened(page, world)
    world.inspection.state = InspectionState.REVIEWING
    world.inspection.save()
    (tmp_path / "a.gpx").write_bytes(walk(114.0, 114.02))
    page.locator("#files").set_input_files([tmp_path / "a.gpx"])
    notice = page.locator("#outbox-notice")
    expect(notice).to_contain_text("待传的 1 项都留着，不用重做")
    expect(page.locator(".field-item-waiting").get_by_role("button", name="另存")).to_be_visible()
    screenshot(page, "field-in-review-390")
    world.inspection.state = InspectionState.IN_FIELD
    world.inspection.save()
    DutyAssignment.objects.filter(user=world.walker).update(ended=timezone.now())
    page.get_by_role("button", name="现在上传").click()
    expect(notice).to_contain_text("不在这条界线的外业人员之列")
    expect(page.locator("#field-net")).to_contain_text("不能上传")
    DutyAssignment.objects.filter(user=world.walker).update(ended=None)

    # The connection is cut, and the page's clock held: only the browser's word that it is back is left to send by.
    context.set_offline(True)
    page.get_by_role("button", name="现在上传").click()
    expect(page.locator("#field-net")).to_contain_text("没有网络")
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.wait_for_timeout(300)
    assert not InspectionTrack.objects.exists()
    context.set_offline(False)
    for _turn in range(40):
        page.wait_for_timeout(50)
        if InspectionTrack.objects.exists():
            break
    page.clock.resume()
    arrived(page, 1)


def test_a_place_marked_with_a_handheld_is_taken_by_hand(world, phone, screenshot, tmp_path):
    page = phone(world.walker).new_page()
    opened(page, world)
    with zipfile.ZipFile(tmp_path / "导出.zip", "w") as archive:
        mark = '<wpt lat="33.2502" lon="114.0501"><time>2026-05-06T05:00:00Z</time><name>002</name></wpt>'
        archive.writestr("上午.gpx", walk(114.0, 114.05).decode().replace("<trk>", f"{mark}<trk>", 1))
        archive.writestr("下午.gpx", walk(114.05, 114.1))
    page.locator("#files").set_input_files([tmp_path / "导出.zip"])
    arrived(page, 1)
    work()
    expect(page.locator("#tracks li")).to_contain_text("内有 2 个轨迹文件")
    page.locator("#whole").click()
    page.get_by_role("button", name="手持机航点 002").press("Enter")
    row = page.locator("#waypoint-0")
    expect(row).to_contain_text("编号同 2 号界桩，相距 15 m")
    assert not MarkerVisit.objects.exists()
    screenshot(page, "field-waypoint-390")
    row.get_by_role("button", name="用作 2 号界桩的检查").click()
    form = page.get_by_role("dialog")
    expect(form.locator("#visit-place")).to_contain_text(re.compile("用手持机航点“002”的位置：距登记位置 1[45] m"))
    form.get_by_role("button", name="保存", exact=True).click()
    expect(form.locator("#visit-error")).to_contain_text("请先选界桩状况")
    form.get_by_role("radio", name="完好").check()
    screenshot(page, "field-waypoint-form-390")
    form.get_by_role("button", name="保存", exact=True).click()
    arrived(page, 2)
    visit = MarkerVisit.objects.get()
    assert (visit.position.coords, visit.accuracy_m) == ((114.0501, 33.2502), None)
    assert visit.visited_at == NOON + timedelta(hours=1) and visit.notes == "位置据手持机航点“002”（导出.zip）。"


@pytest.fixture
def tiles(settings, watch) -> Iterator[list[str]]:
    """A base map of the office: squares with their numbers on them, from a server of its own that lets pages read them."""
    asked: list[str] = []

    class Squares(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            sink = io.BytesIO()
            image = Image.new("RGB", (256, 256), "#dfe8d8")
            ImageDraw.Draw(image).rectangle((0, 0, 255, 255), outline="#9ab08c")
            ImageDraw.Draw(image).text((20, 120), self.path, fill="#4c5f40")
            image.save(sink, "PNG")
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(sink.getvalue())

        def log_message(self, *_args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Squares)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    settings.BASEMAP_URL = f"{host}/{{z}}/{{x}}/{{y}}.png"
    watch.allow(urlsplit(host).netloc)
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "img-src": [*policy["img-src"], host]}}
    yield asked
    server.shutdown()


def test_the_base_map_of_a_line_is_saved_and_drawn_without_a_connection(world, phone, watch, tiles, screenshot):
    watch.forgive("ERR_FAILED")  # squares that were never saved
    watch.forgive(OFFLINE_WORDS)
    context = phone(world.walker)
    page = context.new_page()
    page.goto(world.here)
    page.wait_for_selector("html[data-field-ready][data-field-offline]")
    tab(page, "上传")
    words = page.locator("#basemap-words")
    expect(words).to_contain_text("只有看过的地方有底图")
    page.get_by_role("button", name="把这条线的底图存到手机").click()
    expect(words).to_contain_text(re.compile(r"共 \d+ 张，约 \d+\.\d MB"))
    told = int(re.search(r"共 (\d+) 张", words.inner_text())[1])
    page.get_by_role("button", name="开始存").click()
    expect(words).to_contain_text(f"底图已存 {told} 张")
    screenshot(page, "field-basemap-390")
    seen = set(tiles)
    assert 60 < told < 400 and max(int(path.split("/")[1]) for path in seen) == 16

    context.set_offline(True)
    page.reload()
    page.wait_for_selector("html[data-field-ready]")
    before = len(tiles)
    for zoom in (14, 16, 18):  # nearer than anybody looked: to the squares that were only saved, and beyond them
        page.evaluate(f"map_field.setView([33.25, 114.03], {zoom}, {{animate: false}})")
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('img.leaflet-tile')].some((one) => one.naturalWidth === 256)")
    screenshot(page, "field-basemap-offline-390")
    assert len(tiles) == before, "nothing was asked for without a connection"
    tab(page, "上传")
    expect(words).to_contain_text(f"底图已存 {told} 张")
    context.set_offline(False)
    page.get_by_role("button", name="删去底图").click()
    expect(words).to_contain_text("只有看过的地方有底图")
    assert page.evaluate("caches.keys().then((all) => all.filter((one) => one.startsWith('field-saved')).length)") == 0
