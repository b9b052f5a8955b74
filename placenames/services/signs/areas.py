"""In which division signs stand: worked out from their positions, and anew where a division is no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final, Protocol

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from boundaries.models import DivisionRecord
from gis.crs import CGCS2000
from placenames.models import Sign

# The lowest division that holds each position, else what the named division or place says.
_AREAS = """
    SELECT coalesce(
        (SELECT r.division_id FROM boundaries_divisionrecord r
          WHERE upper_inf(r.recorded) AND r.valid @> %(day)s::date
            AND ST_Covers(r.geometry, ST_SetSRID(ST_MakePoint(given.x, given.y), %(srid)s))
          ORDER BY r.level DESC LIMIT 1),
        given.division,
        (SELECT p.area_id FROM placenames_placenamerecord p
          WHERE p.place_id = given.place AND upper_inf(p.recorded) AND p.valid @> %(day)s::date LIMIT 1))
      FROM unnest(%(x)s::float8[], %(y)s::float8[], %(division)s::bigint[], %(place)s::bigint[])
           WITH ORDINALITY AS given (x, y, division, place, number)
     ORDER BY given.number
"""


_MOVE = """
    UPDATE placenames_sign s SET area_id = given.area
      FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, area) WHERE s.id = given.id
"""


_LATELY: Final = timedelta(days=7)


class Standing(Protocol):
    """What is asked of an entry."""

    @property
    def position(self) -> Point | None: ...
    @property
    def division(self) -> int | None: ...
    @property
    def place(self) -> int | None: ...


def areas_of(entries: Sequence[Standing], day: date | None = None) -> list[int | None]:
    """Of each entry the lowest division it is known to stand in. One query."""
    if not entries:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _AREAS,
            {
                "day": day or timezone.localdate(),
                "srid": CGCS2000,
                "x": [None if one.position is None else one.position.x for one in entries],
                "y": [None if one.position is None else one.position.y for one in entries],
                "division": [one.division for one in entries],
                "place": [one.place for one in entries],
            },
        )
        return [row[0] for row in cursor.fetchall()]


def look() -> None:
    """The worker's upkeep: lists and decisions of days to come end divisions too, and move their edges."""
    today = timezone.localdate()
    begun = DivisionRecord.objects.on(today).filter(valid__startswith__gte=today - _LATELY)
    mend(set(begun.values_list("division", flat=True)))


@transaction.atomic
def mend(near: Collection[int] = ()) -> int:
    """Signs whose division is no more are given the one that holds them now; how many moved. Without one they stay where they were.

    near: divisions whose outlines may have changed: signs in them, and those that lie only in what is above them, are moved too.
    """
    living = DivisionRecord.objects.on(timezone.localdate())
    above = DivisionRecord.objects.current().filter(division__in=near).exclude(parent=None).values("parent")
    asked = ~Q(area__in=living.values("division"))
    if near:
        asked |= Q(area__in=near) | Q(area__in=above)
    stale = list(Sign.objects.exclude(area=None).filter(asked, position__isnull=False))
    moved = [(sign.pk, area) for sign, area in zip(stale, _anew(stale), strict=True) if area not in (None, sign.area_id)]
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [[pk for pk, _area in moved], [area for _pk, area in moved]])
    return len(moved)


def _anew(signs: Sequence[Sign]) -> list[int | None]:
    return areas_of([_Spot(one.position) for one in signs])


class _Spot:
    """A position alone: what a sign names may be what is no more."""

    division = place = None

    def __init__(self, position: Point | None) -> None:
        self.position = position
