"""What kind of place a class stands for, as far as its spelling depends on it.

A class is given as digits of GB/T 18521 (a whole code or its beginning) or as a word; without one the name's ending is asked, and
where two kinds share an ending the answer says that it is a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from boundaries.rules.names import COUNTY, PREFECTURE, PROVINCE, TOWNSHIP, VILLAGE
from boundaries.rules.names import split as split_division


class Kind(StrEnum):
    DIVISION = "division"  # 行政区域
    COMMITTEE = "committee"  # 群众自治组织
    SETTLEMENT = "settlement"  # 居民点: 自然村, 集镇
    COMPOUND = "compound"  # 住宅区
    ROAD = "road"  # 街路巷
    NATURAL = "natural"  # 水系, 地形
    FACILITY = "facility"  # 水利、交通等设施, 非行政区域: split as natural features are
    BUILDING = "building"  # 建筑物, 纪念地, 单位


_BY_CODE: Final = (
    ("216", Kind.COMMITTEE), ("217", Kind.FACILITY), ("21", Kind.DIVISION), ("22", Kind.SETTLEMENT), ("11", Kind.NATURAL),
    ("12", Kind.NATURAL), ("13", Kind.NATURAL), ("232", Kind.ROAD), ("2351", Kind.ROAD), ("23", Kind.FACILITY),
    ("24", Kind.FACILITY),
    ("25", Kind.BUILDING), ("26", Kind.BUILDING), ("276", Kind.COMMITTEE), ("27", Kind.BUILDING),
)  # fmt: skip
_BY_WORD: Final = {
    Kind.DIVISION: (
        "division province prefecture county city district township town subdistrict 行政区 行政区域 区划 政区 省 地级市 市 县 区 "
        "镇 乡 街道 建制镇 民族乡"
    ),
    Kind.COMMITTEE: "committee village_committee residents_committee community 村民委员会 居民委员会 村委会 居委会 社区 行政村",
    Kind.SETTLEMENT: "settlement village natural_village hamlet market_town 居民点 自然村 村 村庄 自然村镇 集镇 聚落",
    Kind.COMPOUND: "compound residential estate 住宅区 小区 住宅小区 居民区",
    Kind.ROAD: "road street lane alley avenue 街路巷 道路 街 路 巷 街巷",
    Kind.NATURAL: (
        "natural natural_feature river lake mountain hill peak gorge valley spring plain water 自然地理实体 河流 河 湖泊 湖 "
        "山 山峰 峡 峡谷 水系 地形"
    ),
    Kind.FACILITY: "facility reservoir canal bridge square park station zone area 设施 水库 渠 运河 桥 广场 公园 非行政区域 区片",
    Kind.BUILDING: "building organisation organization institution memorial temple 建筑物 单位 纪念地 大楼 楼宇 机构",
}  # fmt: skip
_WORDS: Final = {word: kind for kind, words in _BY_WORD.items() for word in words.split()}

_ROAD_END: Final = re.compile(r"(?:路|街|巷|胡同|大道|弄|条)$")
_COMPOUND_END: Final = re.compile(r"(?:小区|花园|家园|花苑|公寓|嘉园|新村|雅苑)$")
_FACILITY_END: Final = re.compile(r"(?:广场|公园|水库|开发区|示范区|园区|集聚区|运河|大桥|渠)$")
_VILLAGE_END: Final = re.compile(r"(?:村|庄|寨|屯|营|集|店|铺|坡|湾|沟|岗|楼|庙|洼|垌|坪|堡)$")
_NATURAL_END: Final = re.compile(r"(?:河|江|湖|山|峡|岭|峰|泉|海|岛|潭|溪|水)$")


@dataclass(frozen=True, slots=True)
class KindOf:
    """`certain` is False where the kind was guessed from an ending that several kinds share."""

    kind: Kind | None
    certain: bool


def kind_of_class(given: str) -> Kind | None:
    """Digits of GB/T 18521 or a word; None for what is neither."""
    text = given.strip().lower().replace("-", "_")
    if text.isascii() and text.isdigit():
        return next((kind for start, kind in _BY_CODE if text.startswith(start)), None)
    return _WORDS.get(text)


def division_level(name: str) -> int | None:
    """The level whose generic term `name` ends in, township first; None where it shows none."""
    # 社区 ends in 区 and is none.
    for level in (TOWNSHIP, VILLAGE, COUNTY, PREFECTURE, PROVINCE):
        taken = split_division(name, level)
        if taken.generic and (level != VILLAGE or taken.generic != "村"):
            return level
    return None


def guess(name: str) -> KindOf:
    level = division_level(name)
    if level == VILLAGE:
        return KindOf(Kind.COMMITTEE, True)
    if _COMPOUND_END.search(name) and len(name) > 3:
        return KindOf(Kind.COMPOUND, True)
    if level is not None:
        return KindOf(Kind.DIVISION, True)
    for ending, kind, certain in (
        (_FACILITY_END, Kind.FACILITY, True),
        (_ROAD_END, Kind.ROAD, True),
        (_VILLAGE_END, Kind.SETTLEMENT, True),
        (_NATURAL_END, Kind.NATURAL, False),
    ):
        if ending.search(name) and len(name) > 1:
            return KindOf(kind, certain)
    return KindOf(None, True)
