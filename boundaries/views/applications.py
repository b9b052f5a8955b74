"""Applications: list, draft, dossier, steps, and the paper that goes with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boundaries import policies, wording
from boundaries.documents.check_opinion import check_opinion
from boundaries.forms.application import AttachmentForm, PlanForm, StepForm, VersionForm, proposed_plan
from boundaries.frozen_check import criteria_in_words
from boundaries.models import Application, ApplicationState, Division, DivisionRecord, DivisionType, Target
from boundaries.querysets import lines_of
from boundaries.rules.application_states import Action, Edge, Role, edges_from
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services import application_checks
from boundaries.services import applications as services
from boundaries.services.establishment import check
from boundaries.views.check_rows import sections
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.accounts.areas import areas_reached
from gis.accounts.models import Duty
from gis.errors import DomainError, InvalidInputError, NotFoundError
from gis.views.forms import attempt, first_error

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
@require_GET
def application_list(request: HttpRequest) -> HttpResponse:
    """Applications within the person's areas, newest first."""
    ensure(policies.may_view_register(request.user))
    rows = visible_applications(request.user).select_related("created_by")
    state = request.GET.get("state", "")
    if state in ApplicationState.values:
        rows = rows.filter(state=state)
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(proposed_name__icontains=text) | rows.filter(number__icontains=text)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    names = current_names([row.division_id for row in page])
    context = {
        "page_obj": page,
        "rows": [(row, names.get(row.division_id, "")) for row in page],
        "states": ApplicationState.choices,
        "state": state,
        "q": text,
    }
    return render(request, "boundaries/application_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest) -> HttpResponse:
    """Drafts an application for ?division=ID&target=town|subdistrict."""
    division, target = _asked_for(request)
    ensure(policies.may_draft_application(request.user, division))
    record = _record_today(division)
    application = Application(division=division, target=target)
    if request.method == "POST":
        form = PlanForm(request.POST, instance=application, ethnic=_is_ethnic(record))
        if form.is_valid():
            try:
                created = services.create_draft(person(request), division, target, **form.plan())
            except InvalidInputError as error:
                _show_on_form(form, error)
            else:
                messages.success(request, _("草稿 %(number)s 已保存。") % {"number": created.number})
                return redirect("application", created.pk)
    else:
        parent = DivisionRecord.objects.on(timezone.localdate()).filter(division=record.parent_id).first()
        form = PlanForm(
            instance=application, ethnic=_is_ethnic(record), initial=proposed_plan(target, record, parent.name if parent else "")
        )
    context = {
        "form": form,
        "record": record,
        "target": Target(target),
        "application": None,
        "brief": _brief(division, target),
    }
    return render(request, "boundaries/application_form.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


@login_required
@require_http_methods(["GET", "POST"])
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    application = _visible(request, pk)
    ensure(policies.may_edit_application(request.user, application))
    record = _record_today(application.division)
    form = PlanForm(request.POST or None, instance=application, ethnic=_is_ethnic(record))
    if request.method == "POST" and form.is_valid():
        plan = form.plan()
        try:
            services.update_draft(person(request), application, form.cleaned_data["version"] or 0, **plan)
        except DomainError as error:
            _show_on_form(form, error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("application", pk)
    context = {
        "form": form,
        "record": record,
        "target": Target(application.target),
        "application": application,
        "brief": _brief(application.division, application.target),
    }
    return render(request, "boundaries/application_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def application_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Takes one step; on refusal the page comes back with the reason and what was typed."""
    application = _visible(request, pk)
    if action not in set(Action):
        raise NotFoundError("unknown_step", _("没有这一步。"))
    form = StepForm(request.POST)
    if not form.is_valid():
        return _show(request, application, refused=first_error(form), action=action, status=422)
    given = form.cleaned_data
    with attempt() as tried:
        services.take_step(
            person(request),
            application,
            given["version"],
            action,
            note=given["note"],
            decision_number=given["decision_number"],
            decided_on=given["decided_on"],
        )
    if tried.refused is not None:
        return _show(request, application, refused=tried.refused, action=action, typed=given, status=tried.refused.status)
    messages.success(request, _("已办理。"))
    return redirect("application", pk)


@login_required
@require_POST
def application_attach(request: HttpRequest, pk: int) -> HttpResponse:
    application = _visible(request, pk)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        typed = {"document_class": request.POST.get("document_class", "")}
        return _show(request, application, refused=first_error(form), action="attach", typed=typed, status=422)
    given = form.cleaned_data
    with attempt() as tried:
        services.add_attachment(
            person(request),
            application,
            given["version"],
            given["document_class"],
            given["file"],
            given["title"],
            [part for part in request.POST.getlist("parts") if part in _part_ids(given["document_class"])],
        )
    if tried.refused is not None:
        return _show(request, application, refused=tried.refused, action="attach", typed=given, status=tried.refused.status)
    messages.success(request, _("材料已加入。"))
    return redirect("application", pk)


@login_required
@require_POST
def application_detach(request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
    """Takes a document out, or puts it back (``restore`` in the form)."""
    application = _visible(request, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise first_error(form)
    version = form.cleaned_data["version"]
    if request.POST.get("restore"):
        services.restore_attachment(person(request), application, version, attachment)
        messages.success(request, _("材料已放回。"))
    else:
        services.remove_attachment(person(request), application, version, attachment)
        messages.success(request, _("材料已移出；可在“已移出的材料”中放回。"))
    return redirect("application", pk)


@login_required
@require_GET
def application_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """The 校核意见 as .docx: of the frozen check where there is one, else of the application as it stands today."""
    application = _visible(request, pk)
    today = timezone.localdate()
    frozen = application.evaluation or application_checks.run(application, today).frozen
    content = check_opinion(
        number=application.number,
        frozen=frozen,
        plan={name: getattr(application, name) for name in services.PLAN_FIELDS},
        target=application.target,
        made_on=today,
        drafted_by=str(request.user),
    )
    response = HttpResponse(content, content_type=DOCX)
    name = quote(f"校核意见_{application.number}_{application.proposed_name}.docx")
    response["Content-Disposition"] = f"attachment; filename=\"{application.number}.docx\"; filename*=UTF-8''{name}"
    return response


@login_required
@require_GET
def applications_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The applications of one division, for the map's panel."""
    ensure(policies.may_view_register(request.user))
    division = get_object_or_404(Division, pk=pk)
    context = {
        "division": division,
        "applications": visible_applications(request.user).filter(division=division)[:10],
        "may_draft": policies.may_draft_application(request.user, division),
    }
    return render(request, "boundaries/applications_panel.html", context)


def visible_applications(user: Any) -> Any:
    """Applications of the areas in which the person holds any duty."""
    reached = areas_reached(user, list(Duty))
    return Application.objects.all() if reached is None else Application.objects.filter(division__in=reached)


def current_names(divisions: list[int]) -> dict[int, str]:
    """What each is called; one that is no more as it was called last."""
    return {division: line[0][1] for division, line in lines_of(divisions, timezone.localdate()).items()}


def _visible(request: HttpRequest, pk: int) -> Application:
    application = get_object_or_404(Application.objects.select_related("division", "created_by", "rule_set"), pk=pk)
    ensure(policies.may_view_application(request.user, application))
    return application


def _asked_for(request: HttpRequest) -> tuple[Division, str]:
    given = request.POST if request.method == "POST" else request.GET
    target, number = given.get("target", ""), given.get("division", "")
    if target not in Target.values:
        raise InvalidInputError("unknown_target", _("申请事项只能是设镇或设街道。"))
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        raise InvalidInputError("unknown_division", _("没有指明要变更的区划。请从地图或区划页面进入。"))
    return get_object_or_404(Division, pk=int(number)), target


def _record_today(division: Division) -> DivisionRecord:
    record = DivisionRecord.objects.on(timezone.localdate()).filter(division=division).defer("geometry").first()
    if record is None:
        raise NotFoundError("division_not_in_force", _("该区划今日不在册。"))
    return record


def _plan_rows(application: Application, record: DivisionRecord) -> list[tuple[Any, Any]]:
    """(label, words) of the plan; the two questions on ethnic townships only where they are asked or were answered."""
    rows = []
    for name in services.PLAN_FIELDS:
        words = getattr(application, name)
        if name.startswith("ethnic_") and not words and not _is_ethnic(record):
            continue
        if name == "proposed_type":
            words = dict(DivisionType.choices).get(words, words)
        rows.append((services.plan_column(name).verbose_name, words))
    return rows


def _is_ethnic(record: DivisionRecord) -> bool:
    return record.type == DivisionType.ETHNIC_TOWNSHIP


def _latest_record(division: int) -> DivisionRecord:
    """The record a page shows when the unit may have been abolished since: the latest we hold."""
    return DivisionRecord.objects.current().filter(division=division).order_by("-valid").defer("geometry")[0]


def _preview(application: Application) -> dict[str, Any] | None:
    """The check as it would come out today; None when there is no standard to go by or the unit is gone."""
    try:
        return application_checks.run(application, timezone.localdate()).frozen
    except DomainError:
        return None


def _part_ids(document_class: str) -> set[str]:
    parts = {part.id for part in DOCUMENT_CLASSES[document_class].parts}
    return parts | {application_checks.COVERS_ALL} if document_class == "maps" else parts


def _show_on_form(form: PlanForm, error: DomainError) -> None:
    fields = getattr(error, "fields", {})
    for name, sentences in fields.items():
        form.add_error(name if name in form.fields else None, sentences)
    if not fields:
        form.add_error(None, str(error.message))


def _brief(division: Division, target: str) -> dict[str, Any] | None:
    """What the standard says today, to have before one's eyes while writing the reasons; None without a standard."""
    try:
        result = check(target, timezone.localdate(), division=division.pk)
    except DomainError:
        return None
    rows = [row for section in sections(result) if section.applies != "no" for row in section.rows]
    return {
        "chip": wording.CHIPS[result.evaluation.overall.value],
        "words": wording.OVERALL[result.evaluation.overall.value],
        "advisory": result.advisory,
        "open": [row for row in rows if row.verdict in ("not_met", "missing", "needs_person")],
        "met": [row for row in rows if row.verdict == "met"],
    }


def _judged(frozen: dict[str, Any]) -> dict[str, Any]:
    """The verdict of a check and the criteria behind it, in words."""
    establishment, rows = frozen["establishment"], criteria_in_words(frozen)
    return {
        "chip": wording.CHIPS[establishment["overall"]],
        "words": wording.OVERALL[establishment["overall"]],
        "tiers": [wording.pick(one["title"], one["title_en"]) for one in establishment["tiers"] if one["applies"] == "yes"],
        "open": [row for row in rows if row.verdict != "met"],
        "met": [row for row in rows if row.verdict == "met"],
    }


def _findings(frozen: dict[str, Any]) -> list[dict[str, Any]]:
    """What is to be dealt with and not told elsewhere on the page: STD-00 stands above the verdict, CHG-DOC-01 in the dossier."""
    return [one for one in application_checks.findings(frozen) if one["rule"] not in ("STD-00", "CHG-DOC-01")]


def _steps(request: HttpRequest, application: Application) -> list[Edge]:
    """The next steps this person may take, those that lead on before those that lead back."""
    may = {
        Role.APPLICANT: policies.may_edit_application(request.user, application),
        Role.REVIEWER: policies.may_review_application(request.user, application),
    }
    back = {Action.RETURN, Action.WITHDRAW}
    if application.state == ApplicationState.CHECKED:
        back.add(Action.REVISE)
    return sorted((step for step in edges_from(application.state) if may[step.role]), key=lambda step: step.action in back)


def _dossier_rows(application: Application) -> list[dict[str, Any]]:
    filed = list(application.attachments.filter(removed_at=None).select_related("file", "added_by"))
    return [
        {"document": document, "filed": [one for one in filed if one.document_class == document.id]}
        for document in DOCUMENT_CLASSES.values()
    ]


def _show(
    request: HttpRequest,
    application: Application,
    *,
    refused: DomainError | None = None,
    action: str = "",
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    application.refresh_from_db()
    editable = application.state in services.EDITABLE_STATES and policies.may_edit_application(request.user, application)
    seen = application.evaluation or _preview(application)
    record = _latest_record(application.division_id)
    dossier = _dossier_rows(application)
    context = {
        "application": application,
        "record": record,
        "steps": _steps(request, application),
        "editable": editable,
        "dossier": dossier,
        "lacking_documents": sum(1 for row in dossier if row["document"].required and not row["filed"]),
        "removed": application.attachments.exclude(removed_at=None).select_related("file"),
        "covers_all": application_checks.COVERS_ALL,
        "check": seen,
        "judged": _judged(seen) if seen else None,
        "frozen": application.evaluation is not None,
        "findings": _findings(seen) if seen else [],
        "events": application.events.select_related("by"),
        "plan": _plan_rows(application, record),
        "refused": refused,
        "refused_action": action,
        "typed": typed or {},
    }
    return render(request, "boundaries/application_detail.html", context, status=status)
