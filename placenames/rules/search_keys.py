"""What a name is found by, and the same of what people type: its folded form, its sound, its pieces, its near misses. Pure.

A *term* is the name with one blank between 专名 and 通名 ("淮阳 区"), its sound and its initials likewise ("huaiyang qu", "hy q").
One index then answers for the whole name, for the name without its generic (what begins with "淮阳 ") and for a beginning.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zlib import crc32

from placenames.folding import simplified
from placenames.rules.kinds import division_level, guess
from placenames.rules.readings import HOME, UnreadableError, read
from placenames.rules.spelling import without_tones
from placenames.rules.splitting import split

LONGEST: Final = 60
BLANK: Final = " "
# In the pieces of every name that comes first in any list, so that those are found without reading the others.
IMPORTANT: Final = 0
_LONGEST_NEAR: Final = 12
# From here on a name with a mistake is found by the half that is whole: a name of 12 characters has the keys of near misses still.
LONG: Final = 12
_BMP: Final = 0xFFFF
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af〇]")
_TONES: Final = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_LOOKALIKES: Final = Path(__file__).resolve().parent.parent / "lookalikes" / "characters.toml"


@dataclass(frozen=True, slots=True)
class Keys:
    """`term`, `sound` and `initials` with a blank before the generic; the last two are empty where a character has no reading."""

    term: str
    sound: str
    initials: str
    grams: tuple[int, ...]


def folded(text: str) -> str:
    """Simplified characters, one width, one case, no blanks and points inside: what names are compared by."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = simplified(plain)
    return re.sub(r"[\s·・．.\-]+", "", plain.casefold())[:LONGEST]


def clean_query(text: str) -> str:
    """What somebody typed or sent as text that a database can hold: control and formatting characters, lone surrogates and what is
    beyond the longest name are dropped.
    """
    kept = (" " if one.isspace() else one for one in text[: 10 * LONGEST])
    return "".join(one for one in kept if unicodedata.category(one) not in ("Cc", "Cf", "Cs")).strip()[:LONGEST]


@lru_cache(maxsize=200_000)
def keys_of(name: str, proper: str = "", area: str = "", important: bool = False) -> Keys:
    """Of a name as it is written. `proper`: its 专名 where that is known; `area`: the code it lies in, for local readings."""
    text = folded(name)
    core = folded(proper) if proper else core_of(text)
    length = len(core) if core and text.startswith(core) else len(text)
    syllables = syllables_of(text, area)
    parts = slice(None, length), slice(length, None)
    return Keys(
        _term(text[parts[0]], text[parts[1]]),
        _term(*("".join(syllables[part]) for part in parts)),
        _term(*("".join(one[:1] for one in syllables[part]) for part in parts)),
        pieces(text, text[:length], important=important),
    )


def _term(core: str, generic: str) -> str:
    return f"{core}{BLANK}{generic}" if generic else core


def core_of(text: str) -> str:
    """A folded name without its generic; itself where it shows none."""
    if not text or not _HAN.search(text):
        return text
    level = division_level(text)
    kind = guess(text).kind
    if level is None and kind is None:
        return text
    generic = split(text, kind).generic if kind is not None else ""
    return text[: -len(generic)] if generic and text.endswith(generic) and text != generic else text


@lru_cache(maxsize=200_000)
def syllables_of(text: str, area: str = "") -> tuple[str, ...]:
    """One toneless syllable for each character, ü as v; figures and letters stay. Empty where one has no reading."""
    found = readings_of(text, area)
    return tuple(without_tones(one).replace("ü", "v") for one in found)


def readings_of(text: str, area: str = "") -> tuple[str, ...]:
    """One toned syllable for each character, as `syllables_of`."""
    han = [one for one in text if _HAN.match(one)]
    try:
        readings = iter(read("".join(han), area or HOME)) if han else iter(())
    except UnreadableError:
        return ()
    return tuple(next(readings).reading if _HAN.match(one) else one for one in text)


# --- pieces ----------------------------------------------------------------------------------------------------------------


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number


def gram(text: str) -> int:
    """One or two characters as a number of four bytes; exact within the basic plane, else to be looked at again."""
    if len(text) == 1:
        return ord(text) & _BMP
    return _signed((ord(text[0]) & _BMP) << 16 | ord(text[1]) & _BMP)


def grams(text: str) -> list[int]:
    return [gram(one) for one in text] + [gram(text[at : at + 2]) for at in range(len(text) - 1)]


def near_key(text: str) -> int:
    return _signed(crc32(f"~{text}".encode()))


def mistaken(text: str) -> list[str]:
    """Every text that differs from `text` in one character that looks like the one there."""
    return [text[:at] + other + text[at + 1 :] for at, one in enumerate(text) for other in sorted(lookalikes().get(one, ()))]


