"""The office menu. Apps add their entries when they are ready, so gis need not know them.

Entries of one duty stand together in a group that opens and closes; the group of the page one is on is open. What everybody needs
at once (to do, periods, the map) stands alone above, and so does an entry whose group holds nothing else for this person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from gis.accounts.duties import holds_anywhere
from gis.accounts.models import Duty


class Group(Enum):
    """(title, icon, place in the menu among the entries' `order`)."""

    DIVISIONS = (pgettext_lazy("menu", "区划"), "divisions", 30)
    CHANGES = (pgettext_lazy("menu", "申报与变更"), "decisions", 40)
    LINES = (pgettext_lazy("menu", "界线与联检"), "boundary", 46)
    NAMES = (pgettext_lazy("menu", "地名"), "names", 50)
    SIGNS = (pgettext_lazy("menu", "地名标志"), "signs", 55)

    @property
    def title(self) -> Promise:
        return self.value[0]

    @property
    def icon(self) -> str:
        return self.value[1]

    @property
    def order(self) -> int:
        return self.value[2]


@dataclass(frozen=True)
class MenuEntry:
    """`duties` lists who sees the entry; the page behind it asks its own policy all the same. `order` is within the group.

    also: beginnings of addresses whose pages belong to the entry and do not stand under its own.
    """

    title: str | Promise
    url_name: str
    icon: str
    order: int
    duties: frozenset[Duty] = frozenset(Duty)
    badge: Callable[[Any], int] | None = None
    group: Group | None = None
    also: tuple[str, ...] = ()


_entries: dict[str, MenuEntry] = {}


def register(entry: MenuEntry) -> None:
    _entries[entry.url_name] = entry


def menu_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Rows for the menu in their order: an entry (title, url, icon, active, badge), or a group, which has `entries` too."""
    shown = [entry for entry in sorted(_entries.values(), key=lambda one: one.order) if holds_anywhere(user, entry.duties)]
    here = _here(shown, path)
    rows: list[tuple[int, dict[str, Any]]] = []
    grouped: dict[Group, list[dict[str, Any]]] = {}
    for entry in shown:
        row = _row(entry, user, entry is here)
        if entry.group is None:
            rows.append((entry.order, row))
        else:
            grouped.setdefault(entry.group, []).append(row)
    rows += [(group.order, _together(group, entries)) for group, entries in grouped.items()]
    return [row for _order, row in sorted(rows, key=lambda one: one[0])]


def _here(shown: list[MenuEntry], path: str) -> MenuEntry | None:
    """The entry one is under: of several whose address begins the path, the one with the longest."""
    begun = ((url, entry) for entry in shown for url in (reverse(entry.url_name), *entry.also))
    under = [(len(url), entry) for url, entry in begun if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=lambda one: one[0], default=(0, None))[1]


def _row(entry: MenuEntry, user: Any, active: bool) -> dict[str, Any]:
    return {
        "title": entry.title,
        "url": reverse(entry.url_name),
        "icon": entry.icon,
        "active": active,
        "badge": entry.badge(user) if entry.badge else 0,
    }


def _together(group: Group, entries: list[dict[str, Any]]) -> dict[str, Any]:
    if len(entries) == 1:
        return entries[0]
    return {
        "title": group.title,
        "icon": group.icon,
        "entries": entries,
        "active": any(one["active"] for one in entries),
        "badge": sum(one["badge"] for one in entries),
    }
