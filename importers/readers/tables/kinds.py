"""What does a column hold? A guess from its name and its cells, for a person to confirm; no cell is changed by it."""

from __future__ import annotations

import re
from typing import Final

import shapely

from importers.readers.findings import Findings
from importers.readers.numbers import degrees, moment
from importers.readers.tables.headers import MAX_NAME
from importers.readers.tables.model import Field, FieldKind, Row

LONGITUDES: Final = frozenset({"lon", "lng", "long", "longitude", "经度", "东经", "x", "x坐标"})
LATITUDES: Final = frozenset({"lat", "latitude", "纬度", "北纬", "y", "y坐标"})
SHAPES: Final = frozenset({"wkt", "geom", "geometry", "the_geom", "wkt_geom", "shape", "图形"})
_IN_BRACKETS: Final = re.compile(
    r"\b[ns]/[ns]\b|\b[ew]/[ew]\b|[（(\[【].*?[）)\]】]|[°\s_]|坐标|wgs-?84|cgcs2000|gcj-?02|bd-?09", re.IGNORECASE
)
_CODE: Final = re.compile(r"代码|编码|编号|邮编|电话|(ad|post|zip|area)?_?code|.*_code|dm|xzqdm|xzqhdm|pac", re.IGNORECASE)
_CODE_END: Final = re.compile(r".*(代码|编码)")
_INTEGER: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+|[-+]?\d+", re.ASCII)
_DECIMAL: Final = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?%?", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d\.\d+[eE]\+?\d{1,3}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", re.ASCII)
_BOOLEANS: Final = frozenset({"是", "否", "有", "无", "true", "false", "yes", "no", "TRUE", "FALSE"})
LOOKED_AT: Final = 20_000  # rows


def role_of(name: str) -> str:
    """longitude, latitude, wkt or "" by the name of a column, whatever unit or system it names beside."""
    plain = name[:MAX_NAME].strip().lower()
    for candidate in (plain, _IN_BRACKETS.sub("", plain), _IN_BRACKETS.sub("", plain.rpartition("/")[2])):
        if candidate in LONGITUDES:
            return "longitude"
        if candidate in LATITUDES:
            return "latitude"
        if candidate in SHAPES:
            return "wkt"
    return ""


def _like_a_formula(cell: str) -> bool:
    if cell[0] in "+-":
        return _INTEGER.fullmatch(cell) is None and _DECIMAL.fullmatch(cell) is None and degrees(cell) is None
    return cell[0] in "=@\t\r"


def is_code(name: str) -> bool:
    return bool(_CODE.fullmatch(name.strip()) or _CODE_END.fullmatch(name.strip()))


