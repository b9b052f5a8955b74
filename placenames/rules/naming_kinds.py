"""What is being named, as the rules on names tell it apart: who must be unlike it, and where."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from placenames.rules.kinds import Kind


class NamedKind(StrEnum):
    COUNTY = "county"  # 县级以上
    TOWN = "town"
    TOWNSHIP = "township"
    SUBDISTRICT = "subdistrict"
    VILLAGE = "village"  # 村民委员会所在地
    COMMUNITY = "community"  # 居民委员会所在地
    NATURAL_VILLAGE = "natural_village"
    ROAD = "road"
    COMPOUND = "compound"  # 住宅区
    BUILDING = "building"
    NATURAL = "natural"  # 自然地理实体
    FACILITY = "facility"


class Scope(StrEnum):
    """Within what a name has to be the only one."""

    NATION = "nation"
    PROVINCE = "province"
    COUNTY = "county"
    TOWNSHIP = "township"
    BUILT_UP = "built_up"  # 建成区
    NONE = "none"


SPELLED_AS: Final = {
    NamedKind.COUNTY: Kind.DIVISION, NamedKind.TOWN: Kind.DIVISION, NamedKind.TOWNSHIP: Kind.DIVISION,
    NamedKind.SUBDISTRICT: Kind.DIVISION, NamedKind.VILLAGE: Kind.COMMITTEE, NamedKind.COMMUNITY: Kind.COMMITTEE,
    NamedKind.NATURAL_VILLAGE: Kind.SETTLEMENT, NamedKind.ROAD: Kind.ROAD, NamedKind.COMPOUND: Kind.COMPOUND,
    NamedKind.BUILDING: Kind.BUILDING, NamedKind.NATURAL: Kind.NATURAL, NamedKind.FACILITY: Kind.FACILITY,
}  # fmt: skip
SCOPE: Final = {
    NamedKind.COUNTY: Scope.NATION, NamedKind.TOWN: Scope.PROVINCE, NamedKind.TOWNSHIP: Scope.PROVINCE,
    NamedKind.SUBDISTRICT: Scope.PROVINCE, NamedKind.VILLAGE: Scope.COUNTY, NamedKind.COMMUNITY: Scope.COUNTY,
    NamedKind.NATURAL_VILLAGE: Scope.TOWNSHIP, NamedKind.ROAD: Scope.BUILT_UP, NamedKind.COMPOUND: Scope.BUILT_UP,
    NamedKind.BUILDING: Scope.BUILT_UP, NamedKind.NATURAL: Scope.NONE, NamedKind.FACILITY: Scope.NONE,
}  # fmt: skip
DIVISIONS: Final = frozenset({NamedKind.COUNTY, NamedKind.TOWN, NamedKind.TOWNSHIP, NamedKind.SUBDISTRICT})

_WORDS: Final = {
    NamedKind.COUNTY: "province prefecture city district 省 市 县 区 县级 地级",
    NamedKind.TOWN: "镇 建制镇",
    NamedKind.TOWNSHIP: "ethnic_township 乡 民族乡",
    NamedKind.SUBDISTRICT: "街道",
    NamedKind.VILLAGE: "village_committee 村 村委会 村民委员会 行政村",
    NamedKind.COMMUNITY: "residents_committee 社区 居委会 居民委员会",
    NamedKind.NATURAL_VILLAGE: "hamlet settlement 自然村",
    NamedKind.ROAD: "street lane 街路巷 道路 街 路 巷",
    NamedKind.COMPOUND: "residential estate 住宅区 小区",
    NamedKind.BUILDING: "楼宇 大楼 建筑物",
    NamedKind.NATURAL: "river mountain lake 自然地理实体 河 山 湖",
    NamedKind.FACILITY: "park bridge station reservoir 公园 设施 桥 水库",
}  # fmt: skip
_KINDS: Final = {word: kind for kind, words in _WORDS.items() for word in (kind.value, *words.split())}


def named_kind(text: str) -> NamedKind | None:
    """A kind by its key or a usual word; None for what is none."""
    return _KINDS.get(text.strip().lower().replace("-", "_"))
