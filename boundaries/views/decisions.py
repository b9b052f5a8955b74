"""区划变更 (decisions): the list, a decision's page, the form for its paper and case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from boundaries import decision_facts, impacts, policies
from boundaries.changes.findings import COVERS_ALL
from boundaries.forms.decision import CaseForm, PaperForm
from boundaries.models import Decision, DecisionState, DivisionRecord, SourceKind
from boundaries.rules import decision_states
from boundaries.rules.application_states import Role
from boundaries.rules.authorities import OUTPOSTS
from boundaries.rules.decision_states import Action, Edge
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.rules.stages import Stage
from boundaries.services import decision_findings, decisions
from boundaries.views import follow_ups
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.errors import DomainError
from gis.views.forms import attempt, show_refusal

PER_PAGE = 50


@login_required
@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    """?state= &year= &q= &page=: decisions within the person's areas, the latest to take effect first."""
    ensure(policies.may_view_register(request.user))
    rows = decision_facts.visible_decisions(request.user).exclude(state=DecisionState.WITHDRAWN)
    state, year, text = (request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("state", "year", "q"))
    years = sorted({day.year for day in rows.order_by().values_list("effective_on", flat=True).distinct()}, reverse=True)
    if state in DecisionState.values:
        rows = rows.filter(state=state)
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(effective_on__year=int(year))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(document_number__icontains=text) | Q(approver__icontains=text))
    page = Paginator(rows.prefetch_related("acts"), PER_PAGE).get_page(request.GET.get("page"))
    words = decision_facts.acts_in_words(page)
    context = {
        "page_obj": page,
        "rows": [(row, words.get(row.pk, [])) for row in page],
        "states": [choice for choice in DecisionState.choices if choice[0] != DecisionState.WITHDRAWN],
        "years": years,
        "state": state,
        "year": year,
        "q": text,
        "filtered": bool(state or year or text),
    }
    return render(request, "boundaries/decision_list.html", context)


@login_required
@require_safe
def decision_page(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, visible(request, pk))