class Column:
    """Counts what the cells of a column look like, while rows go by."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number  # from 1
        self.role = role_of(name)
        self.code = is_code(name)
        self.filled = 0
        self._seen = 0
        self._looks: dict[str, int] = dict.fromkeys(("integer", "decimal", "date", "datetime", "boolean", "zeros"), 0)
        self._stored: dict[str, int] = {}
        self._numbers_as_text = 0

    def look(self, cell: str, type: str, row: Row, findings: Findings) -> None:
        if not cell:
            return
        self.filled += 1
        if type:
            self._stored[type] = self._stored.get(type, 0) + 1
        where: dict[str, int | str] = {"line": row.line, "row": row.number, "field": self.name}
        self._look_for_damage(cell, type, where, findings)
        if self._seen >= LOOKED_AT:
            return
        self._seen += 1
        if _INTEGER.fullmatch(cell):
            self._looks["integer"] += 1
            self._looks["zeros"] += len(cell) > 1 and cell.startswith("0")
            self._numbers_as_text += type == "s"
        elif _DECIMAL.fullmatch(cell):
            self._looks["decimal"] += 1
            self._numbers_as_text += type == "s"
        elif type == "d" or cell[:4].isdigit():
            if _DATE.fullmatch(cell):
                self._looks["date"] += 1
            elif moment(cell) is not None:
                self._looks["datetime"] += 1
        elif cell in _BOOLEANS or type == "b":
            self._looks["boolean"] += 1

    def _look_for_damage(self, cell: str, type: str, where: dict[str, int | str], findings: Findings) -> None:
        if type in {"", "s"} and _like_a_formula(cell):
            findings.add("formula_text", where, value=cell)
        if not self.code:
            return
        if _SCIENTIFIC.fullmatch(cell):
            findings.add("code_scientific", where, value=cell)
        elif type == "n" and len(cell.lstrip("-")) > 15 and cell.lstrip("-").isdigit():
            findings.add("digits_lost", where, value=cell)
        elif type == "n" and not _INTEGER.fullmatch(cell):
            findings.add("code_fraction", where, value=cell)

    def field(self, findings: Findings) -> Field:
        numbers = self._stored.get("n", 0)
        if self.code and numbers and numbers >= self._stored.get("s", 0):
            findings.add("code_as_number", {"field": self.name}, field=self.name)
        elif not self.code and self._numbers_as_text and numbers:
            findings.add("number_as_text", {"field": self.name}, field=self.name, count=self._numbers_as_text, others=numbers)
        names = {"n": "number", "s": "text", "d": "date", "b": "boolean", "e": "error"}
        kinds = {names[type] for type in self._stored}
        stored = "mixed" if len(kinds) > 1 else kinds.pop() if kinds else ""
        return Field(self.name, self._kind(), self.filled, stored)

    def _kind(self) -> FieldKind:
        looks, seen = self._looks, self._seen
        if not self.filled:
            return "empty"
        if self.role:
            return self.role  # type: ignore[return-value]
        if self.code or looks["zeros"]:
            return "code"
        for kinds, kind in (
            (("integer",), "integer"), (("integer", "decimal"), "decimal"), (("date",), "date"), (("date", "datetime"), "datetime"),
            (("boolean",), "boolean"),
        ):  # fmt: skip
            if sum(looks[name] for name in kinds) >= 0.95 * seen:
                return kind  # type: ignore[return-value]
        return "text"


class Places:
    """The coordinates of a sheet, from a pair of columns or one of WKT: what kind, and how far they reach."""

    def __init__(self, columns: list[Column]) -> None:
        by_role = {column.role: column for column in reversed(columns) if column.role}
        self._lon, self._lat, self._wkt = (by_role.get(role) for role in ("longitude", "latitude", "wkt"))
        if self._lon is None or self._lat is None:
            self._lon = self._lat = None
        self._kinds: dict[str, int] = {}
        self.bounds: tuple[float, float, float, float] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        if self._lon is not None and self._lat is not None:
            return (self._lon.name, self._lat.name)
        return (self._wkt.name,) if self._wkt is not None and self._kinds else ()

    @property
    def geometry(self) -> str | None:
        if not self._kinds:
            return None
        return max(self._kinds, key=lambda kind: self._kinds[kind])

    def look(self, row: Row, findings: Findings) -> None:
        where = {"line": row.line, "row": row.number}
        if self._lon is not None and self._lat is not None:
            words = [_cell(row, self._lon), _cell(row, self._lat)]
            if not any(words):
                return
            x, y = (degrees(word.replace(",", ".") if word.count(",") == 1 else word) for word in words)
            if x is None or y is None:
                findings.add("coordinate_unreadable", where, value=", ".join(words))
                return
            self._kinds["point"] = self._kinds.get("point", 0) + 1
            self._widen((x, y, x, y))
        elif self._wkt is not None and (words_of := _cell(row, self._wkt)):
            try:
                shape = shapely.from_wkt(words_of)
            except (shapely.errors.GEOSException, ValueError):  # GEOS cuts its own message in the middle of a character
                findings.add("wkt_unreadable", where, value=words_of)
                return
            kind = shape.geom_type.lower().removeprefix("multi")
            self._kinds[kind] = self._kinds.get(kind, 0) + 1
            if not shape.is_empty:
                self._widen(shape.bounds)

    def _widen(self, box: tuple[float, float, float, float]) -> None:
        old = self.bounds or box
        self.bounds = (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3]))


def _cell(row: Row, column: Column) -> str:
    return row.cells[column.number - 1] if column.number <= len(row.cells) else ""
