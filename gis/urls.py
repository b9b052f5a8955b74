"""The addresses of the whole application; each app lists its own."""

from django.urls import include, path

from gis.views.health import healthz
from gis.views.home import home

handler400 = "gis.views.errors.bad_request"
handler403 = "gis.views.errors.forbidden"
handler404 = "gis.views.errors.not_found"
handler500 = "gis.views.errors.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("gis.accounts.urls")),
    path("", include("gis.audit.urls")),
    path("", include("gis.files.urls")),
    path("", include("gis.jobs.urls")),
    path("", include("boundaries.urls")),
    path("", include("placenames.urls")),
    path("", include("importers.urls")),
]
