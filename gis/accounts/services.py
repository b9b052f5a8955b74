"""All writes about people and duties. Nobody is ever deleted: the trail must be readable years later.

`actor` None means the command line, whose user owns the system anyway; everybody else is asked for by a policy.
"""

from __future__ import annotations

import secrets
from typing import Any

from axes.utils import reset as unlock
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.accounts import policies
from gis.accounts.access import ensure
from gis.accounts.areas import source
from gis.accounts.models import Duty, DutyAssignment, User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError

# Without characters that look alike on paper: such passwords are read out and copied by hand.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A password that nobody thought up, 4 × 4 characters, about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(4))


@transaction.atomic
def create_user(
    actor: User | None,
    username: str,
    *,
    display_name: str = "",
    organisation: str = "",
    password: str | None = None,
) -> tuple[User, str]:
    """A new person and the first password: the one given, or one made here that has to be changed at the first log-in."""
    if actor is not None:
        ensure(policies.may_administer_people(actor))
    chosen = password or new_password()
    user = User(
        username=User.normalize_username(username.strip()),
        display_name=display_name.strip(),
        organisation=organisation.strip(),
        must_change_password=password is None,
    )
    if password is not None:
        _check_password(password, user)
    user.set_password(chosen)
    _check(user)
    _save_new(user)
    audit.record(actor=actor, action="user.create", target=user, label=user.username, after=_facts(user))
    return user, chosen


@transaction.atomic
def update_user(actor: User | None, user: User, *, display_name: str, organisation: str) -> User:
    held = _managed(actor, user)
    before = _facts(held)
    held.display_name, held.organisation = display_name.strip(), organisation.strip()
    _check(held)
    held.save(update_fields=["display_name", "organisation"])
    audit.record(actor=actor, action="user.update", target=held, label=held.username, before=before, after=_facts(held))
    return held


@transaction.atomic
def set_active(actor: User | None, user: User, active: bool, reason: str = "") -> User:
    """Lets a person in or keeps them out; what they did stays theirs."""
    held = _managed(actor, user)
    if actor is not None and held.pk == actor.pk:
        raise ConflictError("own_account", _("不能停用自己的账号。"))
    if held.is_active == active:
        return held
    if not active:
        _keep_an_administrator(held.duty_assignments.filter(ended=None))
    held.is_active = active
    held.save(update_fields=["is_active"])
    audit.record(
        actor=actor,
        action="user.activate" if active else "user.deactivate",
        target=held,
        label=held.username,
        before={"is_active": not active},
        after={"is_active": active},
        reason=reason.strip(),
    )
    return held


@transaction.atomic
def reset_password(actor: User | None, user: User) -> str:
    """A new password, told once and to be changed at the next log-in. All sessions of the person end, and so does a lock."""
    held = _managed(actor, user)
    unlock(username=held.username)
    chosen = new_password()
    held.set_password(chosen)
    held.must_change_password = True
    held.save(update_fields=["password", "must_change_password"])
    audit.record(actor=actor, action="user.reset_password", target=held, label=held.username)
    return chosen


@transaction.atomic
def change_own_password(user: User, new: str) -> None:
    held = User.objects.select_for_update().get(pk=user.pk)
    _check_password(new, held)
    if held.check_password(new):
        raise InvalidInputError("same_password", _("新密码不能与原密码相同。"), {"new_password1": [_("新密码不能与原密码相同。")]})
    held.set_password(new)
    held.must_change_password = False
    held.save(update_fields=["password", "must_change_password"])
    user.password, user.must_change_password = held.password, False
    audit.record(actor=held, action="user.change_password", target=held, label=held.username)


