"""Figures about a division: value, unit, year, population basis and the document they stand in."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.source import Source


class IndicatorValue(models.Model):
    """One figure (`number`) or one choice or judgement (`text`) for one year. The catalogue is boundaries.rules.indicators.

    A correction closes `recorded` and adds a row; STD-GEN-01 asks for unit, year and source, so none of them may be empty.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="indicator_values", verbose_name=_("行政区划"))
    indicator = models.CharField(_("指标"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.DecimalField(_("数值"), max_digits=24, decimal_places=6, null=True, blank=True)
    text = models.CharField(_("取值"), max_length=200, blank=True)
    unit = models.CharField(_("单位"), max_length=30, blank=True)
    basis = models.CharField(_("口径"), max_length=30, blank=True, help_text=_("常住、户籍等"))
    document = models.CharField(_("出处"), max_length=300)
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="indicator_values", verbose_name=_("录入来源"))

    class Meta:
        verbose_name = _("指标值")
        verbose_name_plural = _("指标值")
        indexes = [
            models.Index(
                fields=["indicator", "division", "-year"],
                condition=Q(recorded__upper_inf=True),
                name="indicator_current",
            )
        ]
        constraints = [
            ExclusionConstraint(
                name="indicator_one_value_at_a_time",
                expressions=[
                    (F("division"), RangeOperators.EQUAL),
                    (F("indicator"), RangeOperators.EQUAL),
                    (F("year"), RangeOperators.EQUAL),
                    (F("recorded"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(document=""), name="indicator_has_document"),
            models.CheckConstraint(condition=Q(number__isnull=False) ^ ~Q(text=""), name="indicator_number_or_text"),
            models.CheckConstraint(condition=Q(year__gte=1900, year__lte=2200), name="indicator_year_plausible"),
        ]
