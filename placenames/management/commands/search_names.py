"""Find a place name by any of its forms."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.services.places import find_by_code
from gis.commands import JsonCommand
from gis.errors import InvalidInputError
from placenames.search import LONGEST, search
from placenames.services import search_index


class Command(JsonCommand):
    help = "Find a place name by any of its forms / 按任何写法查找地名"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", metavar="QUERY")
        parser.add_argument("--limit", type=int, default=20, metavar="N")
        parser.add_argument("--within", default="", metavar="CODE", help="only what lies in this division / 限定区划")
        parser.add_argument("--year", type=int, metavar="Y", help="forms in use in that year, BC negative / 当年的名称")

    def run(self, **options: Any) -> dict[str, Any]:
        query, limit = options["query"].strip(), options["limit"]
        if not query or len(query) > LONGEST:
            raise InvalidInputError("bad_query", _("请输入 1 至 %(limit)s 个字。") % {"limit": LONGEST})
        if not 1 <= limit <= 1000:
            raise InvalidInputError("bad_limit", _("--limit 应在 1 至 1000 之间。"))
        within = find_by_code(options["within"], timezone.localdate()).place.id if options["within"] else None
        if search_index.is_stale():
            search_index.rebuild()
        return search(query, limit=limit, within=within, year=options["year"])

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            f"{one['score']:5}  {one['name']}  {one['spelling']}  {one['area']}"
            f"  ← {one['matched']['form']}（{one['matched']['how']}）"
            for one in result["results"]
        ]
        return "\n".join([*lines, _("共 %(total)s 个，用时 %(took_ms)s 毫秒。") % result])
