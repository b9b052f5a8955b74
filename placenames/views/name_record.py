"""登记资料: a name's records as the office keeps them, with their history, and saying anew what was recorded wrongly.

Giving, changing and cancelling a name are cases of their own; nothing here is.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries.facts import facts_of
from boundaries.models import Division, DivisionCode
from boundaries.services.places import find_by_code
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError, NotFoundError
from gis.views.forms import attempt, show_refusal
from placenames import policies
from placenames.archive_subject import Moved, Subject, find_subject
from placenames.forms.record import CENSUS, LONG, RecordForm
from placenames.models import FormKind, NameForm, PlaceName, PlaceNameRecord, Script
from placenames.naming_register import names_of_areas
from placenames.positions import area_at, keeper_area
from placenames.rules.classes import name_of
from placenames.services import name_codes, names


@login_required
@require_safe
def record_page(request: HttpRequest, key: str) -> HttpResponse:
    """/names/KEY/record/: every record on both clocks, the latest first; what no longer holds says until when it was held."""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    place = subject.place
    records = (
        PlaceNameRecord.objects.filter(place=place).select_related("source", "census", "area").order_by("-recorded")
        if place
        else PlaceNameRecord.objects.none()
    )
    may_edit = policies.may_edit_names(request.user, subject.area)
    shown = [one for one in records if one.secrecy == "open" or policies.may_view_secret_names(request.user, subject.area)]
    context: dict[str, Any] = {
        "subject": subject,
        "rows": [(one, name_of(one.place_class), _census(one)) for one in shown],
        "open": {one.pk: _open_points(one, subject) for one in shown if one.recorded.upper is None} if may_edit else {},
        "areas": names_of_areas([one.area_id for one in shown if one.area_id]),
        "forms": NameForm.objects.filter(place=place).select_related("source").order_by("-recorded") if place else [],
        "kinds": FormKind.choices,
        "scripts": Script.choices,
        "may_edit": may_edit,
        "describable": subject.division is not None and not any(one.recorded.upper is None for one in shown),
    }
    return render(request, "placenames/name_record.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def record_edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Saying one record anew."""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    record = get_object_or_404(PlaceNameRecord.objects.current().select_related("area"), pk=pk, place=subject.place)
    ensure(
        policies.may_edit_names(request.user, subject.area if record.names_division else keeper_area(record, timezone.localdate()))
    )
    form = RecordForm(request.POST if request.method == "POST" else None, record=record, codes=_codes(record))
    if request.method == "POST" and form.is_valid():
        try:
            changes = _looked_up(form.changes())
            if not changes:
                raise InvalidInputError("nothing_changed", _("没有改动。"))
            names.correct_name(person(request), record, changes, form.cleaned_data["reason"])
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已更正，原来怎么登记的仍可查到。"))
            return redirect("name-record", key=subject.key)
    return _form(request, subject, form)


