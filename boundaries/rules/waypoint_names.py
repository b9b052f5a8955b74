"""Which marker may a place be that somebody marked with a handheld? By the number in its name; whether it is one a person says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# What devices and people put before and after the number of a marker; another word is the name of something else.
_USUAL: Final = re.compile(r"界桩|标桩|桩|航点|第|号|点|WPT|WP|PT|NO|JZ|P|[#№.:_\-\s()（）]")
_NUMBER: Final = re.compile(r"\d+")


def marker_named(name: str, numbers: Iterable[str]) -> str | None:
    """The one of the markers' `numbers` that a marked place's name says: as it is written, else by its figures alone without zeros
    before them (a handheld counts 001, 002). None where none or several fit, or where the name has other words in it.
    """
    wanted = _plain(name)
    if not wanted:
        return None
    known = {number: _plain(number) for number in numbers}
    exact = [number for number, plain in known.items() if plain == wanted]
    if exact:
        return exact[0] if len(exact) == 1 else None
    figures, words = _figures(wanted), _words(wanted)
    fitting = [number for number, plain in known.items() if figures and _figures(plain) == figures and words in {"", _words(plain)}]
    return fitting[0] if len(fitting) == 1 else None


def _plain(text: str) -> str:
    return _USUAL.sub(" ", unicodedata.normalize("NFKC", text).upper()).strip()


def _figures(plain: str) -> tuple[int, ...]:
    return tuple(int(run[:18]) for run in _NUMBER.findall(plain))


def _words(plain: str) -> str:
    return _NUMBER.sub("", plain).replace(" ", "")
