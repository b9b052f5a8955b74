"""That a place name stands on a published list: traditional villages, heritage of place names."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Source
from placenames.models.place_name import PlaceName


class HeritageKind(models.TextChoices):
    TRADITIONAL_VILLAGE = "traditional_village", _("中国传统村落")
    ANCIENT_COUNTY = "ancient_county", _("千年古县")
    ANCIENT_TOWN = "ancient_town", _("千年古镇")
    ANCIENT_VILLAGE = "ancient_village", _("千年古村落")
    PROTECTED_NAME = "protected_name", _("地名保护名录")


class HeritageListing(models.Model):
    """A place on a list. `batch` as the list prints it (二, 第六批 …)."""

    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="listings", verbose_name=_("地名"))
    kind = models.CharField(_("名录"), max_length=24, choices=HeritageKind)
    batch = models.CharField(_("批次"), max_length=30, blank=True)
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="heritage_listings", verbose_name=_("来源"))

    class Meta:
        verbose_name = _("名录登记")
        verbose_name_plural = _("名录登记")
        constraints = [
            models.UniqueConstraint(fields=["place", "kind"], condition=Q(recorded__upper_inf=True), name="heritage_listed_once"),
            models.CheckConstraint(condition=Q(kind__in=HeritageKind.values), name="heritage_kind_known"),
            models.CheckConstraint(
                condition=Q(recorded__isempty=False, recorded__lower_inf=False), name="heritage_times_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.kind}"
