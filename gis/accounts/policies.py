"""Who may look after people and their duties."""

from __future__ import annotations

from gis.accounts.areas import is_unlimited, reaches
from gis.accounts.duties import Person, holds_anywhere
from gis.accounts.models import Duty, User


def may_administer_people(user: Person) -> bool:
    """Administrators, of whatever area."""
    return holds_anywhere(user, [Duty.ADMINISTRATOR])


def may_assign_duty(user: Person, area: int | None) -> bool:
    """Giving or ending a duty over `area` (None = everywhere): nobody gives more than their own reach."""
    return reaches(user, [Duty.ADMINISTRATOR], area)


def may_manage_person(user: Person, person: User) -> bool:
    """Changing, deactivating and giving a new password: an administrator whose area holds all that the person ever had.

    Whoever can give a password can act as that person, so a duty outside the administrator's area, also one that has ended, is
    in the way.
    """
    if not may_administer_people(user):
        return False
    if is_unlimited(user, [Duty.ADMINISTRATOR]):
        return True
    areas = set(person.duty_assignments.values_list("area_id", flat=True))
    return all(may_assign_duty(user, area) for area in areas)
