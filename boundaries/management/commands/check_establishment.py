"""Judge one unit, or a table of figures, by the standard for towns or sub-districts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.services.establishment import check, check_document, eligibility
from boundaries.services.indicator_files import values_in_file
from boundaries.services.places import find_by_code
from boundaries.services.tables import MAX_BYTES
from boundaries.wording import check_lines
from gis.commands import JsonCommand, parse_day, read_input
from gis.errors import InvalidInputError


class Command(JsonCommand):
    help = "Judge a unit by an establishment standard / 按设立标准校核一个乡镇"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", metavar="CODE", help="code of the unit; may be left out with --indicators")
        parser.add_argument("--authority", choices=["mca", "nbs"], help="whose code it is, when both use the same digits")
        parser.add_argument("--target", required=True, metavar="town|subdistrict")
        parser.add_argument("--on", required=True, metavar="DATE", help="the day, for example 2026-11-23")
        parser.add_argument("--indicators", metavar="FILE", help="CSV or XLSX: indicator,value,unit,year,source[,basis]")
        parser.add_argument("--rule-set", metavar="ID", help="another standard than the one in force")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on")
        if not options["division"] and not options["indicators"]:
            raise InvalidInputError("nothing_to_check", _("请给出 --division（区划代码）或 --indicators（指标文件）。"))
        found = find_by_code(options["division"], day, options["authority"]) if options["division"] else None
        values = None
        if options["indicators"]:
            values = values_in_file(read_input(options["indicators"], MAX_BYTES), options["indicators"])
        result = check(
            options["target"], day, division=found.place.id if found else None, values=values, rule_set=options["rule_set"]
        )
        document = check_document(result, found.code if found else None)
        notes = [*(found.notes if found else ()), *filter(None, [eligibility(result)])]
        return document | {"authority": found.authority if found else None, "notes": notes}

    def summary(self, result: dict[str, Any]) -> str:
        return "\n".join(check_lines(result))
