"""``match_track (--line CODE | --line-file GEOJSON) FILE…``: what of a boundary line was walked, by track files. Stores nothing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from boundaries.agreed_lines import agreed_line
from boundaries.matching import Clues, MatchError, Settings, Sighting, Track, converted, match
from gis.commands import JsonCommand
from gis.errors import DomainError
from importers.track_matching import as_document, read_line, read_tracks, refusal


class Command(JsonCommand):
    help = "match track files with a boundary line / 把轨迹文件与界线匹配，看走过哪些、缺哪些"

    def arguments(self, parser: CommandParser) -> None:
        line = parser.add_mutually_exclusive_group(required=True)
        line.add_argument("--line", metavar="CODE", help="line of the register / 登记中的界线编号")
        line.add_argument("--line-file", metavar="GEOJSON", help="line in a file, with markers as points / 界线文件，可带界桩点")
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="GPX, KML, KMZ, TCX, FIT, NMEA, IGC, CSV; a zip of them / 或装着它们的 zip"
        )
        parser.add_argument(
            "--tolerance", type=float, default=None, metavar="M", help="metres, 1 to 2000 (50) / 容差，米，1—2000（50）"
        )
        parser.add_argument(
            "--track-crs", choices=["gcj02", "bd09"], help="convert the tracks from this system first / 先按此坐标系换算轨迹"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            settings = Settings() if options["tolerance"] is None else Settings(tolerance_m=options["tolerance"])
        except MatchError as error:
            raise refusal(error) from error
        given = agreed_line(options["line"]) if options["line"] else read_line(options["line_file"])
        tracks: list[Track] = []
        sightings: list[Sighting] = []
        refused: list[tuple[str, DomainError]] = []
        for path, name in zip(options["files"], _names(options["files"]), strict=True):
            try:
                read = read_tracks(path, name)
            except DomainError as error:
                refused.append((name, error))
                continue
            tracks += [converted(track, options["track_crs"]) if options["track_crs"] else track for track in read.tracks]
            sightings += read.sightings
            refused += read.refused
        if not tracks:
            raise refused[0][1]
        clues = Clues(now=time.time(), sightings=tuple(sightings))
        found = match(given.line, tracks, given.markers, settings, clues)
        return as_document(found, options["line"] or Path(options["line_file"]).name, refused)

    def summary(self, result: dict[str, Any]) -> str:
        share, total, walked = 100 * result["coverage"], result["length_m"] / 1000, result["covered_m"] / 1000
        lines = [
            _("%(line)s：全长 %(total).2f 千米，已走 %(walked).2f 千米（%(share).1f%%），容差 %(tolerance)g 米")
            % {"line": result["line"], "total": total, "walked": walked, "share": share, "tolerance": result["tolerance_m"]}
        ]
        lines += [_("  缺 %(from)s—%(to)s 米") % {"from": f"{low:.0f}", "to": f"{high:.0f}"} for low, high in result["uncovered"]]
        for marker in result["markers"]:
            words = (
                _("  界桩 %(number)s：已到（%(near)s 米）")
                if marker["visited"]
                else _("  界桩 %(number)s：没有到（最近 %(near)s 米）")
            )
            lines.append(words % {"number": marker["number"], "near": marker["nearest_m"]})
        lines += [f"  [{one['code']}] {one['detail']}" for one in result["suspicions"]]
        return "\n".join(lines)


def _names(paths: list[str]) -> list[str]:
    """File names, with the path where two would be the same; the same path twice keeps a number."""
    names: list[str] = []
    for path in paths:
        name = Path(path).name
        if sum(Path(other).name == name for other in paths) > 1:
            name = path
        again = sum(1 for known in names if known == name or known.startswith(f"{name} ("))
        names.append(f"{name} ({again + 1})" if again else name)
    return names
