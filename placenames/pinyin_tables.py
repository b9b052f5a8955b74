"""How the speller agrees with published tables of readings: what docs/pinyin.md is made from.

Nothing of the tables is kept in the project but where they disagree. Readings are compared without tones, for the tables have none.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from placenames.rules.kinds import Kind
from placenames.rules.readings import DATA, USAGE, candidates, character_uses, named_readings
from placenames.rules.spelling import Spelling, bare, spell, without_tones

AREACITY: Final = "pinyin_areacity_2023"
GB2260: Final = "pinyin_gb2260_2007"
FILES: Final = {AREACITY: "henan_level4_pinyin.csv", GB2260: "henan_gb2260_unified.csv"}
TITLES: Final = {
    AREACITY: "AreaCity 2023（各级名称，词典与地图服务生成，半权威）",
    GB2260: "GB/T 2260—2007 罗马字母拼写（县级以上，据公开转录）",
}
_GROUPINGS: Final = frozenset({"市辖区", "省直辖县级行政区划"})


@dataclass(frozen=True, slots=True)
class Row:
    """`readings` per character of `short` where the table gives them apart, else one run of letters in `letters`."""

    code: str
    name: str
    short: str
    readings: tuple[str, ...]
    letters: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    code: str
    name: str
    char: str
    ours: str
    theirs: str
    settled: bool


@dataclass(slots=True)
class Agreement:
    """`open_names`: names that agree and still hold a reading that only a person may settle."""

    table: str
    names: int = 0
    agree: int = 0
    open_names: int = 0
    unread: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    usage: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    text: str
    char: str
    theirs: str
    verdict: str
    why: str


def judgements() -> list[Judgement]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / "judged.toml").read_text("utf-8"))["judged"]
    return [Judgement(row.get("text", ""), row["char"], row["theirs"], row["verdict"], row["why"]) for row in rows]


def judgement_of(one: Difference) -> Judgement | None:
    fitting = [row for row in judgements() if (row.char, row.theirs) == (one.char, one.theirs) and row.text in one.name]
    return max(fitting, key=lambda row: len(row.text), default=None)


def compare(table: str, rows: Iterable[Row]) -> Agreement:
    found = Agreement(table)
    for row in rows:
        found.names += 1
        own = spell(row.name, Kind.DIVISION, row.code)
        theirs = row.readings or _readings_in(own, row.letters)
        if theirs is None:
            found.unread.append(f"{row.name}（{row.letters}）")
            continue
        wrong = []
        for one, reading in zip(own.syllables, theirs, strict=False):
            ours = _folded(one.reading)
            if one.by == USAGE and row.readings:
                counts = found.usage.setdefault(one.char, [0, 0])
                counts[ours != reading] += 1
            if ours != reading:
                wrong.append(Difference(row.code, row.name, one.char, ours, reading, one.settled))
        found.differences += wrong
        found.agree += not wrong
        found.open_names += not wrong and any(not one.settled for one in own.syllables)
    return found


def _folded(reading: str) -> str:
    return without_tones(reading).replace("ü", "v")


def _readings_in(own: Spelling, letters: str) -> tuple[str, ...] | None:
    """Cuts a run of letters into readings of the name's characters; of the whole name, else of its 专名."""
    for length in (len(own.name), len(own.proper)):
        cut = _cut(own, letters, 0, length)
        if cut is not None:
            return cut
    return None


def _cut(own: Spelling, letters: str, index: int, length: int) -> tuple[str, ...] | None:
    if index == length:
        return None if letters else ()
    one = own.syllables[index]
    for reading in dict.fromkeys((one.reading, *one.alternatives, *candidates(one.char))):
        plain = bare(reading)
        if letters.startswith(plain):
            rest = _cut(own, letters[len(plain) :], index + 1, length)
            if rest is not None:
                return (_folded(reading), *rest)
    return None


def rows_of(table: str, folder: Path) -> Iterator[Row]:
    """The rows of a table under `folder`, which holds one folder for each. Raises `OSError`."""
    with (folder / table / FILES[table]).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if table == AREACITY:
                yield Row(row["id"], row["ext_name"], row["name"], tuple(row["pinyin"].split()))
            elif row["name_zh"] not in _GROUPINGS and row["name_pinyin"]:
                letters = re.sub(r"[^a-z]", "", row["name_pinyin"].split(":")[-1].lower())
                yield Row(row["code"], row["name_zh"], row["name_zh"], (), letters)


# --- the page ---------------------------------------------------------------------------------------------------------

