"""What people add to a decision on its way: steps, remarks, answers to findings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.decision import Decision, DecisionState


class DecisionEvent(models.Model):
    """One step along boundaries.rules.decision_states, with the clause behind it."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="events", verbose_name=_("批复"))
    from_state = models.CharField(_("原状态"), max_length=10, choices=DecisionState, blank=True)
    to_state = models.CharField(_("新状态"), max_length=10, choices=DecisionState)
    basis = models.CharField(_("依据"), max_length=200)
    note = models.TextField(_("说明"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("批复办理过程")
        verbose_name_plural = _("批复办理过程")
        ordering = ["id"]


class DecisionComment(models.Model):
    """A remark on a draft, for those of the area. `act` is the order of the act it is about, NULL for the whole."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="comments", verbose_name=_("批复"))
    act = models.PositiveSmallIntegerField(_("事项"), null=True, blank=True)
    text = models.TextField(_("意见"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        verbose_name = _("方案意见")
        verbose_name_plural = _("方案意见")
        ordering = ["id"]


class DecisionOverride(models.Model):
    """A person's answer to findings of a rule (boundaries.rules.overrides). Empty `code` or `subject`: any. Never overwritten."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="overrides", verbose_name=_("批复"))
    rule = models.CharField(_("规则"), max_length=30)
    code = models.CharField(_("问题"), max_length=60, blank=True)
    subject = models.CharField(_("对象"), max_length=200, blank=True)
    document = models.CharField(_("文件依据"), max_length=200, blank=True)
    reason = models.TextField(_("理由"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        verbose_name = _("规则放行")
        verbose_name_plural = _("规则放行")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(rule="") & ~Q(reason=""), name="override_says_why")]
