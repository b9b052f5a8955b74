"""Which level the map shows at which zoom: the one table behind tiles, shapes, identifying and the legend.

A zoom's width on the ground: the whole of Henan fills a desk screen at z8, a county at z11, a township at z13.
"""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.models.vocabulary import Level

MAX_ZOOM = 18

# Zooms that share a shape. Above z14 the records' own vertices are drawn.
BANDS: tuple[tuple[int, int], ...] = ((0, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 11), (12, 13), (14, MAX_ZOOM))
# Steps of a tile's own grid from edge to edge.
EXTENT = 4096
# Vertices whose triangle is smaller than a square of this side, in pixels of 256-pixel tiles, are left out.
TOLERANCE_PX = 0.6


@dataclass(frozen=True)
class LevelOnMap:
    """Zooms at which a level is drawn: polygons in `areas`, names in `names`; from `chosen` on it may be asked for."""

    level: Level
    layer: str
    areas: range
    names: range
    chosen: int


LEVELS: dict[Level, LevelOnMap] = {
    entry.level: entry
    for entry in (
        LevelOnMap(Level.PROVINCE, "province", range(7), range(6), 0),
        LevelOnMap(Level.PREFECTURE, "prefecture", range(4, 10), range(5, 9), 0),
        LevelOnMap(Level.COUNTY, "county", range(7, MAX_ZOOM + 1), range(7, 13), 4),
        LevelOnMap(Level.TOWNSHIP, "township", range(9, MAX_ZOOM + 1), range(10, 16), 5),
        LevelOnMap(Level.VILLAGE, "village", range(12, MAX_ZOOM + 1), range(13, MAX_ZOOM + 1), 8),
    )
}
BY_LAYER = {entry.layer: entry for entry in LEVELS.values()}


def band(zoom: int) -> tuple[int, int]:
    return next(pair for pair in BANDS if pair[0] <= zoom <= pair[1])


def grid_zoom(band_: tuple[int, int]) -> int | None:
    """The zoom on whose grid a band's areas are laid: its closest; None for the band that keeps every vertex where it is."""
    return None if band_[1] == MAX_ZOOM else band_[1]


def bands_of(level: Level) -> list[tuple[int, int]]:
    """The bands in which a level's areas, names or lines can be asked for."""
    return [pair for pair in BANDS if pair[1] >= LEVELS[level].chosen]


def areas_at(zoom: int, chosen: Level | None = None) -> list[Level]:
    """Levels whose areas a tile holds, the highest first. A chosen level is the finest shown, whatever the zoom."""
    if chosen is None:
        return [level for level, entry in LEVELS.items() if zoom in entry.areas]
    above = [level for level, entry in LEVELS.items() if level < chosen and zoom in entry.areas]
    return [*above, chosen] if zoom >= LEVELS[chosen].chosen else above


def names_at(zoom: int, chosen: Level | None = None) -> list[Level]:
    if chosen is None:
        return [level for level, entry in LEVELS.items() if zoom in entry.names]
    above = [level for level, entry in LEVELS.items() if level < chosen and zoom in entry.names]
    return [*above, chosen] if zoom >= max(LEVELS[chosen].chosen, LEVELS[chosen].names.start - 1) else above


def finest_at(zoom: int, chosen: Level | None = None) -> Level:
    """The level a click means."""
    shown = areas_at(zoom, chosen)
    return shown[-1] if shown else Level.PROVINCE
