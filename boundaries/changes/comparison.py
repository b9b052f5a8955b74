"""Two days compared: what appeared, vanished, and became of what is there on both.

Nothing here knows which of the two days is the earlier: compared the other way round, each change is the same change seen from the
other side. `follow` turns the edges of lineage between the days into links between what was and what is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Final

# Shares are measured on ground cut out of polygons; so much may be missing of a whole.
WHOLE: Final = 1 - 1e-6
# Two measurements of one area that differ by less, relatively, are the same.
SAME_AREA: Final = 1e-9


class Kind(StrEnum):
    """In the order in which one stands for the others where a unit has several."""

    APPEARED = "appeared"
    VANISHED = "vanished"
    RETYPED = "retyped"
    RENAMED = "renamed"
    MOVED = "moved"
    GROUND = "ground"
    FOLLOWED = "followed"
    RECODED = "recoded"
    # Only one of the days knows it, and nothing says that it began or ended between them.
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class State:
    """A division on one day. `ground` stands for its extent: equal where the extents are, "" where none is known.

    `codes` by authority. `observed`: its life begins with a list that shows it, so it may have been there before.
    """

    division: int
    name: str
    type: str
    level: int
    parent: int | None = None
    codes: Mapping[str, str] | None = None
    area_m2: float | None = None
    ground: str = ""
    observed: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of lineage. `group` numbers the decisions, whose edges take effect together; `lasts`: the predecessor goes on."""

    on: date
    group: int
    kind: str
    predecessor: int
    successor: int
    share: float | None = None
    lasts: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Ground of `former` (on one day) is in `latter` (on the other). `share` is of the former, None where not known.

    `whole`: all of it, also where no share was measured but it only changed its type.
    """

    former: int
    latter: int
    share: float | None
    whole: bool

    def reversed(self) -> Link:
        return replace(self, former=self.latter, latter=self.former)


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are two divisions where one came whole out of the other and of nothing else, else one."""

    before: State | None
    after: State | None
    kinds: tuple[Kind, ...]
    formers: tuple[Link, ...] = ()
    latters: tuple[Link, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.kinds[0]


def follow(edges: Iterable[Edge], then: Container[int], now: Container[int]) -> list[Link]:
    """Where the ground of the divisions of `then` is `now`, through all the edges in the order of days and decisions.

    Shares multiply along the way; divisions that came and went between the days are passed through.
    """
    # holder → origin → (share, whole)
    held: dict[int, dict[int, tuple[float | None, bool]]] = {}
    for _when, several in groupby(sorted(edges, key=lambda edge: (edge.on, edge.group)), key=lambda edge: (edge.on, edge.group)):
        leaving: defaultdict[int, list[Edge]] = defaultdict(list)
        for edge in several:
            leaving[edge.predecessor].append(edge)
        # What leaves was there before anything of this decision arrives.
        loads = {one: {one: (1.0, True), **held.get(one, {})} for one in leaving}
        for one, goes in leaving.items():
            held[one] = _stay(loads[one], goes) if goes[0].lasts else {}
        for one, goes in leaving.items():
            for edge in goes:
                whole = len(goes) == 1 and not edge.lasts and (edge.share is None or edge.share >= WHOLE)
                whole = whole and (edge.share is not None or edge.kind in ("type_changed", "recoded", "merged_into"))
                into = held.setdefault(edge.successor, {})
                for origin, (share, all_of_it) in loads[one].items():
                    _add(into, origin, _times(share, 1.0 if whole else edge.share), all_of_it and whole)
    return [
        Link(origin, holder, share, whole)
        for holder, origins in held.items()
        for origin, (share, whole) in origins.items()
        if origin != holder and share != 0 and origin in then and holder in now
    ]


def _stay(load: Mapping[int, tuple[float | None, bool]], goes: Sequence[Edge]) -> dict[int, tuple[float | None, bool]]:
    shares = [edge.share for edge in goes]
    left = None if None in shares else max(0.0, 1.0 - sum(share or 0.0 for share in shares))
    return {origin: (_times(share, left), False) for origin, (share, _whole) in load.items()}


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _add(into: dict[int, tuple[float | None, bool]], origin: int, share: float | None, whole: bool) -> None:
    if origin in into:
        former, former_whole = into[origin]
        share = None if former is None or share is None else min(1.0, former + share)
        whole = whole or former_whole or (share is not None and share >= WHOLE)
    into[origin] = (share, whole)


def compare(before: Iterable[State], after: Iterable[State], links: Iterable[Link]) -> list[Change]:
    """Every unit that is not the same on both days, once; those that are on both days alike are left out.

    `links` may speak of divisions that are in neither: parents, and what lies outside the part compared.
    """
    then = {state.division: state for state in before}
    now = {state.division: state for state in after}
    into: defaultdict[int, list[Link]] = defaultdict(list)
    out: defaultdict[int, list[Link]] = defaultdict(list)
    whole = set()
    for link in links:
        into[link.latter].append(link)
        out[link.former].append(link)
        if link.whole:
            whole.add((link.former, link.latter))
    pairs = _successions(then, now, into, out)
    paired = {*pairs.keys(), *pairs.values()}
    changes = []
    for one in sorted({*then, *now}):
        if one in paired:
            continue
        was, is_ = then.get(one), now.get(one)
        formers, latters = tuple(into[one]), tuple(out[one])
        kinds = _of_one(was, is_, formers, latters) if was is None or is_ is None else _of_both(was, is_, whole)
        if was is not None and is_ is not None and (formers or latters):
            kinds.add(Kind.GROUND)  # ground came or went, also where no extent is known that would show it
        if kinds:
            changes.append(Change(was, is_, _ordered(kinds), formers, latters))
    for former, latter in pairs.items():
        kinds = _of_both(then[former], now[latter], whole)
        if kinds:
            changes.append(Change(then[former], now[latter], _ordered(kinds), tuple(into[latter]), tuple(out[former])))
    return changes


def _successions(
    then: Mapping[int, State], now: Mapping[int, State], into: Mapping[int, list[Link]], out: Mapping[int, list[Link]]
) -> dict[int, int]:
    """Former → latter where a unit of one day is, whole and alone, another of the other day (撤乡设镇)."""
    found = {}
    for former in sorted(then.keys() - now.keys()):
        goes = out.get(former, [])
        if len(goes) != 1 or not goes[0].whole:
            continue
        latter = goes[0].latter
        if latter in now and latter not in then and len(into.get(latter, [])) == 1:
            found[former] = latter
    return found


def _of_one(was: State | None, is_: State | None, formers: Sequence[Link], latters: Sequence[Link]) -> set[Kind]:
    state = is_ or was
    if state is not None and state.observed and not formers and not latters:
        return {Kind.UNRECORDED}
    return {Kind.VANISHED if is_ is None else Kind.APPEARED}


def _of_both(was: State, is_: State, whole: set[tuple[int, int]]) -> set[Kind]:
    kinds = set()
    if was.type != is_.type and "unknown" not in (was.type, is_.type):
        kinds.add(Kind.RETYPED)
    if was.name != is_.name:
        kinds.add(Kind.RENAMED)
    if was.parent != is_.parent and was.parent is not None and is_.parent is not None:
        same = (was.parent, is_.parent) in whole
        kinds.add(Kind.FOLLOWED if same else Kind.MOVED)
    if was.ground and is_.ground and was.ground != is_.ground and not (was.division != is_.division and _same_area(was, is_)):
        kinds.add(Kind.GROUND)
    old, new = was.codes or {}, is_.codes or {}
    if any(old[authority] != new[authority] for authority in old.keys() & new.keys()):
        kinds.add(Kind.RECODED)
    return kinds


def _same_area(was: State, is_: State) -> bool:
    if was.area_m2 is None or is_.area_m2 is None:
        return False
    return abs(was.area_m2 - is_.area_m2) <= SAME_AREA * max(was.area_m2, is_.area_m2)


def _ordered(kinds: set[Kind]) -> tuple[Kind, ...]:
    return tuple(kind for kind in Kind if kind in kinds)


def counts(changes: Iterable[Change]) -> dict[Kind, int]:
    """How many units changed in each way; one that changed in two ways counts in both."""
    found = dict.fromkeys(Kind, 0)
    for change in changes:
        for kind in change.kinds:
            found[kind] += 1
    return found
