"""Photos and recordings of names: what was brought is kept, what is shown is made of it and holds nothing else."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import CharField, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import photos
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files
from gis.files.validators import ExtensionAllowed, extension_tells_the_truth, not_empty
from placenames import policies, recordings
from placenames.models import ArchiveMedia, ArchiveState, MediaKind, PlaceName
from placenames.rules.archive_states import OPEN_STATES
from placenames.services.archive_areas import area_of
from placenames.services.archive_writing import plain_text

PHOTO_PURPOSE: Final = "archive_photo"
AUDIO_PURPOSE: Final = "archive_audio"
SHOWN_PURPOSE: Final = "archive_shown"
PHOTOS: Final = (not_empty, photos.no_heic, ExtensionAllowed(photos.EXTENSIONS), extension_tells_the_truth, photos.sound_photo)
RECORDINGS: Final = (not_empty, ExtensionAllowed(("mp3", "wav")), recordings.sound_recording)
PHOTO_LIMIT: Final = 30 * 1024 * 1024
LARGE_EDGE, SMALL_EDGE = 1600, 480


_LENGTHS: Final = {one.name: one.max_length for one in ArchiveMedia._meta.fields if isinstance(one, CharField) and one.max_length}


@dataclass(frozen=True)
class Told:
    """What is said of a photo or recording. `credit` is shown where `credit_open`: the person agreed."""

    caption: str
    credit: str = ""
    credit_open: bool = False
    licence: str = ""
    taken: str = ""

    def checked(self) -> dict[str, Any]:
        """Raises `InvalidInputError` (bad_media) with its fields."""
        words = {name: plain_text(getattr(self, name)) for name in ("caption", "credit", "licence", "taken")}
        wrong = {
            name: [_("最多 %(most)d 字。") % {"most": _LENGTHS[name]}] for name, text in words.items() if len(text) > _LENGTHS[name]
        }
        if not words["caption"]:
            wrong["caption"] = [_("请写说明：拍的是什么，或念的是什么。")]
        if wrong:
            raise InvalidInputError("bad_media", next(iter(wrong.values()))[0], wrong)
        return {**words, "credit_open": self.credit_open and bool(words["credit"])}


@transaction.atomic
def add_media(actor: User, place: PlaceName, upload: UploadedFile, kind: str, told: Told) -> ArchiveMedia:
    """A draft; publishing it is a reviewer's step. Raises `InvalidInputError`: what the file is not, what is not told of it."""
    area = area_of(place)
    ensure(policies.may_write_archive(actor, area))
    if kind not in MediaKind.values:
        raise InvalidInputError("bad_media", _("请选择照片或录音。"), {"kind": [_("请选择照片或录音。")]})
    words = told.checked()
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
        made_by=actor,
        changed_by=actor,
        **words,
    )
    after = {"kind": kind, "sha256": original.sha256}
    audit.record(actor=actor, action="archive.media", target=place, label=media.caption, area=number, after=after)
    return media


@transaction.atomic
def save_media(actor: User, media: ArchiveMedia, told: Told, *, seen: int) -> ArchiveMedia:
    """Says anew what a photo or recording is: a draft as it stands, of what was published another version; the files stay.

    Raises `InvalidInputError`, and `ConflictError`: text_under_review, text_changed (somebody saved in the meantime, or began
    another version; `theirs` is its caption).
    """
    area = area_of(media.place)
    ensure(policies.may_write_archive(actor, area))
    words = told.checked()
    PlaceName.objects.select_for_update().get(pk=media.place_id)
    held = ArchiveMedia.objects.select_for_update(of=("self",)).get(pk=media.pk)
    before = {name: getattr(held, name) for name in words}
    if before == words:
        raise InvalidInputError("nothing_changed", _("没有改动。"))
    if held.state in OPEN_STATES:
        _ensure_newest(held, seen)
        for name, value in words.items():
            setattr(held, name, value)
        held.version, held.changed_by, held.changed_at = held.version + 1, actor, timezone.now()
        held.save()
    else:
        held = _another(actor, held, words)
    audit.record(
        actor=actor,
        action="archive.media.save",
        target=held.place,
        label=held.caption,
        area=area.pk if area else None,
        before=before,
        after=words,
    )
    return held


def _ensure_newest(held: ArchiveMedia, seen: int) -> None:
    if held.state == ArchiveState.SUBMITTED:
        raise ConflictError("text_under_review", _("这份草稿正在审核，先收回再改。"), theirs=held.caption)
    if held.version != seen:
        who = str(held.changed_by) if held.changed_by else ""
        raise ConflictError("text_changed", _("%(who)s刚才也保存了这份草稿，请对照后再存。") % {"who": who}, theirs=held.caption)


def _another(actor: User, held: ArchiveMedia, words: dict[str, Any]) -> ArchiveMedia:
    versions = ArchiveMedia.objects.filter(item=held.item)
    if (begun := versions.filter(state__in=[str(one) for one in OPEN_STATES]).first()) is not None:
        raise ConflictError("text_changed", _("已有一份没有公开的改稿，请在那一份上改。"), theirs=begun.caption)
    if held.state not in (ArchiveState.PUBLISHED, ArchiveState.WITHDRAWN):
        raise ConflictError("state_changed", _("它的状态已经变了，请刷新页面。"), theirs="")
    last = versions.aggregate(last=Max("number"))["last"] or 0
    return ArchiveMedia.objects.create(
        place=held.place,
        item=held.item,
        number=last + 1,
        based_on=held,
        kind=held.kind,
        file=held.file,
        shown=held.shown,
        small=held.small,
        seconds=held.seconds,
        made_by=actor,
        changed_by=actor,
        **words,
    )
