"""What signs name, as the register has it on a day: standard name, spelling, kind, where it lies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import shapely

from boundaries.models import DivisionCode, DivisionRecord, Lineage
from placenames.models import PlaceNameRecord, Secrecy, Sign, SpelledBy
from placenames.rules.classes import of_division
from placenames.rules.kinds import Kind, guess, kind_of_class
from placenames.rules.readings import UnreadableError
from placenames.rules.signs.texts import Named
from placenames.rules.spelling import spell

# ("place", id of a PlaceName) or ("division", id of a Division).
Key = tuple[str, int]
PLACE: Final = "place"
DIVISION: Final = "division"


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """`location` in EPSG:4490: of a division its outline, else its seat; None where none is on record."""

    key: Key
    named: Named
    kind: Kind | None
    location: shapely.Geometry | None
    area: int | None
    secret: bool = False
    former: frozenset[str] = frozenset()

    @property
    def is_road(self) -> bool:
        return self.location is not None and shapely.get_dimensions(self.location) == 1

    def numbered(self, number: str) -> Named:
        return Named(self.named.name, self.named.spelling, self.named.settled, number, self.named.minority)


def key_of(sign: Sign) -> Key | None:
    if sign.place_id is not None:
        return PLACE, sign.place_id
    return None if sign.division_id is None else (DIVISION, sign.division_id)


def names_for(keys: Iterable[Key | None], day: date, *, outlines: bool = True) -> dict[Key, NamedPlace]:
    """Those of `keys` that have a name on `day`, in some six queries. `outlines`: with where divisions lie, much to read."""
    wanted = {key for key in keys if key is not None}
    places = [number for what, number in wanted if what == PLACE]
    divisions = [number for what, number in wanted if what == DIVISION]
    return {**_of_places(places, day), **_of_divisions(divisions, day, outlines)}


def _of_places(places: Collection[int], day: date) -> dict[Key, NamedPlace]:
    if not places:
        return {}
    rows = list(PlaceNameRecord.objects.on(day).filter(place__in=places, names_division=False))
    before = PlaceNameRecord.objects.current().filter(place__in=places, names_division=False, valid__fully_lt=(day, None))
    former = _grouped(before.values_list("place", "name"))
    found = {}
    for row in rows:
        one = of_record(row)
        found[one.key] = replace(one, former=frozenset(former.get(row.place_id, set()) - {row.name}))
    return found


def _grouped(rows: Iterable[tuple[int, str | None]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for number, name in rows:
        if name:
            found.setdefault(number, set()).add(name)
    return found


def of_record(row: PlaceNameRecord) -> NamedPlace:
    settled = bool(row.spelling) and row.spelled_by != SpelledBy.PROPOSED
    kind = kind_of_class(row.place_class)
    # GB/T 18521 as seen has no class for residential areas: they stand among settlements of towns (221) and buildings (26).
    if row.place_class.startswith(("221", "26")) and guess(row.name or "").kind is Kind.COMPOUND:
        kind = Kind.COMPOUND
    return NamedPlace(
        (PLACE, row.place_id),
        Named(row.name or "", row.spelling, settled),
        kind,
        as_shapely(row.location),
        row.area_id,
        row.secrecy != Secrecy.OPEN,
    )


def _of_divisions(divisions: Collection[int], day: date, outlines: bool) -> dict[Key, NamedPlace]:
    if not divisions:
        return {}
    living = set(DivisionRecord.objects.on(day).filter(division__in=divisions).values_list("division", flat=True))
    went = heirs_of(set(divisions) - living, day)
    heirs = [one for one in went.values() if one not in living]
    divisions = [*divisions, *heirs]
    rows = DivisionRecord.objects.on(day).filter(division__in=divisions)
    before = DivisionRecord.objects.current().filter(division__in=divisions, valid__fully_lt=(day, None))
    former = _grouped(before.values_list("division", "name"))
    kept = PlaceNameRecord.objects.on(day).filter(place__division__in=divisions, names_division=True).exclude(spelling="")
    said = {division: (spelling, by) for division, spelling, by in kept.values_list("place__division", "spelling", "spelled_by")}
    found = {}
    for row in rows if outlines else rows.defer("geometry"):
        kind = kind_of_class(of_division(row.level, row.type))
        if row.division_id in said:
            spelling, settled = said[row.division_id][0], said[row.division_id][1] != SpelledBy.PROPOSED
        else:
            spelling, settled = by_rule(row.name, kind)
        place = (row.geometry or row.seat) if outlines else row.seat
        key = (DIVISION, row.division_id)
        names = frozenset(former.get(row.division_id, set()) - {row.name})
        found[key] = NamedPlace(key, Named(row.name, spelling, settled), kind, as_shapely(place), row.division_id, former=names)
    for division, heir in went.items():
        if (one := found.get((DIVISION, heir))) is not None:
            found[DIVISION, division] = replace(one, former=frozenset({*one.former, *former.get(division, ())} - {one.named.name}))
    return found


def heirs_of(ended: Collection[int], day: date) -> dict[int, int]:
    """What each went over to, followed to the end, where it was one division each time."""
    went = {one: one for one in ended}
    for _step in range(8):
        frontier = set(went.values())
        if not ended or not frontier:
            break
        rows = Lineage.objects.filter(predecessor__in=frontier, recorded__upper_inf=True, on__lte=day).exclude(
            kind="territory_moved"
        )
        heirs: dict[int, set[int]] = {}
        for predecessor, successor in rows.values_list("predecessor", "successor"):
            heirs.setdefault(predecessor, set()).add(successor)
        moved = {one: next(iter(heirs[at])) for one, at in went.items() if len(heirs.get(at, ())) == 1}
        if not moved:
            break
        went |= moved
    return {one: at for one, at in went.items() if one != at}


def by_rule(name: str, kind: Kind | None) -> tuple[str, bool]:
    """(spelling, whether it needs no person)."""
    try:
        own = spell(name, kind)
    except UnreadableError:
        return "", False
    return own.spelling, not own.needs_person


def as_shapely(geometry: Any) -> shapely.Geometry | None:
    return None if geometry is None else shapely.from_wkb(bytes(geometry.wkb))


def codes_of(divisions: Iterable[int], day: date) -> dict[int, str]:
    """The legal code of each, else the statistical one."""
    rows = DivisionCode.objects.on(day).filter(division__in=list(divisions)).order_by("-authority")
    return dict(rows.values_list("division", "code"))


def named_exactly(names: Collection[str], day: date) -> dict[str, list[NamedPlace]]:
    """By name, everything that is called so on `day`: places of their own first, then divisions."""
    wanted = [one for one in names if one]
    places = PlaceNameRecord.objects.on(day).filter(name__in=wanted, names_division=False).order_by("pk")
    divisions = DivisionRecord.objects.on(day).filter(name__in=wanted).order_by("level", "pk").values_list("division", flat=True)
    found: dict[str, list[NamedPlace]] = {}
    for one in [*map(of_record, places), *_of_divisions(list(divisions), day, True).values()]:
        found.setdefault(one.named.name, []).append(one)
    return found
