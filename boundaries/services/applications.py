"""All writes to applications: drafting, the dossier, and each step along the table of states.

Every function is one transaction, asks a named policy, locks the application's row and appends to the audit trail. `version` is
what the person saw; when somebody else saved in between, the write is refused with `ConflictError`; nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Application, ApplicationAttachment, ApplicationEvent, ApplicationState, Division, DivisionRecord
from boundaries.rules.application_states import Action, Edge, Role, edge
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services import application_checks
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files

EDITABLE_STATES = (ApplicationState.DRAFT, ApplicationState.CHECKED, ApplicationState.RETURNED)
PLAN_FIELDS = (
    "proposed_name",
    "proposed_type",
    "affiliation",
    "boundary_plan",
    "seat_plan",
    "plan_author",
    "territory_plan",
    "reasons",
    "facts",
    "ethnic_opinion",
    "ethnic_document",
)
LONGEST_TEXT = 20_000


def create_draft(actor: User, division: Division, target: str, **fields: str) -> Application:
    """Opens an application for `division`; the plan's fields may follow later."""
    ensure(policies.may_draft_application(actor, division))
    today = timezone.localdate()
    record = DivisionRecord.objects.on(today).filter(division=division).first()
    if record is None:
        raise InvalidInputError("division_not_in_force", _("该区划今日不在册，不能就它提出申请。"))
    with transaction.atomic():
        application = Application(division=division, target=target, created_by=actor, number=_next_number(today), **_plan(fields))
        application.save()
        ApplicationEvent.objects.create(
            application=application, to_state=ApplicationState.DRAFT, by=actor, basis="《行政区划管理条例》第十三条"
        )
        audit.record(actor=actor, action="application.create", target=application, area=division.pk, after=_snapshot(application))
    return application


def update_draft(actor: User, application: Application, version: int, **fields: str) -> Application:
    """Saves the plan's fields. Editing a checked or returned application makes it a draft again: the check no longer holds."""
    with transaction.atomic():
        held = _locked(application, version)
        ensure(policies.may_edit_application(actor, held))
        _ensure_editable(held)
        before = _snapshot(held)
        for name, value in _plan(fields).items():
            setattr(held, name, value)
        if _snapshot(held) == before:
            return held
        _reopen(actor, held)
        held.version += 1
        held.save()
        audit.record(
            actor=actor, action="application.update", target=held, area=held.division_id, before=before, after=_snapshot(held)
        )
    return held


def add_attachment(
    actor: User, application: Application, version: int, document_class: str, upload: UploadedFile, title: str, parts: list[str]
) -> ApplicationAttachment:
    """Files one document under its class of 第十三条. `parts` are the headed parts it contains or the maps it shows."""
    if document_class not in DOCUMENT_CLASSES:
        raise InvalidInputError("unknown_document_class", _("没有这一类申报材料：%(name)s。") % {"name": document_class[:40]})
    with transaction.atomic():
        held = _locked(application, version)
        ensure(policies.may_edit_application(actor, held))
        _ensure_editable(held)
        stored = files.store(upload, name=upload.name or "", purpose="application", actor=actor)
        attachment = ApplicationAttachment.objects.create(
            application=held,
            document_class=document_class,
            file=stored,
            title=(title.strip() or stored.name)[:200],
            parts=parts,
            added_by=actor,
        )
        _reopen(actor, held)
        held.version += 1
        held.save()
        audit.record(
            actor=actor,
            action="application.attach",
            target=held,
            area=held.division_id,
            after={"document_class": document_class, "title": attachment.title, "sha256": stored.sha256, "parts": parts},
        )
    return attachment


def remove_attachment(actor: User, application: Application, version: int, attachment_id: int) -> None:
    """Takes a document out of the dossier; the file itself stays and the trail says who took it out."""
    _set_in_dossier(actor, application, version, attachment_id, present=False)


def restore_attachment(actor: User, application: Application, version: int, attachment_id: int) -> None:
    """Undoes `remove_attachment`."""
    _set_in_dossier(actor, application, version, attachment_id, present=True)


def _set_in_dossier(actor: User, application: Application, version: int, attachment_id: int, *, present: bool) -> None:
    with transaction.atomic():
        held = _locked(application, version)
        ensure(policies.may_edit_application(actor, held))
        _ensure_editable(held)
        attachment = held.attachments.filter(pk=attachment_id, removed_at__isnull=not present).first()
        if attachment is None:
            raise ConflictError("attachment_changed", _("这份材料的状态已经变了，请刷新页面。"))
        attachment.removed_at = None if present else timezone.now()
        attachment.save(update_fields=["removed_at"])
        _reopen(actor, held)
        held.version += 1
        held.save()
        described = {"document_class": attachment.document_class, "title": attachment.title}
        audit.record(
            actor=actor,
            action="application.attach" if present else "application.detach",
            target=held,
            area=held.division_id,
            before=None if present else described,
            after=described if present else None,
        )


def take_step(
    actor: User,
    application: Application,
    version: int,
    action: str,
    *,
    note: str = "",
    decision_number: str = "",
    decided_on: date | None = None,
) -> Application:
    """Walks one edge of boundaries.rules.application_states, or refuses saying why.

    Checking evaluates the unit and the dossier; submitting does so again and freezes the result as evidence.
    """
    with transaction.atomic():
        held = _locked(application, version)
        step = edge(held.state, action)
        if step is None:
            raise ConflictError(
                "step_not_allowed",
                _("申请现为“%(state)s”，不能办理这一步。请刷新页面。") % {"state": held.get_state_display()},
            )
        allowed = policies.may_edit_application if step.role is Role.APPLICANT else policies.may_review_application
        ensure(allowed(actor, held))
        note = _clean_note(step, note)
        before = _snapshot(held)
        _perform(held, step, note, decision_number.strip(), decided_on)
        _move(actor, held, step, note)
        held.version += 1
        held.save()
        audit.record(
            actor=actor,
            action=f"application.{step.action.value}",
            target=held,
            area=held.division_id,
            before=before,
            after=_snapshot(held),
            reason=note,
        )
    return held


