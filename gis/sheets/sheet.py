"""What is on a sheet, and its making: ground, borders by rank, names, frame, scale, legend and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import shapely

from gis.coverage.simplify import simplify
from gis.sheets import canvas
from gis.sheets.borders import borders
from gis.sheets.canvas import BLACK, WHITE, Canvas, Colour
from gis.sheets.furniture import NORTH_BOX, Swatch, draw_foot, draw_frame, draw_north, draw_title
from gis.sheets.labels import Name, place
from gis.sheets.layout import Layout, lay_out
from gis.sheets.marks import Mark, apart, draw_ground, draw_mark
from gis.sheets.styles import BORDERS, FILLS, HATCHES, NAME_SIZES, Emphasis
from gis.sheets.table import draw_table

__all__ = ["Emphasis", "Ground", "Sheet", "as_pdf", "as_png", "layout_of"]

_VILLAGE: Final = 5  # lies on its township's colour
_DETAIL: Final = 0.12  # mm of paper; finer than this nobody sees
_HALO: Final = 0.45
_GREY: Final[Colour] = (0.35, 0.35, 0.35)
_NOTE_SIZE: Final = 0.74  # of the name's


@dataclass(frozen=True)
class Ground:
    """A unit on the map. `geometry` is CGCS2000 longitude and latitude, None where it is not known; `level` 1 to 5.

    `note` stands under the name (its former or later name). `uncertain`: an indicative shape. `facts`: its row in the table that
    takes the map's place where nothing has a shape. `named` False: drawn without its name; `bordered` False: without its border.
    """

    name: str
    level: int
    geometry: shapely.Geometry | None
    note: str = ""
    emphasis: Emphasis = Emphasis.NONE
    uncertain: bool = False
    seat: shapely.Point | None = None
    facts: tuple[str, ...] = ()
    named: bool = True
    bordered: bool = True


@dataclass(frozen=True)
class Sheet:
    """One map. `about` is what it must show whole; without any the sheet is a table of `facts` under `columns`.

    `stamp` stands in the upper right corner (内部使用), `approval` (审图号) in the lower right. `notes` tell source, day, reference
    system and grades. `words` are what the legend calls the emphasised ground. `marks`, the weightiest first, stand over all else.
    """

    title: str
    grounds: tuple[Ground, ...]
    about: tuple[shapely.Geometry, ...]
    notes: tuple[str, ...]
    made_on: date
    stamp: str = ""
    approval: str = ""
    paper: str = "a4"
    columns: tuple[str, ...] = ()
    words: Mapping[Emphasis, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()


def as_pdf(sheet: Sheet) -> bytes:
    layout = layout_of(sheet)
    return canvas.pdf(
        layout.width, layout.height, lambda page: _draw(page, sheet, layout), title=sheet.title, made_on=sheet.made_on
    )


def as_png(sheet: Sheet) -> bytes:
    layout = layout_of(sheet)
    return canvas.png(layout.width, layout.height, lambda page: _draw(page, sheet, layout))


def layout_of(sheet: Sheet) -> Layout:
    return lay_out(sheet.about or (shapely.box(113, 34, 114, 35),), sheet.paper)


def _draw(page: Canvas, sheet: Sheet, layout: Layout) -> None:
    draw_title(page, layout, sheet.title, sheet.stamp)
    if not sheet.about:
        rows = [ground.facts for ground in sheet.grounds if ground.emphasis is not Emphasis.NONE]
        draw_table(page, layout, sheet.columns, rows)
        draw_foot(page, layout, [], sheet.notes, sheet.approval, with_scale=False)
        return
    left_out, hidden, swatches = _draw_map(page, sheet, layout)
    notes = list(sheet.notes)
    if hidden:
        notes.append(f"另有 {hidden} 处与图上所注过近，未注。")
    if left_out:
        notes.append(f"另有 {left_out} 个名称因图幅所限未注。")
    unknown = [ground.name for ground in sheet.grounds if ground.geometry is None and ground.emphasis is not Emphasis.NONE]
    if unknown:
        notes.append(f"没有范围资料、图上未表示：{'、'.join(unknown)}。")
    draw_foot(page, layout, swatches, notes, sheet.approval)


def _draw_map(page: Canvas, sheet: Sheet, layout: Layout) -> tuple[int, int, list[Swatch]]:
    """(names without room, marks without room, what the legend tells)."""
    shown = [ground for ground in sheet.grounds if ground.geometry is not None and not ground.geometry.is_empty]
    window = layout.frame.polygon()
    drawn = _on_paper(shown, layout)
    seen = [number for number, shape in enumerate(drawn) if shapely.intersects(shape, window)]
    shown, drawn = [shown[number] for number in seen], [drawn[number] for number in seen]
    with page.clipped(window):
        page.fill(window, FILLS[Emphasis.NONE, False])
        _fill(page, shown, drawn)
        bordered = [(ground.level, shape) for ground, shape in zip(shown, drawn, strict=True) if ground.bordered]
        lines = borders(bordered, window)
        vague = {ground.level for ground in shown if ground.uncertain}
        for level in sorted(lines, reverse=True):
            style = BORDERS[level]
            if style.band:
                page.stroke(lines[level], style.band_colour, style.band, alpha=0.35)
        for level in sorted(lines, reverse=True):
            style = BORDERS[level]
            page.stroke(lines[level], _GREY if level in vague else style.colour, style.width, style.dashes)
    seats = _seats(page, shown, layout, window)
    left_out = _names(page, shown, drawn, layout, seats)
    hidden = _marks(page, sheet.marks, layout, window)
    draw_north(page, layout)
    draw_frame(page, layout)
    return left_out, hidden, _legend(sheet, shown, lines, vague, bool(seats))


def _marks(page: Canvas, marks: Sequence[Mark], layout: Layout, window: shapely.Polygon) -> int:
    """Draws the marks; how many have no room."""
    if not marks:
        return 0
    with page.clipped(window):
        for mark in marks:
            if mark.geometry is not None:
                [shape] = layout.to_paper(np.array([mark.geometry], dtype=object))
                draw_ground(page, shape, mark.sort)
    spots = layout.to_paper(shapely.points([mark.place for mark in marks]))
    inside = [at for at, spot in enumerate(spots) if shapely.intersects(window, spot)]
    shown = apart([(spots[at].x, spots[at].y) for at in inside])
    for number in shown:
        at = inside[number]
        draw_mark(page, spots[at].x, spots[at].y, marks[at].sort, marks[at].label)
    return len(marks) - len(shown)


def _on_paper(shown: Sequence[Ground], layout: Layout) -> list[shapely.Geometry]:
    """Shapes in mm, simplified as a coverage level by level so that neighbours keep their common edges."""
    result: list[shapely.Geometry] = [None] * len(shown)
    for kind in {(ground.level, ground.bordered) for ground in shown}:
        places = [number for number, ground in enumerate(shown) if (ground.level, ground.bordered) == kind]
        shapes = np.empty(len(places), dtype=object)
        shapes[:] = [shown[number].geometry for number in places]
        for number, shape in zip(places, simplify(layout.to_paper(shapes), _DETAIL), strict=True):
            result[number] = shape
    return result


def _fill(page: Canvas, shown: Sequence[Ground], drawn: Sequence[shapely.Geometry]) -> None:
    order = sorted(range(len(shown)), key=lambda number: (shown[number].level, shown[number].emphasis.value))
    for number in order:
        emphasis = shown[number].emphasis
        if emphasis is Emphasis.NEIGHBOUR or (emphasis is Emphasis.NONE and shown[number].level == _VILLAGE):
            continue
        page.fill(drawn[number], FILLS[emphasis, True])
        if emphasis in HATCHES:
            hatch = HATCHES[emphasis]
            page.hatch(drawn[number], hatch.colour, spacing=hatch.spacing, width=hatch.width, crossed=hatch.crossed)


def _seats(page: Canvas, shown: Sequence[Ground], layout: Layout, window: shapely.Polygon) -> list[shapely.Polygon]:
    boxes = []
    for ground in shown:
        if ground.seat is None:
            continue
        [point] = layout.to_paper(np.array([ground.seat], dtype=object))
        if shapely.contains(window, point):
            page.disc(point.x, point.y, 0.8, WHITE, ring=BLACK)
            page.disc(point.x, point.y, 0.3, BLACK)
            boxes.append(point.buffer(1.1))
    return boxes


def _names(
    page: Canvas, shown: Sequence[Ground], drawn: Sequence[shapely.Geometry], layout: Layout, seats: Sequence[shapely.Polygon]
) -> int:
    names = []
    # A unit with others of its own drawn inside is named by its border only where it is what the sheet is about.
    for number, ground in enumerate(shown):
        if not ground.named:
            continue
        size = _size(ground)
        bold = ground.emphasis is Emphasis.CHANGED
        width = max(page.text_width(ground.name, size, bold=bold), page.text_width(ground.note, size * _NOTE_SIZE))
        height = size * (1.15 + (_NOTE_SIZE * 1.25 if ground.note else 0))
        names.append(Name(number, width, height, drawn[number], must=ground.emphasis in HATCHES))
    north = layout.frame
    corner = shapely.box(north.right - NORTH_BOX[0], north.top, north.right, north.top + NORTH_BOX[1])
    placed, left_out = place(names, layout.frame.polygon(0.8), [*seats, corner])
    for one in placed:
        ground = shown[one.key]
        size, bold = _size(ground), ground.emphasis is Emphasis.CHANGED
        middle, base = one.left + one.width / 2, one.top + size * 0.95
        if one.lead is not None:
            edge = (min(max(one.lead[0], one.left), one.left + one.width), min(max(one.lead[1], one.top), one.top + one.height))
            page.stroke(shapely.LineString([edge, one.lead]), BLACK, 0.18)
            page.disc(*one.lead, 0.35, BLACK)
        colour = _GREY if ground.emphasis in (Emphasis.NONE, Emphasis.NEIGHBOUR) else BLACK
        page.text(middle, base, ground.name, size, align="centre", bold=bold, colour=colour, halo=_HALO)
        if ground.note:
            page.text(middle, base + size * 0.95, ground.note, size * _NOTE_SIZE, align="centre", colour=colour, halo=_HALO)
    return left_out


def _size(ground: Ground) -> float:
    return NAME_SIZES[ground.level] * (1.15 if ground.emphasis is Emphasis.CHANGED else 1.0)


def _legend(
    sheet: Sheet, shown: Sequence[Ground], lines: Mapping[int, shapely.Geometry], vague: set[int], seats: bool
) -> list[Swatch]:
    present = {ground.emphasis for ground in shown}
    swatches = [Swatch(sheet.words.get(one, ""), emphasis=one) for one in HATCHES if one in present]
    swatches += [
        Swatch(BORDERS[level].words + ("（示意）" if level in vague else ""), level=level, vague=level in vague)
        for level in sorted(lines)
        if not lines[level].is_empty
    ]
    swatches = [Swatch(sort.words, sort=sort) for sort in dict.fromkeys(mark.sort for mark in sheet.marks)] + swatches
    return [*swatches, Swatch("政府（机关）驻地", seat=True)] if seats else swatches
