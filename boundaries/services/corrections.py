"""订正: what was recorded wrongly is said anew, in recording time only.

A correction needs a reason and a source. It closes the row that was wrong and adds one for the same days of legal time (or for
other days, when it was the days that were wrong); what was first recorded stays readable with `known_at`. It makes no lineage,
moves no ground to anybody and is no decision. What it leaves contradicting itself (a gap in a life, lineage to a unit that is
not there, a torn map) it says in `warnings`; what can never be true it refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import impacts, policies
from boundaries.changes.register import LEVEL_OF_TYPE
from boundaries.models import Begins, DivisionCode, DivisionRecord, DivisionType, Grade, Lineage, Source
from boundaries.querysets import ancestor_ids
from boundaries.rules import codes, names
from boundaries.services import map_updates
from boundaries.services.correction_checks import Contradiction, added, contradictions
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


Row = TypeVar("Row", DivisionRecord, DivisionCode, Lineage, Lineage | None, None)


@dataclass(frozen=True)
class Corrected(Generic[Row]):
    """The new row, None where one was taken back; what contradicts itself since; what followed in other rooms, in sentences."""

    row: Row
    warnings: tuple[Contradiction, ...]
    followed: tuple[str, ...] = ()


def correct_record(
    actor: User | None, record: DivisionRecord, values: Mapping[str, Any], *, reason: str, source: Source
) -> Corrected[DivisionRecord]:
    """Says a record anew with `values` (keys of `FIELDS`; `parent` is a division's id).

    Refused with `ConflictError` when somebody corrected the record meanwhile, or when its new days overlap another record.
    """
    _check(values, reason)
    ensure(actor is None or policies.may_correct_register(actor, record.division_id))
    with transaction.atomic():
        moment = wait_for_writers()
        held = _held(record)
        corrected = _said_anew(held, values, moment, source)
        days = _days_of(held, corrected)
        before = contradictions(held.division_id, days)
        _close(held, moment)
        _save(corrected)
        warnings = added(before, contradictions(held.division_id, days))
        audit.record(
            actor=actor,
            action="division.correct",
            target=held.division,
            label=corrected.name,
            area=held.division_id,
            before=_snapshot(held),
            after=_snapshot(corrected) | _grounds(source, warnings),
            reason=reason.strip(),
        )
        followed = impacts.corrected(actor, {held.division_id}, reason.strip())
        map_updates.follow()
    return Corrected(corrected, warnings, followed)


def withdraw_record(actor: User | None, record: DivisionRecord, *, reason: str, source: Source) -> Corrected[None]:
    """Takes back a record that should never have been made; no row follows it, and `source` is kept in the trail."""
    _check({}, reason)
    ensure(actor is None or policies.may_correct_register(actor, record.division_id))
    with transaction.atomic():
        moment = wait_for_writers()
        held = _held(record)
        days = _days_of(held)
        before = contradictions(held.division_id, days)
        _close(held, moment)
        warnings = added(before, contradictions(held.division_id, days))
        audit.record(
            actor=actor,
            action="division.correct",
            target=held.division,
            label=held.name,
            area=held.division_id,
            before=_snapshot(held),
            after=_grounds(source, warnings),
            reason=reason.strip(),
        )
        followed = impacts.corrected(actor, {held.division_id}, reason.strip())
        map_updates.follow()
    return Corrected(None, warnings, followed)


def correct_code(
    actor: User | None, held: DivisionCode, code: str, *, reason: str, source: Source, valid_from: date | None = None
) -> Corrected[DivisionCode]:
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
        before = contradictions(row.division_id, ())
        _close(row, moment)
        _save(corrected)
        warnings = added(before, contradictions(row.division_id, ()))
        audit.record(
            actor=actor,
            action="division.correct",
            target=row.division,
            area=row.division_id,
            before={"authority": row.authority, "code": row.code, "valid": _days(row.valid)},
            after={"authority": row.authority, "code": wanted, "valid": _days(valid)} | _grounds(source, warnings),
            reason=reason.strip(),
        )
        map_updates.follow()
    return Corrected(corrected, warnings)


def correct_lineage(
    actor: User | None,
    edge: Lineage,
    *,
    reason: str,
    source: Source,
    area_share: float | None = None,
    population_share: float | None = None,
    on: date | None = None,
    withdraw: bool = False,
) -> Corrected[Lineage | None]:
    """Other shares for an edge, another day (`on`), or none of it (`withdraw`). With other ends it is another edge."""
    _check({}, reason)
    ensure(actor is None or policies.may_correct_register(actor, edge.predecessor_id))
    if any(share is not None and not 0 <= share <= 1 for share in (area_share, population_share)):
        raise InvalidInputError("bad_share", _("占比应在 0 至 1 之间。"))
    with transaction.atomic():
        moment = wait_for_writers()
        held = Lineage.objects.select_for_update().filter(pk=edge.pk, recorded__upper_inf=True).first()
        if held is None:
            raise ConflictError("record_changed", _("这条记录已被订正，请刷新页面。"))
        before = {"area_share": held.area_share, "population_share": held.population_share, "on": held.on.isoformat()}
        ends = (held.predecessor_id, held.successor_id)
        contradicted = [one for end in ends for one in contradictions(end, ())]
        _close(held, moment)
        corrected = None
        if not withdraw:
            corrected = Lineage.objects.create(
                predecessor_id=held.predecessor_id,
                successor_id=held.successor_id,
                on=on or held.on,
                kind=held.kind,
                area_share=area_share,
                population_share=population_share,
                recorded=DateTimeTZRange(moment, None),
                act_id=held.act_id,
                source=source,
            )
        warnings = tuple(dict.fromkeys(added(contradicted, [one for end in ends for one in contradictions(end, ())])))
        after = (
            {} if corrected is None else {"area_share": area_share, "population_share": population_share, "on": str(corrected.on)}
        )
        audit.record(
            actor=actor,
            action="lineage.correct",
            target=held.predecessor,
            area=held.predecessor_id,
            before=before,
            after=after | _grounds(source, warnings),
            reason=reason.strip(),
        )
        followed = impacts.corrected(actor, set(ends), reason.strip())
    return Corrected(corrected, warnings, followed)


def _days_of(*rows: DivisionRecord) -> set[date]:
    """The first and the last day of the rows: there the map is looked at."""
    days = {row.valid.lower for row in rows if row.valid.lower is not None}
    days |= {row.valid.upper - timedelta(days=1) for row in rows if row.valid.upper is not None}
    return days | {max([*days, timezone.localdate()]) for row in rows if row.valid.upper is None}


def _grounds(source: Source, warnings: Iterable[Contradiction]) -> dict[str, Any]:
    """What the trail keeps of a correction besides its values."""
    return {
        "source": {"id": source.pk, "title": source.title, "document_number": source.document_number},
        "warnings": [one.as_dict() for one in warnings],
    }


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
        _check_parent(held, content["parent_id"], valid.lower or held.valid.lower)
    if "name" in given:
        split = names.split(names.clean(given.pop("name")), held.level)
        if not split.full:
            raise InvalidInputError("name_missing", _("没有写明名称。"))
        content |= {"name": split.full, "proper_name": split.proper, "generic_name": split.generic}
    content |= given
    _check_content(content)
    return DivisionRecord(**content, valid=valid, recorded=DateTimeTZRange(moment, None), source=source)


def _check_parent(held: DivisionRecord, parent: int | None, day: date) -> None:
    """A parent stands on a higher level, and not below the unit itself."""
    if parent is None:
        return
    levels = set(DivisionRecord.objects.current().filter(division=parent).values_list("level", flat=True))
    if not levels:
        raise InvalidInputError("parent_unknown", _("登记中没有所给的上级。"))
    if max(levels) >= held.level or held.division_id in ancestor_ids(parent, day):
        raise InvalidInputError("parent_too_low", _("所给的上级不高于该区划。"))


def _check_content(content: Mapping[str, Any]) -> None:
    if content["type"] not in DivisionType.values or content["begins"] not in Begins.values:
        raise InvalidInputError("unknown_type", _("没有这一建制类型。"))
    if LEVEL_OF_TYPE.get(content["type"], content["level"]) != content["level"]:
        raise InvalidInputError("type_of_another_level", _("这一建制类型不属于该层级。"))
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
