"""One boundary line of the register on a day, with its markers and what the rules say of it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from boundaries.boundary_lines import line_on
from boundaries.line_checks import findings_of
from boundaries.line_documents import line_document
from gis.commands import JsonCommand, parse_day


class Command(JsonCommand):
    help = "Show a boundary line with its markers and findings / 显示一条界线、界桩和规则核对结果"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--on", metavar="DATE", default="", help="the day of legal time, by default today")
        parser.add_argument("--geometry", action="store_true", help="with the geometry as GeoJSON")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on") if options["on"] else timezone.localdate()
        line = line_on(str(options["code"]), day)
        return line_document(line, findings_of(line), geometry=options["geometry"])

    def summary(self, result: dict[str, Any]) -> str:
        length = "—" if result["length_m"] is None else f"{result['length_m'] / 1000:.2f} km"
        lines = [f"{result['code']}  {result['name']}  {' / '.join(side['name'] for side in result['sides'])}  {length}"]
        for marker in result["markers"]:
            chainage = "—" if marker["chainage_m"] is None else f"{marker['chainage_m'] / 1000:.3f} km"
            lines.append(f"  {marker['number']:12} {chainage:>12}  {marker['kind']}")
        lines += [f"  [{finding['severity']}] {finding['rule']} {finding['message']}" for finding in result["findings"]]
        return "\n".join(lines)
