"""Makes what the map draws anew from the records, as after a restore or an upgrade; loading and editing do so by themselves."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.map_levels import BY_LAYER
from boundaries.services import map_shapes
from gis.commands import JsonCommand


class Command(JsonCommand):
    help = "Rebuild map shapes and boundary lines from the records / 由区划记录重新生成地图图形"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--level", choices=list(BY_LAYER), help="this level and those below it; all by default / 该级及以下")

    def run(self, **options: Any) -> dict[str, Any]:
        level = options["level"]
        made = map_shapes.rebuild_levels([BY_LAYER[level].level] if level else "all")
        names = {int(entry.level): layer for layer, entry in BY_LAYER.items()}
        return {
            "levels": {
                names[number]: {"shapes": made.shapes[number], "borders": made.borders[number]} for number in sorted(made.shapes)
            }
        }

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            _("%(level)s：图形 %(shapes)s，界线 %(borders)s") % {"level": BY_LAYER[layer].level.label, **counts}
            for layer, counts in result["levels"].items()
        ]
        return "\n".join(lines)
