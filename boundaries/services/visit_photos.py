"""Photos of a visit: kept as they came, place and time read from EXIF; small pictures are made from them and can be made again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import photos, policies
from boundaries.models import JointInspection, MarkerRecord, MarkerVisit, VisitPhoto
from boundaries.services.field_access import ensure_in_field, lock
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000, distance_m
from gis.errors import NotFoundError
from gis.field.receiving import digest_of, kept, key_reused
from gis.files import services as files
from gis.files.models import StoredFile
from gis.files.validators import ExtensionAllowed, extension_tells_the_truth, not_empty

PURPOSE = "field_photo"
LIMIT_BYTES = 40 * 1024**2
VALIDATORS = (not_empty, photos.no_heic, ExtensionAllowed(photos.EXTENSIONS), extension_tells_the_truth, photos.sound_photo)


@dataclass(frozen=True)
class Received:
    """`duplicate`: the same photo of the same visit had come under another key, whose row this is."""

    photo: VisitPhoto
    is_new: bool
    duplicate: bool = False


@transaction.atomic
def receive(
    actor: User,
    inspection: JointInspection,
    *,
    key: uuid.UUID,
    visit: uuid.UUID,
    content: UploadedFile | StoredFile,
    caption: str = "",
) -> Received:
    """Takes one photo of the visit with that key. Raises `NotFoundError` (visit_unknown), `ConflictError` (key_reused,
    inspection_not_in_field) and what the validators say.
    """
    locked = lock(inspection)
    ensure(policies.may_work_in_field(actor, locked))
    digest = digest_of(content)
    held = VisitPhoto.objects.filter(key=key).select_related("file", "visit").first()
    if held is not None:
        if held.visit.inspection_id != locked.pk or held.visit.key != visit or held.file.sha256 != digest:
            raise key_reused()
        return Received(held, False)
    of = MarkerVisit.objects.filter(inspection=locked, key=visit).first()
    if of is None:
        raise NotFoundError("visit_unknown", _("这张照片所属的界桩检查还没有收到，请先传检查记录。"))
    same = VisitPhoto.objects.filter(visit=of, file__sha256=digest).select_related("file").first()
    if same is not None:
        return Received(same, False, duplicate=True)
    ensure_in_field(actor, locked)
    file = kept(actor, content, PURPOSE, locked.lead_id)
    with files.open_file(file) as handle:
        told = photos.read_exif(handle, timezone.get_default_timezone())
    photo = VisitPhoto.objects.create(
        visit=of,
        key=key,
        file=file,
        caption=caption.replace("\0", "").strip()[:200],
        taken_at=told.taken_at,
        position=Point(*told.place, srid=CGCS2000) if told.place else None,
        distance_m=_distance(of, told.place),
    )
    audit.record(
        actor=actor,
        action="field.photo",
        target=locked,
        label=f"{locked.line.code} · {file.name}",
        area=locked.lead_id,
        after={"marker": of.marker_id, "sha256": digest, "key": str(key)},
    )
    return Received(photo, True)


def _distance(visit: MarkerVisit, place: tuple[float, float] | None) -> float | None:
    """Metres between where the photo was taken and where the marker is registered."""
    record = MarkerRecord.objects.on(timezone.localdate()).filter(marker=visit.marker_id).first()
    if place is None or record is None or record.position is None:
        return None
    return round(distance_m(place, (record.position.x, record.position.y))[0], 1)
