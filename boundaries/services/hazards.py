"""All writes to hazards along boundary lines: registering, assessing, measures, meetings, closing; and the office's own criteria.

Every function is one transaction, asks a named policy, locks the hazard's row and appends to the audit trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.boundary_lines import LineOnDay, line_on
from boundaries.hazard_register import criteria_in_force
from boundaries.models import (
    BoundaryHazard,
    BoundaryLine,
    HazardCriteria,
    HazardEntry,
    HazardEntryKind,
    HazardState,
    JointInspection,
)
from boundaries.rules import hazard_criteria
from boundaries.rules.hazard_criteria import CriteriaError
from boundaries.rules.hazard_states import Action, edge
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.crs.chainage import MeasuredLine
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files

PURPOSE = "hazard"
LONGEST_TEXT = 20_000
FIELDS = (
    "kind", "title", "details", "place", "chainage_m", "marker", "sides", "likelihood", "consequence", "criteria_note", "found_on",
    "due_on",
)  # fmt: skip
ENTRIES = (HazardEntryKind.MEASURE, HazardEntryKind.MEETING, HazardEntryKind.DOCUMENT)


@transaction.atomic
def register(actor: User, line: BoundaryLine, *, inspection: JointInspection | None = None, **fields: Any) -> BoundaryHazard:
    """A hazard with `FIELDS`; `place` is (longitude, latitude), EPSG:4490, from which the chainage follows, or the other way.

    `sides` are ids of the line's sides it concerns, both when left out. Raises `InvalidInputError` with the fields named.
    """
    ensure(policies.may_register_hazard(actor, line))
    there = line_on(line)
    held = BoundaryHazard(line=line, inspection=inspection, created_by=actor)
    sides = _apply(held, there, fields)
    held.save()
    held.sides.set(sides)
    _trail(actor, held, "hazard.register", there, after=snapshot(held))
    return held


@transaction.atomic
def update(actor: User, hazard: BoundaryHazard, version: int, **fields: Any) -> BoundaryHazard:
    """Corrects or assesses anew; what was said before stays in the trail."""
    held = _lock(hazard, version)
    ensure(policies.may_register_hazard(actor, held.line_id))
    if held.state == HazardState.CLOSED:
        raise ConflictError("hazard_closed", _("这项隐患已经了结；要改，请先重新打开。"))
    there = line_on(held.line_id)
    before = snapshot(held)
    sides = _apply(held, there, fields)
    held.version += 1
    held.save()
    held.sides.set(sides)
    after = snapshot(held)
    changed = [name for name in after if after[name] != before[name]]
    _trail(
        actor,
        held,
        "hazard.update",
        there,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return held


@transaction.atomic
def add_entry(
    actor: User,
    hazard: BoundaryHazard,
    *,
    kind: str,
    on: date,
    text: str,
    responsible: str = "",
    due_on: date | None = None,
    upload: UploadedFile | None = None,
) -> HazardEntry:
    """A measure, a meeting or a document; only ever added to. A measure may have a last day until it is done."""
    held = _lock(hazard, None)
    ensure(policies.may_handle_hazard(actor, held.line_id))
    wrong: dict[str, list[str]] = {}
    if kind not in ENTRIES:
        wrong["kind"] = [_("请选择类别")]
    if not text.strip() or len(text) > LONGEST_TEXT:
        wrong["text"] = [_("必填")]
    if kind == HazardEntryKind.DOCUMENT and upload is None:
        wrong["file"] = [_("请选择文件")]
    if due_on is not None and due_on < on:
        wrong["due_on"] = [_("期限早于日期")]
    if wrong:
        raise InvalidInputError("bad_entry", _("有的栏目不能保存。"), fields=wrong)
    if held.state == HazardState.CLOSED:
        raise ConflictError("hazard_closed", _("这项隐患已经了结；要改，请先重新打开。"))
    there = line_on(held.line_id)
    stored = None
    if upload is not None:
        stored = files.store(upload, name=upload.name or "", purpose=PURPOSE, actor=actor, area=there.side_a.id)
    entry = HazardEntry.objects.create(
        hazard=held,
        kind=kind,
        on=on,
        text=text.strip(),
        responsible=responsible.strip()[:120],
        due_on=due_on if kind == HazardEntryKind.MEASURE else None,
        file=stored,
        made_by=actor,
    )
    _trail(actor, held, "hazard.entry", there, after={"kind": kind, "on": on.isoformat(), "text": entry.text})
    return entry


@transaction.atomic
def finish_entry(actor: User, hazard: BoundaryHazard, entry: int, done_on: date) -> HazardEntry:
    held = _lock(hazard, None)
    ensure(policies.may_handle_hazard(actor, held.line_id))
    found = held.entries.filter(pk=entry, kind=HazardEntryKind.MEASURE, done_on=None).first()
    if found is None:
        raise ConflictError("entry_done", _("这项措施已经办结，请刷新页面。"))
    if done_on > timezone.localdate() or done_on < found.on:
        message = _("完成日期不能晚于今天，也不能早于措施日期。")
        raise InvalidInputError("bad_day", message, fields={"done_on": [message]})
    found.done_on = done_on
    found.save(update_fields=["done_on"])
    _trail(actor, held, "hazard.entry_done", line_on(held.line_id), after={"text": found.text, "on": done_on.isoformat()})
    return found


@transaction.atomic
def take_step(
    actor: User, hazard: BoundaryHazard, version: int, action: Action, *, note: str = "", closed_on: date | None = None
) -> BoundaryHazard:
    """Walks one edge of boundaries.rules.hazard_states; closing asks for its day and that no measure is open."""
    held = _lock(hazard, version)
    step = edge(held.state, action)
    if step is None:
        raise ConflictError(
            "step_not_allowed", _("隐患现为“%(state)s”，不能办理这一步。请刷新页面。") % {"state": held.get_state_display()}
        )
    allowed = policies.may_reopen_hazard if step.by_reviewer else policies.may_handle_hazard
    ensure(allowed(actor, held.line_id))
    note = note.strip()[:LONGEST_TEXT]
    if step.note_required and not note:
        raise InvalidInputError("note_required", _("请写明理由。"), fields={"note": [_("必填")]})
    today = timezone.localdate()
    if action is Action.CLOSE:
        day = closed_on or today
        if day > today or day < held.found_on:
            message = _("了结日期不能晚于今天，也不能早于发现日期。")
            raise InvalidInputError("bad_day", message, fields={"closed_on": [message]})
        waiting = held.entries.filter(kind=HazardEntryKind.MEASURE, due_on__isnull=False, done_on=None).count()
        if waiting:
            raise ConflictError("measures_open", _("还有 %(count)d 项有期限的措施没有办结，不能了结。") % {"count": waiting})
        held.closed_on, held.closing = day, note
    elif action is Action.REOPEN:
        held.closed_on, held.closing = None, ""
    before = held.state
    held.state = step.end.value
    held.version += 1
    held.save()
    words = pick(step.title_zh, step.title_en)
    HazardEntry.objects.create(
        hazard=held, kind=HazardEntryKind.STEP, on=today, text=f"{step.title_zh}：{note}" if note else step.title_zh, made_by=actor
    )
    _trail(
        actor,
        held,
        f"hazard.{action.value}",
        line_on(held.line_id),
        before={"state": before},
        after={"state": held.state},
        reason=note or words,
    )
    return held


@transaction.atomic
def set_criteria(actor: User, text: str, note: str = "") -> HazardCriteria:
    """The office's own text in the place of the one in force. Raises `InvalidInputError` (``bad_criteria``) with every problem."""
    ensure(policies.may_edit_hazard_criteria(actor))
    try:
        read = hazard_criteria.read(text)
    except CriteriaError as error:
        problems = [pick(*one) for one in error.problems]
        raise InvalidInputError("bad_criteria", _("评定办法不能采用：") + " ".join(problems), problems=problems) from error
    held = HazardCriteria.objects.create(text=text, note=note.strip()[:300], made_by=actor)
    audit.record(
        actor=actor, action="hazard.criteria", target=held, label=read.title, after={"title": read.title}, reason=held.note
    )
    return held


