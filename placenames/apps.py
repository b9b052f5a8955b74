from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacenamesConfig(AppConfig):
    name = "placenames"
    verbose_name = _("地名")

    def ready(self) -> None:
        from placenames import office

        office.register()
