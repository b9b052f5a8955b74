"""Reads of the trail that carry meaning."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from gis.accounts.areas import areas_reached, source
from gis.accounts.duties import Person
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry


def entries_seen_by(auditor: Person) -> QuerySet[AuditEntry]:
    """The auditor's area and all under it. What concerns no area is for auditors of the whole register."""
    reached = areas_reached(auditor, [Duty.AUDITOR])
    entries = AuditEntry.objects.select_related("actor")
    return entries if reached is None else entries.filter(area__in=reached)


def narrowed(
    entries: QuerySet[AuditEntry],
    *,
    person: str = "",
    action: str = "",
    target: str = "",
    area: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEntry]:
    """`since` and `until` are whole days, both included, in the office's time zone."""
    if person:
        entries = entries.filter(Q(actor_name__icontains=person) | Q(actor__username__iexact=person))
    if action:
        entries = entries.filter(action=action)
    if target:
        entries = entries.filter(Q(target_label__icontains=target) | Q(target_id=target))
    if area is not None:
        entries = entries.filter(area__in=source().downwards(area))
    if since:
        entries = entries.filter(at__gte=_midnight(since))
    if until:
        entries = entries.filter(at__lt=_midnight(until + timedelta(days=1)))
    return entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
