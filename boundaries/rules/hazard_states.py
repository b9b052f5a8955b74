"""The way of a hazard from its finding to its closing, as one readable table. All of it is office practice; no text was seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules import ways
from boundaries.rules.ways import Way


class State(StrEnum):
    OPEN = "open"
    HANDLING = "handling"
    WATCHING = "watching"
    CLOSED = "closed"


class Action(StrEnum):
    HANDLE = "handle"
    WATCH = "watch"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Edge(ways.Edge[Action, State]):
    """`by_reviewer`: whoever reviews on either side; otherwise whoever manages divisions there."""

    title_zh: str
    title_en: str
    note_required: bool = False
    by_reviewer: bool = False


_UNSETTLED = (State.OPEN, State.HANDLING, State.WATCHING)

EDGES = Way(
    (
        Edge(Action.HANDLE, State.OPEN, State.HANDLING, "开始处置", "Begin handling"),
        Edge(Action.HANDLE, State.WATCHING, State.HANDLING, "重新处置", "Handle again", note_required=True),
        Edge(Action.WATCH, State.OPEN, State.WATCHING, "转为持续关注", "Keep watching", note_required=True),
        Edge(Action.WATCH, State.HANDLING, State.WATCHING, "转为持续关注", "Keep watching", note_required=True),
        *(Edge(Action.CLOSE, start, State.CLOSED, "了结", "Close", note_required=True) for start in _UNSETTLED),
        Edge(Action.REOPEN, State.CLOSED, State.OPEN, "重新打开", "Open again", note_required=True, by_reviewer=True),
    )
)

# What may happen next, in the order of the table; and one step.
edges_from, edge = EDGES.edges_from, EDGES.edge
