"""``inspect_file FILE``: what is in a file, in which encoding and reference system, and what is wrong with it. Changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis.commands import JsonCommand
from importers import sandbox
from importers.inspection import Known, inspect
from importers.inspection.register import known_of_register


class Command(JsonCommand):
    help = "look into a file without importing it / 查看数据文件的内容、编码、坐标系和问题，不导入"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="file, folder or zip / 文件、文件夹或 zip")
        parser.add_argument(
            "--without-register",
            action="store_true",
            help="do not compare with the register's names and boundaries / 不与登记的名称和界线比对",
        )
        parser.add_argument(
            "--in-process", action="store_true", help="read in this process, not in a confined one / 不另起受限进程（调试用）"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        known = Known() if options["without_register"] else known_of_register()
        path = options["file"]
        found = inspect(path, known).as_dict() if options["in_process"] else sandbox.inspect(path, known)
        return {**found, "exit": 1} if "error" in found else found

    def summary(self, result: dict[str, Any]) -> str:
        encoding, crs = result["encoding"], result["crs"]
        lines = [
            _("类型：%(kind)s（%(driver)s）") % {"kind": _kind(result["kind"]), "driver": result["driver"] or "—"},
            _("编码：%(name)s，%(sure)s") % {"name": encoding["name"] or "—", "sure": _sure(encoding["certainty"])},
            _("坐标系：%(code)s，%(sure)s") % {"code": crs["code"] or "—", "sure": _sure(crs["certainty"])},
        ]
        lines += [f"  {finding['message']}" for finding in (*encoding["evidence"], *crs["evidence"])]
        for layer in result["layers"]:
            lines.append(
                _("图层 %(name)s：%(geometry)s，%(features)s 个要素")
                % {"name": layer["name"], "geometry": layer["geometry"] or _("无图形"), "features": layer["features"]}
            )
        lines += [
            _("轨迹：%(segments)s 段，%(points)s 点") % {"segments": track["segments"], "points": track["points"]}
            for track in result["tracks"]
        ]
        for problem in result["problems"][:20]:
            place = " ".join(str(value) for value in problem["where"].values())
            lines.append(f"  [{problem['code']}] {place} {problem['message']}".replace("  ", " "))
        if len(result["problems"]) > 20:
            lines.append(_("  ……共 %s 条，加 --json 查看全部。") % len(result["problems"]))
        return "\n".join(lines)


def _sure(certainty: str) -> str:
    return {"certain": _("确定无疑"), "likely": _("很可能"), "possible": _("有可能，待确认"), "undetermined": _("无法判定")}[
        certainty
    ]


def _kind(kind: str) -> str:
    kinds = {
        "vector": _("图形数据"),
        "table": _("表格数据"),
        "track": _("轨迹数据"),
        "archive": _("压缩包"),
        "crs": _("坐标系说明"),
        "mixed": _("多种"),
        "unknown": _("不认识"),
    }
    return kinds.get(kind, kind)
