"""``import_traditional_villages FILE --as-of DATE``: the list of traditional villages with their points."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand, parse_day
from importers.services.traditional_villages import import_traditional_villages


class Command(JsonCommand):
    help = "load the list of traditional villages / 导入中国传统村落名录"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--as-of", required=True, metavar="DATE", help="the day the list is of / 数据日期")
        parser.add_argument("--dry-run", action="store_true", help="read only, change nothing / 只读取，不改动")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["as_of"], "--as-of")
        return import_traditional_villages(options["file"], day, dry_run=options["dry_run"])

    def summary(self, result: dict[str, Any]) -> str:
        told = _("读取 %(read)s 行：新登记 %(created)s 处，登记中已有的村 %(divisions)s 个，未采用 %(rejected)s 行。") % result
        return _("这个文件已经导入过，未再写入。") if result["already_loaded"] else told
