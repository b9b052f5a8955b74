"""Keeping files as they came: by content, immutable, served only through the policy of their purpose."""

from __future__ import annotations

import hashlib
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import InvalidInputError, NotFoundError
from gis.files import sniff
from gis.files.models import StoredFile
from gis.files.purposes import purpose as purpose_of
from gis.files.validators import Candidate

CHUNK = 1024 * 1024
IN_MEMORY = 2 * 1024 * 1024
LONGEST_NAME = 200


@transaction.atomic
def store(
    content: UploadedFile | IO[bytes] | Path | bytes,
    *,
    name: str,
    purpose: str,
    actor: User | None,
    area: int | None = None,
    limit_bytes: int | None = None,
) -> StoredFile:
    """Keeps `content` under its SHA-256 and returns its record.

    `purpose` is registered in `gis.files.purposes`; its validators look at the file first. `area` is the division the file
    concerns, for the audit trail. `limit_bytes` overrides the limit of the purpose and of the settings. Raises
    `InvalidInputError` with the codes ``file_too_large``, ``bad_file_name`` and those of the validators.
    """
    reason = purpose_of(purpose)
    limit = limit_bytes or reason.limit_bytes or settings.UPLOAD_LIMIT_BYTES
    clean = clean_name(name)
    with _spooled(content, clean, limit) as (copy, sha256, size):
        media_type = sniff.sniff(copy)
        candidate = Candidate(handle=copy, name=clean, media_type=media_type, size=size)
        for validate in reason.validators:
            validate(candidate)
        copy.seek(0)
        _keep(copy, key_of(sha256), size)
    stored = StoredFile.objects.create(sha256=sha256, size=size, name=clean, media_type=media_type, purpose=purpose, uploader=actor)
    audit.record(
        actor=actor,
        action="file.store",
        target=stored,
        area=area,
        after={"name": clean, "size": size, "sha256": sha256, "media_type": media_type, "purpose": purpose},
    )
    return stored


def open_file(stored: StoredFile) -> IO[bytes]:
    """The bytes, for reading. Raises `NotFoundError` when the storage has lost them, which a restored backup may do."""
    key = key_of(stored.sha256)
    if not default_storage.exists(key):
        raise NotFoundError(
            "file_content_missing", _("文件“%(name)s”的内容在存储中找不到，请联系系统管理员。") % {"name": stored.name}
        )
    opened: IO[bytes] = default_storage.open(key, "rb")
    return opened


def read_bytes(stored: StoredFile) -> bytes:
    with open_file(stored) as handle:
        return handle.read()


def key_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def clean_name(name: str) -> str:
    """The last part of a path, without control and direction characters, short enough for every file system."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    kept = unicodedata.normalize("NFC", kept).strip().strip(".").strip()
    if not kept:
        raise InvalidInputError("bad_file_name", _("文件没有可用的名称。"))
    if len(kept) > LONGEST_NAME:
        stem, dot, extension = kept.rpartition(".")
        kept = f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}" if dot and len(extension) < 20 else kept[:LONGEST_NAME]
    return kept


@contextmanager
def _spooled(content: UploadedFile | IO[bytes] | Path | bytes, name: str, limit: int) -> Iterator[tuple[IO[bytes], str, int]]:
    """A private seekable copy with its SHA-256 and size; refused as soon as it grows beyond `limit` bytes."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        for chunk in _chunks(content):
            size += len(chunk)
            if size > limit:
                raise InvalidInputError(
                    "file_too_large",
                    _("文件“%(name)s”超过 %(mb)s MB 的上限。") % {"name": name, "mb": f"{limit / 1024 / 1024:g}"},
                    limit_bytes=limit,
                )
            digest.update(chunk)
            copy.write(chunk)
        copy.seek(0)
        yield copy, digest.hexdigest(), size


def _chunks(content: UploadedFile | IO[bytes] | Path | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as handle:
            yield from iter(lambda: handle.read(CHUNK), b"")
    elif isinstance(content, UploadedFile):
        yield from content.chunks(CHUNK)
    else:
        yield from iter(lambda: content.read(CHUNK), b"")


def _keep(copy: IO[bytes], key: str, size: int) -> None:
    """Writes the bytes under `key` unless they are there. What a crash left half written is written anew."""
    if default_storage.exists(key):
        if default_storage.size(key) == size:
            return
        default_storage.delete(key)
    written = default_storage.save(key, File(copy, name=key))
    if written != key:  # somebody stored the same content in the same moment; theirs stays
        default_storage.delete(written)
