"""A Chinese office document in Word: page, fonts, headings, tables.

Page and type follow the habit of official documents (A4, 仿宋 for the text, 黑体 for headings); the fonts are named, not embedded,
and Word falls back where a machine lacks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY_FONT, HEADING_FONT, TITLE_FONT, LATIN_FONT = "仿宋", "黑体", "方正小标宋简体", "Times New Roman"
BODY_SIZE, TABLE_SIZE, TITLE_SIZE = Pt(14), Pt(10.5), Pt(20)
GREY = "D9D9D9"


class OfficePaper:
    """Builds one document from top to bottom; `as_bytes` ends it."""

    def __init__(self, *, title: str, header: str, landscape: bool = False) -> None:
        self.document: DocumentType = Document()
        self.document.core_properties.title = title
        self.document.core_properties.author = ""
        self.document.core_properties.language = "zh-CN"
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = LATIN_FONT, BODY_SIZE
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY_FONT)
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        if landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = section.page_height, section.page_width
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Cm(2.5), Cm(2), Cm(2.5), Cm(2.5)
        self._running(section.header.paragraphs[0], header)
        self._page_number(section.footer.paragraphs[0])
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(12)
        self._font(paragraph.add_run(title), TITLE_FONT, TITLE_SIZE, bold=True)

    def heading(self, text: str) -> None:
        paragraph = self.document.add_heading(level=1)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(10), Pt(4)
        self._font(paragraph.add_run(text), HEADING_FONT, Pt(15), colour=RGBColor(0, 0, 0))

    def paragraph(self, text: str, *, bold: bool = False, indent: bool = True, right: bool = False) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(4)
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(28)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._font(paragraph.add_run(text), BODY_FONT, BODY_SIZE, bold=bold)

    def remark(self, text: str) -> None:
        """Small print."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        self._font(paragraph.add_run(text), BODY_FONT, Pt(9))

    def notice(self, text: str) -> None:
        """A boxed sentence that nobody overlooks."""
        table = self.document.add_table(rows=1, cols=1)
        table.style = "Table Grid"
        cell = table.cell(0, 0)
        self._shade(cell, "F2F2F2")
        self._write(cell, text, bold=True, size=Pt(12))
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Two columns: what, and its value."""
        self.table(None, rows, widths=(Cm(3.8), Length(self._text_width() - Cm(3.8))), first_column_heads=True)

    def table(
        self,
        head: Sequence[str] | None,
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[Length] = (),
        right: Sequence[int] = (),
        first_column_heads: bool = False,
    ) -> None:
        """`right` lists the columns of numbers, set flush right. The head repeats on every page, rows do not break across pages."""
        columns = len(head or rows[0])
        table = self.document.add_table(rows=0, cols=columns)
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, not widths
        if head:
            cells = table.add_row().cells
            for cell, text in zip(cells, head, strict=True):
                self._shade(cell, GREY)
                self._write(cell, text, bold=True, centred=True)
            self._flag_row(table.rows[0], "w:tblHeader")
        for row in rows:
            cells = table.add_row().cells
            for index, (cell, text) in enumerate(zip(cells, row, strict=True)):
                heads = first_column_heads and index == 0
                if heads:
                    self._shade(cell, "F2F2F2")
                self._write(cell, text, bold=heads, flush_right=index in right)
        # Word reads the widths of cells, other programs those of the grid's columns.
        for column, width in zip(table.columns, widths, strict=False):
            column.width = width
        for row in table.rows:
            self._flag_row(row, "w:cantSplit")
            for cell, width in zip(row.cells, widths, strict=False):
                cell.width = width
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)

    @contextmanager
    def kept_together(self) -> Iterator[None]:
        """What is added within stands on one page, as far as a page holds it."""
        body = self.document.element.body
        before = len(body) - 1  # the last is the section, which stays last
        yield
        paragraphs = [one for added in list(body)[before:-1] for one in added.iter(qn("w:p"))]
        for one in paragraphs[:-1]:
            Paragraph(one, self.document).paragraph_format.keep_with_next = True

    def as_bytes(self) -> bytes:
        buffer = BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()

    def _text_width(self) -> Length:
        section = self.document.sections[0]
        edges = (section.left_margin or 0) + (section.right_margin or 0)
        return Length((section.page_width or 0) - edges)

    def _write(
        self,
        cell: _Cell,
        text: str,
        *,
        bold: bool = False,
        centred: bool = False,
        flush_right: bool = False,
        size: Pt = TABLE_SIZE,
    ) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if flush_right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._font(paragraph.add_run(text), BODY_FONT, size, bold=bold)

    def _running(self, paragraph: Paragraph, text: str) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._font(paragraph.add_run(text), BODY_FONT, Pt(9))

    def _page_number(self, paragraph: Paragraph) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run()
        self._font(run, BODY_FONT, Pt(9))
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = text
            run._r.append(element)

    @staticmethod
    def _font(run: Run, east_asian: str, size: Pt, *, bold: bool = False, colour: RGBColor | None = None) -> None:
        run.font.name, run.font.size, run.font.bold = LATIN_FONT, size, bold
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east_asian)
        if colour is not None:
            run.font.color.rgb = colour

    @staticmethod
    def _shade(cell: _Cell, fill: str) -> None:
        shading = OxmlElement("w:shd")
        shading.set(qn("w:val"), "clear")
        shading.set(qn("w:fill"), fill)
        cell._tc.get_or_add_tcPr().append(shading)

    @staticmethod
    def _flag_row(row: object, flag: str) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement(flag))  # type: ignore[attr-defined]
