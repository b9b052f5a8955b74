"""A table in the place of a map, where nothing it would show has a shape."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from gis.sheets.canvas import BLACK, Canvas
from gis.sheets.layout import Layout

_SIZE, _PADDING, _LINE = 3.0, 1.8, 4.4
_HEAD = (0.9, 0.9, 0.9)


def draw_table(page: Canvas, layout: Layout, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows that find no room are counted in the last line."""
    frame = layout.frame
    page.text(frame.middle[0], frame.top + 5, "涉及的区划没有范围资料，不能成图，列表如下：", 3.4, align="centre")
    width = frame.width / max(len(columns), 1)
    y = frame.top + 10
    y = _row(page, frame.left, y, width, columns, head=True)
    for number, row in enumerate(rows):
        height = _height(page, row, width)
        if y + height > frame.bottom - 6:
            page.text(frame.left, y + 5, f"另有 {len(rows) - number} 行未列出。", _SIZE)
            return
        y = _row(page, frame.left, y, width, row)


def _height(page: Canvas, row: Sequence[str], width: float) -> float:
    return max(len(page.lines_of(cell, _SIZE, width - 2 * _PADDING)) for cell in row or ("",)) * _LINE + _PADDING


def _row(page: Canvas, left: float, top: float, width: float, row: Sequence[str], *, head: bool = False) -> float:
    height = max(_height(page, row, width), _LINE + _PADDING)
    for number, cell in enumerate(row):
        x = left + number * width
        box = shapely.box(x, top, x + width, top + height)
        if head:
            page.fill(box, _HEAD)
        page.stroke(box, BLACK, 0.2)
        for line, text in enumerate(page.lines_of(cell, _SIZE, width - 2 * _PADDING)):
            page.text(x + _PADDING, top + _PADDING + 2.4 + line * _LINE, text, _SIZE, bold=head)
    return top + height
