"""How ranks of borders, kinds of ground and names look. Ranks differ by dash, dot and width, not by colour alone.

The order (dash and two dots for the highest rank, down to dots for villages) follows the manner of Chinese maps; the measures are
ours and claim no conformity with a symbol standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from gis.sheets.canvas import BLACK, Colour


class Emphasis(Enum):
    """NONE: around what changes, within its parent. NEIGHBOUR: beyond it, faint. CHANGED, MOVED: what the sheet tells."""

    NEIGHBOUR = 0
    NONE = 1
    CHANGED = 2
    MOVED = 3


@dataclass(frozen=True)
class Border:
    """`band` is the width of the tinted band along the line, 0 for none."""

    words: str
    width: float
    dashes: tuple[float, ...]
    colour: Colour = BLACK
    band: float = 0.0
    band_colour: Colour = (0.72, 0.58, 0.76)


@dataclass(frozen=True)
class Hatch:
    colour: Colour
    spacing: float
    width: float
    crossed: bool = False


_DOT = 0.01
BORDERS: Final[Mapping[int, Border]] = {
    1: Border("省级界", 0.85, (5.0, 1.6, _DOT, 1.6, _DOT, 1.6), band=3.4),
    2: Border("地级界", 0.65, (4.2, 1.4, _DOT, 1.4), band=2.6),
    3: Border("县级界", 0.5, (2.6, 1.0, 2.6, 1.0, _DOT, 1.0), band=2.0),
    4: Border("乡级界", 0.3, (1.8, 0.9)),
    5: Border("村级界", 0.26, (_DOT, 0.85), (0.25, 0.25, 0.25)),
}
# (emphasis, inside the window of the map); the first entry is the paper under the map.
FILLS: Final[Mapping[tuple[Emphasis, bool], Colour]] = {
    (Emphasis.NONE, False): (0.955, 0.955, 0.945),
    (Emphasis.NONE, True): (1.0, 0.995, 0.965),
    (Emphasis.CHANGED, True): (0.995, 0.925, 0.84),
    (Emphasis.MOVED, True): (0.88, 0.935, 0.98),
}
HATCHES: Final[Mapping[Emphasis, Hatch]] = {
    Emphasis.CHANGED: Hatch((0.82, 0.36, 0.16), 2.4, 0.2),
    Emphasis.MOVED: Hatch((0.15, 0.38, 0.62), 1.9, 0.16, crossed=True),
}
NAME_SIZES: Final[Mapping[int, float]] = {1: 5.2, 2: 4.8, 3: 4.2, 4: 3.1, 5: 2.25}
