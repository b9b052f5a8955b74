"""The words people and files use for the five levels."""

from __future__ import annotations

from django.utils.translation import gettext as _

from boundaries.models import Level
from importers.readers.errors import refuse

ALL = "all"
_WORDS: dict[str, int] = {
    **dict.fromkeys(["province", "provincial", "省", "省级", "1"], 1),
    **dict.fromkeys(["prefecture", "city", "地级", "地级市", "市", "地市", "市级", "2"], 2),
    **dict.fromkeys(["county", "district", "县", "县级", "区县", "县区", "3"], 3),
    **dict.fromkeys(["township", "town", "street", "乡", "乡级", "乡镇", "乡镇级", "乡镇街道", "4"], 4),
    **dict.fromkeys(["village", "community", "村", "村级", "村社", "村居", "村委会", "5"], 5),
}


def level_named(text: str) -> int | None:
    return _WORDS.get(text.strip().lower())


def level_asked(text: str) -> int | None:
    """The level of an import; None for `all`, where each row says its own. Raises `InvalidInputError` (unknown_level)."""
    if text.strip().lower() in {ALL, "全部", "各级"}:
        return None
    level = level_named(text)
    if level is None:
        raise refuse(
            "unknown_level",
            _("不认识层级“%(text)s”。可用 %(levels)s（省、地、县、乡、村级），或 all（按文件中的层级列）。"),
            levels="province、prefecture、county、township、village",
            text=text[:40],
        )
    return level


def label(level: int) -> str:
    """In Chinese, for the Chinese half of a problem."""
    return {1: "省级", 2: "地级", 3: "县级", 4: "乡级", 5: "村级"}[int(Level(level))]
