"""CHG-PLAN-02 and CHG-PLAN-04: where the territory of an abolished unit goes, and whether the parties planned jointly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

BASIS_65_3 = "行政区划管理条例实施办法（民政部令第65号）第三条"


@dataclass(frozen=True, slots=True)
class TerritoryBalance:
    """The ground of the units that end, against the ground of those that take it over. Areas in m², geodesic.

    uncovered    old ground in no new unit
    beyond       new ground that was in no old unit
    overlapping  ground in more than one new unit
    """

    uncovered: float
    beyond: float
    overlapping: float = 0.0


def check_territory(destination: str, balance: TerritoryBalance | None, tolerance: float) -> list[Finding]:
    """CHG-PLAN-02 on an abolition.

    destination: where the territory goes, in the plan's words. balance: None where a boundary is missing. tolerance: m² left to
    the precision of the drawing; a setting of the office, given by no text.
    """
    found = []
    if not destination.strip():
        found.append(
            _finding(Severity.BLOCK, "destination_not_stated", "方案没有写明被撤销区划的区域归属。",
                     "The plan does not say where the territory of the abolished unit goes.")
        )  # fmt: skip
    if balance is None:
        found.append(
            _finding(Severity.WARN, "territory_not_checked", "缺少边界数据，无法核对变更前后区域是否一致。",
                     "Boundaries are missing: whether the territory before and after is the same cannot be checked.")
        )  # fmt: skip
        return found
    for code, area, zh, en in (
        ("territory_uncovered", balance.uncovered, "原区域中有{}没有划入任何新区划。", "{} of the old territory go to no unit."),
        ("territory_beyond", balance.beyond, "新区划中有{}不属于原区域。", "{} of the new units lie outside the old territory."),
        ("territory_overlapping", balance.overlapping, "新区划之间有{}重叠。", "{} belong to more than one new unit."),
    ):
        if area > tolerance:
            shown = f"{area:,.0f}"
            found.append(_finding(Severity.BLOCK, code, zh.format(f"{shown}平方米"), en.format(f"{shown} m²")))
    return found


def _finding(severity: Severity, code: str, zh: str, en: str) -> Finding:
    return Finding("CHG-PLAN-02", severity, BASIS_65_3, code, zh, en, "territory")


def check_joint_plan(parties: Collection[str], signed_by: Collection[str], failure_record: str = "") -> list[Finding]:
    """CHG-PLAN-04: for a boundary or a subordination the parties plan jointly, or it is on record that they did not agree."""
    missing = [party for party in dict.fromkeys(parties) if party not in set(signed_by)]
    if not missing or failure_record.strip():
        return []
    return [
        Finding("CHG-PLAN-04", Severity.WARN, BASIS_65_3, "not_planned_jointly",
                f"界线或隶属关系变更应由各方协商共同制订方案，缺：{'、'.join(missing)}；协商不成的应有记录。",
                f"The parties plan jointly; missing: {', '.join(missing)}. Where they did not agree, a record is needed.",
                "joint_plan")
    ]  # fmt: skip
