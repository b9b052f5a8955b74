"""A Chinese name in Hanyu Pinyin by the spelling rule of 1984 ([84]中地字第17号), the only romanisation of place names.

`spell` never decides what only people can: `needs_person` is true where a reading or the division into words is open.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from boundaries.rules.names import clean
from placenames.rules import splitting
from placenames.rules.kinds import Kind, guess
from placenames.rules.readings import (
    AUTO,
    GENERIC,
    HOME,
    NAMED,
    NUMERAL,
    OPEN,
    PERSON,
    SINGLE,
    USAGE,
    Syllable,
    UnreadableError,
    read,
)
from placenames.rules.splitting import Part, er_is_r, number, split

APOSTROPHE: Final = "'"
_DIAERESIS: Final = "\u0308"

# Generic terms with several readings, as 通名 and only there.
_GENERIC_READINGS: Final = {
    "区": "qū", "省": "shěng", "地": "dì", "处": "chù", "员": "yuán", "会": "huì", "路": "lù", "巷": "xiàng",
    "弄": "lòng", "同": "tong", "场": "chǎng", "渡": "dù", "都": "dū", "技": "jì", "术": "shù", "发": "fā",
    "风": "fēng", "景": "jǐng", "大": "dà", "里": "lǐ", "坊": "fāng", "校": "xiào", "中": "zhōng", "南": "nán",
    "上": "shàng", "济": "jì", "经": "jīng", "行": "háng", "厦": "shà", "和": "hé", "回": "huí",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """A written word: its characters, its spelling, and what it is (`splitting`)."""

    text: str
    spelling: str
    role: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """`plain` has no tone marks and keeps ü; `rules` are those of the spelling rule that were applied."""

    name: str
    spelling: str
    plain: str
    syllables: tuple[Syllable, ...]
    segments: tuple[Segment, ...]
    needs_person: bool
    rules: tuple[str, ...]
    proper: str
    generic: str

    def as_dict(self) -> dict[str, Any]:
        """The document of ``spell_pinyin``."""
        return {
            "name": self.name,
            "spelling": self.spelling,
            "plain": self.plain,
            "syllables": [
                {"char": one.char, "reading": one.reading, "alternatives": list(one.alternatives), "by": one.by}
                for one in self.syllables
            ],
            "segments": [{"text": one.text, "spelling": one.spelling, "role": one.role} for one in self.segments],
            "needs_person": self.needs_person,
            "rule": "、".join(self.rules),
        }


def spell(name: str, kind: Kind | None = None, area: str = HOME, decided: Mapping[str, str] | None = None) -> Spelling:
    """`name` as a place of `kind` (None: as its ending tells) in the area of the code `area`. `decided`: character → the reading a
    person decided on, wherever nothing with a source does.

    Raises `UnreadableError` for a character without a reading, blanks and punctuation among them, and for an empty name.
    """
    text = clean(name)
    if not text:
        raise UnreadableError("")
    certain = True
    if kind is None:
        guessed = guess(text)
        kind, certain = guessed.kind, guessed.certain
    taken = split(text, kind)
    syllables = _read_parts(text, taken.parts, area)
    if decided:
        syllables = [
            Syllable(one.char, decided[one.char], _others(one, decided[one.char]), PERSON)
            if not one.settled and one.char in decided
            else one
            for one in syllables
        ]
    segments, position, rules = [], 0, list(taken.rules)
    for part in taken.parts:
        own = syllables[position : position + len(part.text)]
        position += len(part.text)
        segments.append(Segment(part.text, _written(part, own, rules), part.role))
    spelled = " ".join(one.spelling for one in segments)
    if APOSTROPHE in spelled:
        rules.append("R11")
    needs_person = not (certain and taken.sure and all(one.settled for one in syllables))
    ordered = tuple(sorted(set(rules), key=lambda rule: int(rule[1:])))
    return Spelling(
        text, spelled, without_tones(spelled), tuple(syllables), tuple(segments), needs_person, ordered, taken.proper, taken.generic
    )


def _others(one: Syllable, reading: str) -> tuple[str, ...]:
    return tuple(other for other in (one.reading, *one.alternatives) if other != reading)


def _read_parts(text: str, parts: Sequence[Part], area: str) -> list[Syllable]:
    """Readings of the whole name (a named reading may reach over its parts), then those that a part settles."""
    han = [character for character in text if not (character.isascii() and character.isdigit())]
    found = iter(read("".join(han), area))
    syllables = [
        Syllable(character, character, (), NUMERAL) if character.isascii() and character.isdigit() else next(found)
        for character in text
    ]
    position = 0
    for part in parts:
        if part.role == splitting.GENERIC:
            for index in range(position, position + len(part.text)):
                syllables[index] = _as_generic(syllables[index])
        position += len(part.text)
    return syllables


def _as_generic(one: Syllable) -> Syllable:
    reading = _GENERIC_READINGS.get(one.char)
    if reading is None or one.by in (NAMED, OPEN):
        return one
    if one.by == SINGLE and reading == one.reading:
        return one
    others = tuple(other for other in (one.reading, *one.alternatives) if other != reading)
    return Syllable(one.char, reading, others, GENERIC)


def _written(part: Part, syllables: Sequence[Syllable], rules: list[str]) -> str:
    if part.role == splitting.NUMERAL:
        return _figures(part.text)
    readings = [one.reading for one in syllables]
    if er_is_r(part.text):
        rules.append("R12")
        readings = [*readings[:-2], readings[-2] + "r"]
    return join(readings)


def _figures(text: str) -> str:
    """R7: 十二 → 12, 第九 → Dì-9."""
    digits = text.removeprefix("第")
    value = digits if digits.isascii() else str(number(digits))
    return f"Dì-{value}" if text.startswith("第") else value


def join(readings: Iterable[str]) -> str:
    """One written word: a capital in front (R10), an apostrophe before a, o, e within (R11)."""
    word = ""
    for reading in readings:
        if word and bare(reading)[:1] in ("a", "o", "e"):
            word += APOSTROPHE
        word += reading
    return word[:1].upper() + word[1:]


@lru_cache(maxsize=10_000)  # there are some 1,300 syllables with their tones
def bare(text: str) -> str:
    """Without any marks: lü becomes lu. For comparing only."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


