"""What is done after an approval (行政区划管理条例第十五条至第十八条), and the half-year lists of township codes (CODE-12)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.decision import Decision
from gis.files.models import StoredFile


class DecisionFollowUp(models.Model):
    """One row for each decision that is followed up; a day that is NULL is not recorded. Every write is in the audit trail.

    What is asked of it: boundaries.rules.deadlines (CHG-DL-01 … CHG-DL-05). `closed_at`: the case is closed (结案).
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="follow_up", verbose_name=_("批复"))
    version = models.PositiveIntegerField(_("版本"), default=1)
    completed_on = models.DateField(_("完成变更日期"), null=True, blank=True)
    reported_on = models.DateField(_("报告审批机关日期"), null=True, blank=True)
    report_document = models.CharField(_("报告文号"), max_length=200, blank=True)
    extension_approved_on = models.DateField(_("批准延期日期"), null=True, blank=True)
    extension_document = models.CharField(_("批准延期文号"), max_length=200, blank=True)
    code_published_on = models.DateField(_("代码公布日期"), null=True, blank=True)
    code_document = models.CharField(_("确定代码的文号"), max_length=200, blank=True)
    announced_on = models.DateField(_("公告日期"), null=True, blank=True)
    announcement = models.CharField(_("公告文号或网址"), max_length=300, blank=True)
    standard_map_on = models.DateField(_("标准样图更新日期"), null=True, blank=True)
    survey_records_on = models.DateField(_("勘界资料归档日期"), null=True, blank=True)
    evaluation_on = models.DateField(_("效果评估日期"), null=True, blank=True)
    notes = models.TextField(_("备注"), blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("结案人"))
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("批复后续工作")
        verbose_name_plural = _("批复后续工作")
        indexes = [models.Index(fields=["decision"], condition=Q(closed_at=None), name="follow_up_open")]


class TownshipCodeList(models.Model):
    """A half-year list of township codes as it was made: CODE-12. Made again, it is another row; the latest counts."""

    on = models.DateField(_("截至日期"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    codes = models.PositiveIntegerField(_("代码数"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("生成人"))
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("乡级代码半年表")
        verbose_name_plural = _("乡级代码半年表")
        ordering = ["-on", "-id"]
