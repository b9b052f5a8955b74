"""Tables of place names: name, class, code, place, spelling and other forms, by `placenames.services.tables`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import Begins, Grade, Source, SourceKind
from boundaries.rules.names import LONGEST, clean, faults
from boundaries.rules.place_codes import PlaceRecord, check_class_pairs, parse_place_code
from boundaries.services.places import codes_by_text
from gis.crs import bring_to_cgcs2000, resolve_reading
from gis.errors import ConflictError
from importers.problems import Problem
from importers.severities import ERROR, WARNING
from importers.targets.systems import system_option
from importers.targets.target import Agreed, Check, Committed, Option, Role, RowVerdict, Staged, Target, Told, Verdict
from placenames.models import FormKind, NameStatus
from placenames.policies import may_import_names
from placenames.positions import areas_at
from placenames.rules.classes import is_code, tree
from placenames.rules.codes import check_code_fits, check_codes
from placenames.rules.kinds import kind_of_class
from placenames.rules.orthography import check_spelling
from placenames.rules.readings import HOME, UnreadableError, ensure_readable
from placenames.services import tables
from placenames.services.name_lists import official_classes
from placenames.services.recording import lock

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User

_FORMS = {
    "alias": FormKind.ALIAS,
    "short": FormKind.SHORT,
    "former": FormKind.FORMER,
    "traditional": FormKind.TRADITIONAL,
}
_SPELLINGS = {
    "name": ("标准名称", "地名", "名称", "name", "standard_name"),
    "class": ("类别代码", "地名类别", "类别", "类别名称", "class", "place_type_code"),
    "code": ("地名代码", "代码", "code", "place_code"),
    "division": ("区划代码", "所在区划代码", "所在行政区代码", "area_code", "division"),
    "lon": ("经度", "东经", "lon", "lng", "longitude", "x"),
    "lat": ("纬度", "北纬", "lat", "latitude", "y"),
    "spelling": ("罗马字母拼写", "拼音", "汉语拼音", "spelling", "pinyin", "roman_alphabet_spelling"),
    "alias": ("别名", "alias"),
    "short": ("简称", "short_name"),
    "former": ("曾用名", "former_name", "old_name"),
    "traditional": ("繁体", "繁体写法", "traditional"),
}
_CHINA = (73.0, 3.0, 136.0, 54.0)

Found = Iterable[tuple[str, str, str, str, str]]


def _check_name(cells: Mapping[str, str]) -> Found:
    name = clean(cells.get("name", ""))
    for fault in faults(name)[:1]:
        told = Problem(f"name_{fault}", values={"value": name[:40], "length": len(name), "limit": LONGEST}).as_dict()
        yield "name", told["code"], ERROR, told["message"], told["message_en"]
        return
    try:
        ensure_readable(name)
    except UnreadableError as error:
        words = f"“{error.character}”不是有读音的汉字。", f"“{error.character}” is no character with a reading."
        yield "name", "name_unreadable", ERROR, *words


def _check_class(cells: Mapping[str, str]) -> Found:
    text = cells.get("class", "").strip()
    if class_code(text) is None:
        yield "class", "class_bad", ERROR, f"“{text[:20]}”不是地名类别（五位代码或类别名称）。", f"“{text[:20]}” is no class."


def _check_code(cells: Mapping[str, str]) -> Found:
    code, place_class = cells.get("code", "").strip(), class_code(cells.get("class", "").strip()) or ""
    if not code:
        return
    for one in check_code_fits(code, place_class, ""):
        severity = ERROR if one.code == "malformed" else WARNING
        yield "code", f"place_code_{one.code}", severity, one.message_zh, one.message_en


def _check_place(cells: Mapping[str, str]) -> Found:
    lon, lat = cells.get("lon", "").strip(), cells.get("lat", "").strip()
    if not lon and not lat:
        return
    x, y = _number(lon), _number(lat)
    if x is None or y is None:
        yield "lon", "place_bad", ERROR, f"经纬度“{lon[:20]}, {lat[:20]}”不是数字。", f"“{lon[:20]}, {lat[:20]}” are no numbers."
    elif not (_CHINA[0] < x < _CHINA[2] and _CHINA[1] < y < _CHINA[3]):
        yield "lon", "place_outside", ERROR, f"位置 {x}, {y} 不在中国范围内。", f"The position {x}, {y} is not in China."


def _check_spelling(cells: Mapping[str, str]) -> Found:
    written, name = cells.get("spelling", "").strip(), clean(cells.get("name", ""))
    place_class = class_code(cells.get("class", "").strip())
    if not written or not name or place_class is None:
        return
    try:
        found = check_spelling(name, written, kind_of_class(place_class), _area_code(cells) or HOME)
    except UnreadableError:
        return
    for one in found:
        if one.code != "polyphone_open":  # what a source says of a polyphone is worth more than our not knowing
            yield "spelling", f"{one.rule.lower().replace('-', '_')}_{one.code}", WARNING, one.message_zh, one.message_en


def class_code(text: str) -> str | None:
    """Five digits, or the code of a class by its name; None for neither."""
    if is_code(text.ljust(5, "0") if text.isdigit() and len(text) >= 2 else text):
        return text.ljust(5, "0")
    return next((one.code for one in tree().values() if one.name == text), None)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _area_code(cells: Mapping[str, str]) -> str:
    """Of the column of divisions, else the first nine digits of the code."""
    given = cells.get("division", "").strip()
    parsed = parse_place_code(cells.get("code", ""))
    return given or (parsed.division if parsed else "")


class PlaceNames(Target):
    key = "placenames"
    title = gettext_lazy("地名")
    about = gettext_lazy("地名登记表：名称、类别、代码、位置、拼写和其他名称，一行一个地名。行政区划的名称请按区划名单导入。")
    roles = (
        Role("name", gettext_lazy("标准名称"), required=True),
        Role("class", gettext_lazy("地名类别"), required=True, note=gettext_lazy("五位类别代码，或类别名称")),
        Role("code", gettext_lazy("地名代码"), note=gettext_lazy("20 位；没有时按名称、类别和所在区划认定同一地名")),
        Role("division", gettext_lazy("所在区划代码"), note=gettext_lazy("没有这一列时取地名代码的前九位")),
        Role("lon", gettext_lazy("经度")),
        Role("lat", gettext_lazy("纬度")),
        Role("spelling", gettext_lazy("罗马字母拼写"), note=gettext_lazy("没有时按规则拼写，多音字留待认定")),
        Role("alias", gettext_lazy("别名"), note=gettext_lazy("几个名称用顿号或分号隔开")),
        Role("short", gettext_lazy("简称")),
        Role("former", gettext_lazy("曾用名")),
        Role("traditional", gettext_lazy("繁体写法")),
    )
    natural_key = ("code", "name", "class", "division")
    checks: ClassVar[tuple[Check, ...]] = (_check_name, _check_class, _check_code, _check_place, _check_spelling)

    def may_use(self, user: Person) -> bool:
        return may_import_names(user)

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        states = tuple((value, label) for value, label in NameStatus.choices if value in (NameStatus.IN_USE, NameStatus.STANDARD))
        return (
            Option("as_of", gettext_lazy("数据日期"), "date", note=gettext_lazy("名单说明的是哪一天的情况")),
            Option("status", gettext_lazy("使用状态"), "choice", states, NameStatus.IN_USE),
            system_option(layer),
            Option("grade", gettext_lazy("位置等级"), "choice", tuple(Grade.choices), Grade.INDICATIVE),
            Option("title", gettext_lazy("资料名称"), required=False, note=gettext_lazy("为空时用文件名")),
        )

    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            plain = "".join(column.lower().split())
            for role, spellings in _SPELLINGS.items():
                if plain in spellings:
                    found.setdefault(role, column)
        return found

    def dry_run(self, staged: Staged) -> Verdict:
        plan, problems = self._plan(staged)
        return Verdict(_verdicts(plan), problems)

    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        lock()
        plan, _problems = self._plan(staged)
        agreed(_verdicts(plan))
        if not plan.count(tables.CREATED) + plan.count(tables.UPDATED) + plan.count(tables.UNCHANGED):
            raise ConflictError("no_usable_rows", _("没有一行可以导入，登记未作任何改动。"))
        title = staged.options.get("title") or staged.file.name
        day = date.fromisoformat(staged.options["as_of"])
        source = Source.objects.create(
            kind=SourceKind.DATASET,
            title=title[:300],
            dated=day,
            sha256=staged.file.sha256,
            details={"file": staged.file.name, "format": "placenames"},
            recorded_by=staged.actor,
        )
        common = {
            "valid": tables.valid_from(day),
            "begins": Begins.OBSERVED,
            "status": staged.options["status"],
            "grade": staged.options["grade"],
            "location_source": title[:200],
        }
        counts = tables.commit(plan, common, source, staged.actor)
        rejected = staged.table.count - len(staged.skipped) - sum(counts.values())
        return Committed(str(source.pk), {**counts, "rejected": rejected})

    def obstacles(self, reference: str) -> list[str]:
        return tables.obstacles(int(reference))

    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        return tables.undo(Source.objects.get(pk=int(reference)), actor)

    def _plan(self, staged: Staged) -> tuple[tables.Plan, list[Told]]:
        problems = self.check_rows(staged)
        bad = {one["row"] for one in problems if one["severity"] == ERROR}
        cells = {row: staged.cells(row) for row in staged.rows() if row + 1 not in bad}
        day = date.fromisoformat(staged.options["as_of"])
        areas = codes_by_text({code for one in cells.values() if (code := _area_code(one))}, day)
        points = _points(cells, staged.options["crs"])
        unsaid = {row: point for row, point in points.items() if not _area_code(cells[row])}
        lies_in, rows = areas_at(unsaid, day), []
        for row, one in cells.items():
            area_code = _area_code(one)
            if area_code and area_code not in areas:
                given = bool(one.get("division", "").strip())
                problems.append(_unknown_area(staged, row, area_code, given))
                if given:
                    continue
            area = areas.get(area_code, (None, ""))[0] if area_code else lies_in.get(row)
            rows.append(_row(row, one, area, area_code, points.get(row)))
        plan = tables.make_plan(rows)
        problems += [_twice(staged, row, first) for row, first in plan.twice.items()]
        problems += _pairs(staged, rows)
        problems += _classes(staged, rows)
        return plan, problems


def _points(cells: Mapping[int, Mapping[str, str]], crs: str) -> dict[int, tuple[float, float]]:
    """Row → longitude and latitude of CGCS2000."""
    given = {row: (_number(one.get("lon", "")), _number(one.get("lat", ""))) for row, one in cells.items()}
    rows = [row for row, (x, y) in given.items() if x is not None and y is not None]
    if not rows:
        return {}
    moved, _info = bring_to_cgcs2000(shapely.points(np.array([given[row] for row in rows], dtype=float)), resolve_reading(crs))
    return dict(zip(rows, zip(shapely.get_x(moved).tolist(), shapely.get_y(moved).tolist(), strict=True), strict=True))


def _row(row: int, one: Mapping[str, str], area: int | None, area_code: str, point: tuple[float, float] | None) -> tables.Row:
    return tables.Row(
        row=row,
        name=clean(one["name"]),
        place_class=class_code(one["class"].strip()) or "",
        code=one.get("code", "").strip(),
        area=area,
        area_code=area_code,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        spelling=one.get("spelling", "").strip(),
        forms=tuple((kind, text) for role, kind in _FORMS.items() for text in _several(one.get(role, "")) if text != one["name"]),
    )


def _several(text: str) -> list[str]:
    for mark in "；;，,":
        text = text.replace(mark, "、")
    return [found for part in text.split("、") if (found := clean(part)) and not faults(found)]


def _classes(staged: Staged, rows: Sequence[tables.Row]) -> list[Told]:
    """CODE-10: codes against one another, and classes against the table the office has loaded, where it has."""
    official = official_classes()
    by_code = {one.code: one.row for one in reversed(rows) if one.code}
    found = [
        _told(staged, by_code[one.subject], "code", "class_unknown", WARNING, (one.message_zh, one.message_en))
        for one in check_codes(by_code, official)
        if one.code == "class_unknown"
    ]
    if official is None:
        return found
    return found + [
        _told(staged, one.row, "class", "class_not_in_table", WARNING, (
            f"类别 {one.place_class} 不在已载入的分类代码表中（CODE-10）。",
            f"Class {one.place_class} is not in the table of classes that was loaded (CODE-10).",
        ))
        for one in rows
        if one.place_class and not one.code and one.place_class not in official
    ]  # fmt: skip


def _verdicts(plan: tables.Plan) -> list[RowVerdict]:
    return [
        RowVerdict(one.row, one.key, outcome, "" if held is None else str(held.pk))
        for one, outcome, held in zip(plan.rows, plan.outcomes, plan.held, strict=True)
        if outcome != tables.REFUSED
    ]


def _told(staged: Staged, row: int, role: str, code: str, severity: str, words: tuple[str, str]) -> Told:
    field = staged.mapping.get(role, "")
    return {"row": row + 1, "field": field, "code": code, "severity": severity, "message": words[0], "message_en": words[1]}


def _unknown_area(staged: Staged, row: int, code: str, given: bool) -> Told:
    words = f"数据日期没有代码为 {code[:12]} 的区划。", f"No division had the code {code[:12]} on the day of the list."
    return _told(staged, row, "division" if given else "code", "area_unknown", ERROR if given else WARNING, words)


def _twice(staged: Staged, row: int, first: int) -> Told:
    words = f"与第 {first + 1} 行是同一个地名。", f"The same place name as row {first + 1}."
    return _told(staged, row, "name", "name_twice", ERROR, words)


def _pairs(staged: Staged, rows: Sequence[tables.Row]) -> list[Told]:
    """CODE-11: a village as an area and its committee as an organisation in one table."""
    records = [
        PlaceRecord(str(one.row), parsed, one.name)
        for one in rows
        if one.code and (parsed := parse_place_code(one.code)) is not None
    ]
    return [
        _told(staged, int(one.subject), "code", "pair_not_linked", WARNING, (one.message_zh, one.message_en))
        for one in check_class_pairs(records)
    ]
