"""What a reader finds wrong or missing on a name's page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries.models import Division
from placenames.models.archive_text import ArchiveText, TextKind
from placenames.models.place_name import PlaceName


class SuggestionState(models.TextChoices):
    NEW = "new", _("待处理")
    ACCEPTED = "accepted", _("已采纳，正在改稿")
    DECLINED = "declined", _("未采纳")


class SuggestionPart(models.TextChoices):
    NAME = "name", _("名称与写法")
    SPELLING = "spelling", _("拼写与读音")
    ORIGIN = "origin", pgettext_lazy("name", "来历")
    MEANING = "meaning", _("含义")
    HISTORY = "history", _("沿革")
    STORY = "story", _("典故与传说")
    PLACE = "place", _("位置与所属")
    MEDIA = "media", _("照片与录音")
    OTHER = "other", _("其他")


class Suggestion(models.Model):
    """`number` is what the reader keeps; who has it may see state and answer, nothing else. `contact` is for the office only.

    sender: a keyed digest of the network address and the day, good for counting within the day and for nothing after it.
    """

    number = models.CharField(_("编号"), max_length=12, unique=True)
    place = models.ForeignKey(PlaceName, models.PROTECT, null=True, related_name="suggestions", verbose_name=_("地名"))
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("行政区划"))
    part = models.CharField(_("关于"), max_length=10, choices=SuggestionPart)
    body = models.TextField(_("建议"), max_length=1000)
    evidence = models.CharField(_("依据"), max_length=300, blank=True)
    contact = models.CharField(_("联系方式"), max_length=100, blank=True)
    sender = models.CharField(max_length=32)
    made_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    state = models.CharField(_("状态"), max_length=10, choices=SuggestionState, default=SuggestionState.NEW)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("答复人"))
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    draft = models.ForeignKey(ArchiveText, models.PROTECT, null=True, related_name="suggestions", verbose_name=_("据此起草"))

    class Meta:
        verbose_name = _("读者建议")
        verbose_name_plural = _("读者建议")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["sender", "made_at"], name="suggestion_of_sender")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SuggestionState.values), name="suggestion_state_known"),
            models.CheckConstraint(
                condition=Q(place__isnull=False, division=None) | Q(place=None, division__isnull=False),
                name="suggestion_of_one_name",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def text_kind(self) -> str:
        """The text it is about; of other parts the doubts."""
        return self.part if self.part in TextKind.values else TextKind.DOUBTS.value
