"""How views ask a policy."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.accounts.models import User
from gis.errors import ForbiddenError


def ensure(allowed: bool, message: str | Promise | None = None) -> None:
    """Raises `ForbiddenError` unless `allowed`, which is the answer of a named policy."""
    if not allowed:
        raise ForbiddenError("forbidden", message or _("您的职责或管辖地域不包括这项操作。需要时请联系系统管理员。"))


def signed_in(request: HttpRequest) -> User:
    """Who asks, in a view behind `login_required`."""
    if not request.user.is_authenticated:
        raise ForbiddenError("not_logged_in", _("请先登录。"))
    return request.user