def snapshot(held: BoundaryHazard) -> dict[str, Any]:
    values = {
        "kind": held.kind,
        "title": held.title,
        "details": held.details,
        "chainage_m": held.chainage_m,
        "place": [held.place.x, held.place.y] if held.place else None,
        "likelihood": held.likelihood,
        "consequence": held.consequence,
        "criteria_note": held.criteria_note,
        "found_on": held.found_on,
        "due_on": held.due_on,
        "sides": sorted(held.sides.values_list("pk", flat=True)),
    }
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _apply(held: BoundaryHazard, there: LineOnDay, fields: dict[str, Any]) -> Sequence[int]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a hazard: {sorted(unknown)}")
    wrong: dict[str, list[str]] = {}
    _words(held, fields, wrong)
    _place(held, there, fields, wrong)
    if "marker" in fields:
        held.marker_id = fields["marker"]
        if held.marker_id is not None and held.marker_id not in {one.id for one in there.markers}:
            wrong["marker"] = [_("这个界桩不在界线上")]
    sides = list(fields["sides"]) if fields.get("sides") else None
    own = [side.id for side in there.sides]
    if sides is None:
        sides = own if held.pk is None else list(held.sides.values_list("pk", flat=True))
    if not set(sides) <= set(own):
        wrong["sides"] = [_("不是界线的一方")]
    if wrong:
        raise InvalidInputError("bad_hazard", _("有的栏目不能保存。"), fields=wrong)
    return sides


