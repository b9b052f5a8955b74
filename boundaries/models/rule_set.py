"""Establishment standards an office holds, as the TOML file they were loaded from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RuleSetState(models.TextChoices):
    DRAFT = "draft", _("待采用")
    ADOPTED = "adopted", _("采用")
    RETIRED = "retired", _("停用")


class RuleSet(models.Model):
    """One edition of a standard. The text is kept as it came; what it says is parsed by boundaries.rules.toml_loader."""

    identifier = models.CharField(_("标识"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    target = models.CharField(_("适用"), max_length=20)
    status = models.CharField(_("效力"), max_length=30)
    toml = models.TextField(_("内容"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    shipped = models.BooleanField(_("随软件提供"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=RuleSetState, default=RuleSetState.DRAFT)
    loaded_at = models.DateTimeField(_("载入时间"), auto_now_add=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("载入人"))
    adopted_at = models.DateTimeField(_("采用时间"), null=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("采用人"))

    class Meta:
        verbose_name = _("设立标准")
        verbose_name_plural = _("设立标准")
        constraints = [
            models.UniqueConstraint(fields=["identifier", "sha256"], name="rule_set_edition_once"),
            models.UniqueConstraint(
                fields=["identifier"], condition=Q(state=RuleSetState.ADOPTED), name="rule_set_one_adopted_edition"
            ),
        ]

    def __str__(self) -> str:
        return self.title
