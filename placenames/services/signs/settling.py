"""What the office decides about findings of patrols: which of two counts, a position that was proposed, a sign on no record."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Grade
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import FindingOutcome, FixOutcome, Sign, SignFinding
from placenames.services.signs import patrol, registering
from placenames.services.signs.registering import Entry, as_entry, snapshot


@transaction.atomic
def adopt(actor: User, finding: SignFinding) -> SignFinding:
    """This one counts: the sign is on record as it says. Raises `ForbiddenError`, `ConflictError` (settled already)."""
    held = _waiting(actor, finding, FindingOutcome.DIFFERS)
    held.work = patrol.put_on_record(actor, held)
    return _settled(actor, held, FindingOutcome.TAKEN, "")


@transaction.atomic
def dismiss(actor: User, finding: SignFinding, reason: str) -> SignFinding:
    """It does not count and stays readable, with why. Raises as `adopt`, and `InvalidInputError` without a reason."""
    held = _waiting(actor, finding, FindingOutcome.DIFFERS, FindingOutcome.UNLISTED)
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明不采用的理由。"), {"reason": [_("请写明不采用的理由。")]})
    return _settled(actor, held, FindingOutcome.DISMISSED, reason)


@transaction.atomic
def accept_fix(actor: User, finding: SignFinding) -> SignFinding:
    """The proposed position becomes the sign's. Raises `ForbiddenError`, `ConflictError`."""
    held = _with_fix(actor, finding)
    if held.sign is None or held.position is None:  # the database lets none be proposed without them
        raise InvalidInputError("no_position", _("这条记录没有定位。"))
    entry = as_entry(snapshot(held.sign), position_grade=Grade.SURVEYED)
    accuracy = _("±%(metres)s 米") % {"metres": f"{held.accuracy_m:.0f}"} if held.accuracy_m is not None else _("精度不明")
    reason = _("采用巡查定位（%(who)s，%(accuracy)s）") % {"who": held.sent_by, "accuracy": accuracy}
    registering.change(actor, held.sign, replace(entry, position=held.position), reason, action="sign.fix")
    return _fixed(actor, held, FixOutcome.ACCEPTED)


@transaction.atomic
def dismiss_fix(actor: User, finding: SignFinding) -> SignFinding:
    """The registered position stays. Raises as `accept_fix`."""
    return _fixed(actor, _with_fix(actor, finding), FixOutcome.DISMISSED)


@transaction.atomic
def register_found(actor: User, finding: SignFinding, entry: Entry) -> Sign:
    """A sign on no record is entered as `entry` says; its photos go with it. Raises as `registering.enter` and `adopt`."""
    held = _waiting(actor, finding, FindingOutcome.UNLISTED)
    day = timezone.localtime(held.found_at or held.sent_at).date()
    sign = registering.enter(actor, entry, reason=_("巡查发现（%(who)s，%(day)s）") % {"who": held.sent_by, "day": day})
    held.sign, held.area_id = sign, sign.area_id
    held.photos.update(sign=sign)
    _settled(actor, held, FindingOutcome.REGISTERED, "")
    return sign


def _waiting(actor: User, finding: SignFinding, *outcomes: str) -> SignFinding:
    registering.lock()
    held = SignFinding.objects.select_for_update(of=("self",)).select_related("sign", "sent_by").get(pk=finding.pk)
    ensure(policies.may_settle_findings(actor, held.area_id))
    if held.outcome not in outcomes:
        raise ConflictError("finding_is_settled", _("这条巡查记录已经处理过了，请刷新页面。"))
    return held


def _with_fix(actor: User, finding: SignFinding) -> SignFinding:
    registering.lock()
    held = SignFinding.objects.select_for_update(of=("self",)).select_related("sign", "sent_by").get(pk=finding.pk)
    ensure(policies.may_settle_findings(actor, held.area_id))
    if held.fix != FixOutcome.PROPOSED:
        raise ConflictError("finding_is_settled", _("这条巡查记录已经处理过了，请刷新页面。"))
    return held


def _settled(actor: User, held: SignFinding, outcome: str, answer: str) -> SignFinding:
    held.outcome, held.answer = outcome, answer.strip()[:300]
    held.settled_by, held.settled_at = actor, timezone.now()
    held.save()
    _record(actor, held, outcome=outcome, answer=held.answer)
    return held


def _fixed(actor: User, held: SignFinding, fix: str) -> SignFinding:
    held.fix, held.settled_by, held.settled_at = fix, actor, timezone.now()
    held.save(update_fields=["fix", "settled_by", "settled_at"])
    _record(actor, held, fix=fix)
    return held


def _record(actor: User, held: SignFinding, **after: str) -> None:
    target, label = (held.sign, held.sign.code) if held.sign is not None else (held, held.name)
    audit.record(actor=actor, action="sign.finding.settle", target=target, label=label, area=held.area_id, after=after)
