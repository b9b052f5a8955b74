"""What shows that a place meets a criterion of heritage: a year since when, or what a document says."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Source
from gis.files.models import StoredFile
from placenames.models.heritage_listing import HeritageKind
from placenames.models.place_name import PlaceName


class HeritageEvidence(models.Model):
    """`criterion`: a key of placenames.rules.heritage_criteria. Of a year only `year` is given, of a document only `holds`.

    Rows are closed (`recorded`) and followed by others, never changed.
    """

    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="heritage_evidence", verbose_name=_("地名"))
    kind = models.CharField(_("名录"), max_length=24, choices=HeritageKind)
    criterion = models.CharField(_("条件"), max_length=20)
    year = models.IntegerField(_("始于（年）"), null=True, blank=True, help_text=_("公元前为负数，没有 0 年"))
    holds = models.BooleanField(_("符合"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件"))
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="heritage_evidence", verbose_name=_("来源"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人"))

    class Meta:
        verbose_name = _("名录条件依据")
        verbose_name_plural = _("名录条件依据")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind", "criterion"], condition=Q(recorded__upper_inf=True), name="heritage_shown_once"
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=False, holds=None) | Q(year=None, holds__isnull=False), name="heritage_year_or_document"
            ),
            models.CheckConstraint(condition=~Q(year=0), name="heritage_no_year_zero"),
            models.CheckConstraint(
                condition=Q(recorded__isempty=False, recorded__lower_inf=False), name="heritage_evidence_times_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.kind} {self.criterion}"
