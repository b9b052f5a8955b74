"""What the sides of a joint inspection say and sign: disagreements in writing, their settling, signatures under a digest.

A signature stands under the digest of the record as it was shown. When the record changes afterwards, by whichever way, signatures
do not hold any more: services that change it revoke them at once, and `settle_stale` finds what came by another way.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.inspection_record import digest_of, open_disagreements, record_of, tasks_of
from boundaries.models import InspectionOpinion, InspectionSignature, InspectionState, JointInspection
from boundaries.rules.finding import Finding, blocks
from boundaries.rules.inspection_record import check_record
from boundaries.rules.inspection_states import Action, edge
from boundaries.services import inspections
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError

_OPINIONS_IN = (InspectionState.IN_FIELD, InspectionState.REVIEWING, InspectionState.SIGNED)


@transaction.atomic
def say(
    actor: User, inspection: JointInspection, version: int, *, side: int, text: str, about: str = "", agrees: bool = False
) -> InspectionOpinion:
    """A side's opinion in writing. A disagreement keeps everybody from signing until it is settled, and revokes what was signed."""
    held = inspections.lock(inspection, version)
    ensure(policies.may_speak_for_side(actor, held, side))
    if held.state not in _OPINIONS_IN:
        raise inspections.not_now(held)
    text = text.strip().replace("\0", "")
    if not text or len(text) > inspections.LONGEST_TEXT:
        raise InvalidInputError("opinion_missing", _("请写明意见。"), fields={"text": [_("必填")]})
    opinion = InspectionOpinion.objects.create(
        inspection=held, side_id=side, about=about.strip()[:120], agrees=agrees, text=text, made_by=actor
    )
    if not agrees:
        inspections.record_changed(actor, held, _("一方提出不同意见"))
    held.version += 1
    held.save()
    inspections.tell_trail(actor, "inspection.opinion", held, after={"side": side, "agrees": agrees, "about": about, "text": text})
    return opinion


@transaction.atomic
def settle(actor: User, inspection: JointInspection, version: int, opinion: int, settlement: str) -> InspectionOpinion:
    """The side that disagreed says how it was settled; nobody settles it for them."""
    held = inspections.lock(inspection, version)
    found = held.opinions.filter(pk=opinion, agrees=False, settled_at=None).first()
    if found is None:
        raise ConflictError("opinion_settled", _("这条意见已经了结，请刷新页面。"))
    ensure(policies.may_speak_for_side(actor, held, found.side_id), _("不同意见由提出的一方了结。"))
    if held.state not in _OPINIONS_IN:
        raise inspections.not_now(held)
    settlement = settlement.strip().replace("\0", "")
    if not settlement or len(settlement) > inspections.LONGEST_TEXT:
        raise InvalidInputError("settlement_missing", _("请写明如何了结。"), fields={"settlement": [_("必填")]})
    found.settled_at, found.settled_by, found.settlement = timezone.now(), actor, settlement
    found.save()
    inspections.record_changed(actor, held, _("不同意见了结"))
    held.version += 1
    held.save()
    inspections.tell_trail(actor, "inspection.settle", held, after={"text": found.text, "settlement": settlement})
    return found


@transaction.atomic
def sign(
    actor: User,
    inspection: JointInspection,
    version: int,
    *,
    side: int,
    name: str,
    duty: str,
    digest: str,
    paper: str = "",
) -> InspectionSignature:
    """Signs for one side what stands under `digest`; with the last side's the inspection is signed.

    `paper` names the page a side signed that does not work here. Raises `ConflictError`: ``record_changed`` when something else
    stands now than was shown, ``rules_block`` (BND-INS-01, disagreements), ``signed_already``.
    """
    held = inspections.lock(inspection, version)
    step = edge(held.state, Action.SIGN)
    if step is None:
        raise inspections.not_now(held)
    paper = paper.strip()
    if paper:
        ensure(policies.may_enter_paper_signature(actor, held) and side in policies.sides_of_inspection(held))
    else:
        ensure(policies.may_sign_inspection(actor, held, side), _("各方只能由本方的审核人员签署。"))
    settle_stale(actor, held)
    record = record_of(held)
    now = digest_of(record)
    if digest != now:
        raise ConflictError("record_changed", _("内容在您打开之后有变动，请刷新页面，看过现在的内容再签署。"))
    findings = obstacles(record)
    if blocks(findings):
        message = _("还不能签署：") + inspections.sentences(findings)
        raise ConflictError("rules_block", message, findings=[one.as_dict() for one in findings])
    if open_disagreements(record):
        raise ConflictError("disagreement_open", _("还有不同意见没有了结，不能签署。"))
    if held.signatures.filter(side=side, revoked_at=None).exists():
        raise ConflictError("signed_already", _("这一方已经签署。"))
    wrong = {field: [_("必填")] for field, value in (("name", name), ("duty", duty)) if not value.strip()}
    if wrong:
        raise InvalidInputError("signature_incomplete", _("签署须写明姓名和职务。"), fields=wrong)
    signature = InspectionSignature.objects.create(
        inspection=held,
        side_id=side,
        name=name.strip()[:60],
        duty=duty.strip()[:120],
        digest=now,
        paper=paper[:200],
        signed_by=actor,
    )
    before = inspections.snapshot(held)
    sides = set(policies.sides_of_inspection(held))
    if sides <= set(held.signatures.filter(revoked_at=None, digest=now).values_list("side", flat=True)):
        inspections.move(actor, held, step, "")
    held.version += 1
    held.save()
    inspections.tell_trail(
        actor,
        "inspection.sign",
        held,
        before={"state": before["state"]},
        after={"state": held.state, "side": side, "name": signature.name, "duty": signature.duty, "digest": now, "paper": paper},
    )
    return signature


@transaction.atomic
def withdraw_signature(actor: User, inspection: JointInspection, version: int, side: int, because: str) -> None:
    """A side takes its signature back; the other sides' stand under the same record, but the inspection is under review again."""
    held = inspections.lock(inspection, version)
    ensure(policies.may_sign_inspection(actor, held, side) or policies.may_enter_paper_signature(actor, held))
    if held.state not in (InspectionState.REVIEWING, InspectionState.SIGNED):
        raise inspections.not_now(held)
    because = because.strip()
    if not because:
        raise InvalidInputError("note_required", _("请写明理由。"), fields={"because": [_("必填")]})
    signature = held.signatures.filter(side=side, revoked_at=None).first()
    if signature is None:
        raise ConflictError("not_signed", _("这一方没有签署。"))
    signature.revoked_at, signature.revoked_because = timezone.now(), because[:300]
    signature.save()
    step = edge(held.state, Action.CHANGED)
    if step is not None:
        inspections.move(actor, held, step, because)
    held.version += 1
    held.save()
    inspections.tell_trail(actor, "inspection.unsign", held, after={"side": side}, reason=because)


def settle_stale(actor: User | None, held: JointInspection) -> bool:
    """Revokes signatures under another record than stands now; True when there were such. The row is locked by the caller."""
    standing = list(held.signatures.filter(revoked_at=None).values_list("digest", flat=True))
    if not standing or held.state == InspectionState.FILED:
        return False
    now = digest_of(record_of(held))
    if all(one == now for one in standing):
        return False
    inspections.record_changed(actor, held, _("所签内容有变动"))
    held.save()
    return True


def obstacles(record: dict[str, object]) -> list[Finding]:
    """BND-INS-01 for a record."""
    return check_record(record["content"], tasks_of(record))  # type: ignore[arg-type]
