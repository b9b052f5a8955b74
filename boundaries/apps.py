from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoundariesConfig(AppConfig):
    name = "boundaries"
    verbose_name = _("区划与界线")

    def ready(self) -> None:
        from boundaries import office

        office.register()
