"""Map sheets along a line: an overview and one sheet for each piece of chainage, all pieces at one scale.

Shows the line with its rank, what was walked, markers with what was found there, every kilometre, the sides' names. Knows nothing
of Django or of inspections.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
import shapely

from gis.crs.chainage import MeasuredLine
from gis.sheets.canvas import BLACK, WHITE, Canvas, Colour, Page, pdf_of_pages
from gis.sheets.furniture import NORTH_BOX, Swatch, draw_foot, draw_frame, draw_north, draw_title
from gis.sheets.labels import Name, place
from gis.sheets.layout import Layout, lay_out
from gis.sheets.styles import BORDERS, FILLS, Emphasis

PIECE_M: Final = 5_000.0
MOST_SHEETS: Final = 60
_HALO: Final = 0.5
_SIZE: Final = 3.0
_SIDE_SIZE: Final = 5.2
_WALKED: Final[Colour] = (0.09, 0.37, 0.53)
_MISSED: Final[Colour] = (0.72, 0.2, 0.12)
_GREY: Final[Colour] = (0.45, 0.45, 0.45)


@dataclass(frozen=True)
class Stake:
    """A marker: place in degrees; `note` stands under its number; `sound` None while nobody looked, False when it is not whole."""

    number: str
    lon: float
    lat: float
    chainage_m: float | None
    note: str = ""
    sound: bool | None = None


@dataclass(frozen=True)
class AlongLine:
    """`line` is CGCS2000 in degrees; `level` its rank; `whole` and `walked` are spans of chainage in metres.

    `sides` are the names left and right of the line's direction, empty where that is not known.
    """

    title: str
    line: shapely.MultiLineString
    level: int
    whole: tuple[float, float]
    walked: tuple[tuple[float, float], ...]
    stakes: tuple[Stake, ...]
    sides: tuple[str, str]
    notes: tuple[str, ...]
    made_on: date
    stamp: str = ""
    approval: str = ""
    paper: str = "a4"


def as_pdf(subject: AlongLine) -> bytes:
    """One document: the overview, then the sheets in the order of chainage."""
    return pdf_of_pages(list(_pages(subject)), title=subject.title, made_on=subject.made_on)


def pieces(whole: tuple[float, float]) -> list[tuple[float, float]]:
    """Equal pieces of at most `PIECE_M`, longer where there would be too many."""
    low, high = whole
    count = min(MOST_SHEETS, max(1, math.ceil((high - low) / PIECE_M - 1e-9)))
    ends = np.linspace(low, high, count + 1)
    return [(float(start), float(end)) for start, end in pairwise(ends)]


def _pages(subject: AlongLine) -> Iterator[Page]:
    measured = MeasuredLine(subject.line)
    spans = pieces(subject.whole)
    overview = lay_out([measured.stretch(*subject.whole)], subject.paper)
    numbered = spans if len(spans) > 1 else []
    yield _page(subject, measured, overview, subject.whole, "总图" if numbered else "", numbered)
    if not numbered:
        return
    layouts = [lay_out([measured.stretch(*span)], subject.paper) for span in numbered]
    ratio = max(layout.ratio for layout in layouts)
    for number, (span, layout) in enumerate(zip(numbered, layouts, strict=True), 1):
        yield _page(subject, measured, replace(layout, ratio=ratio), span, f"第{number}幅，共{len(numbered)}幅", [])


def _page(
    subject: AlongLine,
    measured: MeasuredLine,
    layout: Layout,
    span: tuple[float, float],
    which: str,
    numbered: Sequence[tuple[float, float]],
) -> Page:
    return Page(layout.width, layout.height, lambda page: _draw(page, subject, measured, layout, span, which, numbered))


def _draw(
    page: Canvas,
    subject: AlongLine,
    measured: MeasuredLine,
    layout: Layout,
    span: tuple[float, float],
    which: str,
    numbered: Sequence[tuple[float, float]],
) -> None:
    draw_title(page, layout, f"{subject.title}{'（' + which + '）' if which else ''}", subject.stamp)
    window = layout.frame.polygon()
    taken: list[shapely.Polygon] = []
    with page.clipped(window):
        page.fill(window, FILLS[Emphasis.NONE, True])
        _walked(page, subject, measured, layout)
        _line(page, subject, measured, layout, span)
        _kilometres(page, measured, layout, subject.whole, taken)
        _sheet_ends(page, measured, layout, numbered, taken)
    _stakes(page, subject, layout, span, taken)
    _sides(page, subject, measured, layout, span, taken)
    draw_north(page, layout)
    draw_frame(page, layout)
    low, high = span
    notes = [f"本图里程 {low / 1000:.3f}—{high / 1000:.3f} 公里。", *subject.notes]
    draw_foot(page, layout, _legend(subject), notes, subject.approval)


def _stretch(measured: MeasuredLine, low: float, high: float, layout: Layout) -> shapely.Geometry:
    """In mm of the paper."""
    [drawn] = layout.to_paper(np.array([measured.stretch(low, high)], dtype=object))
    return drawn


def _walked(page: Canvas, subject: AlongLine, measured: MeasuredLine, layout: Layout) -> None:
    """A band under the line: blue where tracks cover it, thin red dashes where they do not."""
    at = subject.whole[0]
    for low, high in [*subject.walked, (subject.whole[1], subject.whole[1])]:
        if low - at > 1:
            page.stroke(_stretch(measured, at, low, layout), _MISSED, 2.6, (1.2, 1.2), alpha=0.6)
        if high - low > 1:
            page.stroke(_stretch(measured, low, high, layout), _WALKED, 3.0, alpha=0.35)
        at = max(at, high)


def _line(page: Canvas, subject: AlongLine, measured: MeasuredLine, layout: Layout, span: tuple[float, float]) -> None:
    style = BORDERS[subject.level]
    ends = ((0.0, span[0]), (span[1], measured.length_m))
    for low, high in ends:
        if high - low > 1:
            page.stroke(_stretch(measured, low, high, layout), _GREY, style.width, style.dashes)
    page.stroke(_stretch(measured, *span, layout), BLACK, max(style.width, 0.5), style.dashes)


def _kilometres(
    page: Canvas, measured: MeasuredLine, layout: Layout, whole: tuple[float, float], taken: list[shapely.Polygon]
) -> None:
    """A stroke across the line every kilometre, or every so many as leave a centimetre between them."""
    step = next(one for one in (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000) if one / layout.ratio * 1000 >= 12)
    for metres in np.arange(math.ceil(whole[0] / step) * step, whole[1] + 1, step):
        (x, y), (dx, dy) = _at(measured, float(metres), layout)
        if not layout.frame.polygon(3).covers(shapely.Point(x, y)):
            continue
        page.stroke(shapely.LineString([(x - dy * 1.4, y + dx * 1.4), (x + dy * 1.4, y - dx * 1.4)]), BLACK, 0.25)
        words = f"{metres / 1000:g}"
        left, top = x + dy * 3.2, y - dx * 3.2
        page.text(left, top + 0.8, words, 2.2, align="centre", colour=_GREY, halo=_HALO)
        taken.append(shapely.Point(left, top).buffer(1.6))


def _at(measured: MeasuredLine, metres: float, layout: Layout) -> tuple[tuple[float, float], tuple[float, float]]:
    """(the place, the line's direction there) on the paper."""
    places = [measured.at(max(metres - 5, 0)), measured.at(metres), measured.at(min(metres + 5, measured.length_m))]
    before, here, after = layout.to_paper(shapely.points(places))
    dx, dy = after.x - before.x, after.y - before.y
    length = math.hypot(dx, dy) or 1.0
    return (here.x, here.y), (dx / length, dy / length)


def _sheet_ends(
    page: Canvas, measured: MeasuredLine, layout: Layout, numbered: Sequence[tuple[float, float]], taken: list[shapely.Polygon]
) -> None:
    """On the overview: the number of each sheet at the middle of its piece, strokes where one ends."""
    for number, (low, high) in enumerate(numbered, 1):
        (x, y), (dx, dy) = _at(measured, low, layout)
        page.stroke(shapely.LineString([(x - dy * 3, y + dx * 3), (x + dy * 3, y - dx * 3)]), _WALKED, 0.4)
        (x, y), (dx, dy) = _at(measured, (low + high) / 2, layout)
        x, y = x - dy * 6, y + dx * 6
        page.disc(x, y, 2.2, WHITE, ring=_WALKED)
        page.text(x, y + 0.95, str(number), 2.6, align="centre", colour=_WALKED, bold=True)
        taken.append(shapely.Point(x, y).buffer(2.6))


def _stakes(page: Canvas, subject: AlongLine, layout: Layout, span: tuple[float, float], taken: list[shapely.Polygon]) -> None:
    window = layout.frame.polygon(1)
    names: list[Name] = []
    shown: list[Stake] = []
    for stake in subject.stakes:
        [point] = layout.to_paper(shapely.points([(stake.lon, stake.lat)]))
        if not window.covers(point):
            continue
        _stake(page, point.x, point.y, stake.sound)
        spot = point.buffer(1.7)
        taken.append(spot)
        width = max(page.text_width(stake.number, _SIZE, bold=True), page.text_width(stake.note, _SIZE * 0.8))
        names.append(Name(len(shown), width, _SIZE * (2.1 if stake.note else 1.15), spot, must=True))
        shown.append(stake)
    frame = layout.frame
    corner = shapely.box(frame.right - NORTH_BOX[0], frame.top, frame.right, frame.top + NORTH_BOX[1])
    placed, _left_out = place(names, window, [*taken, corner])
    for one in placed:
        stake = shown[one.key]
        middle = one.left + one.width / 2
        if one.lead is not None:
            edge = (min(max(one.lead[0], one.left), one.left + one.width), min(max(one.lead[1], one.top), one.top + one.height))
            page.stroke(shapely.LineString([edge, one.lead]), _GREY, 0.15)
        page.text(middle, one.top + _SIZE * 0.95, stake.number, _SIZE, align="centre", bold=True, halo=_HALO)
        if stake.note:
            colour = _MISSED if stake.sound is False else _GREY
            page.text(middle, one.top + _SIZE * 1.9, stake.note, _SIZE * 0.8, align="centre", colour=colour, halo=_HALO)
        taken.append(shapely.box(one.left, one.top, one.left + one.width, one.top + one.height))


def _stake(page: Canvas, x: float, y: float, sound: bool | None) -> None:
    """A ring with a dot; crossed where it is not whole, empty where nobody looked."""
    page.disc(x, y, 1.35, WHITE, ring=BLACK)
    if sound:
        page.disc(x, y, 0.55, BLACK)
    elif sound is False:
        for slant in (1, -1):
            page.stroke(shapely.LineString([(x - 0.9, y - 0.9 * slant), (x + 0.9, y + 0.9 * slant)]), _MISSED, 0.4)


def _sides(
    page: Canvas,
    subject: AlongLine,
    measured: MeasuredLine,
    layout: Layout,
    span: tuple[float, float],
    taken: list[shapely.Polygon],
) -> None:
    """Each side's name on its side of the line, as near as it finds room."""
    frame = layout.frame.polygon(3)
    north = layout.frame
    taken = [*taken, shapely.box(north.right - NORTH_BOX[0], north.top, north.right, north.top + NORTH_BOX[1])]
    drawn = _stretch(measured, 0.0, measured.length_m, layout)
    for name, side in zip(subject.sides, (1, -1), strict=True):
        if not name:
            continue
        width = page.text_width(name, _SIDE_SIZE, bold=True)
        spots = (
            (x + side * dy * away, y - side * dx * away)
            for away in (14, 20, 28, 38, 9)
            for share in (0.5, 0.35, 0.65, 0.2, 0.8)
            for (x, y), (dx, dy) in [_at(measured, span[0] + (span[1] - span[0]) * share, layout)]
        )
        for x, y in spots:
            box = shapely.box(x - width / 2 - 1, y - _SIDE_SIZE / 2 - 1, x + width / 2 + 1, y + _SIDE_SIZE / 2 + 1)
            if frame.covers(box) and not any(box.intersects(other) for other in taken) and not box.intersects(drawn):
                page.text(x, y + _SIDE_SIZE * 0.36, name, _SIDE_SIZE, align="centre", bold=True, colour=_GREY, halo=_HALO)
                taken.append(box)
                break


def _legend(subject: AlongLine) -> list[Swatch]:
    def across(page: Canvas, x: float, y: float, colour: Colour, width: float, dashes: tuple[float, ...], alpha: float) -> None:
        page.stroke(shapely.LineString([(x, y), (x + 11, y)]), colour, width, dashes, alpha)

    swatches = [
        Swatch(f"本线（{BORDERS[subject.level].words}）", level=subject.level),
        Swatch("已走过", draws=lambda page, x, y: across(page, x, y, _WALKED, 2.4, (), 0.35)),
        Swatch("没有轨迹", draws=lambda page, x, y: across(page, x, y, _MISSED, 2.0, (1.2, 1.2), 0.6)),
    ]
    for sound, words in ((True, "界桩，完好"), (False, "界桩，损坏、丢失、移位或不醒目"), (None, "界桩，未检查")):
        if any(stake.sound is sound for stake in subject.stakes):
            swatches.append(Swatch(words, draws=lambda page, x, y, sound=sound: _stake(page, x + 5.5, y, sound)))  # type: ignore[misc]
    return swatches
