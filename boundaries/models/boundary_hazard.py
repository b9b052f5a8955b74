"""Hazards and disputes along a line (平安边界): what, where, how grave, what is done about it until it is closed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_line import BoundaryLine
from boundaries.models.boundary_marker import BoundaryMarker
from boundaries.models.division import Division
from boundaries.models.joint_inspection import JointInspection
from gis.crs import CGCS2000
from gis.files.models import StoredFile


class HazardState(models.TextChoices):
    """The way through the states is boundaries.rules.hazard_states."""

    OPEN = "open", _("待处置")
    HANDLING = "handling", _("处置中")
    WATCHING = "watching", _("持续关注")
    CLOSED = "closed", _("已了结")


class BoundaryHazard(models.Model):
    """`kind`, `likelihood` and `consequence` are keys of the shipped criteria (boundaries/hazards): words and weights are data."""

    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="hazards", verbose_name=_("界线"))
    kind = models.CharField(_("类别"), max_length=24)
    title = models.CharField(_("事由"), max_length=200)
    details = models.TextField(_("情况"), blank=True)
    place = gis_models.PointField(_("地点"), srid=CGCS2000, null=True, blank=True)
    chainage_m = models.FloatField(_("里程（米）"), null=True, blank=True)
    marker = models.ForeignKey(
        BoundaryMarker, models.PROTECT, null=True, blank=True, related_name="hazards", verbose_name=_("界桩")
    )
    inspection = models.ForeignKey(
        JointInspection, models.PROTECT, null=True, blank=True, related_name="hazards", verbose_name=_("发现于联检")
    )
    sides = models.ManyToManyField(Division, related_name="+", verbose_name=_("相关各方"))
    likelihood = models.CharField(_("可能性"), max_length=24)
    consequence = models.CharField(_("影响"), max_length=24)
    criteria_note = models.TextField(_("评定理由"), blank=True)
    found_on = models.DateField(_("发现日期"))
    due_on = models.DateField(_("处置期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=HazardState, default=HazardState.OPEN)
    version = models.PositiveIntegerField(_("版本"), default=1)
    closed_on = models.DateField(_("了结日期"), null=True, blank=True)
    closing = models.TextField(_("了结情况"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("边界隐患")
        verbose_name_plural = _("边界隐患")
        ordering = ["-found_on", "-id"]
        indexes = [models.Index(fields=["line"], condition=~Q(state="closed"), name="hazard_open")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HazardState.values), name="hazard_state_known"),
            models.CheckConstraint(condition=~Q(state="closed") | Q(closed_on__isnull=False), name="closed_hazard_has_a_day"),
        ]

    def __str__(self) -> str:
        return self.title


class HazardEntryKind(models.TextChoices):
    MEASURE = "measure", _("措施")
    MEETING = "meeting", _("会商")
    DOCUMENT = "document", _("文书")
    STEP = "step", _("步骤")


class HazardEntry(models.Model):
    """A measure, meeting, document or step of a hazard; only ever added to. `due_on` open until `done_on`."""

    hazard = models.ForeignKey(BoundaryHazard, models.PROTECT, related_name="entries", verbose_name=_("隐患"))
    kind = models.CharField(_("类别"), max_length=10, choices=HazardEntryKind)
    on = models.DateField(_("日期"))
    text = models.TextField(_("内容"))
    responsible = models.CharField(_("负责人或单位"), max_length=120, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("隐患处置记录")
        verbose_name_plural = _("隐患处置记录")
        ordering = ["-on", "-id"]


class HazardCriteria(models.Model):
    """A text of criteria an office put in the place of the shipped proposal; the last one counts, the others stay readable."""

    text = models.TextField(_("评定办法（TOML）"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("何人"))
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("隐患评定办法")
        verbose_name_plural = _("隐患评定办法")
        ordering = ["-id"]
