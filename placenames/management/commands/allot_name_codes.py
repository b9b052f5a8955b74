"""Give codes of twenty digits to the names of an area that have none, as far as the rule reaches."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division
from boundaries.services.places import find_by_code
from gis.commands import JsonCommand
from placenames.services import name_codes


class Command(JsonCommand):
    help = "Give codes to names that have none (CODE-10); without --commit it only tells / 给没有代码的地名赋码"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--within", required=True, metavar="CODE", help="the division / 所在行政区代码")
        parser.add_argument("--commit", action="store_true", help="write them / 写入")
        parser.add_argument("--reason", default="", metavar="TEXT", help="kept in the trail / 记入操作记录的依据")

    def run(self, **options: Any) -> dict[str, Any]:
        area = Division.objects.get(pk=find_by_code(options["within"], timezone.localdate()).place.id)
        outlook = name_codes.outlook(area)
        if options["commit"] and outlook.ready:
            outlook = name_codes.allot_missing(None, area, reason=options["reason"])
        return {
            "within": options["within"],
            "committed": bool(options["commit"] and outlook.ready),
            "allotted": [{"name": one.record.name, "code": one.allotted.code} for one in outlook.ready],
            "undetermined": [
                {"name": one.record.name, "class": one.record.place_class, "why": one.allotted.why, "message": one.why}
                for one in outlook.waiting
            ],
        }

    def summary(self, result: dict[str, Any]) -> str:
        told = {"count": len(result["allotted"]), "rest": len(result["undetermined"])}
        words = _("已给 %(count)s 个地名赋码") if result["committed"] else _("可给 %(count)s 个地名赋码（加 --commit 写入）")
        lines = [words % told, *(f"{one['code']} {one['name']}" for one in result["allotted"])]
        if told["rest"]:
            lines.append(_("%(rest)s 个还不能赋码：") % told)
            lines += [f"{one['name']}：{one['message']}" for one in result["undetermined"]]
        return "\n".join(lines)
