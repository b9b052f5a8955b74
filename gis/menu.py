"""The office menu. Apps add their entries when they are ready, so gis need not know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from gis.accounts.duties import holds_anywhere
from gis.accounts.models import Duty


@dataclass(frozen=True)
class MenuEntry:
    """`duties` lists who sees the entry; the page behind it asks its own policy all the same."""

    title: str | Promise
    url_name: str
    icon: str
    order: int
    duties: frozenset[Duty] = frozenset(Duty)
    badge: Callable[[Any], int] | None = None


_entries: dict[str, MenuEntry] = {}


def register(entry: MenuEntry) -> None:
    _entries[entry.url_name] = entry


def menu_for(user: Any, path: str) -> Iterable[dict[str, Any]]:
    rows = []
    for entry in sorted(_entries.values(), key=lambda item: item.order):
        if not holds_anywhere(user, entry.duties):
            continue
        url = reverse(entry.url_name)
        rows.append(
            {
                "title": entry.title,
                "url": url,
                "icon": entry.icon,
                "active": path == url or (url != "/" and path.startswith(url)),
                "badge": entry.badge(user) if entry.badge else 0,
            }
        )
    return rows
