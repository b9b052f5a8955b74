"""Large files in chunks, over lines that break.

A session knows the name and size of a file; chunks come in any order, each with its SHA-256, and as often as the sender likes: the
same chunk is taken once, another body under the same number is refused. Chunks are kept until the file is whole and committed.
What turns out faulty is kept aside with the reason.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, DomainError, ForbiddenError, InvalidInputError
from gis.files import services
from gis.files.models import Upload, UploadChunk, UploadState
from gis.files.policies import may_continue_upload, may_upload
from gis.files.purposes import purpose as purpose_of

logger = logging.getLogger(__name__)

SET_ASIDE = "set_aside"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COPY = 1024 * 1024


class Body(Protocol):
    """An open file or a request."""

    def read(self, size: int, /) -> bytes: ...


def begin(actor: User, *, name: str, size: int, purpose: str, sha256: str = "", fresh: bool = False) -> tuple[Upload, bool]:
    """The session to send the file in, and whether it is new.

    A session of the same person for a file of that name and size goes on where it was, unless `fresh` asks for another. That the
    chunks there are of the same file is for the sender to see, by their digests. Raises `InvalidInputError` (bad_file_name,
    bad_size, bad_sha256, file_too_large), `ConflictError` (upload_quota) and `ForbiddenError`.
    """
    if not may_upload(actor, purpose):
        raise ForbiddenError("forbidden", _("您的职责不包括上传这类文件。"))
    clean = services.clean_name(name)
    limit = purpose_of(purpose).limit_bytes or settings.UPLOAD_LIMIT_BYTES
    if size < 1:
        raise InvalidInputError("empty_file", _("文件“%(name)s”是空的。") % {"name": clean})
    if size > limit:
        raise InvalidInputError(
            "file_too_large",
            _("文件“%(name)s”超过 %(mb)s MB 的上限。") % {"name": clean, "mb": f"{limit / 1024 / 1024:g}"},
            limit_bytes=limit,
        )
    if sha256 and not _SHA256.fullmatch(sha256):
        raise _bad_digest()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # two tabs begin the same file, or together exceed the quota
        if not fresh:
            open_ones = Upload.objects.filter(owner=actor, state=UploadState.RECEIVING, purpose=purpose, name=clean, size=size)
            if sha256:
                open_ones = open_ones.filter(sha256__in=["", sha256])
            if (found := open_ones.first()) is not None:
                return found, False
        _within_quota(actor, size)
        upload = Upload.objects.create(
            owner=actor, purpose=purpose, name=clean, size=size, sha256=sha256, chunk_bytes=settings.UPLOAD_CHUNK_BYTES
        )
        audit.record(actor=actor, action="upload.start", target=upload, after={"size": size, "purpose": purpose})
    return upload, True


def taken_up(actor: User) -> int:
    """Bytes that count against the person's quota: what is under way, and what was set aside lately."""
    mine = Upload.objects.filter(owner=actor)
    lately = timezone.now() - timedelta(days=settings.UPLOAD_EXPIRY_DAYS)
    counted = mine.filter(state=UploadState.RECEIVING) | mine.filter(state=UploadState.SET_ASIDE, moved_at__gt=lately)
    return int(counted.aggregate(all=Sum("size"))["all"] or 0)


def unfinished(actor: User, purpose: str) -> list[Upload]:
    return list(Upload.objects.filter(owner=actor, purpose=purpose, state=UploadState.RECEIVING)[:50])


def status(upload: Upload) -> dict[str, Any]:
    """What a sender needs to go on: which chunks are there, with their digests; JSON-able."""
    chunks = list(upload.chunks.values_list("index", "sha256")) if upload.state == UploadState.RECEIVING else []
    told: dict[str, Any] = {
        "id": str(upload.pk),
        "name": upload.name,
        "size": upload.size,
        "state": upload.state,
        "chunk_bytes": upload.chunk_bytes,
        "chunk_count": upload.chunk_count,
        "chunks": [{"index": index, "sha256": digest} for index, digest in chunks],
        "received_bytes": sum(upload.chunk_size(index) for index, _digest in chunks),
        "file": upload.file_id if upload.state == UploadState.FINISHED else None,
    }
    if upload.reason_code:
        told["reason"] = {"code": upload.reason_code, "message": upload.reason}
    return told


