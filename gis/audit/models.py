"""The audit trail: who did what to which thing, when, from what to what, and why.

Rows are only ever added. The database refuses UPDATE, DELETE and TRUNCATE (see the migration); the application role does not own
a way around it.
"""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("何人"))
    actor_name = models.CharField(_("姓名"), max_length=120, help_text=_("当时的姓名；命令行操作记操作系统用户"))
    action = models.CharField(_("何事"), max_length=60, db_index=True)
    target_type = models.CharField(_("对象类别"), max_length=60)
    target_id = models.CharField(_("对象编号"), max_length=64)
    target_label = models.CharField(_("对象"), max_length=200)
    area = models.BigIntegerField(_("所属区划编号"), null=True, db_index=True)
    before = models.JSONField(_("变更前"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("变更后"), null=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("缘由"), blank=True)

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"])]
