"""Figures of the demo county, chosen so that the trial standard of 2008 gives every kind of answer.

The county has 347 people per km² in 2025, so tier B holds (100 to 350); in 2024 it still had 351, which is tier A. By the
figures of 2025, among the townships that are not towns yet: 青箬乡 (plain) and 椿坪乡 (hills) qualify; 苇泊乡 misses the seat's
population by 60 people; 榆坞回族乡 misses only the revenue; 望岫乡 misses nearly all; 麦垄乡 lacks one value; 沙屿乡 has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from boundaries.demo.model import DemoIndicator
from boundaries.demo.noise import uniform_at
from boundaries.rules.indicators import CATALOGUE

YEAR, YEAR_BEFORE = 2025, 2024
COUNTY_POPULATION = {YEAR: 468_912, YEAR_BEFORE: 474_130}
NEIGHBOUR_POPULATION = {YEAR: 197_346, YEAR_BEFORE: 198_905}

_DOCUMENTS = {
    "terrain": "演示数据：县级地形认定表（虚构）",
    "population": "演示数据：《舆和县统计年鉴（{year}）》（虚构）",
    "seat_population": "演示数据：《舆和县统计年鉴（{year}）》（虚构）",
    "general_budget_revenue": "演示数据：{year}年乡镇财政决算表（虚构）",
    "seat_built_up_area": "演示数据：{year}年建成区范围认定图（虚构）",
    "road_hardening_rate": "演示数据：{year}年村镇建设统计报表（虚构）",
    "sign_setting_rate": "演示数据：{year}年地名标志台账（虚构）",
    "water_supply_rate": "演示数据：{year}年村镇建设统计报表（虚构）",
    "green_area_per_capita": "演示数据：{year}年村镇建设统计报表（虚构）",
    "waste_site": "演示数据：{year}年村镇建设统计报表（虚构）",
    "public_facilities": "演示数据：{year}年实地核查记录（虚构）",
    "location_advantage": "演示数据：{year}年实地核查记录（虚构）",
}


@dataclass(frozen=True, slots=True)
class _Figures:
    """One township in 2025; `_before` for 2024. Revenue in yuan, built-up area in km², rates in percent, green in m² per person."""

    terrain: str
    population: int
    seat_population: int
    general_budget_revenue: int
    seat_built_up_area: str
    road_hardening_rate: str
    sign_setting_rate: str
    water_supply_rate: str
    green_area_per_capita: str | None
    waste_site: str
    public_facilities: str
    location_advantage: str
    population_before: int
    seat_population_before: int
    general_budget_revenue_before: int


_TOWNSHIPS = {
    "yuyang": _Figures("plain", 62_418, 58_930, 21_640_000, "14.6", "100", "98", "100", "4.8", "yes", "yes", "regional_centre",
                       62_035, 58_410, 20_980_000),
    "guantu": _Figures("plain", 45_796, 40_215, 15_370_000, "11.2", "100", "97", "100", "4.5", "yes", "yes", "commercial",
                       45_302, 39_640, 14_850_000),
    "yunduo": _Figures("plain", 36_873, 12_460, 6_120_000, "4.3", "100", "95", "96", "3.9", "yes", "yes", "transport_hub",
                       37_410, 12_380, 5_940_000),
    "liaoxu": _Figures("plain", 35_241, 10_870, 5_480_000, "3.8", "100", "93", "95", "3.6", "yes", "yes", "commercial",
                       35_836, 10_905, 5_330_000),
    "zheting": _Figures("plain", 33_705, 9_640, 4_950_000, "3.4", "100", "91", "93", "3.4", "yes", "yes", "industrial",
                        34_318, 9_700, 4_810_000),
    "jiuyuan": _Figures("plain", 34_618, 10_120, 5_060_000, "3.6", "100", "92", "94", "3.7", "yes", "yes", "industrial",
                        35_204, 10_210, 4_920_000),
    "nanchou_town": _Figures("plain", 31_294, 8_350, 4_270_000, "3.1", "100", "90", "92", "3.3", "yes", "yes", "suburban_satellite",
                             31_702, 8_290, 4_150_000),
    "qingruo": _Figures("plain", 35_622, 8_640, 4_380_000, "3.2", "100", "93", "94", "4.1", "yes", "yes", "regional_centre",
                        36_150, 8_590, 4_210_000),
    "chunping": _Figures("mountain", 27_315, 5_610, 3_260_000, "2.2", "100", "85", "84", "4.6", "yes", "yes", "tourism",
                         27_840, 5_570, 3_110_000),
    "weibo": _Figures("plain", 31_907, 5_940, 3_420_000, "2.7", "100", "84", "88", "3.4", "yes", "yes", "border_development",
                      32_418, 5_985, 3_350_000),
    "yuwu": _Figures("plain", 30_688, 6_480, 2_870_000, "2.62", "100", "82", "86", "3.2", "yes", "yes", "commercial",
                     31_150, 6_455, 2_790_000),
    "mailong": _Figures("plain", 30_917, 6_730, 3_180_000, "2.8", "100", "87", "89", None, "yes", "yes", "transport_hub",
                        31_406, 6_742, 3_060_000),
    "wangxiu": _Figures("mountain", 13_604, 2_310, 1_120_000, "0.9", "82", "46", "58", "1.6", "no", "no", "no",
                        13_988, 2_362, 1_090_000),
}  # fmt: skip

# Every figure of the year; of the year before only those that move from year to year.
_OF_YEAR = tuple(_DOCUMENTS)
_OF_YEAR_BEFORE = ("population", "seat_population", "general_budget_revenue")


def township_indicators() -> Iterator[DemoIndicator]:
    """Two years of the counties and of every township that has figures."""
    for key, populations in (("county", COUNTY_POPULATION), ("neighbour", NEIGHBOUR_POPULATION)):
        for year, people in sorted(populations.items()):
            yield _indicator(key, "population", people, year)
    for key, figures in _TOWNSHIPS.items():
        for indicator in _OF_YEAR_BEFORE:
            yield _indicator(key, indicator, getattr(figures, f"{indicator}_before"), YEAR_BEFORE)
        for indicator in _OF_YEAR:
            if (value := getattr(figures, indicator)) is not None:
                yield _indicator(key, indicator, value, YEAR)


def village_indicators(populations: Mapping[str, int]) -> Iterator[DemoIndicator]:
    """The population of each village, which add up to the township's."""
    for key, people in populations.items():
        yield _indicator(key, "population", people, YEAR)


def village_populations(township: str, keys: Sequence[str], areas: Sequence[float], seat: int, salt: int) -> dict[str, int]:
    """Share out a township's people of 2025 over its villages: by area, unevenly, and more of them at the seat.

    Remainders go to the largest fractions, so the sum is exact. Empty for a township without figures.
    """
    if township not in _TOWNSHIPS:
        return {}
    total = _TOWNSHIPS[township].population
    weights = [
        int((0.4e6 + area) ** 0.5 * (1.9 if number == seat else 0.7 + 0.6 * uniform_at(salt, number)) * 1000)
        for number, area in enumerate(areas)
    ]
    whole = [total * weight // sum(weights) for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda number: (-(total * weights[number] % sum(weights)), number))
    for number in by_fraction[: total - sum(whole)]:
        whole[number] += 1
    return dict(zip(keys, whole, strict=True))


def _indicator(key: str, indicator: str, value: int | str, year: int) -> DemoIndicator:
    entry = CATALOGUE[indicator]
    return DemoIndicator(
        key,
        indicator,
        Decimal(value) if entry.numeric else str(value),
        entry.unit,
        year,
        _DOCUMENTS[indicator].format(year=year),
        "resident" if entry.population else "",
    )
