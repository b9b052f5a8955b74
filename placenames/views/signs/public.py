"""What the code on a sign opens for anybody: the name it shows, its archive page, and a form to report the sign."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gis.errors import DomainError
from gis.services.client_address import client_address
from placenames.models import PlaceNameRecord, Secrecy, Sign, SignState
from placenames.services.signs import keeping
from placenames.signs.names import key_of, names_for
from placenames.views.signs.shared import archive_link, what_words


@require_http_methods(["GET", "POST"])
def sign_public(request: HttpRequest, token: str) -> HttpResponse:
    """No log-in. A POST reports; ?sent=1 thanks. Nothing of the office's own is told: no place, no cost, no state."""
    secret = PlaceNameRecord.objects.current().exclude(secrecy=Secrecy.OPEN).values("place")
    sign = get_object_or_404(Sign.objects.exclude(place__in=secret).exclude(state=SignState.PLANNED), token=token)
    refused: DomainError | None = None
    given: dict[str, Any] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "").replace("\0", "") for name in ("what", "text", "contact")}
        upload = request.FILES.get("photo")
        try:
            if not request.POST.get("website"):  # a field that people do not see; what fills it is no person
                keeping.report(
                    sign, **given, sender=client_address(request), photo=upload, photo_name=(upload.name or "") if upload else ""
                )
            return redirect(f"{request.path}?sent=1")
        except DomainError as error:
            refused = error
    key = key_of(sign)
    named = names_for([key], timezone.localdate(), outlines=False).get(key) if key is not None else None
    context = {
        "sign": sign,
        "named": named,
        "archive": archive_link(sign),
        "what": what_words(),
        "given": given,
        "sent": "sent" in request.GET and request.method == "GET",
        "refused": refused,
    }
    return render(request, "placenames/signs/public.html", context, status=refused.status if refused else 200)
