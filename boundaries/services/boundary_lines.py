"""Writing the register of boundary lines.

`change` moves legal time: what holds since a day by a document. `correct` moves recording time only: what was recorded wrongly is
said anew for the same days. Both cite a source and are told in the trail; the markers' chainages follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.boundary_lines import names_of
from boundaries.models import (
    Begins,
    BoundaryLine,
    BoundaryLineRecord,
    Division,
    DivisionCode,
    DivisionRecord,
    Grade,
    JointInspection,
    Level,
    LineSegment,
    Source,
)
from boundaries.services import clocked_rows
from boundaries.services.line_measures import remeasure_line
from boundaries.services.register import wait_for_writers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError

# What a line's record says. `side_a` and `side_b` are ids of divisions; `geometry` a MultiLineString in EPSG:4490, `segments` a
# sequence of `Stretch`. A correction may also say other days: `valid_from`, `valid_to`, `begins`.
FIELDS = frozenset(
    {
        "name", "level", "side_a", "side_b", "start_text", "end_text", "geometry", "grade", "registered_length_m", "course",
        "disputed", "agreement", "agreed_on", "approval_number", "approver", "approved_on", "notes", "segments",
    }
)  # fmt: skip
_DAYS = frozenset({"valid_from", "valid_to", "begins"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """[from_m, to_m) of chainage with the lower divisions (ids) on both sides."""

    from_m: float
    to_m: float
    side_a: int | None
    side_b: int | None


@transaction.atomic
def register(
    actor: User | None,
    code: str,
    values: Mapping[str, Any],
    *,
    source: Source,
    valid_from: date,
    begins: str = Begins.DECIDED,
    reason: str = "",
) -> BoundaryLine:
    """Enters a line that is not in the register. Name, level and both sides are needed; without geometry no grade.

    Raises `ConflictError` (line_exists), `InvalidInputError`, `ForbiddenError`.
    """
    given = _cleaned(values, {})
    ensure(actor is None or policies.may_register_line(actor, given["side_a_id"], given["side_b_id"]))
    code = code.strip()
    if not code or len(code) > 40:
        raise InvalidInputError("bad_line_code", _("界线编号须为 1 至 40 个字。"), {"code": [_("请填写编号。")]})
    if valid_from > timezone.localdate():
        raise InvalidInputError("day_in_future", _("起始日期不能晚于今天。"), {"valid_from": [_("晚于今天")]})
    moment = wait_for_writers()
    line, is_new = BoundaryLine.objects.get_or_create(code=code)
    if not is_new and line.records.filter(recorded__upper_inf=True).exists():
        raise ConflictError("line_exists", _("编号为“%(code)s”的界线已经登记。") % {"code": code})
    segments = given.pop("segments", ())
    if _smaller_code_first(given, valid_from):
        segments = [Stretch(one.from_m, one.to_m, one.side_b, one.side_a) for one in segments]
    record = BoundaryLineRecord(
        line=line,
        valid=DateRange(valid_from, None),
        recorded=DateTimeTZRange(moment, None),
        begins=clocked_rows.clean_begins(begins),
        source=source,
        **given,
    )
    clocked_rows.save(record)
    _ensure_below(record, segments)
    _set_segments(record, segments)
    remeasure_line(line)
    _told(actor, "line.register", record, {}, reason)
    return line


@transaction.atomic
def change(
    actor: User | None, line: BoundaryLine, values: Mapping[str, Any], *, on: date, source: Source, reason: str = ""
) -> BoundaryLineRecord:
    """From `on` the line is otherwise, by `source`. What held before stays true of the days before.

    Raises `ConflictError` (line_not_there, days_overlap), `InvalidInputError` (day_too_early …), `ForbiddenError`.
    """
    ensure(actor is None or policies.may_edit_line(actor, line))
    moment = wait_for_writers()
    held = _held(line, on)
    clocked_rows.check_day_of_change(held.valid, on)
    given = _cleaned(values, _content(held))
    _ensure_new_sides(actor, given)
    segments = given.pop("segments", None)
    kept = _stretches(held)
    clocked_rows.close(held, moment)
    before = clocked_rows.copy_of(held, {}, DateRange(held.valid.lower, on), moment, held.source, held.begins)
    after = clocked_rows.copy_of(held, given, DateRange(on, held.valid.upper), moment, source, Begins.DECIDED)
    clocked_rows.save(before)
    clocked_rows.save(after)
    _set_segments(before, kept)
    _ensure_below(after, segments or ())
    _set_segments(after, kept if segments is None else segments)
    remeasure_line(line)
    _told(actor, "line.change", after, _snapshot(held), reason)
    return after


@transaction.atomic
def correct(
    actor: User | None,
    line: BoundaryLine,
    values: Mapping[str, Any],
    *,
    reason: str,
    source: Source,
    day: date | None = None,
    record: int | None = None,
) -> BoundaryLineRecord:
    """Says the record of `day` (today) anew. `record` is the id of the row that was looked at: with another there, it is refused.

    Raises `ConflictError` (record_changed, line_not_there), `InvalidInputError`, `ForbiddenError`.
    """
    ensure(actor is None or policies.may_edit_line(actor, line))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("订正须说明理由。"), {"reason": [_("请填写理由。")]})
    moment = wait_for_writers()
    held = _held(line, day or timezone.localdate())
    if record is not None and held.pk != record:
        raise ConflictError("record_changed", _("这条记录已被订正，请刷新页面。"))
    days = {key: value for key, value in values.items() if key in _DAYS}
    given = _cleaned({key: value for key, value in values.items() if key not in _DAYS}, _content(held))
    _ensure_new_sides(actor, given)
    segments = given.pop("segments", None)
    kept = _stretches(held)
    begins = clocked_rows.clean_begins(days.pop("begins", held.begins))
    clocked_rows.close(held, moment)
    said = clocked_rows.copy_of(held, given, clocked_rows.days_said(held.valid, days), moment, source, begins)
    clocked_rows.save(said)
    _ensure_below(said, segments or ())
    _set_segments(said, kept if segments is None else segments)
    remeasure_line(line)
    _told(actor, "line.correct", said, _snapshot(held), reason)
    return said


@transaction.atomic
def withdraw(actor: User | None, line: BoundaryLine, *, reason: str, source: Source) -> None:
    """Takes back a line that should never have been entered: none of its records is held any longer; the trail keeps the source.

    Raises `ConflictError` (line_is_relied_on) where inspections or markers stand on it.
    """
    ensure(actor is None or policies.may_edit_line(actor, line))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("撤回须说明理由。"), {"reason": [_("请填写理由。")]})
    moment = wait_for_writers()
    if found := relied_on_by(line):
        raise ConflictError("line_is_relied_on", _("这条界线已有其他记录引用，不能撤回。"), obstacles=found)
    rows = list(line.records.filter(recorded__upper_inf=True).select_for_update())
    if not rows:
        raise ConflictError("line_not_there", _("这条界线没有现行记录。"))
    for row in rows:
        clocked_rows.close(row, moment)
    audit.record(
        actor=actor,
        action="line.withdraw",
        target=line,
        label=f"{line.code} {rows[-1].name}",
        area=rows[-1].side_a_id,
        before=_snapshot(rows[-1]),
        after={"source": {"id": source.pk, "title": source.title}},
        reason=reason.strip(),
    )


def relied_on_by(line: BoundaryLine) -> list[str]:
    """What stands on the line, in sentences."""
    found = []
    markers = line.marker_places.filter(marker__records__recorded__upper_inf=True).distinct().count()
    if markers:
        found.append(_("线上登记有 %(count)s 个界桩") % {"count": markers})
    inspections = JointInspection.objects.filter(line=line).count()
    if inspections:
        found.append(_("有 %(count)s 次联检") % {"count": inspections})
    return found


def as_multi_line(geometry: GEOSGeometry) -> MultiLineString:
    """Raises `InvalidInputError` (bad_geometry) for anything but a valid line in EPSG:4490."""
    if isinstance(geometry, LineString):
        geometry = MultiLineString(geometry, srid=geometry.srid)
    if not isinstance(geometry, MultiLineString) or geometry.srid != CGCS2000 or geometry.empty or not geometry.valid:
        raise InvalidInputError("bad_geometry", _("所给图形不是有效的线，或不是 CGCS2000 经纬度。"), {"geometry": [_("图形无效")]})
    return geometry


def _held(line: BoundaryLine, day: date) -> BoundaryLineRecord:
    held = clocked_rows.in_force(BoundaryLineRecord.objects.filter(line=line), day)
    if held is None:
        raise ConflictError("line_not_there", _("%(day)s 没有这条界线的记录。") % {"day": day})
    return held


def _content(record: BoundaryLineRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "level": record.level,
        "side_a_id": record.side_a_id,
        "side_b_id": record.side_b_id,
        "geometry": record.geometry,
        "grade": record.grade,
        "length_m": record.length_m,
    }


def _cleaned(values: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """Model values of what is given, judged together with what is held already."""
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"unknown fields of a line: {sorted(unknown)}")
    given = dict(values)
    for side in ("side_a", "side_b"):
        if side in given:
            given[f"{side}_id"] = given.pop(side)
    if "geometry" in given and given["geometry"] is not None:
        given["geometry"] = as_multi_line(given["geometry"])
    for text in ("name", "start_text", "end_text", "course", "agreement", "approval_number", "approver", "notes"):
        if text in given:
            given[text] = given[text].strip()
    _check({**held, **given})
    return given


def _check(content: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not content.get("name"):
        wrong["name"] = [_("请填写界线名称。")]
    if content.get("level") not in set(Level.values) - {Level.VILLAGE}:
        wrong["level"] = [_("界线等级为省、地、县、乡四级之一。")]
    sides = [side for side in (content.get("side_a_id"), content.get("side_b_id")) if side is not None]
    if len(sides) < 2:
        wrong["side_a"] = [_("请指明两侧的区划。")]
    elif sides[0] == sides[1]:
        wrong["side_b"] = [_("两侧须是不同的区划。")]
    elif Division.objects.filter(pk__in=sides).count() < 2:
        wrong["side_a"] = [_("登记中没有所给的区划。")]
    if (content.get("geometry") is not None) != (content.get("grade", "") in Grade.values):
        wrong["grade"] = [_("有图形须注明等级，没有图形不注等级。")]
    length = content.get("registered_length_m")
    if length is not None and not length > 0:
        wrong["registered_length_m"] = [_("长度须大于零。")]
    if wrong:
        raise InvalidInputError("bad_line", next(iter(wrong.values()))[0], wrong)


def _ensure_new_sides(actor: User | None, given: Mapping[str, Any]) -> None:
    """A line is not handed to two units the person has nothing to do with."""
    if actor is not None and {"side_a_id", "side_b_id"} & set(given):
        sides = [given[key] for key in ("side_a_id", "side_b_id") if key in given]
        ensure(any(policies.may_register_line(actor, side, side) for side in sides))


def _smaller_code_first(given: dict[str, Any], day: date) -> bool:
    """Side A is the one with the smaller code (GB/T 17796: A 面朝向代码较小的一方); without codes as given. True where they were
    turned round.
    """
    sides = [given["side_a_id"], given["side_b_id"]]
    held = DivisionCode.objects.on(day).filter(division__in=sides).order_by("-authority")  # the legal code comes last and wins
    codes = dict(held.values_list("division_id", "code"))
    a, b = codes.get(given["side_a_id"], ""), codes.get(given["side_b_id"], "")
    turned = bool(a and b and a > b)
    if turned:
        given["side_a_id"], given["side_b_id"] = given["side_b_id"], given["side_a_id"]
    return turned


def _stretches(record: BoundaryLineRecord) -> list[Stretch]:
    return [Stretch(one.from_m, one.to_m, one.side_a_id, one.side_b_id) for one in record.segments.all()]


def _ensure_below(record: BoundaryLineRecord, stretches: Iterable[Stretch]) -> None:
    """What lies along a side lies in that side: people there see the line. Judged on the record's last day, at most today."""
    today, stretches = timezone.localdate(), list(stretches)
    day = min(today, record.valid.upper - timedelta(days=1)) if record.valid.upper else today
    pairs = ((record.side_a_id, {one.side_a for one in stretches}), (record.side_b_id, {one.side_b for one in stretches}))
    for side, given in pairs:
        wanted = {unit for unit in given if unit is not None and unit != side}
        below = DivisionRecord.objects.under(side, day).filter(division__in=wanted).values_list("division_id", flat=True)
        strangers = wanted - set(below)
        if strangers:
            names = names_of([side, *strangers], day)
            sentence = _("%(unit)s不在%(side)s之内，不能作为这一侧的界段。") % {
                "unit": "、".join(names.get(one, f"#{one}") for one in sorted(strangers)),
                "side": names.get(side, f"#{side}"),
            }
            raise InvalidInputError("segment_of_another_side", sentence, {"segments": [sentence]})


