"""Counts of who asked how often, shared by all server processes."""

from __future__ import annotations

from django.db import models


class ThrottleCount(models.Model):
    """One row for one kind of question of one address; the next window begins it anew, so it never grows.

    who     a digest of kind and address, keyed with the installation's secret: nobody can be read out of it
    window  minutes since 1970 by the clock of the database, which is one for all servers
    asked   how often in that window; one more than the limit at most

    The table is unlogged: nothing of it is written to disk before an answer is given, and a crash empties it.
    """

    who = models.BigIntegerField(primary_key=True)
    window = models.IntegerField()
    asked = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.window} {self.asked}"
