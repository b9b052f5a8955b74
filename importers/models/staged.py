"""A file on its way into the register: what was recognised, what a person decided, its rows, and what would come of each."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis.files.models import StoredFile
from gis.jobs.models import Job
from importers.rules.batch_states import LIVE

# The form in which `StagedBatch.inspection` is kept; raised with every change that what reads it does not bear.
INSPECTION_FORM = 2


class BatchState(models.TextChoices):
    """The way through the states is importers.rules.batch_states."""

    RECEIVED = "received", _("等待识别")
    UNREADABLE = "unreadable", _("无法读取")
    INSPECTED = "inspected", _("待选择用途和字段")
    PREPARED = "prepared", _("待检查")
    CHECKED = "checked", _("已检查，待导入")
    COMMITTED = "committed", _("已导入")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("已放弃")


class Outcome(models.TextChoices):
    """What would become of a row. The words are those of every target."""

    NONE = "", _("未检查")
    CREATED = "created", _("新建")
    UPDATED = "updated", _("更新")
    UNCHANGED = "unchanged", _("未变")
    REFUSED = "refused", _("不导入")
    SKIPPED = "skipped", _("已跳过")


class StagedBatch(models.Model):
    """`identity` stands for the file, the target, the options and the mapping: of live batches only one has it.

    `reference` is what the target needs to find again what it wrote; `message` is why the last step failed.
    """

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("原文件"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    state = models.CharField(_("状态"), max_length=12, choices=BatchState, default=BatchState.RECEIVED)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+", verbose_name=_("后台任务"))
    message = models.TextField(_("说明"), blank=True)
    inspection = models.JSONField(_("识别结果"), null=True, encoder=DjangoJSONEncoder)

    target = models.CharField(_("用途"), max_length=40, blank=True)
    layer = models.CharField(_("图层"), max_length=120, blank=True)
    encoding = models.CharField(_("编码"), max_length=40, blank=True)
    options = models.JSONField(_("选项"), default=dict)
    mapping = models.JSONField(_("字段对应"), default=dict)
    identity = models.CharField(_("标识"), max_length=64, blank=True)
    read_as = models.CharField(_("已读取的图层"), max_length=200, blank=True)

    verdict = models.JSONField(_("检查结果"), null=True, encoder=DjangoJSONEncoder)
    checked_at = models.DateTimeField(_("检查时间"), null=True)
    result = models.JSONField(_("导入结果"), null=True, encoder=DjangoJSONEncoder)
    reference = models.CharField(_("登记中的批次"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("导入人")
    )
    committed_at = models.DateTimeField(_("导入时间"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("撤销人"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("导入")
        verbose_name_plural = _("导入")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["identity"],
                condition=~Q(identity="") & Q(state__in=sorted(LIVE)),
                name="staged_once",
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="staged_state_known"),
        ]

    def __str__(self) -> str:
        return self.file.name

    @property
    def wanted(self) -> str:
        """What `read_as` is when the rows are those of the chosen layer."""
        return f"{self.layer}\n{self.encoding}"

    @property
    def is_outdated(self) -> bool:
        """What was recognised was written down by an older program, and must be looked for again before it is used."""
        return self.inspection is not None and self.inspection.get("form") != INSPECTION_FORM

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.is_under_way


class StagedRow(models.Model):
    """A row as it came (`cells`, `wkb` in the file's own reference system), what a person changed in it, and what would come of it.

    `key` is the target's natural key, `rests_on` what of the register the outcome rests on; `weight` 2 for errors, 1 for warnings.
    """

    batch = models.ForeignKey(StagedBatch, models.CASCADE, related_name="rows", verbose_name=_("导入"))
    number = models.PositiveIntegerField(_("行"))
    line = models.PositiveIntegerField(_("文件中的行"), null=True)
    cells = models.JSONField(_("单元格"))
    wkb = models.BinaryField(_("图形"), null=True)
    unreadable = models.TextField(_("图形无法读取"), blank=True)
    edits = models.JSONField(_("改动"), default=dict)
    skipped = models.BooleanField(_("跳过"), default=False)
    key = models.CharField(_("标识"), max_length=120, blank=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome, blank=True)
    rests_on = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(default=0)
    problems = models.JSONField(_("问题"), default=list)

    class Meta:
        verbose_name = _("导入的行")
        verbose_name_plural = _("导入的行")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="staged_row_once")]
        indexes = [models.Index(fields=["batch", "key"], name="staged_row_key")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class RememberedMapping(models.Model):
    """Which column was which the last time a file with these columns came for this target."""

    columns = models.CharField(_("列"), max_length=64)
    target = models.CharField(_("用途"), max_length=40)
    mapping = models.JSONField(_("字段对应"))
    used_at = models.DateTimeField(_("最近使用"), auto_now=True)

    class Meta:
        verbose_name = _("记住的字段对应")
        verbose_name_plural = _("记住的字段对应")
        constraints = [models.UniqueConstraint(fields=["columns", "target"], name="mapping_remembered_once")]

    def __str__(self) -> str:
        return f"{self.target} {self.columns[:8]}"