def _set_segments(record: BoundaryLineRecord, stretches: Iterable[Stretch]) -> None:
    """Stretches follow each other without overlap."""
    rows: Sequence[Stretch] = sorted(stretches, key=lambda one: one.from_m)
    for at, one in enumerate(rows):
        if not 0 <= one.from_m < one.to_m or (at and one.from_m < rows[at - 1].to_m - 1e-6):
            raise InvalidInputError("bad_segments", _("界段的里程须由小到大，互不重叠。"), {"segments": [_("里程有误")]})
    LineSegment.objects.bulk_create(
        LineSegment(record=record, from_m=one.from_m, to_m=one.to_m, side_a_id=one.side_a, side_b_id=one.side_b) for one in rows
    )


def _told(actor: User | None, action: str, record: BoundaryLineRecord, before: dict[str, Any], reason: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=record.line,
        label=f"{record.line.code} {record.name}",
        area=record.side_a_id,
        before=before,
        after=_snapshot(record) | {"source": {"id": record.source_id, "title": record.source.title}},
        reason=reason.strip(),
    )


def _snapshot(record: BoundaryLineRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "level": record.level,
        "side_a": record.side_a_id,
        "side_b": record.side_b_id,
        "valid": clocked_rows.days_told(record.valid),
        "grade": record.grade,
        "length_m": record.length_m,
        "disputed": record.disputed,
        "approval_number": record.approval_number,
    }
