"""What looks wrong with tracks. Said, never acted upon: a person decides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from boundaries.matching.clocks import clock_findings
from boundaries.matching.clues import Clues, Found
from boundaries.matching.duplicates import duplicates
from boundaries.matching.line import Line
from boundaries.matching.settings import Settings
from boundaries.matching.shifts import Surroundings, shift_of
from boundaries.matching.track import Track, Walk
from boundaries.matching.words import WORDS

__all__ = ["Clues", "Suspicion", "suspicions"]

FEWEST: Final = 10  # positions; with fewer one cannot tell a walk from a few marks
# A step in one segment that is as long and as fast is no way on the ground but a railway's; without times as long a step is one.
JUMP_M: Final = 2_000.0
JUMP_M_S: Final = 70.0
JUMP_UNTIMED_M: Final = 50_000.0
# Over at least half a minute, so that noise is no speed. 150 km/h: faster than any car beside a boundary line.
SPEED_OVER_S: Final = 30.0
FASTEST_M_S: Final = 150.0 / 3.6


@dataclass(frozen=True)
class Suspicion:
    """A code of `words.WORDS`, its sentence in both languages, the tracks it is about and the values in it."""

    code: str
    zh: str
    en: str
    tracks: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


def suspicions(
    line: Line, tracks: Sequence[Track], walks: Sequence[Walk], used: Sequence[tuple[int, bool]], settings: Settings, clues: Clues
) -> tuple[Suspicion, ...]:
    """`used`: of each walk the positions that were matched, and whether it covers anything."""
    found: list[Found] = []
    if line.gaps:
        found.append(("line_has_gaps", {"count": len(line.gaps), "metres": round(sum(gap for _at, gap in line.gaps))}))
    found += duplicates(tracks)
    around = Surroundings(line)
    for track, walk, (count, covers) in zip(tracks, walks, used, strict=True):
        about = [*_numbers(track, walk), *_motion(walk), *clock_findings(track, walk, clues, settings)]
        if count < len(walk) / 2:
            about += shift_of(around, walk, settings)
        explained = any(code.endswith("_shift") for code, _values in about)
        if len(walk) and not covers and not explained:
            about += _not_on_it(around.nearest_m(walk) if not count else 0.0, len(walk), settings)
        found += [(code, {"track": track.name, **values}) for code, values in about]
    return tuple(told(code, values) for code, values in found)


def told(code: str, values: Mapping[str, Any]) -> Suspicion:
    zh, en = WORDS[code]
    about = tuple(str(values[name]) for name in ("track", "other") if name in values)
    return Suspicion(code, zh.format_map(values), en.format_map(values), about, dict(values))


def _not_on_it(nearest_m: float, count: int, settings: Settings) -> list[Found]:
    if nearest_m > settings.tolerance_m:
        return [("off_line", {"nearest": round(nearest_m)})]
    return [("not_along", {"shortest": f"{settings.shortest_m:g}"})] if count >= FEWEST else []


def _numbers(track: Track, walk: Walk) -> list[Found]:
    found: list[Found] = []
    if len(walk) < FEWEST:
        found.append(("too_few_points", {"count": len(walk)}))
    timed = int(np.isfinite(walk.time).sum())
    if len(walk) and not timed:
        found.append(("no_times", {}))
    elif timed < len(walk):
        found.append(("some_times_missing", {"count": len(walk) - timed, "total": len(walk)}))
    if walk.reordered:
        found.append(("times_out_of_order", {}))
    if timed and track.local:
        found.append(("time_without_zone", {}))
    return found


def _motion(walk: Walk) -> list[Found]:
    if len(walk) < 2:
        return []
    found: list[Found] = []
    step = walk.step[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = step / np.abs(np.diff(walk.time))
    timed = np.isfinite(speed) | np.isposinf(speed)
    jump = np.where(timed, (step > JUMP_M) & (speed > JUMP_M_S), step > JUMP_UNTIMED_M)
    if jump.any() or walk.leaps:
        farthest = max(float(step[jump].max(initial=0.0)), walk.farthest_leap_m)
        found.append(("jumps", {"count": int(jump.sum()) + walk.leaps, "distance": round(farthest)}))
    fastest = _fastest(walk, np.append(True, jump))
    if fastest > FASTEST_M_S:
        found.append(("impossible_speed", {"speed": round(fastest * 3.6)}))
    return found


def _fastest(walk: Walk, jump: np.ndarray[Any, Any]) -> float:
    """m/s, straight from each position to the first that is half a minute later, without a jump between."""
    timed = np.flatnonzero(np.isfinite(walk.time))
    time = walk.time[timed]
    if len(time) < 2 or np.any(np.diff(time) < 0):
        return 0.0
    later = np.searchsorted(time, time + SPEED_OVER_S)
    at = np.flatnonzero(later < len(time))
    before, after = timed[at], timed[later[at]]
    jumps = np.cumsum(jump)
    smooth = jumps[before] == jumps[after]
    if not smooth.any():
        return 0.0
    before, after = before[smooth], after[smooth]
    with np.errstate(invalid="ignore"):  # where a clock says 1e300 the difference may be none
        speed = walk.plane.between(before, after) / (walk.time[after] - walk.time[before])
    return float(speed.max()) if len(speed) and math.isfinite(float(speed.max())) else 0.0
