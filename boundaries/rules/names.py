"""What a division's name says: its specific part (专名), its generic term (通名) and the type the generic term stands for.

《地名管理条例》 calls the two parts 专名 and 通名 (UNGEGN: specific and generic element). A name is read from its end, longest
generic term first. What a name does not say stays unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4, 5

# Generic terms by level with the type each stands for, longest first where one ends in another.
_TERMS: Final[Mapping[int, tuple[tuple[str, str], ...]]] = {
    PROVINCE: (("自治区", "autonomous_region"), ("省", "province"), ("市", "municipality")),
    PREFECTURE: (("地区", "prefecture"), ("市", "prefecture_city")),
    COUNTY: (("自治县", "autonomous_county"), ("县", "county"), ("市", "county_city"), ("区", "district")),
    TOWNSHIP: (
        ("街道办事处", "subdistrict"),
        ("办事处", "subdistrict"),
        ("街道", "subdistrict"),
        ("区公所", "district_office"),
        ("民族乡", "ethnic_township"),
        ("镇", "town"),
        ("乡", "township"),
    ),
    VILLAGE: (
        ("社区居民委员会", "residents_committee"),
        ("社区居委会", "residents_committee"),
        ("居民委员会", "residents_committee"),
        ("居委会", "residents_committee"),
        ("社区", "residents_committee"),
        ("村民委员会", "village_committee"),
        ("村委会", "village_committee"),
        ("村", "village_committee"),
    ),
}

# Units that lists count but that are no divisions: groups, and bodies named as offices, zones or enterprises.
_GROUPING: Final = frozenset({"市辖区", "县", "省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划"})
# These end like a generic term and are none: zones, offices and yards.
_NO_GENERIC: Final = (
    "开发区", "工业园区", "产业园区", "科技园区", "物流园区", "示范区", "实验区", "试验区", "核心区", "聚集区", "集聚区", "保护区",
    "管理区", "风景区", "普查区", "生活区",
)  # fmt: skip
# 回族区, 蒙古族自治县, 回族镇, 回族乡: the people's name belongs to the generic element, as 瀍河回族区 Chánhé Huízú Qū is written.
_PEOPLES: Final = re.compile(
    r"((?:回|满|蒙古|土家|苗|藏|维吾尔|壮|彝|布依|侗|瑶|白|哈尼|傣|黎|畲|朝鲜|各)族)+(?=(?:自治州|自治县|自治区|区|县|乡|镇)$)"
)


@dataclass(frozen=True, slots=True)
class DivisionName:
    """A name taken apart. `type` is a value of the register's types, "unknown" where the name does not say.

    key  what two spellings of one name have in common, for comparing; never shown
    """

    full: str
    proper: str
    generic: str
    type: str
    key: str


def split(name: str, level: int) -> DivisionName:
    """Takes a name of a level (1 province … 5 village) apart. `name` is cleaned by `clean` before."""
    if name in _GROUPING:
        return DivisionName(name, name, "", "statistical", name)
    if not name.endswith(_NO_GENERIC):
        for term, kind in _TERMS[level]:
            if name.endswith(term) and len(name) > len(term):
                return _taken_apart(name, term, kind, level)
    return DivisionName(name, name, "", "unknown", name)


def _taken_apart(name: str, term: str, kind: str, level: int) -> DivisionName:
    proper = name[: -len(term)]
    peoples = _PEOPLES.search(name) if "族" in name and level in (COUNTY, TOWNSHIP) else None
    if peoples and peoples.start() > 0:
        proper, term = name[: peoples.start()], name[peoples.start() :]
        if term.endswith("乡"):
            kind = "ethnic_township"
    return DivisionName(name, proper, term, kind, _key(name, proper, kind, level))


def _key(name: str, proper: str, kind: str, level: int) -> str:
    if level == TOWNSHIP and kind == "subdistrict":
        return f"{proper}|subdistrict"
    if level == VILLAGE:
        # 王庄村委会, 王庄村村委会 and 王庄村民委员会 are one village; its kind may change without its name.
        return proper.removesuffix("社区").removesuffix("村") or proper
    return name


def same_name(one: str, other: str, level: int) -> bool:
    """Whether two spellings are one name: 林山寨街道办事处 and 林山寨街道, 王庄村委会 and 王庄村村民委员会."""
    return one == other or split(one, level).key == split(other, level).key


def clean(text: str) -> str:
    """Canonical characters (NFC), no blanks around, no byte-order mark. Nothing inside the name is changed."""
    return text if _PLAIN.fullmatch(text) else unicodedata.normalize("NFC", text).strip("\ufeff\u200b \t\u3000\u00a0")


def standard_form(name: str, level: int) -> str:
    """The name of the division where the list names its office: 林山寨街道办事处 becomes 林山寨街道.

    A bare 荆山办事处 does not say whether the unit is called 荆山街道, and stays.
    """
    return name.removesuffix("办事处") if level == TOWNSHIP and name.endswith("街道办事处") and len(name) > 5 else name


def without_prefix(name: str, level: int, parent_name: str) -> str:
    """淮滨县台头乡 under 淮滨县 is 台头乡. Only where the parent's whole name stands in front and a whole township name follows."""
    if level != TOWNSHIP or len(parent_name) < 2 or not name.startswith(parent_name):
        return name
    rest = name[len(parent_name) :]
    return rest if len(rest) > 2 and split(rest, level).generic else name


def faults(name: str) -> list[str]:
    """What makes a text unusable as a name: `empty`, `control`, `markup`, `formula`, `too_long`; empty when it is usable."""
    if not name:
        return ["empty"]
    if _PLAIN.fullmatch(name):
        return []
    found = []
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in name):
        found.append("control")
    if re.search(r"[<>{}\\]|&\w+;|://", name):
        found.append("markup")
    if name[0] in "=+-@|" or '"' in name:
        found.append("formula")
    if "\ufffd" in name:
        found.append("undecodable")
    if len(name) > LONGEST:
        found.append("too_long")
    return found


# The longest name in the national lists has 36 characters.
LONGEST: Final = 60
_PLAIN: Final = re.compile(rf"[\u4e00-\u9fff]{{1,{LONGEST}}}")  # what nearly every name is made of
