"""What a decision touches beyond the register itself: boundary lines, markers, place names, signs.

The apps that keep such things register a provider when they are ready; boundaries imports none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from boundaries.changes import Plan

if TYPE_CHECKING:
    from boundaries.models import Decision
    from gis.accounts.models import User


@dataclass(frozen=True, slots=True)
class Impact:
    """One kind of thing the plan touches.

    kind   stable, for programs: "signs", "boundary_lines" …
    title  what it is, in the reader's language
    count  how many; `items` shows some of them, each with at least "label" and, where there is a page, "url"
    needs  what has to be done about them, in the reader's language
    cost_yuan  what that is estimated to cost; None where it is not estimated
    uncosted   how many of them cost something that is not known, so that `cost_yuan` leaves it out
    """

    kind: str
    title: str | Promise
    count: int
    items: tuple[Mapping[str, Any], ...] = ()
    needs: str | Promise = ""
    cost_yuan: Decimal | None = None
    uncosted: int = 0


Provider = Callable[[Plan], Iterable[Impact]]
Consequence = Callable[["Decision", Plan], None]
# (who corrects, the divisions whose register was corrected, why) → what followed, in sentences.
AfterCorrection = Callable[["User | None", Collection[int], str], Iterable[str]]


@dataclass
class _Registry:
    providers: dict[str, Provider] = field(default_factory=dict)
    consequences: dict[str, Consequence] = field(default_factory=dict)
    corrections: dict[str, AfterCorrection] = field(default_factory=dict)


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


def register_after_correction(kind: str, follow: AfterCorrection) -> None:
    """`follow` puts right what its room made of a change that is now corrected, inside the transaction of the correction."""
    if _registry.corrections.get(kind, follow) is not follow:
        raise RuntimeError(f"what follows a correction of kind {kind} is registered twice")
    _registry.corrections[kind] = follow


def corrected(actor: User | None, divisions: Collection[int], reason: str) -> tuple[str, ...]:
    """What followed in other rooms, in sentences for whoever corrects."""
    return tuple(told for kind in sorted(_registry.corrections) for told in _registry.corrections[kind](actor, divisions, reason))


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
            "uncosted": impact.uncosted,
        }
        for impact in of(plan)
    ]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the impacts of a plan are estimated to cost together. `yuan` None: nothing is estimated.

    uncosted  (title, count) of what costs something that is not known: left out, never taken for nothing
    """

    yuan: Decimal | None
    uncosted: tuple[tuple[str, int], ...]


def cost_of(documents: Iterable[Mapping[str, Any]]) -> Cost | None:
    """Of impacts as `impact_documents` tells them, also those kept by earlier releases; None where none of them costs anything."""
    told = list(documents)
    known = [Decimal(one["cost_yuan"]) for one in told if one.get("cost_yuan") is not None]
    uncosted = tuple((str(one["title"]), int(one["uncosted"])) for one in told if one.get("uncosted"))
    return Cost(sum(known, Decimal(0)) if known else None, uncosted) if known or uncosted else None


def cost_document(documents: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """`cost_of` for programs; its keys are contracts (docs/commands.md)."""
    cost = cost_of(documents)
    if cost is None:
        return None
    yuan = None if cost.yuan is None else str(cost.yuan)
    return {"yuan": yuan, "uncosted": [{"title": title, "count": count} for title, count in cost.uncosted]}


def cost_words(documents: Iterable[Mapping[str, Any]]) -> str:
    """The same in a sentence for the reader; "" where none of them costs anything."""
    cost = cost_of(documents)
    if cost is None:
        return ""
    told = _("费用估算没有依据") if cost.yuan is None else _("费用估算合计 %(yuan)s 元") % {"yuan": f"{cost.yuan:,.0f}"}
    left_out = "、".join(f"{title} {count}" for title, count in cost.uncosted)
    return told + (_("；费用不明、未计入：%(things)s。") % {"things": left_out} if left_out else _("。"))
