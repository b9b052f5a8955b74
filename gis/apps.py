from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GisConfig(AppConfig):
    name = "gis"
    label = "yudi"  # "gis" belongs to django.contrib.gis
    verbose_name = _("公共")

    def ready(self) -> None:
        from gis import checks, office  # noqa: F401  (checks registers the system checks)
        from gis.accounts import signals  # noqa: F401  (connects them)

        office.register()
