"""Indicator values as people give them: what can be saved, what cannot, and why. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from boundaries.rules import indicators as rules
from boundaries.rules.indicators import CATALOGUE, Basis, Indicator
from boundaries.rules.units import find_unit

DECIMALS = 6
LONGEST_DOCUMENT = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as somebody gave it, all text; `row` is its line in a table, 0 for a form."""

    division: int
    indicator: str
    value: str
    unit: str
    year: str
    document: str
    basis: str = ""
    row: int = 0

    def problem(self, field: str, code: str, zh: str, en: str, *, warning: bool = False) -> Problem:
        return Problem(self.row, field, code, zh, en, warning)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong (or, as a warning, noteworthy) with one field of one row."""

    row: int
    field: str
    code: str
    message_zh: str
    message_en: str
    warning: bool = False

    @property
    def message(self) -> str:
        return self.message_en if (get_language() or "").startswith("en") else self.message_zh

    def as_dict(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "field": self.field,
            "code": self.code,
            "message": self.message_zh,
            "message_en": self.message_en,
            "severity": "warning" if self.warning else "error",
        }


@dataclass(frozen=True, slots=True)
class Ready:
    """A value that may be saved: exact, in the unit it was given in."""

    division: int
    indicator: Indicator
    year: int
    number: Decimal | None
    text: str
    unit: str
    basis: str
    document: str
    row: int = 0


# Figures that follow from others, and what to enter instead. `area` goes by whether there is a geometry.
_INSTEAD = {
    "county_density": ("所在县的人口与面积", "the population and area of the county"),
    "county_area": ("所在县的面积（由界线计算）", "the area of the county (computed from its boundary)"),
    "population_density": ("总人口", "the total population"),
    "built_up_share": ("建成区面积", "the built-up area"),
    "seat_nonagricultural_share": ("驻地非农业人口与总人口", "the non-agricultural and the total population"),
    "net_new_subdistricts": ("拟设街道数与拟撤乡镇数", "the numbers of sub-districts set up and units abolished"),
}

_FIELD = {
    "unit_missing": "unit",
    "unit_mismatch": "unit",
    "year_missing": "year",
    "year_out_of_range": "year",
    "source_missing": "source",
}


def find_indicator(text: str) -> Indicator | None:
    """By identifier or by its Chinese or English name."""
    wanted = text.strip()
    known = CATALOGUE.get(wanted)
    if known is not None:
        return known
    return next((one for one in CATALOGUE.values() if wanted in (one.name, one.name_en)), None)


def judge_entry(entry: Entry, *, has_geometry: bool) -> tuple[Ready | None, list[Problem]]:
    """What would be saved, or None with the reasons; warnings come with a value that can be saved."""
    indicator = find_indicator(entry.indicator)
    if indicator is None:
        shown = entry.indicator.strip()[:40]
        return None, [
            entry.problem("indicator", "unknown_indicator", f"没有“{shown}”这个指标。", f"There is no indicator “{shown}”.")
        ]
    problems = _typed_computed(entry, indicator, has_geometry)
    year = year_of(entry)
    basis = basis_of(entry, problems)
    number, text, unit = _value(entry, indicator, problems)
    given = rules.IndicatorValue(value=entry.value, unit=entry.unit, year=year, source=entry.document, basis=basis)
    problems += [
        entry.problem(_FIELD.get(error.code, "value"), error.code, error.message_zh, error.message_en)
        for error in rules.validate(indicator, given)
    ]
    problems += _document_problems(entry) + _basis_problems(entry, indicator, basis)
    if year is None or any(not problem.warning for problem in problems):
        return None, problems
    stated = basis if basis is not Basis.UNSTATED else indicator.basis
    ready = Ready(
        division=entry.division,
        indicator=indicator,
        year=year,
        number=number,
        text=text,
        unit=unit,
        basis="" if stated is Basis.UNSTATED else stated.value,
        document=entry.document.strip(),
        row=entry.row,
    )
    return ready, problems


def year_of(entry: Entry) -> int | None:
    """A year, also written 2024年; None when there is none, -1 for what is no year, so that the rules refuse it by name."""
    digits = entry.year.strip().removesuffix("年").strip()
    if not digits:
        return None
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 6 else -1


def basis_of(entry: Entry, problems: list[Problem]) -> Basis:
    """常住 or 户籍; what is neither is added to `problems`."""
    try:
        return rules.parse_basis(entry.basis)
    except rules.IndicatorError as error:
        problems.append(entry.problem("basis", error.code, error.message_zh, error.message_en))
        return Basis.UNSTATED


def _typed_computed(entry: Entry, indicator: Indicator, has_geometry: bool) -> list[Problem]:
    """STD-GEN-04 and the design: what the register computes is not typed. Without a geometry an area can only be typed."""
    if not indicator.computed:
        return []
    if indicator.id == "sign_setting_rate":
        zh = "“地名标志设置率”应由标志台账计算；台账启用前暂按填报数使用（STD-GEN-04）。"
        en = "“Place-name signs set” belongs to the register of signs; until that counts, the typed figure is used (STD-GEN-04)."
        return [entry.problem("indicator", "typed_not_computed", zh, en, warning=True)]
    if indicator.id == "area" and not has_geometry:
        zh = "本系统没有该区划的界线，面积暂按填报数使用；有界线后以计算值为准。"
        en = "There is no boundary of this division here; the typed area is used until there is one."
        return [entry.problem("indicator", "typed_not_computed", zh, en, warning=True)]
    if indicator.id == "area":
        zh = "“行政区域面积”由本系统按界线计算，不需填报。"
        en = "“Area” is computed from the boundary held here; it is not typed."
        return [entry.problem("indicator", "computed_not_typed", zh, en)]
    instead_zh, instead_en = _INSTEAD.get(indicator.id, ("相关数据", "the figures it follows from"))
    zh = f"“{indicator.name}”由系统计算，不能填报；请填报{instead_zh}。"
    en = f"“{indicator.name_en}” is computed, not typed; enter {instead_en}."
    return [entry.problem("indicator", "computed_not_typed", zh, en)]


def _document_problems(entry: Entry) -> list[Problem]:
    if len(entry.document) <= LONGEST_DOCUMENT:
        return []
    zh, en = f"来源不超过{LONGEST_DOCUMENT}字。", f"The source is longer than {LONGEST_DOCUMENT} characters."
    return [entry.problem("source", "source_too_long", zh, en)]


def _basis_problems(entry: Entry, indicator: Indicator, basis: Basis) -> list[Problem]:
    if not indicator.population or basis is not Basis.UNSTATED or indicator.basis is not Basis.UNSTATED:
        return []
    zh = f"“{indicator.name}”未注明常住或户籍口径。"
    en = f"“{indicator.name_en}” does not say whether residents or registered people are counted."
    return [entry.problem("basis", "basis_unstated", zh, en, warning=True)]


def _value(entry: Entry, indicator: Indicator, problems: list[Problem]) -> tuple[Decimal | None, str, str]:
    """(number, "", unit as it will be kept) or (None, choice, ""); what cannot be read is told by `rules.validate`."""
    try:
        if not indicator.numeric:
            return None, str(rules.normalise(indicator, entry.value, entry.unit)), ""
        exact = rules.parse_number(entry.value)
    except rules.IndicatorError:
        return None, "", ""
    if (exact * 10**DECIMALS).denominator != 1:
        zh = f"“{indicator.name}”的小数不超过{DECIMALS}位。"
        en = f"“{indicator.name_en}” has more than {DECIMALS} decimals."
        problems.append(entry.problem("value", "too_many_decimals", zh, en))
    found = find_unit(entry.unit)
    number = Decimal(exact.numerator) / Decimal(exact.denominator)
    return number, "", found.id if found is not None else entry.unit.strip()[:30]
