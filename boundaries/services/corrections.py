"""订正: what was recorded wrongly is said anew, in recording time only.

A correction needs a reason and a source. It closes the row that was wrong and adds one for the same days of legal time (or for
other days, when it was the days that were wrong); what was first recorded stays readable with `known_at`. It makes no lineage,
moves no ground to anybody and is no decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Begins, DivisionCode, DivisionRecord, DivisionType, Grade, Lineage, Source
from boundaries.rules import codes, names
from boundaries.services import map_updates
from boundaries.services.register import wait_for_writers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError

# What a record says and a correction may say otherwise; `valid_from` and `valid_to` are its days.
FIELDS = frozenset({"name", "type", "parent", "geometry", "grade", "seat", "seat_grade", "valid_from", "valid_to", "begins"})
_COPIED = tuple(
    field.attname
    for field in DivisionRecord._meta.concrete_fields
    if field.name not in ("id", "valid", "recorded", "source", "area_m2")
)


def correct_record(
    actor: User | None, record: DivisionRecord, values: Mapping[str, Any], *, reason: str, source: Source
) -> DivisionRecord:
    """Says a record anew with `values` (keys of `FIELDS`; `parent` is a division's id). Returns the new row.

    Refused with `ConflictError` when somebody corrected the record meanwhile, or when its new days overlap another record.
    """
    _check(values, reason)
    ensure(actor is None or policies.may_correct_register(actor, record.division_id))
    with transaction.atomic():
        moment = wait_for_writers()
        held = _held(record)
        corrected = _said_anew(held, values, moment, source)
        _close(held, moment)
        _save(corrected)
        audit.record(
            actor=actor,
            action="division.correct",
            target=held.division,
            label=corrected.name,
            area=held.division_id,
            before=_snapshot(held),
            after=_snapshot(corrected),
            reason=reason.strip(),
        )
        map_updates.follow()
    return corrected


def withdraw_record(actor: User | None, record: DivisionRecord, *, reason: str) -> None:
    """Takes back a record that should never have been made; no row follows it."""
    _check({}, reason)
    ensure(actor is None or policies.may_correct_register(actor, record.division_id))
    with transaction.atomic():
        moment = wait_for_writers()
        held = _held(record)
        _close(held, moment)
        audit.record(
            actor=actor,
            action="division.correct",
            target=held.division,
            label=held.name,
            area=held.division_id,
            before=_snapshot(held),
            reason=reason.strip(),
        )
        map_updates.follow()


def correct_code(
    actor: User | None, held: DivisionCode, code: str, *, reason: str, source: Source, valid_from: date | None = None
) -> DivisionCode:
    """The code was written down wrongly, or from the wrong day on (`valid_from`). A new code by decision is the act 代码变更."""
    _check({}, reason)
    ensure(actor is None or policies.may_correct_register(actor, held.division_id))
    with transaction.atomic():
        moment = wait_for_writers()
        row = DivisionCode.objects.current().select_for_update().filter(pk=held.pk).first()
        if row is None:
            raise ConflictError("record_changed", _("这条记录已被订正，请刷新页面。"))
        wanted = _digits(code, len(row.code))
        valid = DateRange(valid_from or row.valid.lower, row.valid.upper)
        corrected = DivisionCode(
            division_id=row.division_id,
            authority=row.authority,
            code=wanted,
            valid=valid,
            recorded=DateTimeTZRange(moment, None),
            source=source,
        )
        _close(row, moment)
        _save(corrected)
        audit.record(
            actor=actor,
            action="division.correct",
            target=row.division,
            area=row.division_id,
            before={"authority": row.authority, "code": row.code, "valid": _days(row.valid)},
            after={"authority": row.authority, "code": wanted, "valid": _days(valid)},
            reason=reason.strip(),
        )
        map_updates.follow()
    return corrected


def correct_lineage(
    actor: User | None,
    edge: Lineage,
    *,
    reason: str,
    source: Source,
    area_share: float | None = None,
    population_share: float | None = None,
    withdraw: bool = False,
) -> Lineage | None:
    """Other shares for an edge, or none of it (`withdraw`). Its two ends and its day are another edge's."""
    _check({}, reason)
    ensure(actor is None or policies.may_correct_register(actor, edge.predecessor_id))
    if any(share is not None and not 0 <= share <= 1 for share in (area_share, population_share)):
        raise InvalidInputError("bad_share", _("占比应在 0 至 1 之间。"))
    with transaction.atomic():
        moment = wait_for_writers()
        held = Lineage.objects.select_for_update().filter(pk=edge.pk, recorded__upper_inf=True).first()
        if held is None:
            raise ConflictError("record_changed", _("这条记录已被订正，请刷新页面。"))
        before = {"area_share": held.area_share, "population_share": held.population_share}
        _close(held, moment)
        corrected = None
        if not withdraw:
            corrected = Lineage.objects.create(
                predecessor_id=held.predecessor_id,
                successor_id=held.successor_id,
                on=held.on,
                kind=held.kind,
                area_share=area_share,
                population_share=population_share,
                recorded=DateTimeTZRange(moment, None),
                act_id=held.act_id,
                source=source,
            )
        audit.record(
            actor=actor,
            action="lineage.correct",
            target=held.predecessor,
            area=held.predecessor_id,
            before=before,
            after=None if corrected is None else {"area_share": area_share, "population_share": population_share},
            reason=reason.strip(),
        )
    return corrected


def _digits(code: str, count: int) -> str:
    try:
        wanted = codes.digits(code)
    except codes.CodeError:
        wanted = ""
    if len(wanted) != count:
        raise InvalidInputError("bad_code", _("代码应为%(digits)d位数字。") % {"digits": count})
    return wanted


def _check(values: Mapping[str, Any], reason: str) -> None:
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"unknown fields of a record: {sorted(unknown)}")
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("订正须说明理由。"), {"reason": [_("请填写理由。")]})


