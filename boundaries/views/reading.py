"""What the map's own addresses ask of who calls them. Programs get a status and JSON, never a page to log in on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from boundaries import policies
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError, NotLoggedInError

REMEMBERED_SECONDS = 60


def register_reader(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A GET or HEAD address for whoever may view the register; errors answer as JSON whatever the path."""
    return _guarded(view, _ensure_reader)


def tile_reader(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`register_reader` for addresses that a page asks for by the dozen: the policy's yes is remembered for the session.

    Whoever loses the duty or logs out can fetch tiles for a minute more; the browser has kept those it showed in any case.
    """
    guarded = _guarded(view, _ensure_remembered_reader)
    guarded.open_with_old_password = True  # type: ignore[attr-defined]  # read by gis.middleware.OfficeMiddleware
    return guarded


def _guarded(view: Callable[..., HttpResponse], ensure_may: Callable[[HttpRequest], None]) -> Callable[..., HttpResponse]:
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            ensure_may(request)
            return view(request, *args, **kwargs)
        except DomainError as error:
            return JsonResponse({"error": error.as_dict()}, status=error.status)

    return guarded


def _ensure_reader(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise NotLoggedInError("not_logged_in", gettext_lazy("登录已过期，请重新登录。"))
    ensure(policies.may_view_register(request.user))


def _ensure_remembered_reader(request: HttpRequest) -> None:
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    key = f"tile-reader:{hashlib.sha256(session.encode()).hexdigest()}"
    if session and cache.get(key):
        return
    _ensure_reader(request)
    cache.set(key, True, REMEMBERED_SECONDS)


def number(request: HttpRequest, name: str, low: float, high: float, default: float | None = None) -> float:
    """A finite number between `low` and `high`, or a refusal that names the parameter."""
    text = request.GET.get(name, "").strip()
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise InvalidInputError(
            "bad_number",
            _("参数 %(name)s 应是 %(low)s 到 %(high)s 之间的数，收到的是“%(text)s”。")
            % {"name": name, "low": f"{low:g}", "high": f"{high:g}", "text": text[:40]},
        )
    return value


def whole(request: HttpRequest, name: str, low: int, high: int, default: int) -> int:
    value = number(request, name, low, high, default)
    if value != int(value):
        raise InvalidInputError("bad_number", _("参数 %(name)s 应是整数。") % {"name": name})
    return int(value)


def day_in_path(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 and text == day.isoformat() else None
