"""How often one network address may ask, for what is open to everybody.

Counted in a table that all server processes share, in fixed windows of a minute: a guard against floods, not an account.
(django-ratelimit wants a cache that counts atomically for all processes, which an installation without Redis has not; django-axes
counts log-ins only; docs/decisions/0092, 0112.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gis.errors import DomainError
from gis.services.client_address import client_address

WINDOW_SECONDS: Final = 60
_WINDOW: Final = f"floor(extract(epoch FROM clock_timestamp()) / {WINDOW_SECONDS})::int"
# Who is beyond the limit is read and not written: a flood costs the table nothing.
_COUNT: Final = f"""
INSERT INTO yudi_throttlecount AS held (who, "window", asked) VALUES (%s, {_WINDOW}, 1)
ON CONFLICT (who) DO UPDATE
    SET asked = CASE WHEN held."window" = excluded."window" THEN held.asked + 1 ELSE 1 END, "window" = excluded."window"
    WHERE held."window" <> excluded."window" OR held.asked < %s
RETURNING asked
"""


class TooManyError(DomainError):
    status = 429


def within(kind: str, who: str, most: int) -> bool:
    """Counts one more of `who` and tells whether it is still within `most` in this window; 0 is no limit."""
    if most <= 0:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_digest(kind, who), most])
        return cursor.fetchone() is not None


def forget() -> None:
    """Counts of windows that are over; a look of the worker's upkeep."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM yudi_throttlecount WHERE "window" < {_WINDOW} - 1')


def _digest(kind: str, who: str) -> int:
    told = hashlib.blake2b(f"{kind} {who}".encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=8).digest()
    return int.from_bytes(told, signed=True)


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
