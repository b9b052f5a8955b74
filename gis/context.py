"""What every page knows: the menu for the person's duties."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from gis.menu import menu_for


def office(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {"menu": menu_for(user, request.path) if user is not None and user.is_authenticated else []}
