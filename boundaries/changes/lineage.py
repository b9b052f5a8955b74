"""Which unit came out of which, with the shares of area and of people that went over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from boundaries.changes.register import Key
from boundaries.changes.working import Atom, Working, World
from gis.crs import area_m2


@dataclass(frozen=True, slots=True)
class Edge:
    """Part or all of `predecessor` went to `successor`. Shares are of the predecessor, 0 to 1, None when not known.

    `act` is the first act that moved that ground; `whole`: nothing went anywhere else and nothing stayed.
    """

    predecessor: int
    successor: Key
    act: int
    area_share: float | None
    population_share: float | None
    whole: bool


def edges(world: World) -> Iterator[Edge]:
    """The edges between units in force before the day and units in force from it on; what passed through others is not told."""
    held: defaultdict[Key, defaultdict[Key, list[Atom]]] = defaultdict(lambda: defaultdict(list))
    for unit in world.units.values():
        for atom in unit.atoms:
            held[atom.origin][unit.key].append(atom)
    for origin, holders in held.items():
        if not isinstance(origin, int) or set(holders) == {origin}:
            continue
        people = _people(world, origin, list(holders))
        areas = _areas(world, origin, holders)
        living = [key for key in holders if world.units[key].alive]
        for key in living:
            if key == origin:
                continue
            whole = len(holders) == 1
            act = min((atom.act for atom in holders[key] if atom.act is not None), default=0)
            yield Edge(origin, key, act, 1.0 if whole else areas.get(key), 1.0 if whole else people.get(key), whole)


def _areas(world: World, origin: Key, holders: dict[Key, list[Atom]]) -> dict[Key, float]:
    """Shares by geodesic area: of the ground itself, else of the villages when all of them have geometry."""
    if all(atom.geometry is not None for atoms in holders.values() for atom in atoms) and _exact(world, origin):
        areas = {
            key: float(area_m2(np.array([atom.geometry for atom in atoms], dtype=object)).sum()) for key, atoms in holders.items()
        }
        return _shares(areas)
    below = _below(world, origin)
    grounds = np.empty(len(below), dtype=object)
    grounds[:] = [world.ground(child) for child in below]
    areas_below = area_m2(grounds) if below else np.zeros(0)
    if not below or np.isnan(areas_below).any():
        return {}
    return _shares(_by_parent(below, areas_below.tolist()))


def _exact(world: World, origin: Key) -> bool:
    unit = world.units[origin]
    return unit.before is not None and unit.before.geometry is not None


def _people(world: World, origin: Key, holders: list[Key]) -> dict[Key, float]:
    """Shares by the people of the units below, known only when all of them are counted."""
    below = _below(world, origin)
    counts = [child.source.people if child.source is not None else None for child in below]
    if not below or any(count is None for count in counts) or not sum(count or 0 for count in counts):
        return {}
    shares = _shares(_by_parent(below, [count or 0 for count in counts]))
    return {key: shares.get(key, 0.0) for key in holders}


def _below(world: World, origin: Key) -> list[Working]:
    """The units that lay below `origin` before the decision; none where some have ended, because then they say too little."""
    below = [unit for unit in world.units.values() if unit.before is not None and unit.before.parent == origin]
    return below if all(unit.alive for unit in below) else []


def _by_parent(below: list[Working], amounts: list[float]) -> dict[Key, float]:
    totals: defaultdict[Key, float] = defaultdict(float)
    for child, amount in zip(below, amounts, strict=True):
        if child.parent is not None:
            totals[child.parent] += amount
    return dict(totals)


def _shares(amounts: dict[Key, float]) -> dict[Key, float]:
    total = sum(amounts.values())
    return {key: min(1.0, amount / total) for key, amount in amounts.items()} if total > 0 else {}
