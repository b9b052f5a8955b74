"""What stands together on a paper is not parted by the end of a page, in the PDF and in Word."""

from __future__ import annotations

import io
from datetime import date

import docx
import pypdf
import pytest

from boundaries.documents.paper import Paper, Table, Text, Together

SIDES = ("甲县民政局", "乙县民政局", "丙县民政局")
BOXES = Together((Text("盖章：", indent=False), Table(None, tuple((side, "\n\n年　月　日") for side in SIDES), (3.8, 12.2))))


def _paper(lines: int) -> Paper:
    return Paper("报告", "内部使用", (*(Text(f"第{number}行") for number in range(lines)), BOXES), date(2026, 1, 1))


@pytest.mark.parametrize("lines", range(18, 30))
def test_the_boxes_for_stamps_stand_on_one_page(lines: int) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(_paper(lines).as_pdf())).pages]
    [boxed] = [page for page in pages if "盖章" in page]
    assert all(side in boxed for side in SIDES)
    assert sum(page.count(side) for page in pages for side in SIDES) == 3, "what was drawn before the page's end is not left there"
    assert sum(page.count("第") for page in pages) == lines


def test_word_keeps_the_boxes_with_the_line_above_them() -> None:
    document = docx.Document(io.BytesIO(_paper(3).as_docx()))
    [above] = [one for one in document.paragraphs if one.text == "盖章："]
    assert above.paragraph_format.keep_with_next
    boxed = [one for row in document.tables[0].rows for cell in row.cells for one in cell.paragraphs]
    assert all(one.paragraph_format.keep_with_next for one in boxed)
    assert not any(one.paragraph_format.keep_with_next for one in document.paragraphs if one.text.startswith("第"))
