"""BND-STK-05, -06, -07: where a marker was found, how it can be found again, and who keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

REFERENCES_WANTED = 3
REGISTRATION_BASIS = "界桩登记表（GB/T 17796-2009，二手；DmLimitMark 模型）"
CUSTODY_BASIS = "界桩管理办法第四条"
POSITION_BASIS = "界桩位置核查；容差为本单位设定，法规未见规定"
_SIDES = {"single": 2, "double": 2, "triple": 3}


@dataclass(frozen=True, slots=True)
class Registration:
    """What the register says of a marker. `references`: (azimuth in degrees, metres); `locations`: the places named, one a side."""

    number: str
    kind: str
    references: Sequence[tuple[float, float]] = ()
    locations: Sequence[str] = ()
    sides: int = 0
    has_custodian: bool = False


def check_position(number: str, distance_m: float | None, tolerance_m: float | None) -> list[Finding]:
    """BND-STK-05: where a marker was measured, `distance_m` from its registered position. Without a tolerance it is not judged."""
    if distance_m is None:
        return []
    if tolerance_m is None:
        return [
            Finding("BND-STK-05", Severity.INFO, POSITION_BASIS, "tolerance_not_set",
                    f"实测位置距登记位置{distance_m:.1f}米；没有设定容差，未作判断。",
                    f"Measured {distance_m:.1f} m from the registered position; no tolerance is set, not judged.", number)
        ]  # fmt: skip
    if distance_m <= tolerance_m:
        return []
    return [
        Finding("BND-STK-05", Severity.WARN, POSITION_BASIS, "perhaps_moved",
                f"疑似移位：实测位置距登记位置{distance_m:.1f}米，超过容差{tolerance_m:g}米。",
                f"Perhaps moved: measured {distance_m:.1f} m from the registered position, tolerance {tolerance_m:g} m.", number)
    ]  # fmt: skip


def check_registration(marker: Registration) -> list[Finding]:
    """BND-STK-06: three reference objects with azimuth and distance, and where the marker stands on each side."""
    findings = []
    usable = [one for one in marker.references if 0 <= one[0] < 360 and one[1] >= 0]
    if len(usable) < REFERENCES_WANTED:
        findings.append(
            _registration("few_references", f"界桩{marker.number}的方位物不足3个（现有{len(usable)}个）。",
                          f"Marker {marker.number} has {len(usable)} reference objects; three are wanted.", marker.number)
        )  # fmt: skip
    wanted = _SIDES.get(marker.kind, 2)
    named = sum(bool(one.strip()) for one in marker.locations)
    if named < max(wanted, marker.sides):
        findings.append(
            _registration("few_locations", f"界桩{marker.number}的所在地应写明{max(wanted, marker.sides)}处（现有{named}处）。",
                          f"Marker {marker.number} names {named} of {max(wanted, marker.sides)} locations.", marker.number)
        )  # fmt: skip
    return findings


def check_custody(marker: Registration) -> list[Finding]:
    """BND-STK-07: one side is named that keeps the marker."""
    if marker.has_custodian:
        return []
    return [
        Finding("BND-STK-07", Severity.WARN, CUSTODY_BASIS, "no_custodian", f"界桩{marker.number}没有写明管护责任方。",
                f"No side is named that keeps marker {marker.number}.", marker.number)
    ]  # fmt: skip


def _registration(code: str, zh: str, en: str, number: str) -> Finding:
    return Finding("BND-STK-06", Severity.WARN, REGISTRATION_BASIS, code, zh, en, number)
