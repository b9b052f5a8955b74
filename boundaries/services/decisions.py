"""Decisions: drafting, editing, previewing, enacting. Steps of the review, remarks and answers are in `decision_review`.

Every function is one transaction, asks a named policy, locks the decision's row and appends to the audit trail. `actor` None is the
command line. `version` is what the person saw; `fingerprint` is the plan the person agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries import impacts, policies
from boundaries.changes import ChangeError, Plan, Register, make_plan
from boundaries.changes import acts as changes
from boundaries.changes.difference import in_words
from boundaries.changes.document import difference, plan_document
from boundaries.changes.reading import read_decision
from boundaries.impacts import cost_document, impact_documents
from boundaries.line_impacts import moved_lines
from boundaries.models import (
    Decision,
    DecisionAct,
    DecisionEvent,
    DecisionFile,
    DecisionLineWork,
    DecisionState,
    Division,
    DivisionRecord,
    Source,
    SourceKind,
)
from boundaries.rules import decision_states
from boundaries.rules.decision_states import Action
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.stages import Stage
from boundaries.services import decision_findings, map_updates
from boundaries.services.decision_findings import Answered
from boundaries.services.decision_register import fetch_register
from boundaries.services.decision_writing import save_plan
from boundaries.services.register import wait_for_writers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files

FIELDS = ("document_number", "title", "approver", "approved_on", "effective_on", "text", "case")
_LONGEST = {"document_number": 80, "title": 300, "approver": 200, "text": 100_000}
_MOST_ACTS = 500
_MOST_TOLD = 8


@dataclass(frozen=True)
class ActEntry:
    """One act as given: `data` as boundaries.changes.reading documents it, `geometry` in EPSG:4490 for a line or an area."""

    kind: str
    data: Mapping[str, Any]
    geometry: GEOSGeometry | None = None


@dataclass(frozen=True)
class Preview:
    """`document` is JSON-able and carries the fingerprint and the findings; the rest is for pictures and sentences."""

    document: dict[str, Any]
    plan: Plan = field(repr=False)
    register: Register = field(repr=False)
    decision: changes.Decision = field(repr=False)
    findings: tuple[Answered, ...] = field(default=(), repr=False)

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
    DecisionEvent.objects.create(
        decision=decision, to_state=DecisionState.DRAFT, basis="《行政区划管理条例实施办法》第三条", by=actor
    )
    audit.record(actor=actor, action="decision.create", target=decision, area=area.pk, after=_snapshot(decision))
    return decision


@transaction.atomic
def edit_draft(
    actor: User | None, decision: Decision, version: int, acts: Iterable[ActEntry] | None = None, **fields: Any
) -> Decision:
    """Saves fields, and all acts when they are given. Whatever was previewed no longer counts.

    While a decision is in review its acts stand; whoever reviews records the paper that has come.
    """
    held = lock_open(decision, version) if acts is None else _draft(decision, version)
    may_edit = policies.may_edit_decision if held.state in decision_states.EDITABLE else policies.may_enact_decision
    ensure(actor is None or may_edit(actor, held))
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
def attach_file(
    actor: User | None,
    decision: Decision,
    upload: UploadedFile,
    title: str,
    *,
    document_class: str = "",
    parts: Sequence[str] = (),
) -> DecisionFile:
    """A file may be added at any time: the sealed document often comes last.

    `document_class` is one of boundaries.rules.dossier, empty for the decision itself; `parts` the headed parts or maps it holds.
    """
    ensure(actor is None or policies.may_edit_decision(actor, decision))
    if document_class and document_class not in DOCUMENT_CLASSES:
        raise InvalidInputError("unknown_document_class", _("没有这一类申报材料：%(name)s。") % {"name": document_class[:40]})
    stored = files.store(upload, name=upload.name or "", purpose="decision", actor=actor, area=decision.area_id)
    attached = DecisionFile.objects.create(
        decision=decision,
        file=stored,
        title=(title.strip() or stored.name)[:200],
        document_class=document_class,
        parts=list(parts),
        added_by=actor,
    )
    after = {"title": attached.title, "document_class": document_class, "parts": attached.parts, "sha256": stored.sha256}
    audit.record(actor=actor, action="decision.attach", target=decision, area=decision.area_id, after=after)
    return attached


@transaction.atomic
def remove_file(actor: User | None, decision: Decision, attached: int, *, restore: bool = False) -> DecisionFile:
    """Takes a file out of the dossier, or puts it back (`restore`); the file itself stays and the trail says who did it."""
    ensure(actor is None or policies.may_edit_decision(actor, decision))
    held = DecisionFile.objects.select_for_update().filter(pk=attached, decision=decision, removed_at__isnull=not restore).first()
    if held is None:
        raise ConflictError("attachment_changed", _("这份材料的状态已经变了，请刷新页面。"))
    held.removed_at = None if restore else timezone.now()
    held.save(update_fields=["removed_at"])
    told = {"title": held.title, "document_class": held.document_class}
    audit.record(
        actor=actor,
        action="decision.attach" if restore else "decision.detach",
        target=decision,
        area=decision.area_id,
        before=None if restore else told,
        after=told if restore else None,
    )
    return held


# --- what it would do ---------------------------------------------------------------------------------------------------


def preview(actor: User | None, decision: Decision) -> Preview:
    """What the decision would do to the register as it stands. A draft keeps the plan, so that enacting can tell what moved."""
    ensure(actor is None or policies.may_view_decision(actor, decision))
    with transaction.atomic():
        made = made_of(decision)
        if decision.state in OPEN_STATES and _keeps_preview(actor, decision):
            Decision.objects.filter(pk=decision.pk, state__in=OPEN_STATES).update(plan=made.document, fingerprint=made.fingerprint)
    return made


def _keeps_preview(actor: User | None, decision: Decision) -> bool:
    """A reader may look; what enacting is compared with is what those who answer for the decision saw."""
    return actor is None or policies.may_edit_decision(actor, decision) or policies.may_enact_decision(actor, decision)


def preview_acts(day: date, acts: Sequence[ActEntry], decision: Decision | None = None, case: Any = None) -> Preview:
    """The same for acts nobody has saved yet. `decision`: their draft, whose papers and answers count; `case`: as edited."""
    about = decision or Decision(effective_on=day)
    if case is not None:
        about.case = case
    return _planned(_read(day, acts, about), about)


def made_of(decision: Decision) -> Preview:
    """The preview, without asking who looks."""
    acts = [_entry(act) for act in decision.acts.order_by("order")]
    return _planned(_read(decision.effective_on, acts, decision), decision)


def _planned(read: changes.Decision, about: Decision) -> Preview:
    register = fetch_register(read)
    try:
        plan = make_plan(register, read)
    except ChangeError as error:
        raise _told(error) from error
    document = plan_document(plan, register)
    document["impacts"] = impact_documents(plan)
    document["cost"] = cost_document(document["impacts"])
    found = tuple(decision_findings.check(about, read, plan, register))
    document["findings"] = [one.as_dict() for one in found]
    return Preview(document, plan, register, read, found)


def _read(day: date, acts: Sequence[ActEntry], about: Decision) -> changes.Decision:
    """Codes that follow in sequence are taken only where it is stated who determined them (CODE-07)."""
    coded = decision_findings.case_of(about).code_determiner is not None
    try:
        return replace(read_decision(day, [(act.kind, act.data, _shape(act.geometry)) for act in acts]), coded=coded)
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
    ``register_moved`` with the difference. Blocking findings that nothing settles refuse it (``rules_block``), warnings ask for a
    `reason` (``reason_missing``). `redraw`: the map follows after the commit; a caller that enacts many decisions does it
    once at the end.
    """
    with transaction.atomic():
        moment = wait_for_writers()
        held = lock_open(decision, None)
        step = decision_states.edge(held.state, Action.ENACT)
        if step is None:
            raise _not_open(held)
        ensure(actor is None or policies.may_enact_decision(actor, held))
        seen = held.plan if held.plan and held.fingerprint == fingerprint else None
        try:
            made = made_of(held)
        except InvalidInputError as impossible:
            if seen is None:
                raise
            # It could be planned when it was previewed; what somebody did since is why it cannot now.
            why = impossible.__cause__
            told = [(why.zh, why.en)] if isinstance(why, ChangeError) else [(str(impossible), str(impossible))]
            raise _moved([], told, because=impossible.code) from impossible
        if made.fingerprint != fingerprint:
            moved = difference(seen, made.document) if seen else []
            raise _moved(moved, in_words(moved), fingerprint=made.fingerprint)
        if made.plan.obstacles:
            raise ConflictError("plan_obstructed", _obstacles(made.plan), obstacles=made.document["obstacles"])
        ensure(
            actor is None or all(policies.may_enact_over(actor, unit) for unit in _outermost(made)),
            _("批复涉及您管辖地域之外的区划，须由上级实施。"),
        )
        _ensure_answered(made, reason)
        before = _snapshot(held)
        source = _source(held, made.plan, actor)
        acts = list(held.acts.order_by("order"))
        lines = moved_lines(made.plan)  # while the old outlines are in force
        save_plan(made.plan, acts, source, moment)
        held.state = DecisionState.ENACTED
        held.plan, held.fingerprint, held.source = made.document, made.fingerprint, source
        held.findings = made.document["findings"]
        held.enacted_by, held.enacted_at = actor, timezone.now()
        held.version += 1
        held.save()
        DecisionLineWork.objects.bulk_create(DecisionLineWork(decision=held, line_id=line) for line in lines)
        impacts.carry_out(held, made.plan)
        DecisionEvent.objects.create(
            decision=held, from_state=step.start, to_state=held.state, basis=step.basis_zh, note=reason.strip(), by=actor
        )
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


