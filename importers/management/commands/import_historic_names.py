"""``import_historic_names FILE``: the historic names of CHGIS as TGAZ publishes them, with their years and points."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from importers.services.historic_names import import_historic_names


class Command(JsonCommand):
    help = "load historic place names of CHGIS/TGAZ / 导入 CHGIS 历史地名"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="read only, change nothing / 只读取，不改动")

    def run(self, **options: Any) -> dict[str, Any]:
        return import_historic_names(options["file"], dry_run=options["dry_run"])

    def summary(self, result: dict[str, Any]) -> str:
        told = (
            _("读取 %(read)s 行：记录 %(created)s 条，地名 %(places)s 处，其他写法 %(forms)s 个，未采用 %(rejected)s 行。") % result
        )
        return _("这个文件已经导入过，未再写入。") if result["already_loaded"] else told
