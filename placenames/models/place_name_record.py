"""What a place was called and what was known of it, by two clocks."""

from __future__ import annotations

from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, IntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from boundaries.models import Begins, Division, Grade, Source
from gis.crs import CGCS2000
from gis.files.models import StoredFile
from placenames.models.place_name import PlaceName
from placenames.models.vocabulary import NameStatus, Secrecy, SpelledBy
from placenames.querysets import PlaceNameRecordQuerySet


class IsValid(Func):
    function = "ST_IsValid"
    conditional = True
    output_field = models.BooleanField()


def _one_truth(name: str, span: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (F("place"), RangeOperators.EQUAL),
            (F(span), RangeOperators.OVERLAPS),
            (F("recorded"), RangeOperators.OVERLAPS),
        ],
        condition=Q(**{f"{span}__isnull": False}),
    )


class PlaceNameRecord(models.Model):
    """One state of a place name. Rows are closed (`recorded`) and followed by others, never overwritten.

    `valid` is legal time in days, half-open. What history tells in years has `years` instead, half-open too, years before the
    common era negative and without a year 0 (−224 is 224 BC); such a record holds on no day of the law (docs/decisions/0051).
    `location` is EPSG:4490, longitude first: a point, a line or an area, each single or multiple.
    Of a division `name`, `proper_name` and `generic_name` are null: they are read from its record in the register.
    """

    place = models.ForeignKey(PlaceName, models.PROTECT, db_constraint=False, related_name="records", verbose_name=_("地名"))
    names_division = models.BooleanField(_("是行政区划"), default=False)
    valid = DateRangeField(_("法定时间"), null=True, blank=True)
    years = IntegerRangeField(_("年代"), null=True, blank=True)
    recorded = DateTimeRangeField(_("记录时间"))
    begins = models.CharField(_("起始依据"), max_length=10, choices=Begins)

    name = models.CharField(_("标准名称"), max_length=120, null=True, blank=True)
    proper_name = models.CharField(_("专名"), max_length=120, null=True, blank=True)
    generic_name = models.CharField(_("通名"), max_length=60, null=True, blank=True)
    place_class = models.CharField(_("地名类别"), max_length=5, blank=True)
    code = models.CharField(_("地名代码"), max_length=20, blank=True)

    spelling = models.CharField(_("罗马字母拼写"), max_length=240, blank=True)
    spelled_by = models.CharField(_("拼写依据"), max_length=10, choices=SpelledBy, blank=True)
    reading = models.CharField(_("地名读音"), max_length=240, blank=True, help_text=_("逐字注音，空格分开"))
    sound = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("读音录音")
    )

    area = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在行政区"))
    location = gis_models.GeometryField(_("位置"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    location_grade = models.CharField(_("位置等级"), max_length=12, choices=Grade, blank=True)
    location_accuracy_m = models.FloatField(_("位置精度（米）"), null=True, blank=True)
    location_source = models.CharField(_("位置来源"), max_length=200, blank=True)

    status = models.CharField(_("使用状态"), max_length=10, choices=NameStatus)
    secrecy = models.CharField(_("密级"), max_length=12, choices=Secrecy, default=Secrecy.OPEN)
    published = models.BooleanField(_("是否公开"), default=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="place_name_records", verbose_name=_("来源"))

    objects = PlaceNameRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("地名记录")
        verbose_name_plural = _("地名记录")
        indexes = [
            models.Index(fields=["name"], condition=Q(recorded__upper_inf=True), name="placename_current_name"),
            # The highest serial of a class in a county (services.name_codes).
            models.Index(
                Substr("code", 1, 6),
                Substr("code", 10, 5),
                Substr("code", 15, 6),
                condition=~Q(code=""),
                name="placename_code_series",
            ),
            GistIndex(fields=["location"], condition=Q(recorded__upper_inf=True), name="placename_current_location"),
        ]
        constraints = [
            _one_truth("placename_one_truth_at_a_time", "valid"),
            _one_truth("placename_one_truth_of_a_year", "years"),
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code="") & Q(recorded__upper_inf=True) & (Q(valid__isnull=True) | Q(valid__upper_inf=True)),
                name="placename_code_held_once",
            ),
            models.CheckConstraint(
                condition=Q(recorded__isempty=False, recorded__lower_inf=False), name="placename_times_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(valid__isnull=True, years__isnull=False, years__isempty=False)
                | Q(years__isnull=True, valid__isnull=False, valid__isempty=False),
                name="placename_days_or_years",
            ),
            # None for divisions and only for them.
            models.CheckConstraint(
                condition=Q(names_division=True, name=None, proper_name=None, generic_name=None)
                | (
                    Q(names_division=False, name__isnull=False, proper_name__isnull=False, generic_name__isnull=False) & ~Q(name="")
                ),
                name="placename_named_where_no_division",
            ),
            models.CheckConstraint(
                condition=Q(location=None, location_grade="") | Q(location__isnull=False, location_grade__in=Grade.values),
                name="placename_location_graded",
            ),
            models.CheckConstraint(condition=IsValid("location"), name="placename_location_valid"),
            models.CheckConstraint(
                condition=Q(location_accuracy_m=None) | Q(location_accuracy_m__gt=0), name="placename_accuracy_positive"
            ),
            models.CheckConstraint(condition=Q(place_class="") | Q(place_class__regex=r"^[12]\d{4}$"), name="placename_class_form"),
            models.CheckConstraint(condition=Q(code="") | Q(code__regex=r"^[1-9]\d{8}[12]\d{10}$"), name="placename_code_form"),
            models.CheckConstraint(condition=Q(status__in=NameStatus.values), name="placename_status_known"),
            models.CheckConstraint(condition=Q(secrecy__in=Secrecy.values), name="placename_secrecy_known"),
            # What is confidential is never public (per row, whatever a page does).
            models.CheckConstraint(condition=Q(published=False) | Q(secrecy=Secrecy.OPEN), name="placename_secret_unpublished"),
            models.CheckConstraint(
                condition=Q(spelling="", spelled_by="") | (~Q(spelling="") & Q(spelled_by__in=SpelledBy.values)),
                name="placename_spelling_answered_for",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"PlaceNameRecord {self.pk}"


class PlaceNameArea(models.Model):
    """A further division that a place lies in or runs through (所在跨行政区), besides the record's `area`."""

    record = models.ForeignKey(PlaceNameRecord, models.PROTECT, related_name="further_areas", verbose_name=_("地名记录"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("行政区划"))

    class Meta:
        verbose_name = _("所跨行政区")
        verbose_name_plural = _("所跨行政区")
        constraints = [models.UniqueConstraint(fields=["record", "division"], name="placename_area_once")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.division_id}"
