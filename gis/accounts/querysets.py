"""Reads of people that carry meaning."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from gis.accounts.areas import areas_reached
from gis.accounts.duties import Person
from gis.accounts.models import Duty, DutyAssignment, User


def people_seen_by(administrator: Person) -> QuerySet[User]:
    """People with a duty in the administrator's area, past or present, and those without any yet."""
    reached = areas_reached(administrator, [Duty.ADMINISTRATOR])
    people = User.objects.order_by("-is_active", "username")
    if reached is None:
        return people
    return people.filter(Q(duty_assignments=None) | Q(duty_assignments__area__in=reached)).distinct()


def with_current_duties(people: QuerySet[User]) -> QuerySet[User]:
    """Each person gets `current_duties`, a list."""
    current = DutyAssignment.objects.filter(ended=None).order_by("duty", "id")
    return people.prefetch_related(Prefetch("duty_assignments", queryset=current, to_attr="current_duties"))
