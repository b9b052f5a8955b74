"""Write docs/pinyin.md from tables of readings, or check that it is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from gis.errors import DomainError, InvalidInputError
from placenames import pinyin_tables


class Command(JsonCommand):
    help = "Write docs/pinyin.md from published tables of readings / 依公开读音表生成 docs/pinyin.md"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", required=True, metavar="DIR", help="the folder that holds pinyin_areacity_2023 and so on")
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")

    def run(self, **options: Any) -> dict[str, Any]:
        page = Path(settings.BASE_DIR) / "docs" / "pinyin.md"
        try:
            text = pinyin_tables.page(Path(options["data"]).expanduser())
        except OSError as error:
            raise InvalidInputError("file_not_found", _("找不到文件：%(path)s") % {"path": error.filename}) from error
        stale = not page.exists() or page.read_text("utf-8") != text
        if options["check"] and stale:
            raise DomainError("pinyin_doc_stale", _("docs/pinyin.md 已经过时，请运行 scripts/manage pinyin_doc。"))
        if stale:
            page.write_text(text, "utf-8")
        return {"page": "docs/pinyin.md", "changed": stale}
