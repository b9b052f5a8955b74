"""BND-STK-01 and -02: what moving and repairing a marker asks for (行政区域界线管理条例第六条、第十六条，界桩管理办法第七条)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

MOVE_BASIS = "行政区域界线管理条例第六条；界桩管理办法第七条"
REPAIR_BASIS = "行政区域界线管理条例第六条、第十六条第四项"


@dataclass(frozen=True, slots=True)
class Move:
    """sides: names of all adjoining sides; agreed and surveyed: those that agreed and those that took part in the survey."""

    sides: Collection[str]
    application: bool = False
    agreed: Collection[str] = ()
    surveyed: Collection[str] = ()
    archived: bool = False
    filed: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """custodian: the side that keeps the marker ("" where none is named); by: who repaired; present: who was there besides."""

    sides: Collection[str]
    custodian: str = ""
    by: str = ""
    present: Collection[str] = ()


def check_move(move: Move) -> list[Finding]:
    """The developer applied, all sides agreed and surveyed together, the archive was completed and filed."""
    findings = []
    if not move.application:
        findings.append(_move("no_application", "没有建设单位的申请。", "The developer has not applied."))
    if lacking := _lacking(move.sides, move.agreed):
        findings.append(_move("not_agreed", f"未经{lacking}同意。", f"Without the agreement of {lacking}.", lacking))
    if lacking := _lacking(move.sides, move.surveyed):
        findings.append(_move("no_joint_survey", f"{lacking}没有参加共同测绘。", f"{lacking} took no part in the survey.", lacking))
    if not move.archived:
        findings.append(_move("not_archived", "没有补充界线档案。", "The archive was not completed."))
    if not move.filed:
        findings.append(_move("not_filed", "没有报批准该界线的机关备案。", "Not filed with the body that approved the line."))
    return findings


def check_repair(repair: Repair) -> list[Finding]:
    """By the side that keeps the marker, the other sides being present."""
    findings = []
    if not repair.custodian:
        findings.append(
            _repair("custodian_unknown", "没有写明管护责任方，不能认定由谁修复。", "No side is named that keeps the marker.")
        )
    elif repair.by != repair.custodian:
        findings.append(
            _repair("not_by_custodian", f"应由管护责任方{repair.custodian}修复。", f"{repair.custodian} keeps it and repairs it.")
        )
    if lacking := _lacking([side for side in repair.sides if side != repair.by], repair.present):
        findings.append(_repair("alone", f"修复时{lacking}没有在场。", f"{lacking} was not present.", lacking))
    return findings


def _lacking(sides: Collection[str], there: Collection[str]) -> str:
    return "、".join(side for side in sides if side not in there)


def _move(code: str, zh: str, en: str, subject: str = "") -> Finding:
    return Finding("BND-STK-01", Severity.BLOCK, MOVE_BASIS, code, zh, en, subject)


def _repair(code: str, zh: str, en: str, subject: str = "") -> Finding:
    return Finding("BND-STK-02", Severity.BLOCK, REPAIR_BASIS, code, zh, en, subject)
