"""BND-CYC-01: each boundary line is inspected jointly every five years (行政区域界线管理条例 §12), counted in calendar years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from boundaries.rules.finding import Finding, Severity

BASIS = "行政区域界线管理条例第十二条；民函〔2023〕26号（以年为单位计算为本系统的选择）"
CYCLE_YEARS = 5

# 第五轮 (民函〔2023〕26号): provincial lines and kilometres of each year.
ROUND_FIVE: Mapping[int, tuple[int, int]] = {
    2023: (14, 11_982),
    2024: (14, 7_874),
    2025: (14, 14_468),
    2026: (13, 13_629),
    2027: (13, 14_464),
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """A joint inspection. `full`: of the whole line with a report of all sides; an extra one does not begin a new cycle."""

    year: int
    full: bool = True


def due_year(inspections: Iterable[Inspection]) -> int | None:
    """The year the next inspection is due in; None when no full inspection is on record."""
    last = max((one.year for one in inspections if one.full), default=None)
    return None if last is None else last + CYCLE_YEARS


def check_cycle(inspections: Iterable[Inspection], today: date) -> list[Finding]:
    """Warns from 1 January of the due year, blocks after its 31 December."""
    due = due_year(inspections)
    if due is None:
        return [_finding(Severity.WARN, "never_inspected", "没有联合检查的记录，下次检查年份未知。",
                         "No joint inspection is on record; when the next is due is not known.")]  # fmt: skip
    if today.year > due:
        return [_finding(Severity.BLOCK, "inspection_overdue", f"联合检查应于{due}年完成，已逾期。",
                         f"The joint inspection was due in {due}.")]  # fmt: skip
    if today.year == due:
        return [_finding(Severity.WARN, "inspection_due", f"联合检查应于{due}年内完成。", f"The joint inspection is due in {due}.")]
    return []


def _finding(severity: Severity, code: str, zh: str, en: str) -> Finding:
    return Finding("BND-CYC-01", severity, BASIS, code, zh, en, "inspection")
