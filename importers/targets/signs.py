"""Place-name signs: one row a sign, from tables, Shapefiles or the waypoints of a phone, by `placenames.services.signs`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import shapely
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import Grade, Source
from boundaries.services.places import codes_spelled
from gis.audit import services as audit
from gis.crs import CGCS2000, distance_m
from gis.crs.angles import degrees
from gis.errors import ConflictError, InvalidInputError
from gis.services.spreadsheets import as_written
from importers import track_rows
from importers.severities import INFO, WARNING
from importers.targets.line_rows import Reader, matched, source_of, tell_doubled
from importers.targets.systems import system_option
from importers.targets.target import TRACKS, Agreed, Committed, Option, Role, RowVerdict, Staged, Target, Verdict
from placenames import policies
from placenames.models import RoadSide, Sign, SignState
from placenames.rules.kinds import Kind
from placenames.rules.signs.types import COLOURS
from placenames.services.signs import bulk, undoing
from placenames.services.signs.areas import areas_of
from placenames.services.signs.registering import Entry, Face, as_entry, change, checked, lock, snapshot
from placenames.signs.names import DIVISION, PLACE, NamedPlace, named_exactly
from placenames.signs.types_in_force import types_in_force

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User

_SPELLINGS: Final = {
    "code": frozenset({"标志编号", "标牌编号", "编号", "code"}),
    "type": frozenset({"类型", "标志类型", "标牌类型", "type"}),
    "name": frozenset({"所指地名", "地名", "标准名称", "名称", "name"}),
    "division": frozenset({"所指区划代码", "区划代码", "division"}),
    "chinese": frozenset({"汉字", "牌面汉字", "hanzi"}),
    "roman": frozenset({"汉语拼音", "牌面拼音", "拼音", "pinyin"}),
    "number": frozenset({"号码", "楼号", "门牌号", "number"}),
    "ground": frozenset({"底色", "颜色", "ground"}),
    "x": frozenset({"经度", "lon", "longitude", "x"}),
    "y": frozenset({"纬度", "lat", "latitude", "y"}),
    "side": frozenset({"道路哪侧", "路侧", "side"}),
    "azimuth_deg": frozenset({"牌面朝向", "朝向", "方位角", "azimuth"}),
    "state": frozenset({"状态", "现状", "state"}),
    "width_mm": frozenset({"宽", "牌面宽", "width_mm"}),
    "height_mm": frozenset({"高", "牌面高", "height_mm"}),
    "border_mm": frozenset({"边框", "边框宽", "border_mm"}),
    "digit_height_mm": frozenset({"号码字高", "digit_mm"}),
    "set_by": frozenset({"设置单位", "set_by"}),
    "maker": frozenset({"制作单位", "maker"}),
    "material": frozenset({"材质", "材料", "material"}),
    "custodian": frozenset({"管护单位", "custodian"}),
    "cost_yuan": frozenset({"造价", "费用", "cost_yuan"}),
    "installed_on": frozenset({"设置日期", "设置时间", "installed"}),
    "checked_on": frozenset({"最近巡查", "巡查日期", "checked", "start"}),
    "note": frozenset({"备注", "note", "notes"}),
}
_SIDES: Final = {
    **{value: value for value in RoadSide.values}, "路东": "east", "东": "east", "东侧": "east", "路南": "south", "南": "south",
    "南侧": "south", "路西": "west", "西": "west", "西侧": "west", "路北": "north", "北": "north", "北侧": "north",
    "路中": "middle", "中": "middle", "": "",
}  # fmt: skip
_STATES: Final = {
    **{value: value for value in SignState.values}, "": "", "完好": "standing", "良好": "standing", "正常": "standing",
    "损坏": "damaged", "破损": "damaged", "缺失": "missing", "丢失": "missing", "拟设": "planned", "已拆除": "removed",
}  # fmt: skip
_TYPE_OF: Final = {
    Kind.ROAD: "street", Kind.COMPOUND: "compound", Kind.DIVISION: "township", Kind.COMMITTEE: "village",
    Kind.SETTLEMENT: "village", Kind.NATURAL: "natural", Kind.FACILITY: "facility", Kind.BUILDING: "facility",
}  # fmt: skip
_NUMBERS: Final = ("azimuth_deg", "width_mm", "height_mm", "border_mm", "digit_height_mm", "cost_yuan")
_TEXTS: Final = ("number", "set_by", "maker", "material", "custodian", "note")
# A sign without a number is the one of its name and type that stands here.
_SAME_PLACE_M: Final = 5.0


@dataclass
class _Row:
    row: int
    key: str
    outcome: str
    entry: Entry
    held: Sign | None = None

    @property
    def verdict(self) -> RowVerdict:
        rests = "" if self.held is None else f"{self.held.pk} {self.held.changed_at.isoformat()}"
        return RowVerdict(self.row, self.key, self.outcome, rests)


class Signs(Target):
    key = "signs"
    title = gettext_lazy("地名标志")
    about = gettext_lazy("一行一个标志；编号相同的按更改处理，没有编号的由系统编号。手机采的航点（GPX）以航点名称为所指地名。")
    roles = (
        Role("code", gettext_lazy("标志编号")),
        Role("type", gettext_lazy("类型"), note=gettext_lazy("不写按所指地名的类别")),
        Role("name", gettext_lazy("所指地名"), required=True, note=gettext_lazy("同名的取离标志最近的一个")),
        Role("division", gettext_lazy("所指区划代码"), note=gettext_lazy("村牌、界域标志用；填了以它为准")),
        Role("chinese", gettext_lazy("汉字")),
        Role("roman", gettext_lazy("汉语拼音")),
        Role("number", gettext_lazy("号码")),
        Role("ground", gettext_lazy("底色")),
        Role("x", gettext_lazy("经度"), note=gettext_lazy("度或度分秒；文件带点图形的不需要")),
        Role("y", gettext_lazy("纬度")),
        Role("side", gettext_lazy("道路哪侧")),
        Role("azimuth_deg", gettext_lazy("牌面朝向（度）")),
        Role("state", gettext_lazy("状态"), note=gettext_lazy("完好、损坏、缺失、拟设、已拆除；不写按完好")),
        Role("width_mm", gettext_lazy("牌面宽（毫米）")),
        Role("height_mm", gettext_lazy("牌面高（毫米）")),
        Role("border_mm", gettext_lazy("边框宽（毫米）")),
        Role("digit_height_mm", gettext_lazy("号码字高（毫米）")),
        Role("set_by", gettext_lazy("设置单位")),
        Role("maker", gettext_lazy("制作单位")),
        Role("material", gettext_lazy("材质")),
        Role("custodian", gettext_lazy("管护单位")),
        Role("cost_yuan", gettext_lazy("造价（元）")),
        Role("installed_on", gettext_lazy("设置日期")),
        Role("checked_on", gettext_lazy("最近巡查日期")),
        Role("note", gettext_lazy("备注")),
    )
    natural_key = ("code",)
    undone_words = gettext_lazy("登记的标志已撤回，更改过的恢复原样。")

    def may_use(self, user: Person) -> bool:
        return policies.may_bring_signs(user)

    def takes(self, layer: Mapping[str, Any]) -> bool:
        return layer.get("kind") != TRACKS or bool(layer.get("waypoints"))

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        found = [Option("as_of", gettext_lazy("调查日期"), "date", note=gettext_lazy("以这一天的地名和区划为准"))]
        if layer.get("geometry"):
            option = system_option(layer)
            found.append(replace(option, default="EPSG:4326") if layer.get("kind") == TRACKS else option)
        found.append(Option("grade", gettext_lazy("位置等级"), "choice", tuple(Grade.choices), Grade.SURVEYED))
        found.append(Option("title", gettext_lazy("资料名称"), required=False, note=gettext_lazy("为空时用文件名")))
        return found

    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        return matched(columns, _SPELLINGS)

    def dry_run(self, staged: Staged) -> Verdict:
        reader = Reader(staged)
        rows = _Plan(reader).rows()
        return Verdict([one.verdict for one in rows], reader.problems)

    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        moment = lock()
        reader = Reader(staged)
        rows = _Plan(reader).rows()
        agreed([one.verdict for one in rows])
        if not rows:
            raise ConflictError("no_usable_rows", _("没有一行可以导入，登记未作任何改动。"))
        source = source_of(staged, self.key)
        bulk.enter_many(staged.actor, [one.entry for one in rows if one.outcome == "created"], source, moment, "sign.import")
        reason = _("导入：%(title)s") % {"title": source.title}
        for one in rows:
            if one.outcome == "updated" and one.held is not None:
                change(staged.actor, one.held, one.entry, reason, source=source, action="sign.import")
        counts = {name: sum(one.outcome == name for one in rows) for name in ("created", "updated", "unchanged")}
        audit.record(actor=staged.actor, action="sign.import", target=source, label=source.title, after=counts)
        return Committed(str(source.pk), {**counts, "rejected": len(reader.wrong())})

    def obstacles(self, reference: str) -> list[str]:
        return undoing.obstacles(int(reference))

    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        return undoing.undo(actor, Source.objects.get(pk=int(reference)))


class _Plan:
    """Rows of a file as signs; what cannot be one is told to the reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.staged = reader, reader.staged
        self.types = types_in_force()
        self.shapes = reader.shapes()
        self.kinds = self.staged.table.columns.get("kind", []) if self.staged.table.layer == track_rows.LAYER else []

    def rows(self) -> list[_Row]:
        usable = [row for row in self.staged.rows() if self._is_sign(row)]
        # Exported and brought in again, a note that looks like a formula is what it was.
        cells = {row: {role: as_written(text) for role, text in self.staged.cells(row).items()} for row in usable}
        self._known_by_number(cells)
        codes = {row: one["code"].strip() for row, one in cells.items() if one.get("code", "").strip()}
        tell_doubled(self.reader, "code", codes)
        held = {one.code: one for one in Sign.objects.filter(code__in=codes.values()).prefetch_related("faces__texts")}
        names = named_exactly({one.get("name", "").strip() for one in cells.values()}, self.reader.day)
        entries = {row: self._entry(row, one, held.get(codes.get(row, "")), names) for row, one in cells.items()}
        found = [self._row(row, entry, codes.get(row, ""), held) for row, entry in entries.items() if entry is not None]
        self._outside([one for one in found if one is not None and one.outcome == "created"])
        return [one for one in found if one is not None and one.row not in self.reader.wrong()]

    def _known_by_number(self, cells: dict[int, dict[str, str]]) -> None:
        """A waypoint called by the number of a sign, as our own export calls it, is that sign."""
        if not self.kinds:
            return
        names = {one.get("name", "").strip() for one in cells.values()}
        known = set(Sign.objects.filter(code__in=names).values_list("code", flat=True))
        for row, one in cells.items():
            if (name := one.get("name", "").strip()) in known and not one.get("code", "").strip():
                cells[row] = {**one, "code": name, "name": ""}

    def _is_sign(self, row: int) -> bool:
        if not self.kinds or self.kinds[row] == track_rows.WAYPOINT:
            return True
        self.reader.tell(row, "name", "not_a_waypoint", "这是轨迹，不是航点，不作标志。", "This is a track and no waypoint.", INFO)
        return False

    def _row(self, row: int, entry: Entry, code: str, held: Mapping[str, Sign]) -> _Row | None:
        sign = held.get(code) if code else self._standing(entry)
        try:
            checked(entry, self.types)
        except InvalidInputError as error:
            self.reader.refused(row, error)
            return None
        if sign is None:
            return _Row(row, code or f"#{row + 1}", "created", entry)
        if not policies.may_edit_signs(self.staged.actor, sign.area_id):
            zh, en = f"标志 {sign.code} 不在您管辖的地域内。", f"Sign {sign.code} is not in your areas."
            self.reader.tell(row, "code", "outside_area", zh, en)
            return None
        merged = _over(entry, sign)
        same = _same(merged, as_entry(snapshot(sign)))
        return _Row(row, sign.code, "unchanged" if same else "updated", merged, sign)

    def _outside(self, rows: Sequence[_Row]) -> None:
        """New signs that stand outside the person's areas are refused before the list is committed."""
        areas = areas_of([one.entry for one in rows])
        allowed = {area: policies.may_edit_signs(self.staged.actor, area) for area in set(areas)}
        for one, area in zip(rows, areas, strict=True):
            if not allowed[area]:
                self.reader.tell(one.row, "", "outside_area", "标志不在您管辖的地域内。", "The sign is not in your areas.")

    def _standing(self, entry: Entry) -> Sign | None:
        """The sign of that name and type at that place, for rows without a number."""
        if entry.position is None or (entry.place is None and entry.division is None):
            return None
        rows = Sign.objects.filter(type=entry.type, place=entry.place, division=entry.division, position__isnull=False)
        here = (entry.position.x, entry.position.y)
        near = [
            (distance_m(here, (one.position.x, one.position.y))[0], one)
            for one in rows.filter(number=entry.values.get("number", "")).prefetch_related("faces__texts")
            if one.position is not None
        ]
        metres, sign = min(near, key=lambda one: one[0], default=(float("inf"), None))
        return sign if metres <= _SAME_PLACE_M else None

    def _entry(self, row: int, cells: Mapping[str, str], held: Sign | None, names: Mapping[str, list[NamedPlace]]) -> Entry | None:
        position = self._position(row, cells)
        named = self._named(row, cells, position, names)
        kind = self._type(row, cells, named, held)
        values: dict[str, Any] = {role: cells[role].strip() for role in _TEXTS if cells.get(role, "").strip()}
        for role in _NUMBERS:
            number = self.reader.number(row, role, cells.get(role, ""))
            if number is not None:
                values[role] = Decimal(str(round(number, 2))) if role == "cost_yuan" else number
        for role in ("installed_on", "checked_on"):
            day = self.reader.day_of(row, role, cells.get(role, ""))
            if day is not None:
                values[role] = day
        for role, code, words in (("side", "bad_side", _SIDES), ("state", "bad_state", _STATES)):
            text = cells.get(role, "").strip()
            if text not in words:
                self.reader.tell(row, role, code, f"“{text[:20]}”不认识。", f"“{text[:20]}” is not known.")
            elif words[text]:
                values[role] = words[text]
        if position is not None:
            values["position_grade"] = self.staged.options.get("grade") or Grade.SURVEYED
        faces = self._faces(row, cells)
        if kind is None or row in self.reader.wrong():
            return None
        key = named.key if named is not None else None
        return Entry(
            kind, code=cells.get("code", "").strip(), place=key[1] if key and key[0] == PLACE else None,
            division=key[1] if key and key[0] == DIVISION else None, position=position, faces=faces,
            values=values,
        )  # fmt: skip

    def _position(self, row: int, cells: Mapping[str, str]) -> Point | None:
        if self.shapes is not None:
            shape = self.shapes[row]
            if shape is None or shape.is_empty:
                return None
            if shapely.get_dimensions(shape) != 0:
                self.reader.tell(row, "", "not_a_point", "标志的图形应为点。", "The geometry of a sign is a point.")
                return None
            spot = shapely.get_point(shape, 0) if shape.geom_type == "LineString" else shapely.get_geometry(shape, 0)
            return Point(round(spot.x, 9), round(spot.y, 9), srid=CGCS2000)
        texts = cells.get("x", "").strip(), cells.get("y", "").strip()
        if not any(texts):
            return None
        x, y = degrees(texts[0]), degrees(texts[1])
        if x is None or y is None or not (73 <= x <= 136 and 3 <= y <= 54):
            zh = f"经纬度“{texts[0][:20]}，{texts[1][:20]}”不对，应为中国范围内的度或度分秒。"
            self.reader.tell(row, "x", "bad_coordinates", zh, f"“{texts[0][:20]}, {texts[1][:20]}” is no position in China.")
            return None
        return Point(x, y, srid=CGCS2000)

    def _named(
        self, row: int, cells: Mapping[str, str], position: Point | None, names: Mapping[str, list[NamedPlace]]
    ) -> NamedPlace | None:
        name, code = cells.get("name", "").strip(), cells.get("division", "").strip()
        found = names.get(name, [])
        if code:
            divisions = codes_spelled(code, self.reader.day)
            found = [one for one in found if one.key[0] == DIVISION and one.key[1] in divisions]
            if not found:
                zh = f"代码 {code[:20]} 的区划不叫“{name[:40]}”，或没有这个代码。"
                self.reader.tell(
                    row, "division", "division_unknown", zh, f"No division with the code {code[:20]} is called {name[:40]}."
                )
                return None
        if not found:
            zh = f"登记中没有“{name[:40]}”这个地名，标志先登记，不能核对文字。" if name else "没有写所指地名。"
            self.reader.tell(
                row, "name", "name_unknown", zh, f"“{name[:40]}” is not on record; the text cannot be checked.", WARNING
            )
            return None
        if len(found) == 1:
            return found[0]
        placed = [one for one in found if one.location is not None]
        if position is None or not placed:
            zh = f"“{name[:40]}”有 {len(found)} 个，标志没有位置，分不出是哪一个。"
            self.reader.tell(row, "name", "name_ambiguous", zh, f"{len(found)} places are called “{name[:40]}”.")
            return None
        spot = shapely.Point(position.x, position.y)
        return min(placed, key=lambda one: (shapely.distance(one.location, spot), one.key))

    def _type(self, row: int, cells: Mapping[str, str], named: NamedPlace | None, held: Sign | None) -> str | None:
        text = cells.get("type", "").strip()
        for key, one in self.types.types.items():
            if text and text in (key, one.name):
                return key
        if text:
            zh = f"没有“{text[:20]}”这种标志类型。"
            self.reader.tell(row, "type", "type_unknown", zh, f"There is no type “{text[:20]}”.")
            return None
        if held is not None:
            return held.type
        if named is not None and named.kind is not None:
            return _TYPE_OF[named.kind]
        self.reader.tell(
            row, "type", "type_missing", "没有写类型，也不能由所指地名得出。", "No type is given, and none follows from the name."
        )
        return None

    def _faces(self, row: int, cells: Mapping[str, str]) -> tuple[Face, ...]:
        texts = {role: cells[role].strip() for role in ("chinese", "roman", "number") if cells.get(role, "").strip()}
        text = cells.get("ground", "").strip().removesuffix("色").removesuffix("底")
        ground = next((key for key, (word, _code) in COLOURS.items() if text in (key, word)), "") if text else ""
        if text and not ground:
            self.reader.tell(row, "ground", "bad_ground", f"“{text[:20]}”不是认识的底色。", f"“{text[:20]}” is no known colour.")
        return (Face(ground, texts),) if texts or ground else ()


