"""Check the signs that stand against names, roads and types, and against one another."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.commands import JsonCommand, parse_day
from placenames.signs.documents import check_document
from placenames.signs.lists import signs_under


class Command(JsonCommand):
    help = "Check signs: texts, colours, layout, places (SIGN-01 … SIGN-06) / 核对地名标志"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--under", metavar="CODE", default="", help="only signs in this division / 只查这个区划之内")
        parser.add_argument("--on", metavar="DAY", default="", help="names as on this day; today / 以这一天的名称为准")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on") if options["on"] else timezone.localdate()
        return check_document(signs_under(options["under"], day), options["under"], day)

    def summary(self, result: dict[str, Any]) -> str:
        told = [_("查了 %(checked)s 个，%(wrong)s 个有问题。") % result["counts"]]
        found = Counter(one["rule"] + " " + one["code"] for sign in result["signs"] for one in sign["findings"])
        return "\n".join([*told, *(f"{count:6d}  {rule}" for rule, count in found.most_common())])
