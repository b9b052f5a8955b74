"""The area a name belongs to, by which the archive's policies decide."""

from __future__ import annotations

from django.utils import timezone

from boundaries.models import Division
from placenames.models import PlaceName, PlaceNameRecord
from placenames.positions import keeper_area


def area_of(place: PlaceName) -> Division | None:
    """The division itself, else where the place lies by its latest record, else by its position; None where that is not known."""
    if place.division_id:
        return place.division
    records = PlaceNameRecord.objects.current().filter(place=place).select_related("area").defer("location")
    if not records:
        return None
    latest = max(records, key=lambda one: (one.valid is not None, one.pk))
    if latest.area is not None:
        return latest.area
    found = keeper_area(latest, timezone.localdate())
    return Division.objects.get(pk=found) if found is not None else None
