"""Lists the law refers to but does not print: names of leaders, foreign names, trademarks, protected features and so on."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Source


class NameList(models.Model):
    """One edition of a list; the one whose recording time has no end is asked. Loading another closes it, nothing is changed."""

    key = models.CharField(_("名单"), max_length=30)
    entries = ArrayField(models.CharField(max_length=120), verbose_name=_("条目"))
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="name_lists", verbose_name=_("来源"))

    class Meta:
        verbose_name = _("核对名单")
        verbose_name_plural = _("核对名单")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(recorded__upper_inf=True), name="name_list_one_edition"),
            models.CheckConstraint(
                condition=Q(recorded__isempty=False, recorded__lower_inf=False), name="name_list_times_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.key
