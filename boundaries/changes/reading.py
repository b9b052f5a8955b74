"""Acts from the JSON an act is kept as, and nothing taken on trust: every field is named, typed and known.

    establish          {"new": NEW, "parts": [{"unit": KEY, "extent": EXTENT}, …]}
    abolish            {"unit": KEY, "into": KEY?}
    rename             {"unit": KEY, "name": TEXT}
    change_type        {"unit": KEY, "new": NEW}
    transfer_villages  {"villages": [KEY, …], "to": KEY, "from": KEY?}
    change_boundary    {"from": KEY, "to": KEY, "extent": EXTENT}
    change_affiliation {"unit": KEY, "parent": KEY}
    move_seat          {"unit": KEY, "seat": POINT?, "place": TEXT?}
    recode             {"unit": KEY, "code": TEXT}
    split              {"unit": KEY, "new": NEW, "extent": EXTENT}
    merge              {"units": [KEY, …], "into": KEY} or {"units": [KEY, …], "new": NEW}

    NEW     {"ref": TEXT, "name": TEXT, "type": TEXT, "parent": KEY?, "seat": POINT?, "seat_grade": TEXT?, "code": TEXT?}
    EXTENT  {"kind": "whole" | "villages" | "line" | "area" | "unstated", "villages": [KEY, …]?, "point": POINT?}
    KEY     the number of a division, or the ref of a unit an earlier act makes (text)
    POINT   [longitude, latitude] in CGCS2000 degrees

Every act may carry "codes": {KEY: TEXT}, legal codes the document gives to units that are coded anew. A line or polygon is not in
the JSON: it comes as the act's geometry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import shapely

from boundaries.changes.acts import (
    WHOLE,
    Abolish,
    Act,
    ChangeAffiliation,
    ChangeBoundary,
    ChangeType,
    Decision,
    Establish,
    Extent,
    ExtentKind,
    Merge,
    MoveSeat,
    NewUnit,
    Part,
    Recode,
    Rename,
    Split,
    TransferVillages,
)
from boundaries.changes.errors import ChangeError
from boundaries.changes.register import GRADES, LEVEL_OF_TYPE, Key
from boundaries.rules.acts import ActKind

_GREATEST_ID = 2**63 - 1
_LONGEST = {"name": 60, "place": 200, "code": 12, "ref": 40}


def read_decision(day: date, acts: Sequence[tuple[str, Any, shapely.Geometry | None]]) -> Decision:
    """A decision from (kind, data, geometry) of each act. Raises `ChangeError` naming the act and the field."""
    read = [read_act(kind, data, geometry, position) for position, (kind, data, geometry) in enumerate(acts)]
    codes: dict[Key, str] = {}
    for _act, given in read:
        codes |= given
    return Decision(day, tuple(act for act, _given in read), codes)


def read_act(kind: str, data: Any, geometry: shapely.Geometry | None, position: int = 0) -> tuple[Act, Mapping[Key, str]]:
    """(the act, the codes it gives)."""
    reader = _READERS.get(kind)
    if reader is None:
        raise ChangeError("unknown_act", f"没有“{kind}”这一事项。", f"There is no act “{kind}”.", position)
    fields = _Fields(data, geometry, position)
    codes = fields.codes()
    act = reader(fields)
    fields.finish()
    return act, codes


class _Fields:
    """The fields of one JSON object, each asked for once."""

    def __init__(self, data: Any, geometry: shapely.Geometry | None, position: int, path: str = "") -> None:
        self.position = position
        self.path = path
        self.geometry = geometry
        if not isinstance(data, dict):
            raise self.wrong(path or "data")
        self.data = dict(data)

    def wrong(self, field: str, code: str = "bad_field") -> ChangeError:
        zh, en = f"事项的“{field}”缺少或填写有误。", f"The field “{field}” of the act is missing or wrong."
        return ChangeError(code, zh, en, self.position, field=field)

    def _name(self, field: str) -> str:
        return f"{self.path}.{field}" if self.path else field

    def finish(self) -> None:
        if self.data:
            raise self.wrong(self._name(min(self.data)), "unknown_field")

    def key(self, field: str) -> Key:
        found = self.optional_key(field)
        if found is None:
            raise self.wrong(self._name(field))
        return found

    def optional_key(self, field: str) -> Key | None:
        value = self.data.pop(field, None)
        return None if value is None else self._as_key(field, value)

    def keys(self, field: str) -> tuple[Key, ...] | None:
        value = self.data.pop(field, None)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.wrong(self._name(field))
        return tuple(self._as_key(field, one) for one in value)

    def _as_key(self, field: str, value: Any) -> Key:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.wrong(self._name(field))
        if not 1 <= value <= _GREATEST_ID if isinstance(value, int) else not 1 <= len(value) <= _LONGEST["ref"]:
            raise self.wrong(self._name(field))
        return value

    def text(self, field: str, default: str | None = None) -> str:
        value = self.data.pop(field, default)
        if not isinstance(value, str) or (default is None and not value.strip()) or len(value) > _LONGEST.get(field, 60):
            raise self.wrong(self._name(field))
        return value.strip()

    def choice(self, field: str, choices: Any, default: str | None = None) -> str:
        value = self.text(field, default)
        if value not in choices:
            raise self.wrong(self._name(field))
        return value

    def point(self, field: str) -> shapely.Point | None:
        value = self.data.pop(field, None)
        if value is None:
            return None
        numbers = isinstance(value, list) and len(value) == 2 and all(type(one) in (int, float) for one in value)
        if not numbers or not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90):
            raise self.wrong(self._name(field))
        return shapely.Point(value)

    def codes(self) -> Mapping[Key, str]:
        value = self.data.pop("codes", None) or {}
        if not isinstance(value, dict) or not all(isinstance(one, str) and one.isdecimal() for one in value.values()):
            raise self.wrong(self._name("codes"))
        return {int(key) if key.isascii() and key.isdigit() else key: code for key, code in value.items()}

    def inner(self, field: str) -> _Fields:
        return _Fields(self.data.pop(field, None), self.geometry, self.position, self._name(field))

    def new(self) -> NewUnit:
        inner = self.inner("new")
        new = NewUnit(
            ref=inner.text("ref"),
            name=inner.text("name"),
            type=inner.choice("type", LEVEL_OF_TYPE),
            parent=inner.optional_key("parent"),
            seat=inner.point("seat"),
            seat_grade=inner.choice("seat_grade", GRADES, "indicative"),
            code=inner.text("code", ""),
        )
        inner.finish()
        return new

    def extent(self) -> Extent:
        if "extent" not in self.data:
            return WHOLE
        inner = self.inner("extent")
        kind = ExtentKind(inner.choice("kind", set(ExtentKind)))
        villages, point = inner.keys("villages"), inner.point("point")
        inner.finish()
        drawn = kind in (ExtentKind.LINE, ExtentKind.AREA)
        if (kind is ExtentKind.VILLAGES and not villages) or (kind is ExtentKind.LINE and point is None):
            raise inner.wrong(inner._name("villages" if kind is ExtentKind.VILLAGES else "point"))
        return Extent(kind, villages, self._shape(kind) if drawn else None, point)

    def _shape(self, kind: ExtentKind) -> shapely.Geometry:
        wanted = 1 if kind is ExtentKind.LINE else 2
        shape = self.geometry
        if shape is None or shapely.is_empty(shape) or shapely.get_dimensions(shape) != wanted or not shapely.is_valid(shape):
            zh = "没有画出分界线，或所画不是一条有效的线。" if wanted == 1 else "没有画出区域，或所画不是有效的面。"
            en = "The dividing line is missing or no valid line." if wanted == 1 else "The area is missing or no valid polygon."
            raise ChangeError("bad_geometry", zh, en, self.position)
        return shape


def _part(fields: _Fields) -> Part:
    part = Part(fields.key("unit"), fields.extent())
    fields.finish()
    return part


def _establish(fields: _Fields) -> Act:
    new = fields.new()
    parts = fields.data.pop("parts", [])
    if not isinstance(parts, list):
        raise fields.wrong("parts")
    return Establish(new, tuple(_part(_Fields(one, fields.geometry, fields.position, "parts")) for one in parts))


def _transfer(fields: _Fields) -> Act:
    villages = fields.keys("villages")
    if not villages:
        raise fields.wrong("villages")
    return TransferVillages(villages, fields.key("to"), fields.optional_key("from"))


def _merge(fields: _Fields) -> Act:
    units = fields.keys("units")
    if not units:
        raise fields.wrong("units")
    return Merge(units, fields.new() if "new" in fields.data else fields.key("into"))


def _move_seat(fields: _Fields) -> Act:
    grade = fields.choice("seat_grade", GRADES, "indicative")
    return MoveSeat(fields.key("unit"), fields.point("seat"), grade, fields.text("place", ""))


_READERS: Mapping[str, Callable[[_Fields], Act]] = {
    ActKind.ESTABLISH: _establish,
    ActKind.ABOLISH: lambda fields: Abolish(fields.key("unit"), fields.optional_key("into")),
    ActKind.RENAME: lambda fields: Rename(fields.key("unit"), fields.text("name")),
    ActKind.CHANGE_TYPE: lambda fields: ChangeType(fields.key("unit"), fields.new()),
    ActKind.TRANSFER_VILLAGES: _transfer,
    ActKind.CHANGE_BOUNDARY: lambda fields: ChangeBoundary(fields.key("from"), fields.key("to"), fields.extent()),
    ActKind.CHANGE_AFFILIATION: lambda fields: ChangeAffiliation(fields.key("unit"), fields.key("parent")),
    ActKind.MOVE_SEAT: _move_seat,
    ActKind.RECODE: lambda fields: Recode(fields.key("unit"), fields.text("code")),
    ActKind.SPLIT: lambda fields: Split(fields.key("unit"), fields.new(), fields.extent()),
    ActKind.MERGE: _merge,
}


def keys_named(decision: Decision) -> set[int]:
    """Ids of the divisions the acts name, so that somebody can fetch them before the plan is made."""
    found: set[int] = {key for key in decision.codes if isinstance(key, int)}

    def add(value: Any) -> None:
        if isinstance(value, bool):
            return
        if isinstance(value, int):
            found.add(value)
        elif isinstance(value, tuple):
            for one in value:
                add(one)
        elif isinstance(value, NewUnit):
            add(value.parent)
        elif isinstance(value, Part):
            add(value.unit)
            add(value.extent.villages)
        elif isinstance(value, Extent):
            add(value.villages)

    for act in decision.acts:
        for field in act.__slots__:
            add(getattr(act, field))
    return found


def keys_named_in(data: Any) -> set[int]:
    """Ids of the divisions that an act's JSON names, without reading the act: also of one that can no longer be carried out."""
    if isinstance(data, bool):
        return set()
    if isinstance(data, int):
        return {data}
    if isinstance(data, list):
        return {key for one in data for key in keys_named_in(one)}
    if isinstance(data, dict):
        return {key for name, value in data.items() if name not in ("seat", "point") for key in keys_named_in(value)}
    return set()
