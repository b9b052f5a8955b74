"""Photos and recordings of names: what was brought is kept, what is shown is made of it and holds nothing else."""

from __future__ import annotations

import io
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from boundaries import photos
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import InvalidInputError
from gis.files import services as files
from gis.files.validators import ExtensionAllowed, extension_tells_the_truth, not_empty
from placenames import policies, recordings
from placenames.models import ArchiveMedia, MediaKind, PlaceName
from placenames.services.archive_areas import area_of
from placenames.services.archive_writing import plain_text

PHOTO_PURPOSE: Final = "archive_photo"
AUDIO_PURPOSE: Final = "archive_audio"
SHOWN_PURPOSE: Final = "archive_shown"
PHOTOS: Final = (not_empty, photos.no_heic, ExtensionAllowed(photos.EXTENSIONS), extension_tells_the_truth, photos.sound_photo)
RECORDINGS: Final = (not_empty, ExtensionAllowed(("mp3", "wav")), recordings.sound_recording)
PHOTO_LIMIT: Final = 30 * 1024 * 1024
LARGE_EDGE, SMALL_EDGE = 1600, 480


@transaction.atomic
def add_media(
    actor: User,
    place: PlaceName,
    upload: UploadedFile,
    kind: str,
    *,
    caption: str,
    credit: str = "",
    credit_open: bool = False,
    taken: str = "",
) -> ArchiveMedia:
    """A draft; publishing it is a reviewer's step. Raises `InvalidInputError`: what the file is not, what is not told of it."""
    area = area_of(place)
    ensure(policies.may_write_archive(actor, area))
    words = {"caption": plain_text(caption)[:200], "credit": plain_text(credit)[:60], "taken": plain_text(taken)[:30]}
    if kind not in MediaKind.values:
        raise InvalidInputError("bad_media", _("请选择照片或录音。"), {"kind": [_("请选择照片或录音。")]})
    if not words["caption"]:
        raise InvalidInputError(
            "bad_media", _("请写说明：拍的是什么，或念的是什么。"), {"caption": [_("请写说明：拍的是什么，或念的是什么。")]}
        )
    number = area.pk if area else None
    purpose = PHOTO_PURPOSE if kind == MediaKind.PHOTO else AUDIO_PURPOSE
    original = files.store(upload, name=upload.name or "", purpose=purpose, actor=actor, area=number)
    content = io.BytesIO(files.read_bytes(original))
    seconds = None
    if kind == MediaKind.PHOTO:
        large, small = photos.small(content, LARGE_EDGE), photos.small(content, SMALL_EDGE)
        shown = files.store(large, name="large.jpg", purpose=SHOWN_PURPOSE, actor=actor, area=number)
        little = files.store(small, name="small.jpg", purpose=SHOWN_PURPOSE, actor=actor, area=number)
    else:
        recording = recordings.cleaned(content, original.name)
        name = "sound.mp3" if recording.media_type == "audio/mpeg" else "sound.wav"
        shown = files.store(recording.content, name=name, purpose=SHOWN_PURPOSE, actor=actor, area=number)
        little, seconds = None, recording.seconds
    media = ArchiveMedia.objects.create(
        place=place,
        kind=kind,
        file=original,
        shown=shown,
        small=little,
        seconds=seconds,
        credit_open=credit_open,
        made_by=actor,
        changed_by=actor,
        **words,
    )
    after = {"kind": kind, "sha256": original.sha256}
    audit.record(actor=actor, action="archive.media", target=place, label=media.caption, area=number, after=after)
    return media
