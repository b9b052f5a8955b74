"""Which characters of a name are written together: R1 – R7, R12 and R14 of the spelling rule of 1984 ([84]中地字第17号).

R1  专名 and 通名 apart             R2  a modifier of one syllable joined, of more apart
R3  自然村镇 in one word             R4  a 通名 that became part of the 专名 counts as 专名
R5  a person's name in one word     R6, R7  numerals in letters; ordinals of streets and codes in figures
R12 儿 as r                         R14 buildings and bodies: apart, a 通名 of one syllable joined
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from boundaries.rules.names import split as split_division
from placenames.rules.kinds import Kind, division_level
from placenames.rules.readings import DATA

PROPER, GENERIC, NUMERAL, WHOLE = "proper", "generic", "numeral", "whole"

# Longest first where one ends in another.
ROAD_TERMS: Final = (
    "高速公路", "快速路", "公路", "马路", "环路", "大街", "大道", "胡同", "街", "路", "巷", "弄", "条", "道", "里", "坊",
)  # fmt: skip
NATURAL_TERMS: Final = (
    "群岛", "半岛", "海峡", "高原", "平原", "盆地", "高地", "丘陵", "山脉", "瀑布", "河", "江", "湖", "海", "湾", "岛",
    "山", "峰", "岭", "峡", "谷", "沟", "溪", "潭", "泉", "淀", "洼", "岗", "坡", "塬", "洞", "崖", "关", "水",
)  # fmt: skip
FACILITY_TERMS: Final = (
    "经济技术开发区", "高新技术产业开发区", "经济开发区", "产业集聚区", "开发区", "示范区", "工业园区", "产业园区",
    "工业区", "管理区", "风景名胜区", "风景区", "水库", "运河", "大桥", "立交桥", "桥", "广场", "公园", "火车站",
    "汽车站", "机场", "渡口", "渠", "港", "站", "塘", "闸", "坝", "堤", "隧道", "林场", "农场", "牧场", "矿",
)  # fmt: skip
COMPOUND_TERMS: Final = ("住宅小区", "小区", "花园", "家园", "花苑", "公寓", "嘉园", "乐园", "雅苑", "新村", "大厦", "广场")
_BUILDING: Final = (
    "纪念碑", "纪念馆", "汽车站", "火车站", "博物馆", "图书馆", "体育馆", "体育场", "展览馆", "玻璃厂", "人民政府",
    "大厦", "大楼", "商场", "饭店", "宾馆", "医院", "大学", "学院", "中学", "小学", "学校", "公司", "工厂", "电站",
    "陵园", "公墓",
)  # fmt: skip
_GENERICS: Final = {
    Kind.ROAD: ROAD_TERMS,
    Kind.NATURAL: NATURAL_TERMS,
    Kind.FACILITY: FACILITY_TERMS,
    Kind.COMPOUND: COMPOUND_TERMS,
}

# Generic terms that are two words or more when written.
_PIECES: Final = re.compile(
    r"(?:[^族]{1,3}族)(?=.)|街道(?=办事处)|办事处|社区(?=居)|居民(?=委员会)|村民(?=委员会)|委员会|居委会|村委会|"
    r"高速(?=公路)|经济(?=技术|开发区)|高新(?=技术)|技术|产业(?=开发区|集聚区|园区)|工业(?=园区)|风景(?=名胜区)|住宅(?=小区)|人民(?=政府)"
)
_MODIFIERS: Final = frozenset("东西南北中前后左右上下直小新老")
DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}
_NUMERAL: Final = re.compile(r"(第?)([〇零一二三四五六七八九十百]+)$")
_LONGEST_SURE: Final = 4


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of the name that are written as one word; `role` is proper, generic, numeral or whole (专名 and 通名 in one)."""

    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Split:
    """`rules` that were applied; `sure` False where only somebody who knows the words can tell."""

    parts: tuple[Part, ...]
    rules: tuple[str, ...]
    sure: bool = True

    @property
    def proper(self) -> str:
        return "".join(part.text for part in self.parts if part.role != GENERIC)

    @property
    def generic(self) -> str:
        return "".join(part.text for part in self.parts if part.role == GENERIC)


