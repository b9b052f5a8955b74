"""Logging in and being locked out are deeds of the trail too."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from gis.accounts.models import User
from gis.audit import services as audit


@receiver(user_logged_in)
def note_log_in(sender: Any, request: HttpRequest, user: User, **_rest: Any) -> None:
    with transaction.atomic():
        audit.record(actor=user, action="user.log_in", target=user, label=user.username)


@receiver(user_locked_out)
def note_lock_out(sender: Any, request: HttpRequest, username: str, ip_address: str, **_rest: Any) -> None:
    """Only for people there are: a name typed by a stranger is no thing of the register."""
    person = User.objects.filter(username=username).first()
    if person is not None:
        with transaction.atomic():
            audit.record(
                actor=None,
                actor_name=f"未登录 {ip_address}",
                action="user.locked_out",
                target=person,
                label=person.username,
            )
