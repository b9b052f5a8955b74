"""Where a fact comes from: a document, a data set or a batch of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    DOCUMENT = "document", _("文件")
    DATASET = "dataset", _("数据集")
    ENTRY = "entry", _("人工录入")
    DEMO = "demo", _("演示数据")


class Source(models.Model):
    """Cited by every record it gave rise to; never changed afterwards."""

    kind = models.CharField(_("类别"), max_length=10, choices=SourceKind)
    title = models.CharField(_("标题"), max_length=300)
    issuer = models.CharField(_("发布单位"), max_length=200, blank=True)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    dated = models.DateField(_("日期"), null=True)
    sha256 = models.CharField(_("文件 SHA-256"), max_length=64, blank=True)
    details = models.JSONField(_("其他"), default=dict)
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))

    class Meta:
        verbose_name = _("资料来源")
        verbose_name_plural = _("资料来源")

    def __str__(self) -> str:
        return self.title

    @property
    def is_demo(self) -> bool:
        return self.kind == SourceKind.DEMO

    @property
    def shape_repair(self) -> dict[str, Any] | None:
        """What a load did to shapes before recording them (distance_m, units, by, at); None where they are as they came."""
        told: dict[str, Any] | None = self.details.get("topology_repair")
        return told
