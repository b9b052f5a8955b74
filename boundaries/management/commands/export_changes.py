"""The yearly table of changes below the county."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from boundaries.services.yearly_changes import changes_of
from gis.commands import JsonCommand, write_output


class Command(JsonCommand):
    help = "The yearly table of changes below the county, as .xlsx / 年度县以下行政区划变更情况表"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, metavar="YEAR")
        parser.add_argument("--under", metavar="CODE", default="", help="only what lay under this unit in the year")
        parser.add_argument("--output", metavar="FILE", default="", help="where to write the .xlsx")

    def run(self, **options: Any) -> dict[str, Any]:
        found = changes_of(options["year"], options["under"])
        result = found.as_dict()
        result["file"] = write_output(options["output"], found.as_xlsx()) if options["output"] else None
        return result

    def summary(self, result: dict[str, Any]) -> str:
        rows = (
            f"{one['seq']:>4}  {one['from_code'] or '—':9} {one['from_name']} → {one['to_code'] or '—':9} {one['to_name']}"
            f"  {one['reason']}  {one['approval_doc']}"
            for one in result["rows"]
        )
        return "\n".join([result["title"], *rows])
