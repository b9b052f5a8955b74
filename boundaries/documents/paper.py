"""A paper told once as blocks and made twice: as a Word document and as a PDF that looks alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import singledispatchmethod
from typing import Final

import shapely
from docx.shared import Cm

from boundaries.documents.office_paper import OfficePaper
from gis.sheets.canvas import BLACK, SERIF, Canvas, Colour, Page, measuring, pdf_of_pages


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Text:
    text: str
    indent: bool = True
    right: bool = False


@dataclass(frozen=True)
class Remark:
    """Small print."""

    text: str


@dataclass(frozen=True)
class Notice:
    """A boxed sentence that nobody overlooks."""

    text: str


@dataclass(frozen=True)
class Table:
    """`widths` in cm; `right` are columns of numbers. Without `head` the first column heads its row."""

    head: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """Photos two to a row with their captions: (JPEG, (width, height) in pixels, lines). Only the PDF has them."""

    pictures: tuple[tuple[bytes, tuple[int, int], tuple[str, ...]], ...]


@dataclass(frozen=True)
class Together:
    """Blocks that a page's end does not part: boxes for stamps and the words over them."""

    blocks: tuple[Heading | Text | Remark | Notice | Table, ...]


Deed = Callable[[Canvas], None]
Block = Heading | Text | Remark | Notice | Table | Pictures | Together


@dataclass(frozen=True)
class Paper:
    """`header` runs on every page; the title stands on the first."""

    title: str
    header: str
    blocks: tuple[Block, ...]
    made_on: date
    landscape: bool = False

    def as_docx(self) -> bytes:
        paper = OfficePaper(title=self.title, header=self.header, landscape=self.landscape)
        for block in self.blocks:
            _into(paper, block)
        return paper.as_bytes()

    def as_pdf(self) -> bytes:
        flow = _Flow(self)
        for block in self.blocks:
            flow.add(block)
        return pdf_of_pages(flow.pages(), title=self.title, made_on=self.made_on, font=SERIF)


def _into(paper: OfficePaper, block: Block) -> None:
    if isinstance(block, Heading):
        paper.heading(block.text)
    elif isinstance(block, Text):
        paper.paragraph(block.text, indent=block.indent, right=block.right)
    elif isinstance(block, Remark):
        paper.remark(block.text)
    elif isinstance(block, Notice):
        paper.notice(block.text)
    elif isinstance(block, Table) and block.rows:
        widths = [Cm(width) for width in block.widths]
        paper.table(block.head, block.rows, widths=widths, right=block.right, first_column_heads=block.head is None)
    elif isinstance(block, Together):
        with paper.kept_together():
            for one in block.blocks:
                _into(paper, one)


_POINT: Final = 25.4 / 72
_TITLE, _HEADING, _BODY, _CELL, _SMALL = 20 * _POINT, 15 * _POINT, 14 * _POINT, 10.5 * _POINT, 9 * _POINT
_LINE: Final = 1.55  # of the size
_PAD: Final = 1.2
_SHADE: Final[Colour] = (0.85, 0.85, 0.85)
_PALE: Final[Colour] = (0.95, 0.95, 0.95)


