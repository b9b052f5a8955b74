"""The tree of place-name classes (GB/T 18521) as far as it has been seen: `placenames/classes/gbt18521.toml`.

A code has five digits; a shorter one stands for its branch and is padded with 0. What the tree does not hold may exist all the
same, for the official table was not seen; an office can load it as a list (`place_classes`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from boundaries.rules.names import COUNTY, PREFECTURE, PROVINCE, TOWNSHIP

FILE: Final = Path(__file__).resolve().parent.parent / "classes" / "gbt18521.toml"

# The class under which a division is known as a place name, by level, and by type at the village level.
OF_LEVEL: Final[Mapping[int, str]] = {PROVINCE: "21200", PREFECTURE: "21300", COUNTY: "21400", TOWNSHIP: "21500"}
OF_TYPE: Final[Mapping[str, str]] = {"village_committee": "21610", "residents_committee": "21620"}
VILLAGES: Final = "22200"


@dataclass(frozen=True, slots=True)
class PlaceClass:
    """`digits` without the zeros that pad them; `seen` tells where the class was met."""

    digits: str
    name: str
    seen: str

    @property
    def code(self) -> str:
        return self.digits.ljust(5, "0")


@cache
def tree() -> Mapping[str, PlaceClass]:
    """Digits → class."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    return {row["code"]: PlaceClass(row["code"], row["name"], data["seen"][row["seen"]]) for row in data["class"]}


def gaps() -> tuple[str, ...]:
    return tuple(tomllib.loads(FILE.read_text("utf-8"))["about"]["gaps"])


def is_code(text: str) -> bool:
    return len(text) == 5 and text.isascii() and text.isdigit() and text[0] in "12"


def chain(code: str) -> list[PlaceClass]:
    """The class of a five-digit code and what it lies in, nearest first; as far as the tree goes."""
    digits = code.rstrip("0")
    return [found for length in range(len(digits), 0, -1) if (found := tree().get(digits[:length])) is not None]


def is_known(code: str) -> bool:
    """Whether exactly this class is in the tree."""
    return code.rstrip("0") in tree()


def name_of(code: str) -> str:
    """The nearest name the tree has; empty for what is no code."""
    line = chain(code) if code else []
    return line[0].name if line else ""


def of_division(level: int, kind: str) -> str:
    """The class of a division by its level and type; empty for units that are no divisions."""
    if kind in ("statistical", "unknown"):
        return ""
    return OF_TYPE.get(kind) or OF_LEVEL.get(level, "")
