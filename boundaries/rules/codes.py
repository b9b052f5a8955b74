"""Division codes: canonical digits, what level they stand for, and the rules CODE-01, CODE-02, CODE-08 and CODE-09.

GB/T 2260 gives six digits down to the county, GB/T 10114 three more for townships, the statistical code (统计用区划代码) twelve for
villages. The segments were seen in secondary sources only, so what does not fit them is a warning, never a refusal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from boundaries.rules.finding import Finding, Severity

LENGTH: Final = {1: 6, 2: 6, 3: 6, 4: 9, 5: 12}
_MEANINGFUL: Final = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}

_LENGTHS: Final = (2, 4, 6, 9, 12)

MCA, NBS = "mca", "nbs"


class CodeError(ValueError):
    """Text that is no code of the level: `reason` is empty, not_digits, scientific, length or level; `level` what it is instead."""

    def __init__(self, reason: str, level: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.level = level


def digits(text: str) -> str:
    """The digits of a code as files write them: blanks around, full-width digits, a spreadsheet's ".0". Raises `CodeError`."""
    if text.isascii() and text.isdigit() and len(text) in _LENGTHS and text[0] != "0":
        return text
    plain = unicodedata.normalize("NFKC", text).strip().strip("'\ufeff")
    if not plain:
        raise CodeError("empty")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", plain):
        raise CodeError("scientific")
    plain = re.sub(r"\.0+$", "", plain)
    if not re.fullmatch(r"[0-9]+", plain):
        raise CodeError("not_digits")
    if len(plain) not in _LENGTHS or plain[0] == "0":
        raise CodeError("length")
    return plain


def level_of(code: str) -> int:
    """Level from the digits alone, zeros at the end standing for "nothing below": 410000 → 1, 410100 → 2, 410102001000 → 4."""
    meant = len(code.rstrip("0"))
    for level, meaningful in _MEANINGFUL.items():
        if meant <= meaningful:
            return level
    return 5


def canonical(text: str, level: int) -> str:
    """The code of a division of `level`, in the length of its level: "4101" → "410100", "410102001000" → "410102001".

    Raises `CodeError`; a code whose digits belong to another level has reason `level`.
    """
    code = digits(text)
    actual = level_of(code)
    if actual != level:
        raise CodeError("level", actual)
    return code if len(code) == LENGTH[level] else code.ljust(12, "0")[: LENGTH[level]]


def parent_of(code: str, level: int) -> str | None:
    """The canonical code of the parent as the digits say; 419001 (a county under the province) has 410000. None for a province."""
    if level == 1:
        return None
    if level == 2 or (level == 3 and code[2:4] == "90"):
        return code[:2] + "0000"
    if level == 3:
        return code[:4] + "00"
    return code[: _MEANINGFUL[level - 1]]


def is_grouping(code: str) -> bool:
    """Rows that only group others: NN01 市辖区 at county level, NN90 省直辖县级行政区划 at prefecture level."""
    return len(code) == 6 and (
        (code[4:6] == "01" and code[2:4] != "90" and code[2:4] != "00") or (code[2:4] == "90" and code[4:6] == "00")
    )


def is_development_zone(code: str) -> bool:
    """A county segment 71–79: development zones and the like, given by the statistical offices only."""
    return code[4:5] == "7" and code[5:6] != "0"


def township_segment(code: str) -> int:
    return int(code[6:9])


def may_be_legal(code: str, level: int) -> bool:
    """False where the digits can only be a statistical code: zones at county level, township segments from 400 on, groups."""
    if level >= 3 and is_development_zone(code):
        return False
    if level <= 3 and is_grouping(code):
        return False
    return not (level >= 4 and township_segment(code) >= 400) and level <= 4


def kind_of_village(code: str) -> str:
    """CODE-09: what the last three digits say of a village unit."""
    serial = int(code[9:12])
    if 1 <= serial <= 199:
        return "residents_committee"
    return "village_committee" if 200 <= serial <= 399 else "statistical"


# Digits 7–9 by type. Numbers from 400 on belong to no type of the law.
TOWNSHIP_SEGMENTS: Final[Mapping[str, range]] = {
    "subdistrict": range(1, 100),
    "town": range(100, 200),
    "township": range(200, 400),
    "ethnic_township": range(200, 400),
}
_PREFECTURE_SEGMENTS: Final = (range(1, 21), range(21, 51), range(51, 71), range(90, 91))


