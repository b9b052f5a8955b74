"""Figures of divisions: one row a division, an indicator and a year, by `boundaries.services.indicator_files`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import IndicatorValue, Source
from boundaries.policies import may_import_indicators
from boundaries.rules.indicators import CATALOGUE
from boundaries.services import indicator_files, indicator_undo
from boundaries.services.indicator_entries import Entry
from boundaries.services.indicator_files import COLUMNS, Preview
from gis.errors import ConflictError
from importers.severities import ERROR, WARNING
from importers.targets.target import Agreed, Committed, Option, Role, RowVerdict, Staged, Target, Verdict

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User

_OF_AN_ENTRY = ("indicator", "value", "unit", "year", "source")
_OUTCOMES = {"new": "created", "corrects": "updated", "same": "unchanged"}


class Indicators(Target):
    key = "indicators"
    title = gettext_lazy("指标数值")
    about = gettext_lazy("各区划的人口、面积、财政等指标，一行一个数值，写明年份和出处。")
    roles = (
        Role("indicator", gettext_lazy("指标"), required=True),
        Role("value", gettext_lazy("数值"), required=True),
        Role("unit", gettext_lazy("单位"), required=True),
        Role("year", gettext_lazy("年份"), required=True),
        Role("source", gettext_lazy("出处"), required=True),
        Role("division", gettext_lazy("区划代码"), required=True),
        Role("basis", gettext_lazy("口径"), note=gettext_lazy("常住或户籍")),
    )
    natural_key = ("division", "indicator", "year")

    def may_use(self, user: Person) -> bool:
        return may_import_indicators(user)

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        return (Option("reason", gettext_lazy("说明"), required=False, note=gettext_lazy("更正已有数值时写明理由")),)

    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            plain = "".join(column.lower().split())
            for role, spellings in COLUMNS.items():
                if plain in spellings:
                    found.setdefault(role, column)
        return found

    def dry_run(self, staged: Staged) -> Verdict:
        plan = self._plan(staged)
        problems = [
            {
                "row": problem.row,
                "field": staged.mapping.get(problem.field, ""),
                "code": problem.code,
                "severity": WARNING if problem.warning else ERROR,
                "message": problem.message,
                "message_en": problem.message_en,
            }
            for problem in plan.problems
        ]
        return Verdict(_verdicts(plan), problems)

    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        plan = self._plan(staged)
        agreed(_verdicts(plan))
        if not plan.ready:
            raise ConflictError("no_usable_rows", _("没有一行可以导入，登记未作任何改动。"))
        saved, source = indicator_files.commit_ready(plan, staged.actor, staged.options.get("reason", ""))
        counts = {"created": saved.created, "updated": saved.corrected, "unchanged": saved.unchanged}
        return Committed(str(source.pk), {**counts, "rejected": plan.count("refused")})

    def obstacles(self, reference: str) -> list[str]:
        return [
            _("%(indicator)s（%(year)s 年）后来又有更正或撤销")
            % {"indicator": CATALOGUE[row.indicator].name if row.indicator in CATALOGUE else row.indicator, "year": row.year}
            for row in indicator_undo.obstacles(int(reference))
        ]

    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        closed, restored = indicator_undo.undo(Source.objects.get(pk=int(reference)), actor)
        return {"closed": closed, "restored": restored}

    def _plan(self, staged: Staged) -> Preview:
        entries, codes = [], []
        for row in staged.rows():
            cells = staged.cells(row)
            indicator, value, unit, year, source = (cells[role].strip() for role in _OF_AN_ENTRY)
            entries.append(Entry(0, indicator, value, unit, year, source, cells.get("basis", "").strip(), row + 1))
            codes.append(cells["division"].strip())
        return indicator_files.preview_entries(entries, [], codes, staged.file.name, staged.file.sha256, staged.actor)


def _verdicts(plan: Preview) -> list[RowVerdict]:
    """Rows that would be written, with the row of the register that each would correct or repeat."""
    found = {}
    divisions = {row.place.id for row in plan.rows if row.place is not None}
    for held in IndicatorValue.objects.filter(division__in=divisions, recorded__upper_inf=True):
        found[held.division_id, held.indicator, held.year] = held.pk
    verdicts = []
    ready = iter(plan.ready)
    for row in plan.rows:
        if row.outcome not in _OUTCOMES:
            continue
        one = next(ready)
        key = (one.division, one.indicator.id, one.year)
        verdicts.append(RowVerdict(row.number - 1, ":".join(map(str, key)), _OUTCOMES[row.outcome], str(found.get(key, ""))))
    return verdicts
