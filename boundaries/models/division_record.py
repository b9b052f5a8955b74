"""What a division was, by two clocks: when the law says so (`valid`), and when we knew (`recorded`)."""

from __future__ import annotations

from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.source import Source
from boundaries.models.vocabulary import Begins, DivisionType, Grade, Level
from boundaries.querysets import DivisionRecordQuerySet
from gis.crs import CGCS2000


class GeodesicArea(Func):
    """Area on the ellipsoid of the geometry's own reference system, in square metres."""

    template = "ST_Area(%(expressions)s::geography)"
    output_field = models.FloatField()


class IsValid(Func):
    """A lookup-free spelling of ``ST_IsValid`` for a check constraint; NULL geometry passes, as CHECK treats NULL as true."""

    function = "ST_IsValid"
    conditional = True
    output_field = models.BooleanField()


class DivisionRecord(models.Model):
    """One state of a division. Rows are closed (`recorded`) and followed by others, never overwritten.

    `valid` and `recorded` are half-open, ``[from, to)``; no upper end means "until further notice" and "what we hold today".
    `geometry` is EPSG:4490, longitude before latitude, and optional; `area_m2` is geodesic and follows it by itself.
    The database refuses two records of one division that overlap on both clocks, and a geometry that is not valid.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="records", verbose_name=_("行政区划"))
    valid = DateRangeField(_("法定时间"))
    recorded = DateTimeRangeField(_("记录时间"))
    begins = models.CharField(_("起始依据"), max_length=10, choices=Begins)

    name = models.CharField(_("名称"), max_length=120)
    proper_name = models.CharField(_("专名"), max_length=120)
    generic_name = models.CharField(_("通名"), max_length=60, blank=True)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level)
    type = models.CharField(_("建制类型"), max_length=24, choices=DivisionType)
    parent = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="child_records", verbose_name=_("上级")
    )

    geometry = gis_models.MultiPolygonField(_("范围"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    grade = models.CharField(_("范围等级"), max_length=12, choices=Grade, blank=True)
    seat = gis_models.PointField(_("驻地"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    seat_grade = models.CharField(_("驻地等级"), max_length=12, choices=Grade, blank=True)
    area_m2 = GeneratedField(
        verbose_name=_("面积（平方米）"),
        expression=GeodesicArea("geometry"),
        output_field=models.FloatField(),
        db_persist=True,
    )

    source = models.ForeignKey(Source, models.PROTECT, related_name="division_records", verbose_name=_("来源"))

    objects = DivisionRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划记录")
        verbose_name_plural = _("区划记录")
        indexes = [
            models.Index(fields=["level", "division"], condition=Q(recorded__upper_inf=True), name="record_current_level"),
            models.Index(fields=["parent"], condition=Q(recorded__upper_inf=True), name="record_current_parent"),
            GistIndex(fields=["geometry"], condition=Q(recorded__upper_inf=True), name="record_current_geometry"),
        ]
        constraints = [
            ExclusionConstraint(
                name="record_one_truth_at_a_time",
                expressions=[
                    (F("division"), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                    (F("recorded"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, recorded__isempty=False, recorded__lower_inf=False),
                name="record_times_not_empty",
            ),
            models.CheckConstraint(condition=IsValid("geometry"), name="record_geometry_valid"),
            models.CheckConstraint(
                condition=Q(geometry=None, grade="") | (Q(geometry__isnull=False) & Q(grade__in=Grade.values)),
                name="record_geometry_graded",
            ),
            models.CheckConstraint(
                condition=Q(seat=None, seat_grade="") | (Q(seat__isnull=False) & Q(seat_grade__in=Grade.values)),
                name="record_seat_graded",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="record_level_known"),
            models.CheckConstraint(condition=Q(type__in=DivisionType.values), name="record_type_known"),
            models.CheckConstraint(condition=~Q(name=""), name="record_named"),
            models.CheckConstraint(condition=~Q(parent=F("division")), name="record_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name
