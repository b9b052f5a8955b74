"""Which units of enacted decisions got their code later or still await it, for any number of decisions in five queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from boundaries.changes.later_codes import LaterCode
from boundaries.models import Authority, DecisionAct, DivisionCode, DivisionRecord, Level

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Left:
    """What the plan of a decision left open: `needed` as boundaries.changes.document writes it."""

    decision: int
    day: date
    needed: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    type: str
    level: int
    parent: int | None


def later_codes(left: Iterable[Left]) -> dict[int, list[LaterCode]]:
    """By decision, counties before townships. With a county that gets another code all its townships do (CODE-06)."""
    left = [one for one in left if one.needed]
    if not left:
        return {}
    keys = _divisions(left)
    children = _children({key for of in keys.values() for key, _new in of})
    wanted = {key for of in keys.values() for key, _new in of} | {child for of in children.values() for child, _span in of}
    records = _records(wanted)
    above = {record[1].parent for of in records.values() for record in of if record[1].parent is not None}
    codes = _codes(wanted | above)
    return {one.decision: _of_one(one, keys[one.decision], children, records, codes) for one in left}


def _of_one(
    one: Left,
    keys: Sequence[tuple[int, bool]],
    children: Mapping[int, Sequence[tuple[int, Any]]],
    records: Mapping[int, Sequence[tuple[Any, _Unit]]],
    codes: Mapping[int, Sequence[tuple[Any, str]]],
) -> list[LaterCode]:
    found: dict[int, LaterCode] = {}

    def parent_code(parent: int | None) -> str | None:
        if parent in found:
            return found[parent].code or None
        return _held(codes.get(parent or 0, ()), one.day) or None

    def add(key: int, new: bool) -> None:
        unit = next((unit for valid, unit in records.get(key, ()) if one.day in valid), None)
        if unit is None or key in found:
            return  # taken back by a correction since
        old = "" if new else _held(codes.get(key, ()), one.day - _DAY)
        now = _held(codes.get(key, ()), one.day)
        found[key] = LaterCode(
            division=key,
            name=unit.name,
            type=unit.type,
            level=unit.level,
            new=new,
            old_code=old,
            old_ends=one.day if old and now != old else None,
            code=now if now != old else "",
            above=unit.parent,
            parent=parent_code(unit.parent),
        )

    levels = {key: unit.level for key, of in records.items() for _valid, unit in of}
    for key, new in sorted(keys, key=lambda pair: (levels.get(pair[0], 0), pair[0])):
        add(key, new)
    for county in [unit for unit in found.values() if unit.level == Level.COUNTY]:
        for child, valid in children.get(county.division, ()):
            eve = _held(codes.get(child, ()), one.day - _DAY)
            if one.day in valid and eve and eve[:6] != county.code:
                add(child, False)
    return list(found.values())


def _held(codes: Iterable[tuple[Any, str]], day: date) -> str:
    return next((code for valid, code in codes if day in valid), "")


def _divisions(left: Sequence[Left]) -> dict[int, list[tuple[int, bool]]]:
    """(division, whether the decision made it) for each unit of a plan; a ref is told by the act that made it."""
    with_refs = [one.decision for one in left if any(isinstance(need["unit"], str) for need in one.needed)]
    made: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for decision, refs in DecisionAct.objects.filter(decision__in=with_refs).values_list("decision_id", "made"):
        made[decision] |= refs or {}
    found: dict[int, list[tuple[int, bool]]] = {}
    for one in left:
        keys = found[one.decision] = []
        for need in one.needed:
            unit = need["unit"]
            key = made[one.decision].get(unit) if isinstance(unit, str) else unit
            if key is not None:
                keys.append((key, isinstance(unit, str)))
    return found


def _children(divisions: Iterable[int]) -> dict[int, list[tuple[int, Any]]]:
    """Townships that ever lay under these, with the days they did."""
    found: defaultdict[int, list[tuple[int, Any]]] = defaultdict(list)
    rows = DivisionRecord.objects.current().filter(parent__in=divisions, level=Level.TOWNSHIP).order_by("division")
    for parent, division, valid in rows.values_list("parent_id", "division_id", "valid"):
        found[parent].append((division, valid))
    return found


def _records(divisions: Iterable[int]) -> dict[int, list[tuple[Any, _Unit]]]:
    found: defaultdict[int, list[tuple[Any, _Unit]]] = defaultdict(list)
    rows = DivisionRecord.objects.current().filter(division__in=divisions)
    values = rows.values_list("division_id", "valid", "name", "type", "level", "parent_id")
    for division, valid, name, kind, level, parent in values:
        found[division].append((valid, _Unit(name, kind, level, parent)))
    return found


def _codes(divisions: Iterable[int]) -> dict[int, list[tuple[Any, str]]]:
    found: defaultdict[int, list[tuple[Any, str]]] = defaultdict(list)
    rows = DivisionCode.objects.current().filter(division__in=divisions, authority=Authority.MCA)
    for division, valid, code in rows.values_list("division_id", "valid", "code"):
        found[division].append((valid, code))
    return found
