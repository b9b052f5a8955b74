"""One face of a sign at its true size, as SVG and as PDF, with every character as an outline.

What the type does not say is our choice and written on the production order: the face (Noto Sans CJK SC, bold), how far texts keep
from the edge of their part, the border drawn at the widest the type allows. Characters keep their shape; only figures whose height
the type prescribes are narrowed where they would not go in otherwise (docs/decisions/0099).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import cairocffi as cairo
import segno
import shapely

from gis.sheets.canvas import BLACK, FONT, MM, Canvas, Colour, Page, pdf_of_pages
from placenames.rules.signs.texts import Made
from placenames.rules.signs.types import COLOURS, Part, SignType

# Shares of a part's height that Chinese, letters and figures take; of the part's width at most `_WIDE`.
_TALL: Final = {"chinese": 0.62, "roman": 0.46, "number": 0.8, "minority": 0.6}
_WIDE: Final = 0.86
# Space between characters of a name, as a share of their size.
_LOOSE: Final = {2: 0.5, 3: 0.28, 4: 0.16}
_BORDER: Final = 10.0
# A module of a code smaller than this is not cut or printed well, nor read by an old phone at arm's length; our figure.
LEAST_MODULE_MM: Final = 0.8
_QUIET: Final = 4
_POINTS: Final = 72 / MM


class NotDrawableError(ValueError):
    """`missing`: what the type or the name lacks, as stable words."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Drawing:
    """A face ready to be drawn; `width`, `height` in mm. `boxes`: (role, x, y, width, height) of what each text covers, in mm."""

    width: float
    height: float
    draw: Callable[[Canvas], None]
    title: str
    boxes: tuple[tuple[str, float, float, float, float], ...]

    @property
    def page(self) -> Page:
        return Page(self.width, self.height, self.draw)

    def pdf(self, made_on: date) -> bytes:
        return pdf_of_pages([self.page], title=self.title, made_on=made_on)

    def svg(self) -> bytes:
        return _svg(self.width, self.height, self.draw)


def plan(kind: SignType, made: Made, ground: str = "", link: str = "") -> Drawing:
    """The drawing of a face with the texts `made`; `ground` where the type leaves a choice, `link` what its code opens.

    Raises `NotDrawableError` where the type has no size, layout or colour, or a text cannot be made.
    """
    missing = [*kind.missing, *(code for code, _zh, _en in made.missing)]
    colours = _colours(kind, ground)
    if colours is None and not missing:
        missing.append("ground_choice")
    if missing or colours is None or kind.width_mm is None or kind.height_mm is None:
        raise NotDrawableError(missing)
    width, height = kind.width_mm, kind.height_mm
    border = kind.border_max_mm if kind.border_max_mm is not None else _BORDER
    ink = colours[1]
    placed = [_placed(part, made.of(part.role), width, height, border) for part in kind.parts if part.role != "qr"]
    code = _code_box(kind, width, height) if link else None
    if code is not None and module_mm(link, code[2]) < LEAST_MODULE_MM:
        raise NotDrawableError(["code_small"])

    def draw(canvas: Canvas) -> None:
        canvas.fill(shapely.box(0, 0, width, height), _rgb(colours[0]))
        for part in kind.parts:
            if part.ground:
                canvas.fill(_box(part, width, height), _rgb(part.ground))
        for part, text in zip((one for one in kind.parts if one.role != "qr"), placed, strict=True):
            text.draw(canvas, _rgb(part.ink or ink))
        canvas.fill(_frame(width, height, border), _rgb(ink))
        if code is not None:
            _draw_code(canvas, link, *code)

    return Drawing(width, height, draw, f"{made.of('chinese')} {kind.name}", tuple(text.box for text in placed))


def code_label(link: str, caption: str, side: float = 60.0) -> Drawing:
    """The code alone, to be stuck on a sign whose type has no room for it: `side` mm wide, its caption below.

    A long address makes it as much larger as its modules need.
    """
    side *= max(1.0, LEAST_MODULE_MM / module_mm(link, side))

    def draw(canvas: Canvas) -> None:
        canvas.fill(shapely.box(0, 0, side, side + 10), _rgb("white"))
        _draw_code(canvas, link, 0, 0, side)
        size = min(5.0, 5.0 * side * 0.92 / max(canvas.text_width(caption, 5.0), 0.1))
        canvas.outlined(side / 2, side + 6, caption, size, BLACK, centred=True)

    return Drawing(side, side + 10, draw, caption, ())


@dataclass(frozen=True)
class _Placed:
    role: str
    text: str
    size: float
    spacing: float
    x: float
    y: float
    narrowed: float
    ink_box: tuple[float, float, float, float]

    @property
    def box(self) -> tuple[str, float, float, float, float]:
        return (self.role, *self.ink_box)

    def draw(self, canvas: Canvas, colour: Colour) -> None:
        canvas.outlined(self.x, self.y, self.text, self.size, colour, spacing=self.spacing, bold=True, narrowed=self.narrowed)


