"""What a text is searched by: its pieces, its near misses, its sound. The same for names and for what people type."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from placenames.rules.kinds import division_level
from placenames.rules.readings import UnreadableError, read
from placenames.rules.spelling import bare, without_tones

_LONGEST_NEAR = 8
_ENDINGS = re.compile(
    r"(?:回族区|自治县|街道办事处|街道|社区居民委员会|社区居委会|居民委员会|居委会|社区|村民委员会|村委会|省|市|县|区|镇|乡|村|路|街|巷|大道)$"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """See `SearchForm`."""

    folded: str
    stem: str
    grams: tuple[str, ...]
    near: tuple[str, ...]
    sound: str
    letters: str
    stem_letters: str
    initials: str
    stem_initials: str


@lru_cache(maxsize=300_000)
def keys_of(folded: str, area: str = "") -> Keys:
    """`folded`: simplified characters without blanks. A form that cannot be read has no sound."""
    stem = stem_of(folded)
    syllables = syllables_of(folded, area)
    own = syllables[: len(stem)]
    return Keys(
        folded,
        stem,
        grams(folded),
        near_keys(stem),
        " ".join(own),
        "".join(syllables),
        "".join(own),
        "".join(one[:1] for one in syllables),
        "".join(one[:1] for one in own),
    )


def stem_of(text: str) -> str:
    """Without the generic term; two characters stay, for 嵩县 is nothing without its own."""
    if division_level(text) is None and not _ENDINGS.search(text):
        return text
    stem = _ENDINGS.sub("", text)
    stem = _ENDINGS.sub("", stem) if stem.endswith("村") and len(stem) > 2 and text.endswith("会") else stem
    return stem if len(stem) > 1 else text


def syllables_of(text: str, area: str = "") -> list[str]:
    """Toneless, ü as v; empty where a character has no reading."""
    try:
        return [without_tones(one.reading).replace("ü", "v") for one in read(text, area or "41")]
    except UnreadableError:
        return []


def grams(text: str) -> tuple[str, ...]:
    """One- and two-character pieces."""
    return tuple(dict.fromkeys([*text, *(text[at : at + 2] for at in range(len(text) - 1))]))


def near_keys(stem: str) -> tuple[str, ...]:
    """Two stems share a key when one character is wrong, missing or too many (the whole stem is asked beside them)."""
    if not 2 <= len(stem) <= _LONGEST_NEAR:
        return ()
    replaced = [f"{stem[:at]}*{stem[at + 1 :]}" for at in range(len(stem))]
    left_out = [stem[:at] + stem[at + 1 :] for at in range(len(stem))] if len(stem) > 2 else []
    return tuple(dict.fromkeys([*replaced, *left_out]))


# Characters people take for one another in writing; groups from the lists of misprints seen and from names of this province.
_CONFUSED = (
    "淮准", "沁泌", "汜氾汛", "褚禇储", "柿杮", "未末", "土士", "戍戌戊", "己已巳", "侯候", "柘拓", "睢雎", "陈阵",
    "洛落络", "濮僕", "荥荣", "郏陕", "浚俊峻", "渑绳", "杞记", "鄢焉", "偃堰", "淅浙", "潢璜", "浉狮", "舞午",
    "禹禺", "嵩蒿", "汝如", "颍颖", "郾堰", "确碓", "辉晖", "延廷", "获荻", "台召", "坡陂", "岗冈", "砦寨", "堌固",
    "苌长", "菅管", "崔雀", "祥样", "符苻", "孟盂", "津律", "栾恋", "滑猾", "汤阳", "林材", "濮璞", "范氾", "卢芦",
    "灵炅", "镇填", "社杜", "旗棋", "桐铜", "柏拍", "宁于", "陵棱", "虞虚", "夏复", "罗萝", "光先", "商啇", "固国",
    "息恩", "沟构", "鹿麓", "项顷", "遂逐", "平半", "舆兴", "驿译", "蔡葵", "乡多", "龙尤", "大太犬",
)  # fmt: skip


def likeness(written: str, stem: str) -> float:
    """How likely `stem` was meant by somebody who wrote `written`, from 0 to 9: an order among names that are one character off.

    What sounds alike or is confused in writing comes first, then a character too few or too many.
    """
    if len(written) != len(stem):
        return 3.0
    differing = [(one, other) for one, other in zip(written, stem, strict=True) if one != other]
    if len(differing) != 1:
        return 0.0
    one, other = differing[0]
    if any(one in group and other in group for group in _CONFUSED):
        return 9.0
    mine, theirs = syllables_of(one), syllables_of(other)
    return 8.0 if mine and mine == theirs else 0.0


def is_latin(text: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9üv'’\- ]+", bare(text.lower())))


def letters_of(text: str) -> str:
    """What somebody typed in Pinyin, with or without tones (marks or digits), as `letters` are kept."""
    plain = without_tones(unicodedata.normalize("NFC", text.lower())).replace("ü", "v")
    return re.sub(r"[^a-z]", "", plain)
