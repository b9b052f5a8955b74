"""Documents as papers of the register: who issued them, by their number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from boundaries.services.register.lives import Paper

# By the word (机关代字) a number begins with, or by the beginning of the title.
_ISSUERS = (
    ("豫民", "河南省民政厅"),
    ("豫政", "河南省人民政府"),
    ("国函", "国务院"),
    ("国务院", "国务院"),
    ("民政部", "民政部"),
    ("民行批", "民政部"),
    ("民函", "民政部"),
    ("民批", "民政部"),
    ("民〔", "民政部"),
)


def issuer_of(number: str, title: str) -> str:
    """Empty where neither number nor title says."""
    if "国函" in number:  # （82）国函字167号
        return "国务院"
    return next((issuer for word, issuer in _ISSUERS if number.startswith(word) or title.startswith(word)), "")


def document(number: str, title: str, dated: date | None, issuer: str, details: Mapping[str, Any]) -> Paper:
    return Paper("document", title[:300], issuer, number[:80], dated, details=details)
