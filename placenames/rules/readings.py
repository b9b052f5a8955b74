"""How the characters of a name are read, and how far that may be relied on.

Three things decide a reading: that a character has only one (neither 《通用规范汉字字典》 nor 《现代汉语词典》 of 1983 knows
another, as pypinyin-dict carries them), a row of `placenames/readings/` that names its source, or the part of the name it
stands in (通名, numerals). Whatever else has several readings is proposed by pypinyin and left to a person (PY-02).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pypinyin import Style, pinyin
from pypinyin_dict.pinyin_data import ktghz2013, kxhc1983

DATA: Final = Path(__file__).resolve().parent.parent / "readings"
# Rows bound to an area hold there; an office of this province that names no area means its own.
HOME: Final = "41"

SINGLE, NAMED, USAGE, GENERIC, NUMERAL, AUTO, OPEN = "single", "override", "usage", "generic", "numeral", "auto", "unresolved"
PERSON: Final = "person"
# What a person has to look at.
UNSETTLED: Final = frozenset({AUTO, OPEN})


class UnreadableError(ValueError):
    """A character that no source has a reading of; `character` is it."""

    def __init__(self, character: str) -> None:
        super().__init__(character)
        self.character = character


@dataclass(frozen=True, slots=True)
class Syllable:
    """One character with its reading (tone marked). `alternatives` are its other readings; `by` is what decided, see above."""

    char: str
    reading: str
    alternatives: tuple[str, ...]
    by: str

    @property
    def settled(self) -> bool:
        return self.by not in UNSETTLED


@dataclass(frozen=True, slots=True)
class NamedReading:
    """A row of names.toml. `settled` is False for what the sources leave open."""

    text: str
    readings: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]
    area: str
    source: str
    note: str
    settled: bool


@dataclass(frozen=True, slots=True)
class CharacterUse:
    """A row of characters.toml."""

    char: str
    reading: str
    area: str
    other: str
    exceptions: tuple[str, ...]


@cache
def named_readings() -> tuple[NamedReading, ...]:
    """Rows of names.toml, the longest text first and the narrowest area first among equals."""
    found = [_named(row, row["reading"], (), True) for row in _table("names.toml", "name")]
    found += [_named(row, row["proposed"], row["readings"], False) for row in _table("names.toml", "unresolved")]
    return tuple(sorted(found, key=lambda one: (-len(one.text), -len(one.area), one.text)))


def _named(row: dict[str, Any], reading: str, others: Iterable[str], settled: bool) -> NamedReading:
    readings = tuple(reading.split())
    several = tuple(tuple(one.split()) for one in others)
    if any(len(one) != len(row["text"]) for one in (readings, *several)):
        raise ValueError(f"names.toml: {row['text']} has {len(row['text'])} characters, its reading has not")
    return NamedReading(row["text"], readings, several, row.get("in", ""), row.get("source", ""), row.get("note", ""), settled)


@cache
def character_uses() -> dict[str, CharacterUse]:
    return {
        row["char"]: CharacterUse(row["char"], row["reading"], row.get("in", ""), row["other"], tuple(row.get("except", ())))
        for row in _table("characters.toml", "character")
    }


def _table(file: str, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / file).read_text("utf-8")).get(key, [])
    return rows


@cache
def proposed_uses() -> dict[str, str]:
    """What is likelier in place names than what pypinyin proposes; decides nothing."""
    return {row["char"]: row["reading"] for row in _table("characters.toml", "proposal")}


@cache
def candidates(character: str) -> tuple[str, ...]:
    """All readings of a character, tone marked. Raises `UnreadableError`.

    Of the 8,105 characters of the 通用规范汉字表 those of two modern dictionaries, for neither alone is complete (陂, 隗); of
    others whatever pypinyin knows, archaic readings too.
    """
    known = dict.fromkeys(
        reading
        for dictionary in (ktghz2013, kxhc1983)
        for reading in dictionary.pinyin_dict.get(ord(character), "").split(",")
        if reading
    )
    if known and ord(character) in ktghz2013.pinyin_dict:
        return tuple(known)
    found = pinyin(character, style=Style.TONE, heteronym=True, errors="ignore")
    if not found or not found[0]:
        raise UnreadableError(character)
    return tuple(found[0])


def read(name: str, area: str = HOME) -> list[Syllable]:
    """One syllable for each character of `name` (Han characters only). `area`: the code the name lies in, any number of digits.

    Raises `UnreadableError` for anything without a reading.
    """
    found: list[Syllable | None] = [None] * len(name)
    for row in named_readings():
        if row.text in name and _holds(row.area, area):
            _apply(row, name, found)
    several_of = {position: candidates(name[position]) for position, one in enumerate(found) if one is None}
    if several_of:
        proposed: Sequence[str] | None = None
        for position, several in several_of.items():
            character = name[position]
            use = character_uses().get(character)
            if len(several) == 1:
                found[position] = Syllable(character, several[0], (), SINGLE)
            elif use is not None and _holds(use.area, area) and not any(word in name for word in use.exceptions):
                found[position] = Syllable(character, use.reading, _without(several, use.reading), USAGE)
            else:
                proposed = proposed or _proposals(name)
                likely = proposed_uses().get(character, proposed[position])
                reading = likely if likely in several else several[0]
                found[position] = Syllable(character, reading, _without(several, reading), AUTO)
    return [one for one in found if one is not None]


def ensure_readable(name: str) -> None:
    """Raises `UnreadableError` where `read` would, without reading."""
    for character in name:
        candidates(character)


def _holds(row_area: str, area: str) -> bool:
    return area.startswith(row_area)


def _apply(row: NamedReading, name: str, found: list[Syllable | None]) -> None:
    start = name.find(row.text)
    while start >= 0:
        end = start + len(row.text)
        if not any(found[start:end]):
            for offset, (character, reading) in enumerate(zip(row.text, row.readings, strict=True)):
                others = {one[offset] for one in row.others} | set(candidates(character))
                alternatives = tuple(sorted(others - {reading}))
                open_here = not row.settled and any(one[offset] != reading for one in row.others)
                by = OPEN if open_here else NAMED if alternatives else SINGLE
                found[start + offset] = Syllable(character, reading, alternatives, by)
        start = name.find(row.text, end)


def _without(several: Sequence[str], reading: str) -> tuple[str, ...]:
    return tuple(one for one in several if one != reading)


def _proposals(name: str) -> list[str]:
    """What pypinyin proposes, phrases considered; every character is known to have a reading."""
    return [one[0] for one in pinyin(name, style=Style.TONE)]
