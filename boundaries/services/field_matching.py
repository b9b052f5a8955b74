"""The worker's part: a track that came is read by the confined process, compared with the line, and the result kept beside it.

Worked out from the file, the line and what a person decided; doing it again gives the same, so a killed worker does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiLineString
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import track_reading
from boundaries.agreed_lines import AgreedLine, in_words, of_line
from boundaries.boundary_lines import line_on
from boundaries.inspection_field import tolerance_of
from boundaries.matching import Clues, Match, MatchError, Sample, Settings, Suspicion, Track, converted, match, told
from boundaries.models import InspectionTrack, JointInspection, TrackState
from boundaries.track_reading import ReadSegment, ReadTrack
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import DomainError, InvalidInputError
from gis.jobs.models import Job

# For the picture only: a track drawn with more corners than this is drawn by every so many.
DRAWN_POINTS: Final = 4000
YEARS: Final = (1000, 2200)
# Of places marked with a handheld; a file with more is a collection, and no walk's.
MOST_WAYPOINTS: Final = 200
LONGEST_NAME: Final = 80
# What the readers call a file of a zip that they could not read.
MEMBER_REFUSED: Final = "archive_member_refused"


def run(job: Job, track: int) -> dict[str, Any]:
    """The handler of `field_tracks.MATCH_JOB`."""
    held = InspectionTrack.objects.select_related("inspection__line", "file").get(pk=track)
    shift, left_out = held.shift, held.left_out
    try:
        values = _matched(held)
    except DomainError as refusal:
        values = {
            "state": TrackState.REFUSED,
            "problem": refusal.as_dict(),
            "coverage": None, "shape": None, "result": None, "begins_at": None, "ends_at": None,
        }  # fmt: skip
    with transaction.atomic():
        locked = InspectionTrack.objects.select_for_update(of=("self",)).get(pk=track)
        if (locked.shift, locked.left_out) != (shift, left_out):
            return {"message": _("坐标处理方式已改，另有任务重新匹配。")}
        for name, value in values.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(values))
        audit.record(
            actor=job.owner,
            action="field.track_match",
            target=held.inspection,
            label=f"{held.inspection.line.code} · {held.file.name}",
            area=held.inspection.lead_id,
            after={"state": str(values["state"]), "covered_m": (values["result"] or {}).get("covered_m")},
        )
    return {"message": _told(values), "track": track, "inspection": held.inspection_id}


def _told(values: dict[str, Any]) -> str:
    if values["state"] == TrackState.REFUSED:
        return str(values["problem"]["message"])
    return _("已匹配：走到界线 %(km)s 公里。") % {"km": f"{values['result']['covered_m'] / 1000:,.2f}"}


@dataclass(frozen=True, eq=False)
class Comparison:
    """What tracks of an inspection are held against: its line as it stands today, with its markers and its settings."""

    inspection: JointInspection
    agreed: AgreedLine
    record: int

    @classmethod
    def of(cls, inspection: JointInspection) -> Comparison:
        """Raises `InvalidInputError` where the line has no geometry, `NotFoundError` where it is not there today."""
        line = line_on(inspection.line_id)
        return cls(inspection, of_line(line), line.record.pk)

    @property
    def settings(self) -> Settings:
        return Settings(tolerance_m=tolerance_of(self.inspection))

    def match(self, tracks: Sequence[Track], arrived: datetime) -> Match:
        """One file's points: one track, or of a zip one for each file in it. Raises `InvalidInputError`."""
        try:
            return match(self.agreed.line, tracks, self.agreed.markers, self.settings, self._clues(tracks, arrived))
        except MatchError as error:
            raise InvalidInputError(error.code, in_words(error)) from error

    def _clues(self, tracks: Sequence[Track], arrived: datetime) -> Clues:
        """What the track's clock is held against: when it arrived, and the days agreed for the field work."""
        inspection, zone = self.inspection, timezone.get_default_timezone()
        days = None
        if inspection.starts_on and inspection.ends_on:
            first, after = inspection.starts_on, inspection.ends_on + timedelta(days=1)
            days = tuple(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() for day in (first, after))
        now = arrived.timestamp()
        return Clues(now=now, uploaded={track.name: now for track in tracks}, days=(days[0], days[1]) if days else None)


