"""Whole lives of divisions, as a history tells them; what `record_history` stores. Plain data.

Keys are the caller's own words for a division or a paper. "#12" is the division, or the source, 12 of the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Paper:
    """What a statement rests on: a document, or a data set. `number` tells documents apart, else `title` and `dated`."""

    kind: str
    title: str
    issuer: str = ""
    number: str = ""
    dated: date | None = None
    sha256: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LifeState:
    """What a division was from `since` until the next state; `parent` and `paper` are keys."""

    since: date
    begins: str
    name: str
    proper_name: str
    generic_name: str
    type: str
    parent: str | None
    paper: str


@dataclass(frozen=True, slots=True)
class LifeCode:
    code: str
    since: date
    until: date | None
    paper: str


@dataclass(frozen=True, slots=True)
class Life:
    """A division from its first known day on.

    until    the day it ended, None where it is in force
    horizon  the last day the history knows of; what the register holds of later days stays
    ended_by  the paper by which it ended, "" where none is known
    """

    key: str
    level: int
    states: tuple[LifeState, ...]
    codes: tuple[LifeCode, ...]
    until: date | None
    horizon: date
    ended_by: str = ""

    @property
    def since(self) -> date:
        return self.states[0].since


@dataclass(frozen=True, slots=True)
class Edge:
    """Part or all of one division went over to another; `share` 1 for all, None where it is not known."""

    predecessor: str
    successor: str
    on: date
    kind: str
    share: float | None
    paper: str


@dataclass
class History:
    lives: list[Life] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    papers: dict[str, Paper] = field(default_factory=dict)