@transaction.atomic
def assign_duty(actor: User | None, user: User, duty: str, area: int | None) -> DutyAssignment:
    """Gives `user` a duty over `area` (id of a division and all under it; None = everywhere)."""
    if duty not in Duty.values:
        raise InvalidInputError("unknown_duty", _("没有这项职责：%(duty)s。") % {"duty": duty[:40]})
    if area is not None and area not in source().named([area]):
        raise InvalidInputError("unknown_area", _("找不到所选的地域。"))
    if actor is not None:
        ensure(policies.may_assign_duty(actor, area), _("只能在自己管辖的地域内分配职责。"))
    held = User.objects.select_for_update().get(pk=user.pk)
    if not held.is_active:
        raise ConflictError("user_inactive", _("账号已停用，请先恢复再分配职责。"))
    try:
        with transaction.atomic():
            assignment = DutyAssignment.objects.create(user=held, duty=duty, area_id=area)
    except IntegrityError as error:
        raise ConflictError("duty_already_held", _("此人在该地域已有这项职责。")) from error
    audit.record(actor=actor, action="duty.assign", target=held, label=held.username, area=area, after=_duty_facts(assignment))
    return assignment


@transaction.atomic
def end_duty(actor: User | None, assignment: DutyAssignment, reason: str = "") -> DutyAssignment:
    held = DutyAssignment.objects.select_for_update().select_related("user").get(pk=assignment.pk)
    if actor is not None:
        ensure(policies.may_assign_duty(actor, held.area_id), _("只能在自己管辖的地域内调整职责。"))
    if held.ended is not None:
        raise ConflictError("duty_already_ended", _("这项职责已经结束。"))
    _keep_an_administrator(DutyAssignment.objects.filter(pk=held.pk))
    held.ended = timezone.now()
    held.save(update_fields=["ended"])
    audit.record(
        actor=actor,
        action="duty.end",
        target=held.user,
        label=held.user.username,
        area=held.area_id,
        before=_duty_facts(held),
        reason=reason.strip(),
    )
    return held


def _managed(actor: User | None, user: User) -> User:
    held = User.objects.select_for_update().get(pk=user.pk)
    if actor is not None:
        ensure(policies.may_manage_person(actor, held), _("此人的职责超出您管辖的地域，请由上级系统管理员办理。"))
    return held


def _keep_an_administrator(leaving: QuerySet[DutyAssignment]) -> None:
    """Refuses what would leave nobody to look after people, or nobody to look after the whole register."""
    # Locked, so that two administrators cannot remove each other in the same moment.
    held = DutyAssignment.objects.select_for_update().filter(duty=Duty.ADMINISTRATOR, ended=None, user__is_active=True)
    unlimited = {assignment.pk: assignment.area_id is None for assignment in held}
    lost = unlimited.keys() & set(leaving.values_list("pk", flat=True))
    left = unlimited.keys() - lost
    if lost and (not left or (any(unlimited[pk] for pk in lost) and not any(unlimited[pk] for pk in left))):
        raise ConflictError("last_administrator", _("至少要留一名系统管理员；有人管辖全部地域的，至少留一名管辖全部地域的。"))


def _check(user: User) -> None:
    try:
        user.full_clean(exclude=["password"], validate_unique=False)
    except ValidationError as error:
        fields = {name: [str(message) for message in messages] for name, messages in error.message_dict.items()}
        raise InvalidInputError("invalid_user", _("账号信息有误：%(why)s") % {"why": " ".join(error.messages)}, fields) from error


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        why = [str(message) for message in error.messages]
        raise InvalidInputError("weak_password", " ".join(why), {"new_password1": why}) from error


def _save_new(user: User) -> None:
    taken = _("用户名“%(name)s”已被使用。") % {"name": user.username}
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise ConflictError("username_taken", taken, fields={"username": [taken]}) from error


def _facts(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "display_name": user.display_name,
        "organisation": user.organisation,
        "is_active": user.is_active,
    }


def _duty_facts(assignment: DutyAssignment) -> dict[str, Any]:
    area = source().named([assignment.area_id]).get(assignment.area_id) if assignment.area_id else None
    return {"duty": assignment.duty, "area": str(area) if area else None}
