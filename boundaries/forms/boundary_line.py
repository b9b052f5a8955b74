"""Forms of the register of lines and markers: what is said of them, since when, and by which document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boundaries.boundary_lines import LineOnDay, MarkerOnDay, as_shapely
from boundaries.forms import place_text
from boundaries.forms.line_segments import SegmentRows
from boundaries.models import DivisionCode, Grade, Level, MarkerActKind, MarkerKind
from boundaries.services.boundary_markers import Reference, Side
from boundaries.services.correction_entry import Evidence
from boundaries.services.marker_acts import Act, Statements
from boundaries.services.places import find_by_code
from gis.crs import length_m
from gis.crs.angles import degrees
from gis.errors import DomainError, InvalidInputError

LEVELS = [(level.value, level.label) for level in Level if level != Level.VILLAGE]
SYSTEMS = (
    ("EPSG:4490", _("2000 国家大地坐标系，经纬度")),
    ("EPSG:4326", _("WGS 84，经纬度")),
    ("EPSG:4546", _("2000 坐标系，3 度带，中央经线 111°（无带号）")),
    ("EPSG:4547", _("2000 坐标系，3 度带，中央经线 114°（无带号）")),
    ("EPSG:4548", _("2000 坐标系，3 度带，中央经线 117°（无带号）")),
    ("EPSG:4525", _("2000 坐标系，3 度带，第 37 带")),
    ("EPSG:4526", _("2000 坐标系，3 度带，第 38 带")),
    ("EPSG:4527", _("2000 坐标系，3 度带，第 39 带")),
    ("EPSG:4610", _("1980 西安坐标系，经纬度（只按原样保存）")),
    ("EPSG:4214", _("1954 年北京坐标系，经纬度（只按原样保存）")),
)
SIDE_ROWS, REFERENCE_ROWS = range(1, 4), range(1, 6)


def _text(label: Any, longest: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control"})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text)


def _unit(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """The code of a division; the page's script suggests units by name (js/divisionfield.js)."""
    widget = forms.TextInput(attrs={"class": "form-control", "data-divisions": reverse_lazy("division-search")})
    help_text = help_text or _("输入名称或代码，从列表中选")
    return forms.CharField(label=label, max_length=12, required=required, widget=widget, help_text=help_text)


def _long(label: Any, rows: int = 3, *, help_text: Any = "", required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "form-control", "rows": rows})
    return forms.CharField(label=label, required=required, max_length=2_000_000, widget=widget, help_text=help_text)


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _choice(label: Any, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=forms.Select(attrs={"class": "form-select"}))


def _metres(label: Any) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, widget=forms.NumberInput(attrs={"class": "form-control", "step": "any"}))


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))


class GroundsForm(forms.Form):
    """What every entry rests on. `mode`: register, change (since `on`) or correct."""

    on = _day(_("自何日起"), required=True, help_text=_("协议书、批准文件所定的日期；变更从这一天起生效"))
    reason = _long(_("订正理由"), 2)
    title = _text(_("依据的文件或资料"), 300, required=True)
    document_number = _text(_("文号"), 80)
    issuer = _text(_("发布单位"), 200)
    dated = _day(_("文件日期"))

    GROUNDS = ("on", "reason", "title", "document_number", "issuer", "dated")

    def set_mode(self, mode: str) -> None:
        if mode == "correct":
            del self.fields["on"]
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def evidence(self) -> Evidence:
        data = self.cleaned_data
        return Evidence(data["title"], data["issuer"], data["document_number"], data["dated"])

    @property
    def grounds(self) -> list[Any]:
        return [self[name] for name in self.GROUNDS if name in self.fields]

    @property
    def content(self) -> list[Any]:
        return [field for field in self.visible_fields() if field.name not in self.GROUNDS]


