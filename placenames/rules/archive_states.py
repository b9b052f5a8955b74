"""The way of what is told of a name from draft to public page, as one table. Pure.

Nobody publishes what they wrote themselves: `by` says whose step it is, and `REVIEWER` never means the author.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Step(StrEnum):
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    PUBLISH = "publish"
    RETURN = "return"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    DISCARD = "discard"


class By(StrEnum):
    KEEPER = "keeper"
    REVIEWER = "reviewer"


@dataclass(frozen=True)
class Edge:
    """`needs_note`: a reason is written with it."""

    step: Step
    source: State
    target: State
    by: By
    needs_note: bool = False


EDGES: Final = (
    Edge(Step.SUBMIT, State.DRAFT, State.SUBMITTED, By.KEEPER),
    Edge(Step.SUBMIT, State.RETURNED, State.SUBMITTED, By.KEEPER),
    Edge(Step.TAKE_BACK, State.SUBMITTED, State.DRAFT, By.KEEPER),
    Edge(Step.PUBLISH, State.SUBMITTED, State.PUBLISHED, By.REVIEWER),
    Edge(Step.RETURN, State.SUBMITTED, State.RETURNED, By.REVIEWER, needs_note=True),
    Edge(Step.WITHDRAW, State.PUBLISHED, State.WITHDRAWN, By.REVIEWER, needs_note=True),
    # Something shown by mistake is taken down at once by whoever keeps the names; only a reviewer puts it up again.
    Edge(Step.WITHDRAW, State.PUBLISHED, State.WITHDRAWN, By.KEEPER, needs_note=True),
    Edge(Step.RESTORE, State.WITHDRAWN, State.PUBLISHED, By.REVIEWER),
    Edge(Step.DISCARD, State.DRAFT, State.DISCARDED, By.KEEPER),
    Edge(Step.DISCARD, State.RETURNED, State.DISCARDED, By.KEEPER),
)
# A text in one of these is being worked on; there is one at most of each kind.
OPEN_STATES: Final = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED})


def edges_from(state: str) -> list[Edge]:
    return [edge for edge in EDGES if edge.source == state]


def edge_for(state: str, step: str, by: frozenset[By]) -> Edge | None:
    return next((edge for edge in edges_from(state) if edge.step == step and edge.by in by), None)
