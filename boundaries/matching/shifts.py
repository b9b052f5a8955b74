"""Are the positions those of a web map? GCJ-02 lies some 500 m off in Henan and BD-09 some 1,000 m, all in one direction; the shift
that is left in the vectors to the line vanishes when the positions are taken as what they are.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.matching.clues import Found
from boundaries.matching.coverage import covered_by, joined
from boundaries.matching.errors import MatchError
from boundaries.matching.intervals import total
from boundaries.matching.line import Line
from boundaries.matching.nearest import Index
from boundaries.matching.settings import Settings
from boundaries.matching.track import Plane, Track, Walk
from gis.crs import Outlines, inverse
from gis.crs.gcj02 import bd09_to_wgs84, gcj02_to_wgs84

Floats = npt.NDArray[np.float64]

_BACK: Final = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
SYSTEMS: Final = tuple(_BACK)
_SAMPLE: Final = 1_000
# So large a share of the walk must come to lie within the tolerance, and so much larger a share than before.
_SHARE: Final = 0.5
_MORE: Final = 0.3
_SIDES: Final = (
    ("北", "north"), ("东北", "north-east"), ("东", "east"), ("东南", "south-east"),
    ("南", "south"), ("西南", "south-west"), ("西", "west"), ("西北", "north-west"),
)  # fmt: skip


class Surroundings:
    """The line asked for distances however far off; made only when somebody asks."""

    def __init__(self, line: Line) -> None:
        self.line = line

    @cached_property
    def outlines(self) -> Outlines:
        places = [shapely.linestrings(places) for places, _along in self.line.densified(1_000.0)]
        return Outlines(np.asarray(places, dtype=object))

    def distances(self, places: Floats) -> Floats:
        """Metres to the line from (n, 2) places, good to a percent."""
        return np.hypot(*self.outlines.vectors(places).T)

    def nearest_m(self, walk: Walk) -> float:
        return float(self.distances(_sample(walk)).min())


def converted(track: Track, system: str) -> Track:
    """The same recording taken as gcj02 or bd09. Raises `MatchError`: unknown_crs."""
    if system not in SYSTEMS:
        raise MatchError("unknown_crs", f"轨迹坐标只能按 {'、'.join(SYSTEMS)} 换算。", f"Tracks convert from {', '.join(SYSTEMS)}.")
    moved = _moved(np.column_stack((track.lon, track.lat)), system)
    return Track(track.name, moved[:, 0], moved[:, 1], track.time, track.segment, track.local, track.digest, track.missing)


def shift_of(around: Surroundings, walk: Walk, settings: Settings) -> list[Found]:
    """Which shift, if any, explains a walk of which less than half is near the line."""
    places = _sample(walk)
    if len(places) < 2:
        return []
    as_is = around.distances(places)
    share = float(np.mean(as_is <= settings.tolerance_m))
    best: tuple[float, float, str] | None = None
    for system in SYSTEMS:
        moved = _moved(places, system)
        if np.array_equal(moved, places):  # nobody shifts there
            continue
        away = around.distances(moved)
        near = float(np.mean(away <= settings.tolerance_m))
        if near >= max(_SHARE, share + _MORE) and (best is None or near - float(np.median(away)) / 1e4 > best[0]):
            best = near - float(np.median(away)) / 1e4, float(np.median(away)), system
    if best is None:
        return []
    _score, after, system = best
    metres, azimuth = inverse(_moved(places, system), places)
    zh, en = _SIDES[round(float(np.median(azimuth)) % 360 / 45) % 8]
    values = {
        "shift": round(float(np.median(metres))),
        "side_zh": zh,
        "side_en": en,
        "before": round(float(np.median(as_is))),
        "after": round(after),
        "share": round(100 * _would_cover(around.line, walk, system, settings)),
        "system": system,
    }
    return [(f"{system}_shift", values)]


def _would_cover(line: Line, walk: Walk, system: str, settings: Settings) -> float:
    moved = _moved(np.column_stack((walk.lon, walk.lat)), system)
    plane = Plane(moved[:, 0], moved[:, 1])
    again = Walk(moved[:, 0], moved[:, 1], walk.time, np.append(0.0, plane.steps()), walk.broken, plane)
    walked = covered_by(line, Index(line, settings.tolerance_m), again, settings)
    return total(joined(line, walked.intervals, settings)) / line.length_m


def _sample(walk: Walk) -> Floats:
    rows = np.unique(np.linspace(0, len(walk) - 1, min(len(walk), _SAMPLE)).astype(np.int64))
    return np.column_stack((walk.lon[rows], walk.lat[rows]))


def _moved(places: Floats, system: str) -> Floats:
    return np.column_stack(_BACK[system](places[:, 0], places[:, 1]))