def _placed(part: Part, text: str, width: float, height: float, border: float) -> _Placed:
    """The largest the text can be in its part: by height as the kind of text has it, by width whatever it takes."""
    left, top = max(part.x * width, border), max(part.y * height, border)
    right, bottom = min((part.x + part.width) * width, width - border), min((part.y + part.height) * height, height - border)
    loose = _LOOSE.get(len(text), 0.0) if part.role == "chinese" else 0.0
    context = _measuring()
    context.set_font_size(100.0)
    x_bearing, y_bearing, ink_width, ink_height, _advance, _ = _extents(context, text, loose * 100.0)
    size = 100.0 * min(_TALL[part.role] * (bottom - top) / ink_height, _WIDE * (right - left) / ink_width)
    narrowed = 1.0
    if part.least_height_mm is not None:
        size = max(size, 100.0 * min(part.least_height_mm, bottom - top) / ink_height)
        narrowed = min(1.0, _WIDE * (right - left) / (ink_width * size / 100.0))
    scale = size / 100.0
    x = (left + right) / 2 - (x_bearing + ink_width / 2) * scale * narrowed
    y = (top + bottom) / 2 - (y_bearing + ink_height / 2) * scale
    box = (x + x_bearing * scale * narrowed, y + y_bearing * scale, ink_width * scale * narrowed, ink_height * scale)
    return _Placed(part.role, text, size, loose * size, x, y, narrowed, box)


def _extents(context: Any, text: str, spacing: float) -> tuple[float, ...]:
    found = list(context.text_extents(text))
    found[2] += spacing * (len(text) - 1)
    return tuple(found)


def _measuring() -> Any:
    context = cairo.Context(cairo.RecordingSurface(cairo.CONTENT_COLOR, None))
    options = cairo.FontOptions()
    options.set_hint_style(cairo.HINT_STYLE_NONE)
    options.set_hint_metrics(cairo.HINT_METRICS_OFF)
    context.set_font_options(options)
    context.select_font_face(FONT, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD)
    return context


def _code_box(kind: SignType, width: float, height: float) -> tuple[float, float, float] | None:
    part = kind.part("qr")
    if part is None:
        return None
    side = min(part.width * width, part.height * height)
    return (part.x + part.width / 2) * width - side / 2, (part.y + part.height / 2) * height - side / 2, side


def module_mm(link: str, side: float) -> float:
    """The side of one module of the code of `link`, `side` mm wide with its quiet zone."""
    return side / (segno.make_qr(link, error="q").symbol_size(border=_QUIET)[0])


def _draw_code(canvas: Canvas, link: str, x: float, y: float, side: float) -> None:
    """With its quiet zone of four modules; a quarter of it may be lost (level Q) before it cannot be read."""
    matrix = [list(row) for row in segno.make_qr(link, error="q").matrix]
    module = side / (len(matrix) + 2 * _QUIET)
    canvas.fill(shapely.box(x, y, x + side, y + side), _rgb("white"))
    dark = [
        shapely.box(*(at + (_QUIET + cell) * module for at, cell in ((x, column), (y, row), (x, column + 1), (y, row + 1))))
        for row, cells in enumerate(matrix)
        for column, cell in enumerate(cells)
        if cell
    ]
    canvas.fill(shapely.multipolygons(dark), _rgb("black"))


def _colours(kind: SignType, ground: str) -> tuple[str, str] | None:
    for one in kind.ground:
        if one.when == "always" or one.ground == ground:
            return one.ground, one.ink
    return None


def _frame(width: float, height: float, border: float) -> shapely.Polygon:
    inner = shapely.box(border, border, width - border, height - border)
    return shapely.Polygon(shapely.box(0, 0, width, height).exterior, [inner.exterior])


def _box(part: Part, width: float, height: float) -> shapely.Polygon:
    x, y = part.x * width, part.y * height
    return shapely.box(x, y, x + part.width * width, y + part.height * height)


def _rgb(name: str) -> Colour:
    digits = COLOURS[name][1].lstrip("#")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _svg(width: float, height: float, draw: Callable[[Canvas], None]) -> bytes:
    """Cairo writes the size in points, so the drawing keeps its true size wherever it is opened."""
    buffer = io.BytesIO()
    surface = cairo.SVGSurface(buffer, width * _POINTS, height * _POINTS)
    context = cairo.Context(surface)
    context.scale(_POINTS, _POINTS)
    draw(Canvas(context))
    surface.finish()
    return buffer.getvalue()
