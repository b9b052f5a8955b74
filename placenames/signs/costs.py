"""What work on signs is estimated to cost: the average on record for the type. A type without a figure is not estimated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import Avg

from placenames.models import Sign


def average_costs(types: Collection[str]) -> dict[str, Decimal]:
    """Yuan by type, of the signs of it whose cost is on record."""
    rows = Sign.objects.filter(type__in=set(types), cost_yuan__isnull=False).order_by()
    return {kind: Decimal(cost).quantize(Decimal("0.01")) for kind, cost in rows.values_list("type").annotate(Avg("cost_yuan"))}


def estimate(signs: Sequence[Sign]) -> tuple[Decimal | None, int]:
    """(yuan, how many signs it leaves out); None where no type has a figure."""
    average = average_costs({one.type for one in signs})
    known = [average[one.type] for one in signs if one.type in average]
    return (sum(known, Decimal(0)).quantize(Decimal(1)) if known else None), len(signs) - len(known)
