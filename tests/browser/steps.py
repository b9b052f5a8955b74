"""What a person does in the office's pages, by what is written there: shared by the tests and by the guide's pictures."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services.demo import PASSWORD

REASON = "没有现行的正式标准。按2008年试行标准测算已达到，请审批机关裁量。"
PLAN = {
    "行政区域界线": "所辖行政区域不变",
    "政府驻地": "政府驻地不变，驻青箬村",
    "方案制订机关": "舆和县人民政府",
    "原区域归属": "以原青箬乡的行政区域为青箬镇的行政区域",
    "变更理由": "2025年末总人口、驻地人口、财政收入、建成区面积等均达到试行标准。",
    "基本情况": "青箬乡位于舆和县北部，地形平原，面积102.74平方公里。",
}


def log_in(page: Page, username: str) -> None:
    page.goto("/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="待办")).to_be_visible()


def go_by_menu(page: Page, entry: str) -> None:
    """Opens the group the entry stands in, if it is closed."""
    menu = page.get_by_role("navigation", name="主菜单")
    closed = menu.locator("details:not([open])").filter(has=page.get_by_text(entry, exact=True))
    if closed.count():
        closed.locator("summary").click()
    menu.get_by_role("link", name=entry).click()


def settle(page: Page) -> None:
    """Until every square of the map in sight is painted."""
    page.wait_for_selector("html[data-map-ready]")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('canvas.leaflet-tile')];"
        " const shown = (tile) => tile.classList.contains('leaflet-tile-loaded') && tile.style.opacity === '1';"
        " return all.length > 0 && all.every(shown) && !document.querySelector('.leaflet-zoom-anim'); }"
    )
    page.wait_for_timeout(300)  # the squares are repainted with colours that arrived later


def painted_squares(page: Page) -> set[str]:
    """Where on the screen a square of the map shows anything at all."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('canvas.leaflet-tile')].filter((square) => square.width && square.getContext('2d')
            .getImageData(0, 0, square.width, square.height).data.some((value, at) => at % 4 === 3 && value > 0))
          .map((square) => square.getBoundingClientRect()).map((box) => `${Math.round(box.x / 8)} ${Math.round(box.y / 8)}`)"""
    )
    return set(found)


def accessibility_faults(page: Page) -> list[tuple[str, list[str]]]:
    """What WCAG 2.1 AA asks and a machine can check (axe-core); the page's context must bypass its CSP."""
    page.add_script_tag(path=settings.STATE_DIR / "npm" / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    return [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found["violations"]]


def open_map(page: Page) -> None:
    page.goto("/map/")
    settle(page)


def panel_of(page: Page) -> Locator:
    return page.get_by_role("complementary", name="区划资料")


def find_on_map(page: Page, text: str, choose: str) -> Locator:
    """Types `text` into the search, takes the answer whose name is exactly `choose`; gives the panel."""
    search = page.get_by_role("combobox", name="按名称或代码查找")
    search.fill(text)
    page.get_by_role("option").filter(has=page.get_by_text(choose, exact=True)).first.click()
    panel = panel_of(page)
    expect(panel.get_by_role("heading", name=choose)).to_be_visible()
    settle(page)
    return panel


def fill_plan(page: Page, plan: dict[str, str] = PLAN) -> None:
    for label, words in plan.items():
        page.get_by_label(label).fill(words)


def a_pdf(path: Path, title: str) -> Path:
    """A one-page PDF that every reader opens."""
    content = f"BT /F1 18 Tf 72 760 Td ({title}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(out),
    )
    path.write_bytes(out)
    return path


def dossier_files(folder: Path) -> dict[str, Path]:
    """One PDF for each class of documents that an application must have, by the class's Chinese words."""
    return {
        one.zh: a_pdf(folder / f"{one.number}-{re.split('[（(]', one.zh)[0]}.pdf", f"Document {one.number}")
        for one in DOCUMENT_CLASSES.values()
        if one.required
    }


def document_row(page: Page, words: str) -> Locator:
    return page.get_by_role("region", name="申报材料").get_by_role("listitem").filter(has_text=words)


def attach(page: Page, words: str, path: Path) -> None:
    """Adds the file to its class and ticks everything it is asked to contain."""
    row = document_row(page, words)
    row.get_by_text("加入文件").click()
    row.get_by_label("文件", exact=True).set_input_files(path)
    for box in row.get_by_role("checkbox").all():
        box.check()
    row.get_by_role("button", name="加入", exact=True).click()
    expect(document_row(page, words).get_by_text("已交")).to_be_visible()


def step(page: Page, name: str) -> Locator:
    """The form of one step under 下一步, opened where it asks for more."""
    steps = page.get_by_role("region", name="下一步")
    steps.get_by_text(re.compile(f"^\\s*{name}…\\s*$")).click()
    return steps
