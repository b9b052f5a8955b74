"""Which reader looks at which kind of data set. Readers of further kinds are plugged in at `INSPECTORS`, one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gis.crs import CrsDecision, CrsError, CrsFinding, Reading, resolve_crs
from gis.errors import DomainError
from importers.inspection import coordinates, layers
from importers.inspection.known import Known
from importers.inspection.model import Found, Part
from importers.problems import Problem
from importers.readers import delimited, kml, opening, sniff, tables, tracks, vector
from importers.readers.errors import FileRefusedError, not_a_format, refuse
from importers.readers.table import Opened, Table

Inspector = Callable[[Opened, Known], Part]

_MAX_WKT_BYTES: Final = 20_000


def inspect_set(data: Opened, known: Known) -> Part:
    """One data set by the reader of its kind; what cannot be read is a problem of the part."""
    try:
        if not data.format:
            raise not_a_format("empty_file" if _is_empty(data) else "unsupported_format", data.name)
        return INSPECTORS[data.format](data, known)
    except DomainError as error:
        return Part(KINDS.get(data.format, ""), data.format, problems=[refused(error, data.stem)])


def refused(error: DomainError, layer: str = "") -> Found:
    zh, en = error.in_both() if isinstance(error, FileRefusedError) else (str(error), str(error))
    return Found(Problem("refused", values={"code": error.code, "zh": zh, "en": en}), layer)


def _is_empty(data: Opened) -> bool:
    return data.main.is_file() and data.main.stat().st_size == 0


# --- vector -----------------------------------------------------------------------------------------------------------


def _vector(data: Opened, known: Known) -> Part:
    opening.complete(data)
    part = Part("table" if data.format == sniff.DBF else "vector")
    with vector.ready(data) as source:
        for name in vector.layers(data, source):
            try:
                table = vector.read_layer(data, source, layer=name, known=known.names)
            except DomainError as error:
                part.problems.append(refused(error, name or data.stem))
                continue
            _add(part, table, name or data.stem, known)
    if data.format == sniff.DBF and data.main.with_suffix(".shp").exists():
        part.problems.append(Found(Problem("part_of_shapefile", values={"name": data.stem}), data.stem))
    return part


def inspect_tracks(data: Opened, known: Known) -> Part:
    """The tracks in a file of which tracks are but a part; a refusal is its problem and not the file's."""
    try:
        return INSPECTORS[sniff.GPX](data, known)
    except DomainError as error:
        return Part(problems=[refused(error, data.stem)])


def _kml(data: Opened, known: Known) -> Part:
    """Placemarks are a layer; where there are tracks too, the reader of tracks has its say."""
    found = kml.read(data)
    part = Part("vector", driver="KML")
    if found.table.count or not found.tracks:
        _add(part, found.table, data.stem, known)
    if found.tracks:
        tracks = inspect_tracks(data, known)
        part.problems += tracks.problems
        part.tracks += tracks.tracks
        part.told += tracks.told
        part.more += tracks.more
        if not part.layers:
            part.kind = "track"
    return part


def _csv(data: Opened, known: Known) -> Part:
    """A table with coordinates or WKT is a layer; any other is a table."""
    table = delimited.read(data)
    placed = coordinates.with_geometry(table)
    part = Part("vector" if placed is not None else "table")
    _add(part, placed or table, data.stem, known)
    return part


def _add(part: Part, table: Table, name: str, known: Known) -> None:
    layer, problems, more = layers.look_at(table, name, known.outlines)
    part.layers.append(layer)
    part.problems += problems
    part.more += more
    part.driver = part.driver or layer.driver


# --- others -----------------------------------------------------------------------------------------------------------


def _reference_system(data: Opened, _known: Known) -> Part:
    """A .prj alone: which system it writes down."""
    text = data.main.read_bytes()[:_MAX_WKT_BYTES].decode("utf-8", "replace").strip("\ufeff \t\r\n\x00")
    try:
        system = resolve_crs(text)
    except CrsError as error:
        raise refuse(error.code, error.message_zh.replace("%", "%%"), text=error.text) from error
    finding = CrsFinding("statement", f"文件写明坐标系为 {system.name_zh}。", f"The file states {system.name_en}.")
    problems = []
    if system.ballpark:
        zh = f"{system.name_zh}与2000国家大地坐标系之间没有公开的转换参数，换算后位置可能偏差上百米。"
        en = (
            f"No public parameters exist between {system.name_en} and CGCS2000; positions may be off by more than a hundred metres."
        )
        problems.append(Found(Problem("crs_inexact", values={"zh": zh, "en": en})))
    return Part("crs", "WKT", problems=problems, crs=CrsDecision(Reading(system), "certain", "file", (), (finding,), system))


def _track(data: Opened, _known: Known) -> Part:
    return told_as_part("track", tracks.read(data.main, data.name).as_inspection())


def _workbook(data: Opened, _known: Known) -> Part:
    return told_as_part("table", tables.inspect(data.main, data.name).as_inspection())


def _archive(data: Opened, _known: Known) -> Part:
    raise refuse(
        "archive_kind_unsupported",
        _("“%(name)s”是 %(format)s 压缩包，不予解压。请改用 zip。"),
        name=data.name,
        format=data.format,
    )


def _drawing(data: Opened, _known: Known) -> Part:
    raise refuse("dwg_unsupported", _("“%(name)s”是 DWG 图，请在 CAD 软件中另存为 DXF 再导入。"), name=data.name)


def _old_workbook(data: Opened, _known: Known) -> Part:
    raise refuse("old_workbook", _("“%(name)s”是旧版 Excel 工作簿（.xls），或加了密码；请去掉密码，另存为 .xlsx。"), name=data.name)


def _shape_index(data: Opened, _known: Known) -> Part:
    raise refuse("part_of_shapefile", _("“%(name)s”是 Shapefile 的索引，请选择同名的 .shp。"), name=data.name)


INSPECTORS: Final[dict[str, Inspector]] = {
    **dict.fromkeys(vector.FORMATS, _vector),
    sniff.KML: _kml,
    sniff.CSV: _csv,
    sniff.WKT: _reference_system,
    **dict.fromkeys(sniff.TRACK, _track),
    sniff.XLSX: _workbook,
    **dict.fromkeys(sniff.ARCHIVE_ELSEWHERE, _archive),
    sniff.DWG: _drawing,
    sniff.XLS: _old_workbook,
    sniff.SHAPE_INDEX: _shape_index,
}


KINDS: Final = {
    **dict.fromkeys((*sniff.VECTOR, sniff.DWG), "vector"),
    **dict.fromkeys(sniff.TRACK, "track"),
    **dict.fromkeys((sniff.CSV, sniff.DBF, sniff.XLSX, sniff.XLS), "table"),
    **dict.fromkeys((sniff.ZIP, *sniff.ARCHIVE_ELSEWHERE), "archive"),
    sniff.WKT: "crs",
}


def kind_of(path: Path) -> str:
    """The kind of a file that could not even be opened as data sets; "" for what nobody knows."""
    try:
        return KINDS.get(sniff.sniff(path) or "", "") if path.is_file() else ""
    except (OSError, ValueError):
        return ""


def told_as_part(kind: str, told: dict[str, Any]) -> Part:
    """A part from the plain data that the readers of tracks and tables give (`as_inspection()`)."""
    return Part(
        kind,
        str(told.get("driver", "")),
        tracks=list(told.get("tracks", ())),
        told=list(told.get("problems", ())),
        plain_layers=list(told.get("layers", ())),
        plain_encoding=told.get("encoding"),
        more=Counter(told.get("problem_counts", {})),
    )
