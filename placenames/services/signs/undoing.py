"""Taking back what a list wrote of signs: those it entered go, those it changed are as before. Nothing that rests on it is lost."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError
from placenames.models import Sign, SignEvent
from placenames.services.signs.registering import as_entry, change, lock

_MOST_TOLD = 20


def obstacles(source: int) -> list[str]:
    """What rests on the list, in sentences."""
    signs = Sign.objects.filter(events__source=source).distinct()
    newest = dict(
        SignEvent.objects.filter(sign__in=signs).order_by("sign", "-at", "-id").distinct("sign").values_list("sign", "source")
    )
    later = [one for one in signs if newest[one.pk] != source]
    entered = signs.exclude(pk__in=SignEvent.objects.exclude(source=source).values("sign"))
    used = entered.filter(works__isnull=False) | entered.filter(photos__isnull=False) | entered.filter(reports__isnull=False)
    used |= entered.filter(findings__isnull=False)
    words = [_("标志 %(code)s 后来又有更改") % {"code": one.code} for one in later]
    words += [_("标志 %(code)s 已有任务单、照片或报修") % {"code": one.code} for one in used.distinct()]
    return words[:_MOST_TOLD]


@transaction.atomic
def undo(actor: User | None, source: Source) -> dict[str, int]:
    """Raises `ConflictError` (batch_is_relied_on) with the obstacles."""
    lock()
    if found := obstacles(source.pk):
        raise ConflictError("batch_is_relied_on", _("后来的登记以这一批为依据，不能撤销。"), obstacles=found)
    removed = restored = 0
    back = Source.objects.create(
        kind=SourceKind.ENTRY, title=_("撤销导入：%(title)s") % {"title": source.title[:200]}, recorded_by=actor
    )
    for sign in Sign.objects.filter(events__source=source).distinct().order_by("pk"):
        before = sign.events.exclude(source=source).order_by("-at", "-id").first()
        if before is None:
            sign.delete()
            removed += 1
        else:
            entry = as_entry(before.document)
            change(actor, sign, entry, str(back), source=back, action="sign.import.undo", permitted=True)
            restored += 1
    counts = {"closed": removed, "restored": restored}
    audit.record(
        actor=actor, action="sign.import.undo", target=source, label=source.title, after=counts | {"at": timezone.now().isoformat()}
    )
    return counts
