"""Screening a whole province once for each state of the register, and answering from memory until something changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import connection

from boundaries.services.establishment import counts, screen, screening_document
from boundaries.services.rule_sets import Chosen, choose

_SECONDS = 3600

# Every write to these tables adds a row or ends one, so the last number and the number of rows in use change with it.
_REVISION = """
    SELECT (SELECT (max(id), count(*) FILTER (WHERE upper_inf(recorded)))::text FROM boundaries_indicatorvalue),
           (SELECT (max(id), count(*) FILTER (WHERE upper_inf(recorded)))::text FROM boundaries_divisionrecord),
           (SELECT (max(id), count(*) FILTER (WHERE upper_inf(recorded)))::text FROM boundaries_divisioncode),
           (SELECT (max(id), count(*) FILTER (WHERE upper_inf(recorded)))::text FROM boundaries_prioritycounty)
"""


def data_revision() -> str:
    """A text that changes with every change of what a screening reads, apart from the standard."""
    with connection.cursor() as cursor:
        cursor.execute(_REVISION)
        return "|".join(str(part) for part in cursor.fetchone())


def screened(target: str, on: date, rule_set: str | None = None) -> dict[str, Any]:
    """`screening_document` of the whole register with its `classes`, from memory when nothing has changed since."""
    return screened_by(choose(target, on, rule_set), target, on)


def screened_by(chosen: Chosen, target: str, on: date) -> dict[str, Any]:
    key = f"screening:{target}:{on}:{chosen.row.pk}:{chosen.row.state}:{chosen.row.sha256}:{chosen.advisory}:{data_revision()}"
    safe = key.replace(" ", "").replace("(", "<").replace(")", ">")
    document: dict[str, Any] | None = cache.get(safe)
    if document is None:
        screening = screen(target, on, chosen=chosen)
        document = screening_document(screening) | {"classes": counts(screening.units)}
        cache.set(safe, document, _SECONDS)
    return document
