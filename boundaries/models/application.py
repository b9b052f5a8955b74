"""An application (申请) to change a division, its dossier and its way through the offices."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.rule_set import RuleSet
from gis.files.models import StoredFile


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    CHECKED = "checked", _("已校核")
    SUBMITTED = "submitted", _("已上报")
    RETURNED = "returned", _("退回补正")
    ACCEPTED = "accepted", _("已受理")
    DECIDED = "decided", _("已批复")
    WITHDRAWN = "withdrawn", _("已撤回")


class Target(models.TextChoices):
    TOWN = "town", _("设镇")
    SUBDISTRICT = "subdistrict", _("设街道")


class Application(models.Model):
    """From the draft to the decision. `evaluation` is frozen at submission, with the rule set as it then stood."""

    number = models.CharField(_("编号"), max_length=30, unique=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="applications", verbose_name=_("拟变更区划"))
    target = models.CharField(_("申请事项"), max_length=20, choices=Target)
    state = models.CharField(_("状态"), max_length=12, choices=ApplicationState, default=ApplicationState.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=1, help_text=_("每次保存加一，防止两人互相覆盖"))

    proposed_name = models.CharField(_("拟用名称"), max_length=120)
    proposed_type = models.CharField(_("拟定建制类型"), max_length=24)
    affiliation = models.CharField(_("隶属关系"), max_length=200, blank=True)
    boundary_plan = models.TextField(_("行政区域界线"), blank=True)
    seat_plan = models.CharField(_("政府驻地"), max_length=200, blank=True)
    plan_author = models.CharField(_("方案制订机关"), max_length=200, blank=True)
    territory_plan = models.TextField(_("原区域归属"), blank=True)
    reasons = models.TextField(_("变更理由"), blank=True)
    facts = models.TextField(_("基本情况"), blank=True)
    ethnic_opinion = models.TextField(_("民族工作部门意见"), blank=True)
    ethnic_document = models.CharField(_("民族建制专门文件"), max_length=200, blank=True)

    evaluation = models.JSONField(_("校核结果"), null=True, encoder=DjangoJSONEncoder)
    evaluated_at = models.DateTimeField(_("校核时间"), null=True)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, related_name="applications", verbose_name=_("依据标准"))

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    created_at = models.DateTimeField(_("起草时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    decision_number = models.CharField(_("批复文号"), max_length=80, blank=True)
    decided_on = models.DateField(_("批复日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("区划变更申请")
        verbose_name_plural = _("区划变更申请")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ApplicationState.values), name="application_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "checked", "withdrawn"]) | Q(evaluation__isnull=False),
                name="application_submitted_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.proposed_name}"


class ApplicationAttachment(models.Model):
    """One document of the dossier, filed under its class of 《行政区划管理条例》第十三条. Taken out, it stays readable."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments", verbose_name=_("申请"))
    document_class = models.CharField(_("材料类别"), max_length=30)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    title = models.CharField(_("标题"), max_length=200)
    parts = models.JSONField(_("所含部分"), default=list)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    added_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    removed_at = models.DateTimeField(_("移出时间"), null=True)

    class Meta:
        verbose_name = _("申报材料")
        verbose_name_plural = _("申报材料")
        ordering = ["document_class", "id"]


class ApplicationEvent(models.Model):
    """One step along the table of states, with the clause behind it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="events", verbose_name=_("申请"))
    from_state = models.CharField(_("原状态"), max_length=12, choices=ApplicationState, blank=True)
    to_state = models.CharField(_("新状态"), max_length=12, choices=ApplicationState)
    basis = models.CharField(_("依据"), max_length=200)
    note = models.TextField(_("说明"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("办理过程")
        verbose_name_plural = _("办理过程")
        ordering = ["id"]
