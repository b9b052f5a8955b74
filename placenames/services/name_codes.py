"""Codes of place names: the next one for a name, and codes for the names of an area that have none (CODE-10).

Every writer of names holds `recording.lock` until its transaction ends, so the highest serial cannot move between reading and
writing: two people never give one number twice. Rows that were closed, taken back or undone count as well: a number that was once
written is never given again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Authority, Division, DivisionCode, DivisionRecord, Level
from boundaries.querysets import reach_ids
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import InvalidInputError
from placenames import policies
from placenames.models import NameStatus, NamingCase, PlaceNameRecord
from placenames.positions import area_at, townships_at
from placenames.rules.code_allocation import Allotted, class_reason, next_code, words
from placenames.services.again import say_again
from placenames.services.name_lists import official_classes
from placenames.services.recording import lock

_IN_USE: Final = (NameStatus.STANDARD, NameStatus.IN_USE)
_SHOWN: Final = 200


def allot(place_class: str, area: int | None, location: GEOSGeometry | None, day: date | None = None) -> Allotted:
    """The code a name would get today. Final only under `recording.lock`; before that it is what would be given now."""
    day = day or timezone.localdate()
    if why := class_reason(place_class, official_classes()):
        return Allotted("", why)
    township, why = township_code(area, location, day)
    return Allotted("", why) if why else next_code(township, place_class, highest_serial(township[:6], place_class))


def in_words(allotted: Allotted, place_class: str) -> str:
    """Why there is no code, in the reader's language; empty where there is one."""
    return pick(*words(allotted.why, place_class)) if allotted.why else ""


def township_code(area: int | None, location: GEOSGeometry | None, day: date) -> tuple[str, str]:
    """(legal code of nine digits, "") of the township a name lies in, or ("", why not)."""
    if area is None and location is not None:
        area = area_at(location, day)
    if area is None:
        return "", "area_unknown"
    told = _codes_of([area], day)[area]
    if told[1] != "township_unknown" or location is None:
        return told
    found = townships_at(location, area, day)
    if len(found) != 1:
        return "", "crosses" if found else "township_unknown"
    return _codes_of(found, day)[found[0]]


def _codes_of(areas: Collection[int], day: date) -> dict[int, tuple[str, str]]:
    """What each area says alone, as `township_code` has it: its own code, or of a village its township's. Two queries."""
    rows = DivisionRecord.objects.on(day).filter(division__in=areas).values_list("division_id", "level", "parent_id")
    standing = {division: (level, parent) for division, level, parent in rows}
    townships = {
        one: parent if level > Level.TOWNSHIP else one for one, (level, parent) in standing.items() if level >= Level.TOWNSHIP
    }
    legal = DivisionCode.objects.on(day).filter(division__in=set(townships.values()), authority=Authority.MCA)
    codes = {division: code[:9] for division, code in legal.values_list("division_id", "code") if len(code) >= 9}
    found = {}
    for one in areas:
        if one not in standing:
            found[one] = ("", "area_unknown")
        elif one not in townships:
            found[one] = ("", "township_unknown")
        else:
            code = codes.get(townships[one] or 0, "")
            found[one] = (code, "") if code else ("", "township_code")
    return found


