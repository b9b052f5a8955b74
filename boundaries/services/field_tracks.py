"""Tracks of an inspection come in: each is taken once, however often it is sent, and matched by the worker.

Raw files are never altered: what somebody decides about a track (how its positions are to be read, that it does not count) stands
beside it and can be taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import InspectionTrack, JointInspection, TrackState
from boundaries.services.field_access import ensure_in_field, lock, side_for
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.field.receiving import LONGEST_DEVICE, digest_of, kept, key_reused
from gis.files.models import StoredFile
from gis.files.validators import ArchiveSound, ExtensionAllowed, not_empty
from gis.jobs import services as jobs

PURPOSE = "field_track"
MATCH_JOB = "field_track"
LIMIT_BYTES = 64 * 1024**2
# What the readers know by content; the name only keeps out what is plainly something else.
EXTENSIONS = ("gpx", "kml", "kmz", "tcx", "fit", "nmea", "nma", "igc", "csv", "txt", "log", "zip")
VALIDATORS = (not_empty, ExtensionAllowed(EXTENSIONS), ArchiveSound(max_entries=1000, max_unpacked=512 * 1024**2))
SHIFTS = ("", "gcj02", "bd09")


@dataclass(frozen=True)
class Received:
    """`is_new` False: it was here. `duplicate`: the same bytes had come under another key, whose row this is."""

    track: InspectionTrack
    is_new: bool
    duplicate: bool = False


@transaction.atomic
def receive(
    actor: User,
    inspection: JointInspection,
    *,
    key: uuid.UUID,
    content: UploadedFile | StoredFile,
    device: str = "",
    side: int | None = None,
    shift: str = "",
    left_out: Collection[int] = (),
) -> Received:
    """Takes a track file and queues its matching. `shift` says in which system the positions were written, `left_out` which of the
    file's tracks (from 0) are not used.

    The same key with the same bytes is the same row, also after the inspection has gone on, so that a phone that missed the answer
    gets it. Raises `ConflictError` (key_reused, inspection_not_in_field), `InvalidInputError` (of the validators, side_unknown).
    """
    locked = lock(inspection)
    digest = digest_of(content)
    ensure(policies.may_work_in_field(actor, locked))
    _check_shift(shift)
    held = InspectionTrack.objects.filter(key=key).select_related("file").first()
    if held is not None:
        if held.inspection_id != locked.pk or held.file.sha256 != digest:
            raise key_reused()
        return Received(held, False)
    same = InspectionTrack.objects.filter(inspection=locked, file__sha256=digest).select_related("file").first()
    if same is not None:
        return Received(same, False, duplicate=True)
    ensure_in_field(actor, locked)
    file = kept(actor, content, PURPOSE, locked.lead_id)
    track = InspectionTrack.objects.create(
        inspection=locked,
        key=key,
        file=file,
        side_id=side_for(actor, locked, side),
        device=device.strip()[:LONGEST_DEVICE],
        shift=shift,
        left_out=sorted(set(left_out)),
        sent_by=actor,
    )
    told = {"file": file.name, "sha256": digest, "key": str(key), "shift": shift, "left_out": track.left_out}
    _record(actor, track, "field.track", after={name: value for name, value in told.items() if value})
    _queue(actor, track)
    return Received(track, True)


@transaction.atomic
def decide_shift(actor: User, track: InspectionTrack, shift: str) -> InspectionTrack:
    """Says in which system the positions were written ("" as they are); the track is matched anew with that."""
    locked = _locked(actor, track)
    _check_shift(shift)
    if shift == locked.shift:
        return locked
    before, locked.shift, locked.state = locked.shift, shift, TrackState.RECEIVED
    locked.save(update_fields=["shift", "state"])
    _record(actor, locked, "field.track_shift", before={"shift": before}, after={"shift": shift})
    _queue(actor, locked)
    return locked


@transaction.atomic
def leave_out(actor: User, track: InspectionTrack, left_out: Collection[int]) -> InspectionTrack:
    """Says which of the tracks in the file (from 0) are not used; the others are matched anew."""
    locked = _locked(actor, track)
    wanted = sorted(set(left_out))
    if wanted == locked.left_out:
        return locked
    before, locked.left_out, locked.state = locked.left_out, wanted, TrackState.RECEIVED
    locked.save(update_fields=["left_out", "state"])
    _record(actor, locked, "field.track_leave_out", before={"left_out": before}, after={"left_out": wanted})
    _queue(actor, locked)
    return locked


@transaction.atomic
def rematch(actor: User, track: InspectionTrack) -> InspectionTrack:
    """Works it out again from the file: after the line was corrected, or where the worker was given up."""
    locked = _locked(actor, track)
    locked.state = TrackState.RECEIVED
    locked.save(update_fields=["state"])
    _record(actor, locked, "field.track_rematch")
    _queue(actor, locked)
    return locked


@transaction.atomic
def set_aside(actor: User, track: InspectionTrack, reason: str) -> InspectionTrack:
    """It does not count any more, and stays readable."""
    locked = _locked(actor, track)
    reason = reason.strip()
    if not reason:
        raise InvalidInputError("reason_missing", _("请写明理由。"), fields={"reason": [_("必填")]})
    if len(reason) > 300:
        raise InvalidInputError("reason_too_long", _("理由请不超过 300 字。"), fields={"reason": [_("过长")]})
    if locked.set_aside_at is not None:
        raise ConflictError("track_set_aside", _("这条轨迹已不计入。"))
    locked.set_aside_at, locked.set_aside_by, locked.set_aside_because = timezone.now(), actor, reason
    locked.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_because"])
    _record(actor, locked, "field.track_set_aside", reason=reason)
    return locked


@transaction.atomic
def take_back(actor: User, track: InspectionTrack) -> InspectionTrack:
    """It counts again."""
    locked = _locked(actor, track)
    if locked.set_aside_at is None:
        raise ConflictError("track_counts", _("这条轨迹本来就计入。"))
    before = locked.set_aside_because
    locked.set_aside_at, locked.set_aside_by, locked.set_aside_because = None, None, ""
    locked.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_because"])
    _record(actor, locked, "field.track_take_back", before={"reason": before})
    return locked


def _locked(actor: User, track: InspectionTrack) -> InspectionTrack:
    inspection = lock(track.inspection_id)
    ensure_in_field(actor, inspection)
    return InspectionTrack.objects.select_for_update(of=("self",)).select_related("file").get(pk=track.pk)


def _check_shift(shift: str) -> None:
    if shift not in SHIFTS:
        raise InvalidInputError("bad_shift", _("只能选 GCJ-02、BD-09 或不转换。"))


def _queue(actor: User, track: InspectionTrack) -> None:
    jobs.start(MATCH_JOB, _("匹配轨迹：%(name)s") % {"name": track.file.name}, actor, track=track.pk)


def _record(actor: User, track: InspectionTrack, action: str, **details: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=track.inspection,
        label=f"{track.inspection.line.code} · {track.file.name}",
        area=track.inspection.lead_id,
        **details,  # type: ignore[arg-type]
    )
