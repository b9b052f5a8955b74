"""``undo_name_list SOURCE``: takes back what import_historic_names or import_traditional_villages loaded."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from importers.services.named_sources import undo_list


class Command(JsonCommand):
    help = "take back a loaded list of names / 撤销导入的地名名单"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=int, metavar="SOURCE", help="the number the load told as “source” / 导入时给出的编号")
        parser.add_argument("--dry-run", action="store_true", help="tell what stands in the way, change nothing / 只说明，不改动")

    def run(self, **options: Any) -> dict[str, Any]:
        return undo_list(options["source"], actor=None, dry_run=options["dry_run"])

    def summary(self, result: dict[str, Any]) -> str:
        if result["in_the_way"]:
            return "\n".join([_("不能撤销：%(why)s。") % {"why": ""}, *(f"  · {one}" for one in result["in_the_way"])])
        return _("“%(title)s”：收回 %(closed)s 条，恢复 %(restored)s 条。") % result
