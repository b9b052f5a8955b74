"""PY-01 … PY-06: whether a spelling somebody wrote is the one the rule of 1984 gives, and what only a person may settle."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from boundaries.rules.finding import Finding, Severity
from placenames.rules import splitting
from placenames.rules.kinds import Kind
from placenames.rules.readings import HOME, NUMERAL, UnreadableError, candidates
from placenames.rules.spelling import Spelling, bare, spell
from placenames.rules.splitting import DIGITS, number

BASIS: Final = "中国地名汉语拼音字母拼写规则（[84]中地字第17号）"
BASIS_LETTERS: Final = "地名管理条例第十五条；国家通用语言文字法第十八条"

_ALLOWED: Final = re.compile(r"[A-Za-z0-9ÜüÊê'’\- ]*")
# Parts of names that are English words and no syllables; two of them (Lu, Dao …) cannot be told apart and are not listed.
_ENGLISH: Final = frozenset({
    "road", "street", "avenue", "lane", "alley", "square", "park", "county", "city", "town", "township", "village",
    "district", "province", "subdistrict", "river", "lake", "mountain", "mount", "hill", "bridge", "reservoir", "station", "north",
    "south", "east", "west", "new", "old", "great", "middle",
})  # fmt: skip


def check_spelling(
    name: str, written: str, kind: Kind | None = None, area: str = HOME, confirmed: Collection[int] = ()
) -> list[Finding]:
    """What is wrong with `written` as the spelling of `name`; empty where nothing is.

    confirmed: positions (from 0) of characters whose reading a person has decided (审音). Raises `UnreadableError`.
    """
    text = unicodedata.normalize("NFC", written.strip())
    letters = _check_letters(text)
    if letters:
        return letters
    own = spell(name, kind, area)
    found = _check_capitals(text)
    aligned = _align(own, text)
    found += _check_readings(own, aligned, confirmed)
    if aligned is not None:
        found += _check_apostrophes(text, aligned)
        found += _check_words(own, text)
    return found


def check_readings(own: Spelling, confirmed: Collection[int] = ()) -> list[Finding]:
    """PY-02 on a spelling of ours: polyphones nobody has decided. An automatic reading is never final."""
    return [
        _finding("PY-02", Severity.BLOCK, "polyphone_open",
                 f"“{one.char}”有 {'、'.join((one.reading, *one.alternatives))} 几个读音，须由人认定，不能自动采用。",
                 f"“{one.char}” is read {', '.join((one.reading, *one.alternatives))}; a person decides.", str(index))
        for index, one in enumerate(own.syllables)
        if not one.settled and index not in confirmed
    ]  # fmt: skip


def _check_letters(text: str) -> list[Finding]:
    """PY-06."""
    plain = "".join(one for one in unicodedata.normalize("NFD", text) if one not in "\u0300\u0301\u0304\u030c\u0308\u0302")
    if not text or not _ALLOWED.fullmatch(plain):
        strange = sorted({one for one in plain if not _ALLOWED.fullmatch(one)})
        told = "，不能有" + "、".join(strange) if strange else ""
        return [
            _finding("PY-06", Severity.BLOCK, "not_pinyin",
                     f"罗马字母拼写只用汉语拼音字母、调号、ü、隔音符号、短横、空格和数字{told}。",
                     "A spelling holds letters of Hanyu Pinyin, tone marks, ü, apostrophe, hyphen, blanks and figures only.",
                     basis=BASIS_LETTERS)
        ]  # fmt: skip
    english = [word for word in re.findall(r"[A-Za-z]+", plain) if word.lower() in _ENGLISH]
    return [
        _finding("PY-06", Severity.BLOCK, "english_word", f"“{word}”是英文词，地名的通名也用汉语拼音拼写，不译。",
                 f"“{word}” is English; generic terms are spelled, not translated.", word, BASIS_LETTERS)
        for word in english
    ]  # fmt: skip


def _check_capitals(text: str) -> list[Finding]:
    """PY-04: every written part begins with a capital and goes on in small letters, or all is in capitals. ā is a small letter."""
    letters = [one for one in text if one.isalpha()]
    if letters and all(one.isupper() for one in letters):
        return []
    found = []
    for word in text.split():
        head = next((one for one in word if one.isalpha()), "")
        rest = [one for one in word if one.isalpha()][1:]
        if (head and not head.isupper()) or any(one.isupper() for one in rest):
            found.append(
                _finding("PY-04", Severity.BLOCK, "capitals", f"“{word}”：分写的每一段首字母大写，其余小写（或全部大写）。",
                         f"“{word}”: each part begins with a capital, the rest is small, or all is in capitals.", word)
            )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class _Aligned:
    """Per character of the name: where in the text its syllable begins (-1 within figures), and how it is read there."""

    starts: tuple[int, ...]
    readings: tuple[str, ...]


def _align(own: Spelling, text: str) -> _Aligned | None:
    """Which letters belong to which character; None where the letters are not a reading of the name at all."""
    marked = unicodedata.normalize("NFC", text.lower())
    keep_tones = any(_has_tone(one) for one in marked)
    places = [index for index, one in enumerate(marked) if one not in " '’-"]
    stream = "".join(marked[index] for index in places)
    if not keep_tones:
        stream = stream.replace("ü", "u")

    def readings(index: int) -> list[str]:
        one = own.syllables[index]
        if one.by == NUMERAL:
            return [one.char]
        several = dict.fromkeys((one.reading, *one.alternatives, *candidates(one.char)))
        return list(several) if keep_tones else list(dict.fromkeys(bare(reading) for reading in several))

    figures = _figures(own)

    def follow(index: int, at: int) -> tuple[tuple[int, str], ...] | None:
        if index == len(own.syllables):
            return () if at == len(stream) else None
        for value, length in figures.get(index, ()):
            if stream.startswith(value, at) and (rest := follow(index + length, at + len(value))) is not None:
                return ((places[at], ""), *([(-1, "")] * (length - 1)), *rest)
        for reading in readings(index):
            shortened = "r" if own.syllables[index].char == "儿" and index else ""
            for form in (reading, shortened):
                if form and stream.startswith(form, at) and (rest := follow(index + 1, at + len(form))) is not None:
                    return ((places[at], reading), *rest)
        return None

    found = follow(0, 0)
    return None if found is None else _Aligned(tuple(one[0] for one in found), tuple(one[1] for one in found))


def _has_tone(character: str) -> bool:
    return any(mark in unicodedata.normalize("NFD", character) for mark in "\u0300\u0301\u0304\u030c")


def _figures(own: Spelling) -> dict[int, list[tuple[str, int]]]:
    """Numerals of the name and how figures could stand for them: position → (figures, number of characters)."""
    found: dict[int, list[tuple[str, int]]] = {}
    for match in re.finditer("(第?)([〇零一二三四五六七八九十百]+)", own.name):
        value = number(match[2])
        digits = "".join(str(DIGITS[one]) for one in match[2] if one in DIGITS)
        for text in dict.fromkeys(([str(value)] if value is not None else []) + [digits]):
            found.setdefault(match.start(), []).append(("dì" * len(match[1]) + text, len(match[0])))
            found.setdefault(match.start(), []).append(("di" * len(match[1]) + text, len(match[0])))
    return found


def _check_readings(own: Spelling, aligned: _Aligned | None, confirmed: Collection[int]) -> list[Finding]:
    if aligned is None:
        return [
            _finding("PY-02", Severity.BLOCK, "reading_unknown",
                     f"这样的拼写不是“{own.name}”任何已知的读音，请核对（应如 {own.spelling}）。",
                     f"These letters are no known reading of “{own.name}” (expected like {own.spelling}).")
        ]  # fmt: skip
    return [*_differing(own, aligned, confirmed), *check_readings(own, confirmed)]


def _differing(own: Spelling, aligned: _Aligned, confirmed: Collection[int]) -> list[Finding]:
    """Readings that are settled otherwise than they are written here."""
    toned = any(_has_tone(one) for reading in aligned.readings for one in reading)
    return [
        _finding("PY-02", Severity.BLOCK, "reading_differs",
                 f"“{one.char}”在“{own.name}”里读 {one.reading}，这里写作 {written}。",
                 f"“{one.char}” in “{own.name}” is read {one.reading}, not {written}.", str(index))
        for index, (one, written) in enumerate(zip(own.syllables, aligned.readings, strict=True))
        if written and one.settled and index not in confirmed and written != (one.reading if toned else bare(one.reading))
    ]  # fmt: skip


def _check_apostrophes(text: str, aligned: _Aligned) -> list[Finding]:
    """PY-03: before a, o and e within a word, and nowhere else."""
    wanted = {start for start in _inner(text, aligned.starts) if bare(text[start].lower()) in ("a", "o", "e")}
    missing = [text[start:] for start in sorted(wanted) if text[start - 1] not in "'’-"]
    needless = [text[match.start() :] for match in re.finditer("['’]", text) if match.end() not in wanted]
    return [
        *(_finding("PY-03", Severity.BLOCK, "apostrophe_missing", f"“{text}”：以 a、o、e 开头的音节在词中时前面用隔音符号。",
                   f"“{text}”: an apostrophe stands before a syllable in a, o or e within a word.", rest) for rest in missing),
        *(_finding("PY-03", Severity.BLOCK, "apostrophe_needless", f"“{text}”：隔音符号只用在词中以 a、o、e 开头的音节前。",
                   f"“{text}”: an apostrophe stands only before a, o or e within a word.", rest) for rest in needless),
    ]  # fmt: skip


def _inner(text: str, starts: Sequence[int]) -> Iterator[int]:
    """Beginnings of syllables that do not begin a word."""
    for start in starts:
        if start > 0 and text[start - 1] != " ":
            yield start


def _check_words(own: Spelling, text: str) -> list[Finding]:
    """PY-01 and PY-05: the division into words, and how numerals are written."""
    if not _is_sure(own):
        return []
    mine, theirs = _skeleton(own.spelling), _skeleton(text)
    if mine == theirs:
        return []
    numerals = any(segment.role == splitting.NUMERAL for segment in own.segments)
    if numerals and re.sub(r"\D", "", own.spelling) != re.sub(r"\D", "", text):
        return [
            _finding("PY-05", Severity.WARN, "numeral", f"街巷名称中的序数词用阿拉伯数字，其余数词用拼音：{own.spelling}。",
                     f"Ordinals of streets are written in figures, other numerals in letters: {own.spelling}.", text)
        ]  # fmt: skip
    if not numerals and any(one.isdigit() for one in text):
        return [
            _finding("PY-05", Severity.WARN, "numeral", f"这里的数词用拼音书写：{own.spelling}。",
                     f"This numeral is written in letters: {own.spelling}.", text)
        ]  # fmt: skip
    return [
        _finding("PY-01", Severity.WARN, "words", f"分写连写应为“{own.spelling}”，这里写作“{text}”。",
                 f"The words should be divided as “{own.spelling}”, not “{text}”.", text)
    ]  # fmt: skip


def _is_sure(own: Spelling) -> bool:
    """Whether the division into words is settled, whatever is of the readings."""
    return not own.needs_person or any(not one.settled for one in own.syllables)


def _skeleton(text: str) -> list[int]:
    """Lengths of the words, marks of syllables left aside."""
    return [len(re.sub(r"['’\-]", "", word)) for word in text.split()]


def _finding(rule: str, severity: Severity, code: str, zh: str, en: str, subject: str = "", basis: str = BASIS) -> Finding:
    return Finding(rule, severity, basis, code, zh, en, subject)


__all__ = ["UnreadableError", "check_readings", "check_spelling"]
