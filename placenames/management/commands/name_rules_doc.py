"""Write docs/name-rules.md from the register of rules on names, or check that it is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from gis.errors import DomainError
from placenames.rules.registry import page


class Command(JsonCommand):
    help = "Write docs/name-rules.md from the rules on names / 由地名规则表生成 docs/name-rules.md"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")

    def run(self, **options: Any) -> dict[str, Any]:
        path = Path(settings.BASE_DIR) / "docs" / "name-rules.md"
        text = page()
        stale = not path.exists() or path.read_text("utf-8") != text
        if options["check"] and stale:
            raise DomainError("rules_doc_stale", _("docs/name-rules.md 与规则表不一致，请运行 scripts/manage name_rules_doc。"))
        if stale:
            path.write_text(text, "utf-8")
        return {"page": "docs/name-rules.md", "changed": stale}
