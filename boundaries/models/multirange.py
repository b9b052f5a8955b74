"""A column of chainage: spans of metres along a line, as PostgreSQL's own ``nummultirange``.

The union of several days, of both sides, of any number of tracks is ``range_agg``, one database operation; Django has no field for
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

MILLIMETRES = Decimal("0.001")
Spans = Sequence[tuple[float, float]]


class ChainageSpansField(models.Field):
    """Half-open spans [from, to) in metres from the line's beginning; in Python a list of pairs of floats, in order, apart.

    Kept to the millimetre: finer figures of a walk are noise, and equal ends must meet to be joined.
    """

    def db_type(self, connection: Any) -> str:
        return "nummultirange"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[tuple[float, float]] | None:
        return None if value is None else [(float(one.lower), float(one.upper)) for one in value]

    def to_python(self, value: Any) -> list[tuple[float, float]] | None:
        return None if value is None else [(float(low), float(high)) for low, high in value]

    def get_prep_value(self, value: Iterable[Sequence[float]] | None) -> Multirange | None:
        if value is None:
            return None
        spans = ((_metres(low), _metres(high)) for low, high in value)
        return Multirange([Range(low, high) for low, high in spans if low < high])


class UnionOfSpans(models.Aggregate):
    """``range_agg`` of a `ChainageSpansField`: all spans of all rows as one, joined where they meet."""

    function = "range_agg"
    output_field = ChainageSpansField()


def _metres(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(MILLIMETRES)
