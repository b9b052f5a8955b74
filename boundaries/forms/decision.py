"""Forms of a decision: its paper and what people state about the case, a file, a step, a remark, an answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from boundaries.models import Decision
from boundaries.rules.authorities import BODY_NAMES, TOUCH_NAMES, BoundaryScope
from boundaries.rules.change_case import FACTS, Case
from boundaries.rules.code_changes import DETERMINER_NAMES
from boundaries.rules.consultation import DEPARTMENTS


def _words(pair: tuple[str, str]) -> str:
    return pair[1] if (get_language() or "").startswith("en") else pair[0]


class PaperForm(forms.ModelForm):
    """The decision as a document."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Decision
        fields = ("title", "document_number", "approver", "approved_on", "effective_on", "text")
        help_texts = {
            "document_number": _("例如“豫民行批〔2026〕31号”；尚未批复的留空。"),
            "approver": _("照批复写全称，例如“河南省人民政府”。"),
            "text": _("批复正文；乡改镇一般写“实行镇管村体制”，改街道写“实行城市管理体制”。"),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "approved_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "effective_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        for name, field in self.fields.items():
            if name != "version":
                field.widget.attrs.setdefault("class", "form-control")

    def paper(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


LINES = (
    "plan_author", "failure_record", "autonomous_record", "mandate", "filed", "ethnic_document", "code_document", "minority_share",
)  # fmt: skip
TEXTS = ("reasons", "boundary", "territory", "scope_reason")
LABELS = {
    "reasons": _("变更理由"),
    "plan_author": _("方案制订机关"),
    "boundary": _("行政区域界线"),
    "territory": _("原区域归属"),
    "signed_by": _("共同制订方案的机关（每行一个）"),
    "failure_record": _("协商不成的记录"),
    "autonomous_record": _("民族自治地方充分协商的记录"),
    "approver_body": _("审批机关的级别"),
    "mandate": _("以部门名义批复的依据"),
    "filed": _("报国务院备案的文号"),
    "scope": _("县级界线变更的程度"),
    "scope_reason": _("选定该程度的理由"),
    "touches": _("涉及"),
    "minority_share": _("少数民族人口占比（%）"),
    "ethnic_document": _("民族建制专门文件"),
    "code_determiner": _("乡级代码由谁确定"),
    "county_code_determiner": _("县级以上代码由谁确定"),
    "code_document": _("确定代码的文号"),
}
HELP = {
    "approver_body": _("从批准机关的名称看不出级别时才选。"),
    "mandate": _("例如“经省人民政府同意”。"),
    "code_determiner": _("选定以后，变更结果采用顺序编制的代码；代码尚未确定的留空，实施后再登记。"),
    "scope": _("条例没有量化标准，由人选定并说明理由。"),
}


class CaseForm(forms.Form):
    """What is stated beyond the acts, as boundaries.rules.change_case reads it; `case()` gives that JSON.

    `seats` and `outposts` are (key, name) of the units whose seat, or whose establisher, is asked for.
    """

    def __init__(
        self,
        *args: Any,
        case: Case,
        seats: list[tuple[str, str]] | None = None,
        outposts: list[tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seats, self.outposts = seats or [], outposts or []
        self._lines(case)
        self._choices(case)
        for key, words in FACTS.items():
            self._area(f"facts-{key}", _words(words), case.facts.get(key, ""), rows=2)
        given = {one.department: one for one in case.opinions}
        for department in DEPARTMENTS:
            opinion = given.get(department.id)
            name = _words((department.zh, department.en))
            self._line(f"opinion-{department.id}", name, opinion.document if opinion else "", spoken=True)
            self._line(f"not-needed-{department.id}", name, opinion.not_needed if opinion else "", spoken=True)
        for key, name in self.seats:
            seat = case.seats.get(key)
            self._line(f"seat-old-{key}", name, seat.old if seat else "", spoken=True)
            self._line(f"seat-new-{key}", name, seat.new if seat else "", spoken=True)
        for key, name in self.outposts:
            self._line(f"established-{key}", name, case.established_by.get(key, ""))

    def opinion_rows(self) -> list[tuple[Any, Any, Any]]:
        """(department, field of its opinion, field of the reason why it was not asked)."""
        return [(self[f"opinion-{one.id}"].label, self[f"opinion-{one.id}"], self[f"not-needed-{one.id}"]) for one in DEPARTMENTS]

    def seat_rows(self) -> list[tuple[str, Any, Any]]:
        return [(name, self[f"seat-old-{key}"], self[f"seat-new-{key}"]) for key, name in self.seats]

    def outpost_rows(self) -> list[Any]:
        return [self[f"established-{key}"] for key, _name in self.outposts]

    def _lines(self, case: Case) -> None:
        for name in TEXTS:
            self._area(name, LABELS[name], getattr(case, name))
        for name in LINES:
            value = getattr(case, name)
            self._line(name, LABELS[name], "" if value is None else str(value))
        self._area("signed_by", LABELS["signed_by"], "\n".join(case.signed_by), rows=2)

    def _choices(self, case: Case) -> None:
        self._select("approver_body", BODY_NAMES, case.approver_body)
        self._select("code_determiner", DETERMINER_NAMES, case.code_determiner)
        self._select("county_code_determiner", DETERMINER_NAMES, case.county_code_determiner)
        scopes = {BoundaryScope.PARTIAL: ("部分变更", "partial"), BoundaryScope.MAJOR: ("重大变更", "major")}
        self._select("scope", scopes, case.scope)
        self.fields["touches"] = forms.MultipleChoiceField(
            label=LABELS["touches"],
            required=False,
            choices=[(touch.value, _words(words)) for touch, words in TOUCH_NAMES.items()],
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            initial=sorted(touch.value for touch in case.touches),
        )

    def _line(self, name: str, label: Any, value: str, *, spoken: bool = False) -> None:
        """`spoken`: in a table, where the label stands in the row's heading and only a screen reader needs it at the field."""
        attributes = {"class": "form-control"} | ({"aria-label": str(label)} if spoken else {})
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=300,
            initial=value,
            help_text=HELP.get(name, ""),
            widget=forms.TextInput(attrs=attributes),
        )

    def _area(self, name: str, label: Any, value: str, rows: int = 3) -> None:
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=20_000,
            initial=value,
            help_text=HELP.get(name, ""),
            widget=forms.Textarea(attrs={"class": "form-control", "rows": rows}),
        )

    def _select(self, name: str, words: Any, value: Any) -> None:
        self.fields[name] = forms.ChoiceField(
            label=LABELS[name],
            required=False,
            initial=value.value if value else "",
            choices=[("", _("（未选定）")), *((one.value, _words(pair)) for one, pair in words.items())],
            help_text=HELP.get(name, ""),
            widget=forms.Select(attrs={"class": "form-select"}),
        )

    def case(self) -> dict[str, Any]:
        """Only what is stated."""
        data = self.cleaned_data
        choices = ("approver_body", "scope", "code_determiner", "county_code_determiner")
        case: dict[str, Any] = {name: data[name].strip() for name in (*TEXTS, *LINES, *choices)}
        case["signed_by"] = [line.strip() for line in data["signed_by"].splitlines() if line.strip()]
        case["touches"] = list(data["touches"])
        case["facts"] = {key: data[f"facts-{key}"].strip() for key in FACTS}
        opinions = [
            {
                "department": one.id,
                "document": data[f"opinion-{one.id}"].strip(),
                "not_needed": data[f"not-needed-{one.id}"].strip(),
            }
            for one in DEPARTMENTS
        ]
        case["opinions"] = [one for one in opinions if one["document"] or one["not_needed"]]
        case["seats"] = {
            key: {"old": data[f"seat-old-{key}"].strip(), "new": data[f"seat-new-{key}"].strip()} for key, _name in self.seats
        }
        case["seats"] = {key: seat for key, seat in case["seats"].items() if seat["old"] or seat["new"]}
        case["established_by"] = {key: data[f"established-{key}"].strip() for key, _name in self.outposts}
        case["facts"] = {key: text for key, text in case["facts"].items() if text}
        case["established_by"] = {key: text for key, text in case["established_by"].items() if text}
        return {name: value for name, value in case.items() if value}


class FileForm(forms.Form):
    document_class = forms.CharField(required=False, max_length=30)
    title = forms.CharField(required=False, max_length=200)
    file = forms.FileField(label=_("文件"))


class StepForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=20_000)
    fingerprint = forms.CharField(required=False, max_length=64)


class CommentForm(forms.Form):
    text = forms.CharField(label=_("意见"), max_length=20_000)
    act = forms.IntegerField(required=False, min_value=1)


class AnswerForm(forms.Form):
    rule = forms.CharField(max_length=30)
    code = forms.CharField(required=False, max_length=60)
    subject = forms.CharField(required=False, max_length=200)
    document = forms.CharField(required=False, max_length=200)
    reason = forms.CharField(label=_("理由"), max_length=20_000)
