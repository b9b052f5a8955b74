"""A small picture of an inspection's line for a page at the desk: what was walked, what is missing, markers, places marked.

North is up; a degree is as long to the east as to the north. Covered is solid, missing dashed, so that nobody needs the colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import shapely

from boundaries.field_waypoints import Waypoint
from boundaries.inspection_field import FieldState
from gis.crs import metres_per_degree

WIDTH: Final = 720.0
TALLEST: Final = 420.0
# A line from north to south needs no more, and is read on a telephone as it is.
NARROWEST: Final = 330.0
_MARGIN: Final = 28.0
# Corners nearer together than half a point of the picture are one.
_THINNED: Final = 0.5


@dataclass(frozen=True)
class Spot:
    """A place in the picture, in its own units, with what is written at it and told of it."""

    x: float
    y: float
    name: str
    state: str = ""


@dataclass(frozen=True)
class Sketch:
    """`width` and `height` of the picture in its own units; lines as paths of SVG."""

    width: float
    height: float
    whole: str
    covered: str
    missing: str
    markers: tuple[Spot, ...]
    waypoints: tuple[Spot, ...]
    scale_words: str
    scale_length: float


def sketch_of(state: FieldState, waypoints: Sequence[Waypoint]) -> Sketch | None:
    """None where the line has no geometry. Places far from the line are left out: they would make the line a dot."""
    line = state.line.geometry
    if line is None or state.whole is None:
        return None
    west, south, east, north = line.bounds
    to_x, to_y = metres_per_degree([(south + north) / 2])[0]
    across, down = max((east - west) * to_x, 1.0), max((north - south) * to_y, 1.0)
    scale = min((WIDTH - 2 * _MARGIN) / across, (TALLEST - 2 * _MARGIN) / down)
    width = max(across * scale + 2 * _MARGIN, NARROWEST)
    left = (width - across * scale) / 2

    def at(place: Sequence[float]) -> tuple[float, float]:
        return left + (place[0] - west) * to_x * scale, _MARGIN + (north - place[1]) * to_y * scale

    def path(shapes: Iterable[shapely.Geometry]) -> str:
        parts = [part for shape in shapes for part in shapely.get_parts(shape) if not part.is_empty]
        thinned = [shapely.LineString([at(place) for place in part.coords]).simplify(_THINNED) for part in parts]
        return " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in part.coords) for part in thinned)

    height = down * scale + 2 * _MARGIN
    metres = _round(width / scale / 4)
    marked = [Spot(*at(one.place), one.name) for one in waypoints]
    return Sketch(
        width=round(width, 1),
        height=round(height, 1),
        whole=path([line]),
        covered=path(one.geometry for one in state.covered_geometry),
        missing=path(one.geometry for one in state.uncovered),
        markers=tuple(
            Spot(*at(one.marker.place), one.marker.number, "differing" if one.differing else "visited" if one.visited else "none")
            for one in state.markers
            if one.marker.place is not None
        ),
        waypoints=tuple(spot for spot in marked if 0 <= spot.x <= width and 0 <= spot.y <= height),
        scale_words=f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m",
        scale_length=round(metres * scale, 1),
    )


def _round(metres: float) -> float:
    """1, 2 or 5 times a power of ten, not longer."""
    power = 10.0 ** len(str(max(1, int(metres)))) / 10
    return next(step * power for step in (5, 2, 1) if step * power <= max(metres, 1.0))
