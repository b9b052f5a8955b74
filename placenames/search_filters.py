"""What is looked for besides the text: class, area, period, heritage, a window of the map, nearness. Conditions on `SearchForm`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gis.crs import CGCS2000
from placenames.models import HeritageKind, SearchAccess

# Degrees around a position that are looked at first, about 10 and 60 km: who asks for the nearest shall not miss it behind a bound.
_AROUND: Final = (0.1, 0.6)
# The order is that of the kinds; the first is bit 0 (`SearchForm.heritage`).
HERITAGE_BITS: Final = {kind: 1 << at for at, kind in enumerate(HeritageKind.values)}
ANY_HERITAGE: Final = sum(HERITAGE_BITS.values())


# A town and its villages are written into the condition: the planner knows how few names lie there and reads these by their area
# (docs/decisions/0113).
FEW: Final = 128
_FEW: Final = "area = ANY(%({name}_few)s::bigint[])"
# Thousands of divisions are sent once for a statement (`with_areas`) and hashed, not read anew by each probe; IS TRUE keeps the
# planner from joining.
_IN: Final = "(area IN (SELECT id FROM {name})) IS TRUE"


def lies_in(name: str, areas: Collection[int]) -> tuple[str, dict[str, Any]]:
    """A condition on the area, and its values."""
    few = len(areas) <= FEW
    return (_FEW if few else _IN).format(name=name), {f"{name}_few" if few else name: list(areas)}


def with_areas(values: Mapping[str, Any]) -> str:
    """What stands before a statement whose conditions ask for many areas."""
    sets = [f"{name} AS MATERIALIZED (SELECT unnest(%({name})s::bigint[]) AS id)" for name in ("areas", "own") if name in values]
    return f"WITH {', '.join(sets)} " if sets else ""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle in degrees, longitude first; west < east, south < north."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Raises `ValueError` where it is none on the earth."""
        numbers = (self.west, self.south, self.east, self.north)
        if not all(map(math.isfinite, numbers)):
            raise ValueError("not a number")
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise ValueError("no rectangle on the earth")


@dataclass(frozen=True, slots=True)
class Near:
    """A position in degrees (CGCS2000, longitude first). `first`: what is near stands before what is far, however it matched."""

    lon: float
    lat: float
    first: bool = False

    def __post_init__(self) -> None:
        """Raises `ValueError` where it is none on the earth."""
        if not (math.isfinite(self.lon) and math.isfinite(self.lat) and -180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError("no place on the earth")

    def around(self, degrees: float) -> Window:
        wide = min(180.0, degrees / max(0.01, math.cos(math.radians(self.lat))))
        return Window(
            max(-180.0, self.lon - wide), max(-90.0, self.lat - degrees), min(180.0, self.lon + wide), min(90.0, self.lat + degrees)
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """`areas`, `own` (come first): ids of divisions; `classes`: beginnings of codes; `years`: half-open, of the form's use;
    `heritage`: kinds of lists, one of which the place stands on."""

    access: int = SearchAccess.PUBLIC
    areas: Collection[int] | None = None
    own: Collection[int] = frozenset()
    year: int | None = None
    classes: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    heritage: tuple[str, ...] = ()
    window: Window | None = None
    near: Near | None = None

    @property
    def by_distance(self) -> bool:
        return self.near is not None and self.near.first

    @property
    def lists(self) -> bool:
        """Whether they select few enough names to be listed without a text."""
        return self.near is not None or self.window is not None or bool(self.heritage)

    def sql(self) -> tuple[str, dict[str, Any]]:
        """A condition and its values."""
        parts = ["access <= %(access)s"]
        values: dict[str, Any] = {"access": int(self.access)}
        if self.areas is not None:
            condition, more = lies_in("areas", self.areas)
            parts.append(condition)
            values |= more
        if self.year is not None:
            parts.append("(years IS NULL OR years @> %(year)s)")
            values["year"] = self.year
        if self.years is not None:
            # The first condition is that of an index: of most names it is known only since when they are there.
            parts.append("lower(years) < %(until)s AND years && int4range(%(since)s, %(until)s)")
            values["since"], values["until"] = self.years
        if self.classes:
            parts.append("place_class LIKE ANY(%(classes)s)")
            values["classes"] = [f"{one}%" for one in self.classes]
        if self.heritage:
            # The first condition is that of the partial index.
            parts.append("heritage <> 0 AND heritage & %(heritage)s::int <> 0")
            values["heritage"] = sum(HERITAGE_BITS[one] for one in self.heritage)
        if self.window is not None:
            parts.append(inside(self.window))
        return " AND ".join(parts), values

    def rounds(self) -> list[tuple[str, dict[str, Any]]]:
        """Conditions asked one after the other, so that the bounds of a probe do not cut off what comes first."""
        sql, _values = self.sql()
        found: list[tuple[str, dict[str, Any]]] = []
        if self.by_distance and self.near is not None:
            found += [(f"{sql} AND {inside(self.near.around(degrees))}", {}) for degrees in _AROUND]
        if self.own:
            condition, values = lies_in("own", self.own)
            found.append((f"{sql} AND {condition}", values))
        return [*found, (sql, {})]


def inside(window: Window) -> str:
    """Condition that a name's point lies in a window. The numbers are floats of ours, checked."""
    corners = ", ".join(repr(float(one)) for one in (window.west, window.south, window.east, window.north))
    return f"location && ST_MakeEnvelope({corners}, {CGCS2000})"
