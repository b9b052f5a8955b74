"""The review of a decision: its steps, remarks of those of the area, and answers to findings.

Every function is one transaction, asks a named policy, locks the decision's row and appends to the audit trail. Enacting is
`decisions.enact`. `version` is what the person saw.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Decision, DecisionComment, DecisionEvent, DecisionOverride, DecisionState
from boundaries.rules.application_states import Role
from boundaries.rules.decision_states import Action, edge
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.overrides import REFUSAL_TEXTS, Override, Refusal, refusal
from boundaries.rules.registry import rules
from boundaries.rules.stages import Stage
from boundaries.services import after_approval, decision_findings, decisions, follow_ups
from boundaries.services.holidays import office_clock
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError

LONGEST_TEXT = 20_000


def take_step(actor: User | None, decision: Decision, version: int | None, action: Action, *, note: str = "") -> Decision:
    """Walks one edge of boundaries.rules.decision_states but ENACT, or refuses saying why."""
    with transaction.atomic():
        held = decisions.lock_open(decision, version)
        step = edge(held.state, action)
        if step is None or action is Action.ENACT:
            raise ConflictError(
                "step_not_allowed", _("方案现为“%(state)s”，不能办理这一步。请刷新页面。") % {"state": held.get_state_display()}
            )
        allowed = policies.may_edit_decision if step.role is Role.APPLICANT else policies.may_enact_decision
        ensure(actor is None or allowed(actor, held))
        note = _text(note, "note", required=step.note_required)
        if step.stage is not None:
            _ensure_answered(held, step.stage, note)
        before = held.state
        held.state = step.end.value
        held.version += 1
        held.save()
        DecisionEvent.objects.create(
            decision=held, from_state=before, to_state=held.state, basis=step.basis_zh, note=note, by=actor
        )
        audit.record(
            actor=actor,
            action=f"decision.{action.value}",
            target=held,
            area=held.area_id,
            before={"state": before},
            after={"state": held.state},
            reason=note,
        )
    return held


def _ensure_answered(held: Decision, stage: Stage, note: str) -> None:
    """A step asks for an answer to each of its blocks; a note answers its warnings."""
    made = decisions.made_of(held)
    waiting = decision_findings.open_at(stage, made.findings)
    blocking = [one for one in waiting if one.severity is Severity.BLOCK]
    if blocking:
        message = _("还不能送审：") + decisions.sentences(blocking)
        raise ConflictError("rules_block", message, findings=[one.as_dict() for one in blocking])
    if waiting and not note:
        message = _("有须说明的事项，请写明理由：") + decisions.sentences(waiting)
        raise InvalidInputError("note_required", message, findings=[one.as_dict() for one in waiting], fields={"note": [_("必填")]})


# --- remarks ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def comment(actor: User, decision: Decision, text: str, *, act: int | None = None) -> DecisionComment:
    """Whoever may see a decision may remark on it; `act` is the order of the act it is about."""
    ensure(policies.may_view_decision(actor, decision))
    if act is not None and not decision.acts.filter(order=act).exists():
        raise InvalidInputError("unknown_act", _("方案中没有第%(number)d项。") % {"number": act})
    remark = DecisionComment.objects.create(decision=decision, act=act, text=_text(text, "text", required=True), by=actor)
    audit.record(
        actor=actor, action="decision.comment", target=decision, area=decision.area_id, after={"text": remark.text, "act": act}
    )
    return remark


@transaction.atomic
def withdraw_comment(actor: User, remark: DecisionComment) -> None:
    """By whoever made it, or who answers for the draft; the trail keeps the words."""
    held = DecisionComment.objects.select_for_update().select_related("decision").get(pk=remark.pk)
    own = held.by_id == actor.pk and policies.may_view_decision(actor, held.decision)
    ensure(own or policies.may_edit_decision(actor, held.decision), _("只能撤下自己提出的意见。"))
    if held.withdrawn_at is not None:
        return
    held.withdrawn_at = timezone.now()
    held.save(update_fields=["withdrawn_at"])
    audit.record(
        actor=actor,
        action="decision.uncomment",
        target=held.decision,
        area=held.decision.area_id,
        before={"text": held.text, "act": held.act},
    )


# --- answers to findings ------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_finding(
    actor: User | None,
    decision: Decision,
    *,
    rule: str,
    code: str = "",
    subject: str = "",
    document: str = "",
    reason: str,
) -> DecisionOverride:
    """Settles a warning by a reason, or a block by a document and a reason where its rule allows that; else says why not.

    Of an enacted decision the findings of the closing step are answered, until it is closed.
    """
    held = _lock_answerable(actor, decision)
    if rule not in rules():
        raise InvalidInputError("unknown_rule", _("没有规则“%(rule)s”。") % {"rule": rule[:40]})
    reason = _text(reason, "reason", required=True)
    document = document.strip()[:200]
    given = Override(rule, document, reason, code, subject)
    for finding in _concerned(held, given):
        cause = refusal(finding, given)
        if cause is not None:
            raise InvalidInputError("override_refused", _told(finding, cause), rule=rule, cause=cause.value)
    answer = DecisionOverride.objects.create(
        decision=held, rule=rule, code=code[:60], subject=subject[:200], document=document, reason=reason, by=actor
    )
    audit.record(
        actor=actor,
        action="decision.override",
        target=held,
        area=held.area_id,
        after={"rule": rule, "code": code, "subject": subject, "document": document},
        reason=reason,
    )
    return answer


def _lock_answerable(actor: User | None, decision: Decision) -> Decision:
    """The row, locked, while its findings may be answered: until it is enacted, and from then on until it is closed."""
    if _state_now(decision) == DecisionState.ENACTED:
        held, _follow_up = follow_ups.lock(decision, None)
        ensure(actor is None or policies.may_follow_up_decision(actor, held) or policies.may_close_decision(actor, held))
        return held
    held = decisions.lock_open(decision, None)
    ensure(actor is None or policies.may_edit_decision(actor, held) or policies.may_enact_decision(actor, held))
    return held


def _state_now(decision: Decision) -> str:
    """As it is in the database now; the lock that follows asks again."""
    return Decision.objects.values_list("state", flat=True).get(pk=decision.pk)


def _concerned(held: Decision, given: Override) -> list[Finding]:
    if held.state == DecisionState.ENACTED:
        answered = after_approval.closing_findings(after_approval.standing(held), office_clock())
    else:
        answered = list(decisions.made_of(held).findings)
    found = [one.finding for one in answered if given.concerns(one.finding)]
    if not found:
        raise ConflictError("finding_gone", _("现在没有这一条须处理的事项，请刷新页面。"))
    return found


def _told(finding: Finding, cause: Refusal) -> str:
    zh, en = REFUSAL_TEXTS[cause]
    return f"{finding.message_en} {en}" if (get_language() or "").startswith("en") else f"{finding.message_zh}{zh}"


@transaction.atomic
def withdraw_answer(actor: User | None, answer: DecisionOverride) -> None:
    held = _lock_answerable(actor, answer.decision)
    row = DecisionOverride.objects.select_for_update().get(pk=answer.pk)
    if row.withdrawn_at is not None:
        return
    if held.enacted_at is not None and row.at < held.enacted_at:
        raise ConflictError("answer_was_enacted", _("这条答复是实施批复时的依据，不能撤下。"))
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    audit.record(
        actor=actor,
        action="decision.override_withdraw",
        target=held,
        area=held.area_id,
        before={"rule": row.rule, "code": row.code, "subject": row.subject, "document": row.document, "reason": row.reason},
    )


def _text(value: str, name: str, *, required: bool) -> str:
    text = value.strip()
    if required and not text:
        raise InvalidInputError("text_missing", _("请填写内容。"), fields={name: [_("必填")]})
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError("text_too_long", _("说明过长。"), fields={name: [_("过长")]})
    return text
