"""A published list of names that comes in as one batch: the same file again changes nothing, a dry run writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from gis.accounts.models import User
from gis.audit import services as audit
from importers.readers import Table
from importers.readers.errors import refuse
from placenames.services.recording import lock

Told = dict[str, Any]


def require_columns(table: Table, columns: Sequence[str], name: str) -> None:
    """Raises `DomainError` (missing_field)."""
    if missing := [column for column in columns if column not in table.columns]:
        raise refuse("missing_field", _("“%(name)s”缺少列：%(columns)s。"), name=name, columns="、".join(missing))


def load_once(
    data: Any,
    source: Told,
    counts: Told,
    problems: list[Told],
    record: Callable[[Source, datetime], Told],
    *,
    actor: User | None,
    dry_run: bool,
) -> Told:
    """What the command prints. `source`: title, issuer, format and, where known, `dated`; `record` writes in the transaction and
    tells its counts; nothing is written where the file was loaded and not taken back.
    """
    with transaction.atomic():
        moment = lock()
        held = Source.objects.filter(sha256=data.sha256, details__format=source["format"], details__undone__isnull=True).first()
        if held is not None or dry_run or not counts["read"] - counts["rejected"]:
            return {**counts, "problems": problems, "source": held.pk if held else None, "already_loaded": held is not None}
        dated: date | None = source.get("dated")
        made = Source.objects.create(
            kind=SourceKind.DATASET,
            title=source["title"],
            issuer=source["issuer"],
            dated=dated,
            sha256=data.sha256,
            details={"file": data.name, "format": source["format"]},
            recorded_by=actor,
        )
        counts = counts | record(made, moment)
        audit.record(actor=actor, action="placename.import", target=made, label=made.title, after=counts)
    return {**counts, "problems": problems, "source": made.pk, "already_loaded": False}
