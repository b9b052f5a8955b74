"""From a deadline on the first page to the closed case, as an officer and a reviewer do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from boundaries.models import Decision, DecisionFollowUp, Division, DivisionCode
from boundaries.services import decisions
from gis.accounts.models import Duty, User
from tests.boundaries.decided import stated
from tests.boundaries.follow_ups.conftest import to_town, unit
from tests.browser.conftest import PHONE
from tests.browser.steps import go_by_menu
from tests.demo_county import demo_county
from tests.factories import make_user

# Long enough ago that the code is overdue, and in force after the demo county's last change.
APPROVED = timezone.localdate() - timedelta(days=60)


@pytest.fixture
def enacted(server: Any) -> Decision:
    demo_county(joint_work=False)
    county = Division.objects.get(pk=unit("舆和县", APPROVED))
    fields = stated(APPROVED, approved_on=APPROVED, title="关于同意撤销麦垄乡设立麦垄镇的批复", case={})
    draft = decisions.create_draft(None, county, [to_town("麦垄乡", APPROVED)], **fields)
    return decisions.enact(None, draft, decisions.preview(None, draft).fingerprint, reason="试验")


@pytest.fixture
def people(enacted: Decision) -> dict[Duty, User]:
    return {
        duty: make_user(duty, (duty, enacted.area), display_name=str(duty.label)) for duty in (Duty.DIVISION_OFFICER, Duty.REVIEWER)
    }


def record(page: Page, line: str, label: str, value: str, **more: str) -> None:
    row = page.get_by_role("listitem").filter(has=page.get_by_text(line, exact=True))
    row.locator("summary").click()
    for name, text in ({label: value} | more).items():
        row.get_by_label(name, exact=True).fill(text)
    row.get_by_role("button", name="保存").click()


def test_a_case_is_followed_up_and_closed(
    enacted: Decision, people: dict[Duty, User], office_page: Callable[..., Page], screenshot: Callable[..., Path], watch: Any
) -> None:
    page = office_page(people[Duty.DIVISION_OFFICER])
    page.goto("/")
    expect(page.get_by_role("link", name="已逾期的期限")).to_contain_text("1")
    screenshot(page, "due-home")
    go_by_menu(page, "期限")
    expect(page.get_by_role("row").filter(has_text="确定并公布行政区划代码")).to_contain_text("已逾期")
    expect(page.get_by_role("region", name="各县（市、区）件数").get_by_role("row").filter(has_text="舆和县")).to_be_visible()
    screenshot(page, "due-page", full=True)
    page.get_by_role("link", name="确定并公布行政区划代码").click()
    screenshot(page, "follow-up-open", full=True)

    # The code: the suggestion is asked for, then what the document says is recorded.
    today = timezone.localdate().isoformat()
    page.get_by_role("button", name="填入建议代码").click()
    expect(page.get_by_label("麦垄镇的代码")).to_have_value("417021106")
    page.get_by_label("确定代码的文号").last.fill("豫民文〔2026〕9号")
    page.get_by_label("公布日期（未公布的留空）").fill(today)
    page.get_by_role("button", name="登记代码").click()
    expect(page.get_by_text("代码已登记，自批复生效之日起有效。")).to_be_visible()
    assert DivisionCode.objects.current().filter(code="417021106", division=unit("麦垄镇", APPROVED)).exists()

    # A day to come is refused where it was typed, and said in words.
    watch.forgive("422")
    record(page, "完成变更", "完成变更日期", (timezone.localdate() + timedelta(days=1)).isoformat())
    expect(page.locator("#follow-up").get_by_role("alert")).to_contain_text("不能晚于今天")
    screenshot(page, "follow-up-refused")
    row = page.get_by_role("listitem").filter(has=page.get_by_text("完成变更", exact=True))
    row.get_by_label("完成变更日期").fill(today)
    row.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已登记。")).to_be_visible()
    record(page, "向审批机关报告完成情况", "报告审批机关日期", today, 报告文号="舆政文〔2026〕3号")
    expect(page.get_by_text("舆政文〔2026〕3号")).to_be_visible()
    rest = {
        "向社会公告": "公告日期",
        "行政区划标准样图": "标准样图更新日期",
        "勘界资料": "勘界资料归档日期",
        "变更效果评估": "效果评估日期",
    }
    for line, label in rest.items():
        record(page, line, label, today)
        expect(page.get_by_role("listitem").filter(has=page.get_by_text(line, exact=True))).to_contain_text(today)
    expect(page.get_by_text("由审核人员结案。")).to_be_visible()
    screenshot(page, "follow-up-done", full=True)

    reviewer = office_page(people[Duty.REVIEWER])
    reviewer.goto("/due/")
    reviewer.get_by_role("link", name="结案").click()
    # The code was published after its month: a reason is asked for.
    watch.forgive("422")
    reviewer.get_by_label("理由（有须说明的事项）").fill("省厅批文晚到，已说明")
    reviewer.get_by_role("button", name="结案").click()
    expect(reviewer.get_by_text("已结案。")).to_be_visible()
    screenshot(reviewer, "follow-up-closed", full=True)
    assert DecisionFollowUp.objects.get().closed_by == people[Duty.REVIEWER]
    reviewer.goto("/due/")
    expect(reviewer.get_by_role("heading", name="期限", level=1)).to_be_visible()
    expect(reviewer.get_by_role("link", name="结案")).to_have_count(0)


def test_by_keyboard_on_a_phone_and_in_english(
    enacted: Decision, people: dict[Duty, User], office_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    page = office_page(people[Duty.DIVISION_OFFICER], viewport=PHONE)
    page.goto("/due/")
    screenshot(page, "due-phone", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto(f"/decisions/{enacted.pk}/follow-up/")
    screenshot(page, "follow-up-phone", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    row = page.get_by_role("listitem").filter(has=page.get_by_text("备注", exact=True))
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("已通知镇政府")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已通知镇政府").first).to_be_visible()
    assert DecisionFollowUp.objects.get().notes == "已通知镇政府"

    english = office_page(people[Duty.DIVISION_OFFICER], language="en")
    english.goto("/due/")
    screenshot(english, "due-en", full=True)
    english.goto(f"/decisions/{enacted.pk}/follow-up/")
    screenshot(english, "follow-up-en", full=True)
