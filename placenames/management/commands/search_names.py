"""Finds names by whatever form somebody knows, and says why each was found."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.services.places import find_by_code
from gis.commands import JsonCommand
from gis.errors import InvalidInputError
from placenames.filter_words import heritage_of, near_of, window_of
from placenames.found_names import areas_under, find
from placenames.models import HeritageKind, SearchAccess
from placenames.rules.search_keys import clean_query
from placenames.search import LONGEST, MOST, Filters
from placenames.services import search_index


class Command(JsonCommand):
    help = "Find a place name by any of its forms / 按任何写法查找地名"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", metavar="QUERY")
        parser.add_argument("--limit", type=int, default=10, metavar="N")
        parser.add_argument("--within", default="", metavar="CODE", help="only what lies in this division / 限定在此区划内")
        parser.add_argument("--year", type=int, metavar="Y", help="forms in use in that year, BC negative / 当年所用的名称")
        parser.add_argument("--class", dest="place_class", default="", metavar="DIGITS", help="beginning of a class / 类别代码开头")
        parser.add_argument("--heritage", default="", metavar="LIST", help=f"any, {', '.join(HeritageKind.values)} / 所在名录")
        parser.add_argument("--window", default="", metavar="W,S,E,N", help="degrees / 经纬度范围")
        parser.add_argument("--near", default="", metavar="LON,LAT", help="adds distance_m / 给出距离")
        parser.add_argument("--nearest", action="store_true", help="what is nearest first, with --near / 近的在前")

    def run(self, **options: Any) -> dict[str, Any]:
        query, limit, year = clean_query(options["query"]), options["limit"], options["year"]
        if not query or len(options["query"].strip()) > LONGEST:
            raise InvalidInputError("bad_query", _("请输入 1 至 %(limit)s 个字。") % {"limit": LONGEST})
        if not 1 <= limit <= MOST:
            raise InvalidInputError("bad_limit", _("--limit 应在 1 至 %(most)s 之间。") % {"most": MOST})
        if year is not None and not (-3000 <= year <= 9998 and year):
            raise InvalidInputError("bad_year", _("--year 应为年份，公元前用负数，没有 0 年。"))
        search_index.mend()
        today = timezone.localdate()
        areas = areas_under(find_by_code(options["within"], today).place.id, today) if options["within"] else None
        filters = Filters(
            SearchAccess.OFFICE,
            areas,
            year=year,
            classes=self._classes(options["place_class"]),
            heritage=heritage_of(options["heritage"]),
            window=window_of(options["window"]),
            near=near_of(options["near"], first=options["nearest"]),
        )
        return find(query, filters, limit).as_dict()

    def _classes(self, digits: str) -> tuple[str, ...]:
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= 5):
            raise InvalidInputError("bad_class", _("--class 应为类别代码的前几位数字。"))
        return (digits,) if digits else ()

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            f"{one['score']:6}  {one['name']}  {one['spelling']}  {one['area']}"
            f"  ← {one['matched']['form']}（{one['matched']['how']}）"
            for one in result["results"]
        ]
        return "\n".join([*lines, _("共 %(total)s 个，用时 %(took_ms)s 毫秒。") % result])
