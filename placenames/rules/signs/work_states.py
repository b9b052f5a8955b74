"""The way of a work order, as one table: state → next states. Done and cancelled are the ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "open": ("making", "installing", "done", "cancelled"),
    "making": ("installing", "done", "open", "cancelled"),
    "installing": ("done", "making", "cancelled"),
    "done": (),
    "cancelled": ("open",),
}
ENDS: Final = frozenset({"done", "cancelled"})

# What a sign is when a piece of work on it is done.
AFTER: Final[Mapping[str, str]] = {"set": "standing", "reletter": "standing", "repair": "standing", "remove": "removed"}


def may_go(state: str, to: str) -> bool:
    return to in NEXT.get(state, ())
