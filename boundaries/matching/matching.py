"""The match of tracks with an agreed line: what was walked, how far off, which markers, and what looks wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.matching.coverage import covered_by, joined
from boundaries.matching.intervals import Interval, rest, total
from boundaries.matching.line import Line
from boundaries.matching.markers import Marker, Visit, visits
from boundaries.matching.nearest import Index
from boundaries.matching.settings import Settings
from boundaries.matching.suspicions import Clues, Suspicion, suspicions
from boundaries.matching.track import Track, Walk, walk_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Offsets:
    """Distances of the positions used from the line, m."""

    median: float
    p95: float
    max: float


@dataclass(frozen=True)
class TrackUse:
    """Positions used (matched with the line) and dropped (all others, those the file gives no position for too); `start` and `end`
    seconds since 1970 or NaN; `intervals` what this track alone covers.
    """

    name: str
    used: int
    dropped: int
    start: float
    end: float
    local: bool
    intervals: tuple[Interval, ...]


@dataclass(frozen=True)
class Match:
    """Chainages in geodesic metres from the beginning of the line. `offset` None when no position could be used."""

    length_m: float
    settings: Settings
    covered: tuple[Interval, ...]
    uncovered: tuple[Interval, ...]
    offset: Offsets | None
    markers: tuple[Visit, ...]
    suspicions: tuple[Suspicion, ...]
    tracks: tuple[TrackUse, ...]

    @property
    def covered_m(self) -> float:
        return total(self.covered)

    @property
    def coverage(self) -> float:
        """Share of the line, 0 to 1."""
        return min(1.0, self.covered_m / self.length_m)


def match(
    line: Line,
    tracks: Sequence[Track],
    markers: Sequence[Marker] = (),
    settings: Settings | None = None,
    clues: Clues | None = None,
) -> Match:
    """Covered is what any of the tracks walked, whichever side's and on whatever day. Nothing is altered or converted."""
    settings = settings or Settings()
    index = Index(line, settings.tolerance_m)
    walks = [walk_of(track, settings) for track in tracks]
    walked = [covered_by(line, index, walk, settings) for walk in walks]
    covered = joined(line, [interval for one in walked for interval in one.intervals], settings)
    offset = np.concatenate([one.offset for one in walked]) if walked else np.empty(0)
    uses = tuple(
        _use(track, walk, one.used, joined(line, one.intervals, settings))
        for track, walk, one in zip(tracks, walks, walked, strict=True)
    )
    return Match(
        length_m=line.length_m,
        settings=settings,
        covered=covered,
        uncovered=rest(covered, line.length_m),
        offset=_offsets(offset),
        markers=visits(markers, [(one.name, one.local, walk) for one, walk in zip(tracks, walks, strict=True)], settings),
        suspicions=suspicions(line, tracks, walks, [(use.used, bool(use.intervals)) for use in uses], settings, clues or Clues()),
        tracks=uses,
    )


def _offsets(offset: Floats) -> Offsets | None:
    if not len(offset):
        return None
    median, p95 = np.quantile(offset, (0.5, 0.95))
    return Offsets(float(median), float(p95), float(offset.max()))


def _use(track: Track, walk: Walk, used: int, intervals: tuple[Interval, ...]) -> TrackUse:
    known = track.time[np.isfinite(track.time)]
    start, end = (float(known.min()), float(known.max())) if len(known) else (math.nan, math.nan)
    return TrackUse(track.name, used, walk.total - used, start, end, track.local, intervals)
