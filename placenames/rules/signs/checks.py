"""SIGN-01 … SIGN-06: a sign against the name on record, its road, its type. What is not known is said to be not checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from boundaries.rules.finding import Finding, Severity
from placenames.rules.kinds import Kind
from placenames.rules.naming import check_characters
from placenames.rules.orthography import check_spelling
from placenames.rules.readings import UnreadableError
from placenames.rules.signs.directions import Axis
from placenames.rules.signs.texts import Named, spelled
from placenames.rules.signs.types import COLOURS, SignType
from placenames.rules.spelling import without_tones

BASIS_TEXT: Final = "地名管理条例第十八条、第十九条"
BASIS_COLOUR: Final = "河南日报 2025-12（许昌，二手）；分界角度是本系统的选择"
BASIS_LAYOUT: Final = "GB 17733-2008 附录B.13、B.16（二手）"
BASIS_SIZE: Final = "GB 17733-2008（尺寸未见，由单位载入）"
BASIS_STALE: Final = "地名管理条例第十九条"
BASIS_DAMAGE: Final = "地名管理条例第三十八条"
FINE_YUAN: Final = (1000, 5000)
# A plate is made to a tolerance that the standard may give; not seen, so whole millimetres are compared.
_SAME_MM: Final = 0.5
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af〇]")


@dataclass(frozen=True, slots=True)
class Plate:
    """What stands on a sign and what was measured of it; "" and None are "not recorded"."""

    chinese: str = ""
    roman: str = ""
    number: str = ""
    ground: str = ""
    width_mm: float | None = None
    height_mm: float | None = None
    border_mm: float | None = None
    digit_height_mm: float | None = None


def check_text(plate: Plate, named: Named | None, kind: Kind | None = None, may_follow: Iterable[str] = ()) -> list[Finding]:
    """SIGN-01: the Chinese is the standard name, the letters are its spelling on record."""
    if named is None:
        return [_text("name_unknown", "标志没有对应到登记的地名，文字未核对。",
                      "The sign is tied to no name on record; its text is not checked.", Severity.INFO)]  # fmt: skip
    found = _check_chinese(plate.chinese, named.name, tuple(may_follow))
    return found + _check_roman(plate, named, kind)


def _check_chinese(written: str, name: str, may_follow: tuple[str, ...]) -> list[Finding]:
    if not written:
        return [
            _text("chinese_missing", "没有登记牌面汉字，未核对。", "The Chinese text is not recorded; not checked.", Severity.INFO)
        ]
    found = [
        _text("not_standard_characters", one.finding.message_zh, one.finding.message_en, subject=one.finding.subject)
        for one in check_characters("".join(_HAN.findall(written)), {})
        if one.finding.code == "not_standard"
    ]
    if written != name and not any(written == name + more for more in may_follow):
        found.append(
            _text("chinese_differs", f"牌面写作“{written}”，标准名称是“{name}”。",
                  f"The sign reads {written}; the standard name is {name}.", subject=written)
        )  # fmt: skip
    return found


def _check_roman(plate: Plate, named: Named, kind: Kind | None) -> list[Finding]:
    written = unicodedata.normalize("NFC", plate.roman.strip()).replace("’", "'")
    if not written:
        return [_text("roman_missing", "没有登记牌面拼音，未核对。", "The letters are not recorded; not checked.", Severity.INFO)]
    if english := [one for one in _letters(named.name, written, kind) if one.code == "english_word"]:
        return [_text("english_word", english[0].message_zh, english[0].message_en, subject=english[0].subject)]
    if not named.spelling or not named.settled:
        return [_text("spelling_open", f"“{named.name}”的拼写尚未认定，牌面拼音未核对。",
                      f"The spelling of {named.name} is not settled; the letters are not checked.", Severity.INFO)]  # fmt: skip
    wanted = spelled(named.spelling)
    upper = written.upper()
    if upper == wanted:
        return []
    told = f"牌面写作“{plate.roman}”，登记的拼写是“{named.spelling}”"
    told_en = f"The sign reads {plate.roman}; the spelling on record is {named.spelling}"
    if _plain(upper) == _plain(wanted):
        return [_text("tones_missing", f"{told}：调号不全。", f"{told_en}: tone marks are missing.", Severity.WARN, plate.roman)]
    if _plain(upper).replace(" ", "") == _plain(wanted).replace(" ", ""):
        return [
            _text(
                "not_split", f"{told}：分写不对。", f"{told_en}: it is not divided into words as it should be.", subject=plate.roman
            )
        ]
    return [_text("roman_differs", f"{told}。", f"{told_en}.", subject=plate.roman)]


def _letters(name: str, written: str, kind: Kind | None) -> list[Finding]:
    try:
        return check_spelling(name, written, kind)
    except UnreadableError:
        return []


def _plain(text: str) -> str:
    return without_tones(text.lower())


def check_colour(plate: Plate, kind: SignType, axis: Axis, azimuth: float | None) -> list[Finding]:
    """SIGN-02: blue along east–west roads, green along north–south ones; at the cut staff choose."""
    if not kind.by_direction:
        return []
    if azimuth is None:
        return [
            _colour(
                "direction_unknown",
                "所指道路没有线形，颜色未核对。",
                "The road has no line; the colour is not checked.",
                Severity.INFO,
            )
        ]
    if axis is Axis.OPEN:
        return [_colour("direction_open", f"道路走向 {azimuth:.0f}° 在分界上或没有单一走向，颜色由人决定。",
                        f"The road runs at {azimuth:.0f}°, at the cut or in no one direction; staff choose the colour.",
                        Severity.INFO)]  # fmt: skip
    if not plate.ground:
        return [
            _colour("ground_missing", "没有登记底色，未核对。", "The ground colour is not recorded; not checked.", Severity.INFO)
        ]
    wanted = colour_wanted(kind, axis)
    if plate.ground == wanted:
        return []
    zh, en = {Axis.EAST_WEST: ("东西", "east–west"), Axis.NORTH_SOUTH: ("南北", "north–south")}[axis]
    return [_colour("ground_differs", f"道路走向 {azimuth:.0f}°（{zh}向），应为{_word(wanted)}底，登记为{_word(plate.ground)}底。",
                    f"The road runs {en} ({azimuth:.0f}°): the ground should be {wanted}, and is {plate.ground}.",
                    Severity.WARN)]  # fmt: skip


def colour_wanted(kind: SignType, axis: Axis) -> str:
    """The ground colour for a direction; "" where the type has none for it (staff choose, or not known)."""
    return next((one.ground for one in kind.ground if one.when in ("always", axis.value)), "")


def check_layout(plate: Plate, kind: SignType) -> list[Finding]:
    """SIGN-03 for types whose size the standard is known to give, SIGN-04 for the others."""
    rule, basis = ("SIGN-03", BASIS_LAYOUT) if "size" in kind.known else ("SIGN-04", BASIS_SIZE)
    severity = Severity.WARN if rule == "SIGN-03" else Severity.INFO

    def told(code: str, zh: str, en: str, weight: Severity = severity) -> Finding:
        return Finding(rule, weight, basis, code, zh, en)

    if not kind.size_known:
        return [
            told(
                "size_not_known",
                f"{kind.name}的标准尺寸没有载入，未核对。",
                f"The size of the {kind.name_en or kind.key} is not loaded; not checked.",
            )
        ]
    found = []
    if plate.width_mm is None or plate.height_mm is None:
        found.append(
            told("size_not_measured", "没有登记牌面尺寸，未核对。", "The plate's size is not recorded; not checked.", Severity.INFO)
        )
    elif max(abs(plate.width_mm - (kind.width_mm or 0)), abs(plate.height_mm - (kind.height_mm or 0))) > _SAME_MM:
        is_so, should = f"{plate.width_mm:g}×{plate.height_mm:g} mm", f"{kind.width_mm:g}×{kind.height_mm:g} mm"
        found.append(told("size_differs", f"牌面 {is_so}，应为 {should}。", f"The plate is {is_so}, and should be {should}."))
    if kind.border_max_mm is not None and plate.border_mm is not None and plate.border_mm > kind.border_max_mm:
        found.append(told("border_wide", f"边框 {plate.border_mm:g} mm，应不超过 {kind.border_max_mm:g} mm。",
                          f"The border is {plate.border_mm:g} mm, and may be {kind.border_max_mm:g} mm."))  # fmt: skip
    number = kind.part("number")
    least = None if number is None else number.least_height_mm
    if least is not None and plate.digit_height_mm is not None and plate.digit_height_mm < least:
        found.append(told("digits_small", f"号码字高 {plate.digit_height_mm:g} mm，应不小于 {least:g} mm。",
                          f"The digits are {plate.digit_height_mm:g} mm high, and should be {least:g} mm."))  # fmt: skip
    return found


def check_renamed(plate: Plate, old: str, new: str) -> list[Finding]:
    """SIGN-05: what still shows the name of before."""
    if old == new or not old or old not in plate.chinese:
        return []
    return [
        Finding("SIGN-05", Severity.WARN, BASIS_STALE, "renamed",
                f"“{old}”已更名为“{new}”，牌面“{plate.chinese}”须更换；旧牌经批准后拆除。",
                f"{old} is now {new}; the sign reading {plate.chinese} is to be replaced, and the old one removed with authority.",
                plate.chinese)
    ]  # fmt: skip


def damage(what: str) -> Finding:
    """SIGN-06: a report of damage is a case; the law's range of fines is told, never an amount."""
    low, high = FINE_YUAN
    return Finding("SIGN-06", Severity.INFO, BASIS_DAMAGE, "damage_reported",
                   f"擅自设置、拆除、移动、涂改、遮挡、损毁地名标志的，罚款幅度为 {low} 元至 {high} 元，供立案参考：{what}",
                   f"Tampering with a sign: the fine is {low} to {high} yuan, for whoever takes up the case: {what}",
                   what[:60])  # fmt: skip


def _word(colour: str) -> str:
    return COLOURS.get(colour, (colour, ""))[0]


def _text(code: str, zh: str, en: str, severity: Severity = Severity.BLOCK, subject: str = "") -> Finding:
    return Finding("SIGN-01", severity, BASIS_TEXT, code, zh, en, subject)


def _colour(code: str, zh: str, en: str, severity: Severity) -> Finding:
    return Finding("SIGN-02", severity, BASIS_COLOUR, code, zh, en)
