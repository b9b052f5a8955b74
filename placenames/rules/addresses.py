"""The lasting address of a name: its identity and a check letter, nothing that the law or the office may change. Pure.

``P12X`` is place 12, ``D7K`` division 7. The letter catches a digit mistyped from paper or two changed round: weights differ and
23 is prime, so every single error and every swap of neighbours gives another letter.
"""

from __future__ import annotations

from typing import Final

LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23; I, O and S look like digits
KINDS: Final = "PD"
PATTERN: Final = "[PDpd][1-9][0-9]{0,17}[A-Za-z]"


def key_of(kind: str, number: int) -> str:
    """`kind` "P" for a place, "D" for a division; `number` its identity, from 1."""
    if kind not in KINDS or number < 1:
        raise ValueError(f"no identity: {kind}{number}")
    return f"{kind}{number}{_letter(kind, number)}"


def read_key(text: str) -> tuple[str, int] | None:
    """(kind, number); None where it is no key or its letter does not fit. Small letters are read as large ones."""
    told = text.strip().upper()
    kind, digits, letter = told[:1], told[1:-1], told[-1:]
    if kind not in tuple(KINDS) or not (digits.isascii() and digits.isdigit()) or digits.startswith("0") or len(digits) > 18:
        return None
    number = int(digits)
    return (kind, number) if letter == _letter(kind, number) else None


def _letter(kind: str, number: int) -> str:
    total = 1 + KINDS.index(kind)
    for weight, digit in enumerate(reversed(str(number)), start=2):
        total += weight * int(digit)
    return LETTERS[total % 23]
