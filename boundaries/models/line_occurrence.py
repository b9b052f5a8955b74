"""Something that happened along a line and may have changed how it runs on the ground (BND-CYC-02)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_line import BoundaryLine
from boundaries.models.joint_inspection import JointInspection, OccurrenceKind


class LineOccurrence(models.Model):
    """It proposes an extra inspection until one is opened (`inspection`) or a person says why none is needed (`declined_because`).

    [from_m, to_m) is the stretch in metres of chainage, both None where it is not known.
    """

    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="occurrences", verbose_name=_("界线"))
    kind = models.CharField(_("起因"), max_length=10, choices=OccurrenceKind)
    occurred_on = models.DateField(_("发生日期"))
    details = models.TextField(_("情况"))
    from_m = models.FloatField(_("起（米）"), null=True, blank=True)
    to_m = models.FloatField(_("止（米）"), null=True, blank=True)
    inspection = models.OneToOneField(
        JointInspection, models.PROTECT, null=True, blank=True, related_name="cause", verbose_name=_("特定地段联检")
    )
    declined_at = models.DateTimeField(_("不安排时间"), null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("何人"))
    declined_because = models.TextField(_("不安排的理由"), blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("沿线情况变化")
        verbose_name_plural = _("沿线情况变化")
        ordering = ["-occurred_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_m=None, to_m=None) | Q(from_m__gte=0, to_m__gt=models.F("from_m")), name="occurrence_stretch"
            ),
            models.CheckConstraint(condition=Q(inspection=None) | Q(declined_at=None), name="occurrence_answered_once"),
        ]
