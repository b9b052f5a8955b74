"""A division's identity, and nothing else: what it was called and where it lay is said by its records."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from boundaries.querysets import DivisionQuerySet


class Division(models.Model):
    """One administrative division (行政区划) through all its names, codes and shapes.

    Abolished and set up anew, it is another division; renamed or moved, the same.
    """

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")

    def __str__(self) -> str:
        return f"区划 {self.pk}"
