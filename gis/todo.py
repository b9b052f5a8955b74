"""What waits for a person today. Apps register what they know; gis only gathers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from gis.accounts.duties import Person


@dataclass(frozen=True, slots=True)
class Item:
    """Something due: how many, in words, and where to go. `count` 0 is left out."""

    title: str | Promise
    count: int
    url: str
    icon: str = "applications"
    hint: str | Promise = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class Link:
    """A way that the person's duties take often."""

    title: str | Promise
    description: str | Promise
    url: str
    icon: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Something without which the system is of no use yet: shown above all else until it is done."""

    title: str | Promise
    text: str | Promise
    url: str = ""
    action: str | Promise = ""
    command: str = ""
    order: int = 50


Provider = Callable[[Person], Iterable[Item | Link | FirstStep]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """`provider(user)` is asked for every view of the home page; it gives only what the person's duties include."""
    if provider not in _providers:
        _providers.append(provider)


@dataclass(frozen=True)
class Home:
    items: list[Item]
    links: list[Link]
    first_steps: list[FirstStep]


def home_of(user: Person) -> Home:
    found = [thing for provider in _providers for thing in provider(user)]
    return Home(
        items=sorted((thing for thing in found if isinstance(thing, Item) and thing.count), key=lambda thing: thing.order),
        links=sorted((thing for thing in found if isinstance(thing, Link)), key=lambda thing: thing.order),
        first_steps=sorted((thing for thing in found if isinstance(thing, FirstStep)), key=lambda thing: thing.order),
    )


def waiting(user: Person) -> int:
    """The number on the menu."""
    return sum(item.count for item in home_of(user).items)
