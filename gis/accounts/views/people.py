"""Administrators look after people and duties."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis.accounts import policies, services
from gis.accounts.access import ensure, signed_in
from gis.accounts.areas import areas_reached, source
from gis.accounts.duties import areas_held
from gis.accounts.forms import DutyForm, NewUserForm, ReasonForm, UserForm
from gis.accounts.models import Duty, DutyAssignment, User
from gis.accounts.querysets import people_seen_by, with_current_duties
from gis.errors import DomainError
from gis.views.forms import show_refusal

PER_PAGE = 50
AREAS_SHOWN = 12


def _administrator(request: HttpRequest) -> User:
    user = signed_in(request)
    ensure(policies.may_administer_people(user))
    return user


def _person(request: HttpRequest, pk: int) -> User:
    """Somebody whom the administrator may see; others do not exist for them."""
    return get_object_or_404(people_seen_by(_administrator(request)), pk=pk)


@login_required
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    people = with_current_duties(_matching(people_seen_by(_administrator(request)), request))
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    areas = source().named({duty.area_id for person in page for duty in _duties(person) if duty.area_id})
    for person in page:
        for duty in _duties(person):
            duty.area_shown = areas.get(duty.area_id)  # type: ignore[attr-defined,arg-type]  # for the template
    chosen = {name: request.GET.get(name, "") for name in ("q", "duty", "active")}
    return render(request, "gis/people/list.html", {"page": page, "duties": Duty.choices, "chosen": chosen})


def _duties(person: User) -> list[DutyAssignment]:
    duties: list[DutyAssignment] = person.current_duties  # type: ignore[attr-defined]  # by with_current_duties
    return duties


def _matching(people: QuerySet[User], request: HttpRequest) -> QuerySet[User]:
    if text := request.GET.get("q", "").strip():
        people = people.filter(Q(username__icontains=text) | Q(display_name__icontains=text) | Q(organisation__icontains=text))
    if (duty := request.GET.get("duty", "")) in Duty.values:
        holders = DutyAssignment.objects.filter(duty=duty, ended=None)
        people = people.filter(pk__in=holders.values("user"))
    if request.GET.get("active") in {"0", "1"}:
        people = people.filter(is_active=request.GET["active"] == "1")
    return people


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    administrator = _administrator(request)
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = services.create_user(administrator, **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return _tell_password(request, person, password, first=True)
    return render(request, "gis/people/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = UserForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_user(_administrator(request), person, **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("person-detail", pk=pk)
    return render(request, "gis/people/detail.html", _facts(request, person, form), status=422 if form.errors else 200)


def _facts(request: HttpRequest, person: User, form: UserForm) -> dict[str, Any]:
    assignments = list(person.duty_assignments.order_by("ended", "-id"))
    areas = source().named({assignment.area_id for assignment in assignments if assignment.area_id})
    for assignment in assignments:
        assignment.area_shown = areas.get(assignment.area_id)  # type: ignore[attr-defined,arg-type]
        assignment.may_end = policies.may_assign_duty(request.user, assignment.area_id)  # type: ignore[attr-defined]
    return {
        "person": person,
        "form": form,
        "reason_form": ReasonForm(),
        "current": [assignment for assignment in assignments if assignment.ended is None],
        "former": [assignment for assignment in assignments if assignment.ended is not None],
        "may_manage": policies.may_manage_person(request.user, person),
        "is_self": person.pk == request.user.pk,
    }


@login_required
@require_POST
def person_active(request: HttpRequest, pk: int, active: bool) -> HttpResponse:
    person = services.set_active(_administrator(request), _person(request, pk), active, request.POST.get("reason", "")[:300])
    said = _("已恢复 %(name)s 的账号。") if active else _("已停用 %(name)s 的账号，此人不能再登录。")
    messages.success(request, said % {"name": person})
    return redirect("person-detail", pk=pk)


@login_required
@never_cache
@require_POST
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    return _tell_password(request, person, services.reset_password(_administrator(request), person), first=False)


def _tell_password(request: HttpRequest, person: User, password: str, *, first: bool) -> HttpResponse:
    """Shown in the answer itself and kept nowhere, not even in a session."""
    return render(request, "gis/people/password.html", {"person": person, "password": password, "first": first})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def duty_new(request: HttpRequest, pk: int) -> HttpResponse:
    administrator, person = _administrator(request), _person(request, pk)
    form = DutyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.assign_duty(administrator, person, form.cleaned_data["duty"], form.cleaned_data["area"])
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已分配职责。"))
            return redirect("person-detail", pk=pk)
    context = {"person": person, "form": form, **_areas_found(request)}
    return render(request, "gis/people/duty_new.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def area_search(request: HttpRequest) -> HttpResponse:
    _administrator(request)
    return render(request, "gis/people/areas.html", _areas_found(request))


def _areas_found(request: HttpRequest) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:40]
    reached = areas_reached(request.user, [Duty.ADMINISTRATOR])
    # Asked for generously, because what lies outside the administrator's area is left out afterwards.
    found = source().search(text, AREAS_SHOWN if reached is None else AREAS_SHOWN * 20) if text else []
    within = [area for area in found if reached is None or area.id in reached]
    if not text and reached is not None:
        held = areas_held(request.user, [Duty.ADMINISTRATOR])
        within = list(source().named(area for area in held if area is not None).values())
    return {
        "q": text,
        "areas": within[:AREAS_SHOWN],
        "everywhere": policies.may_assign_duty(request.user, None),
        "chosen": request.POST.get("area", ""),
    }


@login_required
@require_POST
def duty_end(request: HttpRequest, pk: int, duty: int) -> HttpResponse:
    administrator = _administrator(request)
    assignment = get_object_or_404(DutyAssignment, pk=duty, user=_person(request, pk))
    services.end_duty(administrator, assignment, request.POST.get("reason", "")[:300])
    messages.success(request, _("已结束这项职责。"))
    return redirect("person-detail", pk=pk)
