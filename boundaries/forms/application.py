"""Forms of an application: the plan, one document of the dossier, one step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from boundaries.models import Application, DivisionRecord, Target
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services.applications import PLAN_FIELDS

PROPOSED_TYPES = {
    Target.TOWN: [("town", _("镇"))],
    Target.SUBDISTRICT: [("subdistrict", _("街道"))],
}


class PlanForm(forms.ModelForm):
    """方案 as 《行政区划管理条例实施办法》第三条 asks for it: 名称、建制类型、隶属关系、界线、驻地, and where the land goes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Application
        fields = PLAN_FIELDS
        help_texts = {
            "proposed_name": _("专名加通名，例如“东岗镇”。"),
            "affiliation": _("设立后由哪一级政府管辖；代管的一并写明。"),
            "boundary_plan": _("界线是否变动；不变动写“所辖行政区域不变”。"),
            "seat_plan": _("驻地在哪个村或社区；不变动写“政府驻地不变”。"),
            "plan_author": _("方案由上级政府制订；辖区不变的撤乡设镇可由本级制订。"),
            "territory_plan": _("撤销后的全部区域划归何处。"),
            "reasons": _("为何变更，按标准逐条说明。"),
            "ethnic_opinion": _("民族乡变更须征求民族工作部门意见；写明单位、日期和意见。"),
            "ethnic_document": _("名称保留“民族”字样所依据的专门文件；没有则留空。"),
            "facts": _("历史、地理、民族、经济、人口、资源环境、面积、隶属关系。"),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("boundary_plan", "territory_plan", "reasons", "facts", "ethnic_opinion")
        }

    def __init__(self, *args: Any, ethnic: bool, **kwargs: Any) -> None:
        """`ethnic`: the unit is an ethnic township, whose change asks for two things more (CHG-ETH-01)."""
        super().__init__(*args, **kwargs)
        self.fields["proposed_type"].widget = forms.Select(choices=PROPOSED_TYPES.get(self.instance.target, []))
        self.fields["facts"].widget.attrs["rows"] = 5
        self.fields["version"].initial = self.instance.version
        if not ethnic:
            del self.fields["ethnic_opinion"], self.fields["ethnic_document"]
        for name, field in self.fields.items():
            field.required = name in {"proposed_name", "proposed_type"}
            if name != "version":
                css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                field.widget.attrs.setdefault("class", css)

    def plan(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in PLAN_FIELDS if name in self.fields}


def proposed_plan(target: str, record: DivisionRecord, parent_name: str) -> dict[str, str]:
    """The plan in the fixed wording of approvals, for the officer to correct: nothing in it is more than a proposal."""
    generic = "镇" if target == Target.TOWN else "街道"
    return {
        "proposed_name": f"{record.proper_name}{generic}",
        "proposed_type": "town" if target == Target.TOWN else "subdistrict",
        "affiliation": parent_name,
    }


class AttachmentForm(forms.Form):
    document_class = forms.ChoiceField(label=_("材料类别"), widget=forms.Select(attrs={"class": "form-select"}))
    title = forms.CharField(
        label=_("标题"), max_length=200, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    file = forms.FileField(label=_("文件"), widget=forms.ClearableFileInput(attrs={"class": "form-control"}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        choices = [(key, one.en if english else one.zh) for key, one in DOCUMENT_CLASSES.items()]
        self.fields["document_class"].choices = choices  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """Which state of the application the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class StepForm(forms.Form):
    """One step along the table. The decision's fields are asked for only where a decision is recorded."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}), max_length=20_000
    )
    decision_number = forms.CharField(
        label=_("批复文号"), required=False, max_length=80, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    decided_on = forms.DateField(
        label=_("批复日期"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )
