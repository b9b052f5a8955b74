"""Makes the pictures of patrols in docs/signs-guide.*.md anew, from the demo county in a real Chromium as a telephone:

    scripts/test tests/browser/make_patrol_pictures.py

Not part of the test run: the file's name does not begin with test_. Look at the pictures before filing them.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page, expect

from boundaries.models import DivisionRecord
from boundaries.services import demo
from gis.accounts.models import User
from placenames.models import Sign
from placenames.signs.lists import in_division
from placenames.signs.patrols import beats_under
from tests.browser.test_sign_patrol import phone, ready, row, stand, tab  # noqa: F401  (the fixture)

IMAGES = settings.BASE_DIR / "docs" / "images"
SIZE = {"width": 390, "height": 760}


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(700)
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def _plate(path: Any) -> None:
    """A drawn street plate in front of a wall: nothing real."""
    image = Image.new("RGB", (1200, 900), "#cfc7b8")
    draw = ImageDraw.Draw(image)
    for x in range(0, 1200, 90):
        draw.line((x, 0, x, 900), fill="#bdb4a3", width=5)
    draw.rectangle((560, 300, 640, 900), fill="#8a8f93")
    draw.rectangle((250, 180, 950, 420), fill="#1c56a8", outline="white", width=14)
    draw.line((300, 350, 900, 330), fill="#123a75", width=22)
    image.rotate(6, fillcolor="#cfc7b8").filter(ImageFilter.GaussianBlur(1.4)).save(path, "JPEG")


def test_pictures(server, phone, new_context, watch, tmp_path) -> None:  # noqa: F811
    watch.forgive("400")
    demo.load_demo(other_rooms=True)
    walker = User.objects.get(username="waiye")
    county = DivisionRecord.objects.current().get(name="舆和县", valid__upper_inf=True).division_id
    townships, _roads = beats_under(walker, county)
    township = int(max(townships, key=lambda one: one["count"])["key"][1:])
    here = in_division(Sign.objects.filter(state="standing", position__isnull=False), township, timezone.localdate())
    sign = here.order_by("code")[4]
    spot = (sign.position.x + 0.0002, sign.position.y + 0.0001)
    _plate(tmp_path / "牌.jpg")
    for language, suffix in (("zh-hans", ""), ("en", "-en")):
        context = phone(walker, spot, language=language)
        page = context.new_page()
        page.set_viewport_size(SIZE)
        page.goto(reverse("sign-patrol-area", args=[f"d{township}"]))
        ready(page)
        page.locator("#locate").click()
        page.wait_for_timeout(600)
        page.locator("#locate").click()
        _take(page, f"patrol-list{suffix}")
        row(page, sign).click()
        form = page.get_by_role("dialog")
        form.locator("input[name=state][value=damaged]").check()
        form.locator("#finding-album").set_input_files(tmp_path / "牌.jpg")
        expect(form.locator("#finding-photos img")).to_have_count(1)
        form.locator("#finding-note").fill("牌面被撞歪，字还看得清")
        page.evaluate("document.activeElement.blur(); document.getElementById('finding-body').scrollTop = 0")
        _take(page, f"patrol-finding{suffix}")
        if not suffix:
            form.locator("#finding-propose").check()
            form.locator("button[type=submit]").click()
            _unlisted(page, tmp_path)
        context.close()
    desk = new_context(User.objects.get(username="diming"), viewport={"width": 1120, "height": 900}).new_page()
    desk.goto(reverse("sign-findings"))
    desk.wait_for_timeout(600)
    desk.screenshot(path=IMAGES / "patrol-office.png", animations="disabled", clip={"x": 200, "y": 52, "width": 920, "height": 840})


def _unlisted(page: Page, folder: Any) -> None:
    stand(page.context, (page.evaluate("map_patrol.getCenter().lng") + 0.001, page.evaluate("map_patrol.getCenter().lat")))
    page.locator("[role=tab]").nth(1).click()
    page.locator("#new-sign").click()
    page.locator("#finding-name").fill("望湖小区")
    page.locator("#finding-type").select_option("compound")
    page.get_by_role("dialog").locator("input[name=state][value=standing]").check()
    expect(page.locator("#finding-place")).to_contain_text("位置")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    tab(page, "上传")
    expect(page.locator(".field-item-arrived")).to_have_count(3)
    _take(page, "patrol-sent")