def _moved(moved: list[dict[str, Any]], told: list[tuple[str, str]], **details: Any) -> ConflictError:
    """`told` is what moved, in sentences; the page shows `difference`, a program `because`."""
    english = (get_language() or "").startswith("en")
    sentence = _("预览之后登记已有变动，请重新预览后再实施。")
    said = ("; " if english else "；").join(one[english] for one in told[:_MOST_TOLD])
    return ConflictError(
        "register_moved",
        f"{sentence} {said}".strip(),
        difference=moved,
        told=[{"message": zh, "message_en": en} for zh, en in told],
        **details,
    )


def _ensure_answered(made: Preview, reason: str) -> None:
    waiting = decision_findings.open_at(Stage.ENACT, made.findings)
    blocking = [one for one in waiting if one.severity is Severity.BLOCK]
    if blocking:
        raise ConflictError("rules_block", _("还不能实施：") + sentences(blocking), findings=[one.as_dict() for one in blocking])
    if waiting and not reason.strip():
        raise InvalidInputError(
            "reason_missing",
            _("有须说明的事项，请写明理由：") + sentences(waiting),
            findings=[one.as_dict() for one in waiting],
            fields={"reason": [_("必填")]},
        )


def sentences(found: Iterable[Finding]) -> str:
    """What findings say, in the reader's language, with their rules."""
    english = (get_language() or "").startswith("en")
    return " ".join(f"{one.message_en if english else one.message_zh}（{one.rule}）" for one in found)


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


