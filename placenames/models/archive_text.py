"""What is told of a name: origin, meaning, history, story, doubts; as versions that are reviewed before anybody else reads them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries.models import Division
from gis.files.models import StoredFile
from placenames.models.place_name import PlaceName
from placenames.rules.archive_states import OPEN_STATES, State


class ArchiveState(models.TextChoices):
    DRAFT = State.DRAFT.value, _("草稿")
    SUBMITTED = State.SUBMITTED.value, _("待审核")
    RETURNED = State.RETURNED.value, _("退回修改")
    PUBLISHED = State.PUBLISHED.value, _("已公开")
    REPLACED = State.REPLACED.value, _("已被新稿替换")
    WITHDRAWN = State.WITHDRAWN.value, _("已撤下")
    DISCARDED = State.DISCARDED.value, _("已作废")


class TextKind(models.TextChoices):
    ORIGIN = "origin", pgettext_lazy("name", "来历")
    MEANING = "meaning", _("含义")
    HISTORY = "history", _("沿革")
    STORY = "story", _("典故与传说")
    DOUBTS = "doubts", _("异说与存疑")


class Reviewed(models.Model):
    """What is written by one person and published by another. `version` counts savings; whoever saves says which one was seen."""

    state = models.CharField(_("状态"), max_length=10, choices=ArchiveState, default=ArchiveState.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("撰写人"))
    made_at = models.DateTimeField(_("撰写时间"), auto_now_add=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("修改人"))
    changed_at = models.DateTimeField(_("修改时间"), auto_now_add=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审核人"))
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    note = models.CharField(_("意见"), max_length=500, blank=True)

    class Meta:
        abstract = True


class ArchiveText(Reviewed):
    """One version of one text of a name. What was published stays as it was; a change is another version, `based_on` it."""

    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="texts", verbose_name=_("地名"))
    kind = models.CharField(_("栏目"), max_length=10, choices=TextKind)
    number = models.PositiveIntegerField(_("稿次"))
    body = models.TextField(_("正文"))
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("所据稿"))

    class Meta:
        verbose_name = _("档案文字")
        verbose_name_plural = _("档案文字")
        constraints = [
            models.UniqueConstraint(fields=["place", "kind", "number"], name="archive_text_numbered"),
            models.UniqueConstraint(
                fields=["place", "kind"], condition=Q(state=ArchiveState.PUBLISHED), name="archive_text_one_published"
            ),
            # Two people write on one draft, not on two.
            models.UniqueConstraint(
                fields=["place", "kind"],
                condition=Q(state__in=sorted(str(one) for one in OPEN_STATES)),
                name="archive_text_one_open",
            ),
            models.CheckConstraint(condition=Q(kind__in=TextKind.values), name="archive_text_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ArchiveState.values), name="archive_text_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.kind} {self.number}"


class DocumentKind(models.TextChoices):
    """With the letter of GB/T 7714—2015 (annex B) where it has one."""

    GAZETTEER = "gazetteer", _("志书")
    BOOK = "book", _("图书")
    ARCHIVE = "archive", _("档案")
    STELE = "stele", _("碑刻、家谱")
    MAP = "map", _("舆图、地图")
    SURVEY = "survey", _("普查资料")
    PAPER = "paper", _("文章")
    ORAL = "oral", _("口述采集")
    OTHER = "other", _("其他")


class ArchiveDocument(models.Model):
    """What texts of names rest on, cited by page. `informant` (who told it) is never public; `file` only where `file_open`."""

    kind = models.CharField(_("类别"), max_length=10, choices=DocumentKind)
    title = models.CharField(_("题名"), max_length=200)
    author = models.CharField(_("责任者"), max_length=120, blank=True)
    publisher = models.CharField(_("出版或收藏单位"), max_length=120, blank=True)
    year = models.CharField(_("年份"), max_length=30, blank=True)
    call_number = models.CharField(_("档号或索书号"), max_length=60, blank=True)
    informant = models.CharField(_("口述人"), max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("文件"))
    file_open = models.BooleanField(_("文件可公开"), default=False)
    area = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("所属区划"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文献")
        verbose_name_plural = _("文献")
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="archive_document_titled")]

    def __str__(self) -> str:
        return self.title


class Citation(models.Model):
    """Where in a document a text finds what it says."""

    text = models.ForeignKey(ArchiveText, models.CASCADE, related_name="citations", verbose_name=_("档案文字"))
    document = models.ForeignKey(ArchiveDocument, models.PROTECT, related_name="citations", verbose_name=_("文献"))
    pages = models.CharField(_("页码"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("引文")
        verbose_name_plural = _("引文")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.pages}"
