"""Files as they came: immutable, stored by content, never lost."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One upload. The bytes lie under ``sha256[:2]/sha256`` in the storage, shared by uploads of the same content."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    name = models.CharField(_("文件名"), max_length=255)
    media_type = models.CharField(_("类型"), max_length=120, help_text=_("按内容判断，不按扩展名"))
    purpose = models.CharField(_("用途"), max_length=40)
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人"))
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")

    def __str__(self) -> str:
        return self.name


class UploadState(models.TextChoices):
    RECEIVING = "receiving", _("上传中")
    FINISHED = "finished", _("已传完")
    SET_ASIDE = "set_aside", _("有误，存留待查")
    ABORTED = "aborted", _("已取消")
    EXPIRED = "expired", _("已过期")


class Upload(models.Model):
    """A file on its way in, in chunks of `chunk_bytes`; `file` is what became of it, also where it was found faulty (`reason`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    purpose = models.CharField(_("用途"), max_length=40)
    name = models.CharField(_("文件名"), max_length=255)
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, help_text=_("上传人说明的；为空则不比对"))
    chunk_bytes = models.PositiveIntegerField(_("每块字节数"))
    state = models.CharField(_("状态"), max_length=10, choices=UploadState, default=UploadState.RECEIVING)
    reason_code = models.CharField(_("原因代码"), max_length=60, blank=True)
    reason = models.TextField(_("原因"), blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("文件"))
    started_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    moved_at = models.DateTimeField(_("最近收到"), auto_now_add=True)

    class Meta:
        verbose_name = _("大文件上传")
        verbose_name_plural = _("大文件上传")
        ordering = ["-moved_at"]
        indexes = [models.Index(fields=["owner", "state"], name="upload_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def chunk_count(self) -> int:
        return -(-self.size // self.chunk_bytes)

    def chunk_size(self, index: int) -> int:
        """Bytes of a chunk; the last one has what is left."""
        return min(self.chunk_bytes, self.size - index * self.chunk_bytes)


class UploadChunk(models.Model):
    """A chunk that has come whole. Its bytes lie in the storage until the upload is over."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="chunks", verbose_name=_("上传"))
    index = models.PositiveIntegerField(_("序号"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    key = models.CharField(_("存放处"), max_length=120)

    class Meta:
        verbose_name = _("文件块")
        verbose_name_plural = _("文件块")
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["upload", "index"], name="upload_chunk_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.index}"
