"""Load a year's notice on days off, so that periods are counted by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.services import holidays
from gis.commands import JsonCommand, read_input


class Command(JsonCommand):
    help = "Load the State Council's notice on days off (TOML) / 载入国务院办公厅放假安排通知"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="read and compare only / 只读取和比较，不载入")

    def run(self, **options: Any) -> dict[str, Any]:
        data = read_input(options["file"], holidays.LIMIT_BYTES)
        loaded = holidays.load(None, data, Path(options["file"]).name, dry_run=options["dry_run"])
        return {
            "dry_run": options["dry_run"],
            "changed": bool(loaded.changes or loaded.new_years),
            "new_years": list(loaded.new_years),
            "notices": [
                {
                    "year": one.year,
                    "title": one.title,
                    "number": one.number,
                    "issued_on": one.issued_on,
                    "off": len(one.off),
                    "work": len(one.work),
                }
                for one in loaded.notices
            ],
            "changes": [{"day": day, "worked_before": before, "worked_now": now} for day, before, now in loaded.changes],
            "years_known": sorted(loaded.calendar.years),
        }

    def summary(self, result: dict[str, Any]) -> str:
        lines = [_("%(year)d 年：放假 %(off)d 日，调休上班 %(work)d 日（%(title)s）") % one for one in result["notices"]]
        lines.append(_("通知所列日期中，%(count)d 日与此前所知不同。") % {"count": len(result["changes"])})
        years = _("、").join(str(year) for year in result["years_known"])
        lines.append(_("已知放假安排的年份：%(years)s。其余年份按未知处理。") % {"years": years})
        if result["dry_run"]:
            lines.append(_("试读，未保存。"))
        return "\n".join(lines)