def as_tracks(read: ReadTrack, name: str, digest: str, *, shift: str = "", left_out: Collection[int] = ()) -> list[Track]:
    """The same as `as_track`, of a zip one track for each file in it, so that each is looked at by itself."""
    if not read.files:
        return [as_track(read, name, digest, shift=shift, left_out=left_out)]
    every = range(len(read.files))
    used = [number for number in every if number not in left_out and any(s.track == number and len(s) for s in read.segments)]
    if not used:
        return [as_track(read, name, digest, shift=shift, left_out=left_out)]
    return [
        as_track(read, f"{name}/{read.files[number]}", "", shift=shift, left_out=[one for one in every if one != number])
        for number in used
    ]


def as_track(read: ReadTrack, name: str, digest: str, *, shift: str = "", left_out: Collection[int] = ()) -> Track:
    """What was walked in a file, but for the tracks left out. Raises `InvalidInputError`."""
    segments = [segment for segment in read.segments if len(segment) and segment.track not in left_out]
    if not segments:
        raise InvalidInputError("track_without_points", _("“%(name)s”里没有走过的点。") % {"name": name})
    try:
        track = _joined(segments, name, digest)
        if not track.usable.any():
            raise InvalidInputError("no_track_points", _("“%(name)s”里没有可用的轨迹点。") % {"name": name})
        return converted(track, shift) if shift else track
    except MatchError as error:
        raise InvalidInputError(error.code, in_words(error)) from error


def _matched(held: InspectionTrack) -> dict[str, Any]:
    comparison = Comparison.of(held.inspection)
    read = track_reading.read_track(held.file)
    track = as_track(read, held.file.name, held.file.sha256, shift=held.shift, left_out=held.left_out)
    tracks = as_tracks(read, held.file.name, held.file.sha256, shift=held.shift, left_out=held.left_out)
    found = comparison.match(tracks, held.sent_at)
    plain = as_tracks(read, held.file.name, held.file.sha256, left_out=held.left_out)
    sample = Sample.of(as_track(read, held.file.name, held.file.sha256, left_out=held.left_out))
    copies = [one for track in plain for one in _copies(held, track.name, Sample.of(track))]
    begins, ends = _span(track)
    return {
        "state": TrackState.MATCHED,
        "problem": None,
        "coverage": list(found.covered),
        "shape": _drawn(track),
        "result": {
            **_document(found, comparison.agreed.code, copies, read.findings),
            "findings": read.findings[:50],
            "waypoints": _waypoints(read, held.shift),
            "sample": {"count": sample.count, "places": sample.places.round(7).tolist()},
        },
        "begins_at": begins,
        "ends_at": ends,
    }


def _waypoints(read: ReadTrack, shift: str) -> list[dict[str, Any]]:
    """Places that somebody marked, as the positions are read. What is nowhere is no place."""
    marked = read.waypoints[:MOST_WAYPOINTS]
    if not marked:
        return []
    times = [one.time for one in marked]
    places = Track.of("", [one.lon for one in marked], [one.lat for one in marked], times)
    places = converted(places, shift) if shift else places
    return [
        {
            "name": one.name[:LONGEST_NAME],
            "place": [round(float(places.lon[row]), 7), round(float(places.lat[row]), 7)],
            "at": moment.isoformat() if (moment := _datetime(one.time, local=one.local)) else None,
        }
        for row, one in enumerate(marked)
        if places.usable[row]
    ]


def _copies(held: InspectionTrack, name: str, sample: Sample) -> list[Suspicion]:
    """Earlier tracks of the inspection that hold the same positions: one walk saved in two formats is sent twice soon enough."""
    found = []
    earlier = InspectionTrack.objects.filter(inspection=held.inspection_id, pk__lt=held.pk, result__sample__count=sample.count)
    for other in earlier.select_related("file").order_by("pk"):
        places = (other.result or {})["sample"]["places"]
        kept = Sample(sample.count, np.asarray(places, dtype=np.float64).reshape(-1, 2))
        if sample.same_walk(kept):
            found.append(told("same_points", {"track": name, "other": other.file.name}))
    return found


