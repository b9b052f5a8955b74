"""``import_history``: the history of counties and townships from published lists and documents into the register."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand, parse_day
from importers.services.history import LIST_DAY, HistoryFiles, import_history


class Command(JsonCommand):
    help = "build the history of divisions from yearly lists and documents / 由历年名单和批复建立区划沿革"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--county-diffs", default="", metavar="DIR", help="*codes_by_year*.csv and *.diff / 逐年代码表与差异表所在文件夹"
        )
        parser.add_argument("--township-list", default="", metavar="CSV", help="legal list of one day / 某日的乡级法定名单")
        parser.add_argument(
            "--township-changes",
            default=[],
            nargs="+",
            action="extend",
            metavar="CSV",
            help="official yearly lists of changes / 历年县以下区划变更情况",
        )
        parser.add_argument(
            "--list-day", default=LIST_DAY.isoformat(), metavar="DATE", help="the day the list is of / 名单日期，默认 2025-11-30"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        files = HistoryFiles(
            county_diffs=options["county_diffs"],
            township_list=options["township_list"],
            township_changes=options["township_changes"],
            list_day=parse_day(options["list_day"], "--list-day"),
        )
        return import_history(files, progress=_say if sys.stderr.isatty() else lambda _text: None)

    def summary(self, result: dict[str, Any]) -> str:
        lines = []
        for part, label in (("county", _("县级以上")), ("township", _("乡级"))):
            if result[part]:
                counts = _("区划 %(divisions)s，记录 %(records)s，沿革 %(lineages)s，批复 %(decisions)s，问题 %(problems)s")
                lines.append(f"{label}：" + counts % result[part])
        for problem in result["problems"][:30]:
            row = _("第 %s 行") % problem["row"] if problem["row"] else ""
            lines.append(f"  {problem['field']} {row} {problem['message']}")
        if len(result["problems"]) > 30:
            lines.append(_("  ……共 %s 条，加 --json 查看全部。") % len(result["problems"]))
        lines.append(_("已写入登记。") if result["changed"] else _("登记中都已有，未作改动。"))
        return "\n".join(lines)


def _say(text: str) -> None:
    print(f"· {text}…", file=sys.stderr)
