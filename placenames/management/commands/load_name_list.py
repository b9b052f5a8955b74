"""Load a list that the rules on names refer to: leaders, foreign names, trademarks, protected features …"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand, read_input
from placenames.services import name_lists


class Command(JsonCommand):
    help = "Load a list that names are checked with, one entry a line / 载入核对地名用的名单"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--list", dest="key", required=True, metavar="KEY", help="leaders, foreign_names, trademarks …")
        parser.add_argument("--source", required=True, metavar="TITLE", help="where the list comes from / 资料来源")

    def run(self, **options: Any) -> dict[str, Any]:
        content = read_input(options["file"], name_lists.LIMIT_BYTES)
        return dict(name_lists.load_list(None, options["key"], content, Path(options["file"]).name, options["source"]))

    def summary(self, result: dict[str, Any]) -> str:
        told = _("%(entries)s 条，新增 %(added)s，减少 %(removed)s。") % result
        return told if result["changed"] else _("与已载入的相同，未作改动。")
