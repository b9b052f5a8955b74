"""How far the work on signs is, and what it costs, by township; what has no figure is counted, never taken for nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from boundaries.models import Level
from boundaries.querysets import lines_of
from placenames.models import SignWork, WorkState


@dataclass
class Progress:
    """Of the orders that are not cancelled. `uncosted`: done without a cost; `unestimated`: not done and without an estimate.

    `cost` (yuan) is of those done, `estimate` of those not done: together what the work costs as far as it is known.
    """

    name: str
    total: int = 0
    done: int = 0
    cost: Decimal = Decimal(0)
    uncosted: int = 0
    estimate: Decimal = Decimal(0)
    unestimated: int = 0

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    def add(self, other: Progress) -> None:
        for one in fields(self):
            if one.name != "name":
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def by_township(works: QuerySet[SignWork], day: date) -> tuple[list[Progress], Progress]:
    """(each township in the order of counties and names, all together). A sign known to stand in no township counts with what is
    known of where it stands. Two queries.
    """
    done, open_ = Q(state=WorkState.DONE), ~Q(state=WorkState.DONE)
    counted = (
        works.exclude(state=WorkState.CANCELLED).order_by().values("sign__area").annotate(
            total=Count("pk"), ready=Count("pk", filter=done), cost=Sum("cost_yuan", filter=done),
            uncosted=Count("pk", filter=done & Q(cost_yuan=None)), estimate=Sum("estimate_yuan", filter=open_),
            unestimated=Count("pk", filter=open_ & Q(estimate_yuan=None)),
        )
    )  # fmt: skip
    rows = list(counted)
    lines = lines_of({row["sign__area"] for row in rows if row["sign__area"] is not None}, day)
    found: dict[int, Progress] = {}
    places: dict[int, tuple[str, ...]] = {}
    total = Progress("")
    for row in rows:
        line = lines.get(row["sign__area"] or 0, [])
        # Two townships may be called the same: they are told apart by what they are, and named with their county.
        at = next((index for index, (_unit, _name, level) in enumerate(line) if level == Level.TOWNSHIP), 0)
        key = line[at][0] if line else 0
        above = tuple(name for _unit, name, level in reversed(line[at:]) if level >= Level.COUNTY)
        places[key] = above or (line[at][1] if line else _("地域不明"),)
        one = Progress(
            " ".join(places[key]), row["total"], row["ready"], row["cost"] or Decimal(0), row["uncosted"],
            row["estimate"] or Decimal(0), row["unestimated"],
        )  # fmt: skip
        found.setdefault(key, Progress(one.name)).add(one)
        total.add(one)
    return [found[key] for key in sorted(found, key=lambda key: (key == 0, places[key]))], total
