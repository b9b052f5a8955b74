"""后续工作: what is recorded after an approval. A section that the page of a decision includes, and a page of its own.

Each form sends itself by htmx and gets the section back; without scripts it is posted and leads to the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from boundaries import policies, wording
from boundaries.changes.later_codes import LaterCode
from boundaries.models import Decision, DecisionFollowUp, DecisionLineWork, DecisionOverride, DecisionState, DivisionType, Level
from boundaries.rules.code_changes import DETERMINER_NAMES, Determiner
from boundaries.rules.deadlines import Clock, Duty, DutyState
from boundaries.rules.finding import Severity
from boundaries.rules.line_duties import lacking
from boundaries.rules.overrides import waiver_of
from boundaries.services import after_approval, decision_codes, decision_review, follow_ups, line_works
from boundaries.services.after_approval import Owes, Standing
from boundaries.services.decision_findings import Answered
from boundaries.services.holidays import office_clock
from boundaries.views.parameters import parse, person
from gis.accounts.access import ensure
from gis.errors import ConflictError, DomainError, InvalidInputError

# (key, words, fields): one line of the section, recorded together. The key is the subject of the duty where there is one.
ROWS: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
    ("completion", gettext_lazy("完成变更"), ("completed_on",)),
    ("extension", gettext_lazy("延期（审批机关批准，6个月）"), ("extension_approved_on", "extension_document")),
    ("code_publication", gettext_lazy("确定并公布行政区划代码"), ("code_published_on", "code_document")),
    ("report", gettext_lazy("向审批机关报告完成情况"), ("reported_on", "report_document")),
    ("announcement", gettext_lazy("向社会公告"), ("announced_on", "announcement")),
    ("standard_map", gettext_lazy("行政区划标准样图"), ("standard_map_on",)),
    ("survey_records", gettext_lazy("勘界资料"), ("survey_records_on",)),
    ("evaluation", gettext_lazy("变更效果评估"), ("evaluation_on",)),
    ("notes", gettext_lazy("备注"), ("notes",)),
)
_AFTER_COMPLETION = ("standard_map", "survey_records", "evaluation")
_FIELDS = {key: fields for key, _words, fields in ROWS}
_CHIPS = {
    DutyState.DONE: ("met", gettext_lazy("已办")),
    DutyState.LATE: ("not_met", gettext_lazy("逾期办结")),
    DutyState.OVERDUE: ("not_met", gettext_lazy("已逾期")),
    DutyState.SOON: ("near", gettext_lazy("临近")),
    DutyState.OPEN: ("waiting", gettext_lazy("待办")),
}
_OWES_NOTHING = {
    Owes.IMPORTED: gettext_lazy("这份批复来自历年名单，不计后续期限。需要跟踪的，可以从这里开始登记。"),
    Owes.EARLIER: gettext_lazy("批准于《行政区划管理条例》施行（2019年1月1日）之前，不按该条例计算期限。"),
    Owes.UNGOVERNED: gettext_lazy("只涉及村（居）或代码，不属于《行政区划管理条例》所称的行政区划变更，不计期限。"),
    Owes.UNDATED: gettext_lazy("没有批准日期，各项期限无法计算。"),
}


@dataclass
class Said:
    """What came of a form: a refusal with what was typed, or a word that it is done. `form` names the form."""

    form: str = ""
    refused: DomainError | None = None
    done: str = ""
    doubts: tuple[str, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)


@login_required
@require_http_methods(["GET", "POST"])
def follow_up_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows; POST records one line (``row`` and its fields), or opens the follow-up (no ``row``)."""
    decision = _enacted(request, pk)
    if request.method != "POST":
        return _page(request, decision, Said())
    ensure(policies.may_follow_up_decision(request.user, decision))
    row = request.POST.get("row", "")
    said = Said(f"row-{row}", typed=_typed(request))
    try:
        if (number := row.removeprefix("line-")) != row:
            work = int(number) if _is_number(number) else 0
            given = {name: _value(request, name) for name in line_works.FIELDS}
            line_works.record(person(request), decision, _version(request), work, **given)
            return _done(request, decision, Said(said.form, done=_("已登记。")))
        fields = {name: _value(request, name) for name in _FIELDS.get(row, ())}
        recorded = follow_ups.record(person(request), decision, _version(request), **fields)
    except DomainError as error:
        return _refused(request, decision, said, error)
    return _done(request, decision, Said(said.form, done=_("已登记。"), doubts=recorded.doubts))


