"""The workbench in a real browser: from a unit to a saved draft, by mouse, by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from boundaries.models import Decision, DivisionRecord
from boundaries.services import demo
from gis.accounts.models import User

DAY = date(2027, 1, 1)


@pytest.fixture
def officer(server: Any) -> User:
    demo.load_demo()
    return User.objects.get(username="quhua")


def unit(name: str) -> int:
    return DivisionRecord.objects.on(DAY).get(name=name).division_id


def open_workbench(page: Page, name: str, more: str = "") -> None:
    page.goto(f"/workbench/?unit={unit(name)}&on={DAY}{more}")
    page.wait_for_selector("html[data-map-ready]")


def previewed(page: Page) -> None:
    page.wait_for_selector(".wb-status.done")


def test_from_a_unit_to_a_saved_draft_in_one_click(
    officer: User, office_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
    page = office_page(officer)
    open_workbench(page, "望岫乡")
    screenshot(page, "workbench-new")
    page.get_by_role("button", name="撤乡设镇").click()
    expect(page.get_by_label("新名称")).to_have_value("望岫镇")
    previewed(page)
    page.wait_for_load_state("networkidle")
    screenshot(page, "workbench-town")
    page.get_by_role("tab", name="变更结果").click()
    screenshot(page, "workbench-town-results")
    page.get_by_role("tab", name="规则核对").click()
    screenshot(page, "workbench-town-findings")
    page.get_by_role("tab", name="材料与影响").click()
    screenshot(page, "workbench-town-dossier")
    page.get_by_role("button", name="前后对照").click()
    page.wait_for_timeout(500)
    screenshot(page, "workbench-town-compare")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    decision = Decision.objects.get()
    assert page.url.endswith(f"/decisions/{decision.pk}/workbench/")
