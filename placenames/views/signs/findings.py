"""What patrols found, for the office: what waits to be settled, and settling it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries.views.parameters import person, root_of
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError
from gis.views.forms import attempt
from placenames import policies
from placenames.models import FindingOutcome, FixOutcome, SignFinding
from placenames.services.signs import settling
from placenames.signs.names import key_of, names_for
from placenames.signs.patrol_words import finding_words, photo_words
from placenames.signs.patrols import listed
from placenames.views.signs.shared import CHIPS

_PAGE = 30
_OUTCOMES = {
    FindingOutcome.TAKEN: "met",
    FindingOutcome.DIFFERS: "warning",
    FindingOutcome.UNLISTED: "waiting",
    FindingOutcome.REGISTERED: "met",
    FindingOutcome.DISMISSED: "neutral",
    FindingOutcome.REPLACED: "neutral",
}


@login_required
@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """?show=all (settled ones too) &under=CODE"""
    ensure(policies.may_view_signs(request.user))
    return _list(request)


def _list(request: HttpRequest, refused: DomainError | None = None) -> HttpResponse:
    day = timezone.localdate()
    rows = SignFinding.objects.none()
    try:
        rows = listed(person(request), request.GET.dict(), root_of(request, day))
    except DomainError as error:
        refused = error
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "page_obj": page,
        "rows": rows_of(request, list(page.object_list), named=True),
        "show": request.GET.get("show", ""),
        "given": request.GET,
        "any": SignFinding.objects.exists(),
        "may_patrol": policies.may_open_patrol(request.user),
        "refused": refused,
    }
    return render(request, "placenames/signs/findings.html", context, status=refused.status if refused else 200)


def rows_of(request: HttpRequest, findings: list[SignFinding], *, named: bool = False) -> list[dict[str, Any]]:
    """Findings as `signs/parts/finding.html` shows them; `named`: with the names of their signs."""
    keys = [key_of(one.sign) for one in findings if one.sign is not None] if named else []
    names = names_for(keys, timezone.localdate(), outlines=False)
    allowed = {area: policies.may_settle_findings(request.user, area) for area in {one.area_id for one in findings}}
    rows = []
    for one in findings:
        key = key_of(one.sign) if one.sign is not None else None
        may = allowed[one.area_id]
        rows.append(
            {
                "finding": one,
                "name": names[key].named.name if key in names and key is not None else one.name,
                "chip": CHIPS[one.state],
                "outcome_chip": _OUTCOMES[FindingOutcome(one.outcome)],
                "doubts": finding_words(one),
                "photos": [(photo, photo_words(photo)) for photo in one.photos.all() if photo.removed_at is None],
                "may_adopt": may and one.outcome == FindingOutcome.DIFFERS,
                "may_register": may and one.outcome == FindingOutcome.UNLISTED,
                "may_fix": may and one.fix == FixOutcome.PROPOSED,
            }
        )
    return rows


@login_required
@require_POST
def finding_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """adopt, dismiss (`reason`), fix, keep: the office settles a finding or the position it proposes."""
    finding = get_object_or_404(SignFinding.objects.select_related("sign"), pk=pk)
    actor = person(request)
    with attempt() as tried:
        if step == "adopt":
            settling.adopt(actor, finding)
        elif step == "dismiss":
            settling.dismiss(actor, finding, request.POST.get("reason", ""))
        elif step == "fix":
            settling.accept_fix(actor, finding)
        elif step == "keep":
            settling.dismiss_fix(actor, finding)
        else:
            raise InvalidInputError("bad_step", _("没有这一步。"))
    if tried.refused is not None:
        return _list(request, tried.refused)
    messages.success(request, _("已记入。"))
    back = request.POST.get("back", "")
    inside = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if back and inside else reverse("sign-findings"))
