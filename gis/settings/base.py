"""What every place of use shares."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONCE
from django.utils.translation import gettext_lazy as _

from gis.settings import environment as env
from gis.settings import geolibraries
from gis.settings.database import database
from gis.webmap.basemap import csp_sources

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STATE_DIR = Path(env.STATE_DIR.read() or BASE_DIR / "var").resolve()

DEBUG = False
ALLOWED_HOSTS = env.ALLOWED_HOSTS.read()
PUBLIC_URL = env.PUBLIC_URL.read().rstrip("/")
CSRF_TRUSTED_ORIGINS = env.TRUSTED_ORIGINS.read()
ROOT_URLCONF = "gis.urls"
WSGI_APPLICATION = "gis.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "gis",
    "boundaries",
    "placenames",
    "importers",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gis.middleware.OfficeMiddleware",
    "gis.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "gis.context.office",
            ],
        },
    }
]

# --- database, geometry -------------------------------------------------------------------------------------------------
DATABASES = {"default": database(STATE_DIR)}
GDAL_LIBRARY_PATH = geolibraries.GDAL_LIBRARY_PATH
GEOS_LIBRARY_PATH = geolibraries.GEOS_LIBRARY_PATH

# --- people ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "yudi.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "gis/locked_out.html"
AXES_RESET_ON_SUCCESS = True
CSRF_FAILURE_VIEW = "gis.views.errors.expired_form"

# --- language -------------------------------------------------------------------------------------------------------------
# Message ids are Chinese, the laws' own words; English is a complete catalogue beside them.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in ("gis", "boundaries", "placenames", "importers")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["gis.formats"]

# --- files ------------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.STATIC_ROOT.read() or STATE_DIR / "static")
STATICFILES_DIRS = [("vendor", STATE_DIR / "assets" / "vendor")] if (STATE_DIR / "assets" / "vendor").is_dir() else []
MEDIA_ROOT = STATE_DIR / "media"
UPLOAD_LIMIT_BYTES = env.UPLOAD_LIMIT.read() * 1024 * 1024
UPLOAD_QUOTA_BYTES = env.UPLOAD_QUOTA.read() * 1024 * 1024
UPLOAD_EXPIRY_DAYS = env.UPLOAD_EXPIRY.read()
UPLOAD_CHUNK_BYTES = 4 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- long work ---------------------------------------------------------------------------------------------------------------
PROCRASTINATE_IMPORT_PATHS = ["gis.jobs.tasks"]

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "yudi"},
    # Tiles outlive a restart and are shared by the web processes.
    "tiles": {
        "BACKEND": "gis.webmap.cache.TileCache",
        "LOCATION": STATE_DIR / "cache" / "tiles",
        "TIMEOUT": 30 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}

# --- periods --------------------------------------------------------------------------------------------------------------
DEADLINE_SHIFT = env.DEADLINE_SHIFT.read()
DEADLINE_WARN_DAYS = env.DEADLINE_WARN_DAYS.read()
LINE_TOLERANCE_M = env.LINE_TOLERANCE.read()
MARKER_TOLERANCE_M = env.MARKER_TOLERANCE.read()
MARKER_PATTERNS = env.MARKER_PATTERNS.read()

# --- the public archive of names -----------------------------------------------------------------------------------------
PUBLISHER = env.PUBLISHER.read()
OPEN_DATA_LICENCE = env.OPEN_DATA_LICENCE.read()
OPEN_DATASETS = [title.strip() for title in env.OPEN_DATASETS.read().replace("；", ";").split(";") if title.strip()]
SEARCHES_PER_MINUTE = env.SEARCHES_PER_MINUTE.read()
SUGGESTIONS_PER_DAY = env.SUGGESTIONS_PER_DAY.read()

# --- map --------------------------------------------------------------------------------------------------------------------
BASEMAP_URL = env.BASEMAP_URL.read()
BASEMAP_ATTRIBUTION = env.BASEMAP_ATTRIBUTION.read()

# --- security ---------------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600

_self = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _self,
        "script-src": ["'self'", NONCE],
        # Leaflet and folium's shell place elements by style attributes.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *csp_sources(BASEMAP_URL)],
        "connect-src": _self,
        "font-src": _self,
        "object-src": ["'none'"],
        "base-uri": _self,
        "form-action": _self,
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.LOG_LEVEL.read()},
    "loggers": {"axes": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
}
