"""People, and the duties they hold over areas.

What somebody may do follows from a duty (职责) over an area: a division and everything under it. An assignment without an
area holds for the whole register.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who logs in. `display_name` is what colleagues read in the audit trail."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    organisation = models.CharField(_("单位"), max_length=120, blank=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=False, help_text=_("密码由他人设定，登录后先修改"))

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Duty(models.TextChoices):
    READER = "reader", _("查阅")
    FIELD_INSPECTOR = "field_inspector", _("外业联检")
    DIVISION_OFFICER = "division_officer", _("区划管理")
    PLACE_NAME_OFFICER = "place_name_officer", _("地名管理")
    REVIEWER = "reviewer", _("审核")
    AUDITOR = "auditor", _("监督")
    ADMINISTRATOR = "administrator", _("系统管理")


class DutyAssignment(models.Model):
    """One duty of one person over one area. Ended assignments stay, so that the trail can be read years later."""

    user = models.ForeignKey(User, models.PROTECT, related_name="duty_assignments", verbose_name=_("用户"))
    duty = models.CharField(_("职责"), max_length=24, choices=Duty)
    area = models.ForeignKey(
        "boundaries.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("地域"),
        help_text=_("该区划及其下级；空表示全部"),
    )
    since = models.DateTimeField(_("起"), auto_now_add=True)
    ended = models.DateTimeField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("职责分工")
        verbose_name_plural = _("职责分工")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "duty", "area"], condition=Q(ended=None), nulls_distinct=False, name="duty_held_once"
            ),
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="duty_known"),
        ]
