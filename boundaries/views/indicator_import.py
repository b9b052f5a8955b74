"""Importing a table of figures in two steps: see what is wrong row by row, then save the whole of it."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from boundaries import policies, wording
from boundaries.rules.indicators import CATALOGUE
from boundaries.services import indicator_files
from boundaries.services.indicator_files import Preview
from boundaries.services.places import place_of
from boundaries.services.tables import MAX_BYTES
from boundaries.views.parameters import person, root_of
from gis.accounts.access import ensure
from gis.errors import InvalidInputError, NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.views.forms import attempt

PURPOSE = "indicators"
SHOWN = 500
CHIPS = {"new": "met", "corrects": "near", "same": "neutral", "refused": "not_met"}


@login_required
@require_http_methods(["GET", "POST"])
def indicators_import(request: HttpRequest) -> HttpResponse:
    """POST with a file: keeps it and shows the preview. POST with `stored`: saves what the preview showed."""
    ensure(policies.may_import_indicators(request.user))
    day = timezone.localdate()
    division = root_of(request, day)
    context = {"place": place_of(division, day) if division else None, "limit_mb": MAX_BYTES // 1024 // 1024}
    if request.method == "GET":
        return render(request, "boundaries/indicators_import.html", context)
    with attempt() as tried:
        stored = _kept(request) if request.POST.get("stored") else _upload(request, division)
        plan = indicator_files.preview(files.read_bytes(stored), stored.name, person(request), division)
        if request.POST.get("stored") and not plan.errors:
            return _commit(request, plan)
    if tried.refused is not None:
        return render(
            request, "boundaries/indicators_import.html", context | {"refused": tried.refused}, status=tried.refused.status
        )
    return render(request, "boundaries/indicators_import.html", context | _shown(plan, stored))


def _upload(request: HttpRequest, division: int | None) -> StoredFile:
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInputError("file_missing", _("请选择一个 CSV 或 XLSX 文件。"))
    return files.store(
        upload,
        name=upload.name or "",
        purpose=PURPOSE,
        actor=person(request),
        area=division,
        limit_bytes=MAX_BYTES,
    )


def _kept(request: HttpRequest) -> StoredFile:
    """The file of the first step; only who brought it may go on with it."""
    number = request.POST.get("stored", "")
    found = StoredFile.objects.filter(
        pk=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0,
        purpose=PURPOSE,
        uploader=request.user.pk,
    ).first()
    if found is None:
        raise NotFoundError("file_gone", _("找不到刚才上传的文件，请重新选择。"))
    return found


def _commit(request: HttpRequest, plan: Preview) -> HttpResponse:
    saved = indicator_files.commit(plan, person(request), request.POST.get("reason", "").strip()[:1000])
    messages.success(
        request,
        _("已导入：新增 %(created)d 个，更正 %(corrected)d 个，相同 %(unchanged)d 个。")
        % {"created": saved.created, "corrected": saved.corrected, "unchanged": saved.unchanged},
    )
    touched = {row.place.id for row in plan.rows if row.place is not None}
    if len(touched) == 1:
        return redirect("indicators", touched.pop())
    return redirect("screening")


def _shown(plan: Preview, stored: StoredFile) -> dict[str, object]:
    """Rows with something to say come first; of a long table the rest is counted, not listed."""
    rows = sorted(plan.rows, key=lambda row: (row.outcome != "refused", not row.problems, row.number))
    names = {one.id: wording.indicator_name(one) for one in CATALOGUE.values()}
    return {
        "plan": plan,
        "stored": stored,
        "rows": [
            {
                "row": row,
                "indicator": names.get(row.indicator, row.indicator),
                "chip": CHIPS[row.outcome],
                "words": wording.OUTCOMES[row.outcome],
            }
            for row in rows[:SHOWN]
        ],
        "more": max(0, len(rows) - SHOWN),
        "counts": [(CHIPS[key], wording.OUTCOMES[key], plan.count(key)) for key in CHIPS],
    }


@login_required
@require_GET
def indicators_template(request: HttpRequest) -> HttpResponse:
    """A table with the headings and one line for each indicator that may be typed, to be filled in."""
    ensure(policies.may_view_register(request.user))
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["indicator", "value", "unit", "year", "source", "division", "basis"])
    for indicator in CATALOGUE.values():
        if not indicator.computed or indicator.id == "sign_setting_rate":
            basis = "常住" if indicator.population else ""
            writer.writerow([indicator.name, "", indicator.unit, timezone.localdate().year - 1, "", "", basis])
    response = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E6%8C%87%E6%A0%87%E8%A1%A8.csv"
    return response
