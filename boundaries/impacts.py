"""What a decision touches beyond the register itself: boundary lines, markers, place names, signs.

The apps that keep such things register a provider when they are ready; boundaries imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from boundaries.changes import Plan

if TYPE_CHECKING:
    from boundaries.models import Decision


@dataclass(frozen=True, slots=True)
class Impact:
    """One kind of thing the plan touches.

    kind   stable, for programs: "signs", "boundary_lines" …
    title  what it is, in the reader's language
    count  how many; `items` shows some of them, each with at least "label" and, where there is a page, "url"
    needs  what has to be done about them, in the reader's language
    cost_yuan  what that is estimated to cost; None where it is not estimated
    """

    kind: str
    title: str | Promise
    count: int
    items: tuple[Mapping[str, Any], ...] = ()
    needs: str | Promise = ""
    cost_yuan: Decimal | None = None


Provider = Callable[[Plan], Iterable[Impact]]
Consequence = Callable[["Decision", Plan], None]


@dataclass
class _Registry:
    providers: dict[str, Provider] = field(default_factory=dict)
    consequences: dict[str, Consequence] = field(default_factory=dict)


_registry = _Registry()


def register(kind: str, provider: Provider) -> None:
    """`provider(plan)` only reads; it runs at each preview and before enacting. The same kind twice is a programming error."""
    if _registry.providers.get(kind, provider) is not provider:
        raise RuntimeError(f"impacts of kind {kind} are registered twice")
    _registry.providers[kind] = provider


def register_consequence(kind: str, consequence: Consequence) -> None:
    """`consequence(decision, plan)` writes what follows in its room, inside the transaction that enacts the decision."""
    if _registry.consequences.get(kind, consequence) is not consequence:
        raise RuntimeError(f"consequences of kind {kind} are registered twice")
    _registry.consequences[kind] = consequence


def carry_out(decision: Decision, plan: Plan) -> None:
    for kind in sorted(_registry.consequences):
        _registry.consequences[kind](decision, plan)


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
            "cost_yuan": None if impact.cost_yuan is None else str(impact.cost_yuan),
        }
        for impact in of(plan)
    ]
