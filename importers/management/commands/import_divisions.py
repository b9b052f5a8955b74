"""``import_divisions FILE --level LEVEL --as-of DATE``: a list of divisions, with or without their shapes, into the register."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand, parse_day
from importers.services.division_lists import Options, import_divisions


class Command(JsonCommand):
    help = "load divisions from GeoJSON, GeoPackage, Shapefile or CSV / 从 GeoJSON、GeoPackage、Shapefile 或 CSV 导入区划"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="file, Shapefile folder or zip / 文件、Shapefile 文件夹或 zip")
        parser.add_argument(
            "--level",
            required=True,
            help="province|prefecture|county|township|village|all (also 省级…, 1–5) / 层级；all 按文件的层级列",
        )
        parser.add_argument("--as-of", required=True, metavar="DATE", help="the day the list is of / 数据日期，例如 2023-12-31")
        parser.add_argument(
            "--crs", default="", help="EPSG:4490, gcj02, bd09 … where the file does not say / 坐标系，文件未说明时必填"
        )
        parser.add_argument(
            "--authority", default="mca", help="mca legal codes (default) or nbs statistical codes / 编码机构，默认 mca"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing / 试运行，不改动")
        parser.add_argument("--grade", default="indicative", help="agreed|surveyed|indicative|invented / 范围等级，默认示意")
        for role in ("code", "name", "parent", "level"):
            parser.add_argument(f"--{role}-field", default="", metavar="COLUMN", help=f"column of the {role} / 指定列")
        parser.add_argument("--layer", default="", help="layer of a file with several / 图层名")
        parser.add_argument("--encoding", default="", help="of a Shapefile or CSV, where the guess is wrong / 字符编码")
        parser.add_argument("--source", default="", metavar="TITLE", help="title of the source / 资料名称")
        parser.add_argument("--batch-note", default="", metavar="TEXT", help="kept with the batch / 备注")

    def run(self, **options: Any) -> dict[str, Any]:
        chosen = Options(
            level=options["level"],
            as_of=parse_day(options["as_of"], "--as-of"),
            crs=options["crs"],
            authority=options["authority"].strip().lower(),
            grade=options["grade"].strip().lower(),
            layer=options["layer"],
            encoding=options["encoding"],
            title=options["source"],
            note=options["batch_note"],
            fields={role: options[f"{role}_field"] for role in ("code", "name", "parent", "level")},
            dry_run=options["dry_run"],
        )
        return import_divisions(options["file"], chosen, progress=_say if sys.stderr.isatty() else lambda _text: None)

    def summary(self, result: dict[str, Any]) -> str:
        lines = [
            _("读取 %(read)s 行：新建 %(created)s，更新 %(updated)s，未变 %(unchanged)s，未导入 %(rejected)s。") % result,
            _coverage(result["coverage"]),
        ]
        for problem in result["problems"][:20]:
            row = _("第 %s 行") % problem["row"] if problem["row"] else _("文件")
            lines.append(f"  {row} {problem['field']}：{problem['message']}")
        if len(result["problems"]) > 20:
            lines.append(_("  ……共 %s 条，加 --json 查看全部。") % len(result["problems"]))
        if result.get("already_loaded"):
            lines.append(_("这个文件已经导入过（批次 %s），未再写入。") % result["batch"])
        elif result.get("dry_run"):
            lines.append(_("试运行，未作任何改动。"))
        elif "error" in result:
            lines.append(result["error"]["message"])
        else:
            lines.append(_("批次 %s。") % result["batch"])
        return "\n".join(lines)


def _coverage(found: dict[str, Any]) -> str:
    if found["valid"] is None:
        return _("没有图形，未作拓扑检查。")
    if found["valid"]:
        return _("拓扑检查：无缝隙、无重叠、都在上级范围内。")
    counts = found["counts"]
    return _("拓扑检查：缝隙 %(gaps)s 处，重叠 %(overlaps)s 处，超出上级 %(outside_parent)s 处。") % counts


def _say(text: str) -> None:
    print(f"· {text}…", file=sys.stderr)
