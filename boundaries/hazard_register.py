"""Hazards along boundary lines, read: the criteria in force, hazards with their level, the risk of lines term by term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.boundary_lines import lines_seen_by, names_of
from boundaries.inspection_plan import PlanRow
from boundaries.models import BoundaryHazard, HazardCriteria, HazardState, MarkerOnLine, MarkerVisit
from boundaries.rules import hazard_criteria
from boundaries.rules.hazard_criteria import Criteria, CriteriaError, RiskLevel
from boundaries.rules.line_risk import LineRisk, assess
from boundaries.wording import pick
from gis.accounts.duties import Person
from gis.services import spreadsheets


@dataclass(frozen=True)
class HazardRow:
    """`level` None: the criteria in force do not know its words any more; a person assesses it anew."""

    hazard: BoundaryHazard
    line_name: str
    kind: str
    likelihood: str
    consequence: str
    level: RiskLevel | None
    sides: tuple[str, ...]

    @property
    def level_words(self) -> str:
        return pick(self.level.zh, self.level.en) if self.level else _("须重新评定")


def criteria_in_force() -> Criteria:
    """The office's own text where there is one that can be read, else what is shipped."""
    text = HazardCriteria.objects.order_by("-pk").values_list("text", flat=True).first()
    if text is not None:
        try:
            return hazard_criteria.read(text)
        except CriteriaError:  # written by an earlier version that asked for less
            pass
    return hazard_criteria.shipped()


def text_in_force() -> str:
    text = HazardCriteria.objects.order_by("-pk").values_list("text", flat=True).first()
    return text if text is not None else hazard_criteria.SHIPPED.read_text("utf-8")


def seen_by(user: Person) -> QuerySet[BoundaryHazard]:
    """Hazards of the lines a person may see."""
    lines = lines_seen_by(user).order_by().values("line")
    return BoundaryHazard.objects.filter(line__in=lines).select_related("line").prefetch_related("sides")


def rows_of(hazards: Iterable[BoundaryHazard], line_names: dict[int, str], criteria: Criteria | None = None) -> list[HazardRow]:
    criteria = criteria or criteria_in_force()
    hazards = list(hazards)
    names = names_of({side.pk for one in hazards for side in one.sides.all()})

    def word(words: Any, key: str) -> str:
        found = words.get(key)
        return pick(found.zh, found.en) if found else key

    return [
        HazardRow(
            one,
            line_names.get(one.line_id, one.line.code),
            word(criteria.kinds, one.kind),
            word(criteria.likelihoods, one.likelihood),
            word(criteria.consequences, one.consequence),
            criteria.level(one.likelihood, one.consequence),
            tuple(names.get(side.pk, "") for side in one.sides.all()),
        )
        for one in hazards
    ]


def risks_of(rows: Sequence[PlanRow], today: date | None = None, criteria: Criteria | None = None) -> dict[int, LineRisk]:
    """The risk of each line of a plan, in three statements. A marker's condition is that of its last visit."""
    criteria = criteria or criteria_in_force()
    today = today or timezone.localdate()
    lines = [row.line for row in rows]
    hazards: dict[int, list[tuple[str, str]]] = {}
    open_ones = BoundaryHazard.objects.filter(line__in=lines).exclude(state=HazardState.CLOSED)
    for line, likelihood, consequence in open_ones.values_list("line", "likelihood", "consequence"):
        hazards.setdefault(line, []).append((likelihood, consequence))
    places = list(MarkerOnLine.objects.filter(line__in=lines).values_list("line", "marker"))
    last = _last_conditions({marker for _line, marker in places})
    conditions: dict[int, Counter[str]] = {}
    unseen: Counter[int] = Counter()
    for line, marker in places:
        if marker in last:
            conditions.setdefault(line, Counter())[last[marker]] += 1
        else:
            unseen[line] += 1
    return {
        row.line: assess(
            criteria,
            hazards.get(row.line, []),
            years_overdue=None if row.due is None or row.last is None else max(0, today.year - row.due),
            conditions=conditions.get(row.line, Counter()),
            unseen_markers=unseen[row.line],
        )
        for row in rows
    }


def _last_conditions(markers: set[int]) -> dict[int, str]:
    """By marker: what the last visit found; the chosen one where several of the last inspection differ."""
    rows = (
        MarkerVisit.objects.filter(marker__in=markers, replaced_by=None)
        .order_by("marker", "-inspection__year", "-inspection", "chosen_at", "-id")
        .distinct("marker")
    )
    return dict(rows.values_list("marker", "condition"))


def as_xlsx(rows: Sequence[HazardRow], risks: Sequence[tuple[str, str, LineRisk]], criteria: Criteria) -> bytes:
    """Three sheets: hazards as listed, lines with their terms (`risks`: code, name, risk), the criteria they were judged by."""
    hazards = (
        (
            row.hazard.line.code, row.line_name, row.kind, row.hazard.title, row.hazard.details,
            row.hazard.chainage_m and round(row.hazard.chainage_m, 1),
            round(row.hazard.place.x, 6) if row.hazard.place else None, round(row.hazard.place.y, 6) if row.hazard.place else None,
            "、".join(row.sides), row.likelihood, row.consequence, row.level_words, row.hazard.found_on, row.hazard.due_on,
            row.hazard.get_state_display(), row.hazard.closed_on, row.hazard.closing,
        )
        for row in rows
    )  # fmt: skip
    terms = [
        (code, name, pick(term.zh, term.en), term.count, term.points, term.total, "")
        for code, name, risk in risks
        for term in risk.terms
    ]
    totals = [
        (
            code,
            name,
            _("合计"),
            None,
            None,
            risk.total,
            (pick(risk.level.zh, risk.level.en) if risk.level else _("未知")) + "".join(f" {pick(*one)}" for one in risk.unknown),
        )
        for code, name, risk in risks
    ]
    words = [
        (kind, pick(one.zh, one.en), pick(one.criterion, one.criterion_en))
        for kind, table in ((_("可能性"), criteria.likelihoods), (_("影响"), criteria.consequences), (_("类别"), criteria.kinds))
        for one in table.values()
    ]
    return spreadsheets.as_book(
        [
            (
                _("边界隐患"),
                (
                    _("界线编号"), _("界线"), _("类别"), _("事由"), _("情况"), _("里程（米）"), _("经度"), _("纬度"), _("相关各方"),
                    _("可能性"), _("影响"), _("等级"), _("发现日期"), _("处置期限"), _("状态"), _("了结日期"), _("了结情况"),
                ),
                hazards,
            ),
            (
                _("界线风险"),
                (_("界线编号"), _("界线"), _("分项"), _("数量"), _("每项分值"), _("得分"), _("等级")),
                sorted([*terms, *totals], key=lambda row: (row[0], row[2] == _("合计"))),
            ),
            (
                _("评定办法"),
                (_("分项"), _("名称"), _("标准")),
                [(_("说明"), pick(criteria.title, criteria.title_en), pick(criteria.status, criteria.status_en)), *words],
            ),
        ]
    )  # fmt: skip
