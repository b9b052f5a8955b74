"""Indicators that another room works out of its own tables (STD-GEN-04). Rooms register themselves; boundaries imports none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from boundaries.rules.indicators import CATALOGUE, IndicatorValue

# Of many divisions on a day: division → value, marked as computed. What the room cannot tell is left out.
Provider = Callable[[Collection[int], date], Mapping[int, IndicatorValue]]


@dataclass
class _Registry:
    providers: dict[str, Provider] = field(default_factory=dict)


_registry = _Registry()


def register(indicator: str, provider: Provider) -> None:
    """The same indicator twice, or one the catalogue does not call computed, is a programming error."""
    if not CATALOGUE[indicator].computed or _registry.providers.get(indicator, provider) is not provider:
        raise RuntimeError(f"the indicator {indicator} cannot be computed by two rooms, or not at all")
    _registry.providers[indicator] = provider


def values_of(divisions: Collection[int], on: date) -> dict[int, dict[str, IndicatorValue]]:
    """What other rooms know better than anybody typed."""
    found: dict[int, dict[str, IndicatorValue]] = {}
    for indicator, provider in _registry.providers.items():
        for division, value in provider(divisions, on).items():
            found.setdefault(division, {})[indicator] = value
    return found