def highest_serial(county: str, place_class: str) -> int:
    """The highest serial ever written for a class in a county of six digits, whatever became of the row; 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(substr(code, 15, 6)) FROM placenames_placenamerecord"
            " WHERE code <> '' AND substr(code, 1, 6) = %s AND substr(code, 10, 5) = %s",
            [county, place_class],
        )
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] else 0


# --- names that have none ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """A name in use without a code, and what it would get."""

    record: PlaceNameRecord
    allotted: Allotted

    @property
    def why(self) -> str:
        return in_words(self.allotted, self.record.place_class)


@dataclass
class Outlook:
    """`ready`: codes that would be given, in this order; `waiting`: names that get none yet. Both whole, however long."""

    ready: list[Waiting] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def shown(self) -> tuple[list[Waiting], list[Waiting]]:
        return self.ready[:_SHOWN], self.waiting[:_SHOWN]

    def reasons(self) -> list[tuple[str, int]]:
        """Why names get none, with how many, the most first."""
        counts: dict[str, int] = {}
        for one in self.waiting:
            counts[one.why] = counts.get(one.why, 0) + 1
        return sorted(counts.items(), key=lambda one: -one[1])


def without_code(area: Division | int, day: date) -> list[PlaceNameRecord]:
    """Names of places (not of divisions) in use today in an area that have no code, in the order codes are given."""
    root = area if isinstance(area, int) else area.pk
    rows = PlaceNameRecord.objects.on(day).filter(names_division=False, code="", status__in=_IN_USE, area__in=reach_ids(root, day))
    return list(rows.select_related("area").order_by("valid", "pk"))


def outlook(area: Division | int, day: date | None = None) -> Outlook:
    """What giving codes in an area would do: a query for each class and county, and some for each name of which only the county
    and a position are known.
    """
    return _told(without_code(area, day or timezone.localdate()), day or timezone.localdate())


def _told(records: Sequence[PlaceNameRecord], day: date) -> Outlook:
    official, found = official_classes(), Outlook()
    known = _codes_of({one.area_id for one in records if one.area_id is not None}, day)
    serials: dict[tuple[str, str], int] = {}
    for one in records:
        township, why = "", class_reason(one.place_class, official)
        if not why:
            township, why = _township_of(one, day, known)
        if why:
            found.waiting.append(Waiting(one, Allotted("", why)))
            continue
        key = (township[:6], one.place_class)
        if key not in serials:
            serials[key] = highest_serial(*key)
        allotted = next_code(township, one.place_class, serials[key])
        serials[key] += bool(allotted.code)
        (found.ready if allotted.code else found.waiting).append(Waiting(one, allotted))
    return found


def _township_of(record: PlaceNameRecord, day: date, known: Mapping[int, tuple[str, str]]) -> tuple[str, str]:
    """As `township_code`; only where the area alone is not enough each position is asked."""
    told = known.get(record.area_id or 0, ("", "area_unknown"))
    if told[1] == "township_unknown" and record.location is not None:
        return township_code(record.area_id, record.location, day)
    return told


@transaction.atomic
def allot_missing(
    actor: User | None, area: Division, *, reason: str = "", only: Sequence[int] | None = None, most: int | None = None
) -> Outlook:
    """Gives codes to the names of an area that have none, as far as the rule reaches; a correction on the recording clock.

    only: primary keys of the records a person chose; None for all. most: how many at once. Raises `ForbiddenError`, and
    `InvalidInputError` where nothing can be given.
    """
    if actor is not None:
        ensure(policies.may_edit_names(actor, area))
    moment, day = lock(), timezone.localdate()
    records = without_code(area, day)
    if only is not None:
        wanted = set(only)
        records = [one for one in records if one.pk in wanted]
    found = _told(records, day)
    if not found.ready:
        raise InvalidInputError("no_code_to_give", _("没有可以赋码的地名：要么都有代码，要么还缺条件。"))
    found.ready = found.ready[:most]
    ids = [one.record.pk for one in found.ready]
    held = {row.pk: row for row in PlaceNameRecord.objects.select_for_update(of=("self",)).filter(pk__in=ids)}
    for one in found.ready:
        row = held[one.record.pk]
        PlaceNameRecord.objects.filter(pk=row.pk).update(recorded=DateTimeTZRange(row.recorded.lower, moment))
        say_again(row, moment, code=one.allotted.code)
    # A package made before tells of a name without a code.
    places = [row.place_id for row in held.values()]
    NamingCase.objects.filter(place__in=places, package_version__isnull=False).update(package_version=None)
    told: dict[str, Any] = {"places": len(found.ready)}
    label = str(DivisionRecord.objects.on(day).filter(division=area).values_list("name", flat=True).first() or area)
    audit.record(actor=actor, action="placename.code", target=area, label=label, area=area.pk, after=told, reason=reason)
    return found
