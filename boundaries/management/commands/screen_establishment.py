"""Every township by how near it is to the standard, those in key counties first."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from boundaries.services.establishment import counts, screen, screening_document
from boundaries.services.places import find_by_code
from boundaries.wording import screening_lines
from gis.commands import JsonCommand, parse_day


class Command(JsonCommand):
    help = "Rank every township by nearness to the standard / 按接近标准的程度排列全部乡镇"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--target", required=True, metavar="town|subdistrict")
        parser.add_argument("--on", required=True, metavar="DATE")
        parser.add_argument("--under", metavar="CODE", help="only what lies under this unit")
        parser.add_argument("--authority", choices=["mca", "nbs"], help="whose code --under is")
        parser.add_argument("--rule-set", metavar="ID", help="another standard than the one in force")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on")
        root = find_by_code(options["under"], day, options["authority"]) if options["under"] else None
        screening = screen(options["target"], day, root=root.place.id if root else None, rule_set=options["rule_set"])
        return screening_document(screening) | {
            "under": root.code if root else None,
            "notes": list(root.notes) if root else [],
            "classes": counts(screening.units),
        }

    def summary(self, result: dict[str, Any]) -> str:
        return "\n".join(screening_lines(result))
