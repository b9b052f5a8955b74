"""Lines derived from the edges that neighbouring divisions share: shown, and with --commit registered."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Level
from boundaries.services import line_derivation
from boundaries.services.places import find_by_code
from gis.commands import JsonCommand
from gis.errors import InvalidInputError

LEVELS = {level.name.lower(): level for level in Level if level != Level.VILLAGE}


class Command(JsonCommand):
    help = "Derive boundary lines from shared edges of divisions / 由相邻区划的共同边推出界线"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--between", nargs=2, metavar="CODE", help="two neighbouring divisions")
        parser.add_argument("--under", metavar="CODE", help="all neighbouring pairs under this division")
        parser.add_argument("--level", choices=list(LEVELS), help="with --under: pairs of this level, by default its children")
        parser.add_argument("--code", default="", help="with --between: the line's number")
        parser.add_argument("--name", default="", help="with --between: the line's name")
        parser.add_argument(
            "--commit", action="store_true", help="register what is not registered yet; otherwise nothing is written"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        today = timezone.localdate()
        if bool(options["between"]) == bool(options["under"]):
            raise InvalidInputError("between_or_under", _("请用 --between 给出两个区划，或用 --under 给出上级区划。"))
        if options["between"]:
            one, other = (find_by_code(code, today).place.id for code in options["between"])
            found = [line_derivation.derive(one, other, today)]
        else:
            parent = find_by_code(options["under"], today).place.id
            found = line_derivation.derive_under(parent, today, level=LEVELS.get(options["level"] or ""))
        registered = []
        if options["commit"]:
            with transaction.atomic():
                for line in found:
                    if not line.standing or options["between"]:
                        name = options["name"] if options["between"] else ""
                        code = options["code"] if options["between"] else ""
                        registered.append(line_derivation.commit(None, line, code=code, name=name).code)
        return {"on": today.isoformat(), "lines": [line.as_dict() for line in found], "registered": registered}

    def summary(self, result: dict[str, Any]) -> str:
        rows = [
            f"{line['code']:24} {line['name']:16} {line['length_m'] / 1000:9.2f} km  {line['grade']}"
            + (f"  = {line['registered_as']}" if line["registered_as"] else "")
            for line in result["lines"]
        ]
        return "\n".join([*rows, _("已登记：%(codes)s") % {"codes": "、".join(result["registered"]) or "—"}])
