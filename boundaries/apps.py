from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BoundariesConfig(AppConfig):
    name = "boundaries"
    verbose_name = _("区划与界线")

    def ready(self) -> None:
        from boundaries import office

        office.register()
        post_migrate.connect(_bring_shipped_standards, sender=self)


def _bring_shipped_standards(using: str, **_details: Any) -> None:
    """A new database can judge at once. Half-way through the migrations there is no table yet to put the standards in."""
    from django.db import connections

    from boundaries.models import RuleSet
    from boundaries.services.rule_sets import sync_shipped
    from gis.audit.models import AuditEntry

    there = set(connections[using].introspection.table_names())
    if using == "default" and {RuleSet._meta.db_table, AuditEntry._meta.db_table} <= there:
        sync_shipped()
