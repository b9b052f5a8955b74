"""``check_topology FILE``: are a file's polygons a coverage, and what would a repair of narrow faults do? Stores nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from gis.sheets import as_pdf, as_png
from importers import topology_sheet
from importers.models import FindingKind
from importers.services import topology_file
from importers.services.topology_file import Asked


class Command(JsonCommand):
    help = "check polygons of a file as a coverage; nothing is stored / 检查文件中面图形的拓扑，不存任何东西"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="file, Shapefile folder or zip / 文件、Shapefile 文件夹或 zip")
        parser.add_argument("--parents", default="", metavar="FILE", help="polygons of the parents / 上级的图形文件")
        parser.add_argument("--crs", default="", help="of both files, where they do not say / 坐标系，文件未说明时必填")
        parser.add_argument("--layer", default="", help="layer of a file with several / 图层名")
        parser.add_argument("--encoding", default="", help="where the guess is wrong / 字符编码")
        for role in ("code", "name", "parent"):
            parser.add_argument(f"--{role}-field", default="", metavar="COLUMN", help=f"column of the {role} / 指定列")
        parser.add_argument("--picture", default="", metavar="OUT", help="OUT.png or OUT.pdf / 拓扑检查图")
        parser.add_argument("--repair", type=float, metavar="METRES", help="what a repair within METRES would do / 预览修复")
        parser.add_argument(
            "--kinds", default="sliver", help="gap,overlap,sliver,hole,outside: what --repair is for / 修复哪几类，默认 sliver"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        asked = Asked(
            crs=options["crs"],
            layer=options["layer"],
            encoding=options["encoding"],
            fields={role: options[f"{role}_field"] for role in ("code", "name", "parent")},
            repair_m=options["repair"],
            kinds=tuple(kind for kind in options["kinds"].split(",") if kind),
            picture=options["picture"],
        )
        looked = topology_file.look(options["file"], options["parents"], asked)
        if options["picture"]:
            form = Path(options["picture"]).suffix.lower()
            today = timezone.localdate()
            title = f"{Path(options['file']).stem}拓扑检查图"
            notes = [f"资料来源：{Path(options['file']).name}。", f"检查于 {today:%Y年%m月%d日}。"]
            sheet = topology_sheet.sheet(title, looked.units, looked.places, notes, today)
            Path(options["picture"]).write_bytes((as_pdf if form == ".pdf" else as_png)(sheet))
        return looked.told

    def summary(self, result: dict[str, Any]) -> str:
        kinds = "，".join(f"{FindingKind(kind).label} {count}" for kind, count in result["kinds"].items() if count)
        lines = [_("比对 %(checked)s 个图形：%(found)s。") % {"checked": result["checked"], "found": kinds or _("没有发现问题")}]
        for one in result["places"][:20]:
            names = " — ".join(unit["name"] or unit["code"] for unit in one["units"][:2])
            what = FindingKind(one["kind"]).label
            lines.append(
                f"  {what} {names}  {one['area_m2']:,.0f} m²  {one['width_m']:.1f} m  {one['place'][0]}, {one['place'][1]}"
            )
        if len(result["places"]) > 20:
            lines.append(_("  ……共 %s 处，加 --json 查看。") % result["total"])
        if result["repair"] is not None:
            told = {"gone": result["repair"]["gone"], "units": len(result["repair"]["units"])}
            lines.append(_("修复预览：%(gone)s 处可以修复，涉及 %(units)s 个区划；没有存任何东西。") % told)
        return "\n".join(lines)
