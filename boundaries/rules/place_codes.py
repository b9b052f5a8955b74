"""Codes of place names, twenty digits, and villages entered twice: CODE-10 and CODE-11.

County (6), township (3), class after GB/T 18521 (5), serial (6). The official table of classes was not seen; it is data the office
loads, and without it the class is not judged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.names import VILLAGE, split

BASIS_CODE = "国家地名数据库代码编制规则（民地办发〔2010〕1号，依公开资料）"
BASIS_PAIR = "地名分类代码的使用（依公开资料）"

# The village as an area (群众自治组织) and its committee as an organisation (单位): one village, two records.
CLASS_PAIRS: Final = {"21610": "27610", "21620": "27620"}
_ORGANISATIONS: Final = {organisation: area for area, organisation in CLASS_PAIRS.items()}


@dataclass(frozen=True, slots=True)
class PlaceCode:
    county: str
    township: str
    place_class: str
    serial: str

    @property
    def division(self) -> str:
        """The nine digits of the township."""
        return self.county + self.township


def parse_place_code(text: str) -> PlaceCode | None:
    """The parts of a code, None for anything but twenty digits."""
    match = re.fullmatch(r"([1-9][0-9]{5})([0-9]{3})([0-9]{5})([0-9]{6})", text.strip())
    return PlaceCode(*match.groups()) if match else None


def check_place_codes(codes: Iterable[str], classes: Collection[str] | None) -> list[Finding]:
    """CODE-10 on a list of codes: form, class, and no code twice. classes: the loaded table, None where there is none."""
    texts = [code.strip() for code in codes]
    found = []
    if classes is None and texts:
        found.append(
            Finding("CODE-10", Severity.INFO, BASIS_CODE, "classes_not_loaded", "未载入地名分类代码表，没有核对类别。",
                    "No table of classes is loaded; classes were not checked.", "classes")
        )  # fmt: skip
    for text, times in Counter(texts).items():
        parsed = parse_place_code(text)
        if parsed is None:
            found.append(_code_finding("malformed", text, f"“{text}”不是20位地名代码（6+3+5+6）。",
                                       f"“{text}” is no place-name code of 6+3+5+6 digits."))  # fmt: skip
            continue
        if classes is not None and parsed.place_class not in classes:
            found.append(_code_finding("class_unknown", text, f"地名代码{text}的类别{parsed.place_class}不在分类代码表中。",
                                       f"Class {parsed.place_class} of {text} is not in the table."))  # fmt: skip
        if times > 1:
            found.append(_code_finding("serial_not_unique", text, f"地名代码{text}出现{times}次，同类顺序号应唯一。",
                                       f"Code {text} appears {times} times; the serial is unique in its class."))  # fmt: skip
    return found


def _code_finding(code: str, subject: str, zh: str, en: str) -> Finding:
    return Finding("CODE-10", Severity.WARN, BASIS_CODE, code, zh, en, subject)


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """linked: identifiers of records that are the same village."""

    id: str
    code: PlaceCode
    name: str
    linked: frozenset[str] = frozenset()

    @property
    def village(self) -> tuple[str, str, str]:
        """What an area and its organisation have in common: township, kind of village, name without its ending."""
        area_class = _ORGANISATIONS.get(self.code.place_class, self.code.place_class)
        return self.code.division, area_class, split(self.name, VILLAGE).key


def check_class_pairs(records: Iterable[PlaceRecord]) -> list[Finding]:
    """CODE-11: the area 216xx and the organisation 276xx of one village are linked."""
    areas, organisations = _sides(records)
    linked = _links(areas, organisations)
    open_areas = {one.village: one for one in areas if not any(one.id in link for link in linked)}
    return [
        Finding("CODE-11", Severity.WARN, BASIS_PAIR, "pair_not_linked",
                f"“{open_areas[one.village].name}”（{open_areas[one.village].code.place_class}）与“{one.name}”"
                f"（{one.code.place_class}）是同一村（居），应关联，不重复计数。",
                f"“{open_areas[one.village].name}” and “{one.name}” are one village; link them and count it once.", one.id)
        for one in organisations
        if one.village in open_areas and not any(one.id in link for link in linked)
    ]  # fmt: skip


def count_villages(records: Iterable[PlaceRecord]) -> int:
    """Villages among the records, each once: linked pairs, and pairs that only agree in township, kind and name."""
    areas, organisations = _sides(records)
    linked = _links(areas, organisations)
    paired = {identifier for link in linked for identifier in link}
    left = Counter(one.village for one in areas if one.id not in paired)
    right = Counter(one.village for one in organisations if one.id not in paired)
    return len(linked) + (left | right).total()


def _sides(records: Iterable[PlaceRecord]) -> tuple[list[PlaceRecord], list[PlaceRecord]]:
    everything = list(records)
    return (
        [one for one in everything if one.code.place_class in CLASS_PAIRS],
        [one for one in everything if one.code.place_class in _ORGANISATIONS],
    )


def _links(areas: Iterable[PlaceRecord], organisations: Collection[PlaceRecord]) -> set[frozenset[str]]:
    by_id = {one.id: one for one in organisations}
    links = {frozenset({area.id, other}) for area in areas for other in area.linked if other in by_id}
    wanted = {area.id for area in areas}
    return links | {frozenset({one.id, other}) for one in organisations for other in one.linked if other in wanted}
