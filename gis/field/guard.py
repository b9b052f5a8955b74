"""What the phones' addresses ask of who calls them: a status and JSON, never a page to log in on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from gis.errors import DomainError, NotLoggedInError


def for_phones(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whoever is logged in; the view asks its policy. 401 tells the program that the session is over and the queue has to wait."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if not request.user.is_authenticated:
                raise NotLoggedInError("not_logged_in", _("登录已过期，请重新登录。"))
            return view(request, *args, **kwargs)
        except DomainError as error:
            return JsonResponse({"error": error.as_dict()}, status=error.status)

    return guarded