_HEAD: Final = """\
# 地名拼写与读音 Spelling and readings

本页由 `scripts/manage pinyin_doc --data DIR` 依公开读音表和 `placenames/readings/` 生成，不要手工修改。
Made by `scripts/manage pinyin_doc` from published tables and `placenames/readings/`; do not edit by hand.

拼写依《中国地名汉语拼音字母拼写规则（汉语地名部分）》（[84]中地字第17号）。读音依次由下列各项决定：名称或其部分有注明出处的读音；
字只有一个读音（《通用规范汉字字典》和《现代汉语词典》1983 年版都没有别的读音）；
字在地名里只可能取一个读音（下文“用字”表）；通名和数词。
其余多音字由 pypinyin 提议，**不算定论**，`needs_person` 为真。

Where nothing with a source decides, a polyphone is only a proposal. What is said here has been judged by the makers of this
program from the sources named; **no 审音 decision of an office has been seen**,
and none of the tables is official for readings below the county.
"""
_CIRCULAR: Final = """\
下文出处写明依某表的读音，与该表当然一致，不能算作旁证。
A reading that cites a table agrees with it by construction and proves nothing.
"""
_VERDICTS: Final = {"ours": "本系统 ours", "theirs": "该表 theirs", "open": "未定 open", "": "**无人判断 not judged**"}


def page(folder: Path) -> str:
    """docs/pinyin.md. Raises `OSError` where a table is missing."""
    found = [compare(table, rows_of(table, folder)) for table in FILES]
    parts = [_HEAD, "## 与各表符合的情况 Agreement\n", _agreement(found), _CIRCULAR]
    for one in found:
        parts += [f"### 不一致之处：{TITLES[one.table]}\n", _differences(one)]
        if one.unread:
            parts.append("拼法不是任何已知读音、无法逐字比较 not comparable: " + "、".join(one.unread) + "。\n")
    parts += ["## 留待人认定的读音 Left to a person\n", _unresolved(), "## 有出处的读音 Readings with a source\n", _named()]
    parts += ["## 用字 Characters of one reading in place names\n", _usage(found)]
    return "\n".join(parts)


def _table(columns: list[str], rows: Iterable[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _agreement(found: list[Agreement]) -> str:
    rows = [
        [TITLES[one.table], str(one.names), f"{one.agree}（{one.agree / one.names:.1%}）", str(one.open_names),
         str(len({(row.code, row.name) for row in one.differences})), str(len(one.unread))]
        for one in found
    ]  # fmt: skip
    return _table(
        [
            "表 table",
            "名称 names",
            "读音一致 agree",
            "其中仍须人认定 still for a person",
            "不一致 disagree",
            "无法比较 not comparable",
        ],
        rows,
    )


def _differences(found: Agreement) -> str:
    groups: dict[tuple[str, str, str, str], list[Difference]] = {}
    for one in found.differences:
        judged = judgement_of(one)
        key = (one.char, one.ours, one.theirs, judged.text if judged else "")
        groups.setdefault(key, []).append(one)
    rows = []
    for (char, ours, theirs, _text), several in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        judged = judgement_of(several[0])
        names = "、".join(f"{one.name}（{one.code}）" for one in several)
        rows.append([char, ours, theirs, names, _VERDICTS[judged.verdict if judged else ""], judged.why if judged else ""])
    if not rows:
        return "无 none。\n"
    return _table(["字", "本系统 ours", "该表 theirs", "名称 names", "以谁为准 who is right", "理由 why"], rows)


def _unresolved() -> str:
    rows = [
        [one.text, " ".join(one.readings), "；".join(" ".join(other) for other in one.others), one.note]
        for one in named_readings()
        if not one.settled
    ]
    return _table(["名称 name", "提议 proposed", "几种读法 readings", "情况 what is known"], rows)


def _named() -> str:
    rows = [
        [one.text, " ".join(one.readings), one.area or "—", one.source, one.note]
        for one in sorted(named_readings(), key=lambda row: (row.area, row.text))
        if one.settled
    ]
    return _table(["名称 name", "读音 reading", "地域 area", "出处 source", "附注 note"], rows)


def _usage(found: list[Agreement]) -> str:
    counts: dict[str, list[int]] = {}
    for one in found:
        for char, (agree, differ) in one.usage.items():
            total = counts.setdefault(char, [0, 0])
            total[0] += agree
            total[1] += differ
    head = (
        "这些读音由本系统按各读音的用法拟定，没有经过审音；右列是 AreaCity 表里该字的读音（不标调）与之一致、不一致的次数，"
        "0 / 0 表示表里没有这个字。\n"
        "The makers' own judgement, not a decision of any office; the last column counts how often the table agrees.\n\n"
    )
    rows = [
        [row.char, row.reading, row.other, "、".join(row.exceptions), " / ".join(map(str, counts.get(char, (0, 0))))]
        for char, row in character_uses().items()
    ]
    return head + _table(["字", "读音 reading", "其他读音 other readings", "除外的词 except in", "一致 / 不一致"], rows)