def _held(record: DivisionRecord) -> DivisionRecord:
    held = DivisionRecord.objects.current().select_for_update().filter(pk=record.pk).first()
    if held is None:
        raise ConflictError("record_changed", _("这条记录已被订正，请刷新页面。"))
    return held


def _said_anew(held: DivisionRecord, values: Mapping[str, Any], moment: datetime, source: Source) -> DivisionRecord:
    content = {name: getattr(held, name) for name in _COPIED}
    given = dict(values)
    valid = DateRange(given.pop("valid_from", held.valid.lower), given.pop("valid_to", held.valid.upper))
    if valid.lower is not None and valid.upper is not None and valid.lower >= valid.upper:
        raise InvalidInputError("days_reversed", _("起始日期须早于终止日期。"))
    if "parent" in given:
        content["parent_id"] = given.pop("parent")
    if "name" in given:
        split = names.split(names.clean(given.pop("name")), held.level)
        if not split.full:
            raise InvalidInputError("name_missing", _("没有写明名称。"))
        content |= {"name": split.full, "proper_name": split.proper, "generic_name": split.generic}
    content |= given
    _check_content(content)
    return DivisionRecord(**content, valid=valid, recorded=DateTimeTZRange(moment, None), source=source)


def _check_content(content: Mapping[str, Any]) -> None:
    if content["type"] not in DivisionType.values or content["begins"] not in Begins.values:
        raise InvalidInputError("unknown_type", _("没有这一建制类型。"))
    for shape, grade in (("geometry", "grade"), ("seat", "seat_grade")):
        value: GEOSGeometry | None = content[shape]
        if (value is not None) != (content[grade] in Grade.values):
            raise InvalidInputError("grade_missing", _("范围和驻地须同时注明等级；没有的不注等级。"))
        if value is not None and (value.srid != CGCS2000 or not value.valid):
            raise InvalidInputError("bad_geometry", _("所给图形无效，或不是 CGCS2000 经纬度。"))


def _close(row: DivisionRecord | DivisionCode | Lineage, moment: datetime) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(recorded=DateTimeTZRange(row.recorded.lower, moment))


def _save(row: DivisionRecord | DivisionCode) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError("days_overlap", _("订正后的时间或代码与其他记录冲突，请先核对其他记录。")) from error


def _snapshot(record: DivisionRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "type": record.type,
        "parent": record.parent_id,
        "valid": _days(record.valid),
        "grade": record.grade,
        "area_m2": record.area_m2,
        "seat": None if record.seat is None else [record.seat.x, record.seat.y],
    }


def _days(valid: Any) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in (valid.lower, valid.upper)]