@login_required
@require_POST
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Records determined codes; with ``fill`` only gives the form back with the next codes in sequence."""
    decision = _enacted(request, pk)
    ensure(policies.may_follow_up_decision(request.user, decision))
    said = Said(f"codes-{request.POST.get('group', '')}", typed=_typed(request))
    if "fill" in request.POST:
        standing = after_approval.standing(decision)
        said.typed |= {f"code-{key}": code for key, code in decision_codes.proposed(standing.awaited).items()}
        return _answer(request, decision, said)
    given = {
        int(name.removeprefix("code-")): value.strip()
        for name, value in request.POST.items()
        if isinstance(value, str) and value.strip() and name.startswith("code-") and _is_number(name.removeprefix("code-"))
    }
    try:
        decision_codes.record_codes(
            person(request),
            decision,
            _version(request),
            given,
            request.POST.get("determiner", ""),
            request.POST.get("document", ""),
            _day(request, "published_on"),
            reason=request.POST.get("reason", ""),
        )
    except DomainError as error:
        return _refused(request, decision, said, error)
    return _done(request, decision, Said(said.form, done=_("代码已登记，自批复生效之日起有效。")))


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """结案; with ``reopen`` takes it back."""
    decision = _enacted(request, pk)
    ensure(policies.may_close_decision(request.user, decision))
    reopens = "reopen" in request.POST
    said = Said("close", typed=_typed(request))
    try:
        step = follow_ups.reopen if reopens else follow_ups.close
        step(person(request), decision, _version(request), reason=request.POST.get("reason", ""))
    except DomainError as error:
        return _refused(request, decision, said, error)
    return _done(request, decision, Said("close", done=_("已撤销结案。") if reopens else _("已结案。")))


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers a finding of the closing step; with ``withdraw`` (number of the answer) takes an answer back."""
    decision = _enacted(request, pk)
    ensure(policies.may_follow_up_decision(request.user, decision) or policies.may_close_decision(request.user, decision))
    given = {name: request.POST.get(name, "").strip() for name in ("rule", "code", "subject", "document", "reason")}
    said = Said(f"answer-{given['rule']}-{given['code']}-{given['subject']}", typed=_typed(request))
    try:
        if "withdraw" in request.POST:
            number = request.POST["withdraw"]
            held = get_object_or_404(DecisionOverride, pk=int(number) if _is_number(number) else 0, decision=decision)
            decision_review.withdraw_answer(person(request), held)
        else:
            decision_review.answer_finding(person(request), decision, **given)
    except DomainError as error:
        return _refused(request, decision, said, error)
    return _done(request, decision, Said(said.form, done=_("已撤下。") if "withdraw" in request.POST else _("已答复。")))


# --- answering ------------------------------------------------------------------------------------------------------------


def _enacted(request: HttpRequest, pk: int) -> Decision:
    decision = get_object_or_404(Decision.objects.select_related("area"), pk=pk)
    ensure(policies.may_view_decision(request.user, decision))
    if decision.state != DecisionState.ENACTED:
        raise ConflictError("decision_not_enacted", _("批复尚未实施，没有后续工作可登记。"))
    return decision


def _refused(request: HttpRequest, decision: Decision, said: Said, error: DomainError) -> HttpResponse:
    if error.status == 403:
        raise error
    said.refused = error
    return _answer(request, decision, said, error.status)


def _done(request: HttpRequest, decision: Decision, said: Said) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _answer(request, decision, said)
    messages.success(request, said.done)
    for doubt in said.doubts:
        messages.warning(request, doubt)
    return redirect("decision-follow-up", decision.pk)


def _answer(request: HttpRequest, decision: Decision, said: Said, status: int = 200) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "boundaries/parts/follow_up.html", section(request, decision, said), status=status)
    return _page(request, decision, said, status)


