"""BND-STK-03 and -04: numbers of markers as text, and their order along a line.

Only provincial lines have a known form: line number (4 digits) + serial from 001 + type letter (GB/T 17796 as reported; the split
4+3+1 is derived). How lines of cities, counties and townships number their markers was not found: free text, unless the office sets
a pattern for the level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from boundaries.rules.finding import Finding, Severity

CODE_BASIS = "GB/T 17796-2009（二手；4+3+1的分段为推定）"
PROVINCE = 1
_FULL = re.compile(r"(?P<line>\d{4})(?P<serial>\d{3})(?P<type>[A-Z])", re.ASCII)
_NO_TYPE = re.compile(r"\d{7}", re.ASCII)
_GROUPS = ("AB", "CDE")
_LETTERS = {"single": "Q", "double": "AB", "triple": "CDE"}
_KINDS_ZH = {"single": "单立", "double": "同号双立", "triple": "同号三立"}


def check_marker_codes(
    numbers: Iterable[str], level: int, kinds: Mapping[str, str] | None = None, patterns: Mapping[int, str] | None = None
) -> list[Finding]:
    """All markers of one line of `level` (1 to 4). `kinds`: number to single, double or triple, where known; `patterns`: level to a
    regular expression the whole number must match, for levels below the province.
    """
    known = [number.strip() for number in numbers]
    if level != PROVINCE:
        pattern = (patterns or {}).get(level, "")
        return [] if not pattern else [_own_pattern(one, pattern) for one in known if not re.fullmatch(pattern, one)]
    findings = [finding for one in known for finding in _provincial(one, set(known))]
    for number, kind in (kinds or {}).items():
        if _FULL.fullmatch(number) and number[-1] not in _LETTERS.get(kind, number[-1]):
            findings.append(
                _code("kind_differs", number, f"界桩{number}的类型码与登记的类型“{_KINDS_ZH[kind]}”不符。",
                      f"The type letter of marker {number} does not fit its kind ({kind}).")
            )  # fmt: skip
    return findings


def check_order(markers: Sequence[tuple[str, float, float, float | None]]) -> list[Finding]:
    """BND-STK-04. `markers`: (number, longitude, latitude, chainage). Serials rise along the line, from west to east or north to
    south; markers without a serial or chainage take no part.
    """
    known = [(serial, lon, lat, chainage) for number, lon, lat, chainage in markers if chainage is not None
             and (serial := _serial(number)) is not None]  # fmt: skip
    known.sort(key=lambda one: one[3])
    if len(known) < 2 or known[0][0] == known[-1][0]:
        return []
    findings = []
    rising = known[-1][0] > known[0][0]
    steps = [b[0] - a[0] for a, b in pairwise(known)]
    if any((step < 0) if rising else (step > 0) for step in steps):
        findings.append(_order("not_in_sequence", "界桩顺序号沿界线不是依次递增。", "Serials do not rise along the line."))
    first, last = (known[0], known[-1]) if rising else (known[-1], known[0])
    if last[1] - first[1] < 0 and last[2] - first[2] > 0:
        findings.append(
            _order("against_custom", "界桩顺序号由东南向西北递增；一般自西向东或自北向南。",
                   "Serials rise from the south-east to the north-west; by custom they go from west to east or north to south.")
        )  # fmt: skip
    return findings


def _provincial(number: str, known: set[str]) -> list[Finding]:
    if _NO_TYPE.fullmatch(number):
        return [
            _code("type_missing", number, f"界桩号{number}只有7位，缺类型码。", f"{number} has seven digits and no type letter.")
        ]
    found = _FULL.fullmatch(number)
    if found is None:
        return [_code("bad_form", number, f"界桩号{number}不是“4位界线号＋3位顺序号＋1位类型码”。",
                      f"{number} is not four digits, three digits and a letter.")]  # fmt: skip
    findings = []
    if found["serial"] == "000":
        findings.append(
            _code("serial_zero", number, f"界桩号{number}的顺序号应从001起。", f"The serial of {number} starts at 001.")
        )
    if found["type"] not in "QABCDE":
        return [*findings, _code("bad_type", number, f"界桩号{number}的类型码应为Q、A、B、C、D、E之一。",
                                 f"The type letter of {number} is one of Q, A, B, C, D, E.")]  # fmt: skip
    for group in _GROUPS:
        if found["type"] in group:
            lacking = [number[:-1] + letter for letter in group if number[:-1] + letter not in known]
            if lacking:
                findings.append(_code("partner_missing", number, f"界桩{number}缺同号的{'、'.join(lacking)}。",
                                      f"Marker {number} lacks its partners: missing {', '.join(lacking)}."))  # fmt: skip
    return findings


def _serial(number: str) -> int | None:
    """The serial of a full number, else the last run of digits."""
    if found := _FULL.fullmatch(number):
        return int(found["serial"])
    runs = re.findall(r"\d+", number[-12:], re.ASCII)
    return int(runs[-1][-3:]) if runs else None


def _own_pattern(number: str, pattern: str) -> Finding:
    return _code("own_pattern", number, f"界桩号{number}不符合本单位设定的格式 {pattern}。",
                 f"{number} does not match the office's own pattern {pattern}.", "本单位设定的界桩号格式")  # fmt: skip


def _code(code: str, number: str, zh: str, en: str, basis: str = CODE_BASIS) -> Finding:
    return Finding("BND-STK-03", Severity.WARN, basis, code, zh, en, number)


def _order(code: str, zh: str, en: str) -> Finding:
    return Finding("BND-STK-04", Severity.INFO, "GB/T 17796-2009（二手）", code, zh, en, "markers")
