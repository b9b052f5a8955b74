"""Who of an inspection's team walks which stretch of the line, and which markers were given to somebody else by name."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_marker import BoundaryMarker
from boundaries.models.joint_inspection import InspectionMember, JointInspection


class InspectionStretch(models.Model):
    """[from_m, to_m) of chainage in metres, given to people of the team. Each side may divide the line its own way, so stretches
    may overlap.
    """

    inspection = models.ForeignKey(JointInspection, models.CASCADE, related_name="stretches", verbose_name=_("联检"))
    from_m = models.FloatField(_("起（米）"))
    to_m = models.FloatField(_("止（米）"))
    people = models.ManyToManyField(InspectionMember, related_name="stretches", verbose_name=_("人员"))

    class Meta:
        verbose_name = _("联检分段")
        verbose_name_plural = _("联检分段")
        ordering = ["from_m", "to_m", "id"]
        constraints = [models.CheckConstraint(condition=Q(from_m__gte=0, to_m__gt=F("from_m")), name="stretch_has_length")]


class MarkerAssignment(models.Model):
    """A marker whose task does not follow the stretch it stands in; without a row, or with nobody left, it does."""

    inspection = models.ForeignKey(JointInspection, models.CASCADE, related_name="marker_assignments", verbose_name=_("联检"))
    marker = models.ForeignKey(BoundaryMarker, models.PROTECT, related_name="+", verbose_name=_("界桩"))
    people = models.ManyToManyField(InspectionMember, related_name="marker_assignments", verbose_name=_("人员"))

    class Meta:
        verbose_name = _("界桩任务")
        verbose_name_plural = _("界桩任务")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["inspection", "marker"], name="marker_given_once")]
