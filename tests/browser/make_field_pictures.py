"""Makes the pictures of docs/field-guide.*.md anew, of a made-up line in a real Chromium as a telephone:

    scripts/test tests/browser/make_field_pictures.py

Not part of the test run: the file's name does not begin with test_. Look at the pictures before filing them.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from tests.boundaries.field.world import MARKERS, a_visit, photo, send_track, send_visit, walk, work
from tests.browser.test_field import PLACES, opened, phone, world  # noqa: F401  (the fixtures)

IMAGES = settings.BASE_DIR / "docs" / "images"
SIZE = {"width": 390, "height": 760}


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(700)
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def test_pictures(world, phone, logged_in, tmp_path) -> None:  # noqa: F811
    for language, suffix in (("zh-hans", ""), ("en", "-en")):
        context: BrowserContext = phone(world.walker, language=language)
        page = context.new_page()
        page.set_viewport_size(SIZE)
        opened(page, world)
        _walk(context, page, suffix)
        _visit(page, tmp_path, suffix)
        context.close()
    _result(world, phone, logged_in)


def _walk(context: BrowserContext, page: Page, suffix: str) -> None:
    page.locator("#record").click()
    expect(page.locator("#record-facts")).to_contain_text(re.compile(r"1 (点|points)"))
    for number, (lon, lat) in enumerate(PLACES[1:8], 2):
        context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 5})
        expect(page.locator("#record-facts")).to_contain_text(re.compile(rf"\b{number} (点|points)"))
    page.locator("#locate").click()
    _take(page, f"field-walk{suffix}")
    page.locator("#whole").click()


def _visit(page: Page, folder: Any, suffix: str) -> None:
    page.locator("[role=tab]").nth(1).click()
    page.locator("#marker-list button").first.click()
    form = page.get_by_role("dialog")
    form.locator("input[name=condition][value=damaged]").check()
    form.locator("input[name=check-position][value=yes]").check()
    picture = folder / "1.jpg"
    picture.write_bytes(photo(MARKERS["1"], size=(800, 600)))
    form.locator("#visit-album").set_input_files(picture)
    expect(form.locator("#visit-photos img")).to_have_count(1)
    _take(page, f"field-visit{suffix}")


def _result(world: Any, phone: Any, logged_in: Any) -> None:  # noqa: F811
    client = logged_in(world.walker)
    send_track(client, world, walk(114.0, 114.045))
    send_track(logged_in(world.other), world, walk(114.07, 114.1))
    send_visit(client, world, a_visit(world, "1", "damaged"))
    work()
    for language, suffix in (("zh-hans", ""), ("en", "-en")):
        page = phone(world.walker, language=language).new_page()
        page.set_viewport_size(SIZE)
        opened(page, world)
        page.locator("#locate").click()
        expect(page.locator("#go-back button").first).to_contain_text(re.compile("km"))
        expect(page.locator("#field-notice")).to_be_hidden()
        page.locator("#whole").click()
        page.locator("#panel-walk").evaluate("(one) => (one.parentElement.scrollTop = 110)")
        _take(page, f"field-result{suffix}")
        page.context.close()
