"""What files are kept for. Each purpose says who may fetch such a file and what such a file must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from gis.files.models import StoredFile
from gis.files.validators import Validator

MayDownload = Callable[[Any, StoredFile], bool]
MayUpload = Callable[[Any], bool]


@dataclass(frozen=True)
class Purpose:
    """`may_download(user, file)` is a named policy; `validators` look at a file before it is kept.

    `may_upload(user)` opens the purpose to uploads in chunks (gis.files.uploads); without it there are none.
    """

    key: str
    title: str | Promise
    may_download: MayDownload
    validators: tuple[Validator, ...] = ()
    limit_bytes: int | None = None
    may_upload: MayUpload | None = None


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Called by an app when it is ready; the same key twice is a programming error."""
    if _purposes.get(purpose.key, purpose) != purpose:
        raise RuntimeError(f"the purpose {purpose.key} is registered twice")
    _purposes[purpose.key] = purpose


def purpose(key: str) -> Purpose:
    try:
        return _purposes[key]
    except KeyError:
        raise RuntimeError(f"no app registered the file purpose {key!r} (gis.files.purposes.register)") from None


def known(key: str) -> Purpose | None:
    return _purposes.get(key)