def one_left_out(text: str) -> list[str]:
    """Every text that is `text` without one of its characters."""
    if not 2 <= len(text) <= _LONGEST_NEAR:
        return []
    return list(dict.fromkeys(text[:at] + text[at + 1 :] for at in range(len(text))))


def pieces(text: str, core: str, *, important: bool) -> tuple[int, ...]:
    """What a name is kept under: characters, pairs of them, and the name with one character left out (its near misses).

    Near misses of two characters come down to one and would fit every tenth village: kept of important names only.
    """
    near = one_left_out(text) + (one_left_out(core) if core != text else [])
    kept = [near_key(one) for one in near if len(one) > 1 or important]
    return tuple(dict.fromkeys([*([IMPORTANT] if important else ()), *grams(text), *kept]))


def one_apart(one: str, other: str) -> bool:
    """Whether one character is wrong, missing or too many, or two neighbours are changed round."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        shorter, longer = sorted((one, other), key=len)
        at = next((at for at, (left, right) in enumerate(zip(shorter, longer, strict=False)) if left != right), len(shorter))
        return shorter[at:] == longer[at + 1 :]
    wrong = [at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    if len(wrong) == 1:
        return True
    return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]


@cache
def lookalikes() -> dict[str, frozenset[str]]:
    """Character → characters that people take it for (placenames/lookalikes)."""
    found: dict[str, set[str]] = {}
    for group in tomllib.loads(_LOOKALIKES.read_text("utf-8"))["groups"]:
        for one in group:
            found.setdefault(one, set()).update(set(group) - {one})
    return {one: frozenset(others) for one, others in found.items()}


def looks_alike(one: str, other: str) -> bool:
    """Whether two texts of one length differ in characters alone that look alike."""
    return len(one) == len(other) and all(
        left == right or right in lookalikes().get(left, ()) for left, right in zip(one, other, strict=True)
    )


def likeness(name: str, typed: str) -> float | None:
    """How likely who typed `typed` meant `name`, by the one character they are apart; None where that is more, or none.

    A slip of a known kind comes first; then names that keep all that was typed, or all of whose characters were typed: a
    thousand characters may stand for a wrong one, but a place for a missing one is one of few. Last what has another there.
    """
    if not one_apart(name, typed):
        return None
    if len(name) > len(typed):
        return 8.0
    if len(name) < len(typed):
        return 7.0
    if looks_alike(name, typed):
        return 10.5
    wrong = [at for at, (left, right) in enumerate(zip(name, typed, strict=True)) if left != right]
    if len(wrong) == 2:
        return 9.0
    if sounds_close(name[wrong[0]], typed[wrong[0]]):
        return 6.0
    return 3.0 if set(core_of(name)) & set(core_of(typed)) else -5.0  # nothing but the generic is common


def sounds_close(one: str, other: str) -> bool:
    """Whether two characters differ in what many speakers do not tell apart: zh/z, n/l, f/h, -n/-ng."""
    return _blurred("".join(syllables_of(one))) == _blurred("".join(syllables_of(other))) != ""


def _blurred(syllable: str) -> str:
    flat = re.sub(r"^([zcs])h", r"\1", syllable)
    flat = re.sub(r"^l", "n", re.sub(r"^h(?=u)", "f", flat))
    return re.sub(r"(?<=[aei])ng$", "n", flat)


# --- what people type ---------------------------------------------------------------------------------------------------


def is_han(text: str) -> bool:
    return bool(_HAN.search(text))


@dataclass(frozen=True, slots=True)
class Letters:
    """Pinyin or initials as typed. `tones`: tone numbers in order where the writer gave any, 5 for none."""

    letters: str
    tones: str


def letters_of(text: str) -> Letters | None:
    """None where `text` is no Latin. Tones as marks or figures, blanks and apostrophes do not matter; ü, v and u: are one."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold().replace("u:", "ü"))
    plain = plain.replace("u\u0308", "v")
    if not re.fullmatch(r"[a-z\u0300\u0301\u0304\u030c0-9\s'’`\-]+", plain) or not re.search("[a-z]", plain):
        return None
    tones = "".join(_TONES.get(one, one) for one in plain if one in _TONES or one in "12345")
    return Letters(re.sub(r"[^a-z]", "", plain)[:200], tones)


def tones_of(text: str, area: str = "") -> str:
    """Tone numbers of a name's characters, without those of neutral tone."""
    return "".join(_TONES[mark] for one in readings_of(text, area) for mark in unicodedata.normalize("NFD", one) if mark in _TONES)


def parted(text: str) -> list[str]:
    """A text as the terms it may be: itself, and with the blank before any generic it may end in."""
    return [text, *(f"{text[:at]}{BLANK}{text[at:]}" for at in range(1, len(text)))]


def parted_sound(syllables: Sequence[str]) -> list[str]:
    return ["".join(syllables), *(_term("".join(syllables[:at]), "".join(syllables[at:])) for at in range(1, len(syllables)))]
