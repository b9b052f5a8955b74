"""Bring the standards that come with the software into the database; running it again changes nothing."""

from __future__ import annotations

from typing import Any

from boundaries.services.rule_sets import sync_shipped
from gis.commands import JsonCommand


class Command(JsonCommand):
    help = "Bring the shipped standards into the database / 同步随软件提供的标准"

    def run(self, **options: Any) -> dict[str, Any]:
        return {"added": [{"id": row.identifier, "state": row.state, "title": row.title} for row in sync_shipped()]}
