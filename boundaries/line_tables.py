"""Lines and markers as they are taken away: rows of a table, GeoJSON, and GPX for handhelds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.etree import ElementTree

from django.db.models import Count

from boundaries.boundary_lines import LineOnDay, features, lines_on, names_of
from boundaries.models import BoundaryLineRecord, MarkerOnLine
from gis.crs.angles import in_dms
from gis.services.spreadsheets import Cell

# In Chinese in either language: the tables go into Chinese papers, and the importers know these words.
LINE_HEADINGS = (
    "界线编号", "名称", "等级", "甲方", "乙方", "长度（米）", "协议书所载长度（米）", "图形等级", "起点", "止点", "界桩数",
    "有争议", "协议书", "签订日期", "批准文号", "批准机关", "批准日期", "资料来源",
)  # fmt: skip
MARKER_HEADINGS = (
    "界线编号", "界桩号", "类型", "材质", "里程（米）", "偏离界线（米）", "经度", "纬度", "经度（度分秒）", "纬度（度分秒）",
    "坐标等级", "登记坐标系", "登记横坐标", "登记纵坐标", "高程（米）", "高程基准", "所属各方", "所在地", "管护责任方", "方位物",
    "三交点", "资料来源",
)  # fmt: skip
_GPX = "http://www.topografix.com/GPX/1/1"


def line_rows(records: Sequence[BoundaryLineRecord], day: date) -> list[list[Cell]]:
    """Of records that bring their line and source along."""
    markers = dict(
        MarkerOnLine.objects.filter(line__in=[one.line_id for one in records]).values_list("line").annotate(Count("id")).order_by()
    )
    names = names_of([side for one in records for side in (one.side_a_id, one.side_b_id)], day)
    return [
        [
            one.line.code, one.name, one.get_level_display(), names.get(one.side_a_id, ""), names.get(one.side_b_id, ""),
            None if one.length_m is None else round(one.length_m, 2), one.registered_length_m, one.get_grade_display(),
            one.start_text, one.end_text, markers.get(one.line_id, 0), "是" if one.disputed else "", one.agreement,
            one.agreed_on, one.approval_number, one.approver, one.approved_on, str(one.source),
        ]
        for one in records
    ]  # fmt: skip


def marker_rows(lines: Sequence[LineOnDay]) -> list[list[Cell]]:
    return [_marker_row(line, marker) for line in lines for marker in line.markers]


def as_geojson(records: Sequence[BoundaryLineRecord], day: date) -> bytes:
    return json.dumps(features(records, day), ensure_ascii=False).encode()


def as_gpx(records: Sequence[BoundaryLineRecord], day: date) -> bytes:
    """GPX 1.1: markers as waypoints, lines as tracks. Coordinates are CGCS2000, shown by handhelds as WGS 84 (within 2 m)."""
    ElementTree.register_namespace("", _GPX)
    root = ElementTree.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "Yudi"})
    lines = lines_on([one.line for one in records], day)
    seen: set[int] = set()
    for line in lines:
        for marker in line.markers:
            if marker.place is not None and marker.id not in seen:
                seen.add(marker.id)
                point = _point(root, "wpt", marker.place, marker.record.elevation_m)
                _child(point, "name", marker.number)
                _child(point, "desc", f"{line.name} {marker.record.get_kind_display()} {marker.record.situation}".strip())
                _child(point, "sym", "Flag, Blue")
    for line in lines:
        if line.geometry is not None:
            track = ElementTree.SubElement(root, f"{{{_GPX}}}trk")
            _child(track, "name", f"{line.name} {line.code}")
            for part in line.geometry.geoms:
                segment = ElementTree.SubElement(track, f"{{{_GPX}}}trkseg")
                for place in part.coords:
                    _point(segment, "trkpt", (place[0], place[1]), None)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _marker_row(line: LineOnDay, marker: Any) -> list[Cell]:
    record, place = marker.record, marker.place
    return [
        line.code, marker.number, record.get_kind_display(), record.material, marker.chainage_m, marker.offset_m,
        None if place is None else round(place[0], 8), None if place is None else round(place[1], 8),
        "" if place is None else in_dms(place[0]), "" if place is None else in_dms(place[1]), record.get_grade_display(),
        record.registered.get("system", ""), record.registered.get("x", ""), record.registered.get("y", ""), record.elevation_m,
        record.elevation_datum, "、".join(side.unit.name for side in marker.sides),
        "；".join(side.location for side in marker.sides if side.location),
        "" if marker.custodian is None else marker.custodian.unit.name,
        "；".join(f"{one.name} {one.azimuth_deg:g}° {one.distance_m:g} 米" for one in marker.references),
        "是" if marker.is_tri_point else "", str(record.source),
    ]  # fmt: skip


def _point(parent: ElementTree.Element, tag: str, place: tuple[float, float], elevation: float | None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{_GPX}}}{tag}", {"lat": f"{place[1]:.8f}", "lon": f"{place[0]:.8f}"})
    if elevation is not None:
        _child(made, "ele", f"{elevation:g}")
    return made


def _child(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_GPX}}}{tag}").text = text