def take_chunk(actor: User, upload: Upload, index: int, sha256: str, body: Body) -> bool:
    """Keeps one chunk; False when it was there already. Nothing of a chunk that comes broken is kept.

    Raises `InvalidInputError` (bad_index, bad_sha256, chunk_size, chunk_damaged) and `ConflictError` (chunk_differs, upload_over).
    """
    _ensure_own(actor, upload)
    if not 0 <= index < upload.chunk_count:
        raise InvalidInputError("bad_index", _("没有第 %(index)d 块。") % {"index": index})
    if not _SHA256.fullmatch(sha256):
        raise _bad_digest()
    wanted = upload.chunk_size(index)
    content = body.read(wanted + 1)
    if len(content) != wanted:
        raise InvalidInputError("chunk_size", _("第 %(index)d 块的长度不对，请重新发送。") % {"index": index}, expected=wanted)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InvalidInputError("chunk_damaged", _("第 %(index)d 块在途中损坏，请重新发送。") % {"index": index})
    # Under a name of its own: what another tab sends in the same moment cannot meet it.
    key = default_storage.save(f"{_folder(upload)}/{index:06d}-{uuid.uuid4().hex}", ContentFile(content))
    taken = False
    try:
        taken = _enter(upload, index, sha256, key)
    finally:
        if not taken:
            _drop(key)
    return taken


def _enter(upload: Upload, index: int, sha256: str, key: str) -> bool:
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state != UploadState.RECEIVING:
            raise _over(locked)
        held = UploadChunk.objects.filter(upload=locked, index=index).values_list("sha256", flat=True).first()
        if held is not None and held != sha256:
            raise ConflictError("chunk_differs", _("第 %(index)d 块已经收到，内容与这次发送的不同。") % {"index": index})
        if held is not None:
            return False
        UploadChunk.objects.create(upload=locked, index=index, sha256=sha256, key=key)
        locked.moved_at = timezone.now()
        locked.save(update_fields=["moved_at"])
    return True


def finish(actor: User, upload: Upload, sha256: str = "") -> Upload:
    """Puts the chunks together and keeps the file under its purpose; finishing again gives the same answer.

    What the purpose's validators refuse, or what is not the file that was announced (`sha256_differs`), is kept aside with the
    reason: the state of the upload that is returned says so. Raises `ConflictError` (upload_incomplete with what is missing,
    upload_over).
    """
    _ensure_own(actor, upload)
    if sha256 and not _SHA256.fullmatch(sha256):
        raise _bad_digest()
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state in {UploadState.FINISHED, UploadState.SET_ASIDE}:
            return locked
        if locked.state != UploadState.RECEIVING:
            raise _over(locked)
        there = set(locked.chunks.values_list("index", flat=True))
        if missing := sorted(set(range(locked.chunk_count)) - there):
            raise ConflictError(
                "upload_incomplete", _("还有 %(count)d 块没有收到。") % {"count": len(missing)}, missing=missing[:1000]
            )
        _settle(actor, locked, sha256 or locked.sha256)
        transaction.on_commit(lambda: _sweep(locked), robust=True)
    return locked


def abort(actor: User, upload: Upload) -> Upload:
    """Gives up an upload; what had come is thrown away. One that is over stays as it is."""
    _ensure_own(actor, upload)
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state == UploadState.RECEIVING:
            _end(locked, UploadState.ABORTED)
            audit.record(actor=actor, action="upload.abort", target=locked)
    return locked


def expire() -> None:
    """Clears away what nobody went on with; a look of the worker's upkeep."""
    before = timezone.now() - timedelta(days=settings.UPLOAD_EXPIRY_DAYS)
    stale = Upload.objects.filter(state=UploadState.RECEIVING, moved_at__lt=before).values_list("pk", flat=True)
    for pk in list(stale[:100]):
        with transaction.atomic():
            # Who is sending a chunk this moment has the lock, and moves the date.
            locked = Upload.objects.select_for_update(skip_locked=True).filter(pk=pk, moved_at__lt=before).first()
            if locked is not None and locked.state == UploadState.RECEIVING:
                _end(locked, UploadState.EXPIRED)
                audit.record(actor=None, action="upload.expire", target=locked, area=None, actor_name="后台服务")


