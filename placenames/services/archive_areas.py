"""The area a name belongs to, by which the archive's policies decide."""

from __future__ import annotations

from boundaries.models import Division
from placenames.models import PlaceName, PlaceNameRecord


def area_of(place: PlaceName) -> Division | None:
    """The division itself, else where the place lies by its latest record; None where that is not known."""
    if place.division_id:
        return place.division
    records = PlaceNameRecord.objects.current().filter(place=place).select_related("area").defer("location")
    return max(records, key=lambda one: (one.valid is not None, one.pk)).area if records else None
