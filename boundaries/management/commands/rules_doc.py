"""Write docs/rules.md from the register of rules and the shipped standards, or check that it is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.rules.docs import render_rules_markdown
from gis.commands import JsonCommand
from gis.errors import DomainError


class Command(JsonCommand):
    help = "Write docs/rules.md from the rule tables / 由规则表生成 docs/rules.md"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")

    def run(self, **options: Any) -> dict[str, Any]:
        page = Path(settings.BASE_DIR) / "docs" / "rules.md"
        text = render_rules_markdown()
        stale = not page.exists() or page.read_text("utf-8") != text
        if options["check"] and stale:
            raise DomainError("rules_doc_stale", _("docs/rules.md 与规则表不一致，请运行 scripts/manage rules_doc。"))
        if stale:
            page.write_text(text, "utf-8")
        return {"page": "docs/rules.md", "changed": stale}
