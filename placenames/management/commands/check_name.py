"""What the rules say of a proposed name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from gis.errors import InvalidInputError
from placenames.rules.naming_kinds import NamedKind, named_kind
from placenames.services.name_checks import check_name


class Command(JsonCommand):
    help = "Check a proposed place name by the rules / 按规则核对拟用地名"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--kind", required=True, metavar="KIND", help="county town township subdistrict village road … / 类别")
        parser.add_argument("--within", required=True, metavar="CODE", help="the division it would lie in / 所在区划代码")
        parser.add_argument("--rename-of", default="", metavar="CODE", help="the division that would be renamed / 拟更名的区划代码")

    def run(self, **options: Any) -> dict[str, Any]:
        kind = named_kind(options["kind"])
        if kind is None:
            known = "、".join(NamedKind)
            raise InvalidInputError(
                "unknown_kind", _("不认识的类别“%(text)s”，应为：%(known)s。") % {"text": options["kind"][:40], "known": known}
            )
        return check_name(options["name"], kind, options["within"], options["rename_of"]).as_dict()

    def summary(self, result: dict[str, Any]) -> str:
        lines = [f"{one['severity']:5}  {one['rule']}  {one['message']}" for one in result["findings"]]
        return "\n".join(lines) or _("没有发现问题。")
