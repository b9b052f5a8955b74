"""What is done after an approval (行政区划管理条例第十五条至第十八条): recorded, closed, reopened.

Every function is one transaction, asks a named policy, locks the decision's row and appends to the audit trail. `actor` None is the
command line. `version` is what the person saw, 0 while nothing is recorded. To undo a record is to record again, empty if need be;
the trail keeps what stood there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Decision, DecisionFollowUp, DecisionState
from boundaries.rules.finding import Severity
from boundaries.rules.stages import Stage
from boundaries.services import after_approval, decision_findings, decisions
from boundaries.services.holidays import office_clock
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError

DAYS = (
    "completed_on",
    "reported_on",
    "extension_approved_on",
    "code_published_on",
    "announced_on",
    "standard_map_on",
    "survey_records_on",
    "evaluation_on",
)
TEXTS = ("report_document", "extension_document", "code_document", "announcement", "notes")
FIELDS = DAYS + TEXTS
_LONGEST_NOTES = 20_000


@dataclass(frozen=True)
class Recorded:
    """`doubts`: what is possible and rarely meant, in sentences."""

    follow_up: DecisionFollowUp
    doubts: tuple[str, ...]


@transaction.atomic
def record(actor: User | None, decision: Decision, version: int, **fields: Any) -> Recorded:
    """Records some of `FIELDS` (a day or None, a text), or nothing: then the follow-up of an imported decision is opened.

    Refuses with the fields named: ``day_in_future``, ``day_before_approval``, ``document_missing`` (an extension is granted by a
    document), ``field_too_long``; and ``follow_up_changed``, ``follow_up_closed``, ``decision_not_enacted``.
    """
    held, follow_up = lock(decision, version)
    ensure(actor is None or policies.may_follow_up_decision(actor, held))
    given = _checked(held, follow_up, fields)
    before = snapshot(follow_up)
    for name, value in given.items():
        setattr(follow_up, name, value)
    if follow_up.pk is not None and snapshot(follow_up) == before:
        return Recorded(follow_up, ())
    save(actor, held, follow_up, before, "decision.follow_up")
    return Recorded(follow_up, tuple(_doubts(held, follow_up)))


@transaction.atomic
def close(actor: User | None, decision: Decision, version: int, *, reason: str = "") -> DecisionFollowUp:
    """结案. Blocks of the closing step that nothing settles refuse it (``rules_block``), warnings ask for a `reason`."""
    held, follow_up = lock(decision, version)
    ensure(actor is None or policies.may_close_decision(actor, held))
    found = after_approval.closing_findings(after_approval.standing(held), office_clock())
    waiting = decision_findings.open_at(Stage.CLOSE, found)
    blocking = [one for one in waiting if one.severity is Severity.BLOCK]
    if blocking:
        message = _("还不能结案：") + decisions.sentences(blocking)
        raise ConflictError("rules_block", message, findings=[one.as_dict() for one in blocking])
    reason = _bounded("reason", reason.strip())
    if waiting and not reason:
        message = _("有须说明的事项，请写明理由：") + decisions.sentences(waiting)
        raise InvalidInputError(
            "reason_missing", message, findings=[one.as_dict() for one in waiting], fields={"reason": [_("必填")]}
        )
    before = snapshot(follow_up)
    follow_up.closed_at, follow_up.closed_by = timezone.now(), actor
    return save(actor, held, follow_up, before, "decision.close", reason)


@transaction.atomic
def reopen(actor: User | None, decision: Decision, version: int, *, reason: str) -> DecisionFollowUp:
    """Takes the closing back, so that something can be recorded anew."""
    held, follow_up = lock(decision, version, closed=True)
    ensure(actor is None or policies.may_close_decision(actor, held))
    reason = _bounded("reason", reason.strip())
    if not reason:
        raise InvalidInputError("reason_missing", _("请写明理由。"), fields={"reason": [_("必填")]})
    before = snapshot(follow_up)
    follow_up.closed_at = follow_up.closed_by = None
    return save(actor, held, follow_up, before, "decision.reopen", reason)


# --- what other services of the closing step share ------------------------------------------------------------------------


def lock(decision: Decision, version: int | None, *, closed: bool = False) -> tuple[Decision, DecisionFollowUp]:
    """The decision's row, locked, and its follow-up (unsaved while there is none), which is or is not `closed`."""
    held = Decision.objects.select_for_update().get(pk=decision.pk)
    if held.state != DecisionState.ENACTED:
        raise ConflictError("decision_not_enacted", _("批复尚未实施，没有后续工作可登记。"))
    follow_up = DecisionFollowUp.objects.filter(decision=held).first() or DecisionFollowUp(decision=held, version=0)
    if version is not None and follow_up.version != version:
        raise ConflictError("follow_up_changed", _("别人刚刚登记过这份批复的后续工作，请刷新页面。"), version=follow_up.version)
    if (follow_up.closed_at is not None) != closed:
        raise (
            ConflictError("follow_up_not_closed", _("这份批复还没有结案。"))
            if closed
            else ConflictError("follow_up_closed", _("这份批复已经结案；要改，请审核人员先撤销结案。"))
        )
    return held, follow_up


