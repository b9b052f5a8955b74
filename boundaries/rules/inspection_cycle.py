"""BND-CYC-01 … BND-CYC-04: each boundary line is inspected jointly every five years (行政区域界线管理条例 §12), in rounds.

Counted in calendar years, which is our choice: no text says how the five years run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from boundaries.rules.finding import Finding, Severity

BASIS = "行政区域界线管理条例第十二条；民函〔2023〕26号（以年为单位计算为本系统的选择）"
ROUND_BASIS = "民函〔2023〕26号"
EVENT_BASIS = "行政区域界线管理条例第十二条"
CYCLE_YEARS = 5
FIRST_ROUND_BEGAN = 2003

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


class Standing(StrEnum):
    """Where a line stands in its cycle. SOON: due next year. UNKNOWN: no full inspection is on record."""

    OVERDUE = "overdue"
    DUE = "due"
    SOON = "soon"
    LATER = "later"
    UNKNOWN = "unknown"


def standing(due: int | None, today: date) -> Standing:
    """`due` is the year the next inspection falls in, moved or not; that a year ahead counts as soon is our choice."""
    if due is None:
        return Standing.UNKNOWN
    ahead = due - today.year
    if ahead < 0:
        return Standing.OVERDUE
    return (Standing.DUE, Standing.SOON)[ahead] if ahead < 2 else Standing.LATER


def round_of(year: int) -> int | None:
    """The number of the round a year belongs to: 2003–2007 was the first, 2023–2027 is the fifth; None before."""
    return (year - FIRST_ROUND_BEGAN) // CYCLE_YEARS + 1 if year >= FIRST_ROUND_BEGAN else None


def years_of_round(number: int) -> tuple[int, int]:
    first = FIRST_ROUND_BEGAN + (number - 1) * CYCLE_YEARS
    return first, first + CYCLE_YEARS - 1


def check_occurrence(answered: bool, words_zh: str, words_en: str) -> list[Finding]:
    """BND-CYC-02: after a disaster, a changed river or road, one more inspection is opened; `answered`: one was, or declined."""
    if answered:
        return []
    return [
        Finding(
            "BND-CYC-02",
            Severity.WARN,
            EVENT_BASIS,
            "extra_inspection_to_open",
            f"{words_zh}后尚未安排特定地段联检。",
            f"After {words_en} no extra inspection has been opened yet.",
            "inspection",
        )
    ]


def check_round(number: int, year: int, lead: str, last_lead: str | None) -> list[Finding]:
    """BND-CYC-03: the year lies within the round's five; who led the last round does not lead again."""
    found = []
    first, last = years_of_round(number)
    if not first <= year <= last:
        found.append(
            Finding(
                "BND-CYC-03",
                Severity.WARN,
                ROUND_BASIS,
                "year_outside_round",
                f"第{number}轮为{first}—{last}年，{year}年不在其中。",
                f"Round {number} is {first}–{last}; {year} lies outside.",
                "year",
            )
        )
    if last_lead is not None and lead == last_lead:
        found.append(
            Finding(
                "BND-CYC-03",
                Severity.WARN,
                ROUND_BASIS,
                "lead_again",
                "上一轮由同一方牵头；牵头方与配合方应逐轮互换。",
                "The same side led the last round; lead and partner swap.",
                "lead",
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Moved:
    """What was agreed on another year: `agreed` counts the sides that did in writing; `consent` is the higher body's document."""

    agreed: int = 0
    sides: int = 2
    consent: str = ""


def check_moved(provincial: bool, cycle_year: int | None, year: int, moved: Moved) -> list[Finding]:
    """BND-CYC-04: a whole line is inspected in another year than its cycle's only by agreement of both sides and with consent.

    The text seen speaks of provincial lines (民政部 consents): there it blocks. For other lines it is told by analogy.
    """
    if cycle_year is None or year == cycle_year:
        return []
    severity = Severity.BLOCK if provincial else Severity.WARN
    way_zh, way_en = ("提前", "forward") if year < cycle_year else ("推迟", "back")
    tail_zh = "" if provincial else "（规定针对省界，此处参照）"
    tail_en = "" if provincial else " (said of provincial lines; by analogy here)"
    found = []
    if moved.agreed < moved.sides:
        found.append(
            Finding(
                "BND-CYC-04",
                severity,
                ROUND_BASIS,
                "move_not_agreed",
                f"整条界线由{cycle_year}年{way_zh}到{year}年，须各方民政部门书面同意，现有{moved.agreed}方{tail_zh}。",
                f"Moving the line {way_en} from {cycle_year} to {year} needs the written agreement of all sides; "
                f"{moved.agreed} so far{tail_en}.",
                "moved",
            )
        )
    if not moved.consent.strip():
        found.append(
            Finding(
                "BND-CYC-04",
                severity,
                ROUND_BASIS,
                "move_without_consent",
                f"{way_zh}联检须经{'民政部' if provincial else '上级民政部门'}同意，须写明文号{tail_zh}。",
                f"Moving it {way_en} needs the consent of {'the ministry' if provincial else 'the higher department'}{tail_en}.",
                "consent",
            )
        )
    return found


def _finding(severity: Severity, code: str, zh: str, en: str) -> Finding:
    return Finding("BND-CYC-01", severity, BASIS, code, zh, en, "inspection")
