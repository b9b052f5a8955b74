"""The codes of a division. One division may hold a legal and a statistical code at once, each with a history of its own."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.source import Source
from boundaries.models.vocabulary import Authority
from boundaries.querysets import DivisionCodeQuerySet


class DivisionCode(models.Model):
    """A code during a span of legal time: 6 digits down to the county, 9 for townships, 12 for villages.

    The database refuses one code of one authority held by two divisions on one day, and two codes of one authority for one
    division on one day.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="codes", verbose_name=_("行政区划"))
    authority = models.CharField(_("编码机构"), max_length=3, choices=Authority)
    code = models.CharField(_("代码"), max_length=12)
    valid = DateRangeField(_("法定时间"))
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="division_codes", verbose_name=_("来源"))

    objects = DivisionCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划代码")
        verbose_name_plural = _("区划代码")
        indexes = [
            models.Index(fields=["authority", "code"], name="code_lookup"),
        ]
        constraints = [
            ExclusionConstraint(
                name="code_held_by_one_division",
                expressions=[
                    (F("authority"), RangeOperators.EQUAL),
                    (F("code"), RangeOperators.EQUAL),
                    (F("division"), RangeOperators.NOT_EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                    (F("recorded"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="code_one_of_an_authority_at_a_time",
                expressions=[
                    (F("division"), RangeOperators.EQUAL),
                    (F("authority"), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                    (F("recorded"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, recorded__isempty=False, recorded__lower_inf=False),
                name="code_times_not_empty",
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{6}(\d{3}){0,2}$"), name="code_is_digits"),
            models.CheckConstraint(condition=Q(authority__in=Authority.values), name="code_authority_known"),
        ]

    def __str__(self) -> str:
        return self.code
