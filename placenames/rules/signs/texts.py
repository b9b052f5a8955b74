"""The texts of a sign, made from the standard name and its spelling; nobody types them.

A name whose spelling nobody answers for gives no text: the reason is told instead (PY-02).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from placenames.rules.naming import check_characters
from placenames.rules.signs.types import SignType


@dataclass(frozen=True, slots=True)
class Named:
    """The name a sign is to show, as the register has it. `settled`: a source or a person answers for the spelling.

    number: of the building or door, as given to it.
    """

    name: str
    spelling: str
    settled: bool = True
    number: str = ""
    minority: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """`role` as the parts of a type have it."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """`texts` in the order of the type's parts; `missing` says in Chinese and English what cannot be made, and why."""

    texts: tuple[Text, ...]
    missing: tuple[tuple[str, str, str], ...] = ()

    def of(self, role: str) -> str:
        return next((one.text for one in self.texts if one.role == role), "")


def make(kind: SignType, named: Named) -> Made:
    """One text for each part; a type without known parts has the name over its spelling."""
    roles = [part.role for part in kind.parts if part.role != "qr"] or ["chinese", "roman"]
    texts, missing = [], []
    if strange := [one for one in check_characters(named.name, {}) if one.finding.code == "not_standard"]:
        missing.append(("not_standard_characters", strange[0].finding.message_zh, strange[0].finding.message_en))
    for role in roles:
        text = {
            "chinese": named.name,
            "roman": spelled(named.spelling, kind.case) if named.settled else "",
            "number": named.number,
            "minority": named.minority,
        }[role]
        if text:
            texts.append(Text(role, text))
        else:
            missing.append(_why(role, named))
    return Made(tuple(texts), tuple(missing))


def spelled(spelling: str, case: str = "upper") -> str:
    """The spelling as it stands on a sign. Capitals keep their tone marks, and ü its dots (LǙ)."""
    text = unicodedata.normalize("NFC", spelling.strip())
    return text.upper() if case == "upper" else text


def _why(role: str, named: Named) -> tuple[str, str, str]:
    if role == "roman":
        if named.spelling and not named.settled:
            return (
                "spelling_open",
                f"“{named.name}”的拼写尚未经人认定（PY-02），不能上牌。",
                f"Nobody has settled the spelling of {named.name} (PY-02).",
            )
        return "spelling_missing", f"“{named.name}”没有登记拼写。", f"{named.name} has no spelling on record."
    if role == "number":
        return "number_missing", "没有登记楼号或门牌号。", "No number is on record."
    if role == "minority":
        return "minority_missing", "没有登记少数民族文字。", "No minority script is on record."
    return "name_missing", "没有所指的地名。", "It names no place on record."
