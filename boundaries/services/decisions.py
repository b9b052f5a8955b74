"""All writes to decisions: drafting, editing, previewing, enacting.

Every function is one transaction, asks a named policy, locks the decision's row and appends to the audit trail. `actor` None is the
command line. `version` is what the person saw; `fingerprint` is the plan the person agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.changes import ChangeError, Plan, Register, make_plan
from boundaries.changes import acts as changes
from boundaries.changes.document import difference, plan_document
from boundaries.changes.reading import read_decision
from boundaries.impacts import impact_documents
from boundaries.models import (
    Decision,
    DecisionAct,
    DecisionFile,
    DecisionState,
    Division,
    DivisionRecord,
    Source,
    SourceKind,
)
from boundaries.services import map_updates
from boundaries.services.decision_register import fetch_register
from boundaries.services.decision_writing import save_plan
from boundaries.services.register import wait_for_writers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files

FIELDS = ("document_number", "title", "approver", "approved_on", "effective_on", "text")
_LONGEST = {"document_number": 80, "title": 300, "approver": 200, "text": 100_000}
_MOST_ACTS = 500


@dataclass(frozen=True)
class ActEntry:
    """One act as given: `data` as boundaries.changes.reading documents it, `geometry` in EPSG:4490 for a line or an area."""

    kind: str
    data: Mapping[str, Any]
    geometry: GEOSGeometry | None = None


@dataclass(frozen=True)
class Preview:
    """`document` is JSON-able and carries the fingerprint; `plan` and `register` are for pictures and findings."""

    document: dict[str, Any]
    plan: Plan = field(repr=False)
    register: Register = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return str(self.document["fingerprint"])


# --- drafts -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_draft(actor: User | None, area: Division, acts: Iterable[ActEntry] = (), **fields: Any) -> Decision:
    """`fields`: `FIELDS`, of which `title` and `effective_on` are needed."""
    ensure(actor is None or policies.may_draft_decision(actor, area))
    decision = Decision(area=area, created_by=actor, **_checked(fields))
    if not decision.title or decision.effective_on is None:
        raise InvalidInputError("decision_incomplete", _("请填写标题和生效日期。"))
    decision.save()
    _write_acts(decision, list(acts))
    audit.record(actor=actor, action="decision.create", target=decision, area=area.pk, after=_snapshot(decision))
    return decision


@transaction.atomic
def edit_draft(
    actor: User | None, decision: Decision, version: int, acts: Iterable[ActEntry] | None = None, **fields: Any
) -> Decision:
    """Saves fields, and all acts when they are given. Whatever was previewed no longer counts."""
    held = _draft(decision, version)
    ensure(actor is None or policies.may_edit_decision(actor, held))
    before = _snapshot(held)
    for name, value in _checked(fields).items():
        setattr(held, name, value)
    if acts is not None:
        held.acts.all().delete()
        _write_acts(held, list(acts))
    held.plan, held.fingerprint = None, ""
    held.version += 1
    held.save()
    audit.record(actor=actor, action="decision.update", target=held, area=held.area_id, before=before, after=_snapshot(held))
    return held


@transaction.atomic
def withdraw_draft(actor: User | None, decision: Decision, version: int, reason: str) -> Decision:
    held = _draft(decision, version)
    ensure(actor is None or policies.may_edit_decision(actor, held))
    held.state = DecisionState.WITHDRAWN
    held.version += 1
    held.save()
    audit.record(actor=actor, action="decision.withdraw", target=held, area=held.area_id, reason=reason)
    return held


@transaction.atomic
def attach_file(actor: User, decision: Decision, upload: UploadedFile, title: str) -> DecisionFile:
    """A file may be added at any time: the sealed document often comes last."""
    ensure(policies.may_edit_decision(actor, decision))
    stored = files.store(upload, name=upload.name or "", purpose="decision", actor=actor, area=decision.area_id)
    attached = DecisionFile.objects.create(
        decision=decision, file=stored, title=(title.strip() or stored.name)[:200], added_by=actor
    )
    after = {"title": attached.title, "sha256": stored.sha256}
    audit.record(actor=actor, action="decision.attach", target=decision, area=decision.area_id, after=after)
    return attached


# --- what it would do ---------------------------------------------------------------------------------------------------


def preview(actor: User | None, decision: Decision) -> Preview:
    """What the decision would do to the register as it stands. A draft keeps the plan, so that enacting can tell what moved."""
    ensure(actor is None or policies.may_view_decision(actor, decision))
    with transaction.atomic():
        made = _preview(decision)
        if decision.state == DecisionState.DRAFT and _keeps_preview(actor, decision):
            Decision.objects.filter(pk=decision.pk, state=DecisionState.DRAFT).update(
                plan=made.document, fingerprint=made.fingerprint
            )
    return made


def _keeps_preview(actor: User | None, decision: Decision) -> bool:
    """A reader may look; what enacting is compared with is what those who answer for the decision saw."""
    return actor is None or policies.may_edit_decision(actor, decision) or policies.may_enact_decision(actor, decision)


def preview_acts(day: date, acts: Sequence[ActEntry]) -> Preview:
    """The same for acts nobody has saved yet."""
    return _planned(_read(day, acts))


def _preview(decision: Decision) -> Preview:
    return _planned(_read(decision.effective_on, [_entry(act) for act in decision.acts.order_by("order")]))


def _planned(decision: changes.Decision) -> Preview:
    register = fetch_register(decision)
    try:
        plan = make_plan(register, decision)
    except ChangeError as error:
        raise _told(error) from error
    document = plan_document(plan, register)
    document["impacts"] = impact_documents(plan)
    return Preview(document, plan, register)


def _read(day: date, acts: Sequence[ActEntry]) -> changes.Decision:
    try:
        return read_decision(day, [(act.kind, act.data, _shape(act.geometry)) for act in acts])
    except ChangeError as error:
        raise _told(error) from error


def _told(error: ChangeError) -> InvalidInputError:
    english = (get_language() or "").startswith("en")
    sentence = error.en if english else error.zh
    if error.act is not None:
        sentence = _("第%(number)d项：%(sentence)s") % {"number": error.act + 1, "sentence": sentence}
    return InvalidInputError(error.code, sentence, act=error.act, **error.details)


# --- enacting -----------------------------------------------------------------------------------------------------------


def enact(actor: User | None, decision: Decision, fingerprint: str, *, reason: str = "", redraw: bool = True) -> Decision:
    """Saves exactly the plan whose fingerprint was seen, in one transaction.

    Writers of the register wait for one another; whoever comes second finds the register moved and gets `ConflictError`
    ``register_moved`` with the difference. `redraw`: the map follows after the commit; a caller that enacts many
    decisions does it once at the end.
    """
    with transaction.atomic():
        moment = wait_for_writers()
        held = _draft(decision, None)
        ensure(actor is None or policies.may_enact_decision(actor, held))
        made = _preview(held)
        if made.fingerprint != fingerprint:
            seen = held.plan if held.plan and held.fingerprint == fingerprint else None
            raise ConflictError(
                "register_moved",
                _("预览之后登记已有变动，请重新预览后再实施。"),
                difference=difference(seen, made.document) if seen else [],
                fingerprint=made.fingerprint,
            )
        if made.plan.obstacles:
            raise ConflictError("plan_obstructed", _obstacles(made.plan), obstacles=made.document["obstacles"])
        ensure(
            actor is None or all(policies.may_enact_over(actor, unit) for unit in _outermost(made)),
            _("批复涉及您管辖地域之外的区划，须由上级实施。"),
        )
        before = _snapshot(held)
        source = _source(held, made.plan, actor)
        acts = list(held.acts.order_by("order"))
        save_plan(made.plan, acts, source, moment)
        held.state = DecisionState.ENACTED
        held.plan, held.fingerprint, held.source = made.document, made.fingerprint, source
        held.enacted_by, held.enacted_at = actor, timezone.now()
        held.version += 1
        held.save()
        audit.record(
            actor=actor,
            action="decision.enact",
            target=held,
            area=held.area_id,
            before=before,
            after=_snapshot(held),
            reason=reason,
        )
        if redraw:
            map_updates.follow()
    return held


def _obstacles(plan: Plan) -> str:
    english = (get_language() or "").startswith("en")
    return " ".join(one.en if english else one.zh for one in plan.obstacles)


def _outermost(made: Preview) -> set[int]:
    """Of the divisions that change, those whose parent does not change too: a right over them reaches the rest."""
    touched = made.plan.touched
    return {key for key in touched if (state := made.register.units[key].on(made.plan.day)) is None or state.parent not in touched}


def _source(held: Decision, plan: Plan, actor: User | None) -> Source:
    """What is made out of demo data stays demo data."""
    ended = [one.state.record for one in plan.closed if one.state.record is not None]
    demo = DivisionRecord.objects.filter(pk__in=ended, source__kind=SourceKind.DEMO).exists()
    return Source.objects.create(
        kind=SourceKind.DEMO if demo else SourceKind.DOCUMENT,
        title=held.title,
        issuer=held.approver,
        document_number=held.document_number,
        dated=held.approved_on,
        details={"decision": held.pk, "effective_on": held.effective_on.isoformat()},
        recorded_by=actor,
    )


# --- small parts --------------------------------------------------------------------------------------------------------


def _draft(decision: Decision, version: int | None) -> Decision:
    held = Decision.objects.select_for_update().get(pk=decision.pk)
    if held.state != DecisionState.DRAFT:
        raise ConflictError("decision_not_draft", _("这份批复现为“%(state)s”，不能再改。") % {"state": held.get_state_display()})
    if version is not None and held.version != version:
        raise ConflictError("decision_changed", _("别人刚刚改过这份批复，请刷新页面后再保存。"), version=held.version)
    return held


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a decision: {sorted(unknown)}")
    result = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    for name, longest in _LONGEST.items():
        if len(result.get(name) or "") > longest:
            raise InvalidInputError("field_too_long", _("“%(name)s”不能超过%(longest)d字。") % {"name": name, "longest": longest})
    return result


def _write_acts(decision: Decision, acts: Sequence[ActEntry]) -> None:
    if len(acts) > _MOST_ACTS:
        raise InvalidInputError("too_many_acts", _("一份批复最多%(most)d项。") % {"most": _MOST_ACTS})
    _read(decision.effective_on, acts)  # an act that cannot be read is not kept
    DecisionAct.objects.bulk_create(
        DecisionAct(decision=decision, order=order, kind=act.kind, data=dict(act.data), geometry=act.geometry)
        for order, act in enumerate(acts, start=1)
    )


def _entry(act: DecisionAct) -> ActEntry:
    return ActEntry(act.kind, act.data, act.geometry)


def _shape(geometry: GEOSGeometry | None) -> shapely.Geometry | None:
    if geometry is None:
        return None
    if geometry.srid not in (None, CGCS2000):
        raise InvalidInputError("wrong_crs", _("所画的线或面须用 CGCS2000 经纬度（EPSG:4490）。"))
    return shapely.from_wkb(bytes(geometry.wkb))


def _snapshot(decision: Decision) -> dict[str, Any]:
    return {
        "document_number": decision.document_number,
        "title": decision.title,
        "approver": decision.approver,
        "approved_on": decision.approved_on and str(decision.approved_on),
        "effective_on": str(decision.effective_on),
        "state": decision.state,
        "acts": [{"kind": act.kind, "data": act.data} for act in decision.acts.order_by("order")],
        "fingerprint": decision.fingerprint,
    }
