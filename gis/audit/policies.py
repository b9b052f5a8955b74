"""Who may read the trail."""

from __future__ import annotations

from gis.accounts.duties import Person, holds_anywhere
from gis.accounts.models import Duty


def may_read_audit(user: Person) -> bool:
    """Auditors; each sees the entries of their own area (`entries_seen_by`)."""
    return holds_anywhere(user, [Duty.AUDITOR])
