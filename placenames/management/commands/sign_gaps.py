"""Which signs are lacking under a division: wanted − standing = gap, in the order a crew is to visit them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.services.places import find_by_code
from gis.commands import JsonCommand, parse_day
from placenames.signs.documents import gaps_document


class Command(JsonCommand):
    help = "Signs that are lacking, with coordinates and a visiting order / 应设未设的地名标志"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--under", metavar="CODE", required=True, help="the division / 区划代码")
        parser.add_argument("--on", metavar="DAY", default="", help="as on this day; today / 以这一天为准")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on") if options["on"] else timezone.localdate()
        return gaps_document(find_by_code(options["under"], day), day)

    def summary(self, result: dict[str, Any]) -> str:
        return _("应设 %(wanted)s 处，已设 %(set)s 处，缺 %(gaps)s 处。") % result["counts"]
