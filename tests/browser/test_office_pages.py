"""The office's own pages at a desk and on a phone, in both languages."""

from __future__ import annotations

import pytest

from boundaries.models import Level
from gis.accounts import services
from gis.accounts.models import Duty
from gis.jobs.models import Job, JobState
from tests.browser.conftest import DESK, PHONE
from tests.browser.steps import accessibility_faults
from tests.factories import make_division, make_user

VIEWS = [("desk", DESK), ("phone", PHONE)]


@pytest.fixture
def administrator(transactional_db):
    county = make_division("演示县", Level.COUNTY, code="419901")
    user = make_user("guanli", (Duty.ADMINISTRATOR, None), (Duty.AUDITOR, None), display_name="郑管理", organisation="演示县民政局")
    officer, _password = services.create_user(user, "qiwei", display_name="齐威", organisation="演示县民政局")
    services.assign_duty(user, officer, Duty.DIVISION_OFFICER, county.pk)
    services.update_user(user, officer, display_name="齐威", organisation="演示县民政局区划地名科")
    services.set_active(user, services.create_user(user, "liwen", display_name="李文")[0], False, "调离")
    Job.objects.create(kind="test", title="导入 2,586 条区划代码", owner=user, state=JobState.RUNNING, done=40, total=100)
    return user


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("view", "viewport"), VIEWS)
def test_pages_fit_and_look_right(office_page, screenshot, administrator, view, viewport, language):
    page = office_page(administrator, viewport=viewport, language=language)
    for name, address in {
        "home": "/",
        "people": "/people/",
        "person": f"/people/{administrator.pk + 1}/",
        "duty": f"/people/{administrator.pk + 1}/duties/new/",
        "audit": "/audit/",
        "jobs": "/jobs/",
        "password": "/password/",
    }.items():
        assert page.goto(address).status == 200, address
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        screenshot(page, f"office-{name}-{view}-{language}")
        assert overflow <= 0, f"{address} is {overflow} px wider than the screen"


@pytest.mark.parametrize(("view", "viewport"), VIEWS)
def test_log_in_page(office_page, screenshot, db, view, viewport):
    page = office_page(viewport=viewport)
    page.goto("/")
    screenshot(page, f"office-login-{view}")
    assert page.locator("h1").inner_text() == "登录"


def test_logging_in_by_hand(office_page, screenshot, watch, administrator):
    watch.forgive("422")
    page = office_page()
    page.goto("/people/")
    assert "请先登录" in page.inner_text("main")
    page.fill("#id_username", "guanli")
    page.fill("#id_password", "falsch")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice-error")
    screenshot(page, "office-login-wrong")
    page.fill("#id_password", "correct horse 演示")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")
    page.click("text=郑管理 >> nth=0")
    page.click("button.dropdown-item:has-text('退出')")
    page.wait_for_url("**/login/")


def test_the_language_is_switched_with_one_click_and_stays(office_page, administrator):
    page = office_page(administrator)
    page.goto("/people/?q=qi")
    page.click("button:has-text('English')")
    page.wait_for_selector("h1:has-text('People and duties')")
    assert page.url.endswith("/people/?q=qi")
    page.goto("/audit/")
    assert page.inner_text("h1") == "Audit trail"


def test_a_duty_is_assigned_by_searching_for_the_area(office_page, screenshot, administrator):
    page = office_page(administrator)
    page.goto(f"/people/{administrator.pk + 1}/duties/new/")
    page.select_option("#id_duty", "reviewer")
    page.type("input[type=search]", "演示")
    page.check("label:has-text('419901') input")
    screenshot(page, "office-duty-search-desk")
    page.click("button:has-text('分配')")
    page.wait_for_selector(".notice-success")
    assert "审核" in page.inner_text(".rows")


def test_the_job_page_follows_the_job_and_survives_a_reload(office_page, screenshot, administrator):
    job = Job.objects.get()
    page = office_page(administrator)
    page.goto(f"/jobs/{job.pk}/")
    page.wait_for_selector("text=40 / 100")
    Job.objects.filter(pk=job.pk).update(done=80, message="正在核对第 80 个单元")
    page.wait_for_selector("text=80 / 100")
    page.reload()
    page.wait_for_selector("text=正在核对第 80 个单元")
    screenshot(page, "office-job-desk")
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, message="全部核对完毕。")
    page.wait_for_selector("text=全部核对完毕。")
    assert page.locator("#job-progress[hx-trigger]").count() == 0