@login_required
@require_http_methods(["GET", "POST"])
def decision_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper and the case; the acts are edited in the workbench."""
    decision = visible(request, pk)
    ensure(may_record(request.user, decision))
    made, _refused = previewed(decision)
    seats, outposts = _asked(decision, made)
    posted = request.POST if request.method == "POST" else None
    paper = PaperForm(posted, instance=decision)
    case = CaseForm(posted, case=decision_findings.case_of(decision), seats=seats, outposts=outposts)
    if request.method == "POST" and paper.is_valid() and case.is_valid():
        with attempt() as tried:
            decisions.edit_draft(person(request), decision, paper.cleaned_data["version"], case=case.case(), **paper.paper())
        if tried.refused is not None:
            show_refusal(paper, tried.refused)
        else:
            messages.success(request, _("已保存。"))
            return redirect("decision", pk)
    context = {"decision": decision, "paper": paper, "case": case, "sections": _sections(case)}
    return render(request, "boundaries/decision_edit.html", context, status=422 if paper.errors or case.errors else 200)


# --- shared with the steps ----------------------------------------------------------------------------------------------


def visible(request: HttpRequest, pk: int) -> Decision:
    decision = get_object_or_404(Decision.objects.select_related("area", "created_by", "enacted_by", "source"), pk=pk)
    ensure(policies.may_view_decision(request.user, decision))
    return decision


def may_record(user: Any, decision: Decision) -> bool:
    """Whether the person may change the paper and the case at this point, as services.decisions.edit_draft has it."""
    if decision.state in decision_states.EDITABLE:
        return policies.may_edit_decision(user, decision)
    return decision.state == DecisionState.IN_REVIEW and policies.may_enact_decision(user, decision)


def previewed(decision: Decision) -> tuple[decisions.Preview | None, DomainError | None]:
    """What an open decision would do today, or why that cannot be told; (None, None) once it is enacted or withdrawn."""
    if decision.state not in decisions.OPEN_STATES:
        return None, None
    try:
        return decisions.made_of(decision), None
    except DomainError as error:
        return None, error


def show(
    request: HttpRequest,
    decision: Decision,
    *,
    refused: DomainError | None = None,
    action: str = "",
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    decision.refresh_from_db()
    user = request.user
    made, cannot = None, None
    if decision.state in decisions.OPEN_STATES:
        try:
            made = decisions.preview(person(request), decision)
        except DomainError as error:
            cannot = error
    document = made.document if made is not None else decision.plan or {}
    imported = bool(document.get("imported"))
    findings = made.document["findings"] if made is not None else decision.findings or []
    context = {
        "decision": decision,
        "area": decision_facts.names_before([decision.area_id], timezone.localdate()).get(decision.area_id, ""),
        "demo": _is_demo(decision, document),
        "acts": decision_facts.acts_in_words([decision]).get(decision.pk, []),
        "cannot": cannot,
        "document": document,
        "imported": imported,
        "plan": decision_facts.plan_rows(document) if document.get("opened") is not None and not imported else None,
        "stages": _by_stage(findings, decision),
        "impacts": document.get("impacts", []),
        "cost": impacts.cost_words(document.get("impacts", [])),
        "dossier": _dossier(decision),
        "papers": decision.files.filter(removed_at=None, document_class="").select_related("file", "added_by"),
        "removed": decision.files.exclude(removed_at=None).select_related("file"),
        "covers_all": COVERS_ALL,
        "case": _case_rows(decision),
        "steps": steps_for(user, decision),
        "may_edit": policies.may_edit_decision(user, decision),
        "may_draft_acts": decision.state in decision_states.EDITABLE and policies.may_edit_decision(user, decision),
        "may_record": may_record(user, decision),
        "may_answer": decision.state in decisions.OPEN_STATES
        and (policies.may_edit_decision(user, decision) or policies.may_enact_decision(user, decision)),
        "open_warnings": _open_warnings(findings),
        "comments": decision.comments.select_related("by"),
        "events": decision.events.select_related("by"),
        "refused": refused,
        "refused_action": action,
        "difference": _difference(refused),
        "typed": typed or {},
    }
    if decision.state == DecisionState.ENACTED:
        context |= follow_ups.section(request, decision)
    return render(request, "boundaries/decision_detail.html", context, status=status)


def steps_for(user: Any, decision: Decision) -> list[Edge]:
    """The next steps this person may take, those that lead on before those that lead back."""
    may = {
        Role.APPLICANT: policies.may_edit_decision(user, decision),
        Role.REVIEWER: policies.may_enact_decision(user, decision),
    }
    order = [Action.SUBMIT, Action.ENACT, Action.RETURN, Action.RECALL, Action.WITHDRAW]
    edges = [edge for edge in decision_states.edges_from(decision.state) if may[edge.role]]
    return sorted(edges, key=lambda edge: order.index(edge.action))


# --- parts of the page --------------------------------------------------------------------------------------------------

_GRAVITY = {"block": 0, "warn": 1, "info": 2}


def _by_stage(findings: list[dict[str, Any]], decision: Decision) -> list[dict[str, Any]]:
    """What the rules say, by the step that asks for an answer; the rest, which no step asks, last."""
    titles = {
        Stage.SUBMIT: _("送审前须办"),
        Stage.ENACT: _("实施前须办"),
        Stage.CLOSE: _("结案前须办"),
    }
    enacted = decision.state == DecisionState.ENACTED
    # Once enacted, what the application held is no longer asked for, and what closing asks for stands in the follow-up.
    left = [one for one in findings if not enacted or not one["stages"] or Stage.ENACT.value in one["stages"]]
    shown: list[dict[str, Any]] = []
    for stage, title in titles.items():
        rows = [one for one in left if stage.value in one["stages"] and (stage is Stage.ENACT or not enacted)]
        left = [one for one in left if one not in rows]
        if rows:
            waiting = sum(1 for one in rows if not one["settled"])
            shown.append({"stage": stage.value, "title": title, "rows": _grouped(rows), "waiting": waiting})
    if left:
        shown.append({"stage": "", "title": _("提示"), "rows": _grouped(left), "waiting": 0})
    return shown


def _grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings of one rule that say the same of several things stand together and are answered at once."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in rows:
        answer = one["answer"]["id"] if one["answer"] else None
        groups.setdefault((one["rule"], one["code"], one["severity"], answer), []).append(one)
    found = [{**group[0], "all": group, "subject": group[0]["subject"] if len(group) == 1 else ""} for group in groups.values()]
    return sorted(found, key=lambda one: (one["settled"], _GRAVITY[one["severity"]]))


def _open_warnings(findings: list[dict[str, Any]]) -> dict[str, int]:
    """How many warnings each step would ask a reason for."""
    return {
        stage.value: sum(1 for one in findings if stage.value in one["stages"] and not one["settled"] and one["severity"] == "warn")
        for stage in Stage
    }


def _dossier(decision: Decision) -> list[dict[str, Any]]:
    filed = list(decision.files.filter(removed_at=None).exclude(document_class="").select_related("file", "added_by"))
    return [
        {"document": document, "filed": [one for one in filed if one.document_class == document.id]}
        for document in DOCUMENT_CLASSES.values()
    ]


def _case_rows(decision: Decision) -> list[tuple[str, str]]:
    """(label, words) of what is stated; departments and facts are told one by one."""
    case = decision_findings.case_of(decision)
    form = CaseForm(case=case)
    rows = []
    for name, bound in form.fields.items():
        value = bound.initial
        if not value:
            continue
        if isinstance(bound, ChoiceField):
            words = dict(bound.choices)  # type: ignore[arg-type]
            value = "、".join(str(words.get(one, one)) for one in (value if isinstance(value, list) else [value]))
        label = str(bound.label)
        if name.startswith("opinion-"):
            label = _("%(department)s部门意见") % {"department": label}
        elif name.startswith("not-needed-"):
            label = _("不征求%(department)s部门意见的理由") % {"department": label}
        rows.append((label, str(value)))
    rows += [(_("驻地"), f"{seat.old or '—'} → {seat.new or '—'}") for seat in case.seats.values()]
    return rows


def _difference(refused: DomainError | None) -> list[dict[str, Any]]:
    """What moved in the register since the preview, as rows to read."""
    if refused is None:
        return []
    titles = {
        "closed": _("到期的记录"),
        "opened": _("新的记录"),
        "lineage": _("沿革"),
        "codes.retired": _("废止的代码"),
        "codes.assigned": _("赋予的代码"),
        "codes.needed": _("待定的代码"),
        "topology": _("拓扑"),
        "obstacles": _("不能实施的原因"),
    }
    return [
        {
            "title": titles.get(part["section"], part["section"]),
            "before": [_said(one) for one in part["before"]],
            "now": [_said(one) for one in part["now"]],
        }
        for part in refused.details.get("difference", ())
    ]


def _said(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    if "predecessor" in entry:
        return f"{entry['predecessor']['unit_name']} → {entry['successor']['unit_name']}"
    if "message" in entry:
        return str(entry["message"])
    words = [str(entry.get(name)) for name in ("unit_name", "name", "code", "parent_name") if entry.get(name)]
    if entry.get("area_m2"):
        words.append(f"{entry['area_m2'] / 1e6:,.2f} km²")
    return " ".join(dict.fromkeys(words))


def _is_demo(decision: Decision, document: Any) -> bool:
    """What is made out of demo data stays demo data, and says so."""
    if decision.source is not None:
        return decision.source.kind == SourceKind.DEMO
    records = [one["record"] for one in document.get("closed", ()) if one.get("record")]
    return DivisionRecord.objects.filter(pk__in=records, source__kind=SourceKind.DEMO).exists()


def _asked(decision: Decision, made: decisions.Preview | None) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(units whose seat is asked for, outposts whose establisher is asked for), each as (key, name)."""
    case = decision_findings.case_of(decision)
    seats: dict[str, str] = dict.fromkeys(case.seats, "")
    outposts: dict[str, str] = dict.fromkeys(case.established_by, "")
    if made is not None:
        for one in made.plan.opened:
            if isinstance(one.unit, str) and one.state.level <= 4:
                seats[one.unit] = one.state.name
        for act in decision.acts.filter(kind="move_seat"):
            key = act.data.get("unit")
            seats[str(key)] = _name_in(made, key)
        for closed in made.plan.closed:
            if closed.state.type in OUTPOSTS:
                outposts[str(closed.unit)] = closed.state.name
    return [(key, name or key) for key, name in seats.items()], [(key, name or key) for key, name in outposts.items()]


