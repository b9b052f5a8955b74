"""What was here on a day, what it came from, what became of it, and by which document."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from boundaries.services.history import find_all
from boundaries.services.history_documents import trace_document
from gis.commands import JsonCommand, parse_day


class Command(JsonCommand):
    help = "Follow a division through time / 追溯一个区划的沿革"

    def arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--code", metavar="C", default="", help="a legal or statistical code held on the day")
        what.add_argument("--name", metavar="N", default="", help="the full name borne on the day")
        parser.add_argument("--on", required=True, metavar="DATE")
        parser.add_argument("--to", metavar="DATE", help="the day to follow to, later or earlier; without it both ways")
        parser.add_argument("--under", metavar="CODE", default="", help="only what lay under this unit on the day")

    def run(self, **options: Any) -> dict[str, Any]:
        day = parse_day(options["on"], "--on")
        to = parse_day(options["to"], "--to") if options["to"] else None
        found = find_all(day, code=options["code"], name=options["name"], under=options["under"])
        return trace_document(found, day, to)

    def summary(self, result: dict[str, Any]) -> str:
        lines = [f"{one['name']}  {one['code'] or '—'}  [{one['valid_from']}, {one['valid_to'] or '…'})" for one in result["found"]]
        for arrow, rows in (("←", result["predecessors"]), ("→", result["successors"])):
            lines += [
                f"  {arrow} {one['name']}  {one['code'] or '—'}  "
                f"{'?' if one['share'] is None else format(one['share'], '.1%')}  {_why(one)}".rstrip()
                for one in rows
            ]
        lines += [
            f"  {step['kind']}  {_unit(step['from'])} → {_unit(step['to'])}  {_why(step)}".rstrip() for step in result["path"]
        ]
        return "\n".join(lines)


def _why(row: dict[str, Any]) -> str:
    """The day, marked ≤ where it is only known to be not later, and the document."""
    if row["on"] is None:
        return ""
    return f"{'≤' if row['begins'] == 'observed' else ''}{row['on']}  {row['decision'] or ''}"


def _unit(one: dict[str, Any]) -> str:
    return f"{one['parent_name'] or ''}{one['name']} {one['code'] or '—'}"
