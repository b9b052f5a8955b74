"""Marks at places too small to see at the map's scale: each sort with a sign of its own, told apart by form and not by colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from gis.sheets.canvas import WHITE, Canvas, Colour

_SIZE: Final = 1.9
_STACK: Final = 1.4


@dataclass(frozen=True)
class Sort:
    """What a mark stands for: one character in a ring, and the words of the legend. `square`: a box instead of a ring."""

    sign: str
    words: str
    colour: Colour
    square: bool = False


@dataclass(frozen=True)
class Mark:
    """`geometry` is ground in CGCS2000 degrees, drawn where it is large enough to be seen; the mark stands at `place`."""

    sort: Sort
    place: tuple[float, float]
    geometry: shapely.Geometry | None = None
    label: str = ""


def draw_ground(page: Canvas, shape: shapely.Geometry, sort: Sort) -> None:
    """Ground of a mark in mm of paper: hatched, edged."""
    page.hatch(shape, sort.colour, spacing=0.9, width=0.18, crossed=sort.square)
    page.stroke(shape, sort.colour, 0.3)


def draw_mark(page: Canvas, x: float, y: float, sort: Sort, label: str = "") -> None:
    ring = shapely.box(x - _SIZE, y - _SIZE, x + _SIZE, y + _SIZE) if sort.square else shapely.Point(x, y).buffer(_SIZE)
    page.fill(ring, WHITE)
    page.stroke(ring, sort.colour, 0.35)
    page.text(x, y + 0.95, sort.sign, 2.6, align="centre", bold=True, colour=sort.colour)
    if label:
        page.text(x + _SIZE + 0.5, y + 0.8, label, 2.1, halo=0.35)


def apart(spots: Sequence[tuple[float, float]]) -> list[int]:
    """Positions of the marks that are drawn: one that would cover an earlier one is left out."""
    shown: list[int] = []
    cells: set[tuple[int, int]] = set()
    for at, (x, y) in enumerate(spots):
        cell = (int(x // (_SIZE * _STACK)), int(y // (_SIZE * _STACK)))
        if cell not in cells:
            shown.append(at)
            cells |= {(cell[0] + dx, cell[1] + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    return shown
