"""Which signs a list shows: under a division, by text, type and state; and which of them a person may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Q, QuerySet

from boundaries.models import DivisionRecord
from boundaries.querysets import subtree_ids
from boundaries.services.places import find_by_code
from gis.accounts.areas import reaches_everything
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from placenames.models import PlaceNameRecord, Secrecy, Sign, SignState

if TYPE_CHECKING:
    from gis.accounts.duties import Person

SORTS: Final = {"code": "code", "installed": "installed_on", "checked": "checked_on", "cost": "cost_yuan", "changed": "changed_at"}


def signs_under(code: str, day: date) -> QuerySet[Sign]:
    """All, or those in the division of `code`. Raises `DomainError` for a code nobody has."""
    rows = Sign.objects.order_by("code")
    return in_division(rows, find_by_code(code, day).place.id, day) if code else rows


def in_division(rows: QuerySet[Sign], division: int, day: date) -> QuerySet[Sign]:
    return rows.filter(area__in=subtree_ids(division, day))


def seen_by(user: Person, day: date) -> QuerySet[Sign]:
    """Signs of secret names are for those who keep names where they stand."""
    rows = Sign.objects.all()
    secret = PlaceNameRecord.objects.current().exclude(secrecy=Secrecy.OPEN).values("place")
    if reaches_everything(user, [Duty.PLACE_NAME_OFFICER]):
        return rows
    kept = [unit for area in areas_held(user, [Duty.PLACE_NAME_OFFICER]) if area is not None for unit in subtree_ids(area, day)]
    return rows.exclude(Q(place__in=secret) & ~Q(area__in=kept)) if kept else rows.exclude(place__in=secret)


def narrowed(rows: QuerySet[Sign], given: Mapping[str, str], day: date) -> QuerySet[Sign]:
    """?q= (number of the sign, text on it, name) &type= &state= ; a value nobody knows narrows nothing."""
    if text := given.get("q", "").replace("\0", "").strip():
        named = PlaceNameRecord.objects.on(day).filter(name__icontains=text).values("place")
        inscribed = Q(pk__in=Sign.objects.filter(faces__texts__text__icontains=text).values("pk"))
        divisions = Q(division__in=DivisionRecord.objects.on(day).filter(name__icontains=text).values("division"))
        rows = rows.filter(Q(code__icontains=text) | Q(place__in=named) | inscribed | divisions)
    if kind := given.get("type", ""):
        rows = rows.filter(type=kind)
    if given.get("state", "") in SignState.values:
        rows = rows.filter(state=given["state"])
    sort = given.get("sort", "code")
    column = SORTS.get(sort.lstrip("-"), "code")
    return rows.order_by(f"-{column}" if sort.startswith("-") else column, "code")
