"""Writing one thing's rows on two clocks: rows are closed in recording time and followed by others, never changed.

For things with few rows and parts of their own (lines, markers). The divisions' own bulk writing is `services.register`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Begins, BoundaryLineRecord, MarkerRecord, Source
from gis.errors import ConflictError, InvalidInputError

Row = TypeVar("Row", BoundaryLineRecord, MarkerRecord)


def in_force(rows: models.QuerySet[Row], day: date) -> Row | None:
    """The row we hold for `day`, locked."""
    return rows.filter(recorded__upper_inf=True, valid__contains=day).select_for_update().first()


def copy_of(row: Row, values: Mapping[str, Any], valid: DateRange, moment: datetime, source: Source, begins: str) -> Row:
    """An unsaved row that says what `row` says, but for `values`."""
    skipped = {"id", "valid", "recorded", "begins", "source_id", "length_m"}
    content = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname not in skipped}
    content |= values
    return type(row)(**content, valid=valid, recorded=DateTimeTZRange(moment, None), begins=begins, source=source)


def close(row: BoundaryLineRecord | MarkerRecord, moment: datetime) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(recorded=DateTimeTZRange(row.recorded.lower, moment))


def save(row: BoundaryLineRecord | MarkerRecord) -> None:
    """Raises `ConflictError` (days_overlap) where another row holds some of its days."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError("days_overlap", _("所给的日期与另一条记录重叠，请先核对那条记录。")) from error


def days_said(held: DateRange, values: dict[str, Any]) -> DateRange:
    """Takes `valid_from` and `valid_to` out of `values`. Raises `InvalidInputError` where they are the wrong way round."""
    valid = DateRange(values.pop("valid_from", held.lower), values.pop("valid_to", held.upper))
    if valid.lower is not None and valid.upper is not None and valid.lower >= valid.upper:
        raise InvalidInputError("days_reversed", _("起始日期须早于终止日期。"), {"valid_to": [_("早于起始日期")]})
    return valid


def check_day_of_change(held: DateRange, on: date) -> None:
    """A change begins inside the row it follows; from its first day on it would be a correction."""
    if on > timezone.localdate():
        raise InvalidInputError("day_in_future", _("生效日期不能晚于今天。"), {"on": [_("晚于今天")]})
    if held.lower is not None and on <= held.lower:
        raise InvalidInputError(
            "day_too_early",
            _("生效日期须晚于现有记录的起始日期（%(day)s）；记错的用订正。") % {"day": held.lower},
            {"on": [_("过早")]},
        )


def clean_begins(value: str) -> str:
    if value not in Begins.values:
        raise InvalidInputError("bad_begins", _("没有这一起始依据。"))
    return value


def days_told(valid: Any) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in (valid.lower, valid.upper)]
