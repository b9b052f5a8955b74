"""What an inspection has brought from the field so far: what is covered, by whom and when, what is missing, which markers were
visited, what looks odd. Read only; the phones' page and the desk's stand on it.

Coverage is asked of the database as unions of multiranges (one statement each for all, by side, by day). What a person set aside
does not count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

import shapely
from django.db.models import Min, Prefetch
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import spans
from boundaries.boundary_lines import LineOnDay, MarkerOnDay, line_on, names_of
from boundaries.field_words import photo_words, suspicion_words
from boundaries.matching.settings import Settings
from boundaries.models import InspectionTrack, JointInspection, MarkerVisit, TrackState, VisitPhoto
from boundaries.models.multirange import UnionOfSpans
from boundaries.services.field_access import sides_of
from gis.crs.chainage import MeasuredLine

# Shorter gaps are the noise of two tracks that meet; nobody is sent back for them. Office practice, no rule.
WORTH_WALKING_M: Final = 30.0


@dataclass(frozen=True)
class Covered:
    """Spans of chainage in metres; `share` of the whole, 0 … 1."""

    spans: tuple[spans.Span, ...]
    metres: float
    share: float


@dataclass(frozen=True)
class Stretch:
    """A piece of the line: metres of chainage, its geometry (EPSG:4490), its ends as (longitude, latitude)."""

    from_m: float
    to_m: float
    geometry: shapely.MultiLineString
    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def length_m(self) -> float:
        return self.to_m - self.from_m


@dataclass(frozen=True)
class MarkerState:
    """`visits` that nobody replaced, oldest first; `counts` is the one that stands for the marker: chosen, or the last where all
    agree, None where they differ (`differing`) or there is none. `passed_m`: how near a track came, None if none did.
    """

    marker: MarkerOnDay
    visits: tuple[MarkerVisit, ...]
    counts: MarkerVisit | None
    differing: bool
    passed_m: float | None
    passed: bool

    @property
    def visited(self) -> bool:
        return bool(self.visits)


@dataclass(frozen=True)
class Suspicion:
    """Something odd about a track, in a sentence. `shift`: gcj02 or bd09 where converting is offered."""

    track: InspectionTrack
    code: str
    words: str
    shift: str = ""


@dataclass(frozen=True)
class FieldState:
    """`whole` is the stretch to be walked, None where the line has no geometry; then nothing can be covered."""

    inspection: JointInspection
    line: LineOnDay
    measured: MeasuredLine | None
    whole: spans.Span | None
    tracks: tuple[InspectionTrack, ...]
    markers: tuple[MarkerState, ...]
    suspicions: tuple[Suspicion, ...]
    sides: dict[int, str] = field(default_factory=dict)

    @cached_property
    def counting(self) -> list[InspectionTrack]:
        return [track for track in self.tracks if track.set_aside_at is None and track.state == TrackState.MATCHED]

    @cached_property
    def covered(self) -> Covered | None:
        """Both sides, all days."""
        return self._covered(_counting(self.inspection).aggregate(all=UnionOfSpans("coverage"))["all"])

    @cached_property
    def by_side(self) -> dict[int | None, Covered]:
        rows = _counting(self.inspection).values_list("side").order_by("side").annotate(all=UnionOfSpans("coverage"))
        return {side: found for side, all_spans in rows if (found := self._covered(all_spans)) is not None}

    @cached_property
    def by_day(self) -> dict[date, Covered]:
        """By the day a track begins; without times, the day it came."""
        day = TruncDate(Coalesce("begins_at", "sent_at"), tzinfo=timezone.get_default_timezone())
        rows = (
            _counting(self.inspection).annotate(day=day).values_list("day").order_by("day").annotate(all=UnionOfSpans("coverage"))
        )
        return {on: found for on, all_spans in rows if (found := self._covered(all_spans)) is not None}

    @cached_property
    def uncovered(self) -> list[Stretch]:
        if self.whole is None or self.covered is None:
            return []
        return [self.stretch(*span) for span in spans.missing(self.covered.spans, self.whole)]

    @cached_property
    def go_back(self) -> list[Stretch]:
        """What is worth walking to, the longest first."""
        return sorted((one for one in self.uncovered if one.length_m >= WORTH_WALKING_M), key=lambda one: -one.length_m)

    @cached_property
    def covered_geometry(self) -> list[Stretch]:
        return [] if self.covered is None else [self.stretch(*span) for span in self.covered.spans]

    @property
    def waiting(self) -> int:
        """Tracks that have come and are not matched yet."""
        return sum(track.state == TrackState.RECEIVED and track.set_aside_at is None for track in self.tracks)

    @property
    def markers_visited(self) -> int:
        return sum(one.visited for one in self.markers)

    @property
    def markers_missing(self) -> list[MarkerState]:
        return [one for one in self.markers if not one.visited]

    @property
    def markers_differing(self) -> list[MarkerState]:
        return [one for one in self.markers if one.differing]

    def stretch(self, from_m: float, to_m: float) -> Stretch:
        assert self.measured is not None  # noqa: S101  whoever has spans has a line
        return Stretch(from_m, to_m, self.measured.stretch(from_m, to_m), self.measured.at(from_m), self.measured.at(to_m))

    def _covered(self, found: Sequence[spans.Span] | None) -> Covered | None:
        if self.whole is None:
            return None
        inside = spans.clipped(found or (), self.whole)
        metres = spans.total(inside)
        return Covered(tuple(inside), metres, metres / (self.whole[1] - self.whole[0]))


def field_of(inspection: JointInspection) -> FieldState:
    """The state of an inspection, of the line as it stands on its last day (today while it goes on)."""
    today = timezone.localdate()
    line = line_on(inspection.line_id, min(today, inspection.ends_on) if inspection.ends_on else today)
    measured = MeasuredLine(line.geometry) if line.geometry is not None else None
    whole = None if measured is None else _whole(inspection, measured.length_m)
    tracks = tuple(inspection.tracks.select_related("file", "sent_by", "set_aside_by").order_by("id"))
    return FieldState(
        inspection=inspection,
        line=line,
        measured=measured,
        whole=whole,
        tracks=tracks,
        markers=tuple(_markers(inspection, line, whole, tracks)),
        suspicions=tuple(_suspicions(tracks)),
        sides=names_of(sides_of(inspection)),
    )


def doubts_of_photo(photo: VisitPhoto) -> list[str]:
    """Sentences where place or time of a photo do not fit the marker or the visit."""
    return photo_words(photo, timezone.get_default_timezone())


def tolerance_of(inspection: JointInspection) -> float:
    """Metres; what matching starts from unless the inspection has its own. The law names none."""
    return inspection.tolerance_m or Settings().tolerance_m


def first_day(inspection: JointInspection) -> date | None:
    """When the field work began, by what came in."""
    if inspection.starts_on:
        return inspection.starts_on
    earliest = _counting(inspection).aggregate(first=Min("begins_at"))["first"]
    return timezone.localtime(earliest).date() if earliest else None


def _counting(inspection: JointInspection) -> Any:
    return InspectionTrack.objects.filter(inspection=inspection, state=TrackState.MATCHED, set_aside_at=None)


def _whole(inspection: JointInspection, length_m: float) -> spans.Span:
    if inspection.from_m is None or inspection.to_m is None or inspection.from_m >= length_m:
        return 0.0, length_m
    return inspection.from_m, min(inspection.to_m, length_m)


def _markers(
    inspection: JointInspection, line: LineOnDay, whole: spans.Span | None, tracks: Sequence[InspectionTrack]
) -> list[MarkerState]:
    visits: dict[int, list[MarkerVisit]] = {}
    photos = Prefetch("photos", VisitPhoto.objects.select_related("file").order_by("id"))
    rows = (
        MarkerVisit.objects.filter(inspection=inspection, replaced_by=None)
        .select_related("sent_by", "chosen_by")
        .prefetch_related(photos)
        .order_by("id")
    )
    for visit in rows:
        visits.setdefault(visit.marker_id, []).append(visit)
    nearest = _nearest(tracks)
    found = []
    for marker in line.markers:
        own = tuple(visits.get(marker.id, ()))
        if not own and not _concerned(marker, inspection, whole):
            continue
        chosen = next((visit for visit in own if visit.chosen_at is not None), None)
        agreed = len({_finding(visit) for visit in own}) <= 1
        passed_m, passed = nearest.get(marker.number, (None, False))
        counts = chosen or (own[-1] if own and agreed else None)
        found.append(MarkerState(marker, own, counts, bool(own) and counts is None, passed_m, passed))
    return found


def _concerned(marker: MarkerOnDay, inspection: JointInspection, whole: spans.Span | None) -> bool:
    """Within the stretch to be inspected; a marker whose chainage nobody knows is looked for too."""
    if whole is None or inspection.from_m is None or marker.chainage_m is None:
        return True
    return whole[0] - 1 <= marker.chainage_m <= whole[1] + 1


def _finding(visit: MarkerVisit) -> tuple[Any, ...]:
    """What two visits must say alike: condition and what was answered; words may differ."""
    return visit.condition, tuple(sorted((name, answer) for name, answer in visit.checks.items() if answer is not None))


def _nearest(tracks: Sequence[InspectionTrack]) -> dict[str, tuple[float | None, bool]]:
    found: dict[str, tuple[float | None, bool]] = {}
    for track in tracks:
        if track.set_aside_at is not None or track.state != TrackState.MATCHED:
            continue
        for one in (track.result or {}).get("markers", ()):
            metres, visited = one.get("nearest_m"), bool(one.get("visited"))
            before, was = found.get(one["number"], (None, False))
            nearer = min((m for m in (before, metres) if m is not None and math.isfinite(m)), default=None)
            found[one["number"]] = (nearer, was or visited)
    return found


def _suspicions(tracks: Sequence[InspectionTrack]) -> list[Suspicion]:
    found = []
    for track in tracks:
        if track.set_aside_at is not None:
            continue
        if track.state == TrackState.REFUSED:
            words = str((track.problem or {}).get("message") or _("这个文件不能使用。"))
            found.append(Suspicion(track, "refused", words))
            continue
        found += [
            Suspicion(track, one["code"], suspicion_words(one), _offered(one["code"], track))
            for one in (track.result or {}).get("suspicions", ())
        ]
    return found


def _offered(code: str, track: InspectionTrack) -> str:
    if track.shift:
        return ""
    return next((system for system in ("gcj02", "bd09") if system in code), "")
