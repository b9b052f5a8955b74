"""The table in docs/importing.md: what every shared file comes to, with an empty register and against Tianditu's counties.

scripts/manage shell -c "from tests.hostile.importing_table import write; write()"
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from importers.inspection import Known, inspect
from tests.shared import SHARED, read_features

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "importing.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
COUNTIES = "boundaries_tianditu_cgcs2000/henan_district.geojson"
# Read by the readers of tracks; sources of the history are read by import_history.
ELSEWHERE = ("tracks/", "bad_files/gpx", "bad_files/fit", "divisions_mca_county_1981_2024/diff", "changes/", "mca_announcements")
FOLDERS = ("shapefile_encodings/henan_derived", "shapefile_crs/henan_derived", "bad_files/shp")


def files() -> Iterator[Path]:
    """Every data set: folders of one Shapefile as such, other files one by one without the parts of a Shapefile."""
    for folder in FOLDERS:
        yield from sorted(path for path in (SHARED / folder).iterdir() if path.is_dir())
    for path in sorted(SHARED.rglob("*")):
        name = str(path.relative_to(SHARED))
        part = path.suffix.lower() in {".shx", ".dbf", ".prj", ".cpg"} and any(path.parent.glob(f"{path.stem}.[sS][hH][pP]"))
        if path.is_file() and not part and path.suffix not in {".md", ".cpg"} and not name.startswith((*ELSEWHERE, *FOLDERS)):
            yield path


def tianditu() -> Known:
    """What a register that holds Tianditu's counties knows."""
    properties, shapes = read_features(COUNTIES)
    return Known.of({one["district_name"] for one in properties}, [bytes(one) for one in shapely.to_wkb(shapes)])


def row(path: Path, known: Known) -> str:
    alone, beside = inspect(path).as_dict(), inspect(path, known).as_dict()
    layers = alone["layers"]
    cells = [
        str(path.relative_to(SHARED)),
        f"{alone['kind']}, {alone['driver'] or '—'}",
        _encoding(alone["encoding"]),
        _crs(alone["crs"]),
        _crs(beside["crs"]),
        ", ".join(f"{layer['features']} {layer['geometry'] or 'rows'}" for layer in layers) or "—",
        f"refused: {alone['error']['code']}" if "error" in alone else _problems(beside["problem_counts"]),
    ]
    return f"| {' | '.join(cells)} |"


def _encoding(told: dict[str, Any]) -> str:
    return f"{told['name']} ({told['certainty']}, {told['how']})" if told["name"] else "—"


def _crs(told: dict[str, Any]) -> str:
    if told["code"]:
        swapped = ", axes swapped" if told["swapped"] else ""
        residual = f", {told['residual_m']:.0f} m" if told["residual_m"] is not None else ""
        return f"{told['code']} ({told['certainty']}, {told['how']}{residual}{swapped})"
    codes = [one["code"] for one in told["alternatives"]]
    return f"undetermined: {', '.join(codes[:4])}{' …' if len(codes) > 4 else ''}" if codes else "—"


def _problems(counts: dict[str, int]) -> str:
    return ", ".join(f"{code} {count}" if count > 1 else code for code, count in sorted(counts.items())) or "none"


def table() -> str:
    known = tianditu()
    head = "| file | kind, driver | encoding | CRS, empty register | CRS, register with Tianditu's counties | features | "
    head += "problems (second register) |"
    return "\n".join([head, "|---" * 7 + "|", *(row(path, known) for path in files()), ""])


def write() -> None:
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")
