"""The form of a sign: what it names, what kind it is, where it stands, what is on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boundaries.models import Grade
from boundaries.wording import pick
from gis.crs import CGCS2000
from placenames.models import RoadSide, Sign, SignState
from placenames.rules.signs.types import COLOURS
from placenames.services.signs.registering import Entry, Face
from placenames.signs.choosing import name_of, resolve
from placenames.signs.names import DIVISION, PLACE, Key, key_of
from placenames.signs.types_in_force import types_in_force


def _text(label: Any, longest: int, *, required: bool = False, help_text: Any = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", **attributes})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text)


def _number(label: Any, *, help_text: Any = "") -> forms.FloatField:
    widget = forms.NumberInput(attrs={"class": "form-control", "step": "any", "inputmode": "decimal"})
    return forms.FloatField(label=label, required=False, widget=widget, help_text=help_text)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})
    )


def _choice(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=forms.Select(attrs={"class": "form-select"}))


class SignForm(forms.Form):
    """`named` is what the page's program fills in when a name is chosen; without it the name must be one of its kind."""

    name = _text(_("所指地名"), 120, help_text=_("输入名称，从列表中选；牌面文字由它的标准名称和拼写生成"))
    named = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    type = _choice(_("标志类型"), [], required=True)
    number = _text(_("楼号或门牌号"), 20)
    code = _text(_("标志编号"), 40, help_text=_("留空由系统编号"))
    state = _choice(_("状态"), SignState.choices, required=True)
    lon = _number(_("经度"), help_text=_("CGCS2000，度；可在图上点选"))
    lat = _number(_("纬度"))
    position_grade = _choice(_("位置等级"), [])
    side = _choice(_("道路哪侧"), [("", "—"), *RoadSide.choices])
    azimuth_deg = _number(_("牌面朝向（度）"), help_text=_("第一面朝哪里，从真北起顺时针"))
    ground = _choice(_("底色"), [])
    chinese = _text(_("牌面汉字"), 240, help_text=_("照牌面抄录，用来核对"), lang="zh-Hans")
    roman = _text(_("牌面拼音"), 240)
    width_mm = _number(_("牌面宽（毫米）"))
    height_mm = _number(_("牌面高（毫米）"))
    border_mm = _number(_("边框宽（毫米）"))
    digit_height_mm = _number(_("号码字高（毫米）"))
    set_by = _text(_("设置单位"), 120)
    custodian = _text(_("管护单位"), 120)
    maker = _text(_("制作单位"), 120)
    material = _text(_("材质"), 80)
    cost_yuan = forms.DecimalField(
        label=_("造价（元）"), required=False, max_digits=10, decimal_places=2, min_value=0,
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.01"}),
    )  # fmt: skip
    installed_on = _day(_("设置日期"))
    checked_on = _day(_("最近巡查日期"))
    note = forms.CharField(
        label=_("备注"), required=False, max_length=1000, widget=forms.Textarea(attrs={"class": "form-control", "rows": 2})
    )
    reason = _text(_("更改的理由"), 300, required=True)

    WHAT = ("name", "named", "type", "number", "code", "state")
    WHERE = ("lon", "lat", "position_grade", "side", "azimuth_deg")
    PLATE = ("chinese", "roman", "ground", "width_mm", "height_mm", "border_mm", "digit_height_mm")
    CARE = ("set_by", "custodian", "maker", "material", "cost_yuan", "installed_on", "checked_on", "note")
    _VALUES = (
        "number", "state", "position_grade", "side", "azimuth_deg", "width_mm", "height_mm", "border_mm", "digit_height_mm", *CARE,
    )  # fmt: skip

    def __init__(self, data: Any = None, *, sign: Sign | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=_initial(sign) if sign is not None else initial)
        types = types_in_force().types
        self.fields["type"].choices = [(key, pick(one.name, one.name_en or one.name)) for key, one in types.items()]  # type: ignore[attr-defined]
        self.fields["ground"].choices = [("", "—"), *((key, pick(word, key)) for key, (word, _code) in COLOURS.items())]  # type: ignore[attr-defined]
        # What is invented is the demo's; nobody enters it.
        held = sign.position_grade if sign is not None else ""
        grades = [(key, words) for key, words in Grade.choices if key != Grade.INVENTED or key == held]
        self.fields["position_grade"].choices = grades  # type: ignore[attr-defined]
        self.fields["position_grade"].initial = held or Grade.INDICATIVE
        self._other_faces = [] if sign is None else _faces(sign)[1:]
        self._roles = {} if sign is None else dict(_faces(sign)[0].texts) if _faces(sign) else {}
        if sign is None:
            del self.fields["reason"]

    def group(self, names: tuple[str, ...]) -> list[Any]:
        return [self[name] for name in names if name in self.fields]

    @property
    def what(self) -> list[Any]:
        return [one for one in self.group(self.WHAT) if one.name != "named"]

    @property
    def where(self) -> list[Any]:
        return self.group(self.WHERE)

    @property
    def plate(self) -> list[Any]:
        return self.group(self.PLATE)

    @property
    def care(self) -> list[Any]:
        return self.group(self.CARE)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat" if data.get("lat") is None else "lon", _("经度、纬度要一起填写。"))
        if data.get("name"):
            found, problem = resolve(data["name"], data.get("named", ""), timezone.localdate())
            if problem:
                self.add_error("name", problem)
            data["key"] = found
        return data

    def entry(self) -> Entry:
        data = self.cleaned_data
        key: Key | None = data.get("key")
        texts = {
            **self._roles,
            "chinese": data["chinese"].strip(),
            "roman": data["roman"].strip(),
            "number": data["number"].strip(),
        }
        told = {role: text for role, text in texts.items() if text}
        first = Face(data["ground"], told)
        faces = [first, *self._other_faces] if told or data["ground"] or self._other_faces else []
        placed = data["lon"] is not None and data["lat"] is not None
        # Clicked on a map or copied from somewhere: nobody has surveyed it unless somebody says so.
        grade = (data["position_grade"] or self.fields["position_grade"].initial) if placed else ""
        return Entry(
            type=data["type"],
            code=data["code"],
            place=key[1] if key and key[0] == PLACE else None,
            division=key[1] if key and key[0] == DIVISION else None,
            position=Point(data["lon"], data["lat"], srid=CGCS2000) if placed else None,
            faces=faces,
            values={**{name: data[name] for name in self._VALUES if data[name] is not None}, "position_grade": grade},
        )


def _faces(sign: Sign) -> list[Face]:
    rows = sign.faces.prefetch_related("texts")
    return [Face(one.ground, {text.role: text.text for text in one.texts.all()}) for one in rows]


def _initial(sign: Sign) -> dict[str, Any]:
    faces = _faces(sign)
    first = faces[0] if faces else Face()
    key = key_of(sign)
    told = {name: getattr(sign, name) for name in (*SignForm._VALUES, "type", "code")}
    spot = sign.position
    return told | {
        "name": name_of(key, timezone.localdate()),
        "named": f"{key[0]}:{key[1]}" if key else "",
        "lon": round(spot.x, 8) if spot else None,
        "lat": round(spot.y, 8) if spot else None,
        "ground": first.ground,
        "chinese": first.texts.get("chinese", ""),
        "roman": first.texts.get("roman", ""),
    }
