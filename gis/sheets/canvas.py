"""Drawing on paper in millimetres: lines, polygons, hatching and Chinese text. One drawing makes the PDF and the PNG.

Cairo writes PDF with the glyphs used as embedded subsets and with their characters, so that the text can be searched and copied.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import cairocffi as cairo
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

# fonts-noto-cjk (scripts/prepare/packages.py); has the rare characters of place names too.
FONT: Final = "Noto Sans CJK SC"
SERIF: Final = "Noto Serif CJK SC"
DPI: Final = 300
MM: Final = 25.4

Colour = tuple[float, float, float]
Align = Literal["left", "centre", "right"]
BLACK: Final[Colour] = (0.0, 0.0, 0.0)
WHITE: Final[Colour] = (1.0, 1.0, 1.0)
_POINTS_MM: Final = 72 / MM
_CLOSING: Final = frozenset("，。：；、）」』》！？％”’")


def pdf(width: float, height: float, draw: Callable[[Canvas], None], *, title: str, made_on: date) -> bytes:
    """One page of `width` × `height` mm. The same drawing on the same day gives the same bytes."""
    buffer = io.BytesIO()
    surface = cairo.PDFSurface(buffer, width * _POINTS_MM, height * _POINTS_MM)
    surface.set_metadata(cairo.PDF_METADATA_TITLE, title)
    surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, f"{made_on.isoformat()}T00:00:00")
    context = cairo.Context(surface)
    context.scale(_POINTS_MM, _POINTS_MM)
    draw(Canvas(context))
    surface.finish()
    return buffer.getvalue()


@dataclass(frozen=True)
class Page:
    """A page of a document, `width` × `height` mm."""

    width: float
    height: float
    draw: Callable[[Canvas], None]


def pdf_of_pages(pages: Sequence[Page], *, title: str, made_on: date, font: str = FONT) -> bytes:
    """A document of pages that may differ in size. The same drawings on the same day give the same bytes."""
    buffer = io.BytesIO()
    surface = cairo.PDFSurface(buffer, pages[0].width * _POINTS_MM, pages[0].height * _POINTS_MM)
    surface.set_metadata(cairo.PDF_METADATA_TITLE, title)
    surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, f"{made_on.isoformat()}T00:00:00")
    for page in pages:
        surface.set_size(page.width * _POINTS_MM, page.height * _POINTS_MM)
        context = cairo.Context(surface)
        context.scale(_POINTS_MM, _POINTS_MM)
        page.draw(Canvas(context, font))
        surface.show_page()
    surface.finish()
    return buffer.getvalue()


def measuring(font: str = FONT) -> Canvas:
    """A canvas on which nothing is drawn, to ask for the widths of texts."""
    return Canvas(cairo.Context(cairo.RecordingSurface(cairo.CONTENT_COLOR, None)), font)


def png(width: float, height: float, draw: Callable[[Canvas], None]) -> bytes:
    """The page at 300 dots per inch; the file says so, and prints at its size."""
    scale = DPI / MM
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, round(width * scale), round(height * scale))
    context = cairo.Context(surface)
    context.scale(scale, scale)
    context.set_source_rgb(*WHITE)
    context.paint()
    draw(Canvas(context))
    buffer = io.BytesIO()
    surface.write_to_png(buffer)
    return _with_resolution(buffer.getvalue())


def _with_resolution(data: bytes) -> bytes:
    """Puts the chunk pHYs (pixels per metre) behind the header, which cairo leaves out."""
    per_metre = round(DPI / MM * 1000)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    head = 8 + 25  # the signature and IHDR
    return data[:head] + chunk + data[head:]


class Canvas:
    """x to the right and y downwards, in mm from the upper left corner."""

    def __init__(self, context: Any, font: str = FONT) -> None:
        self._context = context
        self._face = font
        options = cairo.FontOptions()
        options.set_hint_style(cairo.HINT_STYLE_NONE)
        options.set_hint_metrics(cairo.HINT_METRICS_OFF)
        context.set_font_options(options)
        context.set_line_join(cairo.LINE_JOIN_ROUND)

    # --- text -------------------------------------------------------------------------------------------------------

    def _font(self, size: float, bold: bool) -> None:
        self._context.select_font_face(
            self._face, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL
        )
        self._context.set_font_size(size)

    def text_width(self, text: str, size: float, *, bold: bool = False) -> float:
        self._font(size, bold)
        return float(self._context.text_extents(text)[4])

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        align: Align = "left",
        bold: bool = False,
        colour: Colour = BLACK,
        halo: float = 0.0,
    ) -> None:
        """`y` is the base line. `halo` mm of white around the characters keep them readable over lines."""
        shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * self.text_width(text, size, bold=bold)
        self._font(size, bold)
        if halo:
            self._context.move_to(x - shift, y)
            self._context.text_path(text)
            self._context.set_source_rgb(*WHITE)
            self._context.set_line_width(2 * halo)
            self._context.set_dash([])
            self._context.stroke()
        self._context.set_source_rgb(*colour)
        self._context.move_to(x - shift, y)
        self._context.show_text(text)

    def outlined(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: Colour,
        *,
        spacing: float = 0.0,
        centred: bool = False,
        bold: bool = False,
        narrowed: float = 1.0,
    ) -> None:
        """Text as filled outlines, for machines that cut or print plates without the font.

        `spacing` mm more between characters; `narrowed` is the share of their width that they keep.
        """
        self._font(size, bold)
        if centred:
            x -= (self.text_width(text, size, bold=bold) + spacing * (len(text) - 1)) / 2
        self._context.new_path()
        self._context.save()
        self._context.translate(x, y)
        self._context.scale(narrowed, 1.0)
        at = 0.0
        for piece in text if spacing else [text]:
            self._context.move_to(at, 0)
            self._context.text_path(piece)
            at += float(self._context.text_extents(piece)[4]) + spacing
        self._context.restore()
        self._context.set_source_rgb(*colour)
        self._context.fill()

    def lines_of(self, text: str, size: float, width: float) -> list[str]:
        """`text` cut into lines of at most `width` mm; Chinese may be cut between any two characters, figures are kept whole.

        A closing mark does not begin a line: it hangs over the edge of the one before. Runs too long for a line are cut.
        """
        lines, line = [], ""
        for piece in _pieces(text):
            if line and piece not in _CLOSING and self.text_width(line + piece, size) > width:
                lines.append(line)
                line = piece.lstrip()
            else:
                line += piece
            while len(line) > 1 and line.isascii() and self.text_width(line, size) > width:
                fits = max(1, int(len(line) * width / self.text_width(line, size)))
                lines.append(line[:fits])
                line = line[fits:]
        return [*lines, line] if line else lines

    # --- shapes -----------------------------------------------------------------------------------------------------

    def fill(self, polygon: shapely.Geometry, colour: Colour) -> None:
        self._path(polygon)
        self._context.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
        self._context.set_source_rgb(*colour)
        self._context.fill()

    def hatch(self, polygon: shapely.Geometry, colour: Colour, *, spacing: float, width: float, crossed: bool = False) -> None:
        """Slanting lines over the polygon; `crossed` adds those of the other slant."""
        left, top, right, bottom = polygon.bounds
        with self.clipped(polygon):
            self._context.set_source_rgb(*colour)
            self._context.set_line_width(width)
            self._context.set_dash([])
            tall = bottom - top
            for start in np.arange((left - tall) // spacing * spacing, right + tall, spacing):
                self._context.move_to(start, bottom)
                self._context.line_to(start + tall, top)
                if crossed:
                    self._context.move_to(start, top)
                    self._context.line_to(start + tall, bottom)
            self._context.stroke()

    def stroke(
        self, lines: shapely.Geometry, colour: Colour, width: float, dashes: Sequence[float] = (), alpha: float = 1.0
    ) -> None:
        """Lines or the edges of polygons. A dash of nearly nothing is a dot."""
        self._path(lines)
        self._context.set_source_rgba(*colour, alpha)
        self._context.set_line_width(width)
        self._context.set_line_cap(cairo.LINE_CAP_ROUND if 0.01 in dashes else cairo.LINE_CAP_BUTT)
        self._context.set_dash(list(dashes))
        self._context.stroke()
        self._context.set_dash([])

    def disc(self, x: float, y: float, radius: float, colour: Colour, *, ring: Colour | None = None) -> None:
        self.fill(shapely.Point(x, y).buffer(radius), colour)
        if ring is not None:
            self.stroke(shapely.Point(x, y).buffer(radius), ring, 0.25)

    def picture(self, jpeg: bytes, size: tuple[int, int], x: float, y: float, width: float) -> None:
        """A JPEG of `size` pixels, put into the PDF as it is, `width` mm wide."""
        surface = cairo.ImageSurface(cairo.FORMAT_RGB24, *size)
        surface.set_mime_data("image/jpeg", jpeg)
        scale = width / size[0]
        self._context.save()
        self._context.translate(x, y)
        self._context.scale(scale, scale)
        self._context.set_source_surface(surface)
        self._context.paint()
        self._context.restore()

    @contextmanager
    def clipped(self, polygon: shapely.Geometry) -> Iterator[None]:
        self._context.save()
        try:
            self._path(polygon)
            self._context.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
            self._context.clip()
            yield
        finally:
            self._context.restore()

    def _path(self, geometry: shapely.Geometry) -> None:
        self._context.new_path()
        parts = shapely.get_parts(np.atleast_1d(np.asarray(geometry, dtype=object)))
        areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        for line in (*shapely.get_rings(parts[areal]), *parts[~areal]):
            for number, (x, y) in enumerate(shapely.get_coordinates(line)):
                (self._context.line_to if number else self._context.move_to)(x, y)
            if line.geom_type == "LinearRing":
                self._context.close_path()


def _pieces(text: str) -> Iterator[str]:
    """Single characters, runs of Latin letters and figures together."""
    run = ""
    for character in text:
        if character.isascii() and not character.isspace():
            run += character
            continue
        if run:
            yield run
            run = ""
        yield character
    if run:
        yield run