@login_required
@require_POST
def record_code(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Giving the one name its code, as the rule has it."""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    record = get_object_or_404(PlaceNameRecord.objects.current().select_related("area"), pk=pk, place=subject.place)
    ensure(policies.may_edit_names(request.user, record.area_id))
    with attempt() as tried:
        if record.area is None:
            raise InvalidInputError("area_unknown", _("请先设定所在行政区。"))
        made = name_codes.allot_missing(person(request), record.area, only=[record.pk])
        messages.success(request, _("已赋码 %(code)s。") % {"code": made.ready[0].allotted.code})
    if tried.refused is not None:
        messages.error(request, str(tried.refused.message))
    return redirect("name-record", key=subject.key)


@login_required
@require_POST
def record_area(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Setting the area that a record lacks: the one its position lies in, or the code in the form."""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    record = get_object_or_404(PlaceNameRecord.objects.current().select_related("area"), pk=pk, place=subject.place, area=None)
    today, posted = timezone.localdate(), Posted(request.POST)
    ensure(policies.may_edit_names(request.user, keeper_area(record, today)))
    with attempt() as tried:
        code = posted.text("area")[:20]
        lies_in = area_at(record.location, today)
        if code:
            area = _division(code, "area")
        elif lies_in is not None:
            area = Division.objects.get(pk=lies_in)
        else:
            raise InvalidInputError("area_unknown", _("由位置不能确定所在行政区，请填写代码。"))
        reason = posted.text("reason")[:300] or (_("补登所在行政区") if code else _("按登记的位置补登所在行政区"))
        names.correct_name(person(request), record, {"area": area}, reason)
        messages.success(request, _("已登记所在行政区。"))
    if tried.refused is not None:
        messages.error(request, str(tried.refused.message))
    return redirect("name-record", key=subject.key)


@login_required
@require_http_methods(["GET", "POST"])
def record_describe(request: HttpRequest, key: str) -> HttpResponse:
    """Beginning what is kept of a division's name beyond the register."""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    if subject.division is None:
        raise NotFoundError("no_such_name", _("没有这个区划。"))
    ensure(policies.may_edit_names(request.user, subject.division))
    form = RecordForm(request.POST if request.method == "POST" else None, record=None, codes={})
    form.fields["reason"].label = _("资料来源")
    if request.method == "POST" and form.is_valid():
        since = facts_of(subject.division.pk, timezone.localdate()).record.valid.lower or timezone.localdate()
        try:
            names.describe_division(person(request), subject.division, since, form.cleaned_data["reason"], form.changes())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已登记。"))
            return redirect("name-record", key=subject.key)
    return _form(request, subject, form)


@login_required
@require_POST
def form_add(request: HttpRequest, key: str) -> HttpResponse:
    """Another form of the name: alias, former, dialect …"""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    ensure(policies.may_edit_names(request.user, subject.area))
    posted = Posted(request.POST)
    try:
        place = subject.place or PlaceName.objects.get_or_create(division=subject.division)[0]
        script = posted.text("script") or Script.HANS
        if script not in Script.values:
            raise InvalidInputError("bad_form", _("请选择文字。"))
        names.add_form(
            person(request), place, posted.text("text"), posted.text("kind"), posted.text("source"),
            script=script, language=posted.text("language")[:30], years=_years(posted), note=posted.text("note")[:300],
        )  # fmt: skip
        messages.success(request, _("已登记“%(text)s”。") % {"text": posted.text("text")})
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("name-record", key=subject.key)


@login_required
@require_POST
def form_withdraw(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    ensure(policies.may_edit_names(request.user, subject.area))
    form = get_object_or_404(NameForm.objects.current(), pk=pk, place=subject.place)
    try:
        names.withdraw_form(person(request), form, Posted(request.POST).text("reason"))
        messages.success(request, _("已撤销“%(text)s”，原来的登记仍可查到。") % {"text": form.text})
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("name-record", key=subject.key)


def _open_points(record: PlaceNameRecord, subject: Subject) -> dict[str, Any]:
    """What the record still lacks that can be done at once: its area, its code."""
    if (
        record.names_division
        or record.valid is None
        or record.status not in ("standard", "in_use")
        or record.valid.upper is not None
    ):
        return {}
    if record.area_id is None:
        return {"area": True, "lies_in": names_of_areas([subject.area]).get(subject.area, "") if subject.area else ""}
    if record.code:
        return {}
    allotted = name_codes.allot(record.place_class, record.area_id, record.location)
    return {"code": allotted.code, "no_code": name_codes.in_words(allotted, record.place_class)}


def _form(request: HttpRequest, subject: Subject, form: RecordForm) -> HttpResponse:
    census = {one.name for one in CENSUS}
    fields = [form[name] for name in form.fields if name != "reason"]
    context = {
        "subject": subject,
        "form": form,
        "of_record": [one for one in fields if one.name not in census],
        "of_census": [one for one in fields if one.name in census and one.name not in LONG],
        "of_texts": [one for one in fields if one.name in LONG],
    }
    return render(request, "placenames/name_record_form.html", context)


def _subject(request: HttpRequest, key: str) -> Subject | HttpResponse:
    """Of the office alone. Raises `ForbiddenError`, `NotFoundError`."""
    ensure(policies.may_view_names(request.user))
    found = find_subject(key, request.user)
    return redirect("name-record", key=found.key) if isinstance(found, Moved) else found


def _census(record: PlaceNameRecord) -> list[tuple[Any, Any]]:
    entry = getattr(record, "census", None)
    if entry is None:
        return []
    return [(one.verbose_name, value) for one in CENSUS if (value := getattr(entry, one.name)) not in ("", None)]


def _codes(record: PlaceNameRecord) -> dict[int, str]:
    divisions = {record.area_id, *record.further_areas.values_list("division_id", flat=True)} - {None}
    rows = DivisionCode.objects.current().filter(division__in=divisions, valid__upper_inf=True).order_by("authority")
    found: dict[int, str] = {}
    for division, code in rows.values_list("division_id", "code"):
        found.setdefault(division, code)
    return found


def _looked_up(changes: dict[str, Any]) -> dict[str, Any]:
    if "area" in changes:
        changes["area"] = _division(changes["area"], "area") if changes["area"] else None
    if "further_areas" in changes:
        codes = [one for one in re.split(r"[,，、\s]+", changes["further_areas"]) if one]
        changes["further_areas"] = list(dict.fromkeys(_division(one, "further_areas").pk for one in codes))
    return changes


def _division(code: str, field: str) -> Division:
    try:
        return Division.objects.get(pk=find_by_code(code, timezone.localdate()).place.id)
    except DomainError as error:
        raise InvalidInputError("bad_area", str(error.message), fields={field: [str(error.message)]}) from None


def _years(posted: Posted) -> tuple[int, int] | None:
    """Inclusive years as typed become half-open; both or none."""
    texts = posted.text("since"), posted.text("until")
    if not any(texts):
        return None
    try:
        since, until = (int(one) for one in texts)
    except ValueError:
        raise InvalidInputError("bad_years", _("年代的起止都要写，公元前用负数。")) from None
    if not (since and until and -3000 <= since <= until <= 9998):
        raise InvalidInputError("bad_years", _("年代的起止不对。"))
    return since, until + 1 or 1