def _perform(held: Application, step: Edge, note: str, decision_number: str, decided_on: date | None) -> None:
    """What a step does besides changing the state."""
    today = timezone.localdate()
    if step.action is Action.CHECK:
        _evaluate(held, today)
    elif step.action is Action.SUBMIT:
        result = _evaluate(held, today)
        problems = application_checks.obstacles(result, note)
        if problems:
            raise InvalidInputError("not_ready_to_submit", _("还不能上报：") + "；".join(problems), problems=problems)
    elif step.action is Action.REVISE:
        _forget_check(held)
    elif step.action is Action.DECIDE:
        if not decision_number or decided_on is None:
            raise InvalidInputError(
                "decision_incomplete",
                _("登记批复须填写批复文号和批复日期。"),
                fields={"decision_number": [_("必填")], "decided_on": [_("必填")]},
            )
        if decided_on > today:
            raise InvalidInputError("decision_in_future", _("批复日期不能晚于今天。"), fields={"decided_on": [_("晚于今天")]})
        held.decision_number, held.decided_on = decision_number[:80], decided_on


def _evaluate(held: Application, day: date) -> dict[str, Any]:
    check = application_checks.run(held, day)
    held.evaluation, held.rule_set, held.evaluated_at = check.frozen, check.rule_set, timezone.now()
    return check.frozen


def _forget_check(held: Application) -> None:
    held.evaluation, held.rule_set, held.evaluated_at = None, None, None


def _reopen(actor: User, held: Application) -> None:
    """An edit takes a checked or returned application back to the draft, along the table's own edge."""
    if held.state == ApplicationState.DRAFT:
        return
    step = edge(held.state, Action.REVISE)
    if step is None:  # the table allows editing in these states only; see EDITABLE_STATES
        raise ConflictError("not_editable", _("申请现为“%(state)s”，不能修改。") % {"state": held.get_state_display()})
    _forget_check(held)
    _move(actor, held, step, "")


def _move(actor: User, held: Application, step: Edge, note: str) -> None:
    ApplicationEvent.objects.create(
        application=held,
        from_state=held.state,
        to_state=step.end.value,
        basis=step.basis_zh,
        note=note,
        by=actor,
    )
    held.state = step.end.value


def _clean_note(step: Edge, note: str) -> str:
    note = note.strip()
    if step.note_required and not note:
        raise InvalidInputError("note_required", _("请写明理由。"), fields={"note": [_("必填")]})
    if len(note) > LONGEST_TEXT:
        raise InvalidInputError("text_too_long", _("说明过长。"), fields={"note": [_("过长")]})
    return note


def plan_column(name: str) -> models.Field[Any, Any]:
    """The column of one of `PLAN_FIELDS`: its label and how much it holds."""
    column = Application._meta.get_field(name)
    if not isinstance(column, models.Field):
        raise TypeError(f"{name} is no column")
    return column


def _plan(fields: Mapping[str, str]) -> dict[str, str]:
    """The plan's fields, trimmed and bounded; anything else is refused."""
    unknown = set(fields) - set(PLAN_FIELDS)
    if unknown:
        raise InvalidInputError("unknown_field", _("没有这一栏：%(names)s。") % {"names": "、".join(sorted(unknown))})
    plan, wrong = {}, {}
    for name, value in fields.items():
        text = value.strip()
        longest = plan_column(name).max_length or LONGEST_TEXT
        if len(text) > longest:
            wrong[name] = [_("最多 %(count)d 字。") % {"count": longest}]
        elif any(character < " " and character not in "\r\n\t" for character in text):
            wrong[name] = [_("含有不可见的控制字符。")]
        plan[name] = text
    if wrong:
        raise InvalidInputError("bad_plan", _("方案中有的栏目不能保存。"), fields=wrong)
    return plan


def _locked(application: Application, version: int) -> Application:
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.version != version:
        raise ConflictError(
            "changed_meanwhile",
            _("在您打开之后，这份申请已被修改。您填写的内容没有保存，请刷新后再改。"),
            version=held.version,
        )
    return held


def _ensure_editable(held: Application) -> None:
    if held.state not in EDITABLE_STATES:
        raise ConflictError("not_editable", _("申请现为“%(state)s”，不能修改。") % {"state": held.get_state_display()})


def _next_number(today: date) -> str:
    """SQ-2026-0001, counted by year; the advisory lock keeps two drafts made at once apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yudi application number'))")
    prefix = f"SQ-{today.year}-"
    last = Application.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def _snapshot(application: Application) -> dict[str, Any]:
    """What the audit trail keeps of an application: the plan, the state and the verdict, not the whole evidence."""
    frozen = application.evaluation or {}
    return {
        "number": application.number,
        "state": application.state,
        "target": application.target,
        **{name: getattr(application, name) for name in PLAN_FIELDS},
        "overall": frozen.get("establishment", {}).get("overall", ""),
        "decision_number": application.decision_number,
        "decided_on": application.decided_on,
    }
