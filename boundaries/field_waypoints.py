"""Places marked with a handheld, of the tracks of an inspection, each with the marker it may be. Read only: what somebody marked is
no visit until a person says what was found there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from boundaries.boundary_lines import MarkerOnDay
from boundaries.inspection_field import FieldState
from boundaries.models import InspectionTrack, TrackState
from boundaries.rules.waypoint_names import marker_named
from gis.crs import inverse

# A whole county's points of interest in one file are not looked through on a telephone.
MOST: Final = 200
# Farther off a marker is not offered for its nearness; the number in the name is offered however far, and the distance said.
NEAR_M: Final = 100.0


@dataclass(frozen=True)
class Offer:
    """A marker that a marked place may be, and how many metres it is registered from there; None where its place is not known."""

    marker: MarkerOnDay
    metres: float | None
    by_number: bool


@dataclass(frozen=True)
class Waypoint:
    """`place` longitude and latitude (EPSG:4490), as the track is read; `at` when it was marked, None where no file says so."""

    track: InspectionTrack
    name: str
    place: tuple[float, float]
    at: datetime | None
    offers: tuple[Offer, ...]


def waypoints_of(state: FieldState) -> list[Waypoint]:
    """Those of all tracks that count, in their order, two hundred at most."""
    found = []
    for track in state.tracks:
        if track.set_aside_at is not None or track.state != TrackState.MATCHED:
            continue
        for one in (track.result or {}).get("waypoints", ()):
            place = (float(one["place"][0]), float(one["place"][1]))
            at = datetime.fromisoformat(one["at"]) if one["at"] else None
            found.append((track, str(one["name"]), place, at))
    markers = [one.marker for one in state.markers]
    distances = _distances([place for _track, _name, place, _at in found[:MOST]], markers)
    return [
        Waypoint(track, name, place, at, tuple(_offers(name, markers, distances[row])))
        for row, (track, name, place, at) in enumerate(found[:MOST])
    ]


def _distances(places: list[tuple[float, float]], markers: list[MarkerOnDay]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """(places, markers) in metres, NaN where a marker's place is not known."""
    found = np.full((len(places), len(markers)), np.nan)
    placed = [number for number, marker in enumerate(markers) if marker.place is not None]
    for number in placed if places else ():
        here = np.tile(np.asarray(markers[number].place, dtype=np.float64), (len(places), 1))
        found[:, number] = inverse(np.asarray(places, dtype=np.float64), here)[0]
    return found


def _offers(name: str, markers: list[MarkerOnDay], metres: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[Offer]:
    """The marker of that number first, then the nearest one."""
    offers = []
    named = marker_named(name, [marker.number for marker in markers])
    if named is not None:
        at = next(number for number, marker in enumerate(markers) if marker.number == named)
        offers.append(Offer(markers[at], _known(float(metres[at])), True))
    if np.isfinite(metres).any():
        at = int(np.nanargmin(metres))
        if metres[at] <= NEAR_M and (named is None or markers[at].number != named):
            offers.append(Offer(markers[at], float(metres[at]), False))
    return offers


def _known(metres: float) -> float | None:
    return metres if np.isfinite(metres) else None
