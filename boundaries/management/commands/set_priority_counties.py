"""Enter the list of key counties from a table with its document."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from boundaries.services import priority_counties
from boundaries.services.tables import MAX_BYTES
from gis.commands import JsonCommand, parse_day, read_input


class Command(JsonCommand):
    help = "Enter key counties from CSV or XLSX: code,list,document,valid_from[,valid_to] / 录入重点帮扶县名单"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--on", metavar="DATE", help="the day the codes are of; today by default")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on") if options["on"] else timezone.localdate()
        return priority_counties.set_from_table(read_input(options["file"], MAX_BYTES), options["file"], None, day)
