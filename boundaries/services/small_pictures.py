"""Small pictures of kept photos, made at the first asking; they can be made again at any time."""

from __future__ import annotations

from typing import IO, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from boundaries import photos
from gis.files import services as files
from gis.files.models import StoredFile

SMALL_EDGE: Final = 640


def small_picture(file: StoredFile) -> IO[bytes]:
    """A JPEG of at most `SMALL_EDGE` pixels, upright, kept beside the original."""
    key = f"thumbnails/{files.key_of(file.sha256)}-{SMALL_EDGE}.jpg"
    if not default_storage.exists(key):
        with files.open_file(file) as handle:
            made = photos.small(handle, SMALL_EDGE)
        saved = default_storage.save(key, ContentFile(made))
        if saved != key:  # another request was quicker
            default_storage.delete(saved)
    opened: IO[bytes] = default_storage.open(key, "rb")
    return opened
