"""What the addresses of the standards pages carry: a day, a target, a unit, a standard."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.services.establishment import parse_target
from boundaries.services.places import find_by_code
from gis.accounts.models import User
from gis.errors import InvalidInputError


def person(request: HttpRequest) -> User:
    """Who is logged in; pages that ask have `login_required` in front."""
    if not isinstance(request.user, User):
        raise TypeError("the view is not behind login_required")
    return request.user


def day_of(request: HttpRequest, name: str = "on") -> date:
    """?on=2026-11-23; today when it is left out."""
    text = (request.GET.get(name) or request.POST.get(name) or "").strip()
    return parse(text) if text else timezone.localdate()


def parse(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2200:
        raise InvalidInputError("bad_date", _("日期应为 2026-11-23 这样的写法，收到的是“%(text)s”。") % {"text": text[:40]})
    return day


def target_of(request: HttpRequest, default: str = "town") -> str:
    return parse_target(request.GET.get("target") or default)


def root_of(request: HttpRequest, day: date) -> int | None:
    """The unit a list is limited to: ?under=CODE as people give it, or ?division=NUMBER as pages do."""
    if code := (request.GET.get("under") or "").strip():
        return find_by_code(code, day).place.id
    number = (request.GET.get("division") or "").strip()
    if not number:
        return None
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise InvalidInputError("bad_division", _("“%(text)s”不是区划编号。") % {"text": number[:40]})
    return int(number)
