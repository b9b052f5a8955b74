"""An entry in the register of lines as a person makes it: the deed and the source it rests on, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from boundaries.services.correction_entry import Evidence
from gis.accounts.models import User
from gis.errors import InvalidInputError

Made = TypeVar("Made")


@transaction.atomic
def make(actor: User | None, deed: Callable[[Source], Made], evidence: Evidence) -> Made:
    """Carries out `deed` with a source made of `evidence`. Raises `InvalidInputError` (evidence_missing, evidence_in_future)."""
    if not evidence.title.strip():
        raise InvalidInputError("evidence_missing", _("须写明依据。"), {"title": [_("请写明依据的文件或资料。")]})
    if evidence.dated is not None and evidence.dated > timezone.localdate():
        raise InvalidInputError("evidence_in_future", _("依据的日期不能晚于今天。"), {"dated": [_("晚于今天")]})
    source = Source.objects.create(
        kind=SourceKind.DOCUMENT if evidence.document_number.strip() else SourceKind.ENTRY,
        title=evidence.title.strip()[:300],
        issuer=evidence.issuer.strip()[:200],
        document_number=evidence.document_number.strip()[:80],
        dated=evidence.dated,
        recorded_by=actor,
    )
    return deed(source)
