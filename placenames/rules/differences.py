"""What differs between two versions of a text, for a reader: whole sentences first, characters within those that changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+")
# Beyond this two sentences are compared as wholes: character by character takes the square of their length.
_LONGEST = 1500


@dataclass(frozen=True)
class Piece:
    """`how` is "same", "gone" or "new"."""

    how: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Joined, pieces "same" and "gone" give `before`, "same" and "new" give `after`."""
    found: list[Piece] = []
    for how, gone, new in _opcodes(_SENTENCE.findall(before), _SENTENCE.findall(after)):
        if how == "equal":
            found.append(Piece("same", "".join(gone)))
        else:
            found += _within("".join(gone), "".join(new))
    return _joined(found)


def _within(gone: str, new: str) -> list[Piece]:
    if not gone or not new or max(len(gone), len(new)) > _LONGEST:
        return [piece for piece in (Piece("gone", gone), Piece("new", new)) if piece.text]
    found = []
    for how, one, other in _opcodes(gone, new):
        if how == "equal":
            found.append(Piece("same", "".join(one)))
        else:
            found += [piece for piece in (Piece("gone", "".join(one)), Piece("new", "".join(other))) if piece.text]
    return found


def _opcodes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [(how, before[a:b], after[c:d]) for how, a, b, c, d in matcher.get_opcodes()]


def _joined(pieces: list[Piece]) -> list[Piece]:
    result: list[Piece] = []
    for piece in pieces:
        if result and result[-1].how == piece.how:
            result[-1] = Piece(piece.how, result[-1].text + piece.text)
        else:
            result.append(piece)
    return result
