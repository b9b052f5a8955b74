"""What people do on a decision's page: steps of the review, enacting, files, remarks, answers to findings."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from boundaries.changes.findings import COVERS_ALL
from boundaries.forms.decision import AnswerForm, CommentForm, FileForm, StepForm
from boundaries.models import DecisionComment, DecisionOverride
from boundaries.rules.decision_states import Action
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services import decision_review, decisions
from boundaries.views.decisions import show, visible
from boundaries.views.parameters import person
from gis.errors import NotFoundError
from gis.views.forms import attempt, first_error


@login_required
@require_POST
def decision_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Takes one step; on refusal the page comes back with the reason and what was typed."""
    decision = visible(request, pk)
    if action not in set(Action):
        raise NotFoundError("unknown_step", _("没有这一步。"))
    form = StepForm(request.POST)
    if not form.is_valid():
        return show(request, decision, refused=first_error(form), action=action, status=422)
    given = form.cleaned_data
    with attempt() as tried:
        if action == Action.ENACT:
            decisions.enact(person(request), decision, given["fingerprint"], reason=given["note"])
        else:
            decision_review.take_step(person(request), decision, given["version"], Action(action), note=given["note"])
    if tried.refused is not None:
        return show(request, decision, refused=tried.refused, action=action, typed=given, status=tried.refused.status)
    messages.success(request, _("已实施，登记已更新。") if action == Action.ENACT else _("已办理。"))
    return redirect("decision", pk)


@login_required
@require_POST
def decision_attach(request: HttpRequest, pk: int) -> HttpResponse:
    decision = visible(request, pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, decision, refused=first_error(form), action="attach", status=422)
    given = form.cleaned_data
    document = DOCUMENT_CLASSES.get(given["document_class"])
    known = {part.id for part in document.parts} if document else set()
    if given["document_class"] == "maps":
        known.add(COVERS_ALL)
    with attempt() as tried:
        decisions.attach_file(
            person(request),
            decision,
            given["file"],
            given["title"],
            document_class=given["document_class"],
            parts=[part for part in request.POST.getlist("parts") if part in known],
        )
    if tried.refused is not None:
        return show(request, decision, refused=tried.refused, action="attach", typed=given, status=tried.refused.status)
    messages.success(request, _("材料已加入。"))
    return redirect("decision", pk)


@login_required
@require_POST
def decision_detach(request: HttpRequest, pk: int, attached: int) -> HttpResponse:
    """Takes a file out, or puts it back (``restore`` in the form)."""
    decision = visible(request, pk)
    restore = bool(request.POST.get("restore"))
    decisions.remove_file(person(request), decision, attached, restore=restore)
    messages.success(request, _("材料已放回。") if restore else _("材料已移出；可在“已移出的材料”中放回。"))
    return redirect("decision", pk)


@login_required
@require_POST
def decision_comment(request: HttpRequest, pk: int) -> HttpResponse:
    decision = visible(request, pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return show(request, decision, refused=first_error(form), action="comment", status=422)
    with attempt() as tried:
        decision_review.comment(person(request), decision, form.cleaned_data["text"], act=form.cleaned_data["act"])
    if tried.refused is not None:
        return show(
            request, decision, refused=tried.refused, action="comment", typed=form.cleaned_data, status=tried.refused.status
        )
    return redirect("decision", pk)


@login_required
@require_POST
def decision_uncomment(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    decision = visible(request, pk)
    decision_review.withdraw_comment(person(request), get_object_or_404(DecisionComment, pk=comment, decision=decision))
    return redirect("decision", pk)


@login_required
@require_POST
def decision_answer(request: HttpRequest, pk: int) -> HttpResponse:
    decision = visible(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, decision, refused=first_error(form), action="answer", status=422)
    with attempt() as tried:
        decision_review.answer_finding(person(request), decision, **form.cleaned_data)
    if tried.refused is not None:
        return show(request, decision, refused=tried.refused, action="answer", typed=form.cleaned_data, status=tried.refused.status)
    messages.success(request, _("已答复。"))
    return redirect("decision", pk)


@login_required
@require_POST
def decision_unanswer(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    decision = visible(request, pk)
    decision_review.withdraw_answer(person(request), get_object_or_404(DecisionOverride, pk=answer, decision=decision))
    messages.success(request, _("答复已撤下。"))
    return redirect("decision", pk)
