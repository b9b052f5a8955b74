"""What the register knows that helps to read a file."""

from __future__ import annotations

from typing import Final

from boundaries.models import DivisionRecord, Grade, Level, SourceKind
from importers.inspection.known import Known

MAX_OUTLINES: Final = 5_000


def known_of_register() -> Known:
    """Names and boundaries as held today, down to the township. Invented boundaries and the demo's prove nothing."""
    records = DivisionRecord.objects.current().exclude(source__kind=SourceKind.DEMO).filter(level__lte=Level.TOWNSHIP)
    names = frozenset(records.values_list("name", flat=True).distinct())
    shapes = records.filter(geometry__isnull=False, valid__upper_inf=True).exclude(grade=Grade.INVENTED)
    found = shapes.order_by("level", "pk").values_list("geometry", flat=True)[:MAX_OUTLINES]
    return Known.of(names, [bytes(shape.wkb) for shape in found if shape is not None])
