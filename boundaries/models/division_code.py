"""The codes of a division. One division may hold a legal and a statistical code at once, each with a history of its own."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.source import Source
from boundaries.models.vocabulary import Authority
from boundaries.querysets import DivisionCodeQuerySet


def _one_at_a_time(name: str, key: F | Cast, authority: str) -> ExclusionConstraint:
    """No two rows of one authority with the same key overlap on both clocks.

    One constraint for each authority and the code as a number: a GiST index over text takes three times as long to fill.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[(key, RangeOperators.EQUAL), (F("valid"), RangeOperators.OVERLAPS), (F("recorded"), RangeOperators.OVERLAPS)],
        condition=Q(authority=authority),
    )


class DivisionCode(models.Model):
    """A code during a span of legal time: 6 digits down to the county, 9 for townships, 12 for villages.

    The database refuses one code of one authority held by two divisions on one day, and two codes of one authority for one
    division on one day.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="codes", db_index=False, verbose_name=_("行政区划"))
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
            models.Index(fields=["code", "authority"], name="code_lookup"),
            # Answers "which code on this day" by itself, without reading the rows; stands for the foreign key's own index too.
            models.Index(fields=["division", "authority"], include=["code", "valid", "recorded"], name="code_of_division"),
        ]
        constraints = [
            *(
                _one_at_a_time(f"code_held_once_{authority}", Cast("code", models.BigIntegerField()), authority)
                for authority in ("mca", "nbs")
            ),
            *(_one_at_a_time(f"code_one_at_a_time_{authority}", F("division"), authority) for authority in ("mca", "nbs")),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, recorded__isempty=False, recorded__lower_inf=False),
                name="code_times_not_empty",
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[1-9]\d{5}(\d{3}){0,2}$"), name="code_is_digits"),
            models.CheckConstraint(condition=Q(authority__in=Authority.values), name="code_authority_known"),
        ]

    def __str__(self) -> str:
        return self.code
