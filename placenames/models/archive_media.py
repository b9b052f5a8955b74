"""Photos of a place and recordings of its name."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis.files.models import StoredFile
from placenames.models.archive_text import ArchiveState, Reviewed
from placenames.models.place_name import PlaceName
from placenames.rules.archive_states import OPEN_STATES


class MediaKind(models.TextChoices):
    PHOTO = "photo", _("照片")
    AUDIO = "audio", _("读音录音")


class ArchiveMedia(Reviewed):
    """One version of what is said of a photo or recording. What was published stays as it was; a change of caption, credit or
    licence is another version of the same `item`, `based_on` it, with the same files.

    `file` is what was brought and never leaves the office (its EXIF tells where and by whom); `shown` and `small` are made of
    it and hold nothing but the picture or the sound (docs/decisions/0090).
    """

    item = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("稿次"), default=1)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("所据稿"))

    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="media", verbose_name=_("地名"))
    kind = models.CharField(_("类别"), max_length=5, choices=MediaKind)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("原件"))
    shown = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("公开件"))
    small = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("小图"))
    caption = models.CharField(_("说明"), max_length=200)
    credit = models.CharField(_("拍摄或录制人"), max_length=60, blank=True)
    credit_open = models.BooleanField(_("署名可公开"), default=False)
    licence = models.CharField(_("许可"), max_length=60, blank=True)
    taken = models.CharField(_("拍摄或录制时间"), max_length=30, blank=True)
    seconds = models.FloatField(_("时长（秒）"), null=True)

    class Meta:
        verbose_name = _("照片与录音")
        verbose_name_plural = _("照片与录音")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="archive_media_numbered"),
            models.UniqueConstraint(fields=["item"], condition=Q(state=ArchiveState.PUBLISHED), name="archive_media_one_published"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=sorted(str(one) for one in OPEN_STATES)), name="archive_media_one_open"
            ),
            models.CheckConstraint(condition=Q(kind__in=MediaKind.values), name="archive_media_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ArchiveState.values), name="archive_media_state_known"),
        ]

    def __str__(self) -> str:
        return self.caption
