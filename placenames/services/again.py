"""A record said once more from a moment on, with all that belongs to it. The caller closes the one before and writes the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from placenames.models import CensusEntry, PlaceNameArea, PlaceNameRecord


def say_again(record: PlaceNameRecord, moment: datetime, **changed: Any) -> PlaceNameRecord:
    """What `record` says but for `changed`, with its census entry and its further areas."""
    kept = {one.attname: getattr(record, one.attname) for one in PlaceNameRecord._meta.concrete_fields if one.name != "id"}
    made = PlaceNameRecord.objects.create(**{**kept, "recorded": DateTimeTZRange(moment, None), **changed})
    entry = CensusEntry.objects.filter(record=record).first()
    if entry is not None:
        entry.pk, entry.record, entry._state.adding = None, made, True
        entry.save(force_insert=True)
    crossed = PlaceNameArea.objects.filter(record=record).values_list("division_id", flat=True)
    PlaceNameArea.objects.bulk_create(PlaceNameArea(record=made, division_id=division) for division in crossed)
    return made