def _name_in(made: decisions.Preview, key: Any) -> str:
    unit = made.register.units.get(key)
    state = unit.on(made.plan.day) if unit is not None else None
    return state.name if state is not None else str(key)


def _sections(form: CaseForm) -> list[dict[str, Any]]:
    """The case's fields in the order of the dossier's articles; a section is open where something in it is filled."""
    parts: list[tuple[str, str, list[str]]] = [
        (_("方案"), "CHG-PLAN-01–04", ["reasons", "plan_author", "boundary", "territory", "signed_by", "failure_record"]),
        (_("基本情况"), _("《行政区划管理条例》第十三条第二项"), [name for name in form.fields if name.startswith("facts-")]),
        (_("审批"), "CHG-AUTH-01–04", ["approver_body", "mandate", "filed", "touches"]),
        (_("县级界线"), "CHG-BND-05", ["scope", "scope_reason"]),
        (_("民族"), "CHG-ETH-01、02", ["ethnic_document", "minority_share", "autonomous_record"]),
        (_("代码"), "CODE-03、07", ["code_determiner", "county_code_determiner", "code_document"]),
    ]
    return [
        {
            "title": title,
            "basis": basis,
            "fields": [form[name] for name in names],
            "open": any(form[name].initial for name in names),
        }
        for title, basis, names in parts
    ]
