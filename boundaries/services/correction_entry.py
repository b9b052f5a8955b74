"""A correction as a person enters it: with the document it rests on, first looked at and then made.

`deed` is one of `services.corrections` with everything but its source; the source is entered in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from boundaries.services.corrections import Corrected
from gis.accounts.models import User
from gis.errors import InvalidInputError


@dataclass(frozen=True)
class Evidence:
    """What a correction rests on."""

    title: str
    issuer: str = ""
    document_number: str = ""
    dated: date | None = None


def make(actor: User | None, deed: Callable[[Source], Corrected[Any]], evidence: Evidence, *, look: bool) -> Corrected[Any]:
    """Carries out `deed` with a source made of `evidence`. `look`: everything is done and taken back, to see what it leaves."""
    if not evidence.title.strip():
        raise InvalidInputError("evidence_missing", _("订正须写明依据。"), {"title": [_("请写明依据的文件或资料。")]})
    if evidence.dated is not None and evidence.dated > timezone.localdate():
        raise InvalidInputError("evidence_in_future", _("依据的日期不能晚于今天。"), {"dated": [_("晚于今天")]})
    with transaction.atomic():
        source = Source.objects.create(
            kind=SourceKind.DOCUMENT if evidence.document_number.strip() else SourceKind.ENTRY,
            title=evidence.title.strip()[:300],
            issuer=evidence.issuer.strip()[:200],
            document_number=evidence.document_number.strip()[:80],
            dated=evidence.dated,
            details={"correction": True},
            recorded_by=actor,
        )
        made = deed(source)
        if look:
            transaction.set_rollback(True)
    return made
