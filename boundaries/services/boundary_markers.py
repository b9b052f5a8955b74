"""Writing the register of markers, on two clocks as lines are. Chainage and offset follow from the positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import (
    Begins,
    BoundaryLine,
    BoundaryMarker,
    Division,
    Grade,
    MarkerKind,
    MarkerOnLine,
    MarkerRecord,
    MarkerReference,
    MarkerSide,
    MarkerVisit,
    Source,
)
from boundaries.services import clocked_rows
from boundaries.services.line_measures import remeasure_marker
from boundaries.services.register import wait_for_writers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError

# What a marker's record says. `position` is a Point in EPSG:4490, `sides` a sequence of `Side`, `references` of `Reference`.
# A correction may also say other days: `valid_from`, `valid_to`, `begins`.
FIELDS = frozenset(
    {
        "number", "kind", "material", "position", "grade", "registered", "elevation_m", "elevation_datum", "situation", "notes",
        "sides", "references",
    }
)  # fmt: skip
_DAYS = frozenset({"valid_from", "valid_to", "begins"})
_PARTS = ("sides", "references")


@dataclass(frozen=True, slots=True)
class Side:
    """A division (id) the marker belongs to, where it stands there, and whether that side keeps it."""

    division: int
    location: str = ""
    custodian: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """方位物: azimuth in degrees from true north, clockwise, seen from the marker; distance in metres."""

    name: str
    azimuth_deg: float
    distance_m: float


@transaction.atomic
def register(
    actor: User | None,
    lines: Sequence[BoundaryLine],
    values: Mapping[str, Any],
    *,
    source: Source,
    valid_from: date,
    begins: str = Begins.DECIDED,
    reason: str = "",
) -> BoundaryMarker:
    """Enters a marker on its line, at a tri-point on its three lines. Number and kind are needed.

    Raises `ConflictError` (marker_exists), `InvalidInputError`, `ForbiddenError`.
    """
    ensure(actor is None or any(policies.may_edit_line(actor, line) for line in lines))
    if not 1 <= len(lines) <= 3:
        raise InvalidInputError("bad_lines", _("一个界桩在一条界线上，三交点界桩在三条界线上。"))
    if valid_from > timezone.localdate():
        raise InvalidInputError("day_in_future", _("起始日期不能晚于今天。"), {"valid_from": [_("晚于今天")]})
    given = _cleaned(values, {})
    moment = wait_for_writers()
    _ensure_free(given["number"], [line.pk for line in lines], None)
    marker = BoundaryMarker.objects.create()
    MarkerOnLine.objects.bulk_create(MarkerOnLine(marker=marker, line=line) for line in lines)
    sides, references = given.pop("sides", ()), given.pop("references", ())
    record = MarkerRecord(
        marker=marker,
        valid=DateRange(valid_from, None),
        recorded=DateTimeTZRange(moment, None),
        begins=clocked_rows.clean_begins(begins),
        source=source,
        **given,
    )
    clocked_rows.save(record)
    _set_parts(record, sides, references)
    remeasure_marker(marker)
    _told(actor, "marker.register", record, {}, reason)
    return marker


@transaction.atomic
def change(
    actor: User | None, marker: BoundaryMarker, values: Mapping[str, Any], *, on: date, source: Source, reason: str = ""
) -> MarkerRecord:
    """From `on` the marker is otherwise, by `source`. A move asks for its papers: `services.marker_acts`."""
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    moment = wait_for_writers()
    held = _held(marker, on)
    clocked_rows.check_day_of_change(held.valid, on)
    given = _cleaned(values, _content(held))
    _ensure_free(given.get("number", held.number), _lines(marker), marker.pk)
    parts, kept = _given_parts(given), _kept_parts(held)
    clocked_rows.close(held, moment)
    before = clocked_rows.copy_of(held, {}, DateRange(held.valid.lower, on), moment, held.source, held.begins)
    after = clocked_rows.copy_of(held, given, DateRange(on, held.valid.upper), moment, source, Begins.DECIDED)
    clocked_rows.save(before)
    clocked_rows.save(after)
    _set_parts(before, **kept)
    _set_parts(after, **(kept | parts))
    remeasure_marker(marker)
    _told(actor, "marker.change", after, _snapshot(held), reason)
    return after


@transaction.atomic
def correct(
    actor: User | None,
    marker: BoundaryMarker,
    values: Mapping[str, Any],
    *,
    reason: str,
    source: Source,
    day: date | None = None,
    record: int | None = None,
) -> MarkerRecord:
    """Says the record of `day` (today) anew. `record`: the id of the row that was looked at; with another there, it is refused."""
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("订正须说明理由。"), {"reason": [_("请填写理由。")]})
    moment = wait_for_writers()
    held = _held(marker, day or timezone.localdate())
    if record is not None and held.pk != record:
        raise ConflictError("record_changed", _("这条记录已被订正，请刷新页面。"))
    days = {key: value for key, value in values.items() if key in _DAYS}
    given = _cleaned({key: value for key, value in values.items() if key not in _DAYS}, _content(held))
    _ensure_free(given.get("number", held.number), _lines(marker), marker.pk)
    parts, kept = _given_parts(given), _kept_parts(held)
    begins = clocked_rows.clean_begins(days.pop("begins", held.begins))
    clocked_rows.close(held, moment)
    said = clocked_rows.copy_of(held, given, clocked_rows.days_said(held.valid, days), moment, source, begins)
    clocked_rows.save(said)
    _set_parts(said, **(kept | parts))
    remeasure_marker(marker)
    _told(actor, "marker.correct", said, _snapshot(held), reason)
    return said


@transaction.atomic
def end(actor: User | None, marker: BoundaryMarker, *, on: date, source: Source, reason: str) -> None:
    """The marker stands no more from `on` (拆除): legal time ends; its history stays."""
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    moment = wait_for_writers()
    held = _held(marker, on)
    clocked_rows.check_day_of_change(held.valid, on)
    kept = _kept_parts(held)
    clocked_rows.close(held, moment)
    last = clocked_rows.copy_of(held, {}, DateRange(held.valid.lower, on), moment, held.source, held.begins)
    clocked_rows.save(last)
    _set_parts(last, **kept)
    remeasure_marker(marker)
    _told(actor, "marker.end", last, _snapshot(held), reason, source)


@transaction.atomic
def withdraw(actor: User | None, marker: BoundaryMarker, *, reason: str, source: Source) -> None:
    """Takes back a marker that should never have been entered. Raises `ConflictError` (marker_is_relied_on) after visits."""
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("撤回须说明理由。"), {"reason": [_("请填写理由。")]})
    moment = wait_for_writers()
    if found := relied_on_by(marker):
        raise ConflictError("marker_is_relied_on", _("这个界桩已有其他记录引用，不能撤回。"), obstacles=found)
    rows = list(marker.records.filter(recorded__upper_inf=True).select_for_update())
    if not rows:
        raise ConflictError("marker_not_there", _("这个界桩没有现行记录。"))
    for row in rows:
        clocked_rows.close(row, moment)
    remeasure_marker(marker)
    _told(actor, "marker.withdraw", rows[-1], _snapshot(rows[-1]), reason, source)


def relied_on_by(marker: BoundaryMarker) -> list[str]:
    found = []
    visits = MarkerVisit.objects.filter(marker=marker).count()
    if visits:
        found.append(_("有 %(count)s 次现场检查记录") % {"count": visits})
    acts = marker.acts.count()
    if acts:
        found.append(_("有 %(count)s 次变动记录") % {"count": acts})
    return found


def _held(marker: BoundaryMarker, day: date) -> MarkerRecord:
    held = clocked_rows.in_force(MarkerRecord.objects.filter(marker=marker), day)
    if held is None:
        raise ConflictError("marker_not_there", _("%(day)s 没有这个界桩的记录。") % {"day": day})
    return held


def _lines(marker: BoundaryMarker) -> list[int]:
    return list(marker.places.values_list("line_id", flat=True))


def _ensure_free(number: str, lines: Iterable[int], itself: int | None) -> None:
    """One number stands once on a line (the stakes of a double or triple one differ in their last letter)."""
    taken = MarkerRecord.objects.on(timezone.localdate()).filter(number=number, marker__places__line__in=list(lines))
    if taken.exclude(marker=itself).exists():
        raise ConflictError("marker_exists", _("这条界线上已有 %(number)s 号界桩。") % {"number": number})


def _content(record: MarkerRecord) -> dict[str, Any]:
    return {"number": record.number, "kind": record.kind, "position": record.position, "grade": record.grade}


def _cleaned(values: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"unknown fields of a marker: {sorted(unknown)}")
    given = dict(values)
    for text in ("number", "material", "elevation_datum", "situation", "notes"):
        if text in given:
            given[text] = given[text].strip()
    _check({**held, **given})
    return given


def _check(content: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not content.get("number"):
        wrong["number"] = [_("请填写界桩号。")]
    if content.get("kind") not in MarkerKind.values:
        wrong["kind"] = [_("界桩类型为单立、同号双立、同号三立之一。")]
    position = content.get("position")
    if (position is not None) != (content.get("grade", "") in Grade.values):
        wrong["grade"] = [_("有坐标须注明等级，没有坐标不注等级。")]
    if position is not None and not _is_place(position):
        wrong["position"] = [_("坐标不是 CGCS2000 经纬度。")]
    wrong |= _wrong_parts(content.get("sides", ()), content.get("references", ()))
    if wrong:
        raise InvalidInputError("bad_marker", next(iter(wrong.values()))[0], wrong)


def _is_place(position: Any) -> bool:
    return isinstance(position, Point) and position.srid == CGCS2000 and abs(position.x) <= 180 and abs(position.y) <= 90


def _wrong_parts(sides: Sequence[Side], references: Sequence[Reference]) -> dict[str, list[str]]:
    wrong = {}
    divisions = [side.division for side in sides]
    if len(set(divisions)) != len(divisions):
        wrong["sides"] = [_("同一区划写了两次。")]
    elif Division.objects.filter(pk__in=divisions).count() < len(divisions):
        wrong["sides"] = [_("登记中没有所给的区划。")]
    elif sum(side.custodian for side in sides) > 1:
        wrong["sides"] = [_("只能有一方负责管护。")]
    if any(not 0 <= one.azimuth_deg < 360 or one.distance_m < 0 or not one.name.strip() for one in references):
        wrong["references"] = [_("方位物须有名称，方位角在 0 至 360 度之间，距离不小于零。")]
    return wrong


def _given_parts(given: dict[str, Any]) -> dict[str, Any]:
    return {part: given.pop(part) for part in _PARTS if part in given}


def _kept_parts(record: MarkerRecord) -> dict[str, Any]:
    return {
        "sides": [Side(one.division_id, one.location, one.custodian) for one in record.sides.all()],
        "references": [Reference(one.name, one.azimuth_deg, one.distance_m) for one in record.references.all()],
    }


def _set_parts(record: MarkerRecord, sides: Iterable[Side], references: Iterable[Reference]) -> None:
    MarkerSide.objects.bulk_create(
        MarkerSide(record=record, division_id=one.division, location=one.location.strip(), custodian=one.custodian) for one in sides
    )
    MarkerReference.objects.bulk_create(
        MarkerReference(record=record, name=one.name.strip(), azimuth_deg=one.azimuth_deg, distance_m=one.distance_m)
        for one in references
    )


def _told(
    actor: User | None, action: str, record: MarkerRecord, before: dict[str, Any], reason: str, source: Source | None = None
) -> None:
    rests_on = source or record.source
    line = record.marker.lines.order_by("code").first()
    sides = list(record.sides.values_list("division_id", flat=True))
    audit.record(
        actor=actor,
        action=action,
        target=record.marker,
        label=f"{record.number} {'' if line is None else line.code}".strip(),
        area=sides[0] if sides else None,
        before=before,
        after=_snapshot(record) | {"source": {"id": rests_on.pk, "title": rests_on.title}},
        reason=reason.strip(),
    )


def _snapshot(record: MarkerRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "kind": record.kind,
        "position": None if record.position is None else [record.position.x, record.position.y],
        "grade": record.grade,
        "registered": record.registered,
        "elevation_m": record.elevation_m,
        "valid": clocked_rows.days_told(record.valid),
        "sides": [{"division": one.division_id, "custodian": one.custodian} for one in record.sides.all()],
        "references": record.references.count(),
    }
