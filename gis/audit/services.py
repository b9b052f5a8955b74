"""Appending to the audit trail. Every service that writes calls `record` inside its own transaction."""

from __future__ import annotations

import getpass
from typing import Any

from django.db import transaction
from django.db.models import Model

from gis.accounts.models import User
from gis.audit.models import AuditEntry


def record(
    *,
    actor: User | None,
    action: str,
    target: Model,
    label: str = "",
    area: int | None = None,
    before: Any = None,
    after: Any = None,
    reason: str = "",
    actor_name: str = "",
) -> AuditEntry:
    """Appends one entry; must run inside a transaction, so that the trail and the deed stand or fall together.

    `actor` None means the command line: the operating-system user is written down instead, or `actor_name` if given. `area` is
    the id of the division the deed concerns, so that an auditor of an area finds it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record must be called inside the transaction of the write it describes")
    return AuditEntry.objects.create(
        actor=actor,
        actor_name=(str(actor) if actor else actor_name or f"命令行 {getpass.getuser()}")[:120],
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=(label or str(target))[:200],
        area=area,
        before=before,
        after=after,
        reason=reason,
    )


@transaction.atomic
def record_export(actor: User, filters: dict[str, str]) -> AuditEntry:
    """Taking the trail out of the system is itself a deed."""
    return record(actor=actor, action="audit.export", target=actor, label=actor.username, after={"filters": filters})