def save(
    actor: User | None,
    held: Decision,
    follow_up: DecisionFollowUp,
    before: Mapping[str, Any],
    action: str,
    reason: str = "",
    *,
    also: Mapping[str, Any] | None = None,
) -> DecisionFollowUp:
    """Saves and tells the trail what changed; `also`: what changed beside the row itself, with the same names in `before`."""
    follow_up.version += 1
    follow_up.save()
    now = snapshot(follow_up) | dict(also or {})
    changed = [name for name in now if now[name] != before[name]]
    audit.record(
        actor=actor,
        action=action,
        target=held,
        area=held.area_id,
        before={name: before[name] for name in changed},
        after={name: now[name] for name in changed},
        reason=reason,
    )
    return follow_up


def snapshot(follow_up: DecisionFollowUp) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(follow_up, name) for name in (*FIELDS, "closed_at")}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def ensure_day(held: Decision, name: str, day: date) -> None:
    """A day on which something was done after the approval: not before it, and not to come."""
    label = DecisionFollowUp._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    if day > timezone.localdate():
        message = _("“%(field)s”不能晚于今天。") % {"field": label}
        raise InvalidInputError("day_in_future", message, fields={name: [message]})
    if held.approved_on is not None and day < held.approved_on:
        message = _("“%(field)s”不能早于批准日期（%(day)s）。") % {"field": label, "day": held.approved_on.isoformat()}
        raise InvalidInputError("day_before_approval", message, fields={name: [message]})


# --- small parts ------------------------------------------------------------------------------------------------------------


def _checked(held: Decision, follow_up: DecisionFollowUp, fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a follow-up: {sorted(unknown)}")
    given: dict[str, Any] = {}
    for name, value in fields.items():
        if name in TEXTS:
            given[name] = _bounded(name, (value or "").strip())
        else:
            given[name] = value
            if value is not None:
                ensure_day(held, name, value)
    granted = given.get("extension_approved_on", follow_up.extension_approved_on)
    document = given.get("extension_document", follow_up.extension_document)
    if (granted is None) != (not document) and {"extension_approved_on", "extension_document"} & given.keys():
        name = "extension_document" if granted is not None else "extension_approved_on"
        message = _("延期须有审批机关的批准日期和文号。")
        raise InvalidInputError("document_missing", message, fields={name: [message]})
    return given


def _bounded(name: str, text: str) -> str:
    field = None if name == "reason" else DecisionFollowUp._meta.get_field(name)
    longest = getattr(field, "max_length", None) or _LONGEST_NOTES
    if len(text) > longest:
        label = getattr(field, "verbose_name", None) or _("理由")
        message = _("“%(name)s”不能超过%(longest)d字。") % {"name": label, "longest": longest}
        raise InvalidInputError("field_too_long", message, fields={name: [message]})
    return text


def _doubts(held: Decision, now: DecisionFollowUp) -> Iterator[str]:
    """What may be so and is more often a slip."""
    if now.completed_on is not None and now.completed_on < held.effective_on:
        yield _("完成变更日期早于批复的生效日期（%(day)s），请核对。") % {"day": held.effective_on.isoformat()}
    if now.reported_on is not None and now.completed_on is None:
        yield _("已登记向审批机关报告，但没有登记完成变更日期。")
    elif now.reported_on is not None and now.completed_on is not None and now.reported_on < now.completed_on:
        yield _("报告日期早于完成变更日期，请核对。")
    if now.code_published_on is not None and not now.code_document:
        yield _("代码已公布，请补上确定代码的文号。")
    if now.code_published_on is not None and after_approval.standing(held).awaited:
        yield _("代码公布日期已登记，但还有代码没有登记。")
    if now.evaluation_on is not None and (now.completed_on is None or now.evaluation_on < now.completed_on):
        yield _("效果评估早于完成变更，请核对。")
