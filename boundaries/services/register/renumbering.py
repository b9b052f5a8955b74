"""Statistical codes given to another unit within one county, where a list itself proves it.

A code held by 人和路街道 stands beside another name. That may be a renaming, and then nothing is concluded. But where the
same list has 人和路街道 itself under another code, with the same parent, the code was given to another place: its holder goes on
under its new number, and what is seen under the old one is a unit of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from boundaries.models import Authority
from boundaries.rules import names
from boundaries.services.register.holdings import HeldCode, Holdings
from boundaries.services.register.observations import Observation

_TOWNSHIP = 4


@dataclass
class Renumbering:
    """`moved`: positions of observations that are held units under a new code, with the code they leave; `freed`: those codes."""

    moved: dict[int, HeldCode] = field(default_factory=dict)
    freed: set[str] = field(default_factory=set)


def renumbered(holdings: Holdings, day: date, authority: str, observations: Sequence[Observation]) -> Renumbering:
    if authority != Authority.NBS:
        return Renumbering()
    places: defaultdict[tuple[str | None, int, str], list[int]] | None = None
    claims: defaultdict[int, list[HeldCode]] = defaultdict(list)
    for seen in observations:
        held = holdings.code(authority, seen.code).on(day) if seen.level >= _TOWNSHIP else None
        record = None if held is None else holdings.records_of(held.division).on(day)
        if held is None or record is None or held.lower == day or record.name == seen.name or record.level != seen.level:
            continue
        if names.same_name(record.name, seen.name, seen.level):
            continue
        if places is None:
            places = _places(observations)
        elsewhere = places[seen.parent, seen.level, names.split(record.name, seen.level).key]
        # Two of one name beside each other leave open which of them it is.
        if len(elsewhere) == 1:
            claims[elsewhere[0]].append(held)
    candidates = {index: several[0] for index, several in claims.items() if len(several) == 1}
    return _settled(holdings, day, authority, observations, candidates)


def _places(observations: Sequence[Observation]) -> defaultdict[tuple[str | None, int, str], list[int]]:
    places: defaultdict[tuple[str | None, int, str], list[int]] = defaultdict(list)
    for index, seen in enumerate(observations):
        if seen.level >= _TOWNSHIP:
            places[seen.parent, seen.level, names.split(seen.name, seen.level).key].append(index)
    return places


def _settled(
    holdings: Holdings, day: date, authority: str, observations: Sequence[Observation], candidates: dict[int, HeldCode]
) -> Renumbering:
    """Whoever moves needs a number nobody else holds; where one cannot move, neither can what would follow into its place."""
    while True:
        freed = {held.code for held in candidates.values()}
        stuck = [
            index
            for index in candidates
            if (own := holdings.code(authority, observations[index].code)).after(day) is not None
            or (own.on(day) is not None and observations[index].code not in freed)
        ]
        if not stuck:
            return Renumbering(candidates, freed)
        for index in stuck:
            del candidates[index]
