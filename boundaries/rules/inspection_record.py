"""BND-INS-01 … BND-INS-03: what the record of a joint inspection must hold before it is signed and filed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.inspection_content import unanswered

RECORD_BASIS = "省级行政区域界线联合检查实施办法（民政部令第28号）第三条"
SIGNED_BASIS = "行政区域界线管理条例第十二条"
BASIS_BASIS = "省级行政区域界线联合检查实施办法（民政部令第28号）第五条"

# Key of boundaries.models.LineFileKind → words. The last report is asked for where there was an inspection before.
BASIS_DOCUMENTS: Mapping[str, tuple[str, str]] = {
    "agreement": ("界线协议书", "the agreement"),
    "map": ("协议书附图或界线详图", "the agreement's maps"),
    "marker_table": ("界桩登记表或成果表", "the table of markers"),
    "report": ("历次联检报告", "the last inspection's report"),
}


@dataclass(frozen=True, slots=True)
class MarkerTask:
    """A marker to be visited. `differing`: two visits say different things and nobody chose one."""

    number: str
    visited: bool
    differing: bool = False


def check_record(content: Mapping[str, Any], tasks: Sequence[MarkerTask]) -> list[Finding]:
    """BND-INS-01: the five content groups are answered; every marker of the line or stretch is visited.

    A line of which no marker is on record is told, since nobody can say that all were visited.
    """
    found = [
        _block(
            "BND-INS-01",
            RECORD_BASIS,
            "content_unanswered",
            f"检查内容第{group.number}项“{group.zh}”没有填写。",
            f"Content group not answered: {group.en}.",
            group.key,
        )
        for group in unanswered(content)
    ]
    missing = [task.number for task in tasks if not task.visited]
    if missing:
        names = "、".join(missing)
        found.append(
            _block(
                "BND-INS-01",
                RECORD_BASIS,
                "markers_not_visited",
                f"有{len(missing)}个界桩没有检查记录：{names}。",
                f"Markers without a visit ({len(missing)}): {', '.join(missing)}.",
                "markers",
            )
        )
    found.extend(
        _block(
            "BND-INS-01",
            RECORD_BASIS,
            "visits_differ",
            f"{task.number}号界桩有不一致的检查记录，须选定一份。",
            f"Visits of marker {task.number} differ; one must be chosen.",
            task.number,
        )
        for task in tasks
        if task.differing
    )
    if not tasks:
        found.append(
            Finding(
                "BND-INS-01",
                Severity.WARN,
                RECORD_BASIS,
                "no_markers_on_record",
                "本线（段）没有登记界桩，无从核对是否逐桩检查。",
                "No marker of this line or stretch is on record; whether all were visited cannot be told.",
                "markers",
            )
        )
    return found


def check_signatures(
    sides: Sequence[str],
    signed: Collection[str],
    *,
    differing: int = 0,
    filed_with: str = "",
    filed_on: date | None = None,
    filed_by_all: bool = False,
) -> list[Finding]:
    """BND-INS-02: every side (three at a tri-point) has signed what stands now, and all sides file it with the approving body.

    `signed` are sides whose signature holds for the record as it stands; `differing` counts disagreements not settled.
    """
    found = [
        _block(
            "BND-INS-02",
            SIGNED_BASIS,
            "side_not_signed",
            f"{side}没有签署现在的内容。",
            f"{side} has not signed what stands now.",
            side,
        )
        for side in sides
        if side not in signed
    ]
    if differing:
        found.append(
            _block(
                "BND-INS-02",
                SIGNED_BASIS,
                "disagreement_open",
                f"还有{differing}条不同意见没有了结。",
                f"Disagreements not settled: {differing}.",
            )
        )
    if not filed_with.strip() or filed_on is None:
        found.append(
            _block(
                "BND-INS-02",
                SIGNED_BASIS,
                "not_filed",
                "联检结果须报批准界线的机关备案：写明备案机关和日期。",
                "The result is filed with the body that approved the line: say which and when.",
            )
        )
    elif not filed_by_all:
        found.append(
            _block(
                "BND-INS-02",
                SIGNED_BASIS,
                "not_filed_by_all",
                "备案须由各方共同报送。",
                "The filing is made by all sides together.",
            )
        )
    return found


def check_basis(documents: Collection[str], *, inspected_before: bool) -> list[Finding]:
    """BND-INS-03: agreement, maps, table of markers and the last report are in the line's archive."""
    asked = [kind for kind in BASIS_DOCUMENTS if kind != "report" or inspected_before]
    return [
        Finding(
            "BND-INS-03",
            Severity.WARN,
            BASIS_BASIS,
            "basis_missing",
            f"界线档案中没有{BASIS_DOCUMENTS[kind][0]}。",
            f"The line's archive lacks {BASIS_DOCUMENTS[kind][1]}.",
            kind,
        )
        for kind in asked
        if kind not in documents
    ]


def _block(rule: str, basis: str, code: str, zh: str, en: str, subject: str = "") -> Finding:
    return Finding(rule, Severity.BLOCK, basis, code, zh, en, subject)