def split(name: str, kind: Kind | None) -> Split:
    """The words of `name` (one character or more) as a place of `kind`; None: a name that shows no generic term."""
    if kind is Kind.DIVISION:
        return _division(name)
    if kind is Kind.COMMITTEE:
        return _committee(name)
    if kind is Kind.BUILDING:
        return _building(name)
    if kind in (None, Kind.SETTLEMENT):
        compound = kind is Kind.SETTLEMENT and len(name) > 3 and name.endswith(COMPOUND_TERMS[:8])
        if not compound:
            return Split((Part(name, WHOLE),), ("R3",) if kind else (), _er_is_clear(name))
        kind = Kind.COMPOUND
    return _by_generic(name, kind)


def _division(name: str) -> Split:
    level = division_level(name)
    taken = split_division(name, level) if level is not None else None
    if taken is None or not taken.generic:
        return Split((Part(name, WHOLE),), (), sure=len(name) <= _LONGEST_SURE)
    proper, peoples = taken.proper, ""
    if match := re.fullmatch(r"(.+?)((?:回|满|蒙古|壮)族)", proper):
        proper, peoples = match.groups()  # 陈州回族街道
    parts = (Part(proper, PROPER), *_generic_parts(peoples), *_generic_parts(taken.generic))
    return Split(parts, ("R1",), len(proper) <= _LONGEST_SURE)


def _committee(name: str) -> Split:
    for ending in ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "社区", "村民委员会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending):
            proper = name.removesuffix(ending)
            return Split((Part(proper, PROPER), *_generic_parts(ending)), ("R1", "R3"), len(proper) <= _LONGEST_SURE + 1)
    return Split((Part(name, WHOLE),), ("R3",), len(name) <= _LONGEST_SURE + 1)


def _by_generic(name: str, kind: Kind) -> Split:
    generic = next((one for one in _GENERICS[kind] if name.endswith(one) and len(name) > len(one)), "")
    if not generic:
        return Split((Part(name, WHOLE),), (), sure=False)
    rest, rules = name[: -len(generic)], ["R1"]
    numeral: Part | None = None
    if kind is Kind.ROAD:
        rest, numeral = _ordinal(rest)
        if numeral is not None:
            rules.append("R7")
    elif rest.isascii() and rest.isdigit():
        return Split((Part(rest, NUMERAL), *_generic_parts(generic)), ("R1", "R7"))
    if numeral is None and kind in (Kind.ROAD, Kind.NATURAL):
        rest, joined = _modifiers(rest, kind)
        if joined:
            rules.append("R2")
            generic = joined + generic
    proper, more, sure = _proper(rest, kind)
    if kind is Kind.NATURAL and _is_numbered(name):
        rules.append("R6")
    parts = [*(Part(text, PROPER) for text in proper), *([numeral] if numeral else [])]
    return Split((*parts, *_generic_parts(generic)), tuple(rules + more), sure and _er_is_clear(rest))


def _is_numbered(name: str) -> bool:
    return any(character in DIGITS or character in "十百" for character in name)


def _ordinal(rest: str) -> tuple[str, Part | None]:
    """R7: the ordinal at the end of what stands before a street's generic term, in figures.

    五一, 三八, 二七 are digits in a row and no number anybody would count to: they are dates and stay words (R6).
    """
    known = next((row for row in _splits() if rest.startswith(row[0]) and _NUMERAL.match(rest[len(row[0]) :])), None)
    head = known[0] if known else ""
    match = _NUMERAL.match(rest[len(head) :]) if head else _NUMERAL.search(rest)
    if match is None or rest == "":
        return rest, None
    value = number(match[2])
    if value is None:
        return rest, None
    return rest[: len(head) + match.start()], Part(match[0], NUMERAL)


def number(text: str) -> int | None:
    """Chinese numerals below 1,000 as people count (十二, 四十二, 一百零三); None for digits in a row and for what is no number."""
    match = re.fullmatch(r"(?:([一二三四五六七八九])百零?)?(?:([一二三四五六七八九]?)十)?([一二三四五六七八九])?", text)
    if not match or not text:
        return None
    hundreds, tens, ones = match.groups()
    value = 100 * DIGITS.get(hundreds or "", 0) + DIGITS.get(ones or "", 0)
    if tens is not None:
        value += 10 * (DIGITS[tens] if tens else 1)
    return value or None


