"""What makes a place a 千年古县, 千年古镇 or 千年古村落, criterion by criterion, each with its evidence.

Only criteria that were seen in a source are here: of towns and villages as the notice of 2022/2024 is quoted in the press, of
counties at second hand. What 河南省地方标准 DB41/T 2438-2023 asks for beyond them was not seen, so no list is ever "complete". What
nobody has shown is not checked, never failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BASIS_PRESS: Final = "千年古镇、千年古村落认定条件（依新闻所引通知）"
BASIS_COUNTY: Final = "千年古县认定条件（二手）"
NOT_SEEN: Final = "《省级地名文化遗产鉴定规范》（DB41/T 2438-2023）的具体条件未见，不作核对。"
NOT_SEEN_EN: Final = "The conditions of DB41/T 2438-2023 were not seen and are not checked."
THOUSAND: Final = 1000


class Asks(StrEnum):
    """What shows a criterion: a year since when, the register of today, or a document with a person's word for it."""

    YEAR = "year"
    REGISTER = "register"
    DOCUMENT = "document"


class Standing(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Criterion:
    key: str
    asks: Asks
    zh: str
    en: str
    basis: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence. `year`: since when, negative before the common era, no year 0; `holds`: what the document says."""

    year: int | None = None
    holds: bool | None = None


_AGE_ZH = "专名延续使用1000年以上"
CRITERIA: Final[Mapping[str, tuple[Criterion, ...]]] = {
    "ancient_county": (
        Criterion("county_age", Asks.YEAR, "县建置1000年以上（可有短期中断）", "a county for 1,000 years (short breaks allowed)",
                  BASIS_COUNTY),
        Criterion("name_age", Asks.YEAR, f"{_AGE_ZH}（可有短期中断）",
                  "its proper name in use for 1,000 years (short breaks allowed)", BASIS_COUNTY),
    ),
    "ancient_town": (
        Criterion("settlement_age", Asks.YEAR, "聚落1000年以上", "a settlement for 1,000 years", BASIS_PRESS),
        Criterion("is_town", Asks.REGISTER, "今为建制镇", "a town today", BASIS_PRESS),
        Criterion("name_age", Asks.YEAR, _AGE_ZH, "its proper name in use for 1,000 years without a break", BASIS_PRESS),
        Criterion("content", Asks.DOCUMENT, "文化内涵丰富", "rich in culture", BASIS_PRESS),
        Criterion("buildings", Asks.DOCUMENT, "古建筑、古风貌有保存", "old buildings and looks are kept", BASIS_PRESS),
        Criterion("centre", Asks.DOCUMENT, "历史上为一方中心或军事要地", "once a centre or a military place", BASIS_PRESS),
    ),
    "ancient_village": (
        Criterion("settlement_age", Asks.YEAR, "聚落1000年以上", "a settlement for 1,000 years", BASIS_PRESS),
        Criterion("name_age", Asks.YEAR, "名称1000年以上", "its name for 1,000 years", BASIS_PRESS),
        Criterion("form", Asks.DOCUMENT, "村落格局和建筑保存较好", "its form and buildings are well kept", BASIS_PRESS),
    ),
}  # fmt: skip


def years_since(year: int, today: int) -> int:
    """Whole years from `year` to `today`; there was no year 0."""
    return today - year - (1 if year < 0 else 0)


def judge(criterion: Criterion, shown: Shown | None, today: int) -> Standing:
    if shown is None:
        return Standing.NOT_CHECKED
    if criterion.asks is Asks.YEAR:
        if shown.year is None:
            return Standing.NOT_CHECKED
        return Standing.MET if years_since(shown.year, today) >= THOUSAND else Standing.NOT_MET
    if shown.holds is None:
        return Standing.NOT_CHECKED
    return Standing.MET if shown.holds else Standing.NOT_MET


def judged(kind: str, evidence: Mapping[str, Shown], today: int) -> list[tuple[Criterion, Standing]]:
    """Every criterion of a kind with how it stands; nothing for kinds whose criteria were not seen."""
    return [(one, judge(one, evidence.get(one.key), today)) for one in CRITERIA.get(kind, ())]