def _words(held: BoundaryHazard, fields: dict[str, Any], wrong: dict[str, list[str]]) -> None:
    for name in ("kind", "likelihood", "consequence", "found_on", "due_on"):
        if name in fields:
            setattr(held, name, fields[name])
    for name, longest in (("title", 200), ("details", LONGEST_TEXT), ("criteria_note", LONGEST_TEXT)):
        if name in fields:
            setattr(held, name, str(fields[name]).strip().replace("\0", "")[:longest])
    criteria = criteria_in_force()
    for name, words in (("kind", criteria.kinds), ("likelihood", criteria.likelihoods), ("consequence", criteria.consequences)):
        if getattr(held, name) not in words:
            wrong[name] = [_("请选择")]
    if not held.title:
        wrong["title"] = [_("必填")]
    if held.found_on is None or held.found_on > timezone.localdate():
        wrong["found_on"] = [_("须填写，且不晚于今天")]
    elif held.due_on is not None and held.due_on < held.found_on:
        wrong["due_on"] = [_("期限早于发现日期")]


def _place(held: BoundaryHazard, there: LineOnDay, fields: dict[str, Any], wrong: dict[str, list[str]]) -> None:
    """A place gives the chainage; a chainage alone gives the place on the line."""
    if "place" not in fields and "chainage_m" not in fields:
        return
    place, chainage = fields.get("place"), fields.get("chainage_m")
    measured = MeasuredLine(there.geometry) if there.geometry is not None else None
    if place is not None:
        held.place = Point(place[0], place[1], srid=CGCS2000)
        held.chainage_m = measured.locate(place).chainage_m if measured is not None else None
    elif chainage is not None and measured is not None:
        if not 0 <= chainage <= measured.length_m:
            wrong["chainage_m"] = [_("里程应在 0 至 %(length).0f 米之间") % {"length": measured.length_m}]
            return
        held.place, held.chainage_m = Point(*measured.at(chainage), srid=CGCS2000), chainage
    elif chainage is not None and chainage < 0:
        wrong["chainage_m"] = [_("里程不小于零")]
    else:
        held.place, held.chainage_m = None, chainage


def _lock(hazard: BoundaryHazard, version: int | None) -> BoundaryHazard:
    held = BoundaryHazard.objects.select_for_update(of=("self",)).select_related("line").get(pk=hazard.pk)
    if version is not None and held.version != version:
        raise ConflictError(
            "changed_meanwhile", _("在您打开之后，这项隐患已被修改。您填写的内容没有保存，请刷新后再改。"), version=held.version
        )
    return held


def _trail(actor: User, held: BoundaryHazard, action: str, there: LineOnDay, **details: Any) -> None:
    audit.record(actor=actor, action=action, target=held, label=held.title, area=there.side_a.id, **details)
