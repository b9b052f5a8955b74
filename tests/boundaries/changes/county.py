"""The demo county as a snapshot for the plan, and as a register in the database."""

from __future__ import annotations

from datetime import date
from functools import cache

from boundaries.changes import Code, Register, State, Unit
from boundaries.demo import DemoCounty, build_demo

TODAY = date(2026, 3, 1)


@cache
def demo_county() -> DemoCounty:
    return build_demo()


@cache
def ids() -> dict[str, int]:
    return {unit.key: number for number, unit in enumerate(demo_county().units, start=1)}


@cache
def register() -> Register:
    """Every village counts a hundred people."""
    units = {}
    for unit in demo_county().units:
        key = ids()[unit.key]
        states = tuple(
            State(
                since=record.valid_from,
                until=record.valid_to,
                name=record.name,
                proper_name=record.proper_name,
                generic_name=record.generic_name,
                level=unit.level,
                type=record.type,
                parent=ids()[record.parent_key] if record.parent_key else None,
                geometry=record.geometry,
                grade="invented",
                seat=record.seat,
                seat_grade="invented",
                record=key * 100 + number,
            )
            for number, record in enumerate(unit.records)
        )
        codes = tuple(Code(code.authority, code.code, code.valid_from, code.valid_to, key) for code in unit.codes)
        units[key] = Unit(key, states, codes, 100.0 if unit.level == 5 else None)
    every = [code for unit in units.values() for code in unit.codes]
    return Register(units, frozenset(one.code for one in every), frozenset(one.code for one in every if one.authority == "mca"))


def key_of(name: str, day: date = TODAY) -> int:
    """The number of the only unit of that name on a day."""
    [key] = [unit.key for unit, state in register().on(day) if state.name == name]
    return key


def children_of(key: int, day: date = TODAY) -> list[int]:
    return [unit.key for unit, state in register().on(day) if state.parent == key]


def state_of(key: int, day: date = TODAY) -> State:
    state = register().units[key].on(day)
    assert state is not None
    return state
