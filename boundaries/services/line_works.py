"""What is done about the boundary lines that an enacted decision moved (BND-LIN-01), recorded with its follow-up.

The decision's row is locked, the version is the follow-up's. To undo a record is to record again, empty if need be.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Decision, DecisionFollowUp, DecisionLineWork
from boundaries.services import follow_ups
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import InvalidInputError, NotFoundError

DAYS = ("surveyed_on", "markers_on", "agreement_on", "filed_on")
TEXTS = ("agreement", "filed_with")
FIELDS = ("surveyed_on", "markers_on", "agreement_on", "agreement", "filed_on", "filed_with")


@transaction.atomic
def record(actor: User | None, decision: Decision, version: int, work: int, **fields: Any) -> DecisionFollowUp:
    """Records some of `FIELDS` for one moved line, by the number of its `DecisionLineWork`.

    Raises `InvalidInputError` with the fields named (``day_in_future``, ``field_too_long``, ``document_missing``: an agreement is
    named, a filing says with whom), `NotFoundError`, and what `follow_ups.lock` refuses. A survey may be older than the approval.
    """
    held, follow_up = follow_ups.lock(decision, version)
    ensure(actor is None or policies.may_follow_up_decision(actor, held))
    row = DecisionLineWork.objects.select_for_update(of=("self",)).select_related("line").filter(decision=held, pk=work).first()
    if row is None:
        raise NotFoundError("line_work_unknown", _("这份批复没有使这条界线变动。"))
    before = snapshot(row)
    for name, value in _checked(row, fields).items():
        setattr(row, name, value)
    after = snapshot(row)
    if before == after:
        return follow_up
    row.save()
    key = f"line {row.line.code}"
    return follow_ups.save(
        actor, held, follow_up, follow_ups.snapshot(follow_up) | {key: before}, "decision.follow_up", also={key: after}
    )


def snapshot(row: DecisionLineWork) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _checked(row: DecisionLineWork, fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a line's work: {sorted(unknown)}")
    given = {name: " ".join((value or "").split()) if name in TEXTS else value for name, value in fields.items()}
    for name, value in given.items():
        field = DecisionLineWork._meta.get_field(name)
        if name in TEXTS and len(value) > (longest := getattr(field, "max_length", 0)):
            message = _("“%(name)s”不能超过%(longest)d字。") % {"name": field.verbose_name, "longest": longest}  # type: ignore[union-attr]
            raise InvalidInputError("field_too_long", message, fields={name: [message]})
        if isinstance(value, date) and value > timezone.localdate():
            message = _("“%(field)s”不能晚于今天。") % {"field": field.verbose_name}  # type: ignore[union-attr]
            raise InvalidInputError("day_in_future", message, fields={name: [message]})
    for day, text in (("agreement_on", "agreement"), ("filed_on", "filed_with")):
        now = {name: given.get(name, getattr(row, name)) for name in (day, text)}
        if now[day] is not None and not now[text]:
            message = _("请一并写明“%(field)s”。") % {"field": DecisionLineWork._meta.get_field(text).verbose_name}  # type: ignore[union-attr]
            raise InvalidInputError("document_missing", message, fields={text: [message]})
    return given
