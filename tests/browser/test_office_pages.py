"""The office's own pages at a desk and on a phone, in both languages."""

from __future__ import annotations

import pytest

from boundaries.models import Level
from gis.accounts import services
from gis.accounts.models import Duty
from gis.jobs.models import Job, JobState
from tests.browser.conftest import DESK, PHONE
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
