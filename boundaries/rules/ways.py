"""What every table of states shares: a way is the tuple of its edges, in the order a reader meets them.

Each room keeps its own states, actions and roles; here stands only how an edge looks and how the next step is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

# Where the texts at hand say nothing of a step (returning for completion, withdrawing), the edge says so: it is not law.
PRACTICE_ZH = "办理惯例；已见法规条文未作规定"
PRACTICE_EN = "office practice; the texts at hand are silent"

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)
Role = TypeVar("Role", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Edge(Generic[Action, State]):
    action: Action
    start: State
    end: State


@dataclass(frozen=True, slots=True)
class OfficeEdge(Edge[Action, State], Generic[Action, State, Role]):
    """A step with the role that takes it and the clause it stands on; `note_required`: it is not taken without a reason."""

    role: Role
    title_zh: str
    title_en: str
    basis_zh: str
    basis_en: str
    note_required: bool = False


AnEdge = TypeVar("AnEdge", bound=Edge)


class Way(tuple[AnEdge, ...]):
    """The edges of one kind of case."""

    __slots__ = ()

    def __new__(cls, edges: Iterable[AnEdge]) -> Way[AnEdge]:
        return super().__new__(cls, tuple(edges))

    def edges_from(self, state: str) -> tuple[AnEdge, ...]:
        """What may happen next, in the order of the table."""
        return tuple(edge for edge in self if edge.start == state)

    def edge(self, state: str, action: str) -> AnEdge | None:
        return next((edge for edge in self if edge.start == state and edge.action == action), None)
