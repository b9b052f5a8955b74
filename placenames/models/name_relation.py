"""What names have to do with each other: one taken from another, one that turned out to be another."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from placenames.models.place_name import PlaceName


class NameRelation(models.Model):
    """`place` has its name from `origin`, by what `note` cites. Closed, never deleted."""

    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="taken_from", verbose_name=_("派生的地名"))
    origin = models.ForeignKey(PlaceName, models.PROTECT, related_name="gave_name_to", verbose_name=_("所本的地名"))
    note = models.CharField(_("依据"), max_length=300)
    recorded = DateTimeRangeField(_("记录时间"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))

    class Meta:
        verbose_name = _("地名派生")
        verbose_name_plural = _("地名派生")
        constraints = [
            models.UniqueConstraint(fields=["place", "origin"], condition=Q(recorded__upper_inf=True), name="name_relation_once"),
            models.CheckConstraint(condition=~Q(place=F("origin")), name="name_relation_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.origin_id}"


class MergedName(models.Model):
    """`place` was entered twice: it is `into`, and its address leads there for good."""

    place = models.OneToOneField(PlaceName, models.PROTECT, related_name="merged", verbose_name=_("重复登记"))
    into = models.ForeignKey(PlaceName, models.PROTECT, related_name="+", verbose_name=_("并入"))
    reason = models.CharField(_("理由"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("办理人"))
    made_at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = _("并案")
        verbose_name_plural = _("并案")
        constraints = [models.CheckConstraint(condition=~Q(place=F("into")), name="merged_into_another")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.into_id}"