# --- what becomes of it -----------------------------------------------------------------------------------------------


def _settle(actor: User, upload: Upload, announced: str) -> None:
    with _assembled(upload) as (whole, digest):
        try:
            if announced and announced != digest:
                raise InvalidInputError(
                    "sha256_differs", _("收到的文件与选定时的不同：文件可能在上传途中被改动，请重新上传。"), received=digest
                )
            whole.seek(0)
            with transaction.atomic():
                upload.file = services.store(whole, name=upload.name, purpose=upload.purpose, actor=actor)
            upload.state = UploadState.FINISHED
            action = "upload.finish"
        except DomainError as refusal:
            whole.seek(0)
            upload.file = services.store(whole, name=upload.name, purpose=SET_ASIDE, actor=actor, limit_bytes=upload.size)
            upload.state, upload.reason_code, upload.reason = UploadState.SET_ASIDE, refusal.code[:60], str(refusal)
            action = "upload.set_aside"
    upload.sha256, upload.moved_at = digest, timezone.now()
    upload.save()
    upload.chunks.all().delete()
    audit.record(actor=actor, action=action, target=upload, after={"sha256": digest, "size": upload.size}, reason=upload.reason)


@contextmanager
def _assembled(upload: Upload) -> Iterator[tuple[IO[bytes], str]]:
    """The whole file and its SHA-256. Raises `ConflictError` (chunk_lost) where the storage has lost a chunk, which is then wanted
    again.
    """
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as whole:
        for chunk in upload.chunks.order_by("index"):
            try:
                with default_storage.open(chunk.key, "rb") as part:
                    while piece := part.read(_COPY):
                        digest.update(piece)
                        whole.write(piece)
            except FileNotFoundError as error:
                raise ConflictError(
                    "chunk_lost", _("第 %(index)d 块在存储中找不到，请取消后重新上传。") % {"index": chunk.index}
                ) from error
        whole.seek(0)
        yield whole, digest.hexdigest()


def _end(upload: Upload, state: UploadState) -> None:
    upload.state, upload.moved_at = state, timezone.now()
    upload.save(update_fields=["state", "moved_at"])
    upload.chunks.all().delete()
    transaction.on_commit(lambda: _sweep(upload), robust=True)


def _within_quota(actor: User, size: int) -> None:
    used, quota = taken_up(actor), settings.UPLOAD_QUOTA_BYTES
    if used + size > quota:
        raise ConflictError(
            "upload_quota",
            _("您没有传完的文件已占 %(used)s MB，加上这个文件将超过每人 %(quota)s MB 的限额。请先传完或取消其他文件。")
            % {"used": f"{used / 1024**2:.0f}", "quota": f"{quota / 1024**2:g}"},
            used_bytes=used,
            quota_bytes=quota,
        )


def _ensure_own(actor: User, upload: Upload) -> None:
    if not may_continue_upload(actor, upload):
        raise ForbiddenError("forbidden", _("这个文件由他人上传，只有本人可以继续。"))


def _over(upload: Upload) -> ConflictError:
    words = _("这次上传%(state)s，请重新选择文件。") % {"state": UploadState(upload.state).label}
    return ConflictError("upload_over", words, state=upload.state)


def _bad_digest() -> InvalidInputError:
    return InvalidInputError("bad_sha256", _("SHA-256 应为 64 位十六进制小写字符。"))


# --- bytes ------------------------------------------------------------------------------------------------------------


def _folder(upload: Upload) -> str:
    return f"uploads/{upload.pk}"


def _drop(key: str) -> None:
    with suppress(FileNotFoundError):
        default_storage.delete(key)


def _sweep(upload: Upload) -> None:
    """Throws away the bytes of an upload that is over."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for name in default_storage.listdir(_folder(upload))[1]:
            _drop(f"{_folder(upload)}/{name}")
    with suppress(OSError, NotImplementedError):
        default_storage.delete(_folder(upload))
