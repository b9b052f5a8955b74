"""Which units an act changes, as the Regulations count changes: the input of the rules on who approves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from boundaries.changes.acts import (
    WHOLE,
    Abolish,
    Act,
    ChangeAffiliation,
    ChangeBoundary,
    ChangeType,
    Establish,
    Merge,
    MoveSeat,
    NewUnit,
    Recode,
    Rename,
    Split,
    TransferVillages,
)
from boundaries.changes.register import TOWNSHIP, Key
from boundaries.changes.view import View
from boundaries.rules.acts import STATUTORY, ActKind


@dataclass(frozen=True, slots=True)
class Subject:
    """One unit that an act changes: its type, its level, whether a county-level boundary moves along."""

    key: Key
    kind: ActKind
    type: str
    level: int
    moves_county: bool = False


def subjects(view: View) -> tuple[Subject, ...]:
    """Of all acts of the decision, in their order. Units that the decision both makes and ends are passed over."""
    return tuple(one for act in view.decision.acts for one in of_act(act, view))


def governed(found: tuple[Subject, ...]) -> bool:
    """Whether the Regulations speak of it at all: villages are self-government, a mere code is no change of division."""
    return any(STATUTORY[one.kind] is not None and one.level <= TOWNSHIP for one in found)


def _of(view: View, key: Key | None, kind: ActKind, moves: bool = False) -> Iterator[Subject]:
    state = view.either(key)
    if key is not None and state is not None:
        yield Subject(key, kind, state.type, state.level, moves)


def _new(view: View, unit: NewUnit) -> Iterator[Subject]:
    state = view.after(unit.ref)
    if state is not None:
        yield Subject(unit.ref, ActKind.ESTABLISH, state.type, state.level)


def _apart(view: View, one: Key | None, other: Key | None) -> bool:
    """Whether two units lie in different counties, as far as both are known."""
    first, second = view.county(one), view.county(other)
    return first != second and None not in (first, second)


@singledispatch
def of_act(act: Act, view: View) -> Iterator[Subject]:
    raise TypeError(f"no act: {act!r}")


@of_act.register
def _(act: Establish, view: View) -> Iterator[Subject]:
    yield from _new(view, act.new)
    for part in act.parts:
        if part.extent != WHOLE:
            yield from _of(view, part.unit, ActKind.CHANGE_BOUNDARY, _apart(view, part.unit, act.new.ref))


@of_act.register
def _(act: Abolish, view: View) -> Iterator[Subject]:
    yield from _of(view, act.unit, ActKind.ABOLISH)
    yield from _of(view, act.into, ActKind.CHANGE_BOUNDARY, _apart(view, act.unit, act.into))


@of_act.register
def _(act: Rename, view: View) -> Iterator[Subject]:
    yield from _of(view, act.unit, ActKind.RENAME)


@of_act.register
def _(act: ChangeType, view: View) -> Iterator[Subject]:
    yield from _of(view, act.unit, ActKind.ABOLISH)
    yield from _new(view, act.new)


@of_act.register
def _(act: TransferVillages, view: View) -> Iterator[Subject]:
    sources = {state.parent for village in act.villages if (state := view.before(village)) is not None}
    for source in sorted((one for one in sources if one is not None), key=str):
        for key in (source, act.to):
            yield from _of(view, key, ActKind.TRANSFER_VILLAGES, _apart(view, source, act.to))


@of_act.register
def _(act: ChangeBoundary, view: View) -> Iterator[Subject]:
    for key in (act.source, act.to):
        yield from _of(view, key, ActKind.CHANGE_BOUNDARY, _apart(view, act.source, act.to))


@of_act.register
def _(act: ChangeAffiliation, view: View) -> Iterator[Subject]:
    former = view.before(act.unit)
    moves = former is not None and former.level == TOWNSHIP and former.parent != act.parent
    yield from _of(view, act.unit, ActKind.CHANGE_AFFILIATION, moves)


@of_act.register
def _(act: MoveSeat, view: View) -> Iterator[Subject]:
    yield from _of(view, act.unit, ActKind.MOVE_SEAT)


@of_act.register
def _(act: Recode, view: View) -> Iterator[Subject]:
    yield from _of(view, act.unit, ActKind.RECODE)


@of_act.register
def _(act: Split, view: View) -> Iterator[Subject]:
    yield from _of(view, act.unit, ActKind.CHANGE_BOUNDARY)
    yield from _new(view, act.new)


@of_act.register
def _(act: Merge, view: View) -> Iterator[Subject]:
    for key in act.units:
        if key != act.into:
            yield from _of(view, key, ActKind.ABOLISH)
    if isinstance(act.into, NewUnit):
        yield from _new(view, act.into)
    else:
        yield from _of(view, act.into, ActKind.CHANGE_BOUNDARY)
