"""Reads the part of the register that a decision may touch, as the frozen snapshot the plan is made from. A handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import shapely
from django.db import connection
from django.db.models import Q

from boundaries.changes import Code, Register, State, Unit
from boundaries.changes.acts import Decision, Extent
from boundaries.changes.codes import codes_named
from boundaries.changes.reading import keys_named
from boundaries.changes.register import COUNTY
from boundaries.models import Authority, DivisionCode, IndicatorValue

_NO_BEGINNING = date.min


def fetch_register(decision: Decision, also: Collection[int] = ()) -> Register:
    """The units the acts name, all above them, their siblings, what lies directly below them, and what their cut ground touches.

    `also`: further units to treat as named.
    """
    day = decision.day
    named = keys_named(decision) | set(also)
    above = _above(named, day)
    levels, parents = _placed(above | named, day)
    wanted = above | named
    wanted |= _children(_parents_to_open(named, levels, parents), day)
    wanted |= _children(named, day)
    if _draws(decision):
        wanted |= _touching(named, day)
    counties = {key for key in above | named if levels.get(key) == COUNTY}
    return _register(wanted, _used(counties, codes_named(decision).values(), day), day)


def _register(ids: Collection[int], used: tuple[frozenset[str], frozenset[str]], day: date) -> Register:
    states, codes, people = _states(ids), _codes(ids), people_of(ids, day)
    units = {key: Unit(key, tuple(states[key]), tuple(codes[key]), people.get(key)) for key in sorted(states)}
    return Register(units, *used)


def _draws(decision: Decision) -> bool:
    extents: list[Extent | None] = []
    for act in decision.acts:
        extents += [getattr(act, "extent", None), *(part.extent for part in getattr(act, "parts", ()))]
    return any(extent is not None and extent.shape is not None for extent in extents)


def _above(ids: Collection[int], day: date) -> set[int]:
    """Everything the units lie under on the day, themselves included; as querysets.ancestor_ids, for many at once."""
    rows = _rows(
        """
        WITH RECURSIVE line (id) AS (
            SELECT unnest(%s::bigint[])
            UNION
            SELECT r.parent_id FROM boundaries_divisionrecord r JOIN line ON r.division_id = line.id
            WHERE r.parent_id IS NOT NULL AND upper_inf(r.recorded) AND r.valid @> %s::date
        )
        SELECT id FROM line
        """,
        [list(ids), day],
    )
    return {row[0] for row in rows}


def _placed(ids: Collection[int], day: date) -> tuple[dict[int, int], dict[int, int | None]]:
    rows = _rows(
        "SELECT division_id, level, parent_id FROM boundaries_divisionrecord"
        " WHERE upper_inf(recorded) AND valid @> %s::date AND division_id = ANY(%s)",
        [day, list(ids)],
    )
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _parents_to_open(named: Collection[int], levels: dict[int, int], parents: dict[int, int | None]) -> set[int]:
    """The parents whose other children matter: of the units named, and wherever the acts reach over more than one branch.

    What is below a named unit may be given to it, so a named parent's children are siblings of what comes.
    """
    open_ = {parent for key in named if (parent := parents.get(key)) is not None}
    by_level: defaultdict[int, set[int]] = defaultdict(set)
    for key, level in levels.items():
        by_level[level].add(key)
    for several in by_level.values():
        if len(several) > 1:
            open_ |= {parent for key in several if (parent := parents.get(key)) is not None}
    return open_


def _children(ids: Collection[int], day: date) -> set[int]:
    rows = _rows(
        "SELECT division_id FROM boundaries_divisionrecord WHERE upper_inf(recorded) AND valid @> %s::date AND parent_id = ANY(%s)",
        [day, list(ids)],
    )
    return {row[0] for row in rows}


def _touching(ids: Collection[int], day: date) -> set[int]:
    rows = _rows(
        "SELECT DISTINCT other.division_id FROM boundaries_divisionrecord own JOIN boundaries_divisionrecord other"
        " ON other.level = own.level AND ST_Intersects(other.geometry, own.geometry)"
        " WHERE upper_inf(own.recorded) AND own.valid @> %s::date AND own.division_id = ANY(%s)"
        " AND upper_inf(other.recorded) AND other.valid @> %s::date",
        [day, list(ids), day],
    )
    return {row[0] for row in rows}


def _states(ids: Collection[int]) -> defaultdict[int, list[State]]:
    rows = _rows(
        "SELECT division_id, lower(valid), upper(valid), name, proper_name, generic_name, level, type, parent_id,"
        " ST_AsBinary(geometry), grade, ST_AsBinary(seat), seat_grade, id FROM boundaries_divisionrecord"
        " WHERE upper_inf(recorded) AND division_id = ANY(%s) ORDER BY valid",
        [list(ids)],
    )
    states: defaultdict[int, list[State]] = defaultdict(list)
    for key, since, until, name, proper, generic, level, kind, parent, ground, grade, seat, seat_grade, record in rows:
        state = State(
            since=since or _NO_BEGINNING,
            until=until,
            name=name,
            proper_name=proper,
            generic_name=generic,
            level=level,
            type=kind,
            parent=parent,
            geometry=None if ground is None else shapely.from_wkb(bytes(ground)),
            grade=grade,
            seat=None if seat is None else shapely.from_wkb(bytes(seat)),
            seat_grade=seat_grade,
            record=record,
        )
        states[key].append(state)
    return states


def _codes(ids: Collection[int]) -> defaultdict[int, list[Code]]:
    rows = _rows(
        "SELECT division_id, authority, code, lower(valid), upper(valid), id FROM boundaries_divisioncode"
        " WHERE upper_inf(recorded) AND division_id = ANY(%s) ORDER BY authority, valid",
        [list(ids)],
    )
    codes: defaultdict[int, list[Code]] = defaultdict(list)
    for key, authority, code, since, until, row in rows:
        codes[key].append(Code(authority, code, since or _NO_BEGINNING, until, row))
    return codes


def people_of(ids: Collection[int], day: date) -> dict[int, float]:
    """The population of the latest year not after the day, as it was entered."""
    figures = (
        IndicatorValue.objects.filter(
            indicator="population", division__in=ids, year__lte=day.year, recorded__upper_inf=True, number__isnull=False
        )
        .order_by("division", "-year")
        .distinct("division")
        .values_list("division", "number")
    )
    return {division: float(number) for division, number in figures if number is not None}


def _used(counties: Collection[int], given: Iterable[str], day: date) -> tuple[frozenset[str], frozenset[str]]:
    """(every code ever seen in these counties and those the given codes belong to, those of them that were legal codes)."""
    held = DivisionCode.objects.on(day).filter(division__in=counties).values_list("code", flat=True)
    given = list(given)
    prefixes = {code[:6] for code in (*held, *given) if len(code) >= 6}
    condition = Q(code__in=given)
    for prefix in prefixes:
        condition |= Q(code__gte=prefix, code__lt=str(int(prefix) + 1))
    rows = list(DivisionCode.objects.filter(condition).values_list("authority", "code"))
    return frozenset(code for _authority, code in rows), frozenset(code for one, code in rows if one == Authority.MCA)


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