def _page(request: HttpRequest, decision: Decision, said: Said, status: int = 200) -> HttpResponse:
    context = section(request, decision, said) | {"decision": decision}
    return render(request, "boundaries/follow_up_page.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "version")}


def _version(request: HttpRequest) -> int:
    number = request.POST.get("version", "")
    if not _is_number(number):
        raise ConflictError("follow_up_changed", _("页面已过时，请刷新后再登记。"))
    return int(number)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _value(request: HttpRequest, name: str) -> date | str | None:
    return _day(request, name) if name in (*follow_ups.DAYS, *line_works.DAYS) else request.POST.get(name, "")


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return parse(text)
    except InvalidInputError as error:
        raise InvalidInputError(error.code, error.message, fields={name: [str(error.message)]}) from error


# --- the section ------------------------------------------------------------------------------------------------------------


def section(request: HttpRequest, decision: Decision, said: Said | None = None) -> dict[str, Any]:
    """What boundaries/parts/follow_up.html needs, all under ``follow_up``; for an enacted decision."""
    said = said or Said()
    standing, clock = after_approval.standing(decision), office_clock()
    row = standing.follow_up
    may_record = policies.may_follow_up_decision(request.user, decision) and not standing.closed
    found = after_approval.closing_findings(standing, clock)
    return {
        "follow_up": {
            "decision": decision,
            "version": row.version if row else 0,
            "row": row,
            "closed": standing.closed,
            "unopened": standing.owes is Owes.IMPORTED,
            "owes_nothing": _OWES_NOTHING.get(standing.owes, ""),
            "rows": _rows(standing, clock, said) + _line_rows(standing, said),
            "groups": _groups(standing, said),
            "findings": [_finding(one, said) for one in found if one.finding.severity is not Severity.INFO],
            "blocked": any(not one.settled and one.finding.severity is Severity.BLOCK for one in found),
            "warned": any(not one.settled and one.finding.severity is Severity.WARN for one in found),
            "may_record": may_record,
            "may_answer": may_record or (policies.may_close_decision(request.user, decision) and not standing.closed),
            "may_close": policies.may_close_decision(request.user, decision),
            "said": said,
            "told": said if said.form in ("row-", "") else None,
            "told_closing": said if said.form == "close" or (said.form.startswith("answer-") and said.done) else None,
        }
    }


def _rows(standing: Standing, clock: Clock, said: Said) -> list[dict[str, Any]]:
    owed = {one.subject: one for one in standing.duties(clock)}
    return [
        _row(key, words, fields, owed.get(key), standing, said)
        for key, words, fields in ROWS
        if key != "code_publication" or key in owed or standing.codes or standing.case is None
    ]


def _row(key: str, words: Promise, fields: tuple[str, ...], duty: Duty | None, standing: Standing, said: Said) -> dict[str, Any]:
    row = standing.follow_up or DecisionFollowUp()
    refused_here = said.refused if said.form == f"row-{key}" else None
    wrong = getattr(refused_here, "fields", {})
    inputs = []
    for name in fields:
        kept = getattr(row, name)
        inputs.append(
            {
                "name": name,
                "label": DecisionFollowUp._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                "kind": "date" if name in follow_ups.DAYS else "notes" if name == "notes" else "text",
                "value": said.typed.get(name, "") if refused_here else kept.isoformat() if isinstance(kept, date) else kept or "",
                "longest": getattr(DecisionFollowUp._meta.get_field(name), "max_length", None) or 20_000,
                "wrong": wrong.get(name, []),
            }
        )
    kept_values = [getattr(row, name) for name in fields]
    chip, word = _CHIPS[duty.state] if duty else (("met", _("已登记")) if any(kept_values) else ("", ""))
    return {
        "key": key,
        "words": words,
        "duty": duty,
        "note": wording.pick(*duty.due.note) if duty and duty.due and duty.state not in (DutyState.DONE, DutyState.LATE) else "",
        "chip": chip,
        "word": word,
        "kept": [value for value in kept_values if value],
        "after_completion": key in _AFTER_COMPLETION and standing.case is not None,
        "inputs": inputs,
        "refused": refused_here,
        "wrong": any(one["wrong"] for one in inputs),
        "told": said if said.form == f"row-{key}" else None,
    }


def _line_rows(standing: Standing, said: Said) -> list[dict[str, Any]]:
    """One line of the section for each boundary line the decision moved (BND-LIN-01)."""
    rows = []
    for work in standing.lines:
        key = f"line-{work.pk}"
        refused_here = said.refused if said.form == f"row-{key}" else None
        wrong = getattr(refused_here, "fields", {})
        missing = lacking(after_approval.done_about(work))
        inputs, kept_values = [], []
        for name in line_works.FIELDS:
            field, kept = DecisionLineWork._meta.get_field(name), getattr(work, name)
            told = kept.isoformat() if isinstance(kept, date) else kept or ""
            label = field.verbose_name  # type: ignore[union-attr]
            inputs.append(
                {
                    "name": name,
                    "label": label,
                    "kind": "date" if name in line_works.DAYS else "text",
                    "value": said.typed.get(name, "") if refused_here else told,
                    "longest": getattr(field, "max_length", None) or 200,
                    "wrong": wrong.get(name, []),
                    "id": f"{key}-{name}",
                }
            )
            if told:
                kept_values.append(f"{label} {told}" if name in line_works.DAYS else told)
        chip, word = ("waiting", _("待办")) if missing else ("met", _("已办"))
        rows.append(
            {
                "key": key,
                "line": work.line,
                "words": _("变动的界线 %(line)s：测绘、设桩、协议书、备案") % {"line": work.line.code},
                "note": " ".join(wording.pick(*words) for words in missing),
                "chip": chip,
                "word": word,
                "kept": kept_values,
                "inputs": inputs,
                "refused": refused_here,
                "wrong": any(one["wrong"] for one in inputs),
                "told": said if said.form == f"row-{key}" else None,
            }
        )
    return rows


def _groups(standing: Standing, said: Said) -> list[dict[str, Any]]:
    """Codes left to be determined: of counties and above by the ministry, of townships by the province; a form for each."""
    proposed = decision_codes.proposed(standing.awaited)
    groups = []
    for key, determiner in (("county", Determiner.MINISTRY), ("township", Determiner.PROVINCE)):
        units = [one for one in standing.codes if (one.level == Level.TOWNSHIP) == (key == "township")]
        if units:
            mine = said.form == f"codes-{key}"
            waits = [one for one in units if one.awaited]
            groups.append(
                {
                    "key": key,
                    "units": [_unit(one, proposed, said if mine else Said()) for one in units],
                    "awaited": len(waits),
                    "fillable": any(one.division in proposed for one in waits),
                    "county_first": any(one.level == Level.TOWNSHIP and one.parent is None for one in waits),
                    "determiners": [(one.value, wording.pick(*DETERMINER_NAMES[one])) for one in Determiner],
                    "determiner": said.typed.get("determiner") if mine else determiner.value,
                    "typed": said.typed if mine else {},
                    "told": said if mine else None,
                    "open": bool(waits) or (mine and said.refused is not None),
                }
            )
    return groups


def _unit(one: LaterCode, proposed: dict[int, str], said: Said) -> dict[str, Any]:
    return {
        "unit": one,
        "type": dict(DivisionType.choices).get(one.type, one.type),
        "proposed": proposed.get(one.division, ""),
        "value": said.typed.get(f"code-{one.division}", one.code),
        "digits": 9 if one.level == Level.TOWNSHIP else 6,
        "wrong": getattr(said.refused, "fields", {}).get(f"code-{one.division}", []),
    }


def _finding(one: Answered, said: Said) -> dict[str, Any]:
    finding, waiver = one.finding, waiver_of(one.finding)
    form = f"answer-{finding.rule}-{finding.code}-{finding.subject}"
    return {
        "finding": finding.as_dict(),
        "answer": one.answer,
        "waiver": wording.pick(waiver.zh, waiver.en) if waiver else "",
        "answerable": waiver is not None or finding.severity is Severity.WARN,
        "form": form,
        "refused": said.refused if said.form == form else None,
        "told": said if said.form == form else None,
        "typed": said.typed if said.form == form else {},
    }