def test_the_menu_is_a_drawer_on_a_phone_and_opens_by_keyboard(office_page, screenshot, administrator):
    page = office_page(administrator, viewport=PHONE)
    page.goto("/")
    assert not page.is_visible("nav .menu-entry >> nth=0")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("nav .menu-entry >> nth=0", state="visible")
    page.wait_for_timeout(400)  # the drawer slides in
    screenshot(page, "office-menu-phone")
    page.keyboard.press("Escape")
    page.wait_for_selector("nav .menu-entry >> nth=0", state="hidden")


def test_everything_touched_is_44_pixels_high_on_a_phone(office_page, administrator):
    page = office_page(administrator, viewport=PHONE)
    for address in ("/", "/people/", f"/people/{administrator.pk + 1}/", "/audit/"):
        page.goto(address)
        small = page.evaluate(
            """() => [...document.querySelectorAll('main :is(button, .btn, select, input:not([type=hidden])), header button')]
                .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
                .map(e => e.outerHTML.slice(0, 80) + ' ' + e.getBoundingClientRect().height)"""
        )
        assert not small, f"{address}: {small}"


def test_without_connection_the_reader_is_told(office_page, watch, administrator):
    for words in ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"):
        watch.forgive(words)
    page = office_page(administrator)
    page.goto(f"/people/{administrator.pk + 1}/duties/new/")
    page.context.set_offline(True)
    page.type("input[type=search]", "演示")
    page.wait_for_selector("#toasts .notice")
    assert "连接不上服务器" in page.inner_text("#toasts")


@pytest.mark.parametrize("address", ["/no-such-page/", "/people/999999/"])
def test_errors_look_like_the_office(office_page, screenshot, watch, administrator, address):
    watch.forgive("404")
    page = office_page(administrator)
    page.goto(address)
    screenshot(page, "office-error-desk")
    assert page.inner_text("h1") == "找不到"


def test_the_first_page_of_an_empty_register_says_what_to_do(office_page, screenshot, transactional_db):
    page = office_page(make_user("first", (Duty.ADMINISTRATOR, None), display_name="郑管理"))
    page.goto("/")
    assert "还没有区划数据" in page.inner_text("main")
    screenshot(page, "office-home-empty-desk")


@pytest.mark.parametrize(("view", "viewport"), VIEWS)
def test_axe_finds_no_fault(office_page, administrator, view, viewport):
    """Contrast, names, roles, labels: what WCAG 2.1 AA asks and a machine can check."""
    page = office_page(administrator, viewport=viewport, bypass_csp=True)
    for address in (
        "/",
        "/people/",
        f"/people/{administrator.pk + 1}/",
        f"/people/{administrator.pk}/duties/new/",
        "/audit/",
        "/password/",
    ):
        page.goto(address)
        faults = accessibility_faults(page)
        assert not faults, f"{address}: {faults}"


def test_the_watch_sees_a_request_to_another_host(office_page, watch, administrator):
    """What every browser test relies on: a request that leaves the machine does not go unnoticed."""
    page = office_page(administrator, bypass_csp=True)
    page.goto("/")
    page.evaluate("fetch('http://192.0.2.1:9/beacon', {signal: AbortSignal.timeout(200)}).catch(() => null)")
    assert [wrong for wrong in watch.wrong if wrong.startswith("request to another host: http://192.0.2.1:9/beacon")]
    watch.wrong.clear()


def test_the_watch_sees_errors_of_the_page(office_page, watch, administrator):
    page = office_page(administrator)
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('on purpose') })")
    page.evaluate("console.error('said so')")
    page.wait_for_timeout(100)
    assert any("on purpose" in wrong for wrong in watch.wrong) and any("said so" in wrong for wrong in watch.wrong)
    watch.wrong.clear()
