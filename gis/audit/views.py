"""监督: auditors read the trail, narrow it down, take it along."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis.accounts.access import ensure, signed_in
from gis.accounts.areas import source
from gis.audit import services
from gis.audit.differences import differences
from gis.audit.models import AuditEntry
from gis.audit.policies import may_read_audit
from gis.audit.querysets import entries_seen_by, narrowed
from gis.audit.words import action_word, known_actions, type_word
from gis.services.spreadsheets import harmless

PER_PAGE = 50
MOST_EXPORTED = 100_000


class FilterForm(forms.Form):
    person = forms.CharField(label=gettext_lazy("何人"), max_length=120, required=False)
    action = forms.CharField(label=gettext_lazy("何事"), required=False, max_length=60, widget=forms.Select)
    target = forms.CharField(label=gettext_lazy("对象"), max_length=200, required=False)
    area = forms.CharField(
        label=gettext_lazy("地域代码"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("含其下级"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    since = forms.DateField(
        label=gettext_lazy("起"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("止"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = sorted(((code, str(word)) for code, word in known_actions().items()), key=lambda pair: pair[0])
        self.fields["action"].widget.choices = [("", _("全部")), *words]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    def clean_area(self) -> int | None:
        code: str = self.cleaned_data["area"].strip()
        if not code:
            return None
        area = source().find_code(code)
        if area is None:
            raise forms.ValidationError(_("没有代码为 %(code)s 的现行区划。") % {"code": code})
        return area.id

    def clean_since(self) -> date | None:
        return self._sensible(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return self._sensible(self.cleaned_data["until"])

    def _sensible(self, day: date | None) -> date | None:
        if day is not None and not 1900 <= day.year <= 2200:
            raise forms.ValidationError(_("年份应在 1900 至 2200 之间。"))
        return day


def _chosen(request: HttpRequest) -> tuple[FilterForm, QuerySet[AuditEntry]]:
    ensure(may_read_audit(request.user))
    form = FilterForm(request.GET, label_suffix="")
    entries = entries_seen_by(request.user)
    return form, narrowed(entries, **form.cleaned_data) if form.is_valid() else entries.none()


@login_required
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    form, entries = _chosen(request)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    areas = source().named({entry.area for entry in page if entry.area})
    rows = [
        {
            "entry": entry,
            "action": action_word(entry.action),
            "type": type_word(entry.target_type),
            "area": areas.get(entry.area) if entry.area else None,
            "differences": differences(entry),
        }
        for entry in page
    ]
    context = {"form": form, "page": page, "rows": rows, "narrowed": any(form.data.get(name) for name in form.fields)}
    return render(request, "gis/audit/list.html", context, status=200 if form.is_valid() else 422)


@login_required
@require_safe
def audit_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the list shows, as CSV that a spreadsheet opens rightly (UTF-8 with its mark) and that runs nothing in it."""
    form, entries = _chosen(request)
    if not form.is_valid():
        return render(request, "gis/audit/list.html", {"form": form, "rows": []}, status=422)
    chosen = {name: value for name, value in form.data.items() if value and name in form.fields}
    services.record_export(signed_in(request), chosen)
    name = f"audit-{timezone.localdate():%Y%m%d}.csv"
    return StreamingHttpResponse(
        _csv(entries[:MOST_EXPORTED]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class _Echo:
    """A file that hands back what is written, for csv.writer to stream through."""

    def write(self, text: str) -> str:
        return text


def _csv(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC)
    yield "\ufeff"
    titles = [_("编号"), _("时间"), _("何人"), _("何事"), _("对象类别"), _("对象"), _("对象编号"), _("变更内容"), _("缘由")]
    yield writer.writerow([str(title) for title in titles])
    for entry in entries.iterator(chunk_size=500):
        changes = [f"{row.field}: {row.before or ''} → {row.after or ''}" for row in differences(entry)]
        yield writer.writerow(
            harmless(text)
            for text in (
                str(entry.pk),
                timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
                entry.actor_name,
                action_word(entry.action),
                type_word(entry.target_type),
                entry.target_label,
                entry.target_id,
                "；".join(changes),
                entry.reason,
            )
        )
