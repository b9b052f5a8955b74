"""A place name's record as a form: what the record says, every item of the census form, and why it is said anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import Grade
from gis.crs import CGCS2000
from placenames.forms.position import position_as_text, read_position, shape_of
from placenames.models import CensusEntry, NameStatus, PlaceNameRecord, Secrecy

LONG: Final = ("origin", "meaning", "history", "description", "story", "media", "other", "sources", "note", "written")
CENSUS: Final = tuple(one for one in CensusEntry._meta.fields if one.name not in ("id", "record"))
# Read together or not at all of the record.
_APART: Final = ("reason", "lon", "lat", "shape", "coordinates")
# What is of the register where the name is a division's.
OF_THE_REGISTER: Final = ("name", "place_class", "area", "status")


def _text(label: Any, length: int, **more: Any) -> forms.CharField:
    required = more.pop("required", False)
    return forms.CharField(
        label=label, max_length=length, required=required, widget=forms.TextInput(attrs={"class": "form-control"}), **more
    )


def _number(label: Any, least: float, most: float) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"class": "form-control", "step": "any"})
    return forms.FloatField(label=label, required=False, min_value=least, max_value=most, widget=widget)


def _choice(label: Any, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    rows = list(choices) if required else [("", "—"), *choices]
    return forms.ChoiceField(label=label, choices=rows, required=required, widget=forms.Select(attrs={"class": "form-select"}))


class RecordForm(forms.Form):
    """`changes()` are the items that differ from the record, as `services.names.correct_name` takes them."""

    name = _text(gettext_lazy("标准名称"), 60, required=True, help_text=gettext_lazy("原来登记错了才在这里改；更名要办更名案卷。"))
    place_class = _text(gettext_lazy("地名类别（五位代码）"), 5, required=True)
    code = _text(gettext_lazy("地名代码（20 位）"), 20)
    spelling = _text(gettext_lazy("罗马字母拼写"), 240)
    reading = _text(gettext_lazy("地名读音"), 240, help_text=gettext_lazy("逐字注音，空格分开"))
    area = _text(gettext_lazy("所在行政区（代码）"), 12)
    further_areas = _text(gettext_lazy("所跨行政区（代码，逗号分开）"), 200)
    lon = _number(gettext_lazy("东经（度）"), 73, 136)
    lat = _number(gettext_lazy("北纬（度）"), 3, 54)
    shape = _choice(
        gettext_lazy("位置的形状"), [("point", gettext_lazy("点")), ("line", gettext_lazy("线")), ("area", gettext_lazy("面"))]
    )
    coordinates = forms.CharField(
        label=gettext_lazy("坐标（每行一个“经度 纬度”）"),
        required=False,
        max_length=2_000_000,
        help_text=gettext_lazy("空着表示位置不改；有几部分的位置不在这里列出，改时贴 GeoJSON 或 WKT。"),
        widget=forms.Textarea(attrs={"class": "form-control code", "rows": 4, "spellcheck": "false"}),
    )
    location_grade = _choice(gettext_lazy("位置等级"), Grade.choices, required=False)
    location_accuracy_m = _number(gettext_lazy("位置精度（米）"), 0.001, 1e6)
    location_source = _text(gettext_lazy("位置来源"), 200)
    status = _choice(gettext_lazy("使用状态"), NameStatus.choices)
    secrecy = _choice(gettext_lazy("密级"), Secrecy.choices)
    published = forms.BooleanField(label=gettext_lazy("公开"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("更正的理由和依据"), max_length=300, widget=forms.Textarea(attrs={"class": "form-control", "rows": 2})
    )

    def __init__(self, *args: Any, record: PlaceNameRecord | None, codes: Mapping[int, str], **kwargs: Any) -> None:
        """`record` None: of a division nobody has described yet. `codes`: division → code, of those the record names."""
        self.record, self.codes = record, codes
        kwargs["initial"] = self.said()
        super().__init__(*args, **kwargs)
        for one in CENSUS:
            field = cast(forms.Field, one.formfield())
            kind = "form-control"
            if one.name in LONG:
                field.widget = forms.Textarea(attrs={"rows": 3})
            field.widget.attrs["class"] = kind
            if one.name == "registered_on":
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": kind, "type": "date"})
            field.required = False
            self.fields[one.name] = field
        gone: tuple[str, ...] = ()
        if record is None or record.names_division:
            gone = OF_THE_REGISTER
        if record is None:
            gone += (
                "reading",
                "further_areas",
                "lon",
                "lat",
                "shape",
                "coordinates",
                "location_grade",
                "location_accuracy_m",
                "location_source",
                "secrecy",
            )
            gone += ("published",)
        # A line or an area is said by its corners, a point by its two numbers.
        if record is not None:
            drawn = record.location is not None and record.location.geom_type != "Point"
            gone += ("lon", "lat") if drawn else ("shape", "coordinates")
        for name in gone:
            del self.fields[name]

    def said(self) -> dict[str, Any]:
        """What the record says, as the form shows it."""
        record = self.record
        if record is None:
            return {}
        census = CensusEntry.objects.filter(record=record).first()
        point = record.location if record.location is not None and record.location.geom_type == "Point" else None
        plain = ("place_class", "code", "spelling", "reading", "location_grade", "location_accuracy_m", "location_source", "status")
        return {
            **{name: getattr(record, name) for name in plain},
            "name": record.name or "",
            "area": self.codes.get(record.area_id or 0, ""),
            "further_areas": ",".join(self.codes.get(one, "") for one in self._further()),
            "lon": point.x if point else None,
            "lat": point.y if point else None,
            "shape": shape_of(record.location),
            "coordinates": position_as_text(record.location),
            "secrecy": record.secrecy,
            "published": record.published,
            **({one.name: getattr(census, one.name) for one in CENSUS} if census else {}),
        }

    def _further(self) -> list[int]:
        return list(self.record.further_areas.order_by("pk").values_list("division_id", flat=True)) if self.record else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat", _("经度和纬度要么都写，要么都不写。"))
        located = data.get("lon") is not None or ("lon" not in self.fields and self.record is not None and self.record.location)
        if "location_grade" in self.fields and bool(located) != bool(data.get("location_grade")):
            self.add_error("location_grade", _("有位置的要选位置等级，没有位置的不选。"))
        if data.get("published") and data.get("secrecy", Secrecy.OPEN) != Secrecy.OPEN:
            self.add_error("published", _("有密级的不能公开。"))
        return data

    def changes(self) -> dict[str, Any]:
        """Items that differ; a position as `location`. Areas stay codes, which the view looks up."""
        before, found = self.said(), {}
        for name, value in self.cleaned_data.items():
            held = before.get(name)
            if name not in _APART and value != held and not (value in ("", None) and held in ("", None)):
                found[name] = value
        if "coordinates" in self.fields and self.cleaned_data.get("coordinates"):
            # A browser sends rows with CR LF.
            said = {name: "\n".join(self.cleaned_data[name].splitlines()) for name in ("coordinates", "shape")}
            if said != {name: before[name] for name in said}:
                found["location"] = read_position(said["coordinates"], said["shape"])
        if "lon" in self.fields:
            lon, lat = self.cleaned_data.get("lon"), self.cleaned_data.get("lat")
            if (lon, lat) != (before.get("lon"), before.get("lat")):
                found["location"] = Point(lon, lat, srid=CGCS2000) if lon is not None and lat is not None else None
        return found
