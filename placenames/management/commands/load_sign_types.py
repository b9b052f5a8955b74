"""Load an office's table of sign types over the shipped one (docs/sign-type-format.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand, read_input
from placenames.services.signs import editions


class Command(JsonCommand):
    help = "Load a table of sign types / 载入地名标志类型表"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--source", metavar="TITLE", default="", help="where the table comes from / 资料来源")

    def run(self, **options: Any) -> dict[str, Any]:
        content = read_input(options["file"], editions.LIMIT_BYTES)
        return dict(editions.load_types(None, content, Path(options["file"]).name, options["source"]))

    def summary(self, result: dict[str, Any]) -> str:
        return _("载入 %(types)s 种类型。") % result if result["changed"] else _("与已载入的相同，未作改动。")
