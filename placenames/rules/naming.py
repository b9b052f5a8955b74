"""The rules on a proposed name (domain of 《地名管理条例》第九条, 第十条): duplicates, homophones, characters, lists, structure.

Pure: what is there already, and the lists the law refers to, are given. A list that is not loaded is told as "not checked".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pypinyin_dict.pinyin_data import ktghz2013

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.names import TOWNSHIP, split
from placenames.rules.naming_kinds import DIVISIONS, NamedKind
from placenames.rules.readings import UnreadableError
from placenames.rules.spelling import spell
from placenames.rules.splitting import COMPOUND_TERMS, FACILITY_TERMS, NATURAL_TERMS, ROAD_TERMS

_LAW: Final = "地名管理条例"
BASIS_DUP: Final = f"{_LAW}第九条第一款第八项"
BASIS_NATION: Final = f"{_LAW}第九条第一款第七项"
BASIS_DUP_02: Final = f"{_LAW}第九条第一款第八项（同专名是否重名，条文未明，提示）"
BASIS_DUP_06: Final = "条例未列街道；湖南省设立街道标准有此要求（参照）"
BASIS_DUP_07: Final = "原河南省地名管理办法（156号，二手），以现行234号令为准"
BASIS_CHR: Final = f"{_LAW}第九条第一款第三项；通用规范汉字表"
BASIS_PER: Final = f"{_LAW}第九条第一款第四项；实施办法（民政部令第71号）第三条"
BASIS_FOR: Final = f"{_LAW}第九条第一款第五项"
BASIS_COM: Final = f"{_LAW}第九条第一款第六项；实施办法（民政部令第71号）第四条"
BASIS_FAM: Final = f"{_LAW}第九条第一款第九项"
BASIS_GEN: Final = f"{_LAW}第九条第一款第一项；河南省地名管理办法（草案，二手）"
BASIS_GEN_02: Final = "河南省地名管理办法（草案及2013年规章，二手）"
BASIS_FIT: Final = f"{_LAW}第九条第一款第二项"

# Lists the law refers to but does not print: key → what it holds.
LISTS: Final[Mapping[str, str]] = {
    "leaders": "国家领导人姓名",
    "persons": "人名（含别名、虚构人物）",
    "foreign_names": "外国人名、地名",
    "trademarks": "企业名称、商标名称",
    "protected_features": "全国著名的自然地理实体、历史文化遗产遗址",
    "national_divisions": "全国县级以上行政区划名称",
    "characters_level_3": "通用规范汉字表三级字",
    "place_classes": "地名分类与类别代码（正式表）",
}
Lists = Mapping[str, Collection[str] | None]


@dataclass(frozen=True, slots=True)
class Existing:
    """A name that is there already, in the scope of the rule it is given to. `kind` as a `NamedKind`.

    distance_m   geodesic metres from where the name would lie, None where either has no position
    lon, lat     a point of it, degrees of CGCS2000
    """

    name: str
    kind: NamedKind
    code: str = ""
    area: str = ""
    distance_m: float | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the names it is about."""

    finding: Finding
    others: tuple[Existing, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    proper: str
    generic: str


def parts_of(name: str, kind: NamedKind) -> Parts:
    """专名 and 通名 as the kind of place has them; no 通名 where the name shows none."""
    if kind in DIVISIONS or kind in (NamedKind.VILLAGE, NamedKind.COMMUNITY):
        from placenames.rules.kinds import division_level

        level = division_level(name) if kind not in (NamedKind.VILLAGE, NamedKind.COMMUNITY) else 5
        taken = split(name, level or TOWNSHIP)
        return Parts(taken.proper, taken.generic)
    generic = next((one for one in _TERMS.get(kind, ()) if name.endswith(one) and len(name) > len(one)), "")
    return Parts(name[: len(name) - len(generic)], generic)


_VILLAGE_ENDS: Final = tuple("村庄寨屯营集店铺坡湾沟岗楼庙洼垌坪堡桥河口岭山坊园场圪")
_TERMS: Final[Mapping[NamedKind, tuple[str, ...]]] = {
    NamedKind.ROAD: ROAD_TERMS,
    NamedKind.COMPOUND: COMPOUND_TERMS,
    NamedKind.NATURAL: NATURAL_TERMS,
    NamedKind.FACILITY: FACILITY_TERMS,
    NamedKind.BUILDING: ("大厦", "大楼", "中心", "广场", "公寓", "楼", "塔", "馆", "院", "城"),
    NamedKind.NATURAL_VILLAGE: _VILLAGE_ENDS,
}


# --- duplicates and homophones ----------------------------------------------------------------------------------------


def check_duplicates(name: str, kind: NamedKind, existing: Iterable[Existing]) -> list[Found]:
    """NAME-DUP-01 … 07 against names in the kind's scope; the caller has left out the unit that is being renamed."""
    others = list(existing)
    same = tuple(one for one in others if _same_name(name, one.name, kind))
    found = []
    if same:
        rule, severity, basis, where_zh, where_en = _DUPLICATE[kind]
        names = "、".join(f"{one.area}{one.name}" for one in same[:8])
        found.append(
            Found(
                Finding(rule, severity, basis, "duplicate", f"{where_zh}已有同名{len(same)}处：{names}。",
                        f"{len(same)} of the same name {where_en}.", name),
                same,
            )
        )  # fmt: skip
    if kind in (NamedKind.TOWN, NamedKind.TOWNSHIP):
        own = parts_of(name, kind)
        alike = tuple(
            one for one in others
            if one.kind in (NamedKind.TOWN, NamedKind.TOWNSHIP) and one not in same
            and parts_of(one.name, one.kind).proper == own.proper and own.generic
        )  # fmt: skip
        if alike:
            names = "、".join(f"{one.area}{one.name}" for one in alike[:8])
            found.append(
                Found(
                    Finding("NAME-DUP-02", Severity.WARN, BASIS_DUP_02, "same_proper_name",
                            f"本省已有专名相同、通名不同的：{names}。", "The province has units of the same specific name.", name),
                    alike,
                )
            )  # fmt: skip
    return found


_DUPLICATE: Final = {
    NamedKind.COUNTY: ("NAME-DUP-03", Severity.BLOCK, BASIS_NATION, "登记中", "in the register"),
    NamedKind.TOWN: ("NAME-DUP-01", Severity.BLOCK, BASIS_DUP, "本省", "in the province"),
    NamedKind.TOWNSHIP: ("NAME-DUP-01", Severity.BLOCK, BASIS_DUP, "本省", "in the province"),
    NamedKind.SUBDISTRICT: ("NAME-DUP-06", Severity.WARN, BASIS_DUP_06, "本省", "in the province"),
    NamedKind.VILLAGE: ("NAME-DUP-04", Severity.BLOCK, BASIS_DUP, "本县（市、区）", "in the county"),
    NamedKind.COMMUNITY: ("NAME-DUP-04", Severity.BLOCK, BASIS_DUP, "本县（市、区）", "in the county"),
    NamedKind.NATURAL_VILLAGE: ("NAME-DUP-07", Severity.WARN, BASIS_DUP_07, "本乡（镇、街道）", "in the township"),
    # Blocks only within one built-up area, and no outline of one is at hand: a person judges.
    NamedKind.ROAD: ("NAME-DUP-05", Severity.WARN, BASIS_DUP, "本县（市、区）", "in the county"),
    NamedKind.COMPOUND: ("NAME-DUP-05", Severity.WARN, BASIS_DUP, "本县（市、区）", "in the county"),
    NamedKind.BUILDING: ("NAME-DUP-05", Severity.WARN, BASIS_DUP, "本县（市、区）", "in the county"),
    NamedKind.NATURAL: ("NAME-DUP-03", Severity.WARN, BASIS_NATION, "登记中", "in the register"),
    NamedKind.FACILITY: ("NAME-DUP-05", Severity.WARN, BASIS_DUP, "本县（市、区）", "in the county"),
}  # fmt: skip


def _same_name(name: str, other: str, kind: NamedKind) -> bool:
    if name == other:
        return True
    if kind in (NamedKind.VILLAGE, NamedKind.COMMUNITY):
        return split(name, 5).key == split(other, 5).key
    return kind is NamedKind.SUBDISTRICT and split(name, TOWNSHIP).key == split(other, TOWNSHIP).key


def check_homophones(name: str, kind: NamedKind, existing: Iterable[Existing], area: str) -> list[Found]:
    """NAME-HOM-01: another name in the scope whose 专名 sounds the same, tones and all. Written the same it is a duplicate.

    Readings nobody has settled are taken as proposed; the message says so. `area`: the code readings are taken from.
    """
    own = parts_of(name, kind).proper
    sound, settled = reading_of(own, area)
    if not sound:
        return []
    alike = []
    for one in existing:
        proper = parts_of(one.name, one.kind).proper
        if proper != own and len(proper) == len(own) and reading_of(proper, one.code or area)[0] == sound:
            alike.append(one)
    if not alike:
        return []
    names = "、".join(f"{one.area}{one.name}" for one in alike[:8])
    doubt = "" if settled else "（读音有多音字，尚未认定）"
    return [
        Found(
            Finding("NAME-HOM-01", Severity.WARN, BASIS_DUP, "homophone", f"专名同音{doubt}：{names}。应避免同音。",
                    "The specific part sounds the same as others' in the scope.", name),
            tuple(alike),
        )
    ]  # fmt: skip


@cache
def reading_of(text: str, area: str) -> tuple[str, bool]:
    """Toned syllables of a text and whether all are settled; empty where it cannot be read. `area`: a code, of which six digits
    count.
    """
    try:
        own = spell(text, None, area[:6] or "41")
    except UnreadableError:
        return "", False
    return " ".join(one.reading for one in own.syllables), all(one.settled for one in own.syllables)


# Pairs that are taken for one another in writing and do not sound alike.
_LOOK_ALIKE: Final = (
    "沁泌",
    "郏陕",
    "汜氾",
    "褚禇",
    "柿杮",
    "未末",
    "土士",
    "戍戌",
    "圮圯",
    "菅管",
    "崔雀",
    "己已",
    "侯候",
    "柘拓",
    "睢雎",
)


def check_look_alikes(name: str, kind: NamedKind, existing: Iterable[Existing]) -> list[Found]:
    """A hint beside NAME-HOM-01: another name in the scope that differs in one character of a pair people confuse."""
    own = parts_of(name, kind).proper
    alike = tuple(one for one in existing if _differ_by_a_pair(own, parts_of(one.name, one.kind).proper))
    if not alike:
        return []
    names = "、".join(f"{one.area}{one.name}" for one in alike[:8])
    return [
        Found(
            Finding("NAME-HOM-01", Severity.INFO, BASIS_DUP, "look_alike", f"字形相近，易写混（不同音）：{names}。",
                    "Looks like other names in the scope, though it does not sound like them.", name),
            alike,
        )
    ]  # fmt: skip


def _differ_by_a_pair(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    differing = {a + b for a, b in zip(one, other, strict=True) if a != b}
    return len(differing) == 1 and any(set(pair) == set(next(iter(differing))) for pair in _LOOK_ALIKE)


# --- characters -------------------------------------------------------------------------------------------------------


def check_characters(name: str, lists: Lists) -> list[Found]:
    """NAME-CHR-01 … 03."""
    found = []
    han = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af〇]")
    strange = sorted({one for one in name if not han.fullmatch(one)})
    if strange:
        found.append(
            _block("NAME-CHR-03", BASIS_CHR, "not_han", f"地名用国家通用语言文字，不用字母、数字、符号：{'、'.join(strange)}。",
                   "A name holds Han characters only.", name)
        )  # fmt: skip
    outside = sorted({one for one in name if han.fullmatch(one) and ord(one) not in ktghz2013.pinyin_dict and one != "〇"})
    for character in outside:
        twin = next((pair.replace(character, "") for pair in _LOOK_ALIKE if character in pair), "")
        hint = f"是否“{twin}”的误写？" if twin and ord(twin) in ktghz2013.pinyin_dict else ""
        found.append(
            _block("NAME-CHR-01", BASIS_CHR, "not_standard",
                   f"“{character}”（U+{ord(character):04X}）不在通用规范汉字表（8105字）中：繁体、异体或未收字。{hint}",
                   f"“{character}” is not among the 8,105 standard characters.", character)
        )  # fmt: skip
    rare = lists.get("characters_level_3")
    if rare is None:
        found.append(not_checked("NAME-CHR-02", BASIS_CHR, "characters_level_3"))
    elif hits := sorted(set(name) & set(rare)):
        found.append(
            Found(Finding("NAME-CHR-02", Severity.WARN, BASIS_CHR, "rare", f"可能生僻的字：{'、'.join(hits)}。",
                          "Characters that may be rare.", name))
        )  # fmt: skip
    return found


# --- lists ------------------------------------------------------------------------------------------------------------

_LIST_RULES: Final = (
    ("NAME-PER-01", "leaders", Severity.BLOCK, BASIS_PER, "不得以国家领导人的姓名作地名", "the name of a leader", True),
    ("NAME-PER-02", "persons", Severity.WARN, BASIS_PER, "一般不以人名作地名；没有特定联系的，由人认定", "a person's name", False),
    ("NAME-FOR-01", "foreign_names", Severity.BLOCK, BASIS_FOR, "不以外国人名、地名作地名", "a foreign name", True),
    ("NAME-COM-01", "trademarks", Severity.WARN, BASIS_COM, "不以企业名称、商标名称作地名；没有特定联系的，由人认定",
     "a company's name or a trademark", False),
)  # fmt: skip


def check_lists(name: str, kind: NamedKind, lists: Lists) -> list[Found]:
    """NAME-PER-01, -02, NAME-FOR-01, NAME-COM-01, and of divisions NAME-FAM-01; what is not loaded is not checked."""
    proper = parts_of(name, kind).proper
    found = []
    for rule, key, severity, basis, zh, en, within in _LIST_RULES:
        entries = lists.get(key)
        if entries is None:
            found.append(not_checked(rule, basis, key))
            continue
        hits = sorted(one for one in entries if one and (one == proper or (within and len(one) > 1 and one in proper)))
        if hits:
            told = f"专名“{proper}”与名单“{LISTS[key]}”中的{'、'.join(hits)}相同或包含：{zh}。"
            found.append(Found(Finding(rule, severity, basis, "on_list", told, f"The specific part is {en}.", name)))
    if kind in DIVISIONS:
        found += _famous(name, proper, lists.get("protected_features"))
    return found


def _famous(name: str, proper: str, entries: Collection[str] | None) -> list[Found]:
    if entries is None:
        return [not_checked("NAME-FAM-01", BASIS_FAM, "protected_features")]
    if proper not in entries:
        return []
    told = f"“{proper}”是全国著名的自然地理实体或历史文化遗产遗址的名称，不作行政区划专名。"
    return [_block("NAME-FAM-01", BASIS_FAM, "on_list", told, "The specific part is a nationally known feature.", name)]


def not_checked(rule: str, basis: str, key: str) -> Found:
    told = f"未载入名单“{LISTS[key]}”，本项未核对。"
    return Found(Finding(rule, Severity.INFO, basis, "not_checked", told, f"The list {key} is not loaded; not checked.", key))


# --- structure --------------------------------------------------------------------------------------------------------

_FITTING: Final = {
    NamedKind.COUNTY: ("省", "市", "县", "区", "州", "盟", "旗"), NamedKind.TOWN: ("镇",), NamedKind.TOWNSHIP: ("乡",),
    NamedKind.SUBDISTRICT: ("街道", "街道办事处"), NamedKind.VILLAGE: ("村", "村委会", "村民委员会"),
    NamedKind.COMMUNITY: ("社区", "居委会", "居民委员会"), NamedKind.ROAD: ROAD_TERMS,
}  # fmt: skip
_STACKABLE: Final = ("路", "街", "巷", "道", "胡同", "大道", "大街", "镇", "乡", "县", "村", "社区", "街道", "小区")


def check_structure(name: str, kind: NamedKind, old_names: Collection[str] = ()) -> list[Found]:
    """NAME-GEN-01, NAME-GEN-02, NAME-FIT-01. old_names: names that are fixed of old and may be stacked."""
    parts = parts_of(name, kind)
    alone = any(name == one for terms in (*_FITTING.values(), *_TERMS.values()) for one in terms)
    if alone:
        return [_block("NAME-GEN-01", BASIS_GEN, "generic_alone", f"“{name}”只有通名，没有专名。", "A generic term alone.", name)]
    if not parts.generic:
        return [
            _block("NAME-GEN-01", BASIS_GEN, "no_generic", f"“{name}”没有通名，地名由专名和通名组成。", "No generic term.", name)
        ]
    found = []
    stacked = next((one for one in _STACKABLE if parts.proper.endswith(one) and len(parts.proper) > len(one)), "")
    if stacked and kind in (*DIVISIONS, NamedKind.ROAD, NamedKind.COMPOUND) and parts.proper not in old_names:
        # 一马路街道, 城关镇街道: a road or town that gave its name is a 专名 by now when it is on record.
        told = f"通名“{stacked}”与“{parts.generic}”叠用。"
        found.append(
            Found(Finding("NAME-GEN-02", Severity.WARN, BASIS_GEN_02, "stacked", told, "Generic terms are stacked.", name))
        )
    fitting = _FITTING.get(kind)
    if fitting and not parts.generic.endswith(fitting):
        told = f"通名“{parts.generic}”与所命名的地名类别不相称，应为{'、'.join(fitting[:4])}。"
        found.append(Found(Finding("NAME-FIT-01", Severity.WARN, BASIS_FIT, "unfit", told, "The generic term does not fit.", name)))
    elif kind not in DIVISIONS and name.endswith(("镇", "乡", "街道")):
        told = f"“{name[-1]}”用于行政区划，这里不是。"
        found.append(Found(Finding("NAME-FIT-01", Severity.WARN, BASIS_FIT, "unfit", told, "This term is for divisions.", name)))
    return found


def _block(rule: str, basis: str, code: str, zh: str, en: str, subject: str) -> Found:
    return Found(Finding(rule, Severity.BLOCK, basis, code, zh, en, subject))


def collisions(found: Sequence[Found]) -> list[Existing]:
    """Every name that a finding is about, once."""
    return list(dict.fromkeys(other for one in found for other in one.others))
