"""BND-LIN-01 and BND-USE-01: what a line asks for after a change of it is approved, and before land is used across it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

CHANGE_BASIS = "行政区域界线管理条例第九条"
USE_BASIS = "行政区域界线管理条例第十条"
_STEPS = (
    ("surveyed", "not_surveyed", "变更后的界线还没有测绘。", "The changed line has not been surveyed."),
    ("markers_set", "no_markers", "还没有埋设或移设界桩。", "Markers have not been set."),
    ("agreement", "no_agreement", "双方还没有签订界线协议书。", "The sides have not signed an agreement on the line."),
    ("filed", "not_filed", "新的界线协议书、界桩资料还没有备案。", "Agreement and markers have not been filed."),
)


@dataclass(frozen=True, slots=True)
class LineWork:
    """What was done about a line after its change; None where nothing is said of it."""

    surveyed: bool | None = None
    markers_set: bool | None = None
    agreement: bool | None = None
    filed: bool | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Land used across a line. sides: all adjoining governments; agreed: those that agreed before it began."""

    sides: Collection[str]
    agreed: Collection[str] = ()
    filed: bool = False


def lacking(work: LineWork) -> list[tuple[str, str]]:
    """What is still to be done about one line, in Chinese and English."""
    return [(zh, en) for name, _code, zh, en in _STEPS if not getattr(work, name)]


def check_line_work(line: str, work: LineWork) -> list[Finding]:
    """BND-LIN-01 for one line that an approved change moves."""
    return [
        Finding("BND-LIN-01", Severity.BLOCK, CHANGE_BASIS, code, f"{line}：{zh}", f"{line}: {en}", line)
        for name, code, zh, en in _STEPS
        if not getattr(work, name)
    ]


def check_use(use: Use) -> list[Finding]:
    """BND-USE-01: every adjoining government agreed beforehand, and it is filed."""
    findings = []
    lacking = "、".join(side for side in use.sides if side not in use.agreed)
    if lacking:
        findings.append(_use("not_agreed", f"跨界使用土地未经{lacking}同意。", f"{lacking} has not agreed to the use.", lacking))
    if not use.filed:
        findings.append(_use("not_filed", "跨界使用土地没有备案。", "The use has not been filed."))
    return findings


def _use(code: str, zh: str, en: str, subject: str = "") -> Finding:
    return Finding("BND-USE-01", Severity.BLOCK, USE_BASIS, code, zh, en, subject)