def _over(entry: Entry, sign: Sign) -> Entry:
    """What the row says over what is on record; an empty cell takes nothing away."""
    held = as_entry(snapshot(sign))
    faces = list(held.faces)
    if entry.faces:
        first = faces[0] if faces else Face()
        faces[:1] = [Face(entry.faces[0].ground or first.ground, {**first.texts, **entry.faces[0].texts})]
    is_named = entry.place is not None or entry.division is not None
    return replace(
        entry,
        code=sign.code,
        place=entry.place if is_named else held.place,
        division=entry.division if is_named else held.division,
        position=entry.position or held.position,
        faces=tuple(faces),
        values={**held.values, **entry.values},
    )


def _same(one: Entry, other: Entry) -> bool:
    """Positions agree to a millimetre, which is what files keep of them."""
    a, b = one.position, other.position
    here = (a is None and b is None) or (a is not None and b is not None and bool(a.equals_exact(b, 1e-8)))
    mine = {name: value for name, value in one.values.items() if value not in ("", None)}
    theirs = {name: value for name, value in other.values.items() if value not in ("", None)}
    faces = [(face.ground, dict(face.texts)) for face in one.faces] == [(face.ground, dict(face.texts)) for face in other.faces]
    return here and faces and mine == theirs and (one.type, one.place, one.division) == (other.type, other.place, other.division)
