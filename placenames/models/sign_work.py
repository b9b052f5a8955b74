"""What is to be done about signs, what the public reports of them, where the register of signs is complete, loaded types."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries.models import Decision, Division, Source
from gis.files.models import StoredFile
from placenames.models.naming_case import NamingCase
from placenames.models.sign import Sign


class WorkKind(models.TextChoices):
    SET = "set", pgettext_lazy("sign work", "新设")
    RELETTER = "reletter", pgettext_lazy("sign work", "更换牌面")
    REPAIR = "repair", pgettext_lazy("sign work", "维修")
    REMOVE = "remove", pgettext_lazy("sign work", "拆除")


class WorkState(models.TextChoices):
    """The way is one table, `placenames.rules.signs.work_states`."""

    OPEN = "open", pgettext_lazy("sign work", "待安排")
    MAKING = "making", pgettext_lazy("sign work", "制作中")
    INSTALLING = "installing", pgettext_lazy("sign work", "安装中")
    DONE = "done", pgettext_lazy("sign work", "已完成")
    CANCELLED = "cancelled", pgettext_lazy("sign work", "已取消")


class SignWork(models.Model):
    """A work order. `decision` or `case`: the change of divisions or the renaming that made it (SIGN-05); a person's has neither.

    follows   the finished order whose ground was corrected since: a person has to look at what was done
    """

    sign = models.ForeignKey(Sign, models.PROTECT, related_name="works", verbose_name=_("地名标志"))
    kind = models.CharField(_("工作内容"), max_length=10, choices=WorkKind)
    state = models.CharField(_("进度"), max_length=12, choices=WorkState, default=WorkState.OPEN)
    reason = models.CharField(_("事由"), max_length=300)
    rule = models.CharField(_("规则"), max_length=12, blank=True)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="sign_works", verbose_name=_("批复"))
    case = models.ForeignKey(NamingCase, models.PROTECT, null=True, blank=True, related_name="sign_works", verbose_name=_("更名案"))
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("接何任务单")
    )
    due_on = models.DateField(_("完成期限"), null=True, blank=True)
    estimate_yuan = models.DecimalField(_("概算（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    cost_yuan = models.DecimalField(_("实际费用（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    authority = models.CharField(_("批准拆除的依据"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("开单时间"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("开单人"))
    changed_at = models.DateTimeField(_("更新时间"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("标志任务单")
        verbose_name_plural = _("标志任务单")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign", "kind"], condition=~Q(state__in=["done", "cancelled"]), name="sign_work_open_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=WorkKind.values), name="sign_work_kind_known"),
            models.CheckConstraint(condition=Q(state__in=WorkState.values), name="sign_work_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.sign_id} {self.kind}"


class SignWorkEvent(models.Model):
    """A work order from `at` on: its state, its words, and why it was moved or reworded."""

    work = models.ForeignKey(SignWork, models.CASCADE, related_name="events", verbose_name=_("任务单"))
    at = models.DateTimeField(_("记录时间"))
    state = models.CharField(_("进度"), max_length=12, choices=WorkState)
    reason = models.CharField(_("事由"), max_length=300)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))

    class Meta:
        verbose_name = _("任务单沿革")
        verbose_name_plural = _("任务单沿革")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.work_id} {self.state}"


class ReportState(models.TextChoices):
    NEW = "new", pgettext_lazy("sign report", "待核实")
    ACCEPTED = "accepted", pgettext_lazy("sign report", "已转任务单")
    DISMISSED = "dismissed", pgettext_lazy("sign report", "不予受理")


class SignReport(models.Model):
    """What somebody of the public says of a sign; shown to nobody before a person of the office has looked at it.

    sender_key tells reports of one sender on one day from others without saying who it was.
    """

    sign = models.ForeignKey(Sign, models.PROTECT, related_name="reports", verbose_name=_("地名标志"))
    what = models.CharField(_("情况"), max_length=20)
    text = models.TextField(_("说明"), blank=True, max_length=500)
    contact = models.CharField(_("联系方式"), max_length=60, blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("照片"))
    received_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    sender_key = models.CharField(max_length=64)
    state = models.CharField(_("处理"), max_length=10, choices=ReportState, default=ReportState.NEW)
    answer = models.CharField(_("处理意见"), max_length=300, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("处理人"))
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    work = models.ForeignKey(SignWork, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("任务单"))

    class Meta:
        verbose_name = _("公众报修")
        verbose_name_plural = _("公众报修")
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["sender_key", "received_at"], name="sign_report_sender")]

    def __str__(self) -> str:
        return f"{self.sign_id} {self.what}"


class SignLedger(models.Model):
    """An office answers for its register of signs being complete under `area`: only then is a rate made of it (STD-GEN-04)."""

    area = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("地域"))
    since = models.DateField(_("自何日起"))
    basis = models.CharField(_("依据"), max_length=200)
    recorded = DateTimeRangeField(_("记录时间"))
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("启用人"))

    class Meta:
        verbose_name = _("标志台账启用")
        verbose_name_plural = _("标志台账启用")
        constraints = [
            models.UniqueConstraint(fields=["area"], condition=Q(recorded__upper_inf=True), name="sign_ledger_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.since}"


class SignTypeEdition(models.Model):
    """A table of sign types an office loaded, as its text; the one whose recording time has no end lies over the shipped one."""

    text = models.TextField(_("内容"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="sign_type_editions", verbose_name=_("来源"))

    class Meta:
        verbose_name = _("标志类型表")
        verbose_name_plural = _("标志类型表")
        constraints = [
            # A constant, so that there is one row at most.
            models.UniqueConstraint(models.Value(1), condition=Q(recorded__upper_inf=True), name="sign_types_one_edition"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
