"""Taking once what telephones send: keys made on the device, digests of content, files that came along or ahead in chunks."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError, NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile

LONGEST_DEVICE: Final = 120
_COPY: Final = 1 << 20


def key_from(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError as error:
        raise InvalidInputError("bad_key", _("设备给出的编号应为 UUID。")) from error


def key_reused() -> ConflictError:
    return ConflictError("key_reused", _("这个编号已用于另一份内容。请在设备上重新选择后再传。"))


def digest_of_words(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as sent without its key, independent of the order of its fields."""
    told = {name: value for name, value in content.items() if name != "key"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def digest_of(content: UploadedFile | StoredFile) -> str:
    """SHA-256 of a file that somebody brings, before it is kept."""
    if isinstance(content, StoredFile):
        return content.sha256
    digest = hashlib.sha256()
    for piece in content.chunks(_COPY):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def kept(actor: User, content: UploadedFile | StoredFile, purpose: str, area: int | None) -> StoredFile:
    """The kept file: brought with the request, or before in chunks by the same person for the same purpose."""
    if isinstance(content, StoredFile):
        if content.purpose != purpose or content.uploader_id != actor.pk:
            raise NotFoundError("file_unknown", _("没有找到先传的文件，请重新上传。"))
        return content
    return files.store(content, name=content.name or "", purpose=purpose, actor=actor, area=area)