class _Flow:
    """Blocks flow down the pages. All in mm; `self.y` is the upper edge of what comes next."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.width, self.height = (297.0, 210.0) if paper.landscape else (210.0, 297.0)
        self.left, self.right, self.top, self.bottom = 25.0, self.width - 25.0, 25.0, self.height - 20.0
        self.ruler = measuring(SERIF)
        self.drawn: list[list[Deed]] = [[]]
        self.y = self.top
        self._lines(paper.title, _TITLE, self.left, self.right - self.left, align="centre", bold=True)
        self.y += 5

    def pages(self) -> list[Page]:
        total = len(self.drawn)
        return [
            Page(self.width, self.height, lambda page, deeds=deeds, number=number: self._draw(page, deeds, number, total))  # type: ignore[misc]
            for number, deeds in enumerate(self.drawn, 1)
        ]

    def _draw(self, page: Canvas, deeds: Sequence[Deed], number: int, total: int) -> None:
        page.text(self.right, 16, self.paper.header, _SMALL, align="right")
        page.text(self.width / 2, self.height - 11, f"— {number} / {total} —", _SMALL, align="centre")
        for deed in deeds:
            deed(page)

    def _room(self, needed: float) -> None:
        """A new page unless there is room for so much."""
        if self.y + needed > self.bottom and self.drawn[-1]:
            self.drawn.append([])
            self.y = self.top

    def _lines(self, text: str, size: float, left: float, width: float, *, align: str = "left", bold: bool = False) -> None:
        for line in self.ruler.lines_of(text, size, width) or [""]:
            self._room(size * _LINE)
            at = {"left": left, "centre": left + width / 2, "right": left + width}[align]
            base = self.y + size * 1.15
            self.drawn[-1].append(
                lambda page, at=at, base=base, line=line: page.text(at, base, line, size, align=align, bold=bold)  # type: ignore[misc]
            )
            self.y += size * _LINE

    @singledispatchmethod
    def add(self, block: object) -> None:
        raise TypeError(f"no such block: {block!r}")

    @add.register
    def _heading(self, block: Heading) -> None:
        self._room(_HEADING * _LINE * 3)  # not alone at the foot of a page
        self.y += 3
        self._lines(block.text, _HEADING, self.left, self.right - self.left, bold=True)
        self.y += 1

    @add.register
    def _text(self, block: Text) -> None:
        for paragraph in block.text.splitlines() or [""]:
            text = f"　　{paragraph}" if block.indent else paragraph
            self._lines(text, _BODY, self.left, self.right - self.left, align="right" if block.right else "left")
        self.y += 1.4

    @add.register
    def _remark(self, block: Remark) -> None:
        self._lines(block.text, _SMALL, self.left, self.right - self.left)
        self.y += 1

    @add.register
    def _notice(self, block: Notice) -> None:
        size = 12 * _POINT
        lines = self.ruler.lines_of(block.text, size, self.right - self.left - 4)
        height = len(lines) * size * _LINE + 3
        self._room(height)
        box, top = shapely.box(self.left, self.y, self.right, self.y + height), self.y

        def draw(page: Canvas) -> None:
            page.fill(box, _PALE)
            page.stroke(box, BLACK, 0.25)
            for number, line in enumerate(lines):
                page.text(self.left + 2, top + 1.5 + size * (1.15 + number * _LINE), line, size, bold=True)

        self.drawn[-1].append(draw)
        self.y += height + 3

    @add.register
    def _table(self, block: Table) -> None:
        if not block.rows:
            return
        total = sum(block.widths)
        room = self.right - self.left
        scale = min(10.0, room / total)
        widths = [width * scale for width in block.widths]
        left = self.left + (room - sum(widths)) / 2
        if block.head:
            first = self._height(block.rows[0], widths)
            self._room(self._height(block.head, widths) + first)
            self._row(block.head, widths, left, block.right, head=True)
        for row in block.rows:
            height = self._height(row, widths)
            if self.y + height > self.bottom and self.drawn[-1]:
                self._room(height)
                if block.head:
                    self._row(block.head, widths, left, block.right, head=True)
            self._row(row, widths, left, block.right, head=False, heads_first=block.head is None)
        self.y += 3

    def _cell(self, text: str, width: float) -> list[str]:
        return [line for part in (text.splitlines() or [""]) for line in self.ruler.lines_of(part, _CELL, width - 2 * _PAD) or [""]]

    def _height(self, row: Sequence[str], widths: Sequence[float]) -> float:
        lines = max(len(self._cell(text, width)) for text, width in zip(row, widths, strict=True))
        return lines * _CELL * 1.4 + 2 * _PAD

    def _row(
        self,
        row: Sequence[str],
        widths: Sequence[float],
        left: float,
        right: Sequence[int],
        *,
        head: bool,
        heads_first: bool = False,
    ) -> None:
        height, top = self._height(row, widths), self.y
        for index, (text, width) in enumerate(zip(row, widths, strict=True)):
            bold = head or (heads_first and index == 0)
            box = shapely.box(left, top, left + width, top + height)
            fill = _SHADE if head else _PALE if bold else None
            align = "centre" if head else "right" if index in right else "left"
            at = {"centre": left + width / 2, "right": left + width - _PAD, "left": left + _PAD}[align]
            lines = self._cell(text, width)
            self.drawn[-1].append(_cell_drawer(box, fill, lines, at, top, align, bold))
            left += width
        self.y += height

    @add.register
    def _together(self, block: Together) -> None:
        page, deeds = len(self.drawn), len(self.drawn[-1])
        for one in block.blocks:
            self.add(one)
        if len(self.drawn) > page and deeds:
            # It did not fit: again, from the top of the next page.
            del self.drawn[page:], self.drawn[-1][deeds:]
            self.drawn.append([])
            self.y = self.top
            for one in block.blocks:
                self.add(one)

    @add.register
    def _pictures(self, block: Pictures) -> None:
        gap = 6.0
        width = (self.right - self.left - gap) / 2
        for start in range(0, len(block.pictures), 2):
            pair = block.pictures[start : start + 2]
            captions = [[line for text in one[2] for line in self.ruler.lines_of(text, _CELL, width)] for one in pair]
            tall = min(width * 0.75, 72.0)
            height = tall + max(len(lines) for lines in captions) * _CELL * 1.35 + 6
            self._room(height)
            for place, ((jpeg, size, _texts), lines) in enumerate(zip(pair, captions, strict=True)):
                x, y = self.left + place * (width + gap), self.y
                across = min(width, tall * size[0] / size[1])
                self.drawn[-1].append(_picture_drawer(jpeg, size, x, y, width, tall, across, lines))
            self.y += height


def _cell_drawer(
    box: shapely.Polygon, fill: Colour | None, lines: Sequence[str], at: float, top: float, align: str, bold: bool
) -> Deed:
    def draw(page: Canvas) -> None:
        if fill is not None:
            page.fill(box, fill)
        page.stroke(box, BLACK, 0.2)
        for number, line in enumerate(lines):
            page.text(at, top + _PAD + _CELL * (1.0 + number * 1.4), line, _CELL, align=align, bold=bold)  # type: ignore[arg-type]

    return draw


def _picture_drawer(
    jpeg: bytes, size: tuple[int, int], x: float, y: float, width: float, tall: float, across: float, lines: Sequence[str]
) -> Deed:
    high = across * size[1] / size[0]

    def draw(page: Canvas) -> None:
        page.fill(shapely.box(x, y, x + width, y + tall), _PALE)
        page.picture(jpeg, size, x + (width - across) / 2, y + (tall - high) / 2, across)
        page.stroke(shapely.box(x, y, x + width, y + tall), BLACK, 0.15)
        for number, line in enumerate(lines):
            page.text(x, y + tall + _CELL * (1.25 + number * 1.35), line, _CELL)

    return draw
