"""Every form of every name, ready to be searched: made from the record and the register, never written by anybody else."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchForm(models.Model):
    """Derived by `services.search_index`; nothing points at it.

    target      what is found: `d` and a division's id, or `p` and a place's
    folded      the form in simplified characters; `stem` without its generic term
    grams       all one- and two-character pieces of `folded`
    near        the stem with each one character left out, and with each one character replaced by *
    sound       toneless syllables of `stem`, blanks between
    letters     the syllables of the whole form without blanks, `stem_letters` of the stem; `initials` their first letters
    years       when the form was in use, null where that is not known
    within      the division it lies in and all above that
    """

    target = models.CharField(max_length=20)
    text = models.CharField(max_length=120)
    how = models.CharField(max_length=12)  # standard, or a kind of form
    folded = models.CharField(max_length=120)
    stem = models.CharField(max_length=120)
    grams = ArrayField(models.TextField())
    near = ArrayField(models.TextField())
    sound = models.CharField(max_length=400)
    letters = models.CharField(max_length=400)
    stem_letters = models.CharField(max_length=400)
    initials = models.CharField(max_length=120)
    stem_initials = models.CharField(max_length=120)
    years = IntegerRangeField(null=True)
    within = ArrayField(models.BigIntegerField())
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=20)
    spelling = models.CharField(max_length=240)
    place_class = models.CharField(max_length=5)
    area = models.CharField(max_length=120)
    importance = models.SmallIntegerField()
    public = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["folded"], name="search_folded", opclasses=["text_pattern_ops"]),
            models.Index(fields=["stem"], name="search_stem"),
            models.Index(fields=["sound"], name="search_sound"),
            models.Index(fields=["letters"], name="search_letters", opclasses=["text_pattern_ops"]),
            models.Index(fields=["stem_letters"], name="search_stem_letters"),
            models.Index(fields=["initials"], name="search_initials"),
            models.Index(fields=["stem_initials"], name="search_stem_initials"),
            GinIndex(fields=["grams"], name="search_grams"),
            GinIndex(fields=["near"], name="search_near"),
        ]

    def __str__(self) -> str:
        return self.text


class SearchNote(models.Model):
    """That something was written since the index was made. Triggers add rows; making the index takes away those it has seen.

    Rows and not a flag: what a transaction under way has written is noted when it commits, whatever happened meanwhile.
    """

    def __str__(self) -> str:
        return f"SearchNote {self.pk}"
