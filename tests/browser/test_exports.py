"""Taking things away by the page: the yearly table and the lists of codes, at a desk and on a phone."""

from __future__ import annotations

import pytest

from boundaries.models import Division, DivisionRecord, TownshipCodeList
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty
from tests.boundaries.changes.test_enacting import DAY, unit
from tests.boundaries.decided import stated
from tests.browser.conftest import DESK, PHONE
from tests.demo_county import demo_county
from tests.factories import make_user


@pytest.fixture
def chief(transactional_db):
    demo_county(joint_work=False)
    new = {"ref": "town", "name": "麦垄镇", "type": "town"}
    act = ActEntry("change_type", {"unit": unit("麦垄乡"), "new": new})
    decision = decisions.create_draft(None, Division.objects.get(pk=unit("演示市")), [act], **stated(DAY))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint, reason="试验", redraw=False)
    assert DivisionRecord.objects.on(DAY).filter(name="麦垄镇").exists()
    return make_user("chief", (Duty.DIVISION_OFFICER, None), display_name="齐威")


def test_the_yearly_table_and_the_lists_of_codes(office_page, screenshot, chief):
    for view, viewport, language in (("desk", DESK, "zh-hans"), ("phone", PHONE, "zh-hans"), ("desk-en", DESK, "en")):
        page = office_page(chief, viewport=viewport, language=language)
        for name, address in {"yearly": "/changes/?year=2026", "codes": "/code-lists/"}.items():
            assert page.goto(address).status == 200
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            screenshot(page, f"exports-{name}-{view}")
            assert overflow <= 0, f"{address} is {overflow} px wider than the screen"
        if view == "desk":
            page.get_by_role("button", name="生成代码表").click()
            page.get_by_role("link", name="下载").first.wait_for()
            with page.expect_download() as waiting:
                page.get_by_role("link", name="下载").first.click()
            assert waiting.value.suggested_filename == TownshipCodeList.objects.get().file.name
            page.goto("/changes/?year=2026")
            with page.expect_download() as waiting:
                page.get_by_role("link", name="下载").click()
            assert waiting.value.suggested_filename.endswith("县以下行政区划变更情况.xlsx")
