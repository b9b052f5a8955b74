"""What rooms above add to the demo county: each registers a loader when it is ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from boundaries.models import Division
from gis.accounts.models import User


@dataclass(frozen=True)
class DemoWorld:
    """What the demo has made so far. `divisions` by key (boundaries.demo.names), `people` by username."""

    county: Division
    divisions: Mapping[str, Division]
    people: Mapping[str, User]


Loader = Callable[[DemoWorld], None]

_loaders: list[Loader] = []


def also(loader: Loader) -> None:
    """`loader` runs in the transaction that loads the demo, last of all."""
    if loader not in _loaders:
        _loaders.append(loader)


def load(world: DemoWorld) -> None:
    for loader in _loaders:
        loader(world)
