"""A published list of names that comes in as one batch and can be taken back: the same file again changes nothing, a dry run writes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, NotFoundError
from importers.readers import Table
from importers.readers.errors import refuse
from placenames import policies
from placenames.services import tables
from placenames.services.recording import lock

Told = dict[str, Any]
# Formats of lists that come in this way (`Source.details`).
LISTS = ("chgis_tgaz", "traditional_villages")


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


@transaction.atomic
def undo_list(number: int, *, actor: User | None, dry_run: bool = False) -> Told:
    """Takes back a list that `load_once` wrote: its rows are closed, what they corrected holds again, the file may be loaded anew.

    Raises `NotFoundError` (no_such_list), `ForbiddenError`, `ConflictError` (batch_is_relied_on, already_undone). A dry run tells
    what stands in the way and writes nothing.
    """
    if actor is not None:
        ensure(policies.may_import_names(actor))
    moment = lock()
    source = Source.objects.select_for_update().filter(pk=number, details__format__in=LISTS).first()
    if source is None:
        raise NotFoundError("no_such_list", _("没有编号为 %(number)s 的地名名单。") % {"number": number})
    if source.details.get("undone"):
        raise ConflictError("already_undone", _("“%(title)s”已经撤销过。") % {"title": source.title})
    in_the_way = tables.obstacles(source.pk)
    told: Told = {"source": source.pk, "title": source.title, "in_the_way": in_the_way, "closed": 0, "restored": 0}
    if dry_run:
        return told
    if in_the_way:
        more = _("等") if len(in_the_way) > 5 else ""
        told_why = "；".join(in_the_way[:5]) + more
        raise ConflictError("batch_is_relied_on", _("不能撤销：%(why)s。") % {"why": told_why})
    told |= tables.undo(source, actor)
    Source.objects.filter(pk=source.pk).update(details={**source.details, "undone": moment.isoformat()})
    return told
