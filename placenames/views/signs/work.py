"""Work orders and what the public reports: lists, opening, moving, handling; cost and progress by area."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries.querysets import subtree_ids
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person, root_of
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError
from gis.views.forms import attempt
from placenames import policies
from placenames.models import ReportState, SignReport, SignWork, WorkState
from placenames.rules.signs.checks import damage
from placenames.rules.signs.work_states import ENDS
from placenames.services.signs import keeping, works
from placenames.signs import progress
from placenames.signs.lists import seen_by
from placenames.signs.names import key_of, names_for
from placenames.signs.patrols import listed
from placenames.views.signs.register import show_sign
from placenames.views.signs.shared import editable_sign, what_words

_PAGE = 50
_CHIPS = {"open": "waiting", "making": "running", "installing": "running", "done": "done", "cancelled": "neutral"}


@login_required
@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """?state= (unfinished without it) &under=CODE"""
    ensure(policies.may_view_signs(request.user))
    day, refused = timezone.localdate(), None
    rows = (
        SignWork.objects.filter(sign__in=seen_by(request.user, day))
        .select_related("sign", "decision")
        .prefetch_related("findings__sent_by", "findings__photos")
    )
    try:
        if (root := root_of(request, day)) is not None:
            rows = rows.filter(sign__area__in=subtree_ids(root, day))
    except DomainError as error:
        rows, refused = SignWork.objects.none(), error
    counted, total = progress.by_township(rows, day)
    state = request.GET.get("state", "")
    shown = rows.filter(state=state) if state in WorkState.values else rows.exclude(state__in=ENDS)
    page = Paginator(shown.order_by("due_on", "pk"), _PAGE).get_page(request.GET.get("page"))
    names = names_for([key_of(one.sign) for one in page], day, outlines=False)
    context: dict[str, Any] = {
        "page": page,
        "page_obj": page,
        "rows": [
            {
                "work": one,
                "name": names[key].named.name if (key := key_of(one.sign)) in names and key else "",
                "chip": _CHIPS[one.state],
                "overdue": one.due_on is not None and one.due_on < day and one.state not in ENDS,
            }
            for one in page
        ],
        "states": [(value, label, _CHIPS[value]) for value, label in WorkState.choices],
        "state": state,
        "given": request.GET,
        "areas": counted,
        "total": total,
        "any": SignWork.objects.exists(),
        "reports": SignReport.objects.filter(state=ReportState.NEW).count()
        if policies.may_handle_sign_reports(request.user)
        else 0,
        "findings": listed(person(request), {}, None).count(),
        "may_handle": policies.may_handle_sign_reports(request.user),
        "refused": refused,
    }
    return render(request, "placenames/signs/works.html", context, status=refused.status if refused else 200)


@login_required
@require_POST
def work_open(request: HttpRequest, pk: int) -> HttpResponse:
    sign = editable_sign(request, pk)
    given = Posted(request.POST)
    with attempt() as tried:
        order = works.Order(given.text("kind"), given.text("reason"), given.day("due_on"), _yuan(given.text("estimate_yuan")))
        works.open_order(person(request), sign, order)
    if tried.refused is not None:
        return show_sign(request, sign, refused=tried.refused)
    messages.success(request, _("任务单已开出。"))
    return redirect(reverse("sign", args=[pk]) + "#works")


@login_required
@require_POST
def work_move(request: HttpRequest, pk: int) -> HttpResponse:
    work = get_object_or_404(SignWork.objects.select_related("sign"), pk=pk)
    sign = editable_sign(request, work.sign_id)
    given = Posted(request.POST)
    with attempt() as tried:
        works.move(
            person(request), work, given.text("to"), done_on=given.day("done_on"), cost_yuan=_yuan(given.text("cost_yuan")),
            authority=given.text("authority"), due_on=given.day("due_on"),
        )  # fmt: skip
    if tried.refused is not None:
        return show_sign(request, sign, refused=tried.refused)
    messages.success(request, _("任务单的进度已记入。"))
    return redirect(reverse("sign", args=[sign.pk]) + "#works")


def _yuan(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise InvalidInputError("bad_cost", _("费用应为不小于 0 的数。"), {"cost_yuan": [_("费用应为不小于 0 的数。")]})
    return value.quantize(Decimal("0.01"))


@login_required
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """What the public reports of signs in the person's areas; ?state="""
    ensure(policies.may_handle_sign_reports(request.user))
    return _reports(request)


def _reports(request: HttpRequest, refused: DomainError | None = None) -> HttpResponse:
    state = request.GET.get("state", ReportState.NEW)
    state = state if state in ReportState.values else ReportState.NEW
    rows = SignReport.objects.filter(state=state).select_related("sign", "photo", "work", "handled_by")
    # Asked once for each area, not for each report.
    allowed = {
        area: policies.may_edit_signs(request.user, area) for area in set(rows.order_by().values_list("sign__area", flat=True))
    }
    kept = [area for area, may in allowed.items() if may]
    mine = rows.filter(sign__area__in=[area for area in kept if area is not None])
    if None in kept:
        mine = mine | rows.filter(sign__area=None)
    page = Paginator(mine, _PAGE).get_page(request.GET.get("page"))
    words = dict(what_words())
    named = names_for([key_of(one.sign) for one in page], timezone.localdate(), outlines=False)
    names = {one.pk: named[key].named.name for one in page if (key := key_of(one.sign)) is not None and key in named}
    context = {
        "page": page,
        "page_obj": page,
        "rows": [(one, words.get(one.what, one.what), names.get(one.pk, "")) for one in page],
        "state": state,
        "states": ReportState.choices,
        "rule": damage(""),
        "refused": refused,
    }
    return render(request, "placenames/signs/reports.html", context, status=refused.status if refused else 200)


@login_required
@require_POST
def report_handle(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(SignReport.objects.select_related("sign"), pk=pk)
    with attempt() as tried:
        accepted = bool(request.POST.get("accept"))
        held = keeping.handle(person(request), report, accept=accepted, answer=request.POST.get("answer", ""))
    if tried.refused is not None:
        return _reports(request, tried.refused)
    words = _("已转任务单。") if held.state == ReportState.ACCEPTED else _("已记为不予受理。")
    messages.success(request, words)
    return redirect("sign-reports")


__all__ = ["report_handle", "report_list", "work_list", "work_move", "work_open"]
