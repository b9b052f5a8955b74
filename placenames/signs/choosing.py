"""Which name somebody means who types one: suggestions for a form, and the one that is meant when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from boundaries.models import DivisionRecord
from boundaries.querysets import lines_of
from placenames.models import PlaceNameRecord, Secrecy
from placenames.rules.classes import name_of as class_name
from placenames.signs.names import DIVISION, PLACE, Key, names_for

_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """`look`: west, south, east, north of where it lies, EPSG:4490 degrees; None where that is not on record."""

    key: Key
    name: str
    kind: str
    area: str
    look: tuple[float, float, float, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        look = None if self.look is None else [round(one, 6) for one in self.look]
        return {"key": f"{self.key[0]}:{self.key[1]}", "name": self.name, "kind": self.kind, "area": self.area, "look": look}


def suggestions(text: str, day: date, *, exact: bool = False) -> list[Choice]:
    """Names that begin with `text` (or are it), places first; secret ones are typed whole and never suggested."""
    text = text.replace("\0", "").strip()
    if not text:
        return []
    how = {"name": text} if exact else {"name__startswith": text}
    places = PlaceNameRecord.objects.on(day).filter(names_division=False, **how)
    if not exact:
        places = places.filter(secrecy=Secrecy.OPEN)
    rows: list[tuple[Key, str, str, int | None]] = [
        ((PLACE, place), name or "", class_name(kind), area)
        for place, name, kind, area in places.order_by("name", "pk").values_list("place", "name", "place_class", "area")[:_MOST]
    ]
    divisions = DivisionRecord.objects.on(day).filter(**how).order_by("level", "name")
    rows += [
        ((DIVISION, row.division_id), row.name, str(row.get_type_display()), row.parent_id)
        for row in divisions.defer("geometry", "seat")[: _MOST - len(rows)]
    ]
    above = lines_of({area for *_rest, area in rows if area is not None}, day)
    looks = extents([key for key, *_rest in rows], day)
    return [Choice(key, name, kind, _path(above.get(area or 0, [])), looks.get(key)) for key, name, kind, area in rows]


_EXTENTS: Final = """
    SELECT what, id, ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM (
        SELECT 'place' AS what, place_id AS id, box2d(location) AS box FROM placenames_placenamerecord
         WHERE place_id = ANY(%(place)s) AND NOT names_division AND upper_inf(recorded) AND valid @> %(day)s::date
        UNION ALL
        SELECT 'division', division_id, box2d(coalesce(geometry, seat)) FROM boundaries_divisionrecord
         WHERE division_id = ANY(%(division)s) AND upper_inf(recorded) AND valid @> %(day)s::date
    ) AS found WHERE box IS NOT NULL
"""


def extents(keys: Sequence[Key], day: date) -> dict[Key, tuple[float, float, float, float]]:
    """West, south, east, north of each that lies somewhere. One query; outlines stay in the database."""
    given: dict[str, Any] = {what: [number for kind, number in keys if kind == what] for what in (PLACE, DIVISION)}
    with connection.cursor() as cursor:
        cursor.execute(_EXTENTS, given | {"day": day})
        return {(what, number): (west, south, east, north) for what, number, west, south, east, north in cursor.fetchall()}


def resolve(name: str, given: str, day: date) -> tuple[Key | None, str]:
    """(what is meant, what is wrong): the choice where its name is still what is written, else the one name that reads so."""
    if (key := parsed(given)) is not None and name_of(key, day) == name.strip():
        return key, ""
    found = suggestions(name, day, exact=True)
    if not found:
        return None, _("登记中没有“%(name)s”这个地名；先登记地名，或留空。") % {"name": name[:40]}
    if len(found) > 1:
        places = "、".join(one.area or one.kind for one in found[:5])
        return None, _("“%(name)s”有 %(count)d 个（%(places)s），请从列表中选。") % {
            "name": name[:40], "count": len(found), "places": places,
        }  # fmt: skip
    return found[0].key, ""


def parsed(text: str) -> Key | None:
    what, _colon, number = text.partition(":")
    return (what, int(number)) if what in (PLACE, DIVISION) and number.isascii() and number.isdigit() and len(number) < 18 else None


def name_of(key: Key | None, day: date) -> str:
    if key is None:
        return ""
    found = names_for([key], day, outlines=False).get(key)
    return found.named.name if found else ""


def _path(line: list[tuple[int, str, int]] | Any) -> str:
    return " ".join(name for _unit, name, level in reversed(list(line)) if level >= 3)
