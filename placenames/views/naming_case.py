"""One naming case: its page, steps, papers, answers, and what is taken away of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries.rules.deadlines import DutyState
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from boundaries.wording import pick
from gis.errors import DomainError, InvalidInputError, NotFoundError
from gis.files import services as files
from gis.views.forms import attempt
from placenames import naming_notice, policies
from placenames.forms.position import position_as_text
from placenames.models import CaseAct, CaseState, NamingAnswer, NamingCase, PaperClass, PlaceNameRecord
from placenames.naming_register import names_of_areas, record_of
from placenames.naming_words import STATE_CHIPS, event_row, finding_row
from placenames.rules.addresses import key_of
from placenames.rules.case_kinds import APPROVER_WORDS, FILED_WITH, Approver, choices_of
from placenames.rules.case_states import EDITABLE, IN_FORCE, Action, Edge, Role, edges_from
from placenames.rules.classes import name_of
from placenames.rules.naming_cases import ASSESSMENT, CONSULTATION
from placenames.rules.naming_kinds import NamedKind
from placenames.rules.readings import UnreadableError
from placenames.services import naming_cases, naming_package, naming_steps
from placenames.services.name_codes import allot, in_words
from placenames.services.naming_enactment import spelling_of
from placenames.services.naming_findings import Findings, area_of, findings_of, listed_as
from placenames.views.naming_cases import visible
from placenames.views.naming_map import map_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DUTY_CHIPS = {
    DutyState.DONE: "done",
    DutyState.LATE: "near",
    DutyState.OPEN: "waiting",
    DutyState.SOON: "warning",
    DutyState.OVERDUE: "not_met",
}


@login_required
@require_safe
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, visible(request, pk))


@login_required
@require_POST
def case_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Takes one step; on refusal the page comes back with the reason and what was typed."""
    case = visible(request, pk)
    if action not in set(Action):
        raise NotFoundError("unknown_step", _("没有这一步。"))
    with attempt() as tried:
        posted = Posted(request.POST)
        given: dict[str, Any] = {
            name: posted.text(name)
            for name in ("approver_kind", "approver", "document_number", "filed_with", "filing_number", "issuer")
            if posted.has(name)
        }
        given |= {
            name: posted.day(name) for name in ("approved_on", "effective_on", "filed_on", "announced_on") if posted.has(name)
        }
        held = naming_steps.take_step(person(request), case, posted.number("version"), action, note=posted.text("note"), **given)
    if tried.refused is not None:
        return _show(request, case, refused=tried.refused, what=action)
    messages.success(request, _("已办理，案件现为“%(state)s”。") % {"state": held.get_state_display()})
    return redirect("naming-case", pk)


