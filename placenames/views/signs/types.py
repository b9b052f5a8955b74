"""The types of signs as they hold, an office's own table over them, and where the register of signs counts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boundaries.services.places import find_by_code
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError
from gis.views.forms import attempt
from placenames import policies
from placenames.models import SignLedger, SignTypeEdition
from placenames.rules.signs.types import COLOURS, SignType, shipped
from placenames.services.signs import editions
from placenames.signs.types_in_force import types_in_force


@login_required
@require_http_methods(["GET", "POST"])
def type_list(request: HttpRequest) -> HttpResponse:
    """POST: a table (TOML) to lie over the shipped one."""
    ensure(policies.may_view_signs(request.user))
    refused: DomainError | None = None
    if request.method == "POST":
        ensure(policies.may_load_sign_types(request.user))
        try:
            upload = request.FILES.get("file")
            if upload is None or (upload.size or 0) > editions.LIMIT_BYTES:
                raise InvalidInputError("file_missing", _("请选择不超过 1 MB 的 TOML 文件。"))
            told = editions.load_types(person(request), upload.read(), upload.name or "", request.POST.get("source", ""))
            words = _("已载入 %(types)s 种类型。") if told["changed"] else _("与已载入的相同，未作改动。")
            messages.success(request, words % told)
            return redirect("sign-types")
        except InvalidInputError as error:
            refused = error
    table = types_in_force()
    context = {
        "table": table,
        "types": [_told(one) for one in table.types.values()],
        "shipped": shipped(),
        "editions": SignTypeEdition.objects.select_related("source", "source__recorded_by").order_by("-pk")[:20],
        "wanted": table.wanted,
        "may_load": policies.may_load_sign_types(request.user),
        "refused": refused,
        "problems": refused.details.get("problems", []) if refused else [],
    }
    return render(request, "placenames/signs/types.html", context, status=refused.status if refused else 200)


def _told(kind: SignType) -> dict[str, object]:
    return {
        "type": kind,
        "size": f"{kind.width_mm:g} × {kind.height_mm:g}" if kind.width_mm and kind.height_mm else "",
        "grounds": [(one.when, COLOURS[one.ground][0], COLOURS[one.ink][0]) for one in kind.ground],
        "parts": len(kind.parts),
        "missing": kind.missing,
    }


@login_required
@require_POST
def ledger_declare(request: HttpRequest) -> HttpResponse:
    given = Posted(request.POST)
    place = find_by_code(given.text("under"), timezone.localdate()).place
    ensure(policies.may_declare_sign_ledger(request.user, place.id))
    with attempt() as tried:
        editions.declare_ledger(person(request), place.id, given.day("since") or timezone.localdate(), given.text("basis"))
        messages.success(request, _("标志台账已启用，设置率从此由台账计算。"))
    if tried.refused is not None:
        messages.error(request, str(tried.refused))
    return redirect(f"{reverse('sign-gaps')}?under={given.text('under')}")


@login_required
@require_POST
def ledger_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    ledger = get_object_or_404(SignLedger, pk=pk)
    ensure(policies.may_declare_sign_ledger(request.user, ledger.area_id))
    with attempt() as tried:
        editions.withdraw_ledger(person(request), ledger, request.POST.get("reason", ""))
        messages.success(request, _("标志台账已停用，设置率改由人填报。"))
    if tried.refused is not None:
        messages.error(request, str(tried.refused))
    return redirect("sign-gaps")
