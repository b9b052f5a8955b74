"""What the demo county is handed over as: plain frozen data, ready to be stored through the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from shapely import MultiPolygon, Point

Authority = Literal["mca", "nbs"]
Begins = Literal["decided", "observed"]
LineageKind = Literal["merged_into", "type_changed", "territory_moved"]

# How far the geometry may be relied on, in the words of the register.
GRADE = "invented"


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """An invented decision (批复). `number` begins with 演, which no real office uses."""

    number: str
    title: str
    approver: str
    approved_on: date
    effective_on: date


@dataclass(frozen=True, slots=True)
class DemoRecord:
    """What a division was during the half-open span [valid_from, valid_to) of legal time; None = until further notice.

    geometry, seat: EPSG:4490, longitude before latitude, degrees on a grid of 1e-7. decision: number of the decision that
    began the record, None when it is only known from the first day of the demo's history.
    """

    valid_from: date
    valid_to: date | None
    name: str
    proper_name: str
    generic_name: str
    type: str
    parent_key: str | None
    geometry: MultiPolygon
    seat: Point
    decision: str | None = None

    @property
    def begins(self) -> Begins:
        return "decided" if self.decision else "observed"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A code during [valid_from, valid_to): 6 digits down to the county, 9 for townships, 12 (nbs only) for villages."""

    authority: Authority
    code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """One division through all its records. level: 2 prefecture, 3 county, 4 township, 5 village."""

    key: str
    level: int
    records: tuple[DemoRecord, ...]
    codes: tuple[DemoCode, ...]

    def on(self, day: date) -> DemoRecord | None:
        return next((record for record in self.records if record.holds_on(day)), None)


@dataclass(frozen=True, slots=True)
class DemoLineage:
    """Part or all of a division went over to another. Shares are of the predecessor, 0 to 1; None = not known."""

    predecessor: str
    successor: str
    on: date
    kind: LineageKind
    area_share: float | None
    population_share: float | None
    decision: str


@dataclass(frozen=True, slots=True)
class DemoIndicator:
    """A figure (Decimal) or a choice (identifier) of one year. unit, basis: in the words of boundaries.rules.indicators.

    basis: "resident" or "registered" where the value counts people, otherwise "". source: the invented document.
    """

    unit_key: str
    indicator: str
    value: Decimal | str
    unit: str
    year: int
    source: str
    basis: str


@dataclass(frozen=True, slots=True)
class DemoCounty:
    """Everything, parents before children. county_key: the demo county; neighbour_key: the county beyond the river."""

    seed: int
    units: tuple[DemoUnit, ...]
    lineage: tuple[DemoLineage, ...]
    indicators: tuple[DemoIndicator, ...]
    decisions: tuple[DemoDecision, ...]
    county_key: str
    neighbour_key: str

    def unit(self, key: str) -> DemoUnit:
        return next(unit for unit in self.units if unit.key == key)

    def level_on(self, level: int, day: date) -> dict[str, DemoRecord]:
        """The records of one level that hold on a day, by the key of their division."""
        found = ((unit.key, unit.on(day)) for unit in self.units if unit.level == level)
        return {key: record for key, record in found if record is not None}
