"""What every page knows: the menu for the person's duties."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from gis.menu import menu_for


def office(request: HttpRequest) -> dict[str, Any]:
    """`menu` is made when a template asks for it: parts of a page and documents do not pay for its counts."""

    @cache
    def menu() -> list[dict[str, Any]]:
        user = getattr(request, "user", None)
        return list(menu_for(user, request.path)) if user is not None and user.is_authenticated else []

    return {"menu": menu}
