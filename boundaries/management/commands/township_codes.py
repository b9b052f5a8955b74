"""The half-year list of township codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.services import code_lists
from gis.commands import JsonCommand, parse_day, write_output
from gis.errors import InvalidInputError


class Command(JsonCommand):
    help = "The list of township codes as of 30 June or 31 December (CODE-12) / 乡级代码半年表"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", metavar="DATE")
        parser.add_argument("--under", metavar="CODE", default="", help="only what lay under this unit on the day")
        parser.add_argument("--output", metavar="FILE", default="", help="where to write the .xlsx")
        parser.add_argument("--keep", action="store_true", help="keep it as a list made, as the page does; not with --under")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["day"], "DATE")
        if options["keep"] and options["under"]:
            raise InvalidInputError("whole_register_only", _("--keep 生成全部登记册的代码表，不能与 --under 同用。"))
        found = code_lists.code_list(day, options["under"])
        result = found.as_dict()
        result["kept"] = code_lists.make(None, day).pk if options["keep"] else None
        result["file"] = write_output(options["output"], found.as_xlsx()) if options["output"] else None
        return result

    def summary(self, result: dict[str, Any]) -> str:
        rows = (f"{one['code']}  {one['name']}  {one['county']}" for one in result["codes"])
        return "\n".join([f"{result['on']}：{result['count']}", *rows])
