"""What is done about a boundary line that an approved change moved (行政区域界线管理条例第九条, BND-LIN-01)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_line import BoundaryLine
from boundaries.models.decision import Decision


class DecisionLineWork(models.Model):
    """One row for each line that a decision moves, made when it is enacted; a day that is NULL is not recorded.

    Written by boundaries.services.line_works, every write in the audit trail with the decision's
    follow-up, whose version guards it.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="line_works", verbose_name=_("批复"))
    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="works", verbose_name=_("界线"))
    surveyed_on = models.DateField(_("测绘完成日期"), null=True, blank=True)
    markers_on = models.DateField(_("埋设或移设界桩日期"), null=True, blank=True)
    agreement_on = models.DateField(_("签订协议书日期"), null=True, blank=True)
    agreement = models.CharField(_("协议书名称或文号"), max_length=200, blank=True)
    filed_on = models.DateField(_("界线备案日期"), null=True, blank=True)
    filed_with = models.CharField(_("备案机关或文号"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("变动界线的后续工作")
        verbose_name_plural = _("变动界线的后续工作")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["decision", "line"], name="line_work_once")]
