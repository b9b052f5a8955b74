"""What people type about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from gis.accounts.models import Duty, User


class OfficeFormMixin(forms.BaseForm):
    """Gives the fields of a form the office's look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", look)


class NewUserForm(OfficeFormMixin, forms.Form):
    username = forms.CharField(
        label=_("用户名"),
        max_length=150,
        help_text=_("登录用，建议用姓名拼音，例如 zhangsan；建好后不能改"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    display_name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("同事在操作记录里看到的名字"))
    organisation = forms.CharField(label=_("单位"), max_length=120, required=False, help_text=_("例如 某某县民政局"))


class UserForm(OfficeFormMixin, forms.ModelForm):
    display_name = forms.CharField(label=_("姓名"), max_length=60)

    class Meta:
        model = User
        fields = ["display_name", "organisation"]


class ReasonForm(OfficeFormMixin, forms.Form):
    reason = forms.CharField(label=_("缘由"), max_length=300, required=False)


class DutyForm(OfficeFormMixin, forms.Form):
    duty = forms.ChoiceField(label=_("职责"), choices=Duty.choices)
    area = forms.CharField(label=_("地域"), max_length=20)

    EVERYWHERE = "all"

    def clean_area(self) -> int | None:
        given: str = self.cleaned_data["area"]
        if given == self.EVERYWHERE:
            return None
        if not given.isdecimal() or len(given) > 18:
            raise forms.ValidationError(_("请从查找结果里选一个地域。"))
        return int(given)


class OwnPasswordForm(OfficeFormMixin, PasswordChangeForm):
    """Django's own form checks the old password and the strength of the new one; the service writes."""
