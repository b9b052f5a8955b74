"""Ways through the offices as tables: states, and the edges between them, each with the clause it stands on.

A room says its own states, actions and roles and derives its own edge where a step carries more. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

PRACTICE_ZH: Final = "办理惯例；已见法规条文未作规定"
PRACTICE_EN: Final = "office practice; the texts at hand are silent"

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)
R = TypeVar("R", bound=StrEnum)


@dataclass(frozen=True)
class Edge(Generic[S, A, R]):
    """`note_required`: whoever walks it says why. Where the texts at hand are silent, the basis says that it is office practice."""

    action: A
    start: S
    end: S
    role: R
    title_zh: str
    title_en: str
    basis_zh: str
    basis_en: str
    note_required: bool = False


E = TypeVar("E", bound=Edge)


class StateTable(tuple[E, ...]):
    """Edges in the order people read them. Two of the same action from the same state are a programming error."""

    def __new__(cls, edges: tuple[E, ...]) -> StateTable[E]:
        steps = [(one.start, one.action) for one in edges]
        if len(set(steps)) != len(steps):
            raise ValueError("an action leaves a state twice")
        return super().__new__(cls, edges)

    def leaving(self, state: str) -> tuple[E, ...]:
        """What may happen next, in the order of the table."""
        return tuple(one for one in self if one.start == state)

    def step(self, state: str, action: str) -> E | None:
        return next((one for one in self if one.start == state and one.action == action), None)
