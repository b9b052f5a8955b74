"""Tracks matched with an agreed line. Pure: numbers in, a frozen `Match` out; knows nothing of Django or of the register.

`line` has the line and its chainage, `nearest` finds the stretches of it near positions, `track` makes a walk of a recording,
`choose` decides between stretches by what leads on, `coverage` makes intervals of chainage, `markers` and `suspicions` look at
the rest. The method and its settings are told in docs/matching.md.
"""

from __future__ import annotations

from boundaries.matching.clues import Clues, Sighting
from boundaries.matching.duplicates import Sample
from boundaries.matching.errors import MatchError
from boundaries.matching.intervals import Interval, rest, total, union
from boundaries.matching.line import Line
from boundaries.matching.markers import Marker, Visit
from boundaries.matching.matching import Match, Offsets, TrackUse, match
from boundaries.matching.settings import Settings
from boundaries.matching.shifts import converted
from boundaries.matching.suspicions import Suspicion, told
from boundaries.matching.track import Track

__all__ = [
    "Clues",
    "Interval",
    "Line",
    "Marker",
    "Match",
    "MatchError",
    "Offsets",
    "Sample",
    "Settings",
    "Sighting",
    "Suspicion",
    "Track",
    "TrackUse",
    "Visit",
    "converted",
    "match",
    "rest",
    "told",
    "total",
    "union",
]
