"""Collections of names shown as pages and maps: kept by hand, or what stands on a heritage list."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Division
from placenames.models.heritage_listing import HeritageKind
from placenames.models.place_name import PlaceName


class NameCollection(models.Model):
    """`heritage` not empty: its members are those listed under that kind (`HeritageListing`), and others may be added."""

    slug = models.SlugField(_("网址中的名称"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    title_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    about = models.TextField(_("说明"), blank=True)
    source = models.CharField(_("依据"), max_length=300, blank=True)
    heritage = models.CharField(_("对应名录"), max_length=24, choices=HeritageKind, blank=True)
    published = models.BooleanField(_("公开"), default=False)
    area = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("所属区划"))
    version = models.PositiveIntegerField(_("版本"), default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("建立人"))
    changed_at = models.DateTimeField(_("修改时间"), auto_now=True)

    class Meta:
        verbose_name = _("地名专题")
        verbose_name_plural = _("地名专题")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class CollectionMember(models.Model):
    """Closed when it is taken out, so that it can be put back."""

    collection = models.ForeignKey(NameCollection, models.PROTECT, related_name="members", verbose_name=_("地名专题"))
    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="+", verbose_name=_("地名"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    recorded = DateTimeRangeField(_("记录时间"))

    class Meta:
        verbose_name = _("专题地名")
        verbose_name_plural = _("专题地名")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "place"], condition=Q(recorded__upper_inf=True), name="collection_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.place_id}"
