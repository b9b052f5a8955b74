"""On an office's server. `manage.py check --deploy` is clean with the variables of docs/settings.md set."""

from __future__ import annotations

from gis.settings import environment as env
from gis.settings.base import *  # noqa: F403

SECRET_KEY = env.SECRET_KEY.read(required=True)
ALLOWED_HOSTS = env.ALLOWED_HOSTS.read(required=True)

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.HTTPS.read()
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if env.HTTPS.read() else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.HTTPS.read()
if env.PROXY_HEADER.read():
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
