"""On one's own machine and for `scripts/run`: no HTTPS asked for, a key of its own, errors shown in words."""

from __future__ import annotations

from gis.settings.base import *  # noqa: F403
from gis.settings.secret import local_secret_key

SECRET_KEY = local_secret_key(STATE_DIR)  # noqa: F405
ALLOWED_HOSTS = ["*"]
# Static files straight from the apps and var/assets, found once at start: no collectstatic before a first look.
WHITENOISE_USE_FINDERS = True

# Static files straight from the apps and from var/assets; only production collects them.
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True

OPEN_DATA_LICENCE = OPEN_DATA_LICENCE or "CC BY 4.0"  # noqa: F405  the demo shows its downloads
