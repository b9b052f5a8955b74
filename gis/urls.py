"""The addresses of the whole application; each app lists its own."""

from django.urls import include, path

from gis.views.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("gis.accounts.urls")),
    path("", include("gis.files.urls")),
    path("", include("gis.jobs.urls")),
    path("", include("boundaries.urls")),
]