def check_code(code: str, level: int, kind: str, authority: str, parent: str | None = None) -> list[Finding]:
    """What the rules say of one canonical code: findings of severity WARN, none for a code without reproach.

    kind    type of the division, "unknown" where its name does not say
    parent  canonical code of the parent, where one was stated
    """
    return [
        Finding(rule, Severity.WARN, _BASES[rule], what, *sentences(what, code), subject=code)
        for rule, what in flaws(code, level, kind, authority, parent)
    ]


def flaws(code: str, level: int, kind: str, authority: str, parent: str | None = None) -> list[tuple[str, str]]:
    """As `check_code`, in short: the rule's identifier and what is wrong, whose words are `sentences`. For lists of very many."""
    if authority == MCA and not may_be_legal(code, level):
        return [("CODE-08", "looks_statistical")]
    found = []
    if level in (2, 3):
        found += _county_or_prefecture(code, level, kind)
    if level == 4:
        found += _township(code, kind, authority, parent)
    if level == 5 and authority == NBS and not 1 <= int(code[9:12]) <= 399:
        found.append(("CODE-09", "village_serial_unknown"))
    return found


def sentences(what: str, code: str) -> tuple[str, str]:
    """What is wrong with the code, in Chinese and English."""
    zh, en = _SENTENCES[what]
    return zh.format(code=code), en.format(code=code)


def _county_or_prefecture(code: str, level: int, kind: str) -> list[tuple[str, str]]:
    if not any(int(code[2:4]) in segment for segment in _PREFECTURE_SEGMENTS):
        return [("CODE-01", "prefecture_segment_unknown")]
    if level == 2 or code[2:4] == "90" or is_development_zone(code) or is_grouping(code):
        return []
    serial = int(code[4:6])
    expected = "district" if serial <= 20 else "county_city" if serial >= 81 else "county"
    same = {"county": {"county", "autonomous_county"}}.get(expected, {expected})
    return [] if kind in same or kind in {"unknown", "statistical"} else [("CODE-01", "county_segment_mismatch")]


def _township(code: str, kind: str, authority: str, parent: str | None) -> list[tuple[str, str]]:
    found = []
    if authority == MCA and parent is not None and len(parent) == 6 and code[:6] != parent:
        found.append(("CODE-02", "not_under_parent"))
    segment = township_segment(code)
    if authority == MCA and kind in TOWNSHIP_SEGMENTS and segment not in TOWNSHIP_SEGMENTS[kind]:
        found.append(("CODE-02", "township_segment_mismatch"))
    return found


_BASES: Final = {
    "CODE-01": "GB/T 2260（依公开资料，未见标准原文）",
    "CODE-02": "GB/T 10114（依公开资料，未见标准原文）",
    "CODE-08": "《行政区划代码管理办法》与统计用区划代码并行，不得混用",
    "CODE-09": "统计用区划代码规则（依公开资料）",
}
_SENTENCES: Final = {
    "looks_statistical": (
        "代码 {code} 不像民政法定代码（开发区段、400 以后的乡级段、市辖区汇总或村级）。如为统计用区划代码，请加 --authority nbs。",
        "Code {code} does not look like a legal code (a zone, a township segment from 400 on, a grouping row or a village). "
        "If the list is statistical, add --authority nbs.",
    ),
    "prefecture_segment_unknown": (
        "代码 {code} 的第 3–4 位不在地级代码段内。",
        "Digits 3–4 of code {code} are in no segment of prefectures.",
    ),
    "county_segment_mismatch": (
        "代码 {code} 的第 5–6 位与建制类型不符（01–20 市辖区，21–80 县，81–99 县级市）。",
        "Digits 5–6 of code {code} do not fit the type (01–20 districts, 21–80 counties, 81–99 county-level cities).",
    ),
    "not_under_parent": (
        "代码 {code} 的前 6 位与上级代码不一致。",
        "The first 6 digits of code {code} are not its parent's code.",
    ),
    "township_segment_mismatch": (
        "代码 {code} 的第 7–9 位与建制类型不符（001–099 街道，100–199 镇，200–399 乡）。",
        "Digits 7–9 of code {code} do not fit the type (001–099 sub-districts, 100–199 towns, 200–399 townships).",
    ),
    "village_serial_unknown": (
        "代码 {code} 的末三位不在居委会（001–199）和村委会（200–399）段内。",
        "The last three digits of code {code} are neither of residents' (001–199) nor of villagers' committees (200–399).",
    ),
}
