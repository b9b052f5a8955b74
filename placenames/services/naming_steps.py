"""The steps of a naming case along `rules.case_states`: review, decision, filing, public notice, and taking back.

As in `naming_cases` about transactions, policies, locks and the trail. Approving writes the record of names (`naming_enactment`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.rules.deadlines import Duty
from boundaries.rules.finding import Finding
from boundaries.services.holidays import office_clock
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import CaseState, NamingCase, NamingEvent
from placenames.naming_notice import lacking_in, notice_of
from placenames.rules.case_kinds import OTHER_DEPARTMENTS, Approver, choices_of
from placenames.rules.case_states import IN_FORCE, Action, Edge, Role, Stage, edge
from placenames.rules.naming_kinds import NamedKind
from placenames.rules.naming_periods import Approved, duties
from placenames.rules.readings import UnreadableError
from placenames.services import naming_enactment
from placenames.services.naming_cases import LONGEST_TEXT, clean_words, locked, saved, snapshot
from placenames.services.naming_findings import area_of, findings_of

Given = Mapping[str, Any]
_LENGTHS: Final = {"approver": 200, "document_number": 80, "filed_with": 200, "filing_number": 80, "issuer": 200}


@transaction.atomic
def take_step(actor: User, case: NamingCase, version: int, action: str, *, note: str = "", **given: Any) -> NamingCase:
    """Walks one edge of the table, or refuses saying why.

    given: of APPROVE approver_kind, approver, document_number, approved_on, effective_on; of FILE filed_on, filed_with,
    filing_number; of ANNOUNCE announced_on, issuer; of AMEND any of these.
    """
    held = locked(case, version)
    step = edge(held.state, action)
    if step is None or step.role is Role.NOBODY:
        words = _("案件现为“%(state)s”，不能办理这一步。请刷新页面。") % {"state": held.get_state_display()}
        raise ConflictError("step_not_allowed", words)
    ensure_may(actor, held, step)
    note = clean_words(note, "note", LONGEST_TEXT)
    if step.note_required and not note:
        raise InvalidInputError("note_required", _("请写明理由。"), {"note": [_("必填")]})
    before = snapshot(held)
    if step.stage is not None:
        _ensure_answered(held, step)
    told = _read(given)
    if (perform := _PERFORMED.get(step.action)) is not None:
        perform(actor, held, told)
    _move(actor, held, step, note)
    if held.state == CaseState.APPROVED and held.filed_on and held.announced_on and (end := edge(held.state, Action.CLOSE)):
        _move(None, held, end, "")
    saved(held)
    if step.action in (Action.AMEND, Action.REVOKE):
        naming_enactment.look_at_signs(actor, held, note or step.basis_zh)
    audit.record(
        actor=actor, action=f"naming.{step.action.value}", target=held, label=str(held), area=held.area_id, before=before,
        after=snapshot(held), reason=note,
    )  # fmt: skip
    return held


def ensure_may(actor: User, case: NamingCase, step: Edge) -> None:
    if step.role is Role.OFFICER:
        ensure(policies.may_edit_naming_case(actor, case))
    elif case.created_by_id == actor.pk:
        ensure(False, _("不能审核自己起草的案件，请由他人办理。"))
    else:
        ensure(policies.may_review_naming_case(actor, case))


def _ensure_answered(held: NamingCase, step: Edge) -> None:
    """A step asks for an answer to each of its blocks and warnings; at the approval they are frozen with their answers."""
    findings = findings_of(held)
    waiting = findings.open_at(step.stage or Stage.SUBMIT)
    if waiting:
        told = "；".join(in_words(one.finding).rstrip("。.") for one in waiting[:6])
        words = _("还不能办理，请先在“核对结果”中处理：%(findings)s。") % {"findings": told}
        raise ConflictError("findings_open", words, findings=[one.as_dict() for one in waiting])
    if step.action is Action.APPROVE:
        held.evaluation = findings.frozen()


def in_words(finding: Finding) -> str:
    return pick(finding.message_zh, finding.message_en)


# --- what steps do ------------------------------------------------------------------------------------------------------


def _approve(actor: User, held: NamingCase, given: Given) -> None:
    _take_decision(held, given)
    try:
        naming_enactment.enact(actor, held, area_of(held).code)
    except UnreadableError as error:
        words = _("“%(character)s”不是有读音的汉字，不能拼写。") % {"character": error.character}
        raise InvalidInputError("unreadable", words, {"name": [words]}) from error


def _take_decision(held: NamingCase, given: Given) -> None:
    wrong: dict[str, list[str]] = {}
    for name in ("approver", "document_number"):
        if not given.get(name):
            wrong[name] = [_("必填")]
    approved, effective = given.get("approved_on"), given.get("effective_on") or given.get("approved_on")
    if approved is None:
        wrong["approved_on"] = [_("必填")]
    elif approved > timezone.localdate():
        wrong["approved_on"] = [_("批准日期不能晚于今天。")]
    elif effective is not None and effective < approved:
        wrong["effective_on"] = [_("启用日期不能早于批准日期。")]
    kind = given.get("approver_kind") or held.approver_kind
    if kind not in {one.value for one in choices_of(NamedKind(held.kind))}:
        wrong["approver_kind"] = [_("这一类地名不由该机关批准（条例第十二条）。")]
    if wrong:
        raise InvalidInputError("decision_incomplete", _("登记批准须填写批准机关、文号和日期。"), wrong)
    held.approver_kind, held.approver, held.document_number = kind, given["approver"], given["document_number"]
    held.approved_on, held.effective_on = approved, effective


def _file(actor: User, held: NamingCase, given: Given) -> None:
    on = _day_after_approval(held, given.get("filed_on"), "filed_on")
    if not given.get("filed_with"):
        raise InvalidInputError("filing_incomplete", _("请写明向哪个机关备案。"), {"filed_with": [_("必填")]})
    if held.filed_on is not None:
        raise ConflictError("filed_already", _("已登记备案；登记有误的由审核人更正。"))
    held.filed_on, held.filed_with, held.filing_number = on, given["filed_with"], given.get("filing_number", "")


def _announce(actor: User, held: NamingCase, given: Given) -> None:
    on = _day_after_approval(held, given.get("announced_on") or timezone.localdate(), "announced_on")
    if held.announced_on is not None:
        raise ConflictError("announced_already", _("公告已发布；登记有误的由审核人更正。"))
    if by_other_department(held) and held.filed_on is None:
        raise ConflictError("file_first", _("由其他部门批准的，备案后再公告（地名管理条例第十四条）。"))
    held.announced_on = on
    notice = notice_of(held, given.get("issuer") or actor.organisation)
    if missing := lacking_in(notice):
        words = _("公告还缺：%(parts)s。") % {"parts": "、".join(missing)}
        raise InvalidInputError("notice_incomplete", words, {"issuer": [words]}, rule="NAME-NOT-02")
    held.notice = notice
    naming_enactment.publish(held)


def _amend(actor: User, held: NamingCase, given: Given) -> None:
    """What was recorded wrongly is said anew; the record of names follows on the recording clock."""
    decided = {name: given[name] if given.get(name) else getattr(held, name) for name in _DECISION}
    moved = any(decided[name] != getattr(held, name) for name in _DECISION)
    _take_decision(held, decided)
    if held.filed_on is not None:
        held.filed_on = _day_after_approval(held, given.get("filed_on") or held.filed_on, "filed_on")
        held.filed_with = given.get("filed_with") or held.filed_with
        held.filing_number = given.get("filing_number") or held.filing_number
    if held.announced_on is not None:
        held.announced_on = _day_after_approval(held, given.get("announced_on") or held.announced_on, "announced_on")
    if moved:
        naming_enactment.write_again(actor, held)
    if held.notice is not None:
        corrected = [*held.notice.get("corrected", []), timezone.localdate().isoformat()]
        held.notice = {**notice_of(held, held.notice["issuer"]), "corrected": corrected}


_DECISION: Final = ("approver_kind", "approver", "document_number", "approved_on", "effective_on")


def _revoke(actor: User, held: NamingCase, given: Given) -> None:
    naming_enactment.take_back(held)
    if held.notice is not None:
        held.notice = {**held.notice, "revoked": timezone.localdate().isoformat()}


def _recheck(actor: User, held: NamingCase, given: Given) -> None:
    """A case that is taken up again is asked anew; what froze is of the past."""
    held.evaluation = None


_PERFORMED: Final[Mapping[Action, Callable[[User, NamingCase, Given], None]]] = {
    Action.APPROVE: _approve,
    Action.FILE: _file,
    Action.ANNOUNCE: _announce,
    Action.AMEND: _amend,
    Action.REVOKE: _revoke,
    Action.REVISE: _recheck,
    Action.RESTORE: _recheck,
}


def _day_after_approval(held: NamingCase, day: date | None, name: str) -> date:
    approved = held.approved_on or date.max
    if day is None:
        raise InvalidInputError("day_missing", _("请填写日期。"), {name: [_("必填")]})
    if day > timezone.localdate():
        raise InvalidInputError("day_in_future", _("日期不能晚于今天。"), {name: [_("日期不能晚于今天。")]})
    if day < approved:
        raise InvalidInputError("day_too_early", _("日期不能早于批准日期。"), {name: [_("日期不能早于批准日期。")]})
    return day


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Words trimmed and bounded, days as they are; anything unknown is a programming error."""
    told: dict[str, Any] = {}
    for name, value in given.items():
        if name in _LENGTHS:
            told[name] = clean_words(value or "", name, _LENGTHS[name])
        elif name in ("approver_kind", "approved_on", "effective_on", "filed_on", "announced_on"):
            told[name] = value
        else:
            raise TypeError(f"no step takes {name}")
    return told


def _move(actor: User | None, held: NamingCase, step: Edge, note: str) -> None:
    NamingEvent.objects.create(
        case=held,
        action=step.action.value,
        from_state=held.state,
        to_state=step.end.value,
        basis=step.basis_zh,
        note=note,
        by=actor,
    )
    held.state = step.end.value


# --- reading ------------------------------------------------------------------------------------------------------------


def by_other_department(case: NamingCase) -> bool:
    return Approver(case.approver_kind) in OTHER_DEPARTMENTS


def periods_of(case: NamingCase) -> list[Duty]:
    """NAME-FIL-01 and NAME-NOT-01 of a case in force, with their last days; nothing before the approval."""
    if case.state not in IN_FORCE or case.approved_on is None:
        return []
    return duties(Approved(case.approved_on, by_other_department(case), case.filed_on, case.announced_on), office_clock())
