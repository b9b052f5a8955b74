"""Answers for what went wrong outside a view's own words: pages for people, panels for parts of a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _

from gis.errors import DomainError, ForbiddenError, NotFoundError


def _answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    template = "gis/error_panel.html" if request.headers.get("HX-Request") else "gis/error.html"
    return render(request, template, {"error": error}, status=error.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Rendered without the request: what it carries is what could not be read.
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NotFoundError("not_found", _("没有这个页面或这条记录。它可能已被移走，也可能不在您的管辖范围内。")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, ForbiddenError("forbidden", _("您的职责或管辖地域不包括这项操作。需要时请联系系统管理员。")))


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: the page was open too long, or somebody else's page sent it."""
    return _answer(request, ForbiddenError("form_expired", _("页面打开太久，刚才的内容没有提交。请返回上一页，刷新后再试。")))


def server_error(request: HttpRequest) -> HttpResponse:
    # As little as possible is done here: the same defect must not strike twice.
    template = "gis/error_panel_500.html" if request.headers.get("HX-Request") else "500.html"
    return HttpResponse(loader.render_to_string(template), status=500)
