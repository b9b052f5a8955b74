"""How often one network address may ask, for what is open to everybody.

Counts in a cache of each server process, in fixed windows of a minute: a guard against floods, not an account. (django-ratelimit
wants a cache that all processes share, which an installation without Redis has not; django-axes counts log-ins only;
docs/decisions/0092.)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gis.errors import DomainError
from gis.services.client_address import client_address

WINDOW_SECONDS: Final = 60


class TooManyError(DomainError):
    status = 429


def within(kind: str, who: str, most: int) -> bool:
    """Counts one more of `who` and tells whether it is still within `most` in this window; 0 is no limit."""
    if most <= 0:
        return True
    key = f"throttle:{kind}:{int(time.time()) // WINDOW_SECONDS}:{who}"
    counts = caches["throttle"]
    counts.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return counts.incr(key) <= most
    except ValueError:  # thrown out between the two because very many asked at once
        return True


View = Callable[..., HttpResponseBase]


def limited(
    kind: str, most: Callable[[], int], *, when: Callable[[HttpRequest], bool] = lambda _request: True
) -> Callable[[View], View]:
    """A view that people without a log-in may ask so many times a minute; beyond that 429, with when to come back."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated or not when(request) or within(kind, client_address(request), most()):
                return view(request, *args, **kwargs)
            error = TooManyError("too_many_requests", _("查得太频繁，请过一分钟再试。"))
            answer = (
                JsonResponse({"error": error.as_dict()}, status=error.status)
                if request.path.startswith("/api/")
                else render(request, "gis/error.html", {"error": error}, status=error.status)
            )
            answer["Retry-After"] = str(WINDOW_SECONDS)
            return answer

        return guarded

    return guard