def _document(found: Match, code: str, more: Sequence[Suspicion], findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """As `match_track` prints it, with the sentences in both languages: who reads it later may have the other one. Files of a zip
    that could not be read are told among the suspicions.
    """
    offset = found.offset
    return {
        "line": code,
        "length_m": round(found.length_m, 2),
        "tolerance_m": found.settings.tolerance_m,
        "covered_m": round(found.covered_m, 2),
        "coverage": round(found.coverage, 6),
        "covered": [[round(low, 2), round(high, 2)] for low, high in found.covered],
        "uncovered": [[round(low, 2), round(high, 2)] for low, high in found.uncovered],
        "offset_m": {name: round(getattr(offset, name), 2) if offset else None for name in ("median", "p95", "max")},
        "markers": [
            {
                "number": one.number,
                "visited": one.visited,
                "nearest_m": None if one.nearest_m is None else round(one.nearest_m, 2),
                "at": _moment(one.at, local=one.local),
            }
            for one in found.markers
        ],
        "suspicions": [
            *({"code": one.code, "detail": one.zh, "detail_en": one.en} for one in (*found.suspicions, *more)),
            *(
                {"code": one["code"], "detail": one["message"], "detail_en": one["message_en"]}
                for one in findings
                if one["code"] == MEMBER_REFUSED
            ),
        ],
        "tracks": [
            {
                "file": one.name,
                "points_used": one.used,
                "points_dropped": one.dropped,
                "start": _moment(one.start, local=one.local),
                "end": _moment(one.end, local=one.local),
            }
            for one in found.tracks
        ],
    }


def _moment(seconds: float, *, local: bool) -> str | None:
    """ISO 8601; without a zone where the clock had none."""
    found = _datetime(seconds, local=False)
    return None if found is None else found.replace(tzinfo=None).isoformat(timespec="seconds") + ("" if local else "Z")


def _datetime(seconds: float, *, local: bool) -> datetime | None:
    """A clock without a zone is read as the office's; seconds that no calendar has are none."""
    try:
        face = datetime.fromtimestamp(round(seconds, 3), UTC)
    except (OverflowError, ValueError, OSError):
        return None
    if not YEARS[0] <= face.year <= YEARS[1]:  # no calendar of the database and of Python agrees on what lies beyond
        return None
    return face.replace(tzinfo=timezone.get_default_timezone()) if local else face


def _joined(segments: Sequence[ReadSegment], name: str, digest: str) -> Track:
    return Track.of(
        name,
        np.concatenate([segment.lon for segment in segments]),
        np.concatenate([segment.lat for segment in segments]),
        np.concatenate([segment.time for segment in segments]),
        segment=np.repeat(np.arange(len(segments)), [len(segment) for segment in segments]),
        local=any(bool(segment.local.any()) for segment in segments),
        digest=digest,
    )


def _span(track: Track) -> tuple[datetime | None, datetime | None]:
    """First and last moment of the walk."""
    times = track.time[np.isfinite(track.time)]
    if not len(times):
        return None, None
    first, last = (_datetime(float(one), local=track.local) for one in (times.min(), times.max()))
    return first, last


def _drawn(track: Track) -> MultiLineString | None:
    """The track for the map, segment by segment, thinned to what a picture shows."""
    usable = track.usable
    every = max(1, -(-int(usable.sum()) // DRAWN_POINTS))
    parts = []
    for number in np.unique(track.segment):
        rows = np.flatnonzero(usable & (track.segment == number))
        kept = np.unique(np.append(rows[::every], rows[-1:]))
        if len(kept) > 1:
            parts.append(np.column_stack([track.lon[kept], track.lat[kept]]))
    if not parts:
        return None
    shape = shapely.MultiLineString(parts)
    drawn = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=CGCS2000)
    assert isinstance(drawn, MultiLineString)  # noqa: S101  made as one just above
    return drawn
