"""Writing indicator values: one at a time or a whole table at once.

A value is never overwritten. Another figure for the same year corrects it: the old row's recording time ends, the new one's
begins, and the trail keeps both with the reason (STD-GEN-01: unit, year and document are required with every value).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Division, DivisionRecord, IndicatorValue, Source, SourceKind
from boundaries.rules.indicators import CATALOGUE
from boundaries.services.indicator_entries import Entry, Problem, Ready, judge_entry
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError


@dataclass(frozen=True, slots=True)
class Saved:
    created: int
    corrected: int
    unchanged: int


def enter(entry: Entry, actor: User | None, reason: str = "") -> tuple[IndicatorValue, list[Problem]]:
    """Saves one value, or corrects the one held for the same year. Gives back the row and the warnings.

    Raises `InvalidInputError` whose `fields` name what is wrong.
    """
    if actor is not None:
        ensure(policies.may_edit_indicators(actor, entry.division))
    ready, problems = judge_entry(entry, has_geometry=entry.division in with_geometry([entry.division]))
    if ready is None:
        refuse([problem for problem in problems if not problem.warning])
    with transaction.atomic():
        source = Source.objects.create(kind=SourceKind.ENTRY, title=f"人工录入：{ready.document}"[:300], recorded_by=actor)
        save([ready], source, actor, reason)
    row = IndicatorValue.objects.get(
        division=ready.division, indicator=ready.indicator.id, year=ready.year, recorded__upper_inf=True
    )
    return row, problems


def refuse(problems: Sequence[Problem]) -> NoReturn:
    fields: dict[str, list[str]] = {}
    for problem in problems:
        fields.setdefault(problem.field, []).append(problem.message)
    raise InvalidInputError(problems[0].code, problems[0].message, fields, problems=[problem.as_dict() for problem in problems])


def save(values: Sequence[Ready], source: Source, actor: User | None, reason: str = "") -> Saved:
    """Writes `values` inside the caller's transaction; the same figures again change nothing. One audit entry for each division."""
    divisions = sorted({value.division for value in values})
    owners = {one.pk: one for one in Division.objects.select_for_update().filter(pk__in=divisions).order_by("pk")}
    held = {
        (row.division_id, row.indicator, row.year): row
        for row in IndicatorValue.objects.filter(division__in=divisions, recorded__upper_inf=True)
    }
    now = timezone.now()
    changes = [(held.get((value.division, value.indicator.id, value.year)), _row(value, source, now)) for value in values]
    changes = [(before, after) for before, after in changes if before is None or _contents(before) != _contents(after)]
    corrected = [before for before, _after in changes if before is not None]
    for before in corrected:
        before.recorded = (before.recorded.lower, now)
    IndicatorValue.objects.bulk_update(corrected, ["recorded"], batch_size=2000)
    try:
        with transaction.atomic():
            IndicatorValue.objects.bulk_create([after for _before, after in changes], batch_size=2000)
    except IntegrityError as error:
        raise ConflictError("indicator_changed", _("同一年份的同一指标在文件中出现两次，或刚刚由他人录入。")) from error
    for division, owner in owners.items():
        _record(owner, [change for change in changes if change[1].division_id == division], actor, reason)
    return Saved(len(changes) - len(corrected), len(corrected), len(values) - len(changes))


def _row(value: Ready, source: Source, now: datetime) -> IndicatorValue:
    return IndicatorValue(
        division_id=value.division,
        indicator=value.indicator.id,
        year=value.year,
        number=value.number,
        text=value.text,
        unit=value.unit,
        basis=value.basis,
        document=value.document,
        recorded=(now, None),
        source=source,
    )


def _record(
    division: Division, changes: Sequence[tuple[IndicatorValue | None, IndicatorValue]], actor: User | None, reason: str
) -> None:
    if not changes:
        return
    before = [snapshot(one) for one, _after in changes if one is not None]
    audit.record(
        actor=actor,
        action="indicator.correct" if before else "indicator.enter",
        target=division,
        label="、".join(CATALOGUE[after.indicator].name for _before, after in changes),
        area=division.pk,
        before=before or None,
        after=[snapshot(after) for _before, after in changes],
        reason=reason,
    )


def withdraw(row: IndicatorValue, actor: User | None, reason: str) -> None:
    """Takes a wrongly entered value back: it is no longer used, and stays in the history."""
    if actor is not None:
        ensure(policies.may_edit_indicators(actor, row.division_id))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明撤销这个值的理由。"), {"reason": [_("必填")]})
    with transaction.atomic():
        held = IndicatorValue.objects.select_for_update().filter(pk=row.pk, recorded__upper_inf=True).first()
        if held is None:
            raise ConflictError("indicator_changed", _("这个值已被更正或撤销，请刷新页面。"))
        before = snapshot(held)
        held.recorded = (held.recorded.lower, timezone.now())
        held.save(update_fields=["recorded"])
        audit.record(
            actor=actor,
            action="indicator.withdraw",
            target=held.division,
            label=f"{held.indicator} {held.year}",
            area=held.division_id,
            before=[before],
            reason=reason.strip()[:1000],
        )


def with_geometry(divisions: Sequence[int]) -> set[int]:
    """Those of `divisions` whose area the register computes today."""
    records = DivisionRecord.objects.on(timezone.localdate()).filter(division__in=divisions, area_m2__isnull=False)
    return set(records.values_list("division_id", flat=True))


def _contents(row: IndicatorValue) -> tuple[Any, ...]:
    return row.number, row.text, row.unit, row.basis, row.document


def snapshot(row: IndicatorValue) -> dict[str, Any]:
    return {
        "indicator": row.indicator,
        "year": row.year,
        "value": row.text if row.number is None else format(row.number.normalize(), "f"),
        "unit": row.unit,
        "basis": row.basis,
        "document": row.document,
    }
