"""How a place name is spelled by the rule of 1984, and what of it a person has to decide."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from gis.errors import InvalidInputError
from placenames.rules.kinds import Kind, kind_of_class
from placenames.rules.readings import HOME, UnreadableError
from placenames.rules.spelling import spell


class Command(JsonCommand):
    help = "Spell a place name in Hanyu Pinyin / 按《中国地名汉语拼音字母拼写规则》拼写地名"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument(
            "--class", dest="place_class", default="", metavar="CLASS", help="digits of GB/T 18521, or a word / 地名类别"
        )
        parser.add_argument("--in", dest="within", default=HOME, metavar="CODE", help="code of the area it lies in / 所在区划代码")

    def run(self, **options: Any) -> dict[str, Any]:
        kind: Kind | None = None
        if options["place_class"]:
            kind = kind_of_class(options["place_class"])
            if kind is None:
                raise InvalidInputError("unknown_class", _("不认识的地名类别“%(text)s”。") % {"text": options["place_class"][:40]})
        within = options["within"].strip()
        if not (within.isascii() and within.isdigit() and len(within) <= 20):
            raise InvalidInputError("bad_code", _("--in 应为区划代码，收到的是“%(text)s”。") % {"text": within[:40]})
        try:
            return spell(options["name"], kind, within).as_dict()
        except UnreadableError as error:
            raise InvalidInputError(
                "unreadable_character", _("“%(character)s”不是有读音的汉字，不能拼写。") % {"character": error.character}
            ) from error

    def summary(self, result: dict[str, Any]) -> str:
        lines = [f"{result['name']}  {result['spelling']}"]
        for one in result["syllables"]:
            if one["by"] in ("auto", "unresolved"):
                readings = _("、").join([one["reading"], *one["alternatives"]])
                lines.append(
                    "  " + _("“%(char)s”有多个读音（%(readings)s），须由人认定。") % {"char": one["char"], "readings": readings}
                )
        if result["needs_person"] and len(lines) == 1:
            lines.append("  " + _("分写连写须由人认定。"))
        return "\n".join(lines)
