"""Codes of place names on a whole table: CODE-10 and CODE-11 with the tree of classes as far as it is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.place_codes import BASIS_CODE, PlaceRecord, check_class_pairs, check_place_codes, parse_place_code
from placenames.rules.classes import is_known


def area_code_of(code: str) -> str:
    """The nine digits of the township in a place-name code; empty for what is no code."""
    parsed = parse_place_code(code) if code else None
    return parsed.division if parsed else ""


def check_codes(codes: Iterable[str], official: Collection[str] | None = None) -> list[Finding]:
    """CODE-10. `official`: the loaded table of classes; without one a class the shipped tree lacks is told as information only,
    for the tree is known to have gaps.
    """
    texts = [code.strip() for code in codes]
    found = check_place_codes(texts, official)
    if official is not None:
        return found
    for text in dict.fromkeys(texts):
        parsed = parse_place_code(text)
        if parsed is not None and not is_known(parsed.place_class):
            found.append(
                Finding("CODE-10", Severity.INFO, BASIS_CODE, "class_not_seen",
                        f"地名代码{text}的类别{parsed.place_class}不在已知的分类中；已知分类不全，请核对。",
                        f"Class {parsed.place_class} of {text} is not in the tree, which has gaps; check it.", text)
            )  # fmt: skip
    return found


def check_code_fits(code: str, place_class: str, township: str) -> list[Finding]:
    """CODE-10 on one record: the code's parts are those of its class and its township (empty: not known)."""
    parsed = parse_place_code(code)
    if parsed is None:
        return check_place_codes([code], None)[1:]
    found = []
    if place_class and parsed.place_class != place_class:
        found.append(
            Finding("CODE-10", Severity.WARN, BASIS_CODE, "class_differs",
                    f"地名代码{code}的类别段是{parsed.place_class}，登记的类别是{place_class}。",
                    f"The code says class {parsed.place_class}, the record {place_class}.", code)
        )  # fmt: skip
    if township and parsed.division != township:
        found.append(
            Finding("CODE-10", Severity.WARN, BASIS_CODE, "township_differs",
                    f"地名代码{code}的区划段是{parsed.division}，所在乡级区划代码是{township}。",
                    f"The code says township {parsed.division}, the record lies in {township}.", code)
        )  # fmt: skip
    return found


__all__ = ["PlaceRecord", "area_code_of", "check_class_pairs", "check_code_fits", "check_codes"]
