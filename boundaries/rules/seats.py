"""CHG-SEAT-01: a seat has moved in the sense of the law when it crosses the boundary of a next-lower unit."""

from __future__ import annotations

from boundaries.rules.finding import Finding, Severity

BASIS_65_2 = "行政区划管理条例实施办法（民政部令第65号）第二条"


def check_seat_move(old_unit: str, new_unit: str, level: int = 4) -> list[Finding]:
    """`old_unit`, `new_unit`: the next-lower units (of a township: 村、居委会) the seats lie in; empty = unknown."""
    zh, en = ("村、居委会", "villages") if level == 4 else ("下一级行政区划", "units of the next level")
    if not old_unit.strip() or not new_unit.strip():
        return [
            Finding("CHG-SEAT-01", Severity.INFO, BASIS_65_2, "seat_unit_unknown",
                    f"不知道新、旧驻地所在的{zh}，无法判断是否属于驻地迁移。",
                    f"The {en} of the two seats are not known; whether this is a move of the seat cannot be told.", "seat")
        ]  # fmt: skip
    if old_unit.strip() != new_unit.strip():
        return []
    return [
        Finding("CHG-SEAT-01", Severity.INFO, BASIS_65_2, "not_a_seat_move",
                f"新、旧驻地在同一{zh}范围内，不属于行政区划变更中的驻地迁移。",
                f"Both seats lie in the same one of the {en}: in the law's sense the seat does not move.", "seat")
    ]  # fmt: skip
