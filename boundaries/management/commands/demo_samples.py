"""Write the sample tracks along the demo's boundary line, or check that they are those the code makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.demo import build_demo
from boundaries.demo.lines import demo_line
from boundaries.demo.samples import Sample, samples
from gis.commands import JsonCommand
from gis.errors import DomainError


class Command(JsonCommand):
    help = "Write docs/samples/tracks from the demo's line / 生成演示界线的样例轨迹"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a file is stale")

    def run(self, **options: Any) -> dict[str, Any]:
        folder = Path(settings.BASE_DIR) / "docs" / "samples" / "tracks"
        made = samples(demo_line(build_demo()))
        pages = {one.name: one.content for one in made}
        rows = "".join(f"| [{one.name}]({one.name}) | {one.zh} | {one.en} | {_shown(one)} |\n" for one in made)
        pages["README.md"] = f"{_HEAD}{rows}".encode()
        stale = [name for name, content in pages.items() if not (folder / name).exists() or (folder / name).read_bytes() != content]
        if options["check"] and stale:
            raise DomainError("samples_stale", _("样例轨迹与代码不一致，请运行 scripts/manage demo_samples。"), files=stale)
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (folder / name).write_bytes(pages[name])
        return {"folder": "docs/samples/tracks", "files": sorted(pages), "changed": sorted(stale)}


def _shown(sample: Sample) -> str:
    walked = "、".join(f"{low:.1f}–{high:.1f} km" for low, high in sample.covered) or "0 km"
    return " · ".join([walked, *(f"`{code}`" for code in sample.suspicions)])


_HEAD = """\
# 样例轨迹 Sample tracks

沿演示县的界线“舆和邻和线”，由 `scripts/manage demo_samples` 生成，地点是虚构的。
Along the demo county's line 舆和邻和线, made by `scripts/manage demo_samples`; the places are invented.

`scripts/manage match_track --line 417021-417022 FILE` 的结果在右栏（界线里程，千米；可疑的见 [matching.md](../../matching.md)）。
The last column is what `match_track` makes of each: kilometres of the line covered, and codes of what looks wrong.

| 文件 File | 说明 | What it is | 结果 Shown |
| --- | --- | --- | --- |
"""