OPEN_STATES = (DecisionState.DRAFT, DecisionState.IN_REVIEW, DecisionState.RETURNED)


def _not_open(held: Decision) -> ConflictError:
    return ConflictError("decision_not_draft", _("这份批复现为“%(state)s”，不能再改。") % {"state": held.get_state_display()})


def _draft(decision: Decision, version: int | None) -> Decision:
    """The row, locked, in a state in which its acts may be edited."""
    held = lock_open(decision, version)
    if held.state not in decision_states.EDITABLE:
        raise _not_open(held)
    return held


def lock_open(decision: Decision, version: int | None) -> Decision:
    """The row, locked, while it is neither enacted nor withdrawn; `ConflictError` when somebody saved after `version`."""
    held = Decision.objects.select_for_update().get(pk=decision.pk)
    if held.state not in OPEN_STATES:
        raise _not_open(held)
    if version is not None and held.version != version:
        raise ConflictError("decision_changed", _("别人刚刚改过这份批复，请刷新页面后再保存。"), version=held.version)
    return held


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a decision: {sorted(unknown)}")
    result = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if "case" in result:
        decision_findings.as_case(result["case"])  # what cannot be read is not kept
    for name, longest in _LONGEST.items():
        if len(result.get(name) or "") > longest:
            raise InvalidInputError("field_too_long", _("“%(name)s”不能超过%(longest)d字。") % {"name": name, "longest": longest})
    return result


def _write_acts(decision: Decision, acts: Sequence[ActEntry]) -> None:
    if len(acts) > _MOST_ACTS:
        raise InvalidInputError("too_many_acts", _("一份批复最多%(most)d项。") % {"most": _MOST_ACTS})
    _read(decision.effective_on, acts, decision)  # an act that cannot be read is not kept
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
        "case": decision.case,
        "state": decision.state,
        "acts": [{"kind": act.kind, "data": act.data} for act in decision.acts.order_by("order")],
        "fingerprint": decision.fingerprint,
    }
