"""Units of the indicators and the exact factors between them.

A value is converted only between units declared here as of one dimension, by an exact rational factor
(1 亩 = 1/1500 km², which no decimal number can hold). A unit that is not declared is refused, never guessed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache


class UnitError(ValueError):
    """The unit is not declared, or is of another dimension than the one wanted."""


@dataclass(frozen=True, slots=True)
class Unit:
    """``factor`` multiplies a value in this unit into the base unit of ``dimension``."""

    id: str
    dimension: str
    factor: Fraction
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


UNITS: dict[str, Unit] = {
    unit.id: unit
    for unit in (
        Unit("persons", "persons", Fraction(1), "人", "persons", ("person", "people", "口")),
        Unit("10k persons", "persons", Fraction(10_000), "万人", "10,000 persons"),
        Unit(
            "persons/km²",
            "density",
            Fraction(1),
            "人/平方公里",
            "persons/km²",
            ("person/km²", "people/km²", "人/平方千米", "人/km²", "人每平方公里", "persons per km²"),
        ),
        Unit("yuan", "money", Fraction(1), "元", "yuan", ("cny", "rmb", "人民币元")),
        Unit("10k yuan", "money", Fraction(10_000), "万元", "10,000 yuan"),
        Unit("100m yuan", "money", Fraction(100_000_000), "亿元", "100 million yuan"),
        Unit("km²", "area", Fraction(1), "平方公里", "km²", ("平方千米", "sq km")),
        Unit("ha", "area", Fraction(1, 100), "公顷", "ha", ("hectare", "hectares")),
        Unit("mu", "area", Fraction(1, 1500), "亩", "mu", ("市亩",)),
        Unit("m²", "area", Fraction(1, 1_000_000), "平方米", "m²", ("sq m",)),
        Unit(
            "m²/person",
            "area per person",
            Fraction(1),
            "平方米/人",
            "m²/person",
            ("m²/人", "平方米每人", "m²/capita", "m² per person"),
        ),
        Unit("percent", "percent", Fraction(1), "%", "percent", ("％", "pct", "百分比")),
        Unit("units", "units", Fraction(1), "个", "units", ("unit", "count")),
    )
}


def _key(name: str) -> str:
    """Spelling folded: NFKC makes km² and ㎡ into km2 and m2, full-width into half-width."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


_BY_SPELLING: dict[str, Unit] = {
    _key(spelling): unit for unit in UNITS.values() for spelling in (unit.id, unit.zh, unit.en, *unit.aliases)
}


@lru_cache(maxsize=512)
def find_unit(name: str) -> Unit | None:
    """The unit a person wrote as ``name`` (Chinese, English, km² or km2 …), or None when it is not declared."""
    return _BY_SPELLING.get(_key(name))


def convert(value: Fraction, from_unit: str, to_unit: str) -> Fraction:
    """``value`` in ``from_unit`` as a value in ``to_unit``, exactly.

    Raises UnitError when a unit is unknown or the two are of different dimensions.
    """
    source, wanted = find_unit(from_unit), find_unit(to_unit)
    if source is None:
        raise UnitError(from_unit)
    if wanted is None:
        raise UnitError(to_unit)
    if source.dimension != wanted.dimension:
        raise UnitError(f"{from_unit} → {to_unit}")
    return value if source is wanted else value * source.factor / wanted.factor
