"""For the tests: quick passwords, nothing kept between runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gis.settings.base import *  # noqa: F403

SECRET_KEY = "tests-only-" + "0123456789" * 6
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = Path(tempfile.gettempdir()) / "yudi-test-media"
CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name} for name in ("default", "tiles")}
AXES_ENABLED = False
SEARCHES_PER_MINUTE = 0
OPEN_DATA_LICENCE = "CC BY 4.0"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Refusals are what many tests are about.
LOGGING = {**LOGGING, "loggers": {**LOGGING["loggers"], "django.request": {"level": "ERROR"}}}  # type: ignore[dict-item]  # noqa: F405
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # each client makes its own handler; none scans all files first
