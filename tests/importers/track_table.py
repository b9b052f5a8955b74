"""What each shared track file is expected to give (tests/hostile/expectations_tracks.toml), and the table of it in the docs.

python -m tests.importers.track_table            writes the table into docs/importing-tracks.md
python -m tests.importers.track_table --observe  reads the shared files and prints what they give, to compare and to add from
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
EXPECTATIONS: Final = ROOT / "tests" / "hostile" / "expectations_tracks.toml"
PAGE: Final = ROOT / "docs" / "importing-tracks.md"
BEGIN, END = "<!-- table: made by tests/importers/track_table.py -->", "<!-- end of table -->"
PROBLEMS, PROBLEMS_END = "<!-- problems: made by the same -->", "<!-- end of problems -->"
NOW: Final = 1_764_547_200.0  # 2025-12-01; what times of the files are compared with
FOLDERS: Final = ("tracks", "bad_files/gpx", "bad_files/kml", "bad_files/fit", "bad_files/csv", "bad_files/xml")
COUNTS: Final = ("segments", "points", "waypoints", "route_points", "without_position")


def expectations() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(EXPECTATIONS.read_text("utf-8"))["file"]
    return entries


def shared_files(shared: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((shared / folder).rglob("*")):
            if path.is_file() and path.name not in {"README.md", "manifest.csv"}:
                yield path


def observed(path: Path) -> dict[str, Any]:
    """What reading a file gives, in the words of the expectations: as a track, else as a table, else why not."""
    from gis.errors import DomainError
    from importers.readers import tables, tracks

    try:
        found = tracks.read(path, now=NOW)
    except DomainError as refusal:
        if refusal.code != "unsupported_track":
            return {"refused": refusal.code}
        try:
            table = tables.inspect(path)
        except DomainError:
            return {"refused": refusal.code}
        told: dict[str, Any] = {
            "format": f"table {table.driver}",
            "rows": table.sheets[0].features,
            "geometry": table.sheets[0].geometry or "",
        }
        told["encoding"] = table.encoding.name if table.encoding else ""
        return told | {"problems": dict(sorted(table.counts.items()))}
    entry = found.as_inspection()["tracks"][0]
    told = {"format": found.format} | {name: entry[name] for name in COUNTS if entry[name]}
    if found.encoding and found.encoding.name != "utf-8":
        told["encoding"] = found.encoding.name
    if entry["start"]:
        told["start"] = entry["start"]
    return told | {"problems": dict(sorted(found.counts.items()))}


def page_table() -> str:
    """The table of the docs, from the expectations alone."""
    lines = ["| file | format | segments | points | waypoints | without position | problems |", "|---|---|--:|--:|--:|--:|---|"]
    for entry in expectations():
        if "refused" in entry:
            lines.append(f"| {entry['path']} | refused | | | | | {entry['refused']} |")
            continue
        problems = ", ".join(code if count == 1 else f"{code} × {count}" for code, count in entry["problems"].items())
        numbers = [entry.get("segments", ""), entry.get("points", entry.get("rows", "")), entry.get("waypoints", "")]
        cells = [entry["path"], entry["format"], *numbers, entry.get("without_position", ""), problems]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def problem_table() -> str:
    """What may be wrong with a track, from the sentences themselves."""
    from importers.readers.tracks.wording import TRACKS

    lines = ["| code | severity | what is said |", "|---|---|---|"]
    lines += [f"| {code} | {severity} | {en.replace('{', '<').replace('}', '>')} |" for code, (severity, _zh, en) in TRACKS.items()]
    return "\n".join(lines).replace("<", "‹").replace(">", "›")


def page_with_table() -> str:
    page = PAGE.read_text("utf-8")
    for begin, end, table in ((BEGIN, END, page_table()), (PROBLEMS, PROBLEMS_END, problem_table())):
        before, _, rest = page.partition(begin)
        _old, _, after = rest.partition(end)
        page = f"{before}{begin}\n{table}\n{end}{after}"
    return page


def _as_toml(path: str, told: dict[str, Any]) -> str:
    lines = ["[[file]]", f'path = "{path}"']
    for name, value in told.items():
        if name == "problems":
            lines.append(
                "problems = { " + ", ".join(f"{code} = {count}" for code, count in value.items()) + " }"
                if value
                else "problems = {}"
            )
        else:
            lines.append(f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}")
    return "\n".join(lines)


def main() -> None:
    if "--observe" not in sys.argv:
        PAGE.write_text(page_with_table(), "utf-8")
        return
    import os

    import django

    from tests.shared import SHARED

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.test")
    django.setup()
    for path in shared_files(SHARED):
        print(_as_toml(path.relative_to(SHARED).as_posix(), observed(path)), end="\n\n")


if __name__ == "__main__":
    main()
