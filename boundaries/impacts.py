"""What a decision touches beyond the register itself: boundary lines, markers, place names, signs.

The apps that keep such things register a provider when they are ready; boundaries imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from boundaries.changes import Plan


@dataclass(frozen=True, slots=True)
class Impact:
    """One kind of thing the plan touches.

    kind   stable, for programs: "signs", "boundary_lines" …
    title  what it is, in the reader's language
    count  how many; `items` shows some of them, each with at least "label" and, where there is a page, "url"
    needs  what has to be done about them, in the reader's language
    """

    kind: str
    title: str | Promise
    count: int
    items: tuple[Mapping[str, Any], ...] = ()
    needs: str | Promise = ""


Provider = Callable[[Plan], Iterable[Impact]]


@dataclass
class _Registry:
    providers: dict[str, Provider] = field(default_factory=dict)


_registry = _Registry()


def register(kind: str, provider: Provider) -> None:
    """`provider(plan)` only reads; it runs at each preview and before enacting. The same kind twice is a programming error."""
    if _registry.providers.get(kind, provider) is not provider:
        raise RuntimeError(f"impacts of kind {kind} are registered twice")
    _registry.providers[kind] = provider


def of(plan: Plan) -> list[Impact]:
    """Everything the plan touches, by kind."""
    return [impact for kind in sorted(_registry.providers) for impact in _registry.providers[kind](plan) if impact.count]


def impact_documents(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "kind": impact.kind,
            "title": str(impact.title),
            "count": impact.count,
            "items": [dict(item) for item in impact.items],
            "needs": str(impact.needs),
        }
        for impact in of(plan)
    ]
