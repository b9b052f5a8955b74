"""Forms of a correction: what a record or a code should say, why, and by which document."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries.models import Begins, DivisionRecord, DivisionType
from boundaries.services.correction_entry import Evidence


class EvidenceForm(forms.Form):
    """The part every correction has. `seen`: the digest of what the person has seen the outcome of."""

    reason = forms.CharField(
        label=_("订正理由"), max_length=2000, widget=forms.Textarea(attrs={"class": "form-control", "rows": 2})
    )
    title = forms.CharField(label=_("依据的文件或资料"), max_length=300, widget=forms.TextInput(attrs={"class": "form-control"}))
    document_number = forms.CharField(
        label=_("文号"), max_length=80, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    issuer = forms.CharField(
        label=_("发布单位"), max_length=200, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    dated = forms.DateField(
        label=_("文件日期"), required=False, widget=forms.DateInput(attrs={"class": "form-control", "type": "date"})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def digest(self) -> str:
        """Stands for all that is filled in, so that nothing is confirmed that was not seen."""
        content = {name: str(value) for name, value in self.cleaned_data.items() if name != "seen"}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def evidence(self) -> Evidence:
        data = self.cleaned_data
        return Evidence(data["title"], data["issuer"], data["document_number"], data["dated"])


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})
    return forms.DateField(label=label, required=False, widget=widget)


class RecordForm(EvidenceForm):
    """`values()` are the fields that differ from the record, as services.corrections takes them."""

    name = forms.CharField(label=_("名称"), max_length=60, widget=forms.TextInput(attrs={"class": "form-control"}))
    type = forms.ChoiceField(label=_("建制类型"), choices=DivisionType.choices, widget=forms.Select(attrs={"class": "form-select"}))
    valid_from = _day(_("法定起始日期"))
    valid_to = _day(_("法定终止日期（该日起不再如此）"))
    begins = forms.ChoiceField(label=_("起始依据"), choices=Begins.choices, widget=forms.Select(attrs={"class": "form-select"}))

    field_order = ("name", "type", "valid_from", "valid_to", "begins")

    def __init__(self, *args: Any, record: DivisionRecord, **kwargs: Any) -> None:
        self.record = record
        kwargs["initial"] = self.said()
        super().__init__(*args, **kwargs)

    def said(self) -> dict[str, Any]:
        record = self.record
        return {
            "name": record.name,
            "type": record.type,
            "valid_from": record.valid.lower,
            "valid_to": record.valid.upper,
            "begins": record.begins,
        }

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name, value in self.said().items() if self.cleaned_data[name] != value}


class CodeForm(EvidenceForm):
    code = forms.CharField(label=_("代码"), max_length=12, widget=forms.TextInput(attrs={"class": "form-control"}))
    valid_from = _day(_("起用日期"))

    field_order = ("code", "valid_from")