@login_required
@require_POST
def case_attach(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible(request, pk)
    with attempt() as tried:
        posted = Posted(request.POST)
        upload = request.FILES.get("file")
        if upload is None:
            raise InvalidInputError("file_missing", _("请选择文件。"), {"file": [_("请选择文件。")]})
        known = {*ASSESSMENT, *CONSULTATION}
        parts = [one for one in request.POST.getlist("parts") if one in known]
        naming_cases.add_paper(
            person(request), case, posted.number("version"), posted.text("paper_class"), upload, posted.text("title"), parts
        )
    if tried.refused is not None:
        return _show(request, case, refused=tried.refused, what="attach")
    messages.success(request, _("材料已加入。"))
    return redirect("naming-case", pk)


@login_required
@require_POST
def case_detach(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """Takes a document out, or puts it back (``restore`` in the form)."""
    case = visible(request, pk)
    removed = not request.POST.get("restore")
    naming_cases.set_aside_paper(person(request), case, Posted(request.POST).number("version"), paper, removed=removed)
    messages.success(request, _("材料已移出，可在“已移出的材料”中放回。") if removed else _("材料已放回。"))
    return redirect("naming-case", pk)


@login_required
@require_POST
def case_answer(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible(request, pk)
    posted = Posted(request.POST)
    with attempt() as tried:
        naming_cases.answer_finding(
            person(request),
            case,
            rule=posted.text("rule")[:30],
            code=posted.text("code")[:60],
            subject=posted.text("subject")[:200],
            document=posted.text("document"),
            reason=posted.text("reason"),
        )
    if tried.refused is not None:
        return _show(request, case, refused=tried.refused, what="answer")
    messages.success(request, _("答复已记下。"))
    return redirect("naming-case", pk)


@login_required
@require_POST
def case_unanswer(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    case = visible(request, pk)
    naming_cases.withdraw_answer(person(request), get_object_or_404(NamingAnswer, pk=answer, case=case))
    messages.success(request, _("答复已撤下。"))
    return redirect("naming-case", pk)


@login_required
@require_safe
def case_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice as .docx: as it was published, or as it would be today."""
    case = visible(request, pk)
    name, content = naming_package.notice_document(person(request), case)
    return _document(content, name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_package(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The filing package. POST asks for it to be made; GET takes the kept one, ``?part=1`` is the card that tells how far it is."""
    case = visible(request, pk)
    if request.method == "POST":
        naming_package.start(person(request), case)
        return redirect(f"{reverse('naming-case', args=[pk])}#package")
    standing = naming_package.standing_of(case)
    if request.GET.get("part"):
        return render(request, "placenames/parts/case_package.html", {"case": case, "package": standing})
    if standing.file is None:
        return redirect(f"{reverse('naming-case', args=[pk])}#package")
    response = FileResponse(files.open_file(standing.file), as_attachment=True, filename=standing.file.name)
    response["Content-Type"] = "application/zip"
    response["Content-Length"] = str(standing.file.size)
    response["Cache-Control"] = "private, no-cache"
    return response


def _document(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = f"attachment; filename=\"notice.docx\"; filename*=UTF-8''{quote(name)}"
    return response


# --- the page -----------------------------------------------------------------------------------------------------------


def _show(request: HttpRequest, case: NamingCase, *, refused: DomainError | None = None, what: str = "") -> HttpResponse:
    case = visible(request, case.pk)
    decided = case.state in IN_FORCE or case.state == CaseState.REVOKED
    findings, gone = _findings(case) if not decided else (None, "")
    papers = list(case.papers.select_related("file", "added_by"))
    edits, reviews = policies.may_edit_naming_case(request.user, case), policies.may_review_naming_case(request.user, case)
    made = record_of(case)
    told = [finding_row(one) for one in findings.judged] if findings else []
    classes = _paper_classes(case, edits, reviews)
    changeable = {value for value, _label in classes}
    context: dict[str, Any] = {
        "case": case,
        "gone": gone,
        "chip": STATE_CHIPS[case.state],
        "area_name": names_of_areas([case.area_id]).get(case.area_id, ""),
        "class_name": name_of(case.place_class),
        "spelling": _spelling(case),
        "coordinates": position_as_text(case.location).replace("\n", "；"),
        "listed": listed_as(case.place_id),
        "rows": [one for one in told if one["severity"] != "info"],
        "hints": [one for one in told if one["severity"] == "info"],
        "unchecked": sum(one["code"] in ("not_checked", "undetermined") for one in told),
        "frozen": case.evaluation if decided else None,
        "editable": edits and case.state in EDITABLE,
        "may_answer": (edits and case.state in EDITABLE) or (reviews and case.state in ("submitted", "reviewed")),
        "papers": [(one, one.paper_class in changeable) for one in papers if one.removed_at is None],
        "removed": [(one, one.paper_class in changeable) for one in papers if one.removed_at is not None],
        "paper_classes": classes,
        "parts": {"assessment": ASSESSMENT, "opinion": CONSULTATION},
        "sign_works": case.sign_works.select_related("sign").order_by("sign__code", "pk"),
        "steps": [_step_row(one) for one in edges_from(case.state) if _may_walk(one, edits, reviews) and _is_open(case, one)],
        "own_case": case.created_by_id == request.user.pk,
        "events": [event_row(one) for one in case.events.select_related("by")],
        "periods": [_period_row(one) for one in naming_steps.periods_of(case)],
        "approver_words": APPROVER_WORDS[Approver(case.approver_kind)],
        "approvers": [(one.value, APPROVER_WORDS[one]) for one in choices_of(NamedKind(case.kind))],
        "file_to": FILED_WITH[Approver(case.approver_kind)],
        "name_url": _name_page(case),
        "issuer": person(request).organisation,
        "notice_url": naming_notice.address(case.number) if case.notice else "",
        "today": timezone.localdate(),
        "package": naming_package.standing_of(case) if case.state in IN_FORCE else None,
        "code": made.code if made is not None else "",
        "no_code": _why_no_code(case, made),
        "refused": refused,
        "what": what,
        "typed": request.POST if refused else {},
        "is_cancelling": case.act == CaseAct.CANCELLING,
        **map_of(case, findings=findings),
    }
    return render(request, "placenames/case.html", context, status=refused.status if refused else 200)


def _why_no_code(case: NamingCase, made: PlaceNameRecord | None) -> str:
    """Why the name on record has no code; empty where it has one, could have one now, or goes."""
    if made is None or made.code or case.state not in IN_FORCE or case.act == CaseAct.CANCELLING:
        return ""
    return in_words(allot(made.place_class, made.area_id, made.location), made.place_class)


def _is_open(case: NamingCase, step: Edge) -> bool:
    """Filing and notice are done once; another department's notice waits for the filing."""
    if step.action is Action.FILE:
        return case.filed_on is None
    if step.action is Action.ANNOUNCE:
        waits = naming_steps.by_other_department(case) and case.filed_on is None
        return case.announced_on is None and not waits
    return True


def _may_walk(step: Edge, edits: bool, reviews: bool) -> bool:
    return edits if step.role is Role.OFFICER else reviews if step.role is Role.REVIEWER else False


def _findings(case: NamingCase) -> tuple[Findings | None, str]:
    """What the rules say; or why nothing can be said: the division the name would lie in is no more."""
    try:
        return findings_of(case), ""
    except NotFoundError:
        return None, _("所在行政区今日已不在册，不能核对和送审。请撤回，按现在的区划重新申请。")


def _name_page(case: NamingCase) -> str:
    """The public page of the name, once there is one."""
    if case.made is None or case.place_id is None or case.state not in IN_FORCE:
        return ""
    shown = PlaceNameRecord.objects.current().filter(place=case.place_id, valid__upper_inf=True, published=True).exists()
    return reverse("name", args=[key_of("P", case.place_id)]) if shown else ""


def _step_row(step: Edge) -> dict[str, Any]:
    return {
        "action": step.action.value,
        "title": pick(step.title_zh, step.title_en),
        "basis": pick(step.basis_zh, step.basis_en),
        "note_required": step.note_required,
        "fields": step.action.value in ("approve", "file", "announce", "amend"),
        "plain": step.action in (Action.SUBMIT, Action.RECALL, Action.PASS, Action.REVISE, Action.RESTORE),
        "forward": step.action in (Action.SUBMIT, Action.PASS, Action.APPROVE, Action.FILE, Action.ANNOUNCE),
    }


def _spelling(case: NamingCase) -> str:
    """As it is or would be recorded; of a cancelling what is on record."""
    if case.made is not None:
        return case.made.spelling
    try:
        return case.spelling or spelling_of(case, area_of(case).code).spelling
    except (UnreadableError, NotFoundError):
        return case.spelling


def _paper_classes(case: NamingCase, edits: bool, reviews: bool) -> list[tuple[str, str]]:
    if case.state in EDITABLE and edits:
        return [(one.value, str(one.label)) for one in PaperClass if one not in (PaperClass.APPROVAL, PaperClass.FILING)]
    if case.state in ("reviewed", "approved", "closed") and (edits or reviews):
        return [(one.value, str(one.label)) for one in (PaperClass.APPROVAL, PaperClass.FILING, PaperClass.OTHER)]
    return []


def _period_row(duty: Any) -> dict[str, Any]:
    words = {
        DutyState.DONE: _("已按期办理"),
        DutyState.LATE: _("已办理，逾期"),
        DutyState.OPEN: _("待办"),
        DutyState.SOON: _("临近期限"),
        DutyState.OVERDUE: _("已逾期"),
    }
    return {
        "title": pick(duty.zh, duty.en[:1].upper() + duty.en[1:]),
        "rule": duty.rule,
        "basis": duty.basis,
        "due": duty.due.on if duty.due else None,
        "note": pick(*duty.due.note) if duty.due else "",
        "done_on": duty.done_on,
        "chip": _DUTY_CHIPS[duty.state],
        "words": words[duty.state],
    }
