"""Boundary lines (行政区域界线): an agreed geometry between two divisions, with markers at chainages."""

from __future__ import annotations

import shapely
from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.measured import MeasuredField
from boundaries.models.source import Source
from boundaries.models.vocabulary import Begins, Grade, Level
from boundaries.querysets import TwoClockQuerySet
from gis.crs import CGCS2000, length_m
from gis.files.models import StoredFile


class GeodesicLengthField(MeasuredField):
    """Metres on the CGCS2000 ellipsoid, worked out from `geometry` whenever a record is written; never given by hand."""

    def measured(self, geometry: shapely.Geometry) -> float:
        return float(length_m(geometry)[0])


class BoundaryLine(models.Model):
    """Identity and nothing else; what the line was is in its records. `code` is the line's number as the office writes it.

    How lines below the provincial ones are numbered is not known (no source was seen), so it is free text, unique.
    """

    code = models.CharField(_("界线编号"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("行政区域界线")
        verbose_name_plural = _("行政区域界线")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="line_numbered")]

    def __str__(self) -> str:
        return self.code


class BoundaryLineRecord(models.Model):
    """One state of a line by two clocks, as `DivisionRecord` is of a division.

    `side_a` and `side_b` are the adjoining divisions of the line's own level; A is the one with the smaller code, as with double
    markers. `geometry` is EPSG:4490, longitude first, running from `start_text` to `end_text`; more than one part where the line is
    interrupted. Chainage counts metres along the parts in their order. `length_m` is geodesic; `registered_length_m` is what the
    agreement says.
    """

    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="records", verbose_name=_("界线"))
    valid = DateRangeField(_("法定时间"))
    recorded = DateTimeRangeField(_("记录时间"))
    begins = models.CharField(_("起始依据"), max_length=10, choices=Begins)

    name = models.CharField(_("名称"), max_length=120)
    level = models.PositiveSmallIntegerField(_("界线等级"), choices=Level)
    side_a = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("甲方"))
    side_b = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("乙方"))
    start_text = models.CharField(_("起点"), max_length=300, blank=True)
    end_text = models.CharField(_("止点"), max_length=300, blank=True)

    geometry = gis_models.MultiLineStringField(_("界线位置"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    grade = models.CharField(_("位置等级"), max_length=12, choices=Grade, blank=True)
    length_m = GeodesicLengthField(_("长度（米）"))
    registered_length_m = models.FloatField(_("协议书所载长度（米）"), null=True, blank=True)
    course = models.TextField(_("走向说明"), blank=True)
    disputed = models.BooleanField(_("存在争议"), default=False)

    agreement = models.CharField(_("协议书"), max_length=300, blank=True)
    agreed_on = models.DateField(_("签订日期"), null=True, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=80, blank=True)
    approver = models.CharField(_("批准机关"), max_length=200, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    notes = models.TextField(_("备注"), blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="line_records", verbose_name=_("来源"))

    objects = TwoClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("界线记录")
        verbose_name_plural = _("界线记录")
        indexes = [
            models.Index(fields=["side_a"], condition=Q(recorded__upper_inf=True), name="line_current_side_a"),
            models.Index(fields=["side_b"], condition=Q(recorded__upper_inf=True), name="line_current_side_b"),
            GistIndex(fields=["geometry"], condition=Q(recorded__upper_inf=True), name="line_current_geometry"),
        ]
        constraints = [
            ExclusionConstraint(
                name="line_one_truth_at_a_time",
                expressions=[
                    (F("line"), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                    (F("recorded"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, recorded__isempty=False, recorded__lower_inf=False), name="line_times_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(geometry=None, grade="") | (Q(geometry__isnull=False) & Q(grade__in=Grade.values)),
                name="line_geometry_graded",
            ),
            models.CheckConstraint(
                condition=Q(geometry=None, length_m=None) | Q(geometry__isnull=False, length_m__isnull=False, length_m__gt=0),
                name="line_geometry_measured",
            ),
            models.CheckConstraint(condition=Q(level__in=[1, 2, 3, 4]), name="line_level_known"),
            models.CheckConstraint(condition=~Q(name=""), name="line_named"),
            models.CheckConstraint(condition=~Q(side_a=F("side_b")), name="line_between_two"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def length_km(self) -> float | None:
        return None if self.length_m is None else self.length_m / 1000


class LineSegment(models.Model):
    """A stretch of a line, [from, to) metres of chainage, and the lower divisions (counties or townships) on its sides there."""

    record = models.ForeignKey(BoundaryLineRecord, models.CASCADE, related_name="segments", verbose_name=_("界线记录"))
    from_m = models.FloatField(_("起（米）"))
    to_m = models.FloatField(_("止（米）"))
    side_a = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("甲方"))
    side_b = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("乙方"))

    class Meta:
        verbose_name = _("界段")
        verbose_name_plural = _("界段")
        ordering = ["from_m", "id"]
        constraints = [models.CheckConstraint(condition=Q(from_m__gte=0, to_m__gt=F("from_m")), name="segment_has_length")]


class LineFileKind(models.TextChoices):
    AGREEMENT = "agreement", _("界线协议书")
    MAP = "map", _("协议书附图或界线详图")
    MARKER_TABLE = "marker_table", _("界桩登记表或成果表")
    TRI_POINT = "tri_point", _("三交点协议书")
    APPROVAL = "approval", _("批准文件")
    REPORT = "report", _("历次联检报告")
    OTHER = "other", _("其他")


class LineFile(models.Model):
    """A document of the line's archive (行政区域界线管理条例第十三条). Taken out, it stays readable."""

    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="files", verbose_name=_("界线"))
    kind = models.CharField(_("类别"), max_length=14, choices=LineFileKind)
    title = models.CharField(_("标题"), max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人"))
    added_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    removed_at = models.DateTimeField(_("移出时间"), null=True)

    class Meta:
        verbose_name = _("界线档案文件")
        verbose_name_plural = _("界线档案文件")
        ordering = ["id"]
