"""What the register knows that helps to read a file."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.db.models import Q, QuerySet

from boundaries.models import DivisionRecord, Grade, Level, SourceKind
from gis.crs import CGCS2000, Outlines
from importers.inspection.known import Known

MAX_OUTLINES: Final = 5_000

Box = tuple[float, float, float, float]


def known_of_register() -> Known:
    """Names and boundaries as held today, down to the township. Invented boundaries and the demo's prove nothing."""
    records = _that_prove_something()
    names = frozenset(records.values_list("name", flat=True).distinct())
    return Known.of(names, _outlines(records.filter(valid__upper_inf=True)))


def outlines_for(day: date, near: Box | None = None) -> Outlines | None:
    """Boundaries of `day` or of today that meet the box (degrees; None for all): what a list of that day is compared with."""
    records = _that_prove_something().filter(Q(valid__contains=day) | Q(valid__upper_inf=True))
    if near is not None:
        box = Polygon.from_bbox(near)
        box.srid = CGCS2000
        records = records.filter(geometry__bboverlaps=box)
    found = _outlines(records)
    return Outlines(shapely.from_wkb(np.array(found, dtype=object))) if found else None


def _that_prove_something() -> QuerySet[DivisionRecord]:
    return DivisionRecord.objects.current().exclude(source__kind=SourceKind.DEMO).filter(level__lte=Level.TOWNSHIP)


def _outlines(records: QuerySet[DivisionRecord]) -> list[bytes]:
    shapes = records.filter(geometry__isnull=False).exclude(grade=Grade.INVENTED).order_by("level", "pk")
    return [bytes(shape.wkb) for shape in shapes.values_list("geometry", flat=True)[:MAX_OUTLINES] if shape is not None]
