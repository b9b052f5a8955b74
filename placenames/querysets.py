"""All reads of place names that carry meaning. Names of divisions come from the register through the view `placenames_name`."""

from __future__ import annotations

from typing import Self

from django.db.models import Q

from boundaries.querysets import TwoClockQuerySet


class PlaceNameRecordQuerySet(TwoClockQuerySet):
    pass


class NameFormQuerySet(TwoClockQuerySet):
    pass


class NameQuerySet(TwoClockQuerySet):
    def in_year(self, year: int) -> Self:
        """What held at any time of `year` (negative: BC), by days of the law or by years of history."""
        condition = Q(years__contains=year)
        if 1 <= year <= 9998:
            condition |= Q(valid__overlap=(f"{year:04}-01-01", f"{year + 1:04}-01-01"))
        return self.current().filter(condition)

    def public(self) -> Self:
        """What anybody may see: published and not confidential. Names of divisions are public in themselves."""
        return self.filter(published=True, secrecy="open")
