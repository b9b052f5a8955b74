"""Markers: one row a marker on a line, by `boundaries.services.boundary_markers`; at a tri-point a row names all three lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy

from boundaries import policies
from boundaries.forms import place_text
from boundaries.models import BoundaryLine, MarkerKind, MarkerRecord, Source
from boundaries.services import boundary_markers
from boundaries.services.boundary_markers import Reference, Side
from gis.crs import CGCS2000
from gis.crs.angles import degrees
from gis.errors import InvalidInputError
from importers.targets import line_rows
from importers.targets.line_rows import Planned, Reader, RegisterRows
from importers.targets.target import Option, Role, Staged

_KINDS = {
    **{str(value): value for value in MarkerKind.values},
    "单立": "single", "单面": "single", "单立双面": "single", "": "single", "q": "single",
    "双立": "double", "同号双立": "double", "三立": "triple", "同号三立": "triple", "单立三面": "single",
}  # fmt: skip
_SPELLINGS = {
    "line": frozenset({"界线编号", "界线代码", "界线", "line", "linecode"}),
    "number": frozenset({"界桩号", "界桩编号", "编号", "number", "name"}),
    "kind": frozenset({"类型", "界桩类型", "kind", "type"}),
    "material": frozenset({"材质", "材料", "material"}),
    "x": frozenset({"登记横坐标", "经度", "东坐标", "lon", "longitude", "x"}),
    "y": frozenset({"登记纵坐标", "纬度", "北坐标", "lat", "latitude", "y"}),
    "elevation_m": frozenset({"高程", "elevation", "h"}),
    "elevation_datum": frozenset({"高程基准", "datum"}),
    "sides": frozenset({"所属各方代码", "所属方代码", "sides"}),
    "locations": frozenset({"所在地", "locations"}),
    "custodian": frozenset({"管护责任方代码", "管护代码", "custodian"}),
    "references": frozenset({"方位物", "references"}),
    "situation": frozenset({"位置说明", "situation"}),
    "notes": frozenset({"备注", "notes"}),
}


class BoundaryMarkers(RegisterRows):
    key = "boundary_markers"
    title = gettext_lazy("界桩")
    about = gettext_lazy("界线上的界桩，一行一个；界线编号和界桩号相同的按订正处理。")
    roles = (
        Role("line", gettext_lazy("界线编号"), required=True, note=gettext_lazy("三交点界桩写三个，用分号分开")),
        Role("number", gettext_lazy("界桩号"), required=True),
        Role("kind", gettext_lazy("类型"), note=gettext_lazy("单立、同号双立、同号三立；不写按单立")),
        Role("material", gettext_lazy("材质")),
        Role("x", gettext_lazy("经度"), note=gettext_lazy("度或度分秒；文件带点图形的不需要")),
        Role("y", gettext_lazy("纬度")),
        Role("elevation_m", gettext_lazy("高程（米）")),
        Role("elevation_datum", gettext_lazy("高程基准")),
        Role("sides", gettext_lazy("所属各方代码"), note=gettext_lazy("用分号分开；不写按界线两侧")),
        Role("locations", gettext_lazy("所在地"), note=gettext_lazy("与所属各方同样的次序，用分号分开")),
        Role("custodian", gettext_lazy("管护责任方代码")),
        Role("references", gettext_lazy("方位物"), note=gettext_lazy("如“水塔 12.5° 80 米；老槐树 130° 35 米”")),
        Role("situation", gettext_lazy("位置说明")),
        Role("notes", gettext_lazy("备注")),
    )
    natural_key = ("line", "number")

    spellings = _SPELLINGS
    undo_action = "marker.undo"

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        return line_rows.options(layer, placed=True)

    def register_row(self, staged: Staged, row: Planned, source: Source, since: date) -> None:
        begins = staged.options["begins"]
        boundary_markers.register(staged.actor, row.target, row.values, source=source, valid_from=since, begins=begins)

    def correct_row(self, staged: Staged, row: Planned, source: Source, reason: str) -> None:
        boundary_markers.correct(staged.actor, row.target, row.values, reason=reason, source=source, record=row.held)

    def plan(self, reader: Reader) -> list[Planned]:
        staged = reader.staged
        shapes = reader.shapes()
        keys = {}
        for row in staged.rows():
            cells = staged.cells(row)
            keys[row] = f"{'；'.join(_listed(cells['line']))}/{cells['number'].strip()}"
        line_rows.tell_doubled(reader, "number", keys)
        codes = {code for row in keys for code in _listed(staged.cells(row)["line"])}
        registered = {
            line.code: line for line in BoundaryLine.objects.filter(code__in=codes, records__recorded__upper_inf=True).distinct()
        }
        held = _held(list(registered.values()))
        plan = []
        for row, key in keys.items():
            lines = self._lines(reader, row, registered)
            values = self._values(reader, row, lines, None if shapes is None else shapes[row])
            if row in reader.wrong():
                continue
            plan.append(self._planned(row, key, lines, values, held.get((lines[0].pk, values["number"]))))
        return plan

    def _planned(
        self, row: int, key: str, lines: list[BoundaryLine], values: dict[str, Any], known: MarkerRecord | None
    ) -> Planned:
        if known is None:
            return Planned(row, key, "created", values, None, lines)
        changed = {name: value for name, value in values.items() if not _same(known, name, value)}
        return Planned(row, key, "updated" if changed else "unchanged", changed, known.pk, known.marker)

    def _lines(self, reader: Reader, row: int, registered: Mapping[str, BoundaryLine]) -> list[BoundaryLine]:
        found = []
        for code in _listed(reader.staged.cells(row)["line"]):
            line = registered.get(code)
            if line is None:
                zh, en = f"没有登记编号为“{code}”的界线。", f"No line “{code}” is registered."
                reader.tell(row, "line", "line_unknown", zh, en)
            else:
                found.append(line)
        if not found or len(found) > 3:
            reader.tell(row, "line", "bad_lines", "须写明一条界线，三交点写三条。", "Name one line, at a tri-point three.")
        elif not any(policies.may_edit_line(reader.staged.actor, line) for line in found):
            reader.tell(row, "line", "outside_area", "这条界线不在您的管辖地域。", "The line is not within your area.")
        return found

    def _values(self, reader: Reader, row: int, lines: list[BoundaryLine], shape: Any) -> dict[str, Any]:
        cells = reader.staged.cells(row)
        kind = _KINDS.get(cells.get("kind", "").strip().lower())
        if kind is None:
            zh, en = f"“{cells['kind'][:20]}”不是界桩类型。", f"“{cells['kind'][:20]}” is no kind of marker."
            reader.tell(row, "kind", "bad_kind", zh, en)
        if not cells["number"].strip():
            reader.tell(row, "number", "number_missing", "没有界桩号。", "There is no number.")
        values: dict[str, Any] = {"number": cells["number"].strip(), "kind": kind}
        values |= {name: cells[name].strip() for name in ("material", "elevation_datum", "situation", "notes") if name in cells}
        if "elevation_m" in cells:
            values["elevation_m"] = reader.number(row, "elevation_m", cells["elevation_m"])
        values |= self._position(reader, row, cells, shape)
        values["sides"] = self._sides(reader, row, cells, lines)
        if "references" in cells:
            values["references"] = self._references(reader, row, cells["references"])
        return values

    def _position(self, reader: Reader, row: int, cells: Mapping[str, str], shape: Any) -> dict[str, Any]:
        grade = reader.staged.options["grade"]
        if shape is not None:
            points = shapely.get_parts(shapely.force_2d(shape))
            if len(points) != 1 or points[0].geom_type != "Point" or points[0].is_empty:
                reader.tell(row, "", "not_a_point", "图形不是点。", "The geometry is no point.")
                return {}
            return {"position": Point(points[0].x, points[0].y, srid=CGCS2000), "grade": grade}
        x, y = cells.get("x", "").strip(), cells.get("y", "").strip()
        if not x and not y:
            return {}
        system, _, turned = (reader.staged.options.get("crs") or "EPSG:4490").partition(" ")
        try:
            position, _worth = place_text.place(*((y, x) if turned == "yx" else (x, y)), system)
        except InvalidInputError as error:
            reader.refused(row, error)
            return {}
        return {"position": position, "grade": grade, "registered": {"system": system, "x": x, "y": y}}

    def _sides(self, reader: Reader, row: int, cells: Mapping[str, str], lines: list[BoundaryLine]) -> list[Side]:
        codes, locations = _listed(cells.get("sides", "")), cells.get("locations", "").replace(";", "；").split("；")
        divisions: list[int]
        if codes:
            divisions = [one for code in codes if (one := reader.division(row, "sides", code)) is not None]
        else:
            divisions = list(dict.fromkeys(side for line in lines for side in _sides_of(line)))
        keeper = cells.get("custodian", "").strip()
        kept_by = reader.division(row, "custodian", keeper) if keeper else None
        if kept_by is not None and kept_by not in divisions:
            zh, en = "管护责任方不是所属各方之一。", "The custodian is none of the marker's sides."
            reader.tell(row, "custodian", "custodian_not_a_side", zh, en)
        return [
            Side(division, locations[at].strip() if at < len(locations) else "", division == kept_by)
            for at, division in enumerate(divisions)
        ]

    def _references(self, reader: Reader, row: int, text: str) -> list[Reference]:
        found = []
        for one in _listed(text):
            words = one.removesuffix("米").split()
            azimuth = degrees(words[-2]) if len(words) > 2 else None
            try:
                distance = float(words[-1]) if words else -1.0
            except ValueError:
                distance = -1.0
            if azimuth is None or not 0 <= azimuth < 360 or distance < 0:
                zh = f"方位物“{one[:40]}”应写成“名称 方位角 距离”，例如“水塔 12.5° 80 米”。"
                reader.tell(row, "references", "bad_reference", zh, f"“{one[:40]}” should read “name azimuth distance”.")
            else:
                found.append(Reference(" ".join(words[:-2]), azimuth, distance))
        return found


def _held(lines: Iterable[BoundaryLine]) -> dict[tuple[int, str], MarkerRecord]:
    """(line, number) → what is on record of the marker until further notice."""
    records = (
        MarkerRecord.objects.filter(recorded__upper_inf=True, valid__upper_inf=True, marker__lines__in=lines)
        .select_related("marker")
        .prefetch_related("marker__places", "sides", "references")
        .distinct()
    )
    return {(place.line_id, one.number): one for one in records for place in one.marker.places.all()}


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", "；").split("；") if one.strip()]


def _sides_of(line: BoundaryLine) -> tuple[int, int]:
    record = line.records.filter(recorded__upper_inf=True).latest("valid")
    return record.side_a_id, record.side_b_id


def _same(record: MarkerRecord, name: str, value: Any) -> bool:
    if name == "sides":
        held: Any = [Side(one.division_id, one.location, one.custodian) for one in record.sides.all()]
    elif name == "references":
        held = [Reference(one.name, one.azimuth_deg, one.distance_m) for one in record.references.all()]
    else:
        held = getattr(record, name)
    if name == "position":
        return held is not None and bool(held.equals_exact(value, 1e-10))
    return bool(held == value)