class LineForm(GroundsForm):
    code = _text(_("界线编号"), 40, required=True, help_text=_("地级以下界线没有见到统一的编号规则，按本单位的写法"))
    name = _text(_("名称"), 120, required=True, help_text=_("如“平许线”"))
    level = _choice(_("界线等级"), LEVELS)
    side_a = _unit(_("一侧区划代码"), required=True)
    side_b = _unit(
        _("另一侧区划代码"), required=True, help_text=_("输入名称或代码，从列表中选；代码较小的一侧为甲方，系统自动排列")
    )
    start_text = _text(_("起点"), 300)
    end_text = _text(_("止点"), 300)
    geometry = _long(_("图形"), 4, help_text=_("贴 GeoJSON、WKT，或每行一个“经度 纬度”；留空为没有图形或不改图形"))
    grade = _choice(_("图形等级"), [("", "—"), *Grade.choices], required=False)
    registered_length_m = _metres(_("协议书所载长度（米）"))
    disputed = _tick(_("存在争议"))
    agreement = _text(_("协议书"), 300)
    agreed_on = _day(_("签订日期"))
    approval_number = _text(_("批准文号"), 80)
    approver = _text(_("批准机关"), 200)
    approved_on = _day(_("批准日期"))
    course = _long(_("走向说明"), 6)
    notes = _long(_("备注"), 2)

    field_order = ("code", "name", "level", "side_a", "side_b", "start_text", "end_text", "geometry", "grade")

    def __init__(self, *args: Any, mode: str, line: LineOnDay | None = None, **options: Any) -> None:
        self.line = line
        self.segments: SegmentRows | None = None
        if line is not None:
            posted = args[0] if args else None
            if line.length_m is not None:
                self.segments = SegmentRows(line, posted)
            options["initial"] = self._said(line) | dict(options.get("initial") or {})
        super().__init__(*args, **options)
        self.set_mode(mode)
        if line is not None:
            for name in ("code", "side_a", "side_b"):
                del self.fields[name]

    @staticmethod
    def _said(line: LineOnDay) -> dict[str, Any]:
        names = (
            "name", "level", "start_text", "end_text", "grade", "registered_length_m", "disputed", "agreement", "agreed_on",
            "approval_number", "approver", "approved_on", "course", "notes",
        )  # fmt: skip
        return {name: getattr(line.record, name) for name in names}

    @property
    def drawn_value(self) -> str:
        """What the page's hidden field says: "1" where the geometry sent was drawn on the map."""
        return "1" if self.data.get("drawn") else ""

    @property
    def is_drawn(self) -> bool:
        return bool(self.drawn_value) and bool(self.cleaned_data.get("geometry", "").strip())

    def clean(self) -> dict[str, Any]:
        """A line drawn without a document is nobody's agreement, whatever grade is chosen."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        no_document = not (data.get("document_number") or "").strip()
        if self.is_drawn and no_document and data.get("grade") not in ("", Grade.INDICATIVE):
            self.add_error("grade", _("在地图上画的界线没有文号作依据的，等级只能是“示意”。"))
        return data

    def evidence(self) -> Evidence:
        evidence = super().evidence()
        return replace(evidence, title=f"{evidence.title.strip()[:290]}（地图上勾绘）") if self.is_drawn else evidence

    def values(self) -> dict[str, Any]:
        """As services.boundary_lines takes them. Raises `InvalidInputError` for sides and geometry that cannot be read."""
        data = self.cleaned_data
        given: dict[str, Any] = {name: data[name] for name in self._said_names() if name in data}
        given["level"] = int(data["level"])
        if self.line is None:
            for name in ("side_a", "side_b"):
                given[name] = _division(data[name], name)
        if data["geometry"].strip():
            given["geometry"] = place_text.line(data["geometry"])
            given["grade"] = given["grade"] or (Grade.INDICATIVE if self.is_drawn else "")
        elif self.line is None:
            given["geometry"] = None
        if self.segments is not None and self.segments.posted:
            drawn = given.get("geometry")
            length = self.line.length_m if drawn is None and self.line else float(length_m(as_shapely(drawn))[0])
            given["segments"] = self.segments.stretches(length or 0.0)
        return given

    def _said_names(self) -> list[str]:
        return [
            "name", "start_text", "end_text", "grade", "registered_length_m", "disputed", "agreement", "agreed_on",
            "approval_number", "approver", "approved_on", "course", "notes",
        ]  # fmt: skip


class MarkerForm(GroundsForm):
    number = _text(_("界桩号"), 40, required=True)
    kind = _choice(_("类型"), MarkerKind.choices)
    material = _text(_("材质"), 60)
    system = _choice(_("登记坐标的坐标系"), SYSTEMS)
    x = _text(_("经度或东坐标"), 40, help_text=_("如 114.304042、114°18′14.55″ 或 500123.45"))
    y = _text(_("纬度或北坐标"), 40)
    grade = _choice(_("坐标等级"), [("", "—"), *Grade.choices], required=False)
    elevation_m = _metres(_("高程（米）"))
    elevation_datum = _text(_("高程基准"), 60, help_text=_("如“1985 国家高程基准”"))
    situation = _long(_("位置说明"), 2)
    other_lines = _text(_("三交点的另两条界线编号"), 90, help_text=_("用逗号分开；不是三交点的不填"))
    notes = _long(_("备注"), 2)

    field_order = ("number", "kind", "material", "system", "x", "y", "grade")

    def __init__(self, *args: Any, mode: str, line: LineOnDay | None = None, marker: MarkerOnDay | None = None, **options: Any):
        self.marker = marker
        if marker is not None:
            options["initial"] = self._said(marker)
        elif line is not None:
            options["initial"] = _sides_of(line)
        super().__init__(*args, **options)
        self._add_rows()
        self.set_mode(mode)
        if marker is not None:
            del self.fields["other_lines"]

    def _add_rows(self) -> None:
        for row in SIDE_ROWS:
            self.fields[f"side_{row}"] = _unit(_("区划代码"))
            self.fields[f"location_{row}"] = _text(_("所在地"), 200)
        keepers = [("", _("没有写明")), *((str(row), _("第 %(row)s 方") % {"row": row}) for row in SIDE_ROWS)]
        self.fields["keeper"] = _choice(_("管护责任方"), keepers, required=False)
        for row in REFERENCE_ROWS:
            self.fields[f"reference_{row}"] = _text(_("方位物"), 120)
            self.fields[f"azimuth_{row}"] = _text(_("方位角"), 40)
            self.fields[f"distance_{row}"] = _metres(_("距离（米）"))

    @staticmethod
    def _said(marker: MarkerOnDay) -> dict[str, Any]:
        record = marker.record
        said: dict[str, Any] = {
            name: getattr(record, name)
            for name in ("number", "kind", "material", "grade", "elevation_m", "elevation_datum", "situation", "notes")
        }
        said |= {name: record.registered.get(name, "") for name in ("system", "x", "y")}
        if not said["x"] and marker.place is not None:
            said |= {"system": "EPSG:4490", "x": f"{marker.place[0]:.8f}", "y": f"{marker.place[1]:.8f}"}
        for row, side in enumerate(marker.sides, 1):
            said |= {f"side_{row}": code_of(side.unit.id), f"location_{row}": side.location}
            if side.custodian:
                said["keeper"] = str(row)
        for row, one in enumerate(marker.references, 1):
            said |= {f"reference_{row}": one.name, f"azimuth_{row}": f"{one.azimuth_deg:g}", f"distance_{row}": one.distance_m}
        return said

    @property
    def content(self) -> list[Any]:
        rows = {name for name in self.fields if name.rpartition("_")[2].isdigit() or name == "keeper"}
        return [field for field in super().content if field.name not in rows]

    @property
    def side_rows(self) -> list[tuple[int, Any, Any]]:
        return [(row, self[f"side_{row}"], self[f"location_{row}"]) for row in SIDE_ROWS]

    @property
    def reference_rows(self) -> list[tuple[int, Any, Any, Any]]:
        return [(row, self[f"reference_{row}"], self[f"azimuth_{row}"], self[f"distance_{row}"]) for row in REFERENCE_ROWS]

    def values(self) -> dict[str, Any]:
        """As services.boundary_markers takes them."""
        data = self.cleaned_data
        given: dict[str, Any] = {
            name: data[name]
            for name in ("number", "kind", "material", "grade", "elevation_m", "elevation_datum", "situation", "notes")
        }
        given |= self._position(data)
        given["sides"] = [
            Side(_division(data[f"side_{row}"], f"side_{row}"), data[f"location_{row}"], data["keeper"] == str(row))
            for row in SIDE_ROWS
            if data[f"side_{row}"].strip()
        ]
        given["references"] = [self._reference(data, row) for row in REFERENCE_ROWS if data[f"reference_{row}"].strip()]
        return given

    def _position(self, data: Mapping[str, Any]) -> dict[str, Any]:
        x, y = data["x"].strip(), data["y"].strip()
        if not x and not y:
            return {"position": None, "grade": "", "registered": {}}
        registered = {"system": data["system"], "x": x, "y": y}
        try:
            position, _worth = place_text.place(x, y, data["system"])
        except InvalidInputError as refusal:
            if refusal.code != "system_without_parameters":
                raise
            return {"position": None, "grade": "", "registered": registered}
        return {"position": position, "grade": data["grade"] or Grade.SURVEYED, "registered": registered}

    def _reference(self, data: Mapping[str, Any], row: int) -> Reference:
        azimuth = degrees(data[f"azimuth_{row}"])
        distance = data[f"distance_{row}"]
        if azimuth is None or distance is None:
            sentence = _("方位物须写明方位角（度，或度分秒）和距离。")
            raise InvalidInputError("bad_reference", sentence, {f"reference_{row}": [str(sentence)]})
        return Reference(data[f"reference_{row}"], azimuth, distance)


class MarkerActForm(forms.Form):
    """A move, repair … of a marker, with what the law asks for it."""

    of_sides = ("agreed", "surveyed", "present")

    kind = _choice(_("事项"), MarkerActKind.choices)
    on = _day(_("日期"), required=True)
    application = _tick(_("有建设单位的申请"))
    archived = _tick(_("已补充界线档案"))
    filed = _tick(_("已报批准机关备案"))
    number = _text(_("新界桩号（改号时填）"), 40)
    x = _text(_("新经度（移位时填）"), 40)
    y = _text(_("新纬度（移位时填）"), 40)
    material = _text(_("新材质（更换时填）"), 60)
    reason = _long(_("说明"), 2)
    title = _text(_("依据的文件或资料"), 300, required=True)
    document_number = _text(_("文号"), 80)

    def __init__(self, *args: Any, marker: MarkerOnDay, **options: Any) -> None:
        options.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **options)
        sides = [(str(side.unit.id), side.unit.name) for side in marker.sides]
        for name, label in (("agreed", _("同意的各方")), ("surveyed", _("参加共同测绘的各方")), ("present", _("修复时在场的各方"))):
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=sides, required=False, widget=forms.CheckboxSelectMultiple
            )
        self.fields["by"] = _choice(_("修复方"), [("", "—"), *sides], required=False)
        self.fields["by"].widget.attrs["lang"] = "zh-Hans"

    def act(self) -> Act:
        data = self.cleaned_data
        statements = Statements(
            application=data["application"],
            agreed=tuple(map(int, data["agreed"])),
            surveyed=tuple(map(int, data["surveyed"])),
            archived=data["archived"],
            filed=data["filed"],
            by=int(data["by"]) if data["by"] else None,
            present=tuple(map(int, data["present"])),
        )
        return Act(data["kind"], data["on"], statements, data["reason"], self._values(data))

    def _values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        kind = data["kind"]
        if kind == MarkerActKind.MOVE and (data["x"].strip() or data["y"].strip()):
            position, _worth = place_text.place(data["x"], data["y"])
            registered = {"system": "EPSG:4490", "x": data["x"].strip(), "y": data["y"].strip()}
            return {"position": position, "grade": Grade.SURVEYED, "registered": registered}
        if kind == MarkerActKind.RENUMBER and data["number"].strip():
            return {"number": data["number"]}
        if kind == MarkerActKind.REPLACE and data["material"].strip():
            return {"material": data["material"]}
        return {}

    def evidence(self) -> Evidence:
        return Evidence(self.cleaned_data["title"], "", self.cleaned_data["document_number"])


class DeriveForm(forms.Form):
    side_a = _unit(_("一侧区划代码"), required=True)
    side_b = _unit(_("另一侧区划代码"), required=True)
    code = _text(_("界线编号"), 40, help_text=_("留空用两侧代码"))
    name = _text(_("名称"), 120, help_text=_("留空用两侧专名"))

    def sides(self) -> tuple[int, int]:
        return _division(self.cleaned_data["side_a"], "side_a"), _division(self.cleaned_data["side_b"], "side_b")


def code_of(division: int) -> str:
    held = DivisionCode.objects.on(timezone.localdate()).filter(division=division).order_by("authority")
    return held.values_list("code", flat=True).first() or ""


def _sides_of(line: LineOnDay) -> dict[str, Any]:
    return {f"side_{row}": code_of(side.id) for row, side in enumerate(line.sides, 1)}


def _division(code: str, field: str) -> int:
    try:
        return find_by_code(code, timezone.localdate()).place.id
    except DomainError as error:
        raise InvalidInputError("division_unknown", str(error), {field: [str(error)]}) from error
