"""Boundary lines: one row a line, with geometry where the file has one, by `boundaries.services.boundary_lines`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext_lazy

from boundaries import policies
from boundaries.models import BoundaryLine, BoundaryLineRecord, Level, Source
from boundaries.services import boundary_lines
from gis.crs import CGCS2000
from gis.errors import DomainError, InvalidInputError
from importers.targets import line_rows
from importers.targets.line_rows import Planned, Reader, RegisterRows
from importers.targets.target import Option, Role, Staged

_LEVELS = {
    **{str(level.value): level for level in Level},
    **{level.name.lower(): level for level in Level},
    **{word: level for level, words in {1: "省 省级 省界", 2: "地 地级 市 市级 市界", 3: "县 县级 县界", 4: "乡 乡级 乡界"}.items()
       for word in words.split()},
}  # fmt: skip
_TEXTS = ("start_text", "end_text", "agreement", "approval_number", "approver", "course", "notes")
_SPELLINGS = {
    "code": frozenset({"界线编号", "界线代码", "编号", "code", "linecode", "line_code"}),
    "name": frozenset({"名称", "界线名称", "name"}),
    "level": frozenset({"等级", "级别", "界线等级", "界线级别", "level"}),
    "side_a": frozenset({"甲方代码", "甲方", "一侧代码", "side_a", "sidea", "左侧代码"}),
    "side_b": frozenset({"乙方代码", "乙方", "另一侧代码", "side_b", "sideb", "右侧代码"}),
    "start_text": frozenset({"起点", "start"}),
    "end_text": frozenset({"止点", "终点", "end"}),
    "registered_length_m": frozenset({"协议书所载长度", "登记长度", "length"}),
    "disputed": frozenset({"有争议", "争议", "存在争议", "disputed"}),
    "agreement": frozenset({"协议书", "agreement"}),
    "agreed_on": frozenset({"签订日期", "agreed_on"}),
    "approval_number": frozenset({"批准文号", "approval"}),
    "approver": frozenset({"批准机关", "approver"}),
    "approved_on": frozenset({"批准日期", "approved_on"}),
    "course": frozenset({"走向说明", "course"}),
    "notes": frozenset({"备注", "notes"}),
}


class BoundaryLines(RegisterRows):
    key = "boundary_lines"
    title = gettext_lazy("界线")
    about = gettext_lazy("行政区域界线，一行一条，可带图形；编号相同的按订正处理。")
    roles = (
        Role("code", gettext_lazy("界线编号"), required=True),
        Role("name", gettext_lazy("名称"), required=True),
        Role("level", gettext_lazy("等级"), required=True, note=gettext_lazy("省级、地级、县级、乡级或 1–4")),
        Role("side_a", gettext_lazy("一侧区划代码"), required=True),
        Role("side_b", gettext_lazy("另一侧区划代码"), required=True),
        Role("start_text", gettext_lazy("起点")),
        Role("end_text", gettext_lazy("止点")),
        Role("registered_length_m", gettext_lazy("协议书所载长度（米）")),
        Role("disputed", gettext_lazy("有争议")),
        Role("agreement", gettext_lazy("协议书")),
        Role("agreed_on", gettext_lazy("签订日期")),
        Role("approval_number", gettext_lazy("批准文号")),
        Role("approver", gettext_lazy("批准机关")),
        Role("approved_on", gettext_lazy("批准日期")),
        Role("course", gettext_lazy("走向说明")),
        Role("notes", gettext_lazy("备注")),
    )
    natural_key = ("code",)

    spellings = _SPELLINGS
    undo_action = "line.undo"

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        return line_rows.options(layer, placed=False)

    def register_row(self, staged: Staged, row: Planned, source: Source, since: date) -> None:
        begins = staged.options["begins"]
        boundary_lines.register(staged.actor, row.key, row.values, source=source, valid_from=since, begins=begins)

    def correct_row(self, staged: Staged, row: Planned, source: Source, reason: str) -> None:
        boundary_lines.correct(staged.actor, row.target, row.values, reason=reason, source=source, record=row.held)

    def plan(self, reader: Reader) -> list[Planned]:
        staged = reader.staged
        shapes = reader.shapes()
        keys = {row: staged.cells(row)["code"].strip() for row in staged.rows()}
        line_rows.tell_doubled(reader, "code", keys)
        held = {
            one.line.code: one
            for one in BoundaryLineRecord.objects.on(reader.day).filter(line__code__in=set(keys.values())).select_related("line")
        }
        plan = []
        for row, code in keys.items():
            values = self._values(reader, row, None if shapes is None else shapes[row])
            if row in reader.wrong():
                continue
            known = held.get(code)
            one = self._planned(reader, row, code, values, known)
            if row not in reader.wrong():
                plan.append(one)
        return plan

    def _planned(self, reader: Reader, row: int, code: str, values: dict[str, Any], known: BoundaryLineRecord | None) -> Planned:
        actor = reader.staged.actor
        allowed = (
            policies.may_register_line(actor, values["side_a"], values["side_b"])
            if known is None
            else policies.may_edit_line(actor, known.line_id)
        )
        if not allowed:
            reader.tell(row, "side_a", "outside_area", "这条界线两侧都不在您的管辖地域。", "Neither side is within your area.")
        if not code:
            reader.tell(row, "code", "code_missing", "没有界线编号。", "There is no line number.")
        if known is None:
            if BoundaryLine.objects.filter(code=code, records__recorded__upper_inf=True).exists():
                zh, en = f"编号“{code}”已登记，但不在所给的日期。", f"“{code}” is registered, but not on the day given."
                reader.tell(row, "code", "line_not_there", zh, en)
            return Planned(row, code, "created", values)
        if {known.side_a_id, known.side_b_id} == {values["side_a"], values["side_b"]}:
            values |= {"side_a": known.side_a_id, "side_b": known.side_b_id}
        changed = {name: value for name, value in values.items() if not _same(known, name, value)}
        return Planned(row, code, "updated" if changed else "unchanged", changed, known.pk, known.line)

    def _values(self, reader: Reader, row: int, shape: Any) -> dict[str, Any]:
        cells = reader.staged.cells(row)
        level = _LEVELS.get(cells["level"].strip().lower())
        if level is None or level == Level.VILLAGE:
            zh, en = f"“{cells['level'][:20]}”不是界线等级。", f"“{cells['level'][:20]}” is no level of a line."
            reader.tell(row, "level", "bad_level", zh, en)
        if not cells["name"].strip():
            reader.tell(row, "name", "name_missing", "没有名称。", "There is no name.")
        values: dict[str, Any] = {"name": cells["name"].strip(), "level": int(level or 0)}
        for side in ("side_a", "side_b"):
            values[side] = reader.division(row, side, cells[side])
        if values["side_a"] is not None and values["side_a"] == values["side_b"]:
            reader.tell(row, "side_b", "same_division", "两侧是同一个区划。", "Both sides are the same division.")
        values |= {name: cells[name].strip() for name in _TEXTS if name in cells}
        for name in ("agreed_on", "approved_on"):
            if name in cells:
                values[name] = reader.day_of(row, name, cells[name])
        if "registered_length_m" in cells:
            values["registered_length_m"] = reader.number(row, "registered_length_m", cells["registered_length_m"])
        if "disputed" in cells:
            values["disputed"] = reader.yes(row, "disputed", cells["disputed"])
        if shape is not None:
            values |= self._geometry(reader, row, shape)
        return values

    def _geometry(self, reader: Reader, row: int, shape: Any) -> dict[str, Any]:
        parts = shapely.get_parts(shapely.force_2d(shape))
        if any(part.geom_type != "LineString" for part in parts) or not len(parts):
            reader.tell(row, "", "not_a_line", "图形不是线。", "The geometry is no line.")
            return {}
        geometry = GEOSGeometry(memoryview(shapely.MultiLineString(list(parts)).wkb), srid=CGCS2000)
        try:
            return {"geometry": boundary_lines.as_multi_line(geometry), "grade": reader.staged.options["grade"]}
        except (InvalidInputError, DomainError) as error:
            reader.refused(row, error)
            return {}


def _same(record: BoundaryLineRecord, name: str, value: Any) -> bool:
    held = getattr(record, f"{name}_id" if name in ("side_a", "side_b") else name)
    if name == "geometry":
        return held is not None and bool(held.equals_exact(value, 1e-10))
    return bool(held == value)