@lru_cache(maxsize=10_000)
def without_tones(text: str) -> str:
    """Without tone marks; ü stays what it is."""
    decomposed = unicodedata.normalize("NFD", text)
    kept = "".join(one for one in decomposed if one == _DIAERESIS or not unicodedata.combining(one))
    return unicodedata.normalize("NFC", kept)


def broken(spelling: Spelling, width: int) -> list[str]:
    """R13: the spelling in lines of at most `width` characters, broken between words, else between syllables with a hyphen.

    A syllable that is longer than a line stands alone.
    """
    lines = [""]
    position = 0
    for segment in spelling.segments:
        own = spelling.syllables[position : position + len(segment.text)]
        position += len(segment.text)
        lead = " " if lines[-1] else ""
        if len(lines[-1]) + len(lead) + len(segment.spelling) <= width:
            lines[-1] += lead + segment.spelling
            continue
        pieces = _pieces(segment, own)
        for index, piece in enumerate(pieces):
            mark = "-" if index < len(pieces) - 1 else ""
            gap = lead if index == 0 else ""
            if lines[-1] and len(lines[-1]) + len(gap) + len(piece) + len(mark) > width:
                if index:
                    lines[-1] += "-"
                lines.append("")
                gap, piece = "", piece.removeprefix(APOSTROPHE)
            lines[-1] += gap + piece
    return [line for line in lines if line]


def _pieces(segment: Segment, syllables: Sequence[Syllable]) -> list[str]:
    """The syllables of a word as they are written in it."""
    if segment.role == splitting.NUMERAL or er_is_r(segment.text):
        return [segment.spelling]
    found, rest = [], segment.spelling
    for one in syllables:
        length = len(one.reading) + (1 if rest.startswith(APOSTROPHE) else 0)
        found.append(rest[:length])
        rest = rest[length:]
    return found


__all__ = ["AUTO", "USAGE", "Segment", "Spelling", "bare", "broken", "join", "spell", "without_tones"]
