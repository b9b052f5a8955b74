"""Key counties (乡村振兴重点帮扶县): an editable list, each entry with its source. Empty as shipped: Henan's list was not found."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.source import Source


class PriorityCounty(models.Model):
    division = models.ForeignKey(Division, models.PROTECT, related_name="priority_listings", verbose_name=_("县（市、区）"))
    list_title = models.CharField(_("名单"), max_length=200)
    document = models.CharField(_("依据文件"), max_length=300)
    valid = DateRangeField(_("有效期"))
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="priority_counties", verbose_name=_("录入来源"))

    class Meta:
        verbose_name = _("重点帮扶县")
        verbose_name_plural = _("重点帮扶县")
        constraints = [
            models.UniqueConstraint(
                fields=["division", "list_title"],
                condition=Q(recorded__upper_inf=True),
                name="priority_county_listed_once",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="priority_county_has_document"),
        ]
