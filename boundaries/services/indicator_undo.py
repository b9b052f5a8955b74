"""Taking back a table of figures: its values are closed, and those they had corrected hold again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Division, IndicatorValue, Source
from boundaries.rules.indicators import CATALOGUE
from boundaries.services.indicators import snapshot
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError


def obstacles(source: int) -> list[IndicatorValue]:
    """Values of the table that were corrected or withdrawn since."""
    return list(IndicatorValue.objects.filter(source=source, recorded__upper_inf=False).order_by("division", "indicator", "year"))


@transaction.atomic
def undo(source: Source, actor: User) -> tuple[int, int]:
    """How many values are no longer held and how many hold again. Raises `ConflictError` and `ForbiddenError`."""
    divisions = sorted(set(IndicatorValue.objects.filter(source=source).values_list("division_id", flat=True)))
    list(Division.objects.select_for_update().filter(pk__in=divisions).order_by("pk"))
    for division in divisions:
        ensure(policies.may_edit_indicators(actor, division))
    if obstacles(source.pk):
        raise ConflictError("batch_is_relied_on", _("这一批里的指标后来又有更正或撤销，不能整批撤销。"))
    rows = list(IndicatorValue.objects.filter(source=source, recorded__upper_inf=True))
    if not rows:
        return 0, 0
    now, moment = timezone.now(), rows[0].recorded.lower
    keys = {(row.division_id, row.indicator, row.year) for row in rows}
    for row in rows:
        row.recorded = (row.recorded.lower, now)
    IndicatorValue.objects.bulk_update(rows, ["recorded"], batch_size=2000)
    corrected = IndicatorValue.objects.filter(division__in=divisions, recorded__endswith=moment)
    again = [row for row in corrected if (row.division_id, row.indicator, row.year) in keys]
    for row in again:
        row.pk, row.recorded = None, (now, None)
    IndicatorValue.objects.bulk_create(again, batch_size=2000)
    for division in divisions:
        own, restored = [row for row in rows if row.division_id == division], [row for row in again if row.division_id == division]
        audit.record(
            actor=actor,
            action="indicator.undo",
            target=own[0].division,
            label="、".join(CATALOGUE[row.indicator].name for row in own),
            area=division,
            before=[snapshot(row) for row in own],
            after=[snapshot(row) for row in restored] or None,
        )
    return len(rows), len(again)
