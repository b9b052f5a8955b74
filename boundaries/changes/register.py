"""The part of the register a decision may touch, frozen.

Geometry is shapely, CGCS2000 longitude and latitude in degrees; spans of legal time are half-open ``[since, until)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import shapely

# The id of a division, or the name ("ref") by which a decision calls a unit it makes.
Key = int | str

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4, 5

LEVEL_OF_TYPE: Final[Mapping[str, int]] = {
    "province": 1, "autonomous_region": 1, "municipality": 1,
    "prefecture_city": 2, "prefecture": 2,
    "county": 3, "autonomous_county": 3, "county_city": 3, "district": 3,
    "subdistrict": 4, "town": 4, "township": 4, "ethnic_township": 4, "district_office": 4,
    "village_committee": 5, "residents_committee": 5,
}  # fmt: skip

# From the most to the least reliable.
GRADES: Final = ("agreed", "surveyed", "indicative", "invented")


def lower_grade(*grades: str) -> str:
    """The least reliable of these; empty ones are passed over."""
    return max((one for one in grades if one), key=GRADES.index, default="")


@dataclass(frozen=True, slots=True)
class State:
    """One record: what a unit was from `since` until `until` (None: until further notice). `record` is its row's id."""

    since: date
    until: date | None
    name: str
    proper_name: str
    generic_name: str
    level: int
    type: str
    parent: Key | None
    geometry: shapely.Geometry | None = None
    grade: str = ""
    seat: shapely.Point | None = None
    seat_grade: str = ""
    record: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Code:
    """A code in use from `since` until `until`; `row` is its row's id."""

    authority: str
    code: str
    since: date
    until: date | None
    row: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Unit:
    """A division with all it is held to have been. `people` counts who lived there by the latest figure, None when not known."""

    key: int
    states: tuple[State, ...]
    codes: tuple[Code, ...] = ()
    people: float | None = None

    def on(self, day: date) -> State | None:
        return next((state for state in self.states if state.holds_on(day)), None)

    def after(self, day: date) -> State | None:
        """The first record that begins later than `day`."""
        return min((state for state in self.states if state.since > day), key=lambda state: state.since, default=None)

    def codes_on(self, day: date) -> tuple[Code, ...]:
        return tuple(code for code in self.codes if code.holds_on(day))


@dataclass(frozen=True)
class Register:
    """`units` by id. `codes_used`: every code ever seen in the counties concerned, of any authority and any time; of these (and of
    the codes a decision gives) `legal_codes_used` were legal codes.
    """

    units: Mapping[int, Unit]
    codes_used: frozenset[str] = field(default_factory=frozenset)
    legal_codes_used: frozenset[str] = field(default_factory=frozenset)

    def on(self, day: date) -> Iterator[tuple[Unit, State]]:
        for unit in self.units.values():
            if (state := unit.on(day)) is not None:
                yield unit, state
