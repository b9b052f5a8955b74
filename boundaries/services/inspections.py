"""All writes to joint inspections: planning, team, the five content groups, and each step along the table of states.

Every function is one transaction, asks a named policy, locks the inspection's row and appends to the audit trail. `version` is what
the person saw. What is signed is in `inspection_signing`, the plan of a line in `inspection_plans`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.boundary_lines import find_line, line_on, thirds_of
from boundaries.inspection_record import digest_of, inspected_before, open_disagreements, record_of
from boundaries.inspection_tasks import accounts_of_side
from boundaries.models import (
    BoundaryLine,
    InspectionEvent,
    InspectionKind,
    InspectionMember,
    InspectionSignature,
    InspectionState,
    JointInspection,
    LineRound,
    OccurrenceKind,
    TrackState,
)
from boundaries.rules.finding import Finding, Severity, blocks
from boundaries.rules.inspection_content import BY_KEY, Answer, is_answered
from boundaries.rules.inspection_record import check_basis, check_signatures
from boundaries.rules.inspection_states import ARRANGING, Action, Edge, Role, edge
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError

LONGEST_TEXT = 20_000
FIRST_YEAR, LAST_YEAR = 1989, 2200
ARRANGED = ("starts_on", "ends_on", "from_m", "to_m", "tolerance_m", "occasion")
FILLABLE = (InspectionState.PLANNED, InspectionState.IN_FIELD, InspectionState.REVIEWING, InspectionState.SIGNED)


@transaction.atomic
def plan(
    actor: User | None,
    line: BoundaryLine,
    *,
    year: int,
    lead: int,
    kind: str = InspectionKind.FULL,
    third: int | None = None,
    round: LineRound | None = None,
    from_m: float | None = None,
    to_m: float | None = None,
    occurrence: str = "",
    occurred_on: date | None = None,
    occasion: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> JointInspection:
    """Opens an inspection; the partner is the line's other side. Raises `InvalidInputError` with the fields named, and
    `ConflictError` (``inspection_open``) where one of the whole line is under way already.
    """
    ensure(actor is None or policies.may_edit_line(actor, line))
    find_line(line)
    there = line_on(line, timezone.localdate())
    sides = [side.id for side in there.sides]
    if lead not in sides:
        raise InvalidInputError("lead_not_a_side", _("牵头方应是界线两侧之一。"), fields={"lead": [_("不是界线的一方")]})
    third = third if third not in sides else None
    if third is not None and third not in {one.id for one in thirds_of(there)}:
        message = _("只有界线的三交点界桩所属的第三方，才能作为另一方。")
        raise InvalidInputError("third_not_at_tri_point", message, fields={"third": [message]})
    ensure_year(year)
    if kind == InspectionKind.EXTRA and occurrence not in OccurrenceKind.values:
        raise InvalidInputError(
            "occurrence_missing", _("特定地段联检须写明起因。"), fields={"occurrence": [_("请选择起因")]}, rule="BND-CYC-02"
        )
    BoundaryLine.objects.select_for_update().get(pk=line.pk)
    open_ones = JointInspection.objects.filter(line=line, kind=InspectionKind.FULL)
    if kind == InspectionKind.FULL and open_ones.exclude(state__in=(InspectionState.FILED, InspectionState.CANCELLED)).exists():
        raise ConflictError("inspection_open", _("这条界线已有一次没有办完的五年联检。"))
    held = JointInspection(
        line=line,
        kind=kind,
        year=year,
        round=round,
        lead_id=lead,
        partner_id=next(side for side in sides if side != lead),
        third_id=third,
        from_m=from_m,
        to_m=to_m,
        occurrence=occurrence if kind == InspectionKind.EXTRA else "",
        occurred_on=occurred_on,
        occasion=_text(occasion, "occasion"),
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=actor,
    )
    _ensure_arranged(held)
    held.save()
    InspectionEvent.objects.create(inspection=held, action="plan", to_state=InspectionState.PLANNED, actor=actor)
    tell_trail(actor, "inspection.plan", held, after=snapshot(held))
    return held


@transaction.atomic
def arrange(actor: User, inspection: JointInspection, version: int, **fields: Any) -> JointInspection:
    """Some of `ARRANGED` while the work is not yet under review."""
    held = lock(inspection, version)
    ensure(policies.may_arrange_inspection(actor, held))
    if held.state not in ARRANGING:
        raise not_now(held)
    unknown = set(fields) - set(ARRANGED)
    if unknown:
        raise TypeError(f"unknown fields of an inspection: {sorted(unknown)}")
    before = snapshot(held)
    for name, value in fields.items():
        setattr(held, name, _text(value, name) if name == "occasion" else value)
    _ensure_arranged(held)
    save(actor, held, "inspection.arrange", before)
    return held


@transaction.atomic
def add_member(
    actor: User,
    inspection: JointInspection,
    version: int,
    *,
    side: int,
    name: str,
    duty: str = "",
    phone: str = "",
    leads: bool = False,
    account: int | None = None,
) -> InspectionMember:
    """Somebody of the team; each side has its own. `account`: whom of `accounts_of_side` this person logs in as."""
    held = lock(inspection, version)
    ensure(policies.may_arrange_inspection(actor, held))
    ensure_fillable(held)
    if side not in policies.sides_of_inspection(held):
        raise InvalidInputError("side_unknown", _("所属方不是这次联检的一方。"), fields={"side": [_("请选择所属方")]})
    if not name.strip():
        raise InvalidInputError("name_missing", _("请填写姓名。"), fields={"name": [_("必填")]})
    member = InspectionMember.objects.create(
        inspection=held,
        side_id=side,
        name=_bounded(name, 60, "name"),
        duty=_bounded(duty, 120, "duty"),
        phone=_bounded(phone, 40, "phone"),
        leads=leads,
        user=_account(held, side, account),
    )
    after = {"name": member.name, "side": side, "account": member.user and member.user.username}
    touched(actor, held, "inspection.team", after, _("联检人员变动"))
    return member


@transaction.atomic
def link_member(actor: User, inspection: JointInspection, version: int, member: int, account: int | None) -> InspectionMember:
    """Says whom a member logs in as (None: nobody), so that the phone can tell them what is theirs. Nothing signed changes."""
    held = lock(inspection, version)
    ensure(policies.may_arrange_inspection(actor, held))
    ensure_fillable(held)
    found = _member(held, member)
    before = {"name": found.name, "account": found.user and found.user.username}
    found.user = _account(held, found.side_id, account)
    found.save()
    held.version += 1
    held.save()
    after = {"name": found.name, "account": found.user and found.user.username}
    tell_trail(actor, "inspection.team", held, before=before, after=after)
    return found


@transaction.atomic
def remove_member(actor: User, inspection: JointInspection, version: int, member: int) -> None:
    held = lock(inspection, version)
    ensure(policies.may_arrange_inspection(actor, held))
    ensure_fillable(held)
    found = _member(held, member)
    name = found.name
    found.delete()
    touched(actor, held, "inspection.team", {"removed": name}, _("联检人员变动"))


@transaction.atomic
def answer_content(
    actor: User, inspection: JointInspection, version: int, group: str, answer: str, text: str = ""
) -> JointInspection:
    """Answers one of the five groups (第三条). What was found is told in words."""
    held = lock(inspection, version)
    ensure(policies.may_fill_inspection(actor, held))
    ensure_fillable(held)
    if group not in BY_KEY or answer not in set(Answer):
        raise InvalidInputError("bad_answer", _("请选择检查结果。"), fields={"answer": [_("请选择")]})
    given = {"answer": answer, "text": _text(text, "text")}
    if not is_answered(given):
        raise InvalidInputError("answer_without_words", _("发现问题或变化的，请写明情况。"), fields={"text": [_("必填")]})
    before = held.content.get(group)
    if before is not None and {name: before.get(name) for name in given} == given:
        return held
    given |= {"by": str(actor), "at": timezone.localtime().isoformat(timespec="seconds")}
    held.content = held.content | {group: given}
    touched(actor, held, "inspection.content", {"group": group, **given}, _("检查内容有改动"))
    return held


@transaction.atomic
def take_step(actor: User, inspection: JointInspection, version: int, action: Action, *, note: str = "") -> JointInspection:
    """Walks one edge of boundaries.rules.inspection_states but signing and filing, or refuses saying why."""
    held = lock(inspection, version)
    step = edge(held.state, action)
    if step is None or step.role in (Role.SIGNER, Role.NOBODY) or action is Action.FILE:
        raise not_now(held)
    allowed = policies.may_arrange_inspection if step.role is Role.PLANNER else policies.may_fill_inspection
    ensure(allowed(actor, held))
    note = clean_note(step, note)
    if action is Action.REVIEW and held.tracks.filter(state=TrackState.RECEIVED, set_aside_at=None).exists():
        raise ConflictError("tracks_waiting", _("还有轨迹正在核对，请稍候再提交。"))
    if step.revokes:
        revoke(held, note or pick(step.title_zh, step.title_en))
    before = snapshot(held)
    move(actor, held, step, note)
    save(actor, held, f"inspection.{action.value}", before, note)
    return held


@transaction.atomic
def file(
    actor: User,
    inspection: JointInspection,
    version: int,
    *,
    filed_with: str,
    filed_on: date | None,
    by_all: bool,
    note: str = "",
) -> JointInspection:
    """备案: freezes the record with its signatures. From then on nothing changes, and the line's next inspection moves.

    Raises `ConflictError` (``rules_block``: BND-INS-02, or signatures under something else than what stands now) and
    `InvalidInputError` (``reason_missing``: BND-INS-03 asks for a reason where the basis is not at hand).
    """
    held = lock(inspection, version)
    step = edge(held.state, Action.FILE)
    if step is None:
        raise not_now(held)
    ensure(policies.may_arrange_inspection(actor, held))
    record = record_of(held)
    digest = digest_of(record)
    signatures = list(held.signatures.filter(revoked_at=None).order_by("id"))
    sides = {one["id"]: one["name"] for one in record["inspection"]["sides"]}
    findings = check_signatures(
        list(sides.values()),
        [sides[one.side_id] for one in signatures if one.digest == digest and one.side_id in sides],
        differing=len(open_disagreements(record)),
        filed_with=filed_with,
        filed_on=filed_on,
        filed_by_all=by_all,
    )
    findings += check_basis(record["basis"], inspected_before=inspected_before(held))
    if blocks(findings):
        raise _blocked(findings)
    if filed_on is not None and not date(held.year, 1, 1) <= filed_on <= timezone.localdate():
        message = _("备案日期不能晚于今天，也不能早于联检年份。")
        raise InvalidInputError("bad_filing_day", message, fields={"filed_on": [message]})
    note = _text(note, "note")
    if findings and not note:
        message = _("有须说明的事项，请写明理由：") + sentences(findings)
        raise InvalidInputError(
            "reason_missing", message, fields={"note": [_("必填")]}, findings=[one.as_dict() for one in findings]
        )
    before = snapshot(held)
    held.filed_with, held.filed_on = _bounded(filed_with, 200, "filed_with"), filed_on
    move(actor, held, step, note)
    held.frozen = record | {
        "digest": digest,
        "signatures": [
            {
                "side": one.side_id,
                "side_name": sides.get(one.side_id, ""),
                "name": one.name,
                "duty": one.duty,
                "paper": one.paper,
                "digest": one.digest,
                "signed_at": timezone.localtime(one.signed_at).isoformat(timespec="seconds"),
            }
            for one in signatures
        ],
        "filing": {
            "with": held.filed_with,
            "on": filed_on and filed_on.isoformat(),
            "by_all": by_all,
            "note": note,
            "recorded_by": str(actor),
            "recorded_at": timezone.localtime().isoformat(timespec="seconds"),
        },
        "findings": [one.as_dict() for one in findings],
    }
    save(actor, held, "inspection.file", before, note)
    return held


# --- what the other services of inspections share -----------------------------------------------------------------------------


def lock(inspection: JointInspection, version: int | None) -> JointInspection:
    """The row, locked; refused when somebody saved since (``changed_meanwhile``)."""
    held = JointInspection.objects.select_for_update(of=("self",)).select_related("line", "round").get(pk=inspection.pk)
    if version is not None and held.version != version:
        raise ConflictError(
            "changed_meanwhile",
            _("在您打开之后，这次联检已被修改。您填写的内容没有保存，请刷新后再改。"),
            version=held.version,
        )
    return held


def move(actor: User | None, held: JointInspection, step: Edge, note: str) -> None:
    InspectionEvent.objects.create(
        inspection=held, action=step.action.value, from_state=held.state, to_state=step.end.value, note=note, actor=actor
    )
    held.state = step.end.value


def save(actor: User | None, held: JointInspection, action: str, before: Mapping[str, Any], reason: str = "") -> None:
    """Saves and tells the trail what changed."""
    held.version += 1
    held.save()
    now = snapshot(held)
    changed = [name for name in now if now[name] != before.get(name)]
    tell_trail(
        actor,
        action,
        held,
        before={name: before.get(name) for name in changed},
        after={name: now[name] for name in changed},
        reason=reason,
    )


def revoke(held: JointInspection, because: str) -> int:
    """Signatures given so far do not hold any more; how many there were."""
    standing = InspectionSignature.objects.filter(inspection=held, revoked_at=None)
    return standing.update(revoked_at=timezone.now(), revoked_because=because[:300])


def record_changed(actor: User | None, held: JointInspection, because: str) -> None:
    """What was signed is not what stands any more: signatures are revoked, and a signed record is under review again."""
    if not revoke(held, because):
        return
    step = edge(held.state, Action.CHANGED)
    if step is not None:
        move(actor, held, step, because)
    else:
        InspectionEvent.objects.create(
            inspection=held, action=Action.CHANGED, from_state=held.state, to_state=held.state, note=because, actor=actor
        )


def touched(
    actor: User,
    held: JointInspection,
    action: str,
    after: Mapping[str, Any],
    because: str,
    *,
    before: Mapping[str, Any] | None = None,
) -> None:
    """After a change of what is signed."""
    record_changed(actor, held, because)
    held.version += 1
    held.save()
    tell_trail(actor, action, held, before=dict(before or {}), after=dict(after))


def ensure_fillable(held: JointInspection) -> None:
    if held.state not in FILLABLE:
        raise not_now(held)


def tell_trail(actor: User | None, action: str, held: JointInspection, **details: Any) -> None:
    audit.record(actor=actor, action=action, target=held, label=title_of(held), area=held.lead_id, **details)


def title_of(held: JointInspection) -> str:
    """“4142-01 2025”: a line's name may change, its code does not."""
    return f"{held.line.code} {held.year}"


