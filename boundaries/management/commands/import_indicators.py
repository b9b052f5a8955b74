"""Import a table of indicator values: the whole of it, or nothing when a row is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.services import indicator_files
from boundaries.services.places import find_by_code
from boundaries.services.tables import MAX_BYTES
from gis.commands import JsonCommand, parse_day, read_input


class Command(JsonCommand):
    help = "Import indicator values from CSV or XLSX / 导入指标表"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="indicator,value,unit,year,source[,division code][,basis]")
        parser.add_argument("--division", metavar="CODE", help="the unit of rows without a division code")
        parser.add_argument("--authority", choices=["mca", "nbs"], help="whose code --division is")
        parser.add_argument("--on", metavar="DATE", help="the day the codes are of; today by default")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why values are corrected, for the trail")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on") if options["on"] else timezone.localdate()
        division = find_by_code(options["division"], day, options["authority"]).place.id if options["division"] else None
        plan = indicator_files.preview(read_input(options["file"], MAX_BYTES), options["file"], None, division, day)
        refused = bool(plan.errors)
        if not refused and not options["dry_run"]:
            indicator_files.commit(plan, None, options["reason"])
        result: dict[str, Any] = {
            "read": len(plan.rows),
            "created": plan.count("new"),
            "updated": plan.count("corrects"),
            "unchanged": plan.count("same"),
            "rejected": plan.count("refused"),
            "saved": not refused and not options["dry_run"],
            "dry_run": options["dry_run"],
            "problems": [problem.as_dict() for problem in plan.problems],
        }
        if refused:
            first = plan.errors[0]
            message = _("第 %(row)d 行：%(message)s") % {"row": first.row, "message": first.message}
            result["error"] = {"code": first.code, "message": message + _("整个文件都没有保存。")}
            result["exit"] = 1
        return result

    def summary(self, result: dict[str, Any]) -> str:
        lines = [_("读入 %(read)d 行：新增 %(created)d，更正 %(updated)d，相同 %(unchanged)d，不能用 %(rejected)d。") % result]
        lines += [
            _("第 %(row)d 行：%(message)s") % {"row": problem["row"], "message": problem["message"]}
            for problem in result["problems"]
        ]
        if not result["saved"]:
            lines.append(_("没有保存。"))
        return "\n".join(lines)
