"""Every form of every name, ready to be searched: derived from record and register, replaceable."""

from __future__ import annotations

from typing import Final

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gis.crs import CGCS2000

# Towns and townships and whatever outranks them.
IMPORTANT_FROM: Final = 60


class SearchAccess(models.IntegerChoices):
    """Who may find a form. Kept in one number, so that a search asks once."""

    PUBLIC = 0
    OFFICE = 1  # not published
    SECRET = 2  # 密级


class SearchForm(models.Model):
    """Made by `services.search_index`, and lean: a county has thousands of names, the country fourteen million.

    place, division   what is found: the division where there is one, else the place. `place` tells too out of which place the row
                      was made, and is null for a division's own name. No foreign keys: rows come and go by the ten thousand.
    text              as written, empty where it is `term` without its blank
    term, sound, initials, pieces    see `rules.search_keys`
    kind              "standard", "historic" (the name of an old place), "seat" (what a place of today was called then), "former"
                      of a division, else a kind of `NameForm`
    years             when in use, half-open, negative before the common era, both ends given; null where that is not known
    area              the division it lies in; of a division itself
    location          a point (CGCS2000): of a division its seat, else a point inside; null where that is not known
    heritage          on which lists the place stands, one bit for each kind of `HeritageListing` in their order
    """

    place = models.BigIntegerField(null=True)
    division = models.BigIntegerField(null=True)
    area = models.BigIntegerField(null=True)
    years = IntegerRangeField(null=True)
    location = PointField(srid=CGCS2000, null=True, spatial_index=False)
    importance = models.SmallIntegerField()
    access = models.SmallIntegerField(choices=SearchAccess)
    heritage = models.SmallIntegerField(default=0)
    kind = models.CharField(max_length=12)
    place_class = models.CharField(max_length=5)
    text = models.CharField(max_length=120)
    # Compared byte by byte, so that one index serves equality and beginnings.
    term = models.CharField(max_length=130, db_collation="C")
    sound = models.CharField(max_length=400, db_collation="C")
    initials = models.CharField(max_length=130, db_collation="C")
    pieces = ArrayField(models.IntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["term", "importance"], name="search_term"),
            models.Index(fields=["sound", "importance"], name="search_sound"),
            models.Index(fields=["initials", "importance"], name="search_initials"),
            # What comes first anyhow, found without wading through what does not.
            models.Index(fields=["term"], condition=Q(importance__gte=IMPORTANT_FROM), name="search_term_top"),
            models.Index(fields=["sound"], condition=Q(importance__gte=IMPORTANT_FROM), name="search_sound_top"),
            models.Index(fields=["initials"], condition=Q(importance__gte=IMPORTANT_FROM), name="search_initials_top"),
            GinIndex(fields=["pieces"], name="search_pieces"),
            # What lies in a town, what was there before a year: few of very many.
            models.Index(fields=["area"], name="search_area"),
            models.Index(RangeStartsWith("years"), name="search_since"),
            GistIndex(fields=["location"], condition=Q(location__isnull=False), name="search_location"),
            models.Index(fields=["heritage"], condition=~Q(heritage=0), name="search_heritage"),
            models.Index(fields=["place"], condition=Q(place__isnull=False), name="search_place"),
            models.Index(fields=["division"], condition=Q(division__isnull=False), name="search_division"),
        ]

    def __str__(self) -> str:
        return self.text or self.term.replace(" ", "")


class SearchStale(models.Model):
    """What the index has not followed yet, noted by triggers as it is written: a place, a division, or (both null) much."""

    place = models.BigIntegerField(null=True)
    division = models.BigIntegerField(null=True)
    noted_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.place} {self.division}"
