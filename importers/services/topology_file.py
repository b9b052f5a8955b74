"""A file's polygons looked at as a coverage, without the register and without storing anything."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.rules import codes
from gis.coverage import Ground, Kind, check, defects, repair
from gis.coverage.checking import TOLERANCE_M
from gis.coverage.defects import counts as counts_by_kind
from gis.coverage.repair import FARTHEST_M, MENDABLE, MOST_PLACES, TooManyPlaces
from gis.crs import CrsError
from importers import geometry as geometries
from importers.coverage import CheckedLevel
from importers.fields import likely
from importers.readers import Table, opened, read
from importers.readers.errors import refuse
from importers.services.list_systems import reading_of
from importers.services.staging_topology import told as repair_told
from importers.topology_sheet import Place, Unit

MAX_TOLD = 1_000


@dataclass(frozen=True)
class Asked:
    """`fields` maps code, name, parent to columns, "" for not said; `repair_m` None for no repair."""

    crs: str = ""
    layer: str = ""
    encoding: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    repair_m: float | None = None
    kinds: tuple[str, ...] = (Kind.SLIVER.value,)
    picture: str = ""


@dataclass(frozen=True)
class Looked:
    told: dict[str, Any]
    units: list[Unit]
    places: list[Place]


@dataclass(frozen=True)
class _Shapes:
    """Polygons of a file by row, in CGCS2000, with their codes and names."""

    geometry: np.ndarray[Any, np.dtype[np.object_]]
    code: list[str]
    name: list[str]
    parent: list[str]
    crs: dict[str, Any]


def look(file: str | Path, parents: str | Path, asked: Asked) -> Looked:
    """Raises `DomainError`: those of reading files, bad_distance, bad_kinds, bad_picture, too_many_places."""
    _checked(asked)
    own = _shapes(file, asked)
    above = _shapes(parents, Asked(crs=asked.crs)) if parents else None
    polygons = {} if above is None else {_trimmed(code): shape for code, shape in zip(above.code, above.geometry, strict=True)}
    ids: tuple[Hashable, ...] = tuple(range(1, len(own.geometry) + 1))
    given = {row: _parent_in(code, parent, polygons) for row, code, parent in zip(ids, own.code, own.parent, strict=True)}
    parent_of: dict[Hashable, Hashable] = {row: code for row, code in given.items() if code is not None}
    shapes: dict[Hashable, shapely.Geometry] = dict(polygons.items())
    report = check(ids, own.geometry, parent_of, dict(shapes))
    found = defects(report)
    labels: dict[Hashable, dict[str, str]] = {
        row: {"code": code, "name": name} for row, code, name in zip(ids, own.code, own.name, strict=True)
    }
    if above is not None:
        labels |= {_trimmed(code): {"code": code, "name": name} for code, name in zip(above.code, above.name, strict=True)}
    rows: dict[Hashable, int] = {row: at for at, row in enumerate(ids)}
    level = CheckedLevel(0, len(ids), lambda: Ground(ids, own.geometry, parent_of, shapes), found, rows, labels)
    told = {
        "valid": report.valid,
        "exact": report.exact,
        "checked": report.checked,
        "without_geometry": len(report.without_geometry),
        "crs": own.crs,
        "kinds": counts_by_kind(found),
        "total": len(found),
        "places": [
            {
                **one.as_dict(),
                "units": [level.named(unit) for unit in one.units],
                "parent": None if one.parent is None else {k: level.named(one.parent)[k] for k in ("code", "name")},
            }
            for one in found[:MAX_TOLD]
        ],
        "invalid": [{**one.as_dict(), "unit": level.named(one.unit)} for one in report.invalid[:MAX_TOLD]],
        "below_tolerance": report.as_dict(0)["below_tolerance"],
        "tolerance_m": report.tolerance_m,
        "sliver": {"most_width_m": report.gap_width_m, "least_length_over_width": 10},
        "repair": _repaired(level, asked),
        "picture": asked.picture or None,
    }
    return Looked(told, _units(own), [Place(one.kind, one.place, one.geometry) for one in found])


def _checked(asked: Asked) -> None:
    if asked.repair_m is not None and not TOLERANCE_M <= asked.repair_m <= FARTHEST_M:
        raise refuse(
            "bad_distance",
            _("距离应为 %(least)s 至 %(most)s 米之间的数。"),
            least=f"{TOLERANCE_M:g}",
            most=f"{FARTHEST_M:g}",
        )
    wrong = [kind for kind in asked.kinds if kind not in {one.value for one in MENDABLE}]
    if wrong or not asked.kinds:
        raise refuse("bad_kinds", _("可修复的类别是 %(all)s。"), all=", ".join(one.value for one in MENDABLE))
    if asked.picture and Path(asked.picture).suffix.lower() not in {".png", ".pdf"}:
        raise refuse("bad_picture", _("图片文件名应以 .png 或 .pdf 结尾。"))


def _shapes(file: str | Path, asked: Asked) -> _Shapes:
    with opened(file, asked.layer) as data:
        table = read(data, layer=asked.layer, encoding=asked.encoding)
    if table.geometry is None:
        raise refuse("no_geometry", _("文件里没有图形。"))
    reading, system, _problems = reading_of(table, asked.crs, timezone.localdate())
    if reading is None:
        raise refuse("no_geometry", _("文件里没有图形。"))
    try:
        moved, _info = geometries.into_cgcs2000(table.geometry, reading)
    except CrsError as error:
        raise refuse(error.code, error.message_zh, text=error.text, message_en=error.message_en) from error
    columns = {role: _column(table, role, asked.fields.get(role, "")) for role in ("code", "name", "parent")}
    return _Shapes(moved, columns["code"], columns["name"], columns["parent"], system)


def _column(table: Table, role: str, named: str) -> list[str]:
    if named and named not in table.columns:
        raise refuse("unknown_field", _("文件里没有列“%(column)s”。"), column=named[:60])
    column = named or likely(list(table.columns), role)
    return table.columns[column] if column else [""] * table.count


def _trimmed(code: str) -> str:
    """Digits without the zeros that pad a code to twelve."""
    try:
        digits = codes.digits(code)
    except codes.CodeError:
        return code
    return digits[:6] if len(digits) == 12 and digits.endswith("000000") else digits


def _parent_in(code: str, parent: str, polygons: Mapping[str, Any]) -> str | None:
    """The parent's code as the file names it, else the longest of the parents' codes with which the unit's own begins."""
    named = _trimmed(parent) if parent else ""
    if named in polygons:
        return named
    own = _trimmed(code)
    for length, padded in ((9, ""), (6, ""), (4, "00"), (2, "0000")):
        candidate = own[:length] + padded
        if len(own) >= length and candidate != own and candidate in polygons:
            return candidate
    return None


def _repaired(level: CheckedLevel, asked: Asked) -> dict[str, Any] | None:
    if asked.repair_m is None:
        return None
    try:
        done = repair(level.ground, asked.repair_m, [Kind(kind) for kind in asked.kinds])
    except TooManyPlaces as error:
        raise refuse(
            "too_many_places",
            _("问题多于 %(count)s 处：这份图形可能与登记用的不是同一底图。请回到制图软件中处理。"),
            count=MOST_PLACES,
        ) from error
    return {"distance_m": asked.repair_m, "kinds": list(asked.kinds), **repair_told([(level, done)])}


def _units(own: _Shapes) -> list[Unit]:
    good = ~shapely.is_missing(own.geometry) & ~shapely.is_empty(own.geometry) & shapely.is_valid(own.geometry)
    level = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}
    found = []
    for at in np.flatnonzero(good).tolist():
        digits = _trimmed(own.code[at])
        found.append(
            Unit(
                own.name[at] or own.code[at],
                level.get(len(digits.rstrip("0")) if len(digits) == 6 else len(digits), 3),
                own.geometry[at],
            )
        )
    return found
