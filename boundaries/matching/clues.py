"""What is known beside the tracks, to hold their clocks against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Found = tuple[str, dict[str, Any]]  # code and values of a suspicion


@dataclass(frozen=True)
class Sighting:
    """Somebody was at a place (CGCS2000 degrees) at a time (seconds since 1970 UTC) by another clock: a photo, a mark set by hand.
    `name` says what it is, and which track's own clock gave the time ("" for none).
    """

    lon: float
    lat: float
    time: float
    name: str = ""
    of_track: str = ""


@dataclass(frozen=True)
class Clues:
    """`now` seconds since 1970; `uploaded` when each track arrived, by name; `days` between which seconds the walk must lie."""

    now: float | None = None
    uploaded: Mapping[str, float] = field(default_factory=dict)
    days: tuple[float, float] | None = None
    sightings: tuple[Sighting, ...] = ()
