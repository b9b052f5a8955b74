"""A decision (批复): the only way a division changes in legal time."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.source import Source
from gis.files.models import StoredFile


class DecisionState(models.TextChoices):
    """The way through the states is boundaries.rules.decision_states."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("送审中")
    RETURNED = "returned", _("退回修改")
    ENACTED = "enacted", _("已实施")
    WITHDRAWN = "withdrawn", _("已撤回")


class Decision(models.Model):
    """Acts that take effect together on `effective_on`. `area` holds everything it touches; whoever answers for it may handle it.

    `case` is what people state about the case beyond its acts (who planned, which departments were asked …), as
    boundaries.rules.change_case documents and reads it. `plan` is the document of the last preview, and after enacting that of what
    was done; `fingerprint` stands for it. `source` is what the records, codes and lineages cite that the decision made.
    """

    area = models.ForeignKey(Division, models.PROTECT, related_name="decisions", verbose_name=_("涉及区域"))
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    title = models.CharField(_("标题"), max_length=300)
    approver = models.CharField(_("批准机关"), max_length=200, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    effective_on = models.DateField(_("生效日期"))
    text = models.TextField(_("正文"), blank=True)
    case = models.JSONField(_("办理情况"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("状态"), max_length=10, choices=DecisionState, default=DecisionState.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=1, help_text=_("每次保存加一，防止两人互相覆盖"))

    plan = models.JSONField(_("变更结果"), null=True, encoder=DjangoJSONEncoder)
    fingerprint = models.CharField(_("变更结果指纹"), max_length=64, blank=True)
    findings = models.JSONField(_("实施时的规则核对"), null=True, encoder=DjangoJSONEncoder)
    source = models.OneToOneField(Source, models.PROTECT, null=True, related_name="decision", verbose_name=_("来源"))

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("起草人"))
    created_at = models.DateTimeField(_("起草时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    enacted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("实施人"))
    enacted_at = models.DateTimeField(_("实施时间"), null=True)

    class Meta:
        verbose_name = _("区划变更批复")
        verbose_name_plural = _("区划变更批复")
        ordering = ["-effective_on", "-id"]
        indexes = [models.Index(fields=["effective_on"], name="decision_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DecisionState.values), name="decision_state_known"),
            models.CheckConstraint(
                condition=~Q(state="enacted")
                | Q(plan__isnull=False, source__isnull=False, enacted_at__isnull=False) & ~Q(fingerprint=""),
                name="decision_enacted_with_plan",
            ),
        ]

    def __str__(self) -> str:
        return self.document_number or self.title


class DecisionFile(models.Model):
    """A document filed with the decision. Taken out, it stays readable.

    `document_class` is one of the seven of 《行政区划管理条例》第十三条 (boundaries.rules.dossier), empty for the decision itself
    and what comes after it; `parts` are the headed parts it contains or the maps it shows.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="files", verbose_name=_("批复"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    title = models.CharField(_("标题"), max_length=200)
    document_class = models.CharField(_("材料类别"), max_length=30, blank=True)
    parts = models.JSONField(_("所含部分"), default=list)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人"))
    added_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    removed_at = models.DateTimeField(_("移出时间"), null=True)

    class Meta:
        verbose_name = _("批复附件")
        verbose_name_plural = _("批复附件")
        ordering = ["id"]
