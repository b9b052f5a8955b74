"""The next code of a place name (CODE-10): county and township (9), class (5), serial (6); or why there can be none yet.

Of the coding rule (民地办发〔2010〕1号) only the structure was seen: 6+3+5+6, the serial unique in its class. How serials are
counted was not. The serial given here is one above the highest ever used for the class in the whole county, so it is unique whether
the rule counts by county or by township; a number once used is never used again, as with codes of divisions (废码不用). What the
texts at hand do not tell (a place that runs through several townships, a class that is not known to be a 小类) stays undetermined.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from placenames.rules.classes import is_code, is_known, name_of, tree

BASIS: Final = "国家地名数据库代码编制规则（民地办发〔2010〕1号，依公开资料；顺序号的编法未见）"
LAST: Final = 999_999

# Why there is no code: key → words (Chinese, English).
REASONS: Final = {
    "area_unknown": ("没有登记所在行政区，也不能由位置推定。", "Its area is not on record and cannot be told from its position."),
    "township_unknown": (
        "所在行政区只到县级，位置也不能确定在哪个乡镇（街道）；乡级三位未定。",
        "Only its county is known, and its position does not tell the township.",
    ),
    "crosses": (
        "地跨几个乡镇（街道）。跨界地名的乡级三位怎样取，公开的规则中未见。",
        "It runs through several townships; the public texts do not say which three digits it takes then.",
    ),
    "township_code": (
        "所在乡镇（街道）没有登记法定的九位代码（统计代码不能代替）。",
        "The township has no legal code of nine digits on record; a statistical one does not stand in.",
    ),
    "class_missing": ("没有登记五位类别代码。", "It has no class of five digits."),
    "class_unknown": (
        "类别代码不在分类表中。正式分类表未全见，可载入（place_classes）后再赋码。",
        "Its class is not in the table of classes; load the official one (place_classes).",
    ),
    "class_broad": (
        "登记的类别是上位类，不是小类；先把类别定到小类。",
        "Its class has classes below it; settle the lowest one first.",
    ),
    "full": ("这一类的六位顺序号已用到末位。", "The serials of this class are used up."),
}


@dataclass(frozen=True, slots=True)
class Allotted:
    """A code, or ``""`` and `why` (a key of `REASONS`)."""

    code: str
    why: str = ""


def class_reason(place_class: str, official: Collection[str] | None) -> str:
    """Why a class can be in no code yet; empty where it can. official: the loaded table, None where there is none."""
    if not is_code(place_class):
        return "class_missing"
    if official is not None:
        return "" if place_class in official else "class_unknown"
    if not is_known(place_class):
        return "class_unknown"
    digits = place_class.rstrip("0")
    return "class_broad" if any(one != digits and one.startswith(digits) for one in tree()) else ""


def next_code(township: str, place_class: str, highest: int) -> Allotted:
    """township: nine digits of the legal code. highest: the highest serial ever used for the class in its county, 0 for none.

    Raises `ValueError` for what is no township code or no class.
    """
    if len(township) != 9 or not township.isascii() or not township.isdigit() or not is_code(place_class):
        raise ValueError(f"not a township and a class: {township!r} {place_class!r}")
    if highest >= LAST:
        return Allotted("", "full")
    return Allotted(f"{township}{place_class}{highest + 1:06d}")


def words(why: str, place_class: str = "") -> tuple[str, str]:
    """A reason as told, in both languages."""
    zh, en = REASONS[why]
    if why in ("class_unknown", "class_broad") and (known := name_of(place_class)):
        return f"{zh[:-1]}（{place_class} {known}）。", f"{en} ({place_class})"
    return zh, en
