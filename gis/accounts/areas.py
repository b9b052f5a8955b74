"""What this room must know of the tree of divisions, which lives in an app it does not know.

The app that has the tree registers an `AreaSource` when it is ready. Without one there are no areas: every duty holds everywhere or
nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gis.accounts.duties import Person, areas_held
from gis.accounts.models import Duty


@dataclass(frozen=True, slots=True)
class Area:
    """A division as it is today. `path` are the names of those above it, the highest first."""

    id: int
    name: str
    code: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " › ".join((*self.path, self.name))


class AreaSource(Protocol):
    def search(self, text: str, limit: int) -> Sequence[Area]:
        """Divisions of today whose name contains `text` or whose code begins with it; the higher levels first."""

    def find_code(self, code: str) -> Area | None:
        """The division that holds `code` today."""

    def named(self, ids: Iterable[int]) -> Mapping[int, Area]:
        """Areas by id; a division that is no more is named as it was last."""

    def upwards(self, area: int) -> Sequence[int]:
        """`area` and everything above it today; above where it stood last, if it is no more."""

    def downwards(self, area: int) -> Sequence[int]:
        """`area` and everything under it today, and what is no more and lay under it last."""

    def are_everything(self, areas: Iterable[int]) -> bool:
        """Whether `areas` hold all the divisions of the highest level there is today."""


class _NoAreas:
    def search(self, text: str, limit: int) -> Sequence[Area]:
        return []

    def find_code(self, code: str) -> Area | None:
        return None

    def named(self, ids: Iterable[int]) -> Mapping[int, Area]:
        return {}

    def upwards(self, area: int) -> Sequence[int]:
        return [area]

    def downwards(self, area: int) -> Sequence[int]:
        return [area]

    def are_everything(self, areas: Iterable[int]) -> bool:
        return False


_source: AreaSource = _NoAreas()


def register_area_source(source: AreaSource) -> None:
    global _source
    _source = source


def source() -> AreaSource:
    return _source


def is_unlimited(user: Person, duties: Iterable[Duty]) -> bool:
    """True for a duty without a limit of area, whatever will be loaded one day."""
    return None in areas_held(user, duties)


def reaches_everything(user: Person, duties: Iterable[Duty]) -> bool:
    """True for a duty without a limit of area, or over all that there is today.

    For seeing and deciding. Giving rights on asks `is_unlimited`: who looks after the only county of a young register does not look
    after the province that is loaded next.
    """
    held = areas_held(user, duties)
    return None in held or (bool(held) and _source.are_everything(area for area in held if area is not None))


def reaches(user: Person, duties: Iterable[Duty], area: int | None) -> bool:
    """True when one of `duties` reaches `area`; None stands for no limit at all."""
    held = set(areas_held(user, duties))
    if None in held:
        return True
    return area is not None and not held.isdisjoint(_source.upwards(area))


def areas_reached(user: Person, duties: Iterable[Duty]) -> set[int] | None:
    """Ids of all divisions that one of `duties` reaches; None means all there are."""
    duties = list(duties)
    if reaches_everything(user, duties):
        return None
    return {below for area in areas_held(user, duties) if area is not None for below in _source.downwards(area)}
