"""A place that has a name: identity and nothing else."""

from __future__ import annotations

from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Division


class PlaceName(models.Model):
    """What its records and forms belong to. A place that is a division has no name of its own: its name is the division's.

    `names_division` follows `division`; records repeat it under a foreign key, so that no record of a division can hold a name
    (docs/decisions/0050).
    """

    division = models.OneToOneField(
        Division, models.PROTECT, null=True, blank=True, related_name="place_name", verbose_name=_("行政区划")
    )
    names_division = models.GeneratedField(
        expression=ExpressionWrapper(Q(division__isnull=False), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("是行政区划"),
    )

    class Meta:
        verbose_name = _("地名")
        verbose_name_plural = _("地名")
        constraints = [models.UniqueConstraint(fields=["id", "names_division"], name="placename_with_its_kind")]

    def __str__(self) -> str:
        return f"PlaceName {self.pk}"
