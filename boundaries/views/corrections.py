"""订正: what the register says of a unit on both clocks, and the door to saying it anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from boundaries import facts, policies
from boundaries.forms.correction import CodeForm, EvidenceForm, RecordForm
from boundaries.models import DivisionCode, DivisionRecord, Source
from boundaries.services import correction_entry, corrections
from boundaries.services.corrections import Corrected
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.views.forms import attempt, show_refusal

Deed = Callable[[Source], Corrected[Any]]


@login_required
@require_safe
def division_records(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is and was held of a unit, the latest legal time first; what no longer holds says until when it was held."""
    ensure(policies.may_view_register(request.user))
    known = facts.facts_of(pk, timezone.localdate())
    records = DivisionRecord.objects.filter(division=pk).select_related("source").defer("geometry", "seat")
    codes = DivisionCode.objects.filter(division=pk).select_related("source")
    context = {
        "facts": known,
        "record": known.record,
        "records": records.order_by("-valid", "-recorded"),
        "codes": codes.order_by("authority", "-valid", "-recorded"),
        "may_correct": policies.may_correct_register(request.user, pk),
    }
    return render(request, "boundaries/division_records.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def record_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """First shows what a correction would leave contradicting itself, then makes it; ``withdraw`` takes it back."""
    record = get_object_or_404(DivisionRecord.objects.select_related("source").defer("geometry", "seat"), pk=pk)
    ensure(policies.may_correct_register(request.user, record.division_id))
    posted = request.POST if request.method == "POST" else None
    withdraw = bool(posted and posted.get("withdraw"))
    form: EvidenceForm = EvidenceForm(posted) if withdraw else RecordForm(posted, record=record)

    def deed() -> Deed:
        reason = form.cleaned_data["reason"]
        if withdraw:
            return partial(_withdraw, person(request), record, reason)
        values = form.values()  # type: ignore[attr-defined]
        return lambda source: corrections.correct_record(person(request), record, values, reason=reason, source=source)

    context = {"record": record, "title": record.name, "withdraw": withdraw}
    return _correct(request, record.division_id, form, deed, context)


@login_required
@require_http_methods(["GET", "POST"])
def code_correct(request: HttpRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(DivisionCode.objects.select_related("source"), pk=pk)
    ensure(policies.may_correct_register(request.user, held.division_id))
    posted = request.POST if request.method == "POST" else None
    form = CodeForm(posted, initial={"code": held.code, "valid_from": held.valid.lower})

    def deed() -> Deed:
        data = form.cleaned_data
        return lambda source: corrections.correct_code(
            person(request), held, data["code"], reason=data["reason"], source=source, valid_from=data["valid_from"]
        )

    return _correct(request, held.division_id, form, deed, {"title": held.code, "record": None, "withdraw": False})


def _withdraw(actor: Any, record: DivisionRecord, reason: str, source: Source) -> Corrected[Any]:
    return corrections.withdraw_record(actor, record, reason=reason, source=source)


def _correct(
    request: HttpRequest, division: int, form: EvidenceForm, deed: Callable[[], Deed], context: dict[str, Any]
) -> HttpResponse:
    looked: Corrected[Any] | None = None
    if request.method == "POST" and form.is_valid():
        confirmed = form.cleaned_data["seen"] == form.digest()
        with attempt() as tried:
            made = correction_entry.make(person(request), deed(), form.evidence(), look=not confirmed)
        if tried.refused is not None:
            show_refusal(form, tried.refused)
        else:
            if confirmed:
                messages.success(request, " ".join([_("已订正。原来的记录仍可在下面查到。"), *made.followed]))
                return redirect("division-records", division)
            looked = made
    context |= {"form": form, "division": division, "looked": looked, "seen": form.digest() if looked else ""}
    return render(request, "boundaries/correction.html", context, status=422 if form.errors else 200)
