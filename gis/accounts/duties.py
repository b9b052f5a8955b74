"""Does a person hold a duty where it matters? The named policies of every app are written with these two questions.

This room knows no tree of divisions: the caller says which areas contain the thing in question (the division and its ancestors).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser

from gis.accounts.models import Duty, User

Person: TypeAlias = User | AnonymousUser


def _held(user: Person) -> list[tuple[str, int | None]]:
    """(duty, area id or None for everywhere) of every assignment in force, asked of the database once per request's user object."""
    if not user.is_authenticated or not user.is_active:
        return []
    held: list[tuple[str, int | None]] | None = getattr(user, "_held_duties", None)
    if held is None:
        held = list(user.duty_assignments.filter(ended=None).values_list("duty", "area_id"))
        user._held_duties = held  # type: ignore[attr-defined]
    return held


def holds(user: Person, duties: Iterable[Duty], areas: Iterable[int]) -> bool:
    """True when `user` holds one of `duties` over one of `areas` (ids of divisions) or over everything."""
    wanted, places = set(duties), set(areas)
    return any(duty in wanted and (area is None or area in places) for duty, area in _held(user))


def holds_anywhere(user: Person, duties: Iterable[Duty] = Duty) -> bool:
    """True when `user` holds one of `duties` over any area at all."""
    wanted = set(duties)
    return any(duty in wanted for duty, _area in _held(user))


def areas_held(user: Person, duties: Iterable[Duty]) -> list[int | None]:
    """Ids of the areas over which `user` holds one of `duties`; None among them means everywhere."""
    wanted = set(duties)
    return [area for duty, area in _held(user) if duty in wanted]