def not_now(held: JointInspection) -> ConflictError:
    return ConflictError(
        "step_not_allowed", _("联检现为“%(state)s”，不能办理这一步。请刷新页面。") % {"state": held.get_state_display()}
    )


def clean_note(step: Edge, note: str) -> str:
    note = _text(note, "note")
    if step.note_required and not note:
        raise InvalidInputError("note_required", _("请写明理由。"), fields={"note": [_("必填")]})
    return note


def ensure_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("年份应在 %(first)d 至 %(last)d 之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise InvalidInputError("bad_year", message, fields={"year": [message]})


def sentences(findings: list[Finding]) -> str:
    return " ".join(pick(one.message_zh, one.message_en) for one in findings)


def snapshot(held: JointInspection) -> dict[str, Any]:
    """What the trail keeps."""
    values = {
        "state": held.state,
        "kind": held.kind,
        "year": held.year,
        "lead": held.lead_id,
        "partner": held.partner_id,
        "third": held.third_id,
        "filed_with": held.filed_with,
        "filed_on": held.filed_on,
        **{name: getattr(held, name) for name in ARRANGED},
    }
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _member(held: JointInspection, member: int) -> InspectionMember:
    found = held.members.select_related("user").filter(pk=member).first()
    if found is None:
        raise ConflictError("member_gone", _("这名人员已不在名单中，请刷新页面。"))
    return found


def _account(held: JointInspection, side: int, account: int | None) -> User | None:
    if account is None:
        return None
    user = next((one for one in accounts_of_side(held, side) if one.pk == account), None)
    if user is None:
        message = _("这个账号没有该方的外业联检或区划管理职责。")
        raise InvalidInputError("account_unknown", message, fields={"account": [message]})
    return user


def _blocked(findings: list[Finding]) -> ConflictError:
    blocking = [one for one in findings if one.severity is Severity.BLOCK]
    return ConflictError("rules_block", _("还不能备案：") + sentences(blocking), findings=[one.as_dict() for one in blocking])


def _ensure_arranged(held: JointInspection) -> None:
    wrong: dict[str, list[str]] = {}
    if held.starts_on and held.ends_on and held.ends_on < held.starts_on:
        wrong["ends_on"] = [_("结束早于开始")]
    if (held.from_m is None) != (held.to_m is None):
        wrong["to_m"] = [_("起止里程须一并填写")]
    elif held.from_m is not None and held.to_m is not None and not 0 <= held.from_m < held.to_m:
        wrong["to_m"] = [_("止应大于起，起不小于零")]
    if held.tolerance_m is not None and not 0 < held.tolerance_m <= 1000:
        wrong["tolerance_m"] = [_("容差应大于 0、不超过 1000 米")]
    if wrong:
        raise InvalidInputError("bad_arrangement", _("有的栏目不能保存。"), fields=wrong)


def _text(text: str, name: str) -> str:
    text = str(text or "").strip().replace("\0", "")
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError("text_too_long", _("文字过长。"), fields={name: [_("过长")]})
    return text


def _bounded(text: str, longest: int, name: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if len(text) > longest:
        message = _("最多 %(count)d 字。") % {"count": longest}
        raise InvalidInputError("text_too_long", message, fields={name: [message]})
    return text
