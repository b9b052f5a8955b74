"""One change from the map to the register and back: workbench, case and dossier, review, enacting, two days compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from boundaries.models import DivisionCode, DivisionRecord
from boundaries.rules.consultation import DEPARTMENTS
from boundaries.rules.dossier import DOCUMENT_CLASSES
from gis.accounts.models import User
from tests.browser.steps import accessibility_faults, dossier_files, find_on_map, open_map
from tests.demo_county import demo_county

STATED = {
    "文号": "豫民行批〔2026〕88号",
    "批准机关": "河南省民政厅",
    "正文": "同意撤销麦垄乡，设立麦垄镇，实行镇管村体制，所辖行政区域和政府驻地不变。",
    "方案制订机关": "舆和县人民政府",
}


@pytest.fixture
def people(server: Any) -> dict[str, User]:
    demo_county(joint_work=False)
    return {name: User.objects.get(username=name) for name in ("quhua", "shenhe")}


def file_dossier(page: Page, folder: Path) -> None:
    files = dossier_files(folder)
    for document in DOCUMENT_CLASSES.values():
        if not document.required:
            continue
        row = page.locator(f"#document-{document.id}")
        row.locator("details.attach > summary").click()
        row.get_by_label("文件", exact=True).set_input_files(files[document.zh])
        for box in row.get_by_role("checkbox").all():
            box.check()
        row.get_by_role("button", name="加入", exact=True).click()
        expect(page.locator(f"#document-{document.id}").get_by_text("已交")).to_be_visible()


def state_the_case(page: Page, day: str) -> None:
    page.get_by_role("link", name="批复与办理情况").click()
    for label, words in STATED.items():
        page.get_by_label(label).first.fill(words)
    page.get_by_label("批准日期").fill(day)
    for section in ("审批", "代码"):
        page.locator("summary").filter(has_text=re.compile(f"^\\s*{section}")).click()
    page.get_by_label("以部门名义批复的依据").fill("经省人民政府同意")
    page.get_by_label("乡级代码由谁确定").select_option("省民政厅")
    page.get_by_label("确定代码的文号").fill("豫民函〔2026〕9号")
    for number in range(len(DEPARTMENTS)):
        page.locator("table.opinions").first.locator("tbody tr").nth(number).get_by_role("textbox").first.fill("已回复，无意见")
    page.get_by_role("button", name="保存").click()


def step(page: Page, name: str, note: str = "") -> None:
    page.get_by_role("region", name="下一步").get_by_text(re.compile(f"^\\s*{name}…\\s*$")).click()
    form = page.locator("form").filter(has=page.get_by_role("button", name=f"确认{name}"))
    if note:
        form.get_by_role("textbox").fill(note)
    form.get_by_role("button", name=f"确认{name}").click()


def test_a_change_from_the_map_to_the_register_and_back(
    people: dict[str, User],
    office_page: Callable[..., Page],
    new_context: Callable[..., BrowserContext],
    screenshot: Callable[..., Any],
    tmp_path: Path,
    watch: Any,
) -> None:
    watch.forgive("409")  # a refusal is part of the way
    today = timezone.localdate()
    effective = today + timedelta(days=30)
    page = office_page(people["quhua"], bypass_csp=True)
    open_map(page)
    panel = find_on_map(page, "麦垄", "麦垄乡")
    panel.get_by_role("link", name="起草变更").click()
    page.wait_for_selector("html[data-map-ready]")
    page.get_by_role("button", name="撤乡设镇").click()
    expect(page.get_by_label("新名称")).to_have_value("麦垄镇")
    page.get_by_label("生效日期").fill(effective.isoformat())
    page.wait_for_selector(".wb-status.done")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wb-saved")).to_contain_text("已保存")
    page.get_by_role("link", name="方案页").click()

    expect(page.get_by_role("heading", name="规则核对")).to_be_visible()
    expect(page.locator("#findings")).to_contain_text("没有写明审批机关")
    assert accessibility_faults(page) == []
    step(page, "送审", "先看看缺什么")
    expect(page.locator("#refusal")).to_contain_text("缺少第1类材料")
    state_the_case(page, today.isoformat())
    file_dossier(page, tmp_path)
    screenshot(page, "decision-ready", full=True)
    step(page, "送审")
    expect(page.get_by_text("送审中").first).to_be_visible()

    theirs = new_context(people["shenhe"], bypass_csp=True).new_page()
    theirs.goto(page.url)
    theirs.get_by_label("提出意见").fill("请核对驻地。")
    theirs.get_by_role("button", name="提交意见").click()
    expect(theirs.locator("#comments")).to_contain_text("请核对驻地。")
    expect(theirs.locator(".plan-table")).to_contain_text("417021106")
    step(theirs, "实施")
    expect(theirs.get_by_text("已实施，登记已更新。")).to_be_visible()
    expect(theirs.get_by_role("heading", name="期限与后续")).to_be_visible()
    assert accessibility_faults(theirs) == []
    screenshot(theirs, "decision-enacted", full=True)
    town = DivisionRecord.objects.on(effective).get(name="麦垄镇")
    assert DivisionCode.objects.on(effective).get(division=town.division_id).code == "417021106"

    page.goto(f"/compare/?from={today}&to={effective}")
    rows = page.locator("main").get_by_role("row").filter(has_text="麦垄")
    expect(rows.first).to_be_visible()
    expect(page.locator("main")).to_contain_text("豫民行批〔2026〕88号")
    page.wait_for_load_state("networkidle")
    screenshot(page, "compare-after-enacting")

    page.goto(f"/divisions/{town.division_id}/?on={effective}")
    expect(page.get_by_role("main")).to_contain_text("豫民行批〔2026〕88号")
    page.goto("/due/")
    expect(page.get_by_role("main")).to_contain_text("豫民行批〔2026〕88号")
    screenshot(page, "due-after-enacting")
    with page.expect_download() as dossier:
        page.goto(f"/decisions/{theirs.url.rstrip('/').split('/')[-1]}/")
        page.locator("details.export > summary").click()
        page.get_by_role("button", name="申报材料包（zip）").click()
    assert dossier.value.suggested_filename.endswith(".zip")
