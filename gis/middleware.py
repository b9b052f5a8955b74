"""What happens around every view: refusals become answers people and programs understand; see the classes."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url

from gis.errors import DomainError
from gis.views.errors import bad_request


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.get_preferred_type(["text/html", "application/json"]) == "application/json"


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if wants_json(request):
            return JsonResponse({"error": exception.as_dict()}, status=exception.status)
        template = "gis/error_panel.html" if request.headers.get("HX-Request") else "gis/error.html"
        return render(request, template, {"error": exception}, status=exception.status)


class OfficeMiddleware:
    """Three courtesies around the office's pages.

    A null character, which PostgreSQL cannot keep and nobody types, is refused before any view sees it. A password that somebody
    else set is changed before anything else is done. And a panel that asks for something after the session has ended brings the
    reader to the log-in page, instead of showing that page inside the panel.
    """

    OPEN_WITH_OLD_PASSWORD = frozenset({"own-password", "logout", "login", "set_language", "healthz"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        response = self.get_response(request)
        if request.headers.get("HX-Request") and response.status_code == 302:
            target = response.headers["Location"]
            if urlsplit(target).path == resolve_url(settings.LOGIN_URL):
                return HttpResponse(status=204, headers={"HX-Redirect": self._log_in_and_return(request)})
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if any("\0" in value for values in request.POST.lists() for value in values[1]):
            return bad_request(request)
        if getattr(view, "open_with_old_password", False):  # tiles: nobody has to be looked up to serve them
            return None
        user = request.user
        if not user.is_authenticated or not user.must_change_password or request.resolver_match is None:
            return None
        if request.resolver_match.url_name in self.OPEN_WITH_OLD_PASSWORD:
            return None
        return redirect("own-password")

    def _log_in_and_return(self, request: HttpRequest) -> str:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = page.path + (f"?{page.query}" if page.query else "")
        return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back or '/'})}"
