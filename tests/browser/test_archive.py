"""The archive in a browser: a visitor reads a name's page and suggests a correction; staff answer, write and publish."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import Page, expect

from gis.accounts.models import User
from gis.crs import CGCS2000
from placenames.archive_subject import key_for
from placenames.models import PlaceName, Suggestion
from placenames.services import archive_media, search_index
from tests.browser.conftest import PHONE
from tests.browser.steps import accessibility_faults
from tests.placenames.archive_world import NAME, make_world, public_record, publish

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def world(server: Any) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from placenames.demo.sounds import hummed

    made = make_world()
    upload = SimpleUploadedFile("音.wav", hummed(["zhi1", "zi", "wu4"]))
    for at, name in enumerate(("栀子坞桥", "栀子坞渡", "栀子坞寨", "栀子坞铺")):  # so near that their names cannot all stand
        where = Point(113.519 + at * 0.0015, 33.9035 + at * 0.0006, srid=CGCS2000)
        public_record(PlaceName.objects.create(), name, made.record.source, made.county, where)
    publish(made, archive_media.add_media(made.writer, made.place, upload, "audio", archive_media.Told("读音")))
    search_index.rebuild()
    return made


OVERLAPS = """() => {
  const seen = [...document.querySelectorAll('.name-label')].filter((one) => getComputedStyle(one).visibility === 'visible');
  const boxes = seen.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return [seen.map((one) => one.textContent), boxes.flatMap(([a, one], at) => boxes.slice(at + 1)
    .filter(([, other]) => meet(one, other)).map(([b]) => [a, b]))];
}"""


def names_on_the_map(page: Page) -> list[str]:
    """Those in sight, none of which lies on another; what the page is about is always among them."""
    expect(page.locator(".name-label.own")).to_be_visible()
    told, overlaps = page.evaluate(OVERLAPS)
    assert overlaps == [] and NAME in told, told
    return list(told)


def test_from_the_search_to_a_suggestion_and_its_answer(world, new_context, office_page, screenshot):
    visitor = new_context(bypass_csp=True).new_page()
    visitor.goto("/names/")
    visitor.get_by_role("combobox", name="地名").fill("zhiziwu")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("link", name=NAME, exact=True)).to_be_visible()
    assert accessibility_faults(visitor) == []
    visitor.get_by_role("link", name=NAME, exact=True).click()
    expect(visitor.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    expect(visitor.locator(".name-pin")).to_be_visible()
    assert len(names_on_the_map(visitor)) > 2
    hidden = visitor.locator(".name-label.label-hidden").first
    expect(hidden).to_be_hidden()
    visitor.get_by_role("button", name=hidden.text_content() or "", exact=True).first.hover()
    expect(hidden).to_be_visible()
    visitor.get_by_role("region", name="历代名称与写法").get_by_label("哪一年叫什么").fill("1500")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("status").filter(has_text="1500 年见于记录的叫法")).to_contain_text(world.told["form", "text"])
    length = visitor.locator("audio").evaluate(
        "one => { one.preload = 'auto'; one.load(); return new Promise(done => one.onloadedmetadata = () => done(one.duration)); }"
    )
    assert 1 < length < 3
    copied = visitor.get_by_role("button", name="复制 GB/T 7714")
    copied.click()
    expect(visitor.locator("#copy-status")).to_have_text("已复制")
    assert accessibility_faults(visitor) == []
    screenshot(visitor, "archive-name-1366", full=True)

    phone = new_context(viewport=PHONE, has_touch=True, is_mobile=True, bypass_csp=True, language="en").new_page()
    phone.goto(f"/names/{key_for(world.place)}/")
    assert phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert accessibility_faults(phone) == []
    names_on_the_map(phone)
    title = phone.get_by_role("heading", level=1, name=NAME).bounding_box()
    assert title and title["x"] >= 0 and title["x"] + title["width"] <= PHONE["width"] and title["y"] < 200
    expect(phone.get_by_role("navigation", name="办理")).to_have_count(0)
    screenshot(phone, "archive-name-390", full=True)

    visitor.get_by_role("link", name="提建议").first.click()
    visitor.get_by_label("关于").select_option(label="来历")
    visitor.get_by_label("建议", exact=True).fill("县志另有一说，请核对。")
    visitor.get_by_role("button", name="提交").click()
    expect(visitor.get_by_role("status").filter(has_text="建议已收到")).to_be_visible()
    expect(visitor.get_by_text(Suggestion.objects.get().number)).to_be_visible()

    writer = office_page(User.objects.get(username="writer"), bypass_csp=True)
    writer.goto(f"/names/{key_for(world.place)}/")
    writer.get_by_role("navigation", name="办理").get_by_role("link", name="登记资料").click()
    expect(writer.get_by_role("heading", level=1, name="登记资料")).to_be_visible()
    writer.goto("/archive/")
    writer.get_by_role("region", name="读者建议").get_by_role("link", name=NAME).click()
    writer.get_by_label("答复（读者凭编号看到）").fill("已采纳。")
    writer.get_by_role("button", name="采纳", exact=True).click()
    writer.get_by_role("link", name="据此起草").click()
    writer.get_by_label("正文").fill("县志另有一说：栀子满坞，故名。")
    writer.get_by_role("button", name="保存并提交审核").click()
    assert accessibility_faults(writer) == []
    screenshot(writer, "archive-room", full=True)
    reviewer = office_page(User.objects.get(username="reviewer"))
    reviewer.goto(f"/archive/{key_for(world.place)}/")
    reviewer.get_by_role("region", name="来历").get_by_role("button", name="公开", exact=True).click()
    expect(reviewer.get_by_role("status").filter(has_text="已办理")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("已采纳，正在改稿")).to_be_visible()
    visitor.get_by_role("link", name="回到这个地名").click()
    expect(visitor.get_by_text("县志另有一说：栀子满坞，故名。")).to_be_visible()
    for page in (visitor, phone, writer, reviewer):  # pictures still on their way would meet the emptying of the tables
        page.wait_for_load_state("networkidle")
