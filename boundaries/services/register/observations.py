"""What goes into the register service and what comes out of it: plain data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.kept_shapes import KeptShapes


@dataclass(frozen=True, slots=True)
class Observation:
    """One unit as a list shows it on the list's day.

    code    canonical (boundaries.rules.codes); `parent` likewise, None for a province
    type    a value of `DivisionType`
    """

    code: str
    name: str
    proper_name: str
    generic_name: str
    level: int
    type: str
    parent: str | None


@dataclass(frozen=True)
class Snapshot:
    """Units on one day, as one authority codes them; codes are unique.

    shapes      (n,) valid MultiPolygons in CGCS2000 degrees, kept with their SRID; None where the list says nothing of the shape
    seats       (n, 2) longitude and latitude in CGCS2000 degrees, NaN likewise
    grade       `Grade` of the geometries and seats
    orphans     codes of parents that earlier lists named in vain, with the divisions that wait for them
    """

    day: date
    authority: str
    observations: list[Observation]
    shapes: KeptShapes
    seats: npt.NDArray[np.float64]
    grade: str
    orphans: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An observation the register cannot take (or takes with a reservation): its position, why, and the words' values."""

    index: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What happened. `divisions`, `deeds` and `parent_of` are aligned with the observations (None, "refused" for refused ones).

    parents  how parents were found: same_list, same_authority, other_authority, later_day, none, unknown
    waiting  codes of parents that nobody holds, with the divisions that name them
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    joined: int = 0
    adopted: int = 0
    divisions: list[int | None] = field(default_factory=list)
    deeds: list[str] = field(default_factory=list)
    parent_of: list[int | None] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    reservations: list[Refusal] = field(default_factory=list)
    parents: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, list[int]] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.adopted)
