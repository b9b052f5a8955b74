"""Signs as they are taken away: rows of a workbook, a Shapefile, GPX for handhelds. Importing one of them again changes nothing."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import numpy as np
import pyogrio
import shapely

from gis.crs import CGCS2000
from gis.services.spreadsheets import Cell, harmless
from placenames.models import Sign
from placenames.rules.signs.types import COLOURS
from placenames.signs.checks import plates_of
from placenames.signs.gaps import WORDS, WantedSign
from placenames.signs.names import Key, NamedPlace, codes_of, key_of, names_for
from placenames.signs.types_in_force import types_in_force

# Chinese heading, name of the field in a Shapefile (ten letters at most); the importer knows both.
FIELDS: Final = (
    ("标志编号", "code"), ("类型", "type"), ("所指地名", "name"), ("所指区划代码", "division"), ("汉字", "hanzi"),
    ("汉语拼音", "pinyin"), ("号码", "number"), ("底色", "ground"), ("经度", "lon"), ("纬度", "lat"), ("道路哪侧", "side"),
    ("牌面朝向（度）", "azimuth"), ("状态", "state"), ("宽（毫米）", "width_mm"), ("高（毫米）", "height_mm"),
    ("边框（毫米）", "border_mm"), ("号码字高（毫米）", "digit_mm"), ("设置单位", "set_by"), ("制作单位", "maker"),
    ("材质", "material"), ("管护单位", "custodian"), ("造价（元）", "cost_yuan"), ("设置日期", "installed"),
    ("最近巡查", "checked"), ("备注", "note"),
)  # fmt: skip
HEADINGS: Final = tuple(heading for heading, _field in FIELDS)
GAP_HEADINGS: Final = ("次序", "位置种类", "应标名称", "相交道路", "所在乡镇", "经度", "纬度")
_GPX: Final = "http://www.topografix.com/GPX/1/1"


def rows(signs: Sequence[Sign], day: date) -> list[list[Cell]]:
    """Signs with their faces fetched; the first face stands for all."""
    named = names_for([key_of(one) for one in signs], day, outlines=False)
    types = types_in_force().types
    codes = codes_of({one.division_id for one in signs if one.division_id is not None}, day)
    return [_row(one, named, types[one.type].name if one.type in types else one.type, codes) for one in signs]


def _row(sign: Sign, named: dict[Key, NamedPlace], kind: str, codes: dict[int, str]) -> list[Cell]:
    key = key_of(sign)
    place = named.get(key) if key else None
    plate = plates_of(sign)[0]
    spot = sign.position
    return [
        sign.code, kind, place.named.name if place else "", codes.get(sign.division_id or 0, ""), plate.chinese, plate.roman,
        sign.number or plate.number, COLOURS[plate.ground][0] if plate.ground in COLOURS else "",
        round(spot.x, 8) if spot else None, round(spot.y, 8) if spot else None, sign.get_side_display(), sign.azimuth_deg,
        sign.get_state_display(), sign.width_mm, sign.height_mm, sign.border_mm, sign.digit_height_mm, sign.set_by, sign.maker,
        sign.material, sign.custodian, float(sign.cost_yuan) if sign.cost_yuan is not None else None, sign.installed_on,
        sign.checked_on, sign.note,
    ]  # fmt: skip


def as_shapefile(signs: Sequence[Sign], day: date) -> bytes:
    """A zip with the .shp and its parts, UTF-8 with its .cpg, in EPSG:4490. Signs without a position are left out."""
    placed = [one for one in signs if one.position is not None]
    cells = rows(placed, day)
    points = shapely.points([[one.position.x, one.position.y] for one in placed if one.position is not None] or np.empty((0, 2)))
    columns = [np.array([_plain(row[at]) for row in cells], dtype=object) for at in range(len(FIELDS))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signs.shp"
        pyogrio.raw.write(
            str(path), shapely.to_wkb(np.atleast_1d(points)), columns, [field for _heading, field in FIELDS],
            geometry_type="Point", crs=f"EPSG:{CGCS2000}", driver="ESRI Shapefile", encoding="UTF-8",
        )  # fmt: skip
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in sorted(Path(folder).iterdir()):
                archive.writestr(zipfile.ZipInfo(one.name, (1980, 1, 1, 0, 0, 0)), one.read_bytes())
    return out.getvalue()


def _plain(cell: Cell) -> str:
    """Fields are text, which a .dbf opened in a spreadsheet program must not take for formulas."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return str(harmless(cell)) if isinstance(cell, str) else f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def as_gpx(signs: Sequence[Sign], day: date) -> bytes:
    """Signs as waypoints, the number as their name. CGCS2000 shown as WGS 84, which is the same within decimetres."""
    named = names_for([key_of(one) for one in signs], day, outlines=False)
    found = []
    for one in signs:
        key = key_of(one)
        name = named[key].named.name if key in named else ""
        if one.position is not None:
            found.append((one.position.x, one.position.y, one.code, f"{name} {one.get_state_display()}".strip()))
    return _waypoints(found)


def gap_rows(gaps: Sequence[WantedSign], names: dict[int, str]) -> list[list[Cell]]:
    return [
        [
            order, str(WORDS[one.why]), one.name, one.met, names.get(one.township or 0, ""),
            round(one.place[0], 8) if one.place else None, round(one.place[1], 8) if one.place else None,
        ]
        for order, one in enumerate(gaps, start=1)
    ]  # fmt: skip


def gaps_as_gpx(gaps: Sequence[WantedSign]) -> bytes:
    """In the order they are to be visited, which handhelds keep."""
    return _waypoints(
        [
            (one.place[0], one.place[1], f"{order:03d} {one.name}", f"{WORDS[one.why]} {one.met}".strip())
            for order, one in enumerate(gaps, start=1)
            if one.place is not None
        ]
    )


def _waypoints(found: Iterable[tuple[float, float, str, str]]) -> bytes:
    ElementTree.register_namespace("", _GPX)
    root = ElementTree.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "Yudi"})
    for x, y, name, words in found:
        point = ElementTree.SubElement(root, f"{{{_GPX}}}wpt", {"lat": f"{y:.8f}", "lon": f"{x:.8f}"})
        for tag, text in (("name", name), ("desc", words)):
            ElementTree.SubElement(point, f"{{{_GPX}}}{tag}").text = text
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
