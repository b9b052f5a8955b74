"""The divisions of a level as they stood on a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from boundaries.models import Level
from boundaries.services.history_documents import divisions_document
from gis.commands import JsonCommand, parse_day

LEVELS = {level.name.lower(): level for level in Level}


class Command(JsonCommand):
    help = "List the divisions of a level on a day / 列出某一天某一级的区划"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", metavar="DATE")
        parser.add_argument("--level", required=True, choices=[*LEVELS, *(str(level.value) for level in Level)])
        parser.add_argument("--under", metavar="CODE", default="", help="only what lay under this unit on the day")

    def run(self, **options: Any) -> dict[str, Any]:
        text = options["level"]
        level = Level(int(text)) if text.isdigit() else LEVELS[text]
        return divisions_document(parse_day(options["day"], "DATE"), level, options["under"])

    def summary(self, result: dict[str, Any]) -> str:
        return "\n".join(f"{one['code'] or '—':12}  {one['name']}" for one in result["divisions"])
