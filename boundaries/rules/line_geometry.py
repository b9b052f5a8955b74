"""BND-LIN-02 and -03: one line drawn once, and a tri-point that is one point. Judges distances; measuring them is the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

LINE_BASIS = "行政区域界线管理条例第十四条（界线详图为唯一标准画法）；容差为本单位设定，法规未见规定"
POINT_BASIS = "民函〔2023〕26号；界桩管理办法第五条第三项"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A drawn line against an edge of a division: the greatest distance (m) either way and where (longitude, latitude).

    `edge_of`: the division's name. `greatest_m` None: it has no edge there, or no geometry at all.
    """

    edge_of: str
    greatest_m: float | None
    at: tuple[float, float] | None = None


def check_edge(line: str, comparison: Comparison, tolerance_m: float) -> list[Finding]:
    """BND-LIN-02: the line lies on the edge of the division within `tolerance_m`, and the edge on the line."""
    if comparison.greatest_m is None:
        return [
            Finding("BND-LIN-02", Severity.INFO, LINE_BASIS, "not_checked", f"{line}：{comparison.edge_of}没有可比的范围，未核对。",
                    f"{line}: {comparison.edge_of} has no outline to compare with; not checked.", comparison.edge_of)
        ]  # fmt: skip
    if comparison.greatest_m <= tolerance_m:
        return []
    where = "" if comparison.at is None else f"（{comparison.at[0]:.6f}，{comparison.at[1]:.6f}附近）"
    return [
        Finding("BND-LIN-02", Severity.WARN, LINE_BASIS, "edge_differs",
                f"{line}与{comparison.edge_of}的边界最远相差{comparison.greatest_m:.1f}米{where}，超过设定的{tolerance_m:g}米。",
                f"{line} and the edge of {comparison.edge_of} are up to {comparison.greatest_m:.1f} m apart, more than the "
                f"{tolerance_m:g} m set.", comparison.edge_of)
    ]  # fmt: skip


def check_tri_point(number: str, distances_m: Mapping[str, float | None], tolerance_m: float = 0.05) -> list[Finding]:
    """BND-LIN-03: the ends of the three lines (code → metres from the tri-point's marker) are the marker itself.

    `tolerance_m` allows for coordinates written with fewer digits, not for another place. None: the line has no geometry.
    """
    findings = []
    for line, metres in sorted(distances_m.items()):
        if metres is None:
            findings.append(
                Finding("BND-LIN-03", Severity.INFO, POINT_BASIS, "not_checked", f"三交点{number}：界线{line}没有图形，未核对。",
                        f"Tri-point {number}: line {line} has no geometry; not checked.", line)
            )  # fmt: skip
        elif metres > tolerance_m:
            findings.append(
                Finding("BND-LIN-03", Severity.BLOCK, POINT_BASIS, "tri_point_differs",
                        f"三交点{number}：界线{line}的端点与界桩相差{metres:.2f}米，三条界线在此应坐标相同。",
                        f"Tri-point {number}: the end of line {line} is {metres:.2f} m from the marker; all three lines have the "
                        "same coordinates there.", line)
            )  # fmt: skip
    if len(distances_m) < 3:
        findings.append(
            Finding("BND-LIN-03", Severity.INFO, POINT_BASIS, "lines_missing",
                    f"三交点{number}只登记了{len(distances_m)}条界线，其余的未核对。",
                    f"Tri-point {number} stands on {len(distances_m)} registered lines; the others are not checked.", number)
        )  # fmt: skip
    return findings
