"""Boundary markers (界桩): where they stand, by which things they can be found again, who keeps them, what was done to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_line import BoundaryLine
from boundaries.models.division import Division
from boundaries.models.source import Source
from boundaries.models.vocabulary import Begins, Grade
from boundaries.querysets import TwoClockQuerySet
from gis.crs import CGCS2000
from gis.files.models import StoredFile


class MarkerKind(models.TextChoices):
    SINGLE = "single", _("单立")
    DOUBLE = "double", _("同号双立")
    TRIPLE = "triple", _("同号三立")


class BoundaryMarker(models.Model):
    """Identity: one stake in the ground (or at a tri-point, one stake of three lines)."""

    lines = models.ManyToManyField(BoundaryLine, through="MarkerOnLine", related_name="markers", verbose_name=_("界线"))

    class Meta:
        verbose_name = _("界桩")
        verbose_name_plural = _("界桩")


class MarkerOnLine(models.Model):
    """A marker's place in the order of a line. At a tri-point one marker has three rows, so the three lines share its coordinates.

    `chainage_m` is the foot of the marker on the line as recorded, worked out when either is written; unknown where one has no
    position.
    """

    marker = models.ForeignKey(BoundaryMarker, models.CASCADE, related_name="places", verbose_name=_("界桩"))
    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="marker_places", verbose_name=_("界线"))
    chainage_m = models.FloatField(_("里程（米）"), null=True)
    offset_m = models.FloatField(_("偏离界线（米）"), null=True)

    class Meta:
        verbose_name = _("界桩在界线上的位置")
        verbose_name_plural = _("界桩在界线上的位置")
        ordering = ["chainage_m", "id"]
        constraints = [models.UniqueConstraint(fields=["marker", "line"], name="marker_once_on_a_line")]


class MarkerRecord(models.Model):
    """One state of a marker by two clocks.

    `position` is EPSG:4490, longitude first; `registered` keeps the coordinates as the 界桩登记表 prints them, with their system.
    """

    marker = models.ForeignKey(BoundaryMarker, models.PROTECT, related_name="records", verbose_name=_("界桩"))
    valid = DateRangeField(_("法定时间"))
    recorded = DateTimeRangeField(_("记录时间"))
    begins = models.CharField(_("起始依据"), max_length=10, choices=Begins)

    number = models.CharField(_("界桩号"), max_length=40)
    kind = models.CharField(_("类型"), max_length=8, choices=MarkerKind)
    material = models.CharField(_("材质"), max_length=60, blank=True)
    position = gis_models.PointField(_("位置"), srid=CGCS2000, null=True, blank=True)
    grade = models.CharField(_("位置等级"), max_length=12, choices=Grade, blank=True)
    registered = models.JSONField(_("登记坐标"), default=dict, help_text=_("登记表原样：坐标系、x、y 或经纬度"))
    elevation_m = models.FloatField(_("高程（米）"), null=True, blank=True)
    elevation_datum = models.CharField(_("高程基准"), max_length=60, blank=True)
    situation = models.TextField(_("位置说明"), blank=True)
    notes = models.TextField(_("备注"), blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="marker_records", verbose_name=_("来源"))

    objects = TwoClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("界桩记录")
        verbose_name_plural = _("界桩记录")
        indexes = [models.Index(fields=["number"], condition=Q(recorded__upper_inf=True), name="marker_current_number")]
        constraints = [
            ExclusionConstraint(
                name="marker_one_truth_at_a_time",
                expressions=[
                    (F("marker"), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                    (F("recorded"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, recorded__isempty=False, recorded__lower_inf=False), name="marker_times_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(position=None, grade="") | (Q(position__isnull=False) & Q(grade__in=Grade.values)),
                name="marker_position_graded",
            ),
            models.CheckConstraint(condition=Q(kind__in=MarkerKind.values), name="marker_kind_known"),
            models.CheckConstraint(condition=~Q(number=""), name="marker_numbered"),
        ]

    def __str__(self) -> str:
        return self.number


class MarkerSide(models.Model):
    """A division the marker belongs to: two, at a tri-point three. `custodian`: that side keeps it (BND-STK-07)."""

    record = models.ForeignKey(MarkerRecord, models.CASCADE, related_name="sides", verbose_name=_("界桩记录"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    location = models.CharField(_("所在地"), max_length=200, blank=True)
    custodian = models.BooleanField(_("负责管护"), default=False)

    class Meta:
        verbose_name = _("界桩所属方")
        verbose_name_plural = _("界桩所属方")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "division"], name="marker_side_once"),
            models.UniqueConstraint(fields=["record"], condition=Q(custodian=True), name="marker_one_custodian"),
        ]


class MarkerReference(models.Model):
    """方位物: a lasting thing near the marker, by which it is found again (BND-STK-06). Azimuth from true north, clockwise."""

    record = models.ForeignKey(MarkerRecord, models.CASCADE, related_name="references", verbose_name=_("界桩记录"))
    name = models.CharField(_("方位物"), max_length=120)
    azimuth_deg = models.FloatField(_("方位角（度）"))
    distance_m = models.FloatField(_("距离（米）"))

    class Meta:
        verbose_name = _("方位物")
        verbose_name_plural = _("方位物")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(azimuth_deg__gte=0, azimuth_deg__lt=360, distance_m__gte=0), name="reference_can_be_measured"
            )
        ]


class MarkerActKind(models.TextChoices):
    MOVE = "move", _("移位")
    REPAIR = "repair", _("修复")
    REPLACE = "replace", _("更换")
    RENUMBER = "renumber", _("改号")
    REMOVE = "remove", _("拆除")


class MarkerAct(models.Model):
    """Something done to a marker, with what the law asks for it (BND-STK-01, -02): who applied, agreed, surveyed, was present.

    `statements` is read by boundaries.rules.marker_acts. The record that came of it cites `source`.
    """

    marker = models.ForeignKey(BoundaryMarker, models.PROTECT, related_name="acts", verbose_name=_("界桩"))
    kind = models.CharField(_("事项"), max_length=10, choices=MarkerActKind)
    on = models.DateField(_("日期"))
    statements = models.JSONField(_("办理情况"), default=dict)
    findings = models.JSONField(_("规则核对"), default=list)
    reason = models.TextField(_("说明"), blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("文件"))
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+", verbose_name=_("来源"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("界桩变动")
        verbose_name_plural = _("界桩变动")
        ordering = ["-on", "-id"]


class MarkerPicture(models.Model):
    """A photo of a marker in the register (not of an inspection's visit)."""

    marker = models.ForeignKey(BoundaryMarker, models.PROTECT, related_name="pictures", verbose_name=_("界桩"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("照片"))
    taken_on = models.DateField(_("拍摄日期"), null=True, blank=True)
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人"))
    added_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    removed_at = models.DateTimeField(_("移出时间"), null=True)

    class Meta:
        verbose_name = _("界桩照片")
        verbose_name_plural = _("界桩照片")
        ordering = ["id"]