def _modifiers(rest: str, kind: Kind) -> tuple[str, str]:
    """R2: the modifiers of one syllable before the generic term, which are joined with it; two characters stay before them.

    南小街 and 小南街 are nothing but modifiers: the first is the 专名.
    """
    if kind is Kind.NATURAL:
        # 潮白新河; but 西辽河 and 北雁荡山 have theirs in front, where they belong to the 专名.
        return (rest[:-1], rest[-1]) if len(rest) > 2 and rest[-1] in "新老" else (rest, "")
    if len(rest) > 1 and all(character in _MODIFIERS for character in rest):
        return rest[0], rest[1:]
    joined = ""
    while len(rest) > 2 and rest[-1] in _MODIFIERS:
        rest, joined = rest[:-1], rest[-1] + joined
    return rest, joined


def _proper(rest: str, kind: Kind) -> tuple[list[str], list[str], bool]:
    """The words of what stands before the generic term."""
    if not rest:
        return [], [], True
    for text, parts in _splits():
        if rest == text:
            return list(parts), ["R2"], True
    if kind is Kind.ROAD:
        if "胡同" in rest[1:]:
            # 包头/胡同/东巷: a generic term of two syllables that became part of the proper name stands apart.
            head, tail = rest.split("胡同", 1)
            return [one for one in (head, "胡同", tail) if one], ["R4"], True
        if len(rest) > 2 and rest.endswith(("路", "街", "巷")):
            return [rest], ["R4"], len(rest) <= _LONGEST_SURE
    if kind is Kind.NATURAL and (match := re.match(r"第[一二三四五六七八九十]+(?=..)", rest)):
        return [match[0], rest[match.end() :]], ["R2"], True
    return [rest], [], len(rest) <= _LONGEST_SURE


def _building(name: str) -> Split:
    """R14. Words between the proper name and the generic term are told by a list; what is longer is for a person."""
    parts: list[Part] = []
    rest = name
    while match := re.match(r"(.{1,4}?)(自治县|省|市(?!场)|县|区(?!域))(?=.{2,})", rest):
        parts += [Part(match[1], PROPER), Part(match[2], GENERIC)]
        rest = rest[match.end() :]
    generic = next((one for one in _BUILDING if rest.endswith(one)), "")
    middle = rest[: len(rest) - len(generic)]
    words: list[Part] = []
    while word := next((one for one in _words() if middle.endswith(one)), ""):
        words.insert(0, Part(word, PROPER))
        middle = middle[: -len(word)]
    if middle:
        words.insert(0, Part(middle, PROPER if generic or words else WHOLE))
    if generic:
        words += _generic_parts(generic)
    return Split((*parts, *words), ("R14",), len(middle) <= _LONGEST_SURE)


def _generic_parts(generic: str) -> list[Part]:
    return [Part(text, GENERIC) for text in _pieces(generic)]


def _pieces(generic: str) -> Iterator[str]:
    position = 0
    while position < len(generic):
        match = _PIECES.match(generic, position)
        end = match.end() if match else len(generic)
        yield generic[position:end]
        position = end


def _er_is_clear(text: str) -> bool:
    """R12 says how 儿 is written, not when it is a syllable of its own."""
    return "儿" not in text[1:] or any(word in text for words in _er().values() for word in words)


def er_is_r(part: str) -> bool:
    """R12: 盆儿 is Pénr. 女儿河 keeps its syllable."""
    return len(part) > 1 and part.endswith("儿") and not part.endswith(_er()["syllable"])


@cache
def _er() -> dict[str, tuple[str, ...]]:
    rows = tomllib.loads((DATA / "splits.toml").read_text("utf-8"))["er"]
    return {key: tuple(words) for key, words in rows.items()}


@cache
def _splits() -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = tomllib.loads((DATA / "splits.toml").read_text("utf-8"))["split"]
    return tuple((row["text"], tuple(row["parts"])) for row in sorted(rows, key=lambda row: -len(row["text"])))


@cache
def _words() -> tuple[str, ...]:
    words: list[str] = tomllib.loads((DATA / "splits.toml").read_text("utf-8"))["words"]["list"]
    return tuple(words)
