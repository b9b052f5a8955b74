"""Load a standard from a TOML file: as a draft, or adopted at once with a reason."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import RuleSet, RuleSetState
from boundaries.rules.ruleset import RuleSet as Rules
from boundaries.services import rule_sets
from boundaries.services.rule_set_preview import preview_changes, preview_document
from gis.commands import JsonCommand, parse_day, read_input
from gis.errors import InvalidInputError

LIMIT = 2 * 1024 * 1024


class Command(JsonCommand):
    help = "Load a standard (TOML) as a draft, showing which townships it would change / 载入设立标准"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--adopt", action="store_true", help="adopt it at once; needs --reason")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why it is adopted, for example the document number")
        parser.add_argument("--on", metavar="DATE", help="the day the preview is for; today by default")
        parser.add_argument("--dry-run", action="store_true", help="read and preview only")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on") if options["on"] else timezone.localdate()
        if options["adopt"] and not options["reason"].strip():
            raise InvalidInputError("reason_missing", _("采用标准须写明理由：--adopt --reason 文件名称和文号。"))
        text = rule_sets.decode(read_input(options["file"], LIMIT), options["file"])
        rules = rule_sets.read(text, options["file"])
        row = _unsaved(rules, text) if options["dry_run"] else rule_sets.load_draft(text, options["file"], None)
        previews = [preview_document(preview) for preview in preview_changes(row, day)]
        if options["adopt"] and not options["dry_run"]:
            row = rule_sets.adopt(row, None, options["reason"])
        return {
            "rule_set": {
                "id": rules.id,
                "title": rules.title,
                "status": rules.status.value,
                "targets": sorted(rules.targets),
                "partial": rules.partial,
                "criteria": len(rules.criteria()),
                "sha256": row.sha256,
                "edition": row.pk,
                "state": row.state if row.pk else None,
            },
            "dry_run": options["dry_run"],
            "previews": previews,
        }

    def summary(self, result: dict[str, Any]) -> str:
        row = result["rule_set"]
        state = RuleSetState(row["state"]).label if row["state"] else _("试读，未保存")
        lines = [_("%(title)s（%(id)s）：%(state)s") % {**row, "state": state}]
        lines += [_("%(target)s：%(units)d 个乡级单位中 %(changed)d 个结论会变化。") % preview for preview in result["previews"]]
        return "\n".join(lines)


def _unsaved(rules: Rules, text: str) -> RuleSet:
    return RuleSet(
        identifier=rules.id,
        title=rules.title[:200],
        target=",".join(sorted(rules.targets)),
        status=rules.status,
        toml=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        state=RuleSetState.DRAFT,
    )
