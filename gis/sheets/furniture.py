"""What stands around a map: title, frame with degrees, north arrow, legend, scale and notes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from gis.sheets.canvas import BLACK, WHITE, Canvas
from gis.sheets.layout import Box, Layout
from gis.sheets.marks import Sort, draw_mark
from gis.sheets.styles import BORDERS, FILLS, HATCHES, Emphasis

NORTH_BOX: Final = (14.0, 19.0)
_SMALL: Final = 2.55
_LINE: Final = 3.9
_GREY: Final = (0.35, 0.35, 0.35)


@dataclass(frozen=True)
class Swatch:
    """One line of the legend: a kind of ground, a rank of border, the mark of a seat, a sort of mark, or what `draws` at (x, y)."""

    words: str
    emphasis: Emphasis | None = None
    level: int = 0
    vague: bool = False
    seat: bool = False
    sort: Sort | None = None
    draws: Callable[[Canvas, float, float], None] | None = None


def draw_title(page: Canvas, layout: Layout, title: str, stamp: str) -> None:
    room = layout.width - 2 * layout.frame.left
    size = 6.4
    if stamp:
        width = page.text_width(stamp, 3.9, bold=True) + 5
        right, top = layout.frame.right, layout.frame.top - 16.2
        page.stroke(shapely.box(right - width, top, right, top + 6.4), BLACK, 0.35)
        page.text(right - width / 2, top + 4.6, stamp, 3.9, align="centre", bold=True)
        room -= 2 * (width + 2)  # a title in the middle that reached the stamp would be written over it
    while size > 3.4 and page.text_width(title, size, bold=True) > room:
        size -= 0.2
    page.text(layout.width / 2, layout.frame.top - 5.8, title, size, align="centre", bold=True)


def draw_frame(page: Canvas, layout: Layout) -> None:
    """The neat line, an outer line, and between them the degrees along all four sides."""
    frame = layout.frame
    outside = frame.polygon(-3.4).difference(frame.polygon())
    page.fill(outside, WHITE)
    page.stroke(frame.polygon(), BLACK, 0.25)
    page.stroke(frame.polygon(-3.4), BLACK, 0.6)
    corners = [(frame.left, frame.top), (frame.right, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)]
    upper_left, upper_right, lower_left, lower_right = layout.to_degrees(corners)
    for at, start, end in ((frame.top, upper_left, upper_right), (frame.bottom, lower_left, lower_right)):
        step = _step(end[0] - start[0])
        up = at == frame.top
        for value in _round_values(start[0], end[0], step):
            x = frame.left + (value - start[0]) / (end[0] - start[0]) * frame.width
            page.stroke(shapely.LineString([(x, at), (x, at - 1.1 if up else at + 1.1)]), BLACK, 0.2)
            page.text(x + 0.5, at - 0.8 if up else at + 2.6, _angle(value), 1.9)
    for at, start, end in ((frame.left, lower_left, upper_left), (frame.right, lower_right, upper_right)):
        step = _step(end[1] - start[1])
        left = at == frame.left
        for value in _round_values(start[1], end[1], step):
            y = frame.bottom - (value - start[1]) / (end[1] - start[1]) * frame.height
            page.stroke(shapely.LineString([(at, y), (at - 3.4 if left else at + 3.4, y)]), BLACK, 0.2)
            degrees, minutes = _angle(value).split("°")
            middle = at - 1.7 if left else at + 1.7
            page.text(middle, y - 0.4, f"{degrees}°", 1.75, align="centre")
            page.text(middle, y + 1.9, minutes, 1.75, align="centre")


def _step(span: float) -> float:
    """Degrees between two marks: round minutes, or round seconds on a large scale."""
    for seconds in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200):
        if span * 3600 / seconds <= 7:
            return seconds / 3600
    return 5.0


def _round_values(start: float, end: float, step: float) -> list[float]:
    first = math.ceil(start / step + 0.02)
    return [number * step for number in range(first, math.floor(end / step - 0.02) + 1)]


def _angle(value: float) -> str:
    seconds = round(value * 3600)
    degrees, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{degrees}°{minutes:02d}′" + (f"{seconds:02d}″" if seconds else "")


def draw_north(page: Canvas, layout: Layout) -> None:
    """An arrow to true north, which in a Gauss–Krüger zone leans a little from the upper edge."""
    x, y = layout.frame.right - NORTH_BOX[0] / 2, layout.frame.top + 11.5
    page.fill(
        shapely.box(layout.frame.right - NORTH_BOX[0], layout.frame.top, layout.frame.right, layout.frame.top + NORTH_BOX[1]), WHITE
    )
    angle = math.radians(layout.north)

    def turned(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * math.cos(angle) - dy * math.sin(angle), y + dx * math.sin(angle) + dy * math.cos(angle)

    tip, tail = turned(0, -5), turned(0, 2.6)
    left, right = turned(-2.5, 5), turned(2.5, 5)
    page.fill(shapely.Polygon([tip, left, tail]), BLACK)
    page.fill(shapely.Polygon([tip, right, tail]), WHITE)
    page.stroke(shapely.Polygon([tip, right, tail, left]), BLACK, 0.25)
    page.text(*turned(0, -6.1), "北", 3.2, align="centre", bold=True, halo=0.5)


def draw_foot(
    page: Canvas, layout: Layout, swatches: Sequence[Swatch], notes: Sequence[str], approval: str, *, with_scale: bool = True
) -> None:
    """Legend on the left, the scale in the middle, notes on the right."""
    frame = layout.frame
    top = frame.bottom + 9.0
    legend = Box(frame.left, top, 58 if with_scale else 0, 31)
    scale = Box(legend.right + 2, top, 60 if with_scale else 0, 31)
    rest = Box(scale.right + 4, top, frame.right - scale.right - 4, 31)
    if with_scale:
        _legend(page, legend, swatches)
        _scale(page, scale, layout)
    _notes(page, rest, notes)
    if approval:
        page.text(frame.right, layout.height - 5.5, approval, 3.2, align="right", bold=True)


def _legend(page: Canvas, box: Box, swatches: Sequence[Swatch]) -> None:
    page.text(box.left, box.top, "图例", 3.2, bold=True)
    y = box.top + 4.6
    line = min(4.6, (box.height - 2) / max(len(swatches), 1))
    for swatch in swatches:
        patch = shapely.box(box.left, y - 2.5, box.left + 11, y + 0.6)
        if swatch.draws is not None:
            swatch.draws(page, box.left, y - 0.9)
        elif swatch.emphasis is not None:
            hatch = HATCHES[swatch.emphasis]
            page.fill(patch, FILLS[swatch.emphasis, True])
            page.hatch(patch, hatch.colour, spacing=hatch.spacing, width=hatch.width, crossed=hatch.crossed)
            page.stroke(patch, _GREY, 0.18)
        elif swatch.sort is not None:
            draw_mark(page, box.left + 5.5, y - 0.9, swatch.sort)
        elif swatch.seat:
            page.disc(box.left + 5.5, y - 0.9, 0.8, WHITE, ring=BLACK)
            page.disc(box.left + 5.5, y - 0.9, 0.3, BLACK)
        else:
            style = BORDERS[swatch.level]
            across = shapely.LineString([(box.left, y - 0.9), (box.left + 11, y - 0.9)])
            if style.band:
                page.stroke(across, style.band_colour, style.band, alpha=0.35)
            page.stroke(across, _GREY if swatch.vague else style.colour, style.width, style.dashes)
        page.text(box.left + 13, y, swatch.words, _SMALL)
        y += line


def _scale(page: Canvas, box: Box, layout: Layout) -> None:
    bar = layout.scale_bar
    middle = box.left + box.width / 2
    page.text(middle, box.top, f"比例尺　1∶{layout.ratio:,}".replace(",", " "), 3.2, align="centre", bold=True)
    left, top = middle - bar.length_mm / 2, box.top + 7.5
    part = bar.length_mm / 4
    for number in range(4):
        page.fill(
            shapely.box(left + number * part, top, left + (number + 1) * part, top + 1.5), BLACK if number % 2 == 0 else WHITE
        )
    page.stroke(shapely.box(left, top, left + bar.length_mm, top + 1.5), BLACK, 0.2)
    unit, factor = ("千米", 1000.0) if bar.ground_m >= 1000 else ("米", 1.0)
    for share in (0, 0.5, 1):
        figure = f"{bar.ground_m * share / factor:g}"
        page.text(left + bar.length_mm * share, top - 1.2, figure, 2.3, align="centre")
    page.text(left + bar.length_mm + 1.2 + page.text_width(figure, 2.3) / 2, top - 1.2, unit, 2.3)
    size = f"按 {round(layout.width)}×{round(layout.height)} 毫米原大打印时，比例尺成立"
    page.text(middle, top + 5.8, size, 2.1, align="centre", colour=_GREY)


def _notes(page: Canvas, box: Box, notes: Sequence[str]) -> None:
    size, line = _SMALL, _LINE
    while True:
        lines = [line for note in notes for line in page.lines_of(note, size, box.width)]
        if len(lines) * line <= box.height or size < 1.7:
            break
        size, line = size - 0.1, line - 0.15
    for number, text in enumerate(lines):
        page.text(box.left, box.top + number * line, text, size)
